import type { Stop, StopReason } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { objectOf } from '../json.ts'

const READ: Readonly<Record<string, StopReason>> = {
  end_turn: 'natural',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-calls',
  max_tokens: 'output-limit',
  model_context_window_exceeded: 'context-full',
  refusal: 'refusal',
  pause_turn: 'paused',
  compaction: 'compaction',
}

/** `delta` of a `message_delta`, or a whole message. A word nobody knows is no natural end. */
export const readStop = (holder: JsonObject): Stop => {
  const { stop_reason: native, stop_sequence: sequence } = holder
  const { explanation } = objectOf(holder.stop_details)
  return {
    reason: typeof native === 'string' && Object.hasOwn(READ, native) ? (READ[native] ?? 'other') : 'other',
    ...(typeof sequence === 'string' && { sequence }),
    ...(typeof explanation === 'string' && { explanation }),
    ...(typeof native === 'string' && { native }),
  }
}

export interface WrittenStop {
  readonly stop_reason: string
  readonly stop_sequence: string | null
  readonly stop_details: JsonObject | null
}

/** What the answer held, which counts more than what the upstream says of it. */
export interface Held {
  readonly calls: boolean
  readonly refusal: boolean
}

/** The stop in Anthropic's words, and whether another was meant. */
export const writeStop = (stop: Stop, held: Held): { readonly written: WrittenStop; readonly exact: boolean } => {
  const word = wordOf(stop, held)
  const exact = stop.reason !== 'other' && stop.reason !== 'malformed-call'
  const refused = word === 'refusal'
  return {
    written: {
      stop_reason: word,
      stop_sequence: word === 'stop_sequence' ? (stop.sequence ?? null) : null,
      stop_details: refused ? { type: 'refusal', category: null, explanation: stop.explanation ?? null } : null,
    },
    exact,
  }
}

const wordOf = (stop: Stop, { calls, refusal }: Held): string => {
  switch (stop.reason) {
    case 'natural':
    case 'tool-calls':
    case 'malformed-call':
    case 'other':
      return refusal ? 'refusal' : calls ? 'tool_use' : 'end_turn'
    case 'stop-sequence':
      // Which one it was is not guessed: without it, the answer has ended.
      return stop.sequence === undefined ? 'end_turn' : 'stop_sequence'
    case 'output-limit':
      return 'max_tokens'
    case 'context-full':
      return 'model_context_window_exceeded'
    case 'refusal':
    case 'filter':
      return 'refusal'
    case 'paused':
      return 'pause_turn'
    case 'compaction':
      return 'compaction'
  }
}
