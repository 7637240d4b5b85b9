import type { LossCode } from '../../canon/losses.ts'

/** A content block as it is given to the command. */
export type Block = Readonly<Record<string, unknown>>

/** Says what became of something of the body. */
export type Declare = (pointer: string, code: LossCode) => void

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Content that the command passes on as it is. */
const PASSED = new Set(['text', 'image', 'document'])
/** The command leaves earlier thinking out of what it asks, whoever wrote it. */
const THOUGHT = new Set(['thinking', 'redacted_thinking'])

/** A text, or none where it is something else. */
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The blocks that can be given to the command; calls of tools and their results are told in words. */
export const plainBlocks = (blocks: readonly unknown[], pointer: string, declare: Declare): readonly Block[] =>
  blocks.flatMap((block, index): readonly Block[] => {
    if (!isRecord(block)) return []
    const at = `${pointer}/${index}`
    // It marks what it sends for the vendor's cache by itself.
    if (block.cache_control != null) declare(`${at}/cache_control`, 'emulated')
    const plain = withoutMark(block)
    if (typeof block.type === 'string' && PASSED.has(block.type)) return [plain]
    if (typeof block.type === 'string' && THOUGHT.has(block.type)) {
      declare(at, 'unsupported')
      return []
    }
    declare(at, 'approximated')
    return told(plain)
  })

const told = (block: Block): readonly Block[] => {
  if (block.type === 'tool_use')
    return [textOf(`[Called the tool ${textIn(block.name)} with ${JSON.stringify(block.input ?? {})}]`)]
  if (block.type === 'tool_result') {
    const content = Array.isArray(block.content) ? block.content.filter(isRecord) : [textOf(textIn(block.content))]
    const name = block.is_error === true ? 'The tool failed' : 'The tool answered'
    return [textOf(`[${name}]`), ...content.flatMap((part) => (isPassed(part) ? [withoutMark(part)] : [asJson(part)]))]
  }
  return [asJson(block)]
}

const isPassed = ({ type }: Block): boolean => typeof type === 'string' && PASSED.has(type)

const withoutMark = (block: Block): Block => {
  const { cache_control: _, ...plain } = block
  return plain
}

const asJson = (block: Block): Block => textOf(JSON.stringify(block))

const textOf = (text: string): Block => ({ type: 'text', text })
