import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import type { Failure } from '../../routing/retry.ts'
import type { Candidate, Provider } from '../../routing/types.ts'
import type { Route, Walk } from '../../routing/walk.ts'
import type { Authorizer } from '../../upstream/credentials.ts'
import type { Send, UpstreamAnswer } from '../../upstream/types.ts'
import { noteOf } from '../ask.ts'
import type { Admitted, Call } from '../call.ts'
import type { HangUpOf } from '../disconnect.ts'
import { noRoute } from '../no-route.ts'
import type { Occupy } from '../occupy.ts'
import { clientLeft, type Unanswered, unanswered } from '../upstream-failures.ts'
import type { Ask } from './ask.ts'
import { buildPassRequest } from './request.ts'

export interface PassAttemptDeps {
  readonly sendTo: (provider: Provider) => Send
  readonly authorizer: Authorizer
  /** The ways to go, one after the other; what is not well is passed over. */
  readonly walk: (candidates: readonly Candidate[], envelope: Admitted['envelope']) => Walk
  /** Nothing was learned of a route: another request may try it. */
  readonly unprobe: (route: Route) => void
  readonly occupy: Occupy
  readonly attemptsMax: number
  readonly hangUpOf: HangUpOf
  readonly nowMs: () => number
}

/** An answer has begun. */
export interface PassBegun {
  readonly candidate: Candidate
  readonly answer: UpstreamAnswer
}

type Sent = Result<UpstreamAnswer, Unanswered>
type Tried = Result<PassBegun, GatewayError>

/**
 * Sends a request along one route after the other. Moves on only where the upstream has certainly done nothing: there was
 * no connection, or it refused the account or its rate. An endpoint that nothing is known of may have done its work before
 * it failed, and doing it twice may be worse than not at all. Nothing is held against anybody's health: whoever may choose
 * a path that a key is not allowed could block it for everyone.
 */
export const createPassAttempt =
  (deps: PassAttemptDeps) =>
  async (call: Call, ask: Ask, admitted: Admitted): Promise<Tried> => {
    const hangUp = deps.hangUpOf(call, admitted.principal)
    const walk = deps.walk(admitted.candidates, admitted.envelope)
    let told: Tried | undefined
    let failure: Failure | undefined
    let busyMs = Number.POSITIVE_INFINITY
    for (let tries = 0; tries < deps.attemptsMax; ) {
      if (call.request.signal.aborted) return instead(told, err(clientLeft()))
      const route = walk.next(failure)
      if (!route) break
      const occupied = await deps.occupy(call, route, admitted)
      if (occupied && 'busyMs' in occupied) {
        busyMs = Math.min(busyMs, occupied.busyMs)
        deps.unprobe(route)
        failure = 'key-busy'
        continue
      }
      tries += 1
      admitted.tab.occupied = occupied
      admitted.tab.providerKey = route.key.id
      const sent = await send(deps, hangUp, call, ask, admitted, route)
      failure = failureBefore(sent)
      const tried: Tried = sent.ok
        ? ok({ candidate: route.candidate, answer: sent.value })
        : err(unanswered(sent.error, route.candidate))
      if (failure === undefined) return instead(told, tried)
      occupied?.over()
      admitted.tab.occupied = undefined
      told = instead(told, tried)
    }
    return told ?? err(noRoute(admitted, walk.passedOver, busyMs, deps.nowMs()) ?? BUSY)
  }

/** Gives up what was kept to be told: there is something newer. */
const instead = (before: Tried | undefined, now: Tried): Tried => {
  if (before?.ok) before.value.answer.cancel()
  return now
}

const BUSY_RETRY_MS = 2_000
const BUSY = fault('rate-limit-exceeded', "The provider's keys are all in use. Try again in a moment.", {
  retryAfterMs: BUSY_RETRY_MS,
})

const REFUSED: ReadonlyMap<number, Failure> = new Map([
  [401, 'key-refused'],
  [402, 'quota-exhausted'],
  [403, 'key-refused'],
  [429, 'rate-limited'],
])

/** Why another route may be asked: the upstream has not begun to do anything. */
const failureBefore = (sent: Sent): Failure | undefined => {
  if (sent.ok) return REFUSED.get(sent.value.status)
  const { kind } = sent.error
  return kind === 'connect' || kind === 'timeout-connect' || kind === 'no-token' ? 'no-connection' : undefined
}

const send = async (
  deps: PassAttemptDeps,
  hangUp: AbortSignal,
  call: Call,
  ask: Ask,
  { tab }: Admitted,
  route: Route,
): Promise<Sent> => {
  const { candidate, key } = route
  const { provider } = candidate.channel
  const startedAtMs = deps.nowMs()
  tab.sentAtMs ??= startedAtMs
  const request = buildPassRequest(call, ask, candidate, key.secret)
  const ready = provider.kind.credentials ? await deps.authorizer.authorize(provider, key.secret, request) : ok(request)
  const sent = ready.ok ? await deps.sendTo(provider)(ready.value, hangUp) : ready
  if (sent.ok && sent.value.status === 401) deps.authorizer.refused(provider, key.secret)
  const status = sent.ok ? sent.value.status : 0
  const error = sent.ok ? (status >= 400 ? `status ${status}` : null) : sent.error.kind
  const startMs = Math.round(startedAtMs - call.startedAtMs)
  tab.attempts.push(noteOf(route, status, error, Math.round(deps.nowMs() - startedAtMs), startMs))
  deps.unprobe(route)
  return sent
}
