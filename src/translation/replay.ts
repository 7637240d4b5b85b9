import type { Block, Opaque } from '../canon/blocks.ts'
import type { Conversation, Turn } from '../canon/conversation.ts'
import { keysOf } from './thread.ts'

/**
 * Reasoning state for clients whose SDKs lose it. The official Chat SDKs rebuild an assistant's message from the fields
 * they know, and what stood in `reasoning_details` is gone when the history comes back; but its words and calls come back
 * as they were. So what an answer with calls had of state is kept under a key of the whole conversation up to its end
 * (`thread.ts`), and put back where a history has exactly that turn after exactly those, and no state of its own.
 */

type Piece =
  | { readonly reasoning: string; readonly opaque?: Opaque }
  | { readonly call: string; readonly opaque?: Opaque }
  | { readonly text: true; readonly opaque?: Opaque; readonly phase?: string }

/**
 * What of an answer has to be kept, as JSON of its blocks without their words: what stood where. `undefined` where nothing
 * calls, or nothing has state.
 */
export const stateToKeep = (blocks: readonly Block[]): string | undefined => {
  if (!blocks.some(isCall) || !blocks.some(hasState)) return undefined
  const pieces = blocks.flatMap((block): readonly Piece[] => {
    if (block.kind === 'text')
      return [{ text: true, ...carried(block.opaque), ...(block.phase !== undefined && { phase: block.phase }) }]
    if (block.kind === 'reasoning') return [{ reasoning: block.text, ...carried(block.opaque) }]
    return block.kind === 'tool-call' ? [{ call: block.id, ...carried(block.opaque) }] : []
  })
  return JSON.stringify(pieces)
}

const isCall = ({ kind }: Block): boolean => kind === 'tool-call'

const hasState = (block: Block): boolean =>
  ('opaque' in block && block.opaque !== undefined) || (block.kind === 'text' && block.phase !== undefined)

const carried = (opaque: Opaque | undefined): { readonly opaque?: Opaque } => (opaque ? { opaque } : {})

/** The keys of the assistant's turns with calls that came back without any state: at most the words of the reasoning. */
export const keysWithoutState = ({ turns }: Conversation): ReadonlyMap<Turn, string> => keysOf(turns, lacksState)

const lacksState = ({ role, blocks }: Turn): boolean =>
  role === 'assistant' && blocks.some(isCall) && !blocks.some(hasState)

/** Puts kept state back into the turns that it was kept for. The words are the client's own. */
export const withKeptState = (
  conversation: Conversation,
  keys: ReadonlyMap<Turn, string>,
  kept: ReadonlyMap<string, string>,
): Conversation => {
  if (kept.size === 0) return conversation
  const turns = conversation.turns.map((turn) => {
    const state = kept.get(keys.get(turn) ?? '')
    return state === undefined ? turn : putBack(turn, JSON.parse(state) as readonly Piece[])
  })
  return { ...conversation, turns }
}

const putBack = (turn: Turn, pieces: readonly Piece[]): Turn => {
  const { native: _, ...rest } = turn
  // What the client kept of the reasoning's words is part of the state, with its signature.
  const left = turn.blocks.filter(({ kind }) => kind !== 'reasoning')
  const take = (wanted: (block: Block) => boolean, opaque: Opaque | undefined, phase?: string): readonly Block[] => {
    const taken = left.filter(wanted)
    for (const block of taken) left.splice(left.indexOf(block), 1)
    return taken.map((block, at) => (at === 0 ? marked(block, opaque, phase) : block))
  }
  const blocks = pieces.flatMap((piece): readonly Block[] => {
    // A Chat message has one text, however many the answer had: it stands where the first of them stood.
    if ('text' in piece) return take(({ kind }) => kind === 'text' || kind === 'refusal', piece.opaque, piece.phase)
    if ('call' in piece) return take((block) => block.kind === 'tool-call' && block.id === piece.call, piece.opaque)
    return [{ kind: 'reasoning', text: piece.reasoning, pointer: turn.pointer, ...carried(piece.opaque) }]
  })
  return { ...rest, blocks: [...blocks, ...left] }
}

/** A block with its state. What it was written as does not have that, so it is written anew. */
const marked = (block: Block, opaque: Opaque | undefined, phase?: string): Block => {
  if (block.kind !== 'text' && block.kind !== 'tool-call') return block
  if (!opaque && phase === undefined) return block
  const { native: _, ...rest } = block
  const spoken = rest.kind === 'text' && phase !== undefined ? { ...rest, phase } : rest
  return { ...spoken, ...carried(opaque) }
}
