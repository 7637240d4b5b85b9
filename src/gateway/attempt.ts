import type { Envelope } from '../canon/envelope.ts'
import type { Attempt } from '../canon/receipt.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import { err, ok, type Result } from '../result.ts'
import type { Candidate, Provider } from '../routing/types.ts'
import type { Authorizer } from '../upstream/credentials.ts'
import type { Send, UpstreamAnswer } from '../upstream/types.ts'
import { comesAsStream } from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { HangUpOf } from './disconnect.ts'
import type { Prepare, Prepared } from './lane.ts'
import { peek, type PeekOptions } from './peek.ts'
import type { Tab } from './tab.ts'
import { clientLeft, type Unanswered, unanswered } from './upstream-failures.ts'
import { buildRequest, inItsFormat } from './upstream-request.ts'

export interface AttemptDeps extends PeekOptions {
  readonly sendTo: (provider: Provider) => Send
  /** The provider key to use now. */
  readonly pickKey: (provider: Provider) => string
  readonly authorizer: Authorizer
  readonly attemptsMax: number
  /** What ends the upstream request from the client's side. */
  readonly hangUpOf: HangUpOf
  /** Makes a request ready for one candidate after the other. */
  readonly lanes: (call: Call, envelope: Envelope, principal: Principal) => Prepare
  readonly nowMs: () => number
}

/**
 * Sends the request to one candidate after the other until one answers. Moves on where the fault is the provider's
 * (no connection, 5xx, its rate limit, its credentials, the same inside a stream before its content) and another is
 * left that the request can be written for; a client's mistake is not retried. Where all failed, the client is told of
 * the first, so that a failure which passes never becomes the lasting one of a provider that came after it.
 */
export const createAttempt =
  (deps: AttemptDeps) =>
  async (call: Call, admitted: Admitted): Promise<Result<Begun, GatewayError>> => {
    const { envelope, tab, principal } = admitted
    const ready = readied(deps.lanes(call, envelope, principal), admitted)
    const hangUp = deps.hangUpOf(call, principal)
    const failures = createFailures()
    try {
      let next = await ready()
      for (let tries = 1; next.ok; tries += 1) {
        // Whoever left is asked for no more, also where what has begun is read to its end.
        if (call.request.signal.aborted) return failures.dropped(err(clientLeft()))
        const outcome = await ask(deps, hangUp, call, admitted, next.value)
        if (isAnswer(outcome)) return failures.dropped(declared(tab, outcome))
        failures.add(outcome)
        if (!outcome.ok && outcome.error.kind === 'client-closed') return failures.dropped(outcome)
        // The next is made ready before anything is dropped: one that cannot be written for has nothing to tell.
        const following = tries < deps.attemptsMax ? await ready() : undefined
        if (!following?.ok) return declared(tab, failures.told())
        next = following
      }
      return next
    } catch (error) {
      failures.dropped(undefined)
      throw error
    }
  }

/** A candidate and the request made ready for it. */
interface Ready {
  readonly candidate: Candidate
  readonly prepared: Prepared
}

/** Finds the next candidate that the request can be written for; the others are passed over, and the first says why. */
const readied = (prepare: Prepare, { candidates, tab }: Admitted): (() => Promise<Result<Ready, GatewayError>>) => {
  const left = candidates.values()
  let refusal: GatewayError | undefined
  return async () => {
    for (let next = left.next(); !next.done; next = left.next()) {
      const candidate = next.value
      const prepared = await prepare(candidate)
      if (prepared.ok) return ok({ candidate, prepared: prepared.value })
      tab.attempts.push({ channel: candidate.channel.id, status: 0, error: 'untranslatable', ms: 0 })
      refusal ??= prepared.error
    }
    return err(refusal ?? fault('internal', 'No candidate was tried.'))
  }
}

/** An answer or a refusal that has begun, or why there is none. */
type Outcome = Result<Begun, GatewayError>

const isAnswer = (outcome: Outcome): boolean => outcome.ok && !isProvidersFault(outcome.value.answer.status)

/** Says on the tab what the request lost on its way to whoever answered. */
const declared = (tab: Tab, outcome: Outcome): Outcome => {
  if (outcome.ok) tab.warnings.push(...outcome.value.prepared.warnings)
  return outcome
}

/**
 * The failure to tell the client of: the first, unless that was of the operator's account, which no waiting mends, and
 * a later one was not. It is kept unread, and given up as soon as it is not needed.
 */
const createFailures = () => {
  let kept: Outcome | undefined
  const drop = (outcome: Outcome | undefined): void => {
    if (outcome?.ok) outcome.value.answer.cancel()
  }
  return {
    add(outcome: Outcome): void {
      const replaces = kept === undefined || (isOfAccount(kept) && !isOfAccount(outcome))
      drop(replaces ? kept : outcome)
      if (replaces) kept = outcome
    },
    told: (): Outcome => kept ?? err(fault('internal', 'No candidate was tried.')),
    dropped<T>(instead: T): T {
      drop(kept)
      return instead
    },
  }
}

const ACCOUNT_STATUSES = new Set([401, 402, 403])

const isOfAccount = (outcome: Outcome): boolean =>
  outcome.ok ? ACCOUNT_STATUSES.has(outcome.value.answer.status) : outcome.error.kind === 'upstream-refused'

/** Asks one candidate, and waits until it is known whether that is an answer. */
const ask = async (
  deps: AttemptDeps,
  hangUp: AbortSignal,
  call: Call,
  { envelope, tab }: Admitted,
  { candidate, prepared }: Ready,
): Promise<Outcome> => {
  const startedAtMs = deps.nowMs()
  tab.sentAtMs ??= startedAtMs
  tab.sentTier = prepared.serviceTier
  if (!prepared.sends) return reckoned(candidate, prepared)
  const sent = await send(deps, hangUp, call, candidate, envelope, prepared)
  const headMs = deps.nowMs() - startedAtMs
  const begun = sent.ok ? await peeked(deps, call, envelope, candidate, prepared, sent.value) : sent
  const status = begun.ok ? begun.value.status : 0
  const inStream = begun.ok && sent.ok && status !== sent.value.status
  tab.attempts.push(noteOf(candidate, status, inStream, begun.ok ? undefined : begun.error, headMs))
  if (!begun.ok) return err(unanswered(begun.error, candidate))
  if (NO_SUCH_ENDPOINT.has(status) && prepared.action === 'count-tokens') {
    begun.value.cancel()
    return reckoned(candidate, prepared)
  }
  return ok({ candidate, answer: begun.value, prepared })
}

/** An answer in its format; a stream is one once it has content. */
const peeked = async (
  deps: AttemptDeps,
  call: Call,
  envelope: Envelope,
  candidate: Candidate,
  prepared: Prepared,
  sent: UpstreamAnswer,
): Promise<Result<UpstreamAnswer, Unanswered>> => {
  const answer = inItsFormat(sent, candidate, deps.eventBytesMax)
  if (!envelope.stream || answer.status < 200 || answer.status >= 300) return ok(answer)
  return peek(answer, prepared, comesAsStream(call, envelope, { candidate, answer, prepared }), deps)
}

/** Sends the request with one key of the provider. */
const send = async (
  deps: AttemptDeps,
  hangUp: AbortSignal,
  call: Call,
  candidate: Candidate,
  envelope: Envelope,
  prepared: Prepared,
): Promise<Result<UpstreamAnswer, Unanswered>> => {
  const { provider } = candidate.channel
  const key = deps.pickKey(provider)
  const request = buildRequest(call, candidate, envelope, prepared, key)
  const ready = provider.kind.credentials ? await deps.authorizer.authorize(provider, key, request) : ok(request)
  if (!ready.ok) return ready
  const sent = await deps.sendTo(provider)(ready.value, hangUp)
  if (sent.ok && sent.value.status === 401) deps.authorizer.refused(provider, key)
  return sent
}

const NO_SUCH_ENDPOINT = new Set([404, 405, 501])

/** The answer to a token count that no upstream gives. */
const reckoned = async (candidate: Candidate, prepared: Prepared): Promise<Outcome> => {
  const count = await prepared.estimate()
  if (!count.ok) return count
  const bytes = new TextEncoder().encode(count.value)
  const answer: UpstreamAnswer = {
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    read: async () => ok(undefined),
    whole: async () => ok(bytes),
    cancel: () => {},
  }
  return ok({ candidate, answer, prepared, estimated: true })
}

const isProvidersFault = (status: number): boolean =>
  status >= 500 || status === 429 || status === 408 || status === 401 || status === 402 || status === 403

const noteOf = (
  candidate: Candidate,
  status: number,
  inStream: boolean,
  failed: Unanswered | undefined,
  ms: number,
): Attempt => {
  const said = inStream ? `status ${status} in its stream` : `status ${status}`
  return {
    channel: candidate.channel.id,
    status,
    error: failed ? failed.kind : status >= 400 ? said : null,
    ms: Math.round(ms),
  }
}
