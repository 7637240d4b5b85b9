import type { Observation } from '../canon/protocol.ts'
import type { Attempt } from '../canon/receipt.ts'
import { err, ok, type Result } from '../result.ts'
import { BODY_DECIDES, type Failure, failureOfStatus } from '../routing/retry.ts'
import type { Candidate, Provider } from '../routing/types.ts'
import type { Route } from '../routing/walk.ts'
import type { Authorizer } from '../upstream/credentials.ts'
import type { Send, UpstreamAnswer } from '../upstream/types.ts'
import { comesAsStream, isEvents } from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { Outcome } from './failures.ts'
import { answerWith, heldAnswer } from './held-answer.ts'
import type { Prepared } from './lane.ts'
import { secretsHiderOf } from './provider-secrets.ts'
import { peek, type PeekOptions } from './peek.ts'
import { toldWaitMs } from './upstream-errors.ts'
import { failureOfFault } from './failure-class.ts'
import { type Unanswered, unanswered } from './upstream-failures.ts'
import { buildRequest, inItsFormat } from './upstream-request.ts'

export interface AskDeps extends PeekOptions {
  readonly sendTo: (provider: Provider) => Send
  readonly authorizer: Authorizer
  readonly answerBytesMax: number
  readonly nowMs: () => number
}

/** How a try went. `failure`: in the words of the retry table; `undefined`: it is an answer. */
export interface Asked {
  readonly outcome: Outcome
  readonly failure: Failure | undefined
  /** How long the provider wants to be left alone. */
  readonly retryAfterMs: number | undefined
  /** Until the answer was there, or the first content of a stream. */
  readonly ms: number
  readonly startedAtMs: number
  /** The answer is our own reckoning: it says nothing of anybody. */
  readonly isReckoned?: true
}

/** A route and the request made ready for it. */
export interface Ready {
  readonly route: Route
  readonly prepared: Prepared
}

/** Asks one route, and waits until it is known whether that is an answer. Says so on the tab. */
export const ask = async (
  deps: AskDeps,
  hangUp: AbortSignal,
  call: Call,
  { envelope, tab }: Admitted,
  { route, prepared }: Ready,
  onLate: (begun: Begun) => void,
): Promise<Asked> => {
  const { candidate } = route
  const startedAtMs = deps.nowMs()
  tab.sentAtMs ??= startedAtMs
  tab.sentTier = prepared.serviceTier
  const well = { failure: undefined, retryAfterMs: undefined, startedAtMs, ms: 0 }
  if (!prepared.sends) return { ...well, outcome: await reckoned(candidate, prepared), isReckoned: true }
  const sent = await send(deps, hangUp, call, route, prepared, envelope)
  const begun = sent.ok ? await seen(deps, call, envelope, { candidate, prepared, answer: sent.value }, onLate) : sent
  const ms = Math.round(deps.nowMs() - startedAtMs)
  const startMs = Math.round(startedAtMs - call.startedAtMs)
  if (!begun.ok) {
    // One that was let go for another is noted by whoever let it go.
    if (!hangUp.aborted || begun.error.kind !== 'aborted' || hangUp === call.request.signal)
      tab.attempts.push(noteOf(route, sent.ok ? sent.value.status : 0, begun.error.kind, ms, startMs))
    const failure = failureOfFault(begun.error)
    return { ...well, outcome: err(unanswered(begun.error, candidate)), failure, ms }
  }
  const { status } = begun.value
  const inStream = sent.ok && status !== sent.value.status ? ' in its stream' : ''
  tab.attempts.push(noteOf(route, status, status >= 400 ? `status ${status}${inStream}` : null, ms, startMs))
  if (NO_SUCH_ENDPOINT.has(status) && prepared.action === 'count-tokens') {
    begun.value.cancel()
    return { ...well, outcome: await reckoned(candidate, prepared), ms, isReckoned: true }
  }
  const { outcome, failure, retryAfterMs } = await judged(deps, candidate, prepared, begun.value)
  return { outcome, failure, retryAfterMs, startedAtMs, ms }
}

/** An answer, with what it says of itself where it has been read. */
interface SeenAnswer extends UpstreamAnswer {
  readonly observation?: Observation
}

type Judgement = Pick<Asked, 'outcome' | 'failure' | 'retryAfterMs'>

/** Finds out what a refusal means; where its body decides that, it is read, and kept for whoever reads it next. */
const judged = async (
  deps: AskDeps,
  candidate: Candidate,
  prepared: Prepared,
  answer: SeenAnswer,
): Promise<Judgement> => {
  const { status } = answer
  if (status < 300) {
    const { observation } = answer
    const begun = observation ? { candidate, answer, prepared, observation } : { candidate, answer, prepared }
    return { outcome: ok(begun), failure: undefined, retryAfterMs: undefined }
  }
  const held = BODY_DECIDES.has(status) ? await heldAnswer(answer, deps.answerBytesMax) : { answer, text: '' }
  const { accountFaults } = candidate.channel.provider.kind
  return {
    outcome: ok({ candidate, answer: held.answer, prepared }),
    failure: failureOfStatus({ status, text: held.text, accountFaults }),
    retryAfterMs: toldWaitMs(answer.headers, deps.nowMs(), held.text, prepared.protocol),
  }
}

/**
 * An answer in its format, as far as it has to be seen to be one: a stream once it has content, anything else to its end.
 * Until then nothing of it was delivered, and another may be asked.
 */
const seen = async (
  deps: AskDeps,
  call: Call,
  envelope: Admitted['envelope'],
  sent: Begun,
  onLate: (begun: Begun) => void,
): Promise<Result<SeenAnswer, Unanswered>> => {
  const { candidate, prepared } = sent
  const answer = inItsFormat(sent.answer, candidate, deps.eventBytesMax)
  if (answer.status < 200 || answer.status >= 300) return ok(answer)
  const begun = { candidate, answer, prepared }
  const isStream = comesAsStream(call, envelope, begun)
  if (!envelope.stream) return isStream ? ok(answer) : wholeAnswer(answer, prepared, deps.answerBytesMax)
  return peek(answer, prepared, isStream, deps, () => isStream && onLate(begun))
}

const send = async (
  deps: AskDeps,
  hangUp: AbortSignal,
  call: Call,
  { candidate, key }: Route,
  prepared: Prepared,
  envelope: Admitted['envelope'],
): Promise<Result<UpstreamAnswer, Unanswered>> => {
  const { provider } = candidate.channel
  const request = buildRequest(call, candidate, envelope, prepared, key.secret)
  const ready = provider.kind.credentials ? await deps.authorizer.authorize(provider, key.secret, request) : ok(request)
  if (!ready.ok) return ready
  const startMs = Math.round(deps.nowMs() - call.startedAtMs)
  const copied = call.recording?.sent(ready.value, {
    channel: candidate.channel.id,
    startMs,
    hide: secretsHiderOf(provider),
  })
  const answer = await deps.sendTo(provider)(ready.value, hangUp)
  const sent = copied ? copied(answer) : answer
  if (sent.ok && sent.value.status === 401) deps.authorizer.refused(provider, key.secret)
  return sent
}

/** Successes without a body, which no question to a model has for an answer. */
const NO_BODY = new Set([204, 205])

/** An answer in one piece, read to its end. One that says of itself that it is none is no answer. */
const wholeAnswer = async (
  answer: UpstreamAnswer,
  { protocol, action }: Prepared,
  bytesMax: number,
): Promise<Result<SeenAnswer, Unanswered>> => {
  if (NO_BODY.has(answer.status)) {
    answer.cancel()
    return err(EMPTY)
  }
  const body = await answer.whole(bytesMax)
  if (!body.ok) return body
  const whole = answerWith(answer.status, answer.headers, body)
  // One that came as a stream is read as one by whoever relays it.
  if (isEvents(answer.headers)) return ok(whole)
  const observation = protocol.readAnswer(body.value, action)
  return observation.terminal || observation.error !== undefined ? ok({ ...whole, observation }) : err(UNREADABLE)
}

const EMPTY: Unanswered = { kind: 'unreadable', untouched: false, detail: 'a success without a body' }
const UNREADABLE: Unanswered = { kind: 'unreadable', untouched: false, detail: 'an answer that is not readable' }

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

/** What a receipt says of a try. `startMs`: after how long it began. */
export const noteOf = (
  { candidate, key, why }: Route,
  status: number,
  error: string | null,
  ms: number,
  startMs?: number,
): Attempt => ({
  channel: candidate.channel.id,
  key: key.id,
  why,
  status,
  error,
  ms,
  startMs,
})
