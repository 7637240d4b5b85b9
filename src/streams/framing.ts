import { jsonFraming } from './json-values.ts'
import { sseFraming } from './sse.ts'

/**
 * Finds where the events of a stream end. Fed every chunk in order and asked repeatedly: `next` returns the offset just
 * after the first event that ends at or after `from`, or -1 when the rest of the chunk belongs to an unfinished event.
 * What it knows of earlier chunks is a few flags; it never keeps bytes.
 */
export interface Framing {
  readonly kind: 'sse' | 'json'
  next(chunk: Buffer, from: number): number
}

const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/**
 * Chooses by the first byte that is not white space: `{` or `[` begins JSON values (Gemini without `alt=sse` streams an
 * array, and some servers answer a streaming request with one plain object), anything else is server-sent events.
 * `undefined` while only white space has come by, which means nothing in either framing.
 */
export const chooseFraming = (chunk: Buffer): Framing | undefined => {
  for (const byte of chunk) {
    if (isSpace(byte)) continue
    return byte === OPEN_BRACE || byte === OPEN_BRACKET ? jsonFraming() : sseFraming()
  }
  return undefined
}
