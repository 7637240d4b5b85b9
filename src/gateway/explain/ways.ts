import type { Envelope } from '../../canon/envelope.ts'
import { NO_USAGE } from '../../canon/usage.ts'
import type { GatewayError } from '../../errors.ts'
import type { Principal } from '../../keys/types.ts'
import type { Result } from '../../result.ts'
import type { Health } from '../../routing/health.ts'
import type { Look } from '../../routing/router.ts'
import { subjectsOf } from '../../routing/subjects.ts'
import type { Candidate } from '../../routing/types.ts'
import type { Route } from '../../routing/walk.ts'
import type { Pricing } from '../admit.ts'
import type { Call } from '../call.ts'
import type { Prepare, Prepared } from '../lane.ts'
import { noRoute } from '../no-route.ts'
import { buildRequest } from '../upstream-request.ts'
import type { KeyState, Sent, Way } from './explanation.ts'

export interface WaysDeps {
  readonly health: Pick<Health, 'standingOf' | 'blockOf'>
  readonly pricing: Pricing
  readonly nowMs: () => number
}

/** A request and who could be asked. */
export interface Going {
  readonly call: Call
  readonly principal: Principal
  readonly envelope: Envelope
  readonly candidates: readonly Candidate[]
  readonly look: Look
  readonly write: Prepare
}

/** Candidates that are written out in one explanation; each may be as large as the request. */
const WRITTEN_MAX = 8

/** Every candidate with what is known of it; written for it are the first to be asked, and more where `all` are wanted. */
export const waysOf = async (
  deps: WaysDeps,
  going: Going,
  all: boolean,
): Promise<{
  readonly ways: readonly Way[]
  readonly first: Route | undefined
  readonly error: GatewayError | undefined
}> => {
  const written = new Map<Candidate, Result<Prepared, GatewayError>>()
  const { first, error } = await firstOf(deps, going, written)
  for (const candidate of all ? going.candidates.slice(0, WRITTEN_MAX) : [])
    if (!written.has(candidate)) written.set(candidate, await going.write(candidate))
  const ways = going.candidates.map((candidate) => wayTo(deps, going, candidate, written.get(candidate)))
  return { ways, first, error }
}

/** Whether a key is at a limit of ours is only known by taking of it. */
const NOT_BUSY = Number.POSITIVE_INFINITY

/** The first that the request can be written for. Nobody is asked, and what cannot be asked now is passed over. */
const firstOf = async (
  { nowMs }: WaysDeps,
  { look, write, envelope }: Going,
  written: Map<Candidate, Result<Prepared, GatewayError>>,
): Promise<{ readonly first: Route | undefined; readonly error: GatewayError | undefined }> => {
  let error: GatewayError | undefined
  for (let route = look.walk.next(); route; route = look.walk.next('untranslatable')) {
    const prepared = written.get(route.candidate) ?? (await write(route.candidate))
    written.set(route.candidate, prepared)
    if (prepared.ok) return { first: route, error: undefined }
    error ??= prepared.error
  }
  return { first: undefined, error: error ?? noRoute({ envelope }, look.walk.passedOver, NOT_BUSY, nowMs()) }
}

const wayTo = (
  { health, pricing }: WaysDeps,
  { call, principal, envelope, look }: Going,
  candidate: Candidate,
  prepared: Result<Prepared, GatewayError> | undefined,
): Way => {
  const quote = pricing.quote(call, envelope, principal, candidate)
  const tier = prepared?.ok ? prepared.value.serviceTier : undefined
  return {
    candidate,
    keys: look.keysOf(candidate).map(
      (key): KeyState => ({
        id: key.id,
        subjects: subjectsOf(candidate, key).map((subject) => ({
          subject,
          standing: health.standingOf(subject),
          block: health.blockOf(subject),
        })),
      }),
    ),
    quote: quote.ok ? quote.value : undefined,
    terms: quote.ok ? pricing.terms(NO_USAGE, principal, candidate, call.startedAtMs, tier, envelope) : undefined,
    sent: prepared && sentTo(call, envelope, candidate, prepared),
  }
}

/** Without any key: credentials are nobody's business but the vendor's. */
const sentTo = (
  call: Call,
  envelope: Envelope,
  candidate: Candidate,
  prepared: Result<Prepared, GatewayError>,
): Sent => {
  if (!prepared.ok) return { kind: 'refused', error: prepared.error }
  const { warnings, sends } = prepared.value
  if (!sends) return { kind: 'answered-here', warnings }
  const request = buildRequest(call, candidate, envelope, prepared.value, '')
  return { kind: 'sent', request, root: operatorsPart(candidate), warnings }
}

/** What of the address the operator chose; another root of the same host is its vendor's own. */
const operatorsPart = ({ channel, upstreamFormat }: Candidate): string => {
  const { baseUrl, kind } = channel.provider
  return kind.rootByFormat?.[upstreamFormat] === undefined ? baseUrl : new URL(baseUrl).origin
}
