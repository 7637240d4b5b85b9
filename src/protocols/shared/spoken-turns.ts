import type { Turn } from '../../canon/conversation.ts'

/**
 * The turns without what a vendor's client put among its instructions that is no instruction: tools that a later item
 * declares stand with the other tools already. What may not be lost of another vendor's was refused when it was read.
 */
export const spokenTurns = (turns: readonly Turn[]): readonly Turn[] =>
  turns.flatMap((turn) => {
    const isSystem = turn.role === 'system' || turn.role === 'developer'
    if (!isSystem || turn.blocks.every(({ kind }) => kind !== 'vendor')) return [turn]
    const { native: _, ...rest } = turn
    const blocks = turn.blocks.filter(({ kind }) => kind !== 'vendor')
    return blocks.length === 0 ? [] : [{ ...rest, blocks }]
  })
