import type { Block, CacheMark, TextBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import { markPointer } from './cache-marks.ts'
import { withBlocks } from './merge-turns.ts'

const PLACEHOLDER = '(empty message)'

type Marked = Block & { readonly cache?: CacheMark }

/**
 * Leaves out text without a visible character, and turns that have nothing else. A cache mark on such text moves to the
 * block before it; a thought signature stays, as reasoning without text. A turn of the user before one of the
 * assistant's, or at the end, stays with a placeholder: without it the assistant's words around it would be one turn, or
 * be continued.
 */
export const dropEmptyText = (turns: readonly Turn[], losses: Losses): readonly Turn[] => {
  const kept: Turn[] = []
  for (const [index, turn] of turns.entries()) {
    const blocks = filledBlocks(turn, kept, losses)
    if (blocks.length > 0) kept.push(sameBlocks(blocks, turn.blocks) ? turn : withBlocks(turn, blocks))
    else if (turn.role === 'user' && turns[index + 1]?.role !== 'user' && kept.at(-1)?.role !== 'user') {
      losses.declare(turn.pointer, 'added')
      kept.push(withBlocks(turn, [{ kind: 'text', text: PLACEHOLDER }]))
    }
  }
  return kept
}

const isEmpty = (text: string): boolean => text.trim() === ''

const filledBlocks = (turn: Turn, earlier: Turn[], losses: Losses): readonly Block[] => {
  const filled: Block[] = []
  for (const block of turn.blocks) {
    if (block.kind === 'tool-result') filled.push(filledResult(block, losses))
    else if ((block.kind !== 'text' && block.kind !== 'refusal') || !isEmpty(block.text)) filled.push(block)
    else {
      if (block.text !== '') losses.declare(block.pointer, 'unsupported')
      if (block.kind === 'refusal') continue
      // A signature stays where it stood.
      if (block.opaque) filled.push(stateOf(block, block.opaque))
      if (block.cache) moveMark(block, block.cache, filled, earlier, losses)
    }
  }
  return filled
}

const stateOf = (block: TextBlock, opaque: NonNullable<TextBlock['opaque']>): Block => ({
  kind: 'reasoning',
  text: '',
  opaque,
  ...(block.pointer !== undefined && { pointer: block.pointer }),
})

const filledResult = (result: ToolResultBlock, losses: Losses): ToolResultBlock => {
  const content = result.content.filter((part) => part.kind !== 'text' || !isEmpty(part.text))
  if (content.length === result.content.length) return result
  for (const part of result.content)
    if (part.kind === 'text' && part.text !== '' && isEmpty(part.text)) losses.declare(part.pointer, 'unsupported')
  const { native: _, ...rest } = result
  return { ...rest, content }
}

/** "Remember everything up to here" means the same one block earlier when this block is nothing. */
const moveMark = (block: TextBlock, cache: CacheMark, filled: Block[], earlier: Turn[], losses: Losses): void => {
  const pointer = markPointer(block)
  const mark = pointer === undefined ? cache : { ...cache, pointer }
  losses.declare(pointer, markLast(filled, mark) || markEarlier(filled, earlier, mark) ? 'moved' : 'unsupported')
}

const markEarlier = (filled: readonly Block[], earlier: Turn[], cache: CacheMark): boolean => {
  const last = filled.length === 0 ? earlier.at(-1) : undefined
  const blocks = last ? [...last.blocks] : []
  if (last === undefined || !markLast(blocks, cache)) return false
  earlier[earlier.length - 1] = withBlocks(last, blocks)
  return true
}

const markLast = (blocks: Block[], cache: CacheMark): boolean => {
  const last: Marked | undefined = blocks.at(-1)
  if (last === undefined || last.kind === 'reasoning' || last.kind === 'refusal' || last.kind === 'vendor') return false
  if (last.cache !== undefined) return true
  const { native: _, ...rest } = last
  blocks[blocks.length - 1] = { ...rest, cache }
  return true
}

const sameBlocks = (some: readonly Block[], others: readonly Block[]): boolean =>
  some.length === others.length && some.every((block, index) => block === others[index])
