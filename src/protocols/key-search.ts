import type { RawEvent } from './raw-event.ts'

const COLON = 0x3a
const LETTER_N = 0x6e

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09

/** Whether the key that ends before `at` has a value other than null, and is a key at all. */
const isValueAt = (bytes: Buffer, at: number): boolean => {
  let next = at
  while (isSpace(bytes[next])) next += 1
  if (bytes[next] !== COLON) return false
  next += 1
  while (isSpace(bytes[next])) next += 1
  return bytes[next] !== LETTER_N
}

/** Looks for the same few keys in one event after another. */
export interface KeySearch {
  /** Says which event is asked about next. Those of the same bytes come in order. */
  moveTo(event: RawEvent): void
  /** Whether one of the keys has a value other than null in that event. */
  readonly found: () => boolean
}

/**
 * Searches bytes for keys, each with its quotes, which cannot occur inside JSON strings. A native search costs more to
 * begin than to run, so a key is looked for in all of a chunk at once, and where it was found is remembered: one that the
 * chunk does not have costs one search a chunk, not one an event.
 */
export const searchFor = (quotedKeys: readonly Buffer[]): KeySearch => {
  /** Where each key comes next, at or after all that was asked about; their length when they have no more of it. */
  const nexts = quotedKeys.map(() => -1)
  let event: RawEvent = { kind: 'sse', bytes: Buffer.alloc(0), from: 0, end: 0 }

  const isFound = (index: number): boolean => {
    const { bytes, from, end } = event
    const key = quotedKeys[index] ?? NO_KEY
    let at = nexts[index] ?? -1
    if (at < from) at = placeOf(key, bytes, from)
    while (at < end && !isValueAt(bytes, at + key.length)) at = placeOf(key, bytes, at + key.length)
    nexts[index] = at
    return at < end
  }

  return {
    moveTo(next) {
      if (next.bytes !== event.bytes) nexts.fill(-1)
      event = next
    },
    found() {
      for (let index = 0; index < quotedKeys.length; index++) if (isFound(index)) return true
      return false
    },
  }
}

const NO_KEY = Buffer.from('""')

const placeOf = (key: Buffer, bytes: Buffer, from: number): number => {
  const at = bytes.indexOf(key, from)
  return at === -1 ? bytes.length : at
}
