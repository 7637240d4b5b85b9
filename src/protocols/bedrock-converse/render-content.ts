import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import { isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { CARRIED } from './parse-blocks.ts'

/** Writes the content of messages. One for each request: names of documents may not come twice. */
export interface ContentWriter {
  contentOf(blocks: readonly JsonObject[]): JsonObject[]
  /** Everything before it is to be remembered. */
  cachePoint(mark: JsonObject): JsonObject
}

const cachePoint = ({ ttl }: JsonObject): JsonObject => ({
  cachePoint: { type: 'default', ...(typeof ttl === 'string' && { ttl }) },
})

/** The mark of a block of Messages, as the block that follows it. */
const markOf = ({ cache_control: mark }: JsonObject): JsonObject[] => (isObject(mark) ? [cachePoint(mark)] : [])

/** The system prompt: texts and cache points. */
export const systemOf = (blocks: readonly JsonObject[], writer: ContentWriter): JsonObject[] => writer.contentOf(blocks)

/** Sent where there is a document and no text, which Converse refuses. */
const BESIDE_DOCUMENT = 'See the document.'

/** Sent for a result without content: there must be some. */
const NO_OUTPUT = '(no output)'

/** @param results where the client wrote the result of each call */
export const createContentWriter = (losses: Losses, results: ReadonlyMap<string, string>): ContentWriter => {
  const nameOf = createDocumentNames()

  const mediaOf = (block: JsonObject): JsonObject => {
    const { media_type: mediaType, data, type } = objectOf(block.source)
    if (block.type === 'image') {
      return { image: { format: textOf(mediaType).replace('image/', ''), source: { bytes: data } } }
    }
    const bytes = type === 'text' ? Buffer.from(textOf(data)).toString('base64') : data
    const format = type === 'text' ? 'txt' : 'pdf'
    const { context } = block
    const name = nameOf(textOf(block.title))
    return { document: { format, name, source: { bytes }, ...(typeof context === 'string' && { context }) } }
  }

  const resultOf = (block: JsonObject): JsonObject[] => {
    const parts = objectsOf(block.content)
    const content = parts.map((part) => (part.type === 'text' ? { text: part.text } : mediaOf(part)))
    if (content.length === 0) losses.declare(results.get(textOf(block.tool_use_id)) ?? '/messages', 'added')
    const result = {
      toolUseId: block.tool_use_id,
      content: content.length > 0 ? content : [{ text: NO_OUTPUT }],
      ...(block.is_error === true && { status: 'error' }),
    }
    // A mark inside a result has no place there; behind it, it covers as much.
    const marked = isObject(block.cache_control) ? block : parts.findLast((part) => isObject(part.cache_control))
    return [{ toolResult: result }, ...(marked ? markOf(marked) : [])]
  }

  const blocksOf = (block: JsonObject): JsonObject[] => {
    switch (block.type) {
      case 'text':
        return [{ text: block.text }, ...markOf(block)]
      case 'image':
      case 'document':
        return [mediaOf(block), ...markOf(block)]
      case 'tool_use':
        return [{ toolUse: { toolUseId: block.id, name: block.name, input: block.input } }, ...markOf(block)]
      case 'tool_result':
        return resultOf(block)
      case 'thinking': {
        const { thinking: text, signature } = block
        return [{ reasoningContent: { reasoningText: { text, ...(signature !== '' && { signature }) } } }]
      }
      case 'redacted_thinking':
        return [{ reasoningContent: { redactedContent: block.data } }]
      case CARRIED:
        return isObject(block.block) ? [block.block] : []
      default:
        return []
    }
  }

  return {
    cachePoint,
    contentOf(blocks) {
      const content = blocks.flatMap(blocksOf)
      const at = content.findIndex(({ document }) => document !== undefined)
      if (at === -1 || content.some(({ text }) => text !== undefined)) return content
      losses.declare('/messages', 'added')
      return content.toSpliced(at, 0, { text: BESIDE_DOCUMENT })
    },
  }
}

const NAME_LENGTH_MAX = 180

/** Names of letters, digits, single spaces, hyphens and brackets, each once. */
const createDocumentNames = (): ((title: string) => string) => {
  const taken = new Set<string>()
  return (title) => {
    const plain = title
      .replace(/[^A-Za-z0-9\-()[\]]+/g, ' ')
      .trim()
      .slice(0, NAME_LENGTH_MAX)
    const base = plain === '' ? 'document' : plain
    let name = base
    for (let number = 2; taken.has(name); number++) name = `${base} ${number}`
    taken.add(name)
    return name
  }
}
