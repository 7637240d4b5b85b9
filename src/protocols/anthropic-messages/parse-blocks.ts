import type { Block, Citation, MediaBlock, TextBlock, ToolCallBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { objectsOf } from '../json.ts'
import { readCallId } from '../shared/call-ids.ts'
import { below } from '../shared/pointers.ts'
import { type Fields, fieldsOf, type Reading } from './fields.ts'
import { parseMedia, parseSearchResult } from './parse-media.ts'
import { parseRedactedThinking, parseThinking, placeCarried, type Read } from './parse-reasoning.ts'
import { parseCacheMark } from './parse-tools.ts'
import { vendorBlock } from './vendor-blocks.ts'

const FORMAT = 'anthropic-messages'

/** What blocks refer to: tools with a type by their name, and the names of the calls read so far by their ids. */
export interface Mentions {
  readonly typed: ReadonlyMap<string, string>
  readonly calls: Map<string, string>
}

/** Content: a string, or a list of blocks. `pointer` is the content's own. */
export const parseContent = (
  content: unknown,
  pointer: string,
  reading: Reading,
  mentions: Mentions,
): readonly Block[] => {
  if (typeof content === 'string') {
    return [
      { kind: 'text', text: content, pointer, native: { format: FORMAT, value: { type: 'text', text: content } } },
    ]
  }
  if (!Array.isArray(content)) {
    reading.fail(pointer, 'a string or a list of blocks')
    return []
  }
  return placeCarried(
    content.flatMap((value, index) => {
      const block = fieldsOf(value, below(pointer, index), reading)
      return block ? (parseBlock(block, reading, mentions) ?? []) : []
    }),
  )
}

const parseBlock = (block: Fields, reading: Reading, mentions: Mentions): Read | undefined => {
  switch (block.text('type')) {
    case undefined:
      return reading.fail(block.at('type'), 'the type of the block')
    case 'thinking':
      return parseThinking(block, reading)
    case 'redacted_thinking':
      return parseRedactedThinking(block, reading)
    case 'tool_use':
      return parseCall(block, reading, mentions)
    case 'tool_result':
      return parseResult(block, reading, mentions)
    default:
      return parseContentBlock(block, reading) ?? parseVendorBlock(block)
  }
}

/** A block that may stand in a message and in a tool's result. */
const parseContentBlock = (block: Fields, reading: Reading): TextBlock | MediaBlock | undefined => {
  const found = readContentBlock(block, reading)
  if (found) block.rest()
  return found
}

const readContentBlock = (block: Fields, reading: Reading): TextBlock | MediaBlock | undefined => {
  switch (block.text('type')) {
    case 'text':
      return parseText(block, reading)
    case 'image':
      return parseMedia(block, 'image', reading)
    case 'document':
      return parseMedia(block, 'document', reading)
    case 'search_result':
      return parseSearchResult(block)
    default:
      return undefined
  }
}

/** Kept whole: nothing in it is anybody else's business. */
const parseVendorBlock = (block: Fields): Block => ({
  ...vendorBlock(block.value, 'anthropic'),
  pointer: block.pointer,
  native: { format: FORMAT, value: block.value },
})

const parseText = (block: Fields, reading: Reading): TextBlock | undefined => {
  const text = block.text('text')
  if (text === undefined) return reading.fail(block.at('text'), 'a string')
  const [citations, cache] = [objectsOf(block.list('citations')).map(citationOf), parseCacheMark(block)]
  return {
    kind: 'text',
    text,
    ...(citations.length > 0 && { citations }),
    ...(cache && { cache }),
    pointer: block.pointer,
    native: { format: FORMAT, value: block.value },
  }
}

/** Stands on the whole of its text block: Anthropic splits text so that each claim is a block. */
export const citationOf = (citation: JsonObject): Citation => {
  const { url, cited_text: citedText } = citation
  const title = citation.title ?? citation.document_title
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof title === 'string' && { title }),
    ...(typeof citedText === 'string' && { citedText }),
    // An address that Bedrock cites is no citation of this format's own: clients know none without Anthropic's index.
    ...(citation.type !== 'web' && { native: { format: FORMAT, value: citation } as const }),
  }
}

const parseCall = (block: Fields, reading: Reading, mentions: Mentions): ToolCallBlock | undefined => {
  const [given, name] = [block.text('id'), block.text('name')]
  if (given === undefined) return reading.fail(block.at('id'), 'the id of the call')
  if (name === undefined) return reading.fail(block.at('name'), 'the name of the tool')
  const id = readCallId(given)
  mentions.calls.set(id, name)
  const [toolset, typed, cache] = [block.text('toolset_name'), mentions.typed.get(name), parseCacheMark(block)]
  block.leave('ignore', 'caller')
  const call: ToolCallBlock = {
    kind: 'tool-call',
    id,
    name,
    form: 'function',
    ...(toolset !== undefined && { namespace: toolset }),
    ...(typed !== undefined && { typed }),
    arguments: writeJson(block.any('input') ?? {}),
    ...(cache && { cache }),
    pointer: block.pointer,
    native: { format: FORMAT, value: block.value },
  }
  block.rest()
  return call
}

const parseResult = (block: Fields, reading: Reading, mentions: Mentions): ToolResultBlock | undefined => {
  const given = block.text('tool_use_id')
  if (given === undefined) return reading.fail(block.at('tool_use_id'), 'the id of a call')
  const callId = readCallId(given)
  const [name, isError, cache] = [mentions.calls.get(callId), block.flag('is_error'), parseCacheMark(block)]
  // The call already says which toolset it belongs to.
  block.leave('ignore', 'toolset_name')
  const result: ToolResultBlock = {
    kind: 'tool-result',
    callId,
    ...(name !== undefined && { name }),
    form: 'function',
    content: parseResultContent(block, reading),
    ...(isError !== undefined && { isError }),
    ...(cache && { cache }),
    pointer: block.pointer,
    native: { format: FORMAT, value: block.value },
  }
  block.rest()
  return result
}

const parseResultContent = (result: Fields, reading: Reading): readonly (TextBlock | MediaBlock)[] => {
  const [content, pointer] = [result.any('content'), result.at('content')]
  if (content === undefined || content === '') return []
  if (typeof content === 'string') {
    return [
      { kind: 'text', text: content, pointer, native: { format: FORMAT, value: { type: 'text', text: content } } },
    ]
  }
  return (result.list('content') ?? []).flatMap((value, index) => {
    const block = fieldsOf(value, below(pointer, index), reading)
    const read = block && parseContentBlock(block, reading)
    // A reference to a tool found by searching: all tools are sent anyway. What a browser shows has no words.
    if (block && !read) reading.leave(block.pointer, block.value.type === 'tool_reference' ? 'drop' : 'refuse')
    return read ?? []
  })
}
