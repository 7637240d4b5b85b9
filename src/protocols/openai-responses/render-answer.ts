import type { AnswerEvent, Stop } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Usage } from '../../canon/usage.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { openAiError } from '../openai-chat/error.ts'
import { MALFORMED, responseError, serviceTierOf, statusOf, usageOrZeros } from './render-outcome.ts'
import { createOutputWriter, type OutputWriter } from './render-output.ts'
import type { Emit } from './render-output-item.ts'
import { BEGUN, renderResponseObject, type Told } from './render-response-object.ts'

/** Writes an answer, event by event; `emit` is given every event of the stream but its framing. */
export interface AnswerWriter {
  push(event: AnswerEvent): void
  /** The response object once it has ended, as the closing event tells it. */
  readonly ended: JsonObject | undefined
  readonly losses: Losses
}

/** What has been told of the answer beside its blocks. */
interface Notes {
  usage: Usage | undefined
  stop: Stop | undefined
  serviceTier: string | undefined
  hasRefused: boolean
}

const BROKEN = fault('stream-broken', 'The answer ended before it was whole.')

export const createAnswerWriter = (reversal: Reversal, emit: Emit): AnswerWriter => {
  const output = createOutputWriter(reversal, emit)
  const notes: Notes = { usage: undefined, stop: undefined, serviceTier: undefined, hasRefused: false }
  let hasBegun = false
  let ended: JsonObject | undefined

  const begin = (): void => {
    if (hasBegun) return
    hasBegun = true
    const response = renderResponseObject(reversal, BEGUN)
    emit('response.created', { response })
    emit('response.in_progress', { response })
  }
  const close = (told: Ending): void => {
    const { serviceTier } = notes
    ended = renderResponseObject(reversal, { ...BEGUN, output: output.items(), serviceTier, ...told })
    emit(`response.${told.status}`, { response: ended })
  }
  const fail = (error: GatewayError): void => {
    // As OpenAI's own servers do: official clients raise the first event, and Codex reads only the second.
    const body = openAiError(error, reversal.requestId)
    emit('error', { code: body.code, message: body.message, param: body.param, error: body })
    const usage = notes.usage ? usageOrZeros(notes.usage, output.losses) : null
    close({ status: 'failed', error: responseError(error), usage })
  }
  const end = (stop: Stop | undefined): void => {
    const ending = stop && endOf(stop, notes, output)
    if (ending) close(ending)
    else fail(stop ? MALFORMED : BROKEN)
  }

  return {
    push(event) {
      if (ended || event.type === 'ping') return
      begin()
      if (event.type === 'error') fail(event.error)
      else if (event.type === 'end') end(notes.stop)
      else if (!note(notes, event)) output.push(event)
    },
    get ended() {
      return ended
    },
    losses: output.losses,
  }
}

type Ending = Partial<Told> & Pick<Told, 'status'>

/** Keeps what an event tells beside the blocks; false for the events of blocks. */
const note = (
  notes: Notes,
  event: Exclude<AnswerEvent, { type: 'ping' | 'error' | 'end' }>,
): event is Extract<AnswerEvent, { type: 'start' | 'usage' | 'stop' }> => {
  if (event.type === 'open' && event.opening.kind === 'refusal') notes.hasRefused = true
  if (event.type === 'stop') {
    notes.stop = event.stop
    notes.serviceTier = serviceTierOf(event.serviceTier)
  } else if (event.type === 'start' || event.type === 'usage') notes.usage = event.usage ?? notes.usage
  else return false
  return true
}

/** No upstream's key is negative. */
const EXPLANATION = -1

/** Ends every item and tells how the response ended; `undefined` where it cannot be told as anything but a failure. */
const endOf = (stop: Stop, { usage, hasRefused }: Notes, output: OutputWriter): Ending | undefined => {
  const { status, incompleteReason, exact } = statusOf(stop, hasRefused)
  if (stop.reason === 'refusal' && !hasRefused && stop.explanation) {
    output.push({ type: 'open', key: EXPLANATION, opening: { kind: 'refusal' } })
    output.push({ type: 'delta', key: EXPLANATION, text: stop.explanation })
    output.push({ type: 'close', key: EXPLANATION })
  }
  output.finish(status === 'incomplete')
  if (status === 'failed') return undefined
  if (!exact) output.losses.declare('/response/status', 'approximated')
  return { status, incompleteReason, usage: usageOrZeros(usage, output.losses) }
}
