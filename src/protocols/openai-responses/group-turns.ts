import type { Block, Native } from '../../canon/blocks.ts'
import type { Role, Turn } from '../../canon/conversation.ts'

/** What one input item says. */
export interface Entry {
  readonly kind: 'message' | 'reasoning' | 'call' | 'result' | 'vendor'
  readonly role: Role
  readonly blocks: readonly Block[]
  readonly pointer: string
  /** Of a message. */
  readonly native?: Native
}

interface Growing {
  readonly role: Role
  readonly pointer: string
  readonly native: Native | undefined
  readonly blocks: Block[]
  readonly kinds: Set<Entry['kind']>
}

/**
 * Groups items into turns. The other formats have one message for all that a model put out at once, and one for all the
 * results of it; Responses has a row of items. Two messages of the assistant in a row are two turns, unless calls stand
 * between: those were made at once. Reasoning goes with the item behind it.
 */
export const groupTurns = (entries: readonly Entry[]): readonly Turn[] => {
  const turns: Growing[] = []
  let waiting: Entry[] = []
  const add = (entry: Entry, isNew: boolean): void => {
    const last = turns.at(-1)
    const turn = last && !isNew ? last : begun(entry)
    if (turn !== last) turns.push(turn)
    turn.blocks.push(...entry.blocks)
    turn.kinds.add(entry.kind)
  }
  const place = (entry: Entry): void => {
    const isNew = !goesOn(turns.at(-1), entry)
    for (const [index, reasoning] of waiting.entries()) add(reasoning, isNew && index === 0)
    add(entry, isNew && waiting.length === 0)
    waiting = []
  }
  const settle = (): void => {
    const [first, ...rest] = waiting
    waiting = rest
    if (first) place(first)
  }
  for (const entry of entries) {
    if (entry.kind === 'reasoning') {
      waiting.push(entry)
      continue
    }
    if (entry.role !== 'assistant') settle()
    place(entry)
  }
  settle()
  return turns.map(({ role, pointer, native, blocks }) => ({ role, blocks, pointer, ...(native && { native }) }))
}

const begun = ({ role, pointer, native }: Entry): Growing => ({
  role,
  pointer,
  native: role === 'assistant' ? undefined : native,
  blocks: [],
  kinds: new Set(),
})

const goesOn = (turn: Growing | undefined, { role, kind }: Entry): boolean => {
  if (turn?.role !== role) return false
  if (role !== 'assistant') return kind !== 'message' && !turn.kinds.has('message')
  return kind !== 'message' || !turn.kinds.has('message') || turn.kinds.has('call')
}
