import { ERRORS, type GatewayError, retryHeaders } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import type { Result } from '../result.ts'
import { CHALLENGE, refusalOfStranger } from './admin/authorise.ts'
import { renderFailure } from './admin/refusal.ts'
import type { Endpoint } from './endpoint.ts'
import { foreignPage } from './local-origin.ts'

export interface MetricsDeps {
  readonly metrics: { readonly text: () => Promise<string>; readonly contentType: string }
  readonly isAdmin: (secret: string) => boolean | Promise<boolean>
  /** Counts who came without the admin key against their address; a refusal when there has been too much of that. */
  readonly admitUnauthenticated: (ip: string) => Result<void, GatewayError>
}

/** `GET /metrics`: what Prometheus reads, for programs on this machine and for who has the admin key. */
export const createMetricsEndpoint = (deps: MetricsDeps): Endpoint => {
  const answer = async (call: Call): Promise<Response> => {
    if (!isLocalProgram(call)) {
      const refusal = await refusalOfStranger(deps, call.request.headers)
      if (refusal) return turnAway(deps, call, refusal)
    }
    const headers = { 'content-type': deps.metrics.contentType, 'cache-control': 'no-store', 'x-request-id': call.id }
    return new Response(await deps.metrics.text(), { headers })
  }
  return (call, path) => (path === '/metrics' && call.request.method === 'GET' ? answer(call) : undefined)
}

/**
 * Whether a program on this machine asks, for itself. What came through a proxy has its header, or the name that the
 * proxy was called by. A page in a browser is no such program, even one that this machine serves; what somebody typed
 * into the browser is.
 */
const isLocalProgram = (call: Call): boolean => {
  const { headers } = call.request
  if (!LOOPBACK.test(call.ip()) || FORWARDED.some((name) => headers.has(name))) return false
  if (headers.has('origin') || (headers.get('sec-fetch-site') ?? 'none') !== 'none') return false
  return foreignPage(headers, null) === undefined
}

/** Of a normalised address. */
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1)$/

const FORWARDED = [
  'forwarded',
  'via',
  'x-forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
] as const

const turnAway = (deps: MetricsDeps, call: Call, refusal: GatewayError): Response => {
  const isStranger = refusal.kind === 'invalid-api-key'
  const admitted = isStranger ? deps.admitUnauthenticated(call.ip()) : undefined
  const error = admitted && !admitted.ok ? admitted.error : refusal
  const headers = {
    ...retryHeaders(error),
    ...(error.kind === 'invalid-api-key' ? { 'www-authenticate': CHALLENGE } : {}),
    'cache-control': 'no-store',
    'x-request-id': call.id,
  }
  return Response.json(renderFailure(error, call.id), { status: ERRORS[error.kind].status, headers })
}
