import type { Loss } from '../canon/losses.ts'
import type { Observation } from '../canon/protocol.ts'
import type { Ended } from '../canon/receipt.ts'
import { ERRORS, fault, type GatewayError } from '../errors.ts'
import type { Settlement } from '../ledger/types.ts'
import { err, ok, type Result } from '../result.ts'
import { warningsOf } from '../translation/request.ts'
import { isEvents } from './answer.ts'
import type { Admitted, Begun, Call } from './call.ts'
import { keyHiderOf, secretsHiderOf } from './provider-secrets.ts'
import { answersIn, type StreamDeps, tellBroken } from './relay-stream.ts'
import { failureOf } from './upstream-failures.ts'

export interface WholeDeps extends StreamDeps {
  readonly answerBytesMax: number
}

/** An answer in one piece as its client gets it, settled. */
export interface Whole {
  readonly body: string | Uint8Array
  readonly settlement: Settlement
}

/** Why the client gets nothing of an answer; it is still to be settled. */
export interface Undelivered {
  readonly error: GatewayError
  /** What it said of itself. */
  readonly observation?: Observation
}

/** Reads an answer to its end, writes it for its client and settles it. */
export const wholeAnswer = async (
  deps: WholeDeps,
  call: Call,
  admitted: Admitted,
  begun: Begun,
): Promise<Result<Whole, Undelivered>> => {
  const { answer, candidate } = begun
  const body = await answer.whole(deps.answerBytesMax)
  if (!body.ok) {
    tellBroken(admitted, body.error)
    return err({ error: failureOf(body.error, candidate) })
  }
  const { observation, delivered } = observe(deps, admitted, begun, body.value)
  if (!observation.terminal && observation.error === undefined) {
    tellBroken(admitted, undefined)
    const { id } = candidate.channel.provider
    const message = `Provider ${id} sent an answer that is not readable JSON. Nothing was charged; try again.`
    return err({ error: fault('upstream-unreadable', message), observation })
  }
  // An error's words may repeat the key that was refused.
  const hiderOf = observation.error === undefined ? keyHiderOf : secretsHiderOf
  const shown = hiderOf(candidate.channel.provider)(body.value)
  const written = begun.estimated ? ok({ body: shown, losses: [] }) : writtenFor(admitted, begun, shown)
  if (!written.ok) return err({ error: written.error, observation })
  admitted.tab.warnings.push(...warningsOf(written.value.losses))
  // Read to its end for somebody who has left: they did not get it, whatever it costs.
  const left = call.request.signal.aborted
  const ended = endingOf(observation, left)
  if (ended === 'upstream_cut') tellBroken(admitted, undefined)
  const ttftMs = Math.round(deps.nowMs() - call.startedAtMs)
  const given = deps.keep(call, admitted, begun)?.whole(written.value.body) ?? written.value.body
  const status = left ? ERRORS['client-closed'].status : answer.status
  const settlement = await admitted.tab.close({ candidate, ended, status, observation, delivered, ttftMs })
  return ok({ body: given, settlement })
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
  deps: WholeDeps,
  admitted: Admitted,
  { prepared, estimated, answer, observation: known }: Begun,
  body: Uint8Array,
): Observed => {
  const { protocol, action } = prepared
  if (estimated || !isEvents(answer.headers)) {
    const observation = estimated ? COUNTED : (known ?? protocol.readAnswer(body, action))
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
