import type { Operation } from '../../canon/operation.ts'
import { fault, type GatewayError } from '../../errors.ts'
import type { Principal } from '../../keys/types.ts'
import { err, type Result, type Soon } from '../../result.ts'
import type { Asking } from '../../routing/choose.ts'
import type { Candidate, Channel } from '../../routing/types.ts'
import { warningsOf } from '../../translation/request.ts'
import { onlyAllowed } from '../allow.ts'
import type { Admitted, Call } from '../call.ts'
import type { Deps } from '../handle.ts'
import { readBytes, refuseEncoding } from '../read.ts'
import { scopeOf } from '../recall.ts'
import { type Ask, readAsk } from './ask.ts'
import type { PassBegun } from './attempt.ts'
import { readPassBody } from './body.ts'
import { type Open, openChannels } from './choose.ts'
import { type Endpoint, readEndpoint } from './endpoint.ts'
import type { PassDirect } from './rules.ts'

export interface PassDeps extends Pick<Deps, 'admit' | 'abandon' | 'refuse' | 'refuseCounted'> {
  readonly authenticate: (call: Call, needs: 'pass-through') => Soon<Result<Principal, GatewayError>>
  readonly channels: readonly Channel[]
  readonly choose: (open: Open, ask: Ask, asking: Asking) => Result<readonly Candidate[], GatewayError>
  readonly direct: PassDirect
  readonly bodyBytesMax: number
  readonly depthMax: number
  readonly attempt: (call: Call, ask: Ask, admitted: Admitted) => Promise<Result<PassBegun, GatewayError>>
  readonly relay: (call: Call, ask: Ask, admitted: Admitted, begun: PassBegun) => Promise<Response>
}

/** Where a request is passed through to, as its path says. */
export interface Place {
  /** A provider's id or kind. */
  readonly provider: string
  /** What stands behind it. */
  readonly path: string
}

/** A request that may go somewhere. */
interface Found {
  readonly ask: Ask
  readonly candidates: readonly Candidate[]
}

const DEFECT = fault('internal', 'Something broke on our side.')

/** One request to an endpoint that Tollgate does not know itself: the steps of the hot path, in their order. */
export const createPassThrough =
  (deps: PassDeps) =>
  async (call: Call, place: Place): Promise<Response> => {
    const principal = await deps.authenticate(call, 'pass-through')
    if (!principal.ok) return deps.refuse(call, principal.error)

    const found = await find(deps, call, place, principal.value)
    if (!found.ok) return deps.refuseCounted(call, principal.value, found.error)
    const { ask, candidates } = found.value

    const admitted = await deps.admit(call, principal.value, ask.envelope, candidates)
    if (!admitted.ok) return deps.refuse(call, admitted.error.error, admitted.error.admission)
    admitted.value.tab.warnings.push(...warningsOf(ask.envelope.lost ?? []))

    // A defect of ours must not keep the money held.
    try {
      const begun = await deps.attempt(call, ask, admitted.value)
      if (!begun.ok) return deps.abandon(call, admitted.value, begun.error)

      return await deps.relay(call, ask, admitted.value, begun.value)
    } catch (error) {
      deps.abandon(call, admitted.value, DEFECT)
      throw error
    }
  }

/** What is asked, and who may be asked it. The body is read last: of a closed endpoint it need not be. */
const find = async (
  deps: PassDeps,
  call: Call,
  { provider, path }: Place,
  principal: Principal,
): Promise<Result<Found, GatewayError>> => {
  const { request, operation } = call
  const endpoint = readEndpoint(path)
  if (!endpoint.ok) return endpoint
  const open = openChannels(deps.channels, principal.group, provider, endpoint.value, request.method)
  if (!open.ok) return open
  const asked = await read(deps, call, endpoint.value, open.value.isFree)
  const ask = asked.ok ? deps.direct(call, principal, asked.value) : asked
  if (!ask.ok) return ask
  const asking = askingOf(principal, operation, ask.value, request.headers)
  const chosen = deps.choose(open.value, ask.value, asking)
  // What is free names no model that a key could be kept from.
  const candidates = chosen.ok && !ask.value.isFree ? onlyAllowed(principal, chosen.value) : chosen
  return candidates.ok ? { ok: true, value: { ask: ask.value, candidates: candidates.value } } : candidates
}

const askingOf = (principal: Principal, operation: Operation, ask: Ask, headers: Headers): Asking => ({
  group: principal.group,
  operation,
  envelope: ask.envelope,
  headers,
  scope: scopeOf(principal),
})

const BODYLESS = new Set(['GET', 'HEAD'])

const read = async (
  { bodyBytesMax, depthMax }: PassDeps,
  { request, search }: Call,
  endpoint: Endpoint,
  isFree: boolean,
): Promise<Result<Ask, GatewayError>> => {
  const encoded = refuseEncoding(request)
  if (encoded) return err(encoded)
  const bytes = await readBytes(request, bodyBytesMax)
  if (!bytes.ok) return bytes
  if (bytes.value.length > 0 && BODYLESS.has(request.method)) return err(WITH_BODY)
  // What is not metered is not read either: whatever it is, it passes.
  const body = isFree
    ? readPassBody(bytes.value, 'application/octet-stream', depthMax)
    : readPassBody(bytes.value, request.headers.get('content-type'), depthMax)
  return body.ok ? readAsk(endpoint, search, body.value, isFree) : body
}

const WITH_BODY = fault('invalid-request', 'GET and HEAD have no body here. Send it with another method.')
