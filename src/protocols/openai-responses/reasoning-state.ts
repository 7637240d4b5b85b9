import type { Opaque } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { objectOf, objectsOf, parseJson, textOf } from '../json.ts'

/** Who can read what OpenAI's own API writes into `encrypted_content`, and so what a Responses client may hold bare. */
export const FAMILY = 'openai'

/**
 * What of a finished reasoning item its vendor needs back. `undefined` where nothing in it could be given back: an item
 * with an id alone means something only to a vendor that stored it.
 */
export const readReasoningState = (item: JsonObject, family: string): Opaque | undefined => {
  const { id, summary, encrypted_content, content } = item
  if (textOf(encrypted_content) === '' && objectsOf(content).length === 0) return undefined
  const data = {
    ...(textOf(id) !== '' && { id }),
    summary: objectsOf(summary),
    ...(textOf(encrypted_content) !== '' && { encrypted_content }),
    ...(objectsOf(content).length > 0 && { content }),
  }
  return { family, kind: 'reasoning-item', data: writeJson(data) }
}

/** The members of the item that such a state is of; `undefined` for state of another kind. */
export const reasoningItemOf = (opaque: Opaque): JsonObject | undefined =>
  opaque.kind === 'reasoning-item' ? objectOf(parseJson(opaque.data)) : undefined
