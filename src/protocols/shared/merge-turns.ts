import type { Block } from '../../canon/blocks.ts'
import type { Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'

/** Merges turns of one role that follow one another; `wanted` says which pairs, when not all. */
export const mergeTurns = (
  turns: readonly Turn[],
  losses: Losses,
  wanted: (earlier: Turn, later: Turn) => boolean = () => true,
): readonly Turn[] => {
  const merged: Turn[] = []
  // The blocks of the turn that is growing: copied once, so that a thousand turns do not copy each other.
  let growing: Block[] | undefined
  for (const turn of turns) {
    const last = merged.at(-1)
    if (last === undefined || last.role !== turn.role || !wanted(last, turn)) {
      growing = undefined
      merged.push(turn)
      continue
    }
    growing ??= [...last.blocks]
    for (const block of turn.blocks) growing.push(block)
    merged[merged.length - 1] = { ...withoutName(last, turn, losses), blocks: growing }
  }
  return merged
}

/** A name stays only when both turns are of that person; what the turns' own format wrote says nothing of their union. */
const withoutName = (earlier: Turn, later: Turn, losses: Losses): Turn => {
  const { native: _, name, ...rest } = earlier
  if (name === later.name) return name === undefined ? rest : { ...rest, name }
  if (name !== undefined) losses.declare(`${earlier.pointer}/name`, 'unsupported')
  if (later.name !== undefined) losses.declare(`${later.pointer}/name`, 'unsupported')
  return rest
}

/** The turn with other blocks; what its own format wrote no longer says what it is. */
export const withBlocks = (turn: Turn, blocks: readonly Block[]): Turn => {
  const { native: _, ...rest } = turn
  return { ...rest, blocks }
}
