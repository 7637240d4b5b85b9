import { type AnswerFormat, type Reading, errorText } from '../answer-format.ts'
import { type JsonObject, isObject, jsonOf, objectOf, objectsOf, textOf } from '../json.ts'
import { bytesOf } from '../raw-event.ts'
import { mergeUsage, readUsage } from './usage.ts'

const BLOCK_DELTA = Buffer.from('content_block_delta')
/** A block delta names itself in its first bytes, on its `event:` line or in its `type`. */
const NAME_BYTES = 64
const MARKS = [
  '"message_delta"',
  '"message_stop"',
  '"message_start"',
  '"content_block_start"',
  '"content_block_stop"',
  '"error"',
].map((name) => Buffer.from(name))

const usageIn = (holder: JsonObject): JsonObject | undefined => (isObject(holder.usage) ? holder.usage : undefined)

/** Text and thinking blocks begin empty; any other block (a tool call, a result, hidden thinking) is content by itself. */
const blockIsContent = (block: JsonObject): boolean =>
  block.type === 'text' ? textOf(block.text) !== '' : block.type === 'thinking' ? textOf(block.thinking) !== '' : true

const read = (event: JsonObject): Reading => {
  switch (event.type) {
    case 'message_start':
      return {
        usage: usageIn(objectOf(event.message)),
        begins: true,
        content: objectsOf(objectOf(event.message).content).length > 0,
      }
    case 'content_block_start':
      return { content: blockIsContent(objectOf(event.content_block)), part: 'begins' }
    case 'content_block_delta':
      return { content: true }
    case 'content_block_stop':
      return { part: 'ends' }
    case 'message_delta':
      return { usage: usageIn(event), finished: textOf(objectOf(event.delta).stop_reason) !== '' }
    case 'message_stop':
      return { terminal: true, over: true }
    case 'message':
      return {
        usage: usageIn(event),
        terminal: true,
        content: objectsOf(event.content).length > 0,
        error: errorText(event.error),
      }
    default:
      return { error: errorText(event.error) ?? (event.type === 'error' ? errorText(event) : undefined) }
  }
}

const blockText = (block: JsonObject): string =>
  textOf(block.text) +
  textOf(block.thinking) +
  textOf(block.name) +
  (isObject(block.input) && Object.keys(block.input).length > 0 ? (jsonOf(block.input) ?? '') : '')

const textIn = (event: JsonObject): string => {
  if (event.type === 'content_block_start') return blockText(objectOf(event.content_block))
  if (event.type === 'message') return objectsOf(event.content).map(blockText).join('')
  const delta = objectOf(event.delta)
  // Signatures are opaque, and encrypted compaction is not text: neither is counted.
  return textOf(delta.text) + textOf(delta.thinking) + textOf(delta.partial_json)
}

export const anthropicAnswers: AnswerFormat = {
  keys: [],
  matters: (event, contentSeen) => {
    if (!contentSeen) return true
    const delta = event.bytes.indexOf(BLOCK_DELTA, event.from)
    if (delta !== -1 && delta < Math.min(event.from + NAME_BYTES, event.end)) return false
    const own = bytesOf(event)
    return MARKS.some((name) => own.includes(name))
  },
  read,
  bodyKeys: ['content'],
  mergeUsage,
  readUsage,
  textIn,
  endsWithDone: false,
}
