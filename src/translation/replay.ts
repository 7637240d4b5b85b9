import type { Block, Opaque, ToolCallBlock } from '../canon/blocks.ts'
import type { Conversation, Turn } from '../canon/conversation.ts'

/**
 * Reasoning state for clients whose SDKs lose it. The official Chat SDKs rebuild an assistant's message from the fields
 * they know, and what stood in `reasoning_details` is gone when the history comes back; but the ids of its calls come
 * back unchanged. So what an answer with calls had of state is kept under the id of its first call, and put back where
 * a history names that call and brings no state of its own.
 */
export interface KeptState {
  readonly callId: string
  /** JSON of the answer's blocks without their words: what stood where. */
  readonly state: string
}

type Piece =
  | { readonly reasoning: string; readonly opaque?: Opaque }
  | { readonly call: string; readonly opaque?: Opaque }
  | { readonly text: true; readonly opaque?: Opaque; readonly phase?: string }

/** What of an answer has to be kept; `undefined` where nothing calls, or nothing has state. */
export const stateToKeep = (blocks: readonly Block[]): KeptState | undefined => {
  const first = blocks.find((block): block is ToolCallBlock => block.kind === 'tool-call')
  if (!first || !blocks.some(hasState)) return undefined
  const pieces = blocks.flatMap((block): readonly Piece[] => {
    if (block.kind === 'text')
      return [{ text: true, ...carried(block.opaque), ...(block.phase !== undefined && { phase: block.phase }) }]
    if (block.kind === 'reasoning') return [{ reasoning: block.text, ...carried(block.opaque) }]
    return block.kind === 'tool-call' ? [{ call: block.id, ...carried(block.opaque) }] : []
  })
  return { callId: first.id, state: JSON.stringify(pieces) }
}

const hasState = (block: Block): boolean =>
  ('opaque' in block && block.opaque !== undefined) || (block.kind === 'text' && block.phase !== undefined)

const carried = (opaque: Opaque | undefined): { readonly opaque?: Opaque } => (opaque ? { opaque } : {})

/** The first calls of the assistant's turns that came back without any state: at most the words of the reasoning. */
export const callsWithoutState = ({ turns }: Conversation): readonly string[] =>
  turns.flatMap((turn) => (lacksState(turn) ? [firstCall(turn) ?? ''] : []))

const firstCall = ({ blocks }: Turn): string | undefined =>
  blocks.find((block): block is ToolCallBlock => block.kind === 'tool-call')?.id

const lacksState = (turn: Turn): boolean =>
  turn.role === 'assistant' && firstCall(turn) !== undefined && !turn.blocks.some(hasState)

/** Puts kept state back, by the id of the first call. The words are the client's own. */
export const withKeptState = (conversation: Conversation, kept: ReadonlyMap<string, string>): Conversation => {
  if (kept.size === 0) return conversation
  const turns = conversation.turns.map((turn) => {
    const state = lacksState(turn) ? kept.get(firstCall(turn) ?? '') : undefined
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
