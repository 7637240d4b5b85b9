import type { Block, Opaque } from '../canon/blocks.ts'
import type { Turn } from '../canon/conversation.ts'
import type { ReadRequest } from './request.ts'

/** No vendor's: whoever writes the request leaves out what it belongs to, and declares that. */
const NOBODYS = 'nobody'

/**
 * A request without the reasoning state in it, for an upstream that cannot read it: state is sealed for one account of a
 * vendor (OpenAI's `encrypted_content`) or bound to one of its models, and the conversation may have moved. Each is made
 * out to be of a vendor that nobody is, so that the codec does with it what it does with any foreign state.
 */
export const withoutState = (read: ReadRequest): ReadRequest => {
  const turns = read.conversation.turns.map(turnWithout)
  return { ...read, conversation: { ...read.conversation, turns } }
}

const turnWithout = (turn: Turn): Turn =>
  turn.role === 'assistant' ? { ...turn, blocks: turn.blocks.map(blockWithout) } : turn

const blockWithout = (block: Block): Block => {
  // Blocks of a vendor's own tools are content, not state.
  if (block.kind === 'vendor' || !('opaque' in block) || !block.opaque) return block
  const { native: _, ...rest } = block
  return { ...rest, opaque: foreign(block.opaque) }
}

const foreign = (opaque: Opaque): Opaque => ({ ...opaque, family: NOBODYS })
