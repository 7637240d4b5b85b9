import type { Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import { dropEmptyText } from './empty-text.ts'
import { mergeTurns } from './merge-turns.ts'
import { pairCalls } from './pair-calls.ts'

/** What a target demands of the order of turns. */
export interface RepairRules {
  /** Turns of one role in a row become one. */
  readonly mergeSameRole: boolean
  /** The first turn that is not a system's is the user's. */
  readonly startsWithUser: boolean
  /** Text without a visible character is refused. */
  readonly dropsEmptyText: boolean
  /** The results of calls follow directly, one for each. */
  readonly pairsCalls: boolean
}

const ASSISTANT_FIRST = '(The conversation starts with the assistant.)'
const NO_MESSAGE = '(no message)'

/**
 * Brings turns into the order that a target demands, and declares what it drops, moves or adds. What is in order already
 * is returned as it came, the same objects; a turn that was changed has no `native` any more, its blocks keep theirs.
 * Depends on nothing but the turns, and a longer conversation is repaired as its beginning was.
 */
export const repairTurns = (turns: readonly Turn[], rules: RepairRules, losses: Losses): readonly Turn[] => {
  const filled = rules.dropsEmptyText ? dropEmptyText(turns, losses) : turns
  const merged = rules.mergeSameRole ? mergeTurns(filled, losses) : filled
  const paired = rules.pairsCalls ? pairCalls(merged, losses) : merged
  const again = rules.mergeSameRole ? mergeTurns(paired, losses) : paired
  return rules.startsWithUser ? startWithUser(again, losses) : again
}

const startWithUser = (turns: readonly Turn[], losses: Losses): readonly Turn[] => {
  const at = turns.findIndex((turn) => turn.role === 'user' || turn.role === 'assistant')
  if (turns.length === 0 || turns[at]?.role === 'user') return turns
  const first = turns[at]
  const pointer = (first ?? turns.at(-1))?.pointer ?? ''
  losses.declare(pointer, 'added')
  const text = first ? ASSISTANT_FIRST : NO_MESSAGE
  return turns.toSpliced(first ? at : turns.length, 0, { role: 'user', blocks: [{ kind: 'text', text }], pointer })
}
