import { Buffer } from 'node:buffer'

/** The same memory, with Node's decoders and searches on it. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** What lies between two places, as text. */
export const textBetween = (bytes: Uint8Array, start: number, end: number): string =>
  bufferOf(bytes).toString('utf8', start, end)

/** Bytes of its own. `slice` is not that: of a `Buffer` it is the same memory. */
export const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)
