import type { Operation, WireFormat } from './canon/operation.ts'
import type { Protocol } from './canon/protocol.ts'
import { ERRORS, fault, type GatewayError, retryHeaders } from './errors.ts'
import { idHeaders } from './gateway/answer.ts'
import type { Call } from './gateway/call.ts'
import type { Endpoint } from './http/endpoint.ts'
import { formatOfUnknown, matchOperation } from './http/match.ts'
import { outageOf } from './ledger/refusals.ts'
import type { Upgrade } from './upstream/socket.ts'

export interface AppDeps {
  /** The hot path. */
  readonly handle: (call: Call) => Promise<Response>
  /** Models, receipts, health: tried in this order. */
  readonly endpoints: readonly Endpoint[]
  /** What a path under a provider's name asks for, where it is something that is served here. */
  readonly underProvider?: (path: string) => Operation | undefined
  /** What is served over WebSocket; `undefined`: nothing at that path. */
  readonly socket?: Endpoint
  readonly controlPlane: (request: Request, ip: () => string) => Response | Promise<Response>
  readonly protocols: Readonly<Record<WireFormat, Protocol>>
  readonly newRequestId: () => string
  readonly nowMs: () => number
  /** A request was refused because the database is away. */
  readonly note: (call: Call, error: GatewayError) => void
  /** An invariant broke: logged, counted, and answered as our fault. */
  readonly onDefect: (call: Call, error: unknown) => void
}

// Pages, and the guide as text, are endpoints.
const CONTROL_PLANE = /^\/(?:api\/(?!proxy\/)|docs\/api(?:\/|$))/

/**
 * The route table. Data-plane requests go straight to the hot path; what no operation matches is looked for among the
 * endpoints; the control plane has its own router.
 */
export const createApp = (deps: AppDeps) => {
  const route = (call: Call, path: string, matched: boolean): Response | Promise<Response> => {
    const { method, headers } = call.request
    if (matched && method === 'POST') return deps.handle(call)
    if (headers.get('upgrade')?.toLowerCase() === 'websocket')
      return deps.socket?.(call, path) ?? refusal(call, UPGRADE)
    if (matched) return refusal(call, METHOD, { allow: 'POST' })
    for (const endpoint of deps.endpoints) {
      const answer = endpoint(call, path)
      if (answer) return answer
    }
    return refusal(call, fault('not-found', `There is nothing at ${method} ${path.slice(0, 200)}. ${WHERE}`))
  }

  return async (request: Request, ip: () => string, upgrade?: Upgrade): Promise<Response> => {
    const { path, search } = splitUrl(request.url)
    if (CONTROL_PLANE.test(path)) return deps.controlPlane(request, ip)
    const matched = matchOperation(path) ?? deps.underProvider?.(path)
    const operation: Operation = matched ?? { format: formatOfUnknown(path, request.headers), action: 'generate' }
    const call: Call = {
      id: deps.newRequestId(),
      operation,
      protocol: deps.protocols[operation.format],
      request,
      search,
      ip,
      startedAtMs: deps.nowMs(),
      ...(upgrade && { upgrade }),
    }
    try {
      return await route(call, path, matched !== undefined)
    } catch (error) {
      const outage = outageOf(error)
      if (outage) {
        deps.note(call, outage)
        return refusal(call, outage)
      }
      deps.onDefect(call, error)
      return refusal(call, fault('internal', `Something broke on our side. Quote ${call.id} when you report it.`))
    }
  }
}

const WHERE =
  'The paths are listed at /docs/api. A base URL ends in /v1 for OpenAI clients and has no version for Anthropic and Gemini clients.'
// Codex falls back to POST at once on 426, and gives up on anything else.
const UPGRADE = fault('upgrade-required', 'WebSocket is not served here. Send the request by POST.')
const METHOD = fault('method-not-allowed', 'This path takes POST.')

const refusal = (call: Call, error: ReturnType<typeof fault>, more: Record<string, string> = {}): Response => {
  const headers = { 'content-type': 'application/json', ...idHeaders(call), ...retryHeaders(error), ...more }
  return new Response(call.protocol.renderError(error, call.id), { status: ERRORS[error.kind].status, headers })
}

const NO_SEARCH = new URLSearchParams()

/** Path and query of an absolute URL, without the cost of parsing all of it on every request. */
const splitUrl = (url: string): { readonly path: string; readonly search: URLSearchParams } => {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start === -1) return { path: '/', search: NO_SEARCH }
  const mark = url.indexOf('?', start)
  const hash = url.indexOf('#', start)
  const end = hash === -1 ? url.length : hash
  if (mark === -1) return { path: url.slice(start, end), search: NO_SEARCH }
  return { path: url.slice(start, mark), search: new URLSearchParams(url.slice(mark + 1, end)) }
}
