import type { Stop, StopReason } from '../../canon/answer.ts'
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../json.ts'

/** What Messages has no block for travels whole inside one of this type, and goes back as it came. */
export const CARRIED = 'converse_block'

/** A block of an answer as Messages has it. */
export const messagesBlock = (block: JsonObject): JsonObject => {
  if (typeof block.text === 'string') return { type: 'text', text: block.text }
  if (isObject(block.toolUse)) return callBlock(block.toolUse)
  if (isObject(block.reasoningContent)) return reasoningBlock(block.reasoningContent)
  if (isObject(block.citationsContent)) {
    const texts = objectsOf(block.citationsContent.content).map(({ text }) => textOf(text))
    return { type: 'text', text: texts.join('') }
  }
  return { type: CARRIED, block }
}

const callBlock = ({ toolUseId, name, input }: JsonObject): JsonObject => ({
  type: 'tool_use',
  id: textOf(toolUseId),
  name: textOf(name),
  input: input ?? {},
})

const reasoningBlock = ({ reasoningText, redactedContent }: JsonObject): JsonObject => {
  if (typeof redactedContent === 'string') return { type: 'redacted_thinking', data: redactedContent }
  const { text, signature } = objectOf(reasoningText)
  return { type: 'thinking', thinking: textOf(text), signature: textOf(signature) }
}

const REASONS: Readonly<Record<string, StopReason>> = {
  end_turn: 'natural',
  tool_use: 'tool-calls',
  max_tokens: 'output-limit',
  stop_sequence: 'stop-sequence',
  guardrail_intervened: 'filter',
  content_filtered: 'filter',
  malformed_model_output: 'other',
  malformed_tool_use: 'malformed-call',
  model_context_window_exceeded: 'context-full',
}

/** A word nobody knows is no natural end. */
export const readStop = (native: string): Stop => ({
  reason: Object.hasOwn(REASONS, native) ? (REASONS[native] ?? 'other') : 'other',
  ...(native !== '' && { native }),
})

/** The word by which a reader of Messages learns whether the output limit cut the answer. */
export const messagesStop = (native: string): string =>
  native === 'max_tokens' || native === 'model_context_window_exceeded' ? native : 'end_turn'
