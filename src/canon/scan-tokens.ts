import { Buffer } from 'node:buffer'

/** A native search takes some 20 ns to start, and most strings are short: so many bytes are looked at one by one. */
const NEAR_BYTES = 24

export const SPACE = 0x20
export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const BRACKET = 0x5b
export const BACKSLASH = 0x5c
export const BRACE = 0x7b
/** From an opening bracket or brace to its closing one: ASCII has both pairs two apart. */
export const TO_CLOSING = 2

const PLUS = 0x2b
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/** Returns the position of the first byte from `start` that is no JSON white space. */
export const skipSpace = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte > SPACE || (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break
    at++
  }
  return at
}

/** `start` is the opening quote. Returns the position after the closing one, -1 when there is none. */
export const stringEnd = (bytes: Uint8Array, start: number): number => {
  let at = start + 1
  for (;;) {
    const near = Math.min(at + NEAR_BYTES, bytes.length)
    while (at < near && bytes[at] !== QUOTE) at++
    if (at === near) at = bytes.indexOf(QUOTE, at)
    if (at < 0) return -1
    // The quote is escaped when an odd number of backslashes stands before it; the opening quote ends their row.
    let slash = at - 1
    while (bytes[slash] === BACKSLASH) slash--
    at++
    if ((at - slash) % 2 === 0) return at
  }
}

const LITERALS = ['true', 'false', 'null'].map((literal) => Buffer.from(literal))

/** Returns the position after the literal or number at `start`, -1 when there is none. */
export const scalarEnd = (bytes: Uint8Array, start: number): number => {
  if (bytes[start] === MINUS || isDigit(bytes[start])) return numberEnd(bytes, start)
  for (const literal of LITERALS) if (startsWith(bytes, start, literal)) return start + literal.length
  return -1
}

export const startsWith = (bytes: Uint8Array, at: number, prefix: Uint8Array): boolean => {
  for (let index = 0; index < prefix.length; index++) if (bytes[at + index] !== prefix[index]) return false
  return true
}

const numberEnd = (bytes: Uint8Array, start: number): number => {
  let at = bytes[start] === MINUS ? start + 1 : start
  if (!isDigit(bytes[at])) return -1
  at = bytes[at] === ZERO ? at + 1 : digitsEnd(bytes, at)
  if (bytes[at] === DOT) {
    if (!isDigit(bytes[at + 1])) return -1
    at = digitsEnd(bytes, at + 1)
  }
  if (bytes[at] !== 0x65 && bytes[at] !== 0x45) return at
  at = bytes[at + 1] === PLUS || bytes[at + 1] === MINUS ? at + 2 : at + 1
  return isDigit(bytes[at]) ? digitsEnd(bytes, at) : -1
}

const digitsEnd = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (isDigit(bytes[at])) at++
  return at
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE
