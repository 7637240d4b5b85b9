import type { StopReason } from '../../canon/answer.ts'

/** OpenAI's five finish reasons, and what compatible servers say for them. */
const REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'natural'],
  ['eos', 'natural'],
  ['end_turn', 'natural'],
  ['complete', 'natural'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_calls', 'tool-calls'],
  ['tool_call', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['length', 'output-limit'],
  ['max_tokens', 'output-limit'],
  ['max_output_tokens', 'output-limit'],
  ['model_length', 'context-full'],
  ['content_filter', 'filter'],
  ['sensitive', 'filter'],
  ['safety', 'filter'],
  ['recitation', 'filter'],
  ['refusal', 'refusal'],
])

/** Finish reasons that say the server gave up: what came before is not an answer. */
export const FAILED_REASONS: ReadonlySet<string> = new Set([
  'error',
  'abort',
  'aborted',
  'network_error',
  'insufficient_system_resource',
])

export const stopReasonOf = (word: string): StopReason => REASONS.get(word.toLowerCase()) ?? 'other'
