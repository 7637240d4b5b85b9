import type { MediaBlock, TextBlock, ToolCallBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { textOf } from '../json.ts'
import { fitCallId, sentCallId } from '../shared/call-ids.ts'
import { sentCallName, type SentNames } from '../shared/tool-names.ts'
import { markOf } from './render-cache.ts'
import { type ContentWriting, inputMedia, inputText } from './render-content.ts'

export interface CallWriting extends ContentWriting {
  readonly names: SentNames
}

/** A call of a tool, under the name and in the form that the tool is sent in. */
export const callItem = (block: ToolCallBlock, { profile, names, losses }: CallWriting): JsonObject => {
  // A signature of another vendor's on the call itself.
  if (block.opaque) losses.declare(block.pointer, 'reasoning_foreign')
  const call_id = sentCallId(block, profile.tools.callIdLengthMax, 'plain', losses)
  const name = sentCallName(block, names, losses)
  if (block.form === 'custom' && profile.tools.custom)
    return { type: 'custom_tool_call', call_id, name, input: block.arguments }
  const text = block.form === 'custom' ? writeJson({ input: block.arguments }) : block.arguments
  return { type: 'function_call', call_id, name, arguments: text === '' ? '{}' : text }
}

const ERROR_PREFIX = 'ERROR: '

/** The results of one step, and behind them as a message what they show and cannot hold. */
export const resultItems = (results: readonly ToolResultBlock[], writing: CallWriting): readonly JsonObject[] => {
  const shown: JsonObject[] = []
  const items = results.map((block) => resultItem(block, shown, writing))
  return shown.length > 0 ? [...items, { type: 'message', role: 'user', content: shown }] : items
}

const resultItem = (block: ToolResultBlock, shown: JsonObject[], writing: CallWriting): JsonObject => {
  const { profile, losses, marks } = writing
  const call_id = fitCallId(block.callId, profile.tools.callIdLengthMax, 'plain')
  const parts = block.content
    .map((part) => resultPart(part, call_id, shown, writing))
    .filter((part) => part !== undefined)
  if (block.isError) {
    // One that stands in for a missing result is declared as added already.
    if (block.pointer !== undefined) losses.declare(block.pointer, 'approximated')
    parts.unshift({ type: 'input_text', text: ERROR_PREFIX })
  }
  const mark = markOf(block, marks)
  if (mark.prompt_cache_breakpoint) parts.push({ ...(parts.pop() ?? { type: 'input_text', text: '' }), ...mark })
  const isCustom = block.form === 'custom' && profile.tools.custom
  return { type: isCustom ? 'custom_tool_call_output' : 'function_call_output', call_id, output: outputOf(parts) }
}

/** Texts without marks are joined, with nothing between. */
const outputOf = (parts: readonly JsonObject[]): unknown => {
  const isPlain = parts.every((part) => part.type === 'input_text' && Object.keys(part).length === 2)
  return isPlain ? parts.map((part) => textOf(part.text)).join('') : parts
}

const resultPart = (
  part: TextBlock | MediaBlock,
  callId: string,
  shown: JsonObject[],
  writing: CallWriting,
): JsonObject | undefined => {
  const rendered = part.kind === 'text' ? inputText(part, writing) : inputMedia(part, writing)
  if (!rendered || part.kind === 'text' || rendered.type === 'input_text' || writing.profile.media.inToolResults)
    return rendered
  writing.losses.declare(part.pointer, 'moved')
  const label = `${part.media} ${shown.length / 2 + 1}`
  shown.push({ type: 'input_text', text: `[${label}, of the result of call ${callId}]` }, rendered)
  return { type: 'input_text', text: `[${label} is attached below]` }
}
