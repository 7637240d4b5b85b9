import type { Stop, StopReason } from '../../canon/answer.ts'
import { numberOf } from '../../canon/json-text.ts'
import { type JsonObject, objectOf, textOf } from '../json.ts'

/** Gemini's words for the end of an answer. `STOP` says nothing of calls: whoever saw them knows. */
const REASONS: Readonly<Record<string, StopReason>> = {
  STOP: 'natural',
  MAX_TOKENS: 'output-limit',
  SAFETY: 'filter',
  RECITATION: 'filter',
  LANGUAGE: 'filter',
  BLOCKLIST: 'filter',
  PROHIBITED_CONTENT: 'filter',
  SPII: 'filter',
  MODEL_ARMOR: 'filter',
  IMAGE_SAFETY: 'filter',
  IMAGE_PROHIBITED_CONTENT: 'filter',
  IMAGE_RECITATION: 'filter',
  TOO_MANY_TOOL_CALLS: 'paused',
  MALFORMED_FUNCTION_CALL: 'malformed-call',
  UNEXPECTED_TOOL_CALL: 'malformed-call',
}

/** Some of Vertex's clients send the enum's number. */
const BY_NUMBER: readonly string[] = [
  'FINISH_REASON_UNSPECIFIED',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'MODEL_ARMOR',
]

const wordOf = (value: unknown): string => {
  const number = numberOf(value)
  return number === undefined ? textOf(value) : (BY_NUMBER[number] ?? `FINISH_REASON_${number}`)
}

/** Why a candidate ended; `undefined` while it has not. */
export const stopOf = (candidate: JsonObject): Stop | undefined => {
  const native = wordOf(candidate.finishReason)
  if (native === '' || native === 'FINISH_REASON_UNSPECIFIED') return undefined
  const reason = REASONS[native] ?? 'other'
  const explanation = reason === 'natural' ? '' : textOf(candidate.finishMessage)
  return { reason, native, ...(explanation && { explanation }) }
}

/** A prompt that was blocked has no answer at all. */
export const blockOf = (feedback: unknown): Stop | undefined => {
  const { blockReason, blockReasonMessage } = objectOf(feedback)
  const number = numberOf(blockReason)
  const native = number === undefined ? textOf(blockReason) : number > 0 ? `BLOCK_REASON_${number}` : ''
  if (native === '' || native.endsWith('_UNSPECIFIED')) return undefined
  const explanation = textOf(blockReasonMessage)
  return { reason: 'filter', native, ...(explanation && { explanation }) }
}

const WORDS: Readonly<Record<StopReason, string>> = {
  natural: 'STOP',
  'stop-sequence': 'STOP',
  'tool-calls': 'STOP',
  'output-limit': 'MAX_TOKENS',
  'context-full': 'MAX_TOKENS',
  refusal: 'SAFETY',
  filter: 'SAFETY',
  paused: 'TOO_MANY_TOOL_CALLS',
  compaction: 'OTHER',
  'malformed-call': 'MALFORMED_FUNCTION_CALL',
  other: 'OTHER',
}

/** Gemini's word for an end: its own where it was Gemini that ended. */
export const finishReasonOf = ({ reason, native }: Stop): string =>
  native !== undefined && REASONS[native] === reason && WORDS[reason] !== 'STOP' ? native : WORDS[reason]
