import type { Observation } from '../canon/protocol.ts'
import { fault, type GatewayError } from '../errors.ts'
import { formatUsd } from '../units.ts'
import {
  type AnswerHeaders,
  answerHeaders,
  comesAsStream,
  declareWarnings,
  type LimitHeaders,
  statusOf,
} from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import { drop } from './failures.ts'
import { failedClosing, relayLater } from './relay-later.ts'
import { refusalOf } from './upstream-errors.ts'
import { relayStream } from './relay-stream.ts'
import { wholeAnswer, type WholeDeps } from './relay-whole.ts'
import type { Candidate } from '../routing/types.ts'
import type { Closing } from './tab.ts'

export interface RelayDeps extends WholeDeps {
  readonly limitHeaders: LimitHeaders
  readonly refuse: (call: Call, error: GatewayError, admission?: Admitted['admission']) => Response
  /** Until answers that are ready now are sent, one after the other. */
  readonly endOfTurn: () => Promise<void>
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
      void begun.later?.then((outcome) => {
        drop(outcome)
        admitted.tab.occupied?.over()
      })
      return giveUp(deps, call, admitted, begun, durable.error)
    }
    const headers = answerHeaders(call, begun, admitted, deps.limitHeaders)
    if (begun.later) return relayLater(deps, call, admitted, begun, begun.later, headers)
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
  const whole = await wholeAnswer(deps, call, admitted, begun)
  if (!whole.ok) return giveUp(deps, call, admitted, begun, whole.error.error, whole.error.observation)
  const { body, settlement } = whole.value
  await deps.endOfTurn()
  headers['x-tollgate-cost-usd'] = formatUsd(settlement.charged)
  declareWarnings(headers, admitted.tab.warnings)
  return new Response(body as string | Uint8Array<ArrayBuffer>, { status: begun.answer.status, headers })
}

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
