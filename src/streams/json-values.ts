import type { Framing } from './framing.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * Splits a JSON document into its objects: the elements of one top-level array as they complete, or a single object.
 * Strings are skipped with native searches, so a megabyte of base64 costs next to nothing.
 */
export const jsonFraming = (): Framing => {
  let objects = 0
  let brackets = 0
  let inString = false
  let escaped = false

  /** Moves past the string the position is in; returns the chunk's length when it does not end there. */
  const skipString = (chunk: Buffer, from: number): number => {
    let position = escaped ? from + 1 : from
    escaped = false
    for (;;) {
      const quote = chunk.indexOf(QUOTE, position)
      const end = quote === -1 ? chunk.length : quote
      let slashes = 0
      while (end - slashes > position && chunk[end - slashes - 1] === BACKSLASH) slashes += 1
      const odd = slashes % 2 === 1
      if (quote === -1) {
        escaped = odd
        return end
      }
      if (!odd) {
        inString = false
        return quote + 1
      }
      position = quote + 1
    }
  }

  return {
    kind: 'json',
    next(chunk, from) {
      let position = from
      while (position < chunk.length) {
        if (inString) {
          position = skipString(chunk, position)
          continue
        }
        const byte = chunk[position]
        position += 1
        if (byte === QUOTE) inString = true
        else if (byte === OPEN_BRACE) objects += 1
        else if (byte === OPEN_BRACKET) brackets += 1
        else if (byte === CLOSE_BRACKET) brackets -= 1
        else if (byte === CLOSE_BRACE) {
          objects -= 1
          if (objects === 0 && brackets <= 1) return position
        }
      }
      return -1
    },
  }
}

/** The text of one object as the framing cut it: without the array's bracket or the comma before it. */
export const readJsonValue = (bytes: Buffer): string => bytes.toString('utf8').replace(/^[\ufeff\s,[]+/, '')
