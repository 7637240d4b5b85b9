import { fault, type GatewayError } from '../../../errors.ts'
import { err, ok, type Result } from '../../../result.ts'
import type { Candidate, Provider } from '../../../routing/types.ts'
import type { Route, Walk } from '../../../routing/walk.ts'
import { upstreamHeaders } from '../../../upstream/headers.ts'
import type { HttpProxy } from '../../../upstream/http1/proxy.ts'
import type { OpenSocket, Socket, SocketEars } from '../../../upstream/socket.ts'
import type { Call } from '../../call.ts'
import { queryOf, targetOf } from '../endpoint.ts'

export interface ConnectDeps {
  readonly openSocket: OpenSocket
  /** What stands between, if anything does; or why nothing can be reached. */
  readonly proxyFor: (provider: Provider) => Result<HttpProxy | undefined, string>
  readonly walk: (candidates: readonly Candidate[]) => Walk
  readonly unprobe: (route: Route) => void
  readonly attemptsMax: number
}

export interface Connected {
  readonly route: Route
  readonly socket: Socket
}

/** Opens a session with one candidate after the other, until one takes it. Nothing costs anything before it is open. */
export const connect = async (
  deps: ConnectDeps,
  call: Call,
  candidates: readonly Candidate[],
  path: string,
  ears: SocketEars,
): Promise<Result<Connected, GatewayError>> => {
  const walk = deps.walk(candidates)
  let detail = 'no route'
  for (let tries = 0; tries < deps.attemptsMax; tries += 1) {
    const route = walk.next(tries === 0 ? undefined : 'no-connection')
    if (!route) break
    const opened = await open(deps, call, route, path, ears)
    deps.unprobe(route)
    if (opened.ok) return ok({ route, socket: opened.value })
    detail = opened.error.detail
  }
  return err(fault('upstream-failed', NOT_OPEN, { internal: detail }))
}

const NOT_OPEN = 'No provider of this group opened a session. Nothing was charged; try again.'

const open = (deps: ConnectDeps, call: Call, { candidate, key }: Route, path: string, ears: SocketEars) => {
  const { provider } = candidate.channel
  const { upstreamModel } = candidate
  const proxy = deps.proxyFor(provider)
  if (!proxy.ok) return Promise.resolve(err({ status: 0, detail: proxy.error }))
  const query = path === 'realtime' ? queryOf(new URLSearchParams({ model: upstreamModel })) : ''
  return deps.openSocket(
    {
      url: targetOf(provider.baseUrl, [path], query).replace(/^http/, 'ws'),
      headers: headersOf(call, provider, key.secret),
      proxy: proxy.value,
      connectMs: provider.timeouts.connectMs,
    },
    ears,
  )
}

const BETA = /^openai-beta\.(.+)-(v\d+)$/

/** The client's headers as of any request; a browser's, which can send none, are in its list of protocols. */
const headersOf = (call: Call, { kind }: Provider, key: string): Record<string, string> => {
  const headers = upstreamHeaders(call.request.headers, kind.auth, key, kind.headers)
  delete headers['content-type']
  delete headers['accept-encoding']
  for (const protocol of protocolsIn(call.request)) {
    const [, name, version] = BETA.exec(protocol) ?? []
    if (name !== undefined) headers['openai-beta'] ??= `${name}=${version}`
  }
  return headers
}

/** What a client offers in `Sec-WebSocket-Protocol`. */
export const protocolsIn = ({ headers }: Pick<Request, 'headers'>): readonly string[] =>
  (headers.get('sec-websocket-protocol') ?? '').split(',').flatMap((name) => name.trim() || [])

const KEY_PROTOCOL = 'openai-insecure-api-key.'

/** The key that a browser's client puts among its protocols, as it cannot send headers. */
export const keyInProtocols = (request: Pick<Request, 'headers'>): string | undefined =>
  protocolsIn(request)
    .find((name) => name.startsWith(KEY_PROTOCOL))
    ?.slice(KEY_PROTOCOL.length)

/** The protocol that is agreed on, for a client that offers some: never the one with its key. */
export const agreedProtocol = (request: Pick<Request, 'headers'>): string | undefined => {
  const offered = protocolsIn(request).filter((name) => !name.startsWith(KEY_PROTOCOL))
  return offered.find((name) => name === 'realtime') ?? offered[0]
}
