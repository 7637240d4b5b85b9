import type { Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject } from '../../canon/codec.ts'
import { count } from '../counts.ts'
import { isObject, objectOf, objectsOf, parseJson, textOf } from '../json.ts'

/**
 * Chat has no slot for reasoning state of another format. It travels as an entry of `reasoning_details`, where clients
 * that keep anything keep it, and says where in the message it stood: a message has one text and one list of calls.
 */
export const SEALED_TYPE = 'tollgate.sealed'

/** How much of the message came before: UTF-16 code units of `content`, and calls. */
export interface Place {
  readonly text: number
  readonly calls: number
}

export const isSealed = (entry: unknown): boolean => isObject(entry) && entry.type === SEALED_TYPE

/** `index` is what accumulators of streams merge entries by, so each has its own. */
export const sealedEntry = (carriers: Carriers, opaque: Opaque, index: number, place: Place): JsonObject => ({
  type: SEALED_TYPE,
  index,
  data: carriers.seal(opaque),
  ...((place.text > 0 || place.calls > 0) && { at: place }),
})

export const placeOf = (entry: JsonObject): Place => {
  const at = objectOf(entry.at)
  return { text: count(at.text) ?? 0, calls: count(at.calls) ?? 0 }
}

/** What of a state a person could read; empty where it is hidden. */
export const textOfOpaque = ({ kind, data }: Opaque): string => {
  if (kind === 'reasoning-text') return data
  if (kind === 'thinking') return textOf(objectOf(parseJson(data)).thinking)
  if (kind === 'reasoning-item') {
    const parts = objectsOf(objectOf(parseJson(data)).summary)
    return parts.map((part) => textOf(part.text)).join('\n\n')
  }
  if (kind === 'reasoning-details') return objectsOf(parseJson(data)).map(textOfDetail).join('')
  return ''
}

/** The text of one entry of `reasoning_details`, as OpenRouter and its imitators write them. */
export const textOfDetail = (detail: JsonObject): string => textOf(detail.text) || textOf(detail.summary)
