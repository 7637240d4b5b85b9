import { PARAGRAPH } from '../../canon/answer.ts'
import type { Native, ReasoningBlock, VendorBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { objectOf, objectsOf, parseJson, textOf } from '../json.ts'
import type { Members, Reading } from './reading.ts'
import { FAMILY, readReasoningState } from './reasoning-state.ts'

/** What can be read of a reasoning item: the reasoning itself where it is shown, else its summary. */
export const reasoningText = (item: JsonObject): string => {
  const parts = objectsOf(item.content)
  return (parts.length > 0 ? parts : objectsOf(item.summary)).map(({ text }) => textOf(text)).join(PARAGRAPH)
}

/**
 * Reads a reasoning item. `encrypted_content` may be another vendor's state in an envelope, which is opened: reasoning, or
 * a block that only that vendor understands. One that was damaged takes the whole item with it.
 */
export const parseReasoning = (
  item: Members,
  native: Native,
  reading: Reading,
): ReasoningBlock | VendorBlock | undefined => {
  const sealed = item.text('encrypted_content')
  item.skip('id', 'status', 'summary', 'content')
  item.rest()
  const block = { kind: 'reasoning', text: reasoningText(item.value), pointer: item.pointer } as const
  const opened = sealed === undefined ? undefined : reading.carriers.open(sealed)
  if (opened === 'damaged') return void reading.losses.declare(item.pointer, 'reasoning_damaged')
  if (opened?.kind === 'native-block') {
    const type = textOf(objectOf(parseJson(opened.data)).type)
    return { kind: 'vendor', type, opaque: opened, text: '', pointer: item.pointer }
  }
  if (opened) return { ...block, opaque: opened }
  const opaque = readReasoningState(item.value, FAMILY)
  return { ...block, native, ...(opaque && { opaque }) }
}
