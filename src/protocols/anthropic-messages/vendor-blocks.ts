import type { VendorBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { isObject, jsonOf, objectsOf, textOf } from '../json.ts'

/** A block that only its vendor understands, kept whole: server tools and their results, compactions, fallbacks. */
export const vendorBlock = (block: JsonObject, family: string): VendorBlock => ({
  kind: 'vendor',
  type: textOf(block.type),
  opaque: { family, kind: 'native-block', data: jsonOf(block) ?? '{}' },
  text: readable(block),
})

/** What of such a block a person could read: the question to a server tool, what it found, what was summed up. */
const readable = (block: JsonObject): string => {
  const type = textOf(block.type)
  if (type === 'server_tool_use' || type === 'mcp_tool_use')
    return `${textOf(block.name)} ${(isObject(block.input) && jsonOf(block.input)) || ''}`.trim()
  if (type === 'compaction') return textOf(block.content)
  return type.endsWith('_result') ? readableResult(block.content) : ''
}

const readableResult = (content: unknown): string => {
  if (typeof content === 'string') return content
  if (isObject(content))
    return [content.stdout, content.stderr, content.error_code].map(textOf).filter(Boolean).join('\n')
  return objectsOf(content)
    .map((part) => textOf(part.text) || [part.title, part.url].map(textOf).filter(Boolean).join(' '))
    .filter(Boolean)
    .join('\n')
}
