import type { Block } from '../../canon/blocks.ts'
import type { JsonObject, Target } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import { type ItemWriting, renderTurnItems } from './render-items.ts'

/**
 * A request that came as Responses, as it came: the model has its name there, envelopes of ours are opened, and state of
 * another vendor's is left out.
 */
export const renderNative = (conversation: Conversation, target: Target, writing: ItemWriting): JsonObject => {
  const { value } = conversation.native
  const isStreamed = value.stream === true
  const turns = conversation.turns.filter(({ pointer }) => pointer !== '/instructions')
  return {
    ...value,
    model: target.model,
    ...(value.input !== undefined && value.input !== null && { input: inputOf(value.input, turns, writing) }),
    ...(target.stream !== isStreamed && { stream: target.stream }),
  }
}

const inputOf = (input: unknown, turns: readonly Turn[], writing: ItemWriting): unknown => {
  const [only, ...more] = turns
  if (typeof input === 'string' && only?.pointer === '/input' && more.length === 0) return input
  return turns.flatMap((turn) => nativeItems(turn, writing))
}

/** Blocks of one item stand together and share it. What did not come as an item is written anew. */
const nativeItems = (turn: Turn, writing: ItemWriting): readonly JsonObject[] => {
  const items: JsonObject[] = []
  let written: JsonObject | undefined
  let loose: Block[] = []
  const flush = (): void => {
    if (loose.length > 0) items.push(...renderTurnItems({ ...turn, blocks: loose }, writing))
    loose = []
  }
  for (const block of turn.blocks) {
    const item = block.native?.format === 'openai-responses' ? block.native.value : undefined
    if (!item || !isKept(block, writing)) {
      // Written anew, or declared to be left out.
      loose.push(withoutNative(block))
      continue
    }
    flush()
    if (item !== written) items.push(item)
    written = item
  }
  flush()
  return items
}

/** State that this vendor cannot read is all that is not written back. */
const isKept = (block: Block, { profile }: ItemWriting): boolean =>
  block.kind !== 'reasoning' || !block.opaque || block.opaque.family === profile.family

const withoutNative = (block: Block): Block => {
  const { native: _, ...rest } = block
  return rest as Block
}
