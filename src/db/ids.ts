import { randomFillSync } from 'node:crypto'

/** Crockford's base32, lower-case: no letter that reads like a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** Every two digits, by their ten bits. */
const PAIRS = Array.from({ length: 1_024 }, (_, bits) => ALPHABET.charAt(bits >>> 5) + ALPHABET.charAt(bits & 31))
const RANDOM_BYTES = 10
/** Random bytes are drawn for many ids at once: one call to the system an id would cost more than the rest of it. */
const pool = new Uint8Array(RANDOM_BYTES * 400)
let drawn = pool.length

/**
 * A new id: the prefix, then 26 characters of a UUIDv7 (RFC 9562), so that ids of one kind sort by the millisecond of
 * their making. Handy for index locality and for reading; nothing may rely on the order.
 */
export const newId = (prefix: string, nowMs: number): string => {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  const at = drawn
  drawn += RANDOM_BYTES
  const byte = (index: number): number => pool[at + index] ?? 0
  // 48 bits of time, 4 of version, 12 random, 2 of variant, 62 random: 128 bits in words of 32.
  const high = Math.floor(nowMs / 0x1_0000)
  const middle = (nowMs % 0x1_0000) * 0x1_0000 + 0x7000 + (((byte(0) & 0x0f) << 8) | byte(1))
  const low = ((0x80 | (byte(2) & 0x3f)) * 0x1_000000 + ((byte(3) << 16) | (byte(4) << 8) | byte(5))) >>> 0
  const last = (byte(6) * 0x1_000000 + ((byte(7) << 16) | (byte(8) << 8) | byte(9))) >>> 0
  return prefix + base32([high >>> 0, middle >>> 0, low, last])
}

/** Writes 128 bits, in four words, as 26 characters: the first holds the upper three bits. */
const base32 = (words: readonly [number, number, number, number]): string => {
  let text = ''
  for (let shift = 120; shift >= 0; shift -= 10) text += PAIRS[tenBits(words, shift)] ?? ''
  return text
}

/** The ten bits that lie `shift` bits above the lowest. */
const tenBits = (words: readonly [number, number, number, number], shift: number): number => {
  const index = 3 - (shift >>> 5)
  const within = shift & 31
  const here = (words[index] ?? 0) >>> within
  if (within <= 22) return here & 1_023
  return (here | ((words[index - 1] ?? 0) << (32 - within))) & 1_023
}
