import type { Call } from '../gateway/call.ts'
import type { Result } from '../result.ts'
import { builtAtMs, type ConsoleFile, type ConsoleFiles, INDEX, readConsoleFiles } from './console-files.ts'
import { isConsolePage, isNavigation, wantsPage } from './console-paths.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * What a page of the console may do: use what comes from this server, and nothing else. There is no script and no style
 * inside a page, so neither is allowed there. Pictures that a reader chose are shown as `data:`.
 */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HARDENING = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

const PAGE_HARDENING = {
  ...HARDENING,
  'content-security-policy': CONSOLE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'x-frame-options': 'DENY',
}

export interface ConsoleDeps {
  /** Where the build is: `console/dist`. */
  readonly folder: string
  /** Told when there is no build to serve, once for each attempt to read one. */
  readonly report: (problem: string) => void
}

export interface ConsoleEndpoints {
  /** Pages and their files. */
  readonly pages: Endpoint
  /** A browser at an address that nothing else answers: the page that says so. The last of all endpoints. */
  readonly lost: Endpoint
}

/** Serves the web console. A build that is made, or made again, while the gateway runs is served from the next page on. */
export const createConsole = (deps: ConsoleDeps): ConsoleEndpoints => {
  const build = createBuild(deps)
  const page = async (call: Call, status: 200 | 404): Promise<Response> => {
    const files = await build.current()
    const index = files.ok ? files.value.get(INDEX) : undefined
    if (!index) return notBuilt(call)
    return fileResponse(call, index, { ...PAGE_HARDENING, 'x-request-id': call.id }, status)
  }
  return {
    pages: (call, path) => {
      const { method, headers } = call.request
      if (method !== 'GET' && method !== 'HEAD') return undefined
      if (path.startsWith('/assets/')) return asset(call, build.known()?.get(path) ?? build.current(), path)
      return isConsolePage(path) && wantsPage(headers.get('accept')) ? page(call, 200) : undefined
    },
    lost: (call) => {
      const { method, headers } = call.request
      return method === 'GET' && isNavigation(headers) ? page(call, 404) : undefined
    },
  }
}

const asset = async (
  call: Call,
  found: ConsoleFile | Promise<Result<ConsoleFiles, string>>,
  path: string,
): Promise<Response> => {
  const files = await found
  const file = 'plain' in files ? files : files.ok ? files.value.get(path) : undefined
  if (file) return fileResponse(call, file, HARDENING, 200)
  const headers = { ...HARDENING, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
  return new Response('There is no such file; the page it is for may be of an older build.\n', { status: 404, headers })
}

/** Reads the build when a page is first asked for, and again when it is another one. */
const createBuild = ({ folder, report }: ConsoleDeps) => {
  let read: { readonly atMs: number; readonly files: Promise<Result<ConsoleFiles, string>> } | undefined
  let latest: ConsoleFiles | undefined
  const load = async (): Promise<Result<ConsoleFiles, string>> => {
    const files = await readConsoleFiles(folder)
    if (files.ok) latest = files.value
    else report(`The console is not served: ${files.error}. \`npm run console\` builds it.`)
    return files
  }
  const current = async (): Promise<Result<ConsoleFiles, string>> => {
    const atMs = await builtAtMs(folder)
    if (atMs === undefined) return load()
    if (read?.atMs !== atMs) read = { atMs, files: load() }
    return read.files
  }
  return { current, known: () => latest }
}

const fileResponse = (
  call: Call,
  file: ConsoleFile,
  more: Readonly<Record<string, string>>,
  status: 200 | 404,
): Response => {
  const { headers: asked, method } = call.request
  const headers: Record<string, string> = {
    ...more,
    'content-type': file.type,
    'cache-control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
  }
  if (status === 200 && asked.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers })
  const { body, encoding } = encoded(file, asked.get('accept-encoding') ?? '')
  if (encoding) headers['content-encoding'] = encoding
  headers['content-length'] = String(body.length)
  return new Response(method === 'HEAD' ? null : body, { status, headers })
}

const encoded = (file: ConsoleFile, accepted: string): { body: Uint8Array<ArrayBuffer>; encoding?: string } => {
  if (file.brotli && /\bbr\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted)) return { body: file.brotli, encoding: 'br' }
  if (file.gzip && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted)) return { body: file.gzip, encoding: 'gzip' }
  return { body: file.plain }
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tollgate: the console is not built</title>
<h1>The console is not built</h1>
<p>Everything else works. In the folder of Tollgate, run <code>npm ci</code> and then <code>npm run console</code>, and
load this page again; the gateway need not be restarted.</p>
<p>The <a href="/docs/api">API reference</a> is there without it.</p>
</html>
`

const notBuilt = (call: Call): Response =>
  new Response(call.request.method === 'HEAD' ? null : NOT_BUILT, {
    status: 503,
    headers: {
      ...PAGE_HARDENING,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '10',
      'x-request-id': call.id,
    },
  })
