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
    const { content, citations } = block.citationsContent
    const texts = objectsOf(content).map(({ text }) => textOf(text))
    const cited = objectsOf(citations).map(messagesCitation)
    return { type: 'text', text: texts.join(''), ...(cited.length > 0 && { citations: cited }) }
  }
  return { type: CARRIED, block }
}

/** Where each kind of place stands in Messages, and what its numbers are called there. */
const PLACES = [
  ['documentChar', 'char_location', 'start_char_index', 'end_char_index'],
  ['documentPage', 'page_location', 'start_page_number', 'end_page_number'],
  ['documentChunk', 'content_block_location', 'start_block_index', 'end_block_index'],
] as const

/** A citation as Messages has it: a place in a document, or an address, of which only the address is told. */
export const messagesCitation = ({ title, location, sourceContent }: JsonObject): JsonObject => {
  const [places, text] = [
    objectOf(location),
    objectsOf(sourceContent)
      .map((part) => textOf(part.text))
      .join(''),
  ]
  const cited = { ...(text !== '' && { cited_text: text }) }
  const { url } = objectOf(places.web)
  if (typeof url === 'string') return { type: 'web', url, ...cited, ...(typeof title === 'string' && { title }) }
  const [kind, type, first, last] = PLACES.find(([name]) => isObject(places[name])) ?? PLACES[0]
  const { documentIndex, start, end } = objectOf(places[kind])
  return {
    type,
    cited_text: text,
    document_index: documentIndex ?? 0,
    document_title: title ?? null,
    [first]: start ?? 0,
    [last]: end ?? 0,
  }
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
