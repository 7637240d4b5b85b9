import type { Loss } from '../canon/losses.ts'
import type { Observation } from '../canon/protocol.ts'
import type { Ended } from '../canon/receipt.ts'
import { ERRORS, fault, type GatewayError } from '../errors.ts'
import { ok, type Result } from '../result.ts'
import { warningsOf } from '../translation/request.ts'
import { formatUsd } from '../units.ts'
import {
  type AnswerHeaders,
  answerHeaders,
  comesAsStream,
  declareWarnings,
  isEvents,
  type LimitHeaders,
  statusOf,
} from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import { secretsHiderOf } from './provider-secrets.ts'
import { refusalOf } from './upstream-errors.ts'
import { failureOf } from './upstream-failures.ts'
import { answersIn, relayStream, type StreamDeps } from './relay-stream.ts'
import type { Candidate } from '../routing/types.ts'
import type { Closing } from './tab.ts'

export interface RelayDeps extends StreamDeps {
  readonly answerBytesMax: number
  readonly limitHeaders: LimitHeaders
  readonly refuse: (call: Call, error: GatewayError, admission?: Admitted['admission']) => Response
}

/**
 * Passes an upstream's answer to the client. Nothing of it is delivered before the hold is durable: a crash between
 * the two would give away an answer that nobody is charged for.
 */
export const createRelay =
  (deps: RelayDeps) =>
  async (call: Call, admitted: Admitted, begun: Begun): Promise<Response> => {
    const { answer, candidate } = begun
    const durable = await admitted.tab.hold.durable
    if (!durable.ok) {
      answer.cancel()
      return giveUp(deps, call, admitted, begun, durable.error)
    }
    const headers = answerHeaders(call, begun, admitted, deps.limitHeaders)
    if (NO_BODY.has(answer.status)) {
      answer.cancel()
      return giveUp(deps, call, admitted, begun, emptyAnswer(candidate))
    }
    if (answer.status >= 300 || answer.status < 200) return relayRefusal(deps, call, admitted, begun, headers)
    if (comesAsStream(call, admitted.envelope, begun)) return relayStream(deps, call, admitted, begun, headers)
    return relayWhole(deps, call, admitted, begun, headers)
  }

/** Successes without a body, which no question to a model has for an answer. */
const NO_BODY = new Set([204, 205])

const emptyAnswer = ({ channel }: Candidate): GatewayError =>
  fault('upstream-unreadable', `Provider ${channel.provider.id} sent an empty answer. Nothing was charged; try again.`)

const relayWhole = async (deps: RelayDeps, call: Call, admitted: Admitted, begun: Begun, headers: AnswerHeaders) => {
  const { answer, candidate } = begun
  const body = await answer.whole(deps.answerBytesMax)
  if (!body.ok) return giveUp(deps, call, admitted, begun, failureOf(body.error, candidate))
  const { observation, delivered } = observe(deps, admitted, begun, body.value)
  if (!observation.terminal && observation.error === undefined) {
    const { id } = candidate.channel.provider
    const message = `Provider ${id} sent an answer that is not readable JSON. Nothing was charged; try again.`
    return giveUp(deps, call, admitted, begun, fault('upstream-unreadable', message), observation)
  }
  // An error's words may repeat the key that was refused.
  const shown = observation.error === undefined ? body.value : secretsHiderOf(candidate.channel.provider)(body.value)
  const written = begun.estimated ? ok({ body: shown, losses: [] }) : writtenFor(admitted, begun, shown)
  if (!written.ok) return giveUp(deps, call, admitted, begun, written.error, observation)
  admitted.tab.warnings.push(...warningsOf(written.value.losses))
  // Read to its end for somebody who has left: they did not get it, whatever it costs.
  const left = call.request.signal.aborted
  const ended = endingOf(observation, left)
  const ttftMs = Math.round(deps.nowMs() - call.startedAtMs)
  const given = deps.keep(call, admitted, begun)?.whole(written.value.body) ?? written.value.body
  const status = left ? ERRORS['client-closed'].status : answer.status
  const closing: Closing = { candidate, ended, status, observation, delivered, ttftMs }
  const settlement = await admitted.tab.close(closing)
  headers['x-tollgate-cost-usd'] = formatUsd(settlement.charged)
  declareWarnings(headers, admitted.tab.warnings)
  return new Response(given as string | Uint8Array<ArrayBuffer>, { status: answer.status, headers })
}

/** An error beside content is an answer that broke off: what there is of it is delivered, and charged. */
const endingOf = ({ error, contentSeen }: Observation, left: boolean): Ended => {
  if (error === undefined) return left ? 'client_cut' : 'whole'
  return contentSeen ? 'upstream_cut' : 'failed'
}

const COUNTED: Observation = {
  usage: undefined,
  rawUsage: undefined,
  terminal: true,
  contentSeen: false,
  error: undefined,
}

interface Observed {
  readonly observation: Observation
  readonly delivered: () => string
}

/** What a whole answer says of itself; one that came as a stream is read as one. */
const observe = (
  deps: RelayDeps,
  admitted: Admitted,
  { prepared, estimated, answer }: Begun,
  body: Uint8Array,
): Observed => {
  const { protocol, action } = prepared
  if (estimated || !isEvents(answer.headers)) {
    const observation = estimated ? COUNTED : protocol.readAnswer(body, action)
    return { observation, delivered: () => protocol.answerText(body) }
  }
  const { eventBytesMax, deliveredBytesMax } = deps
  const tap = protocol.tap({ withholdUsage: false, answers: answersIn(admitted), eventBytesMax, deliveredBytesMax })
  tap.push(body)
  tap.rest()
  return { observation: tap.observe(), delivered: () => tap.delivered() }
}

/** The answer in the client's format. */
const writtenFor = (
  { envelope }: Admitted,
  { prepared, answer }: Begun,
  body: Uint8Array,
): Result<{ readonly body: string | Uint8Array; readonly losses: readonly Loss[] }, GatewayError> =>
  prepared.translation?.whole(body, { client: envelope.stream, upstream: isEvents(answer.headers) }) ??
  ok({ body, losses: [] })

/** An upstream's own refusal: its words where they are the client's business, ours where they are the operator's. */
const relayRefusal = async (deps: RelayDeps, call: Call, admitted: Admitted, begun: Begun, headers: AnswerHeaders) => {
  const refusal = await refusalOf(begun, deps.answerBytesMax, deps.nowMs())
  if (!refusal.ok) return giveUp(deps, call, admitted, begun, refusal.error)
  const { status, body, retry } = refusal.value
  const { translation } = begun.prepared
  if (translation) {
    const error = translation.error(status, JSON.parse(new TextDecoder().decode(body)))
    const retryAfterMs = Number(retry['retry-after'] ?? Number.NaN) * 1_000
    const told = Number.isFinite(retryAfterMs) ? { ...error, retryAfterMs } : error
    return giveUp(deps, call, admitted, begun, told)
  }
  for (const [name, value] of Object.entries(retry)) headers[name] ??= value
  await admitted.tab.close(failedClosing(begun.candidate, status))
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers })
}

/** Ends an admitted request that got no answer: the hold goes back, the client is told why. */
export const createAbandon =
  (refuse: RelayDeps['refuse']) =>
  (call: Call, admitted: Admitted, error: GatewayError): Response => {
    const [candidate] = admitted.candidates
    if (candidate)
      settleQuietly(admitted, failedClosing(candidate, statusOf(error, call), error.kind === 'client-closed'))
    return refuse(call, error, admitted.admission)
  }

/** Ends a request whose client gets nothing of the answer: nothing is charged, whatever the provider says it used. */
const giveUp = (
  deps: RelayDeps,
  call: Call,
  admitted: Admitted,
  { candidate }: Begun,
  error: GatewayError,
  observation?: Observation,
): Response => {
  const closing = failedClosing(candidate, statusOf(error, call), error.kind === 'client-closed')
  settleQuietly(admitted, { ...closing, observation })
  return deps.refuse(call, error, admitted.admission)
}

/** The client is answered at once; a tab that cannot be closed has given its hold back and been logged by its opener. */
const settleQuietly = ({ tab }: Admitted, closing: Closing): void => {
  tab.close(closing).catch(() => undefined)
}

const failedClosing = (candidate: Candidate, status: number, clientLeft = false): Closing => ({
  candidate,
  ended: clientLeft ? 'client_cut' : 'failed',
  status,
  observation: undefined,
  delivered: () => '',
  ttftMs: null,
})
