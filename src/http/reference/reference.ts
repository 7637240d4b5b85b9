import { type Context, Hono } from 'hono'
import { newId } from '../../db/ids.ts'
import { fault, retryHeaders } from '../../errors.ts'
import { openAiError } from '../../protocols/openai-chat/error.ts'
import type { Result } from '../../result.ts'
import { type Bundle, contentHash, loadBundle } from './bundle.ts'
import { CONTENT_SECURITY_POLICY, renderPage, START_SCRIPT } from './page.ts'

const BUNDLE_PATH = '/docs/api/scalar.js'
const START_PATH = '/docs/api/start.js'

/**
 * Everything under `/docs/api`: the reference page and the two scripts it needs.
 * `report` is told, for the log, when the bundle is missing; the page then points to the bare description.
 */
export const createReference = (
  report: (problem: string) => void = () => undefined,
  newRequestId: () => string = () => newId('req_', Date.now()),
): Hono => {
  const app = new Hono()
  const bundle = once(loadBundle)
  const startHash = contentHash(START_SCRIPT)

  app.get('/docs/api', async (c) => {
    const loaded = await bundle()
    if (!loaded.ok) return missing(c, loaded.error, report)
    const page = renderPage(`${BUNDLE_PATH}?v=${loaded.value.hash}`, `${START_PATH}?v=${startHash}`)
    return c.html(page, 200, {
      ...HARDENING,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cache-control': 'no-cache',
    })
  })
  app.get('/docs/api/', (c) => c.redirect('/docs/api', 308))

  app.get(BUNDLE_PATH, async (c) => {
    const loaded = await bundle()
    if (!loaded.ok) return missing(c, loaded.error, report)
    const { plain, gzipped, hash } = loaded.value
    const headers = { ...scriptHeaders(c, hash), vary: 'accept-encoding' }
    if (c.req.header('if-none-match') === headers.etag) return c.body(null, 304, headers)
    const compressed = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
    if (compressed) return c.body(gzipped, 200, { ...headers, 'content-encoding': 'gzip' })
    return c.body(plain, 200, headers)
  })

  app.get(START_PATH, (c) => c.body(START_SCRIPT, 200, scriptHeaders(c, startHash)))
  app.notFound((c) => nothingThere(c, newRequestId()))
  return app
}

const HARDENING = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

// Only an address that names the very version served may be kept for good.
const scriptHeaders = (c: Context, hash: string) => ({
  ...HARDENING,
  'content-type': 'text/javascript; charset=utf-8',
  'cache-control': c.req.query('v') === hash ? 'public, max-age=31536000, immutable' : 'no-cache',
  etag: `W/"${hash}"`,
})

/** In the shape of every other unknown path. */
const nothingThere = (c: Context, requestId: string): Response => {
  const error = fault('not-found', `There is nothing at ${c.req.path.slice(0, 200)}. The reference is at /docs/api.`)
  const headers = { ...HARDENING, ...retryHeaders(error), 'cache-control': 'no-store', 'x-request-id': requestId }
  return c.json({ error: openAiError(error, requestId) }, 404, headers)
}

const missing = (c: Context, problem: string, report: (problem: string) => void): Response => {
  report(problem)
  return c.text('The reference page is not installed. The description itself is at /api/openapi.json.\n', 503)
}

const once = (load: () => Promise<Result<Bundle, string>>): (() => Promise<Result<Bundle, string>>) => {
  let loading: Promise<Result<Bundle, string>> | undefined
  return () => {
    loading ??= load()
    return loading
  }
}
