import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../config/load.ts'
import { CLIENTS, clientOf } from '../setup/clients.ts'
import { commandsOf, renderInstructions } from '../setup/instructions.ts'
import { AWK_PARTS, type Parts, POWERSHELL_PARTS, renderPowerShell, renderShell, SHELL_PARTS } from '../setup/script.ts'
import { VERSION } from '../version.ts'
import type { Endpoint } from './endpoint.ts'

const PATH = /^\/setup(?:\/([a-z-]+)\.(sh|ps1|md|json))?\/?$/

/** Where clients reach the gateway, as far as its configuration knows. */
interface Reach {
  readonly publicUrl: string | null
  readonly listen: Pick<Config['listen'], 'host' | 'port'>
}

interface Page {
  readonly type: string
  readonly text: string
}

const TYPES = {
  sh: 'text/x-shellscript; charset=utf-8',
  ps1: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  json: 'application/json',
}

/**
 * The address scripts are written with. It comes from the configuration alone: a `Host` header says what a stranger
 * likes. `undefined`: whoever runs a script has to say it.
 */
const baseOf = ({ publicUrl, listen }: Reach): string | undefined => {
  if (publicUrl !== null) return publicUrl
  const isOne = listen.port !== 0 && !['0.0.0.0', '::', '[::]'].includes(listen.host)
  const host = listen.host.includes(':') && !listen.host.startsWith('[') ? `[${listen.host}]` : listen.host
  return isOne ? `http://${host}:${listen.port}` : undefined
}

/** The parts of the scripts, read once. */
const readParts = (): Parts =>
  Object.fromEntries(
    [...SHELL_PARTS, ...AWK_PARTS, ...POWERSHELL_PARTS].map((name) => [
      name,
      readFileSync(new URL(`../setup/scripts/${name}`, import.meta.url), 'utf8'),
    ]),
  )

let parts: Parts | undefined

/**
 * `GET /setup`: what can be set up. `/setup/<client>.sh`, `.ps1`: the scripts, `tollgate` being the one for all clients.
 * `/setup/<client>.md`: how to do it by hand. `/setup/clients.json`: all of it, for pages.
 */
export const createSetupEndpoint = (config: Reach): Endpoint => {
  const base = baseOf(config)
  const pages = new Map<string, Page | undefined>()
  const pageOf = (name: string | undefined, ending: string | undefined): Page | undefined => {
    const id = `${name}.${ending}`
    if (!pages.has(id) && pages.size < PAGES_MAX) pages.set(id, render(base, name, ending))
    return pages.get(id)
  }
  return (call, path) => {
    const { method } = call.request
    const match = method === 'GET' || method === 'HEAD' ? PATH.exec(path) : null
    if (!match) return undefined
    const page = pageOf(match[1], match[2])
    if (!page)
      return answer(
        call.id,
        { type: TYPES.md, text: 'There is no client of that name. GET /setup lists those there are.\n' },
        404,
      )
    const etag = `"${createHash('sha256').update(page.text).digest('hex').slice(0, 16)}"`
    return call.request.headers.get('if-none-match') === etag
      ? answer(call.id, page, 304, etag)
      : answer(call.id, page, 200, etag)
  }
}

/** Names are of two dozen clients with four endings; a stranger's inventions are not kept. */
const PAGES_MAX = 200

const answer = (id: string, { type, text }: Page, status: number, etag?: string): Response =>
  new Response(status === 304 ? null : text, {
    status,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-request-id': id,
      ...(etag !== undefined && { etag }),
    },
  })

const UNKNOWN_BASE = 'https://YOUR-GATEWAY'

const render = (base: string | undefined, name: string | undefined, ending: string | undefined): Page | undefined => {
  if (name === undefined)
    return { type: TYPES.md.replace('markdown', 'plain'), text: renderIndex(base ?? UNKNOWN_BASE) }
  const client = clientOf(name)
  const page = { base: base ?? UNKNOWN_BASE, model: 'MODEL' }
  if (ending === 'json') return name === 'clients' ? { type: TYPES.json, text: renderList(page) } : undefined
  if (!client && name !== 'tollgate') return undefined
  if (ending === 'md') return client && { type: TYPES.md, text: renderInstructions(client, page) }
  parts ??= readParts()
  const wanted = { base, client: client?.id, clients: client ? [client] : CLIENTS, version: VERSION }
  return ending === 'sh'
    ? { type: TYPES.sh, text: renderShell(parts, wanted) }
    : { type: TYPES.ps1, text: renderPowerShell(parts, wanted) }
}

const renderIndex = (base: string): string => {
  const { unix, windows, npx } = commandsOf(base, 'CLIENT')
  return [
    'Set up a client for this gateway',
    '',
    `macOS, Linux:         ${unix}`,
    `Windows, PowerShell:  ${windows}`,
    `with npm:             ${npx}`,
    '',
    'CLIENT is one of:',
    '',
    ...CLIENTS.map(
      ({ id, name, changes }) =>
        `  ${id.padEnd(16)}${name}${changes.length === 0 ? ' (by hand; sends a test request)' : ''}`,
    ),
    '',
    'A script asks for your key, which is not shown, keeps what was there before, changes only what it must, and sends a',
    `test request. Read it first: ${base}/setup/CLIENT.sh. With undo behind it (… | sh -s -- undo) all is as it was;`,
    `doctor looks for what is wrong. By hand: ${base}/setup/CLIENT.md`,
    '',
  ].join('\n')
}

const renderList = (page: { base: string; model: string }): string =>
  `${JSON.stringify({
    data: CLIENTS.map((client) => ({
      id: client.id,
      name: client.name,
      client_format: client.format,
      by_hand: client.changes.length === 0,
      steps: client.steps,
      commands: commandsOf(page.base, client.id),
      markdown: renderInstructions(client, page),
    })),
  })}\n`
