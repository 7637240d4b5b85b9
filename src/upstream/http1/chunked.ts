/** Where in the chunked coding (RFC 9112 §7.1) the next byte stands. */
type Place =
  | 'size'
  | 'extension'
  | 'size-end'
  | 'data'
  | 'data-return'
  | 'data-end'
  | 'trailer-start'
  | 'trailer'
  | 'trailer-end'
  | 'last-end'

const CR = 13
const LF = 10
const SIZE_DIGITS_MAX = 13
const EXTENSION_BYTES_MAX = 4_096
const TRAILER_BYTES_MAX = 65_536

/**
 * Takes a body out of its chunks, however the bytes were cut. Extensions and trailers are passed over. Small chunks
 * that came together are pushed together in place, so that one read of the socket makes one write to the client.
 */
export class ChunkedReader {
  /** The body's bytes in what was pushed last. */
  body: Uint8Array | undefined
  done = false
  fault: string | undefined
  #place: Place = 'size'
  /** Bytes left of the chunk. */
  #left = 0
  #digits = 0
  #passedBytes = 0

  /** Reads on from `from` and says where it stopped: at the end, at the body's end, or at a fault. Writes over `bytes`. */
  push(bytes: Uint8Array, from: number): number {
    let at = from
    let start = 0
    let end = 0
    while (at < bytes.length && !this.done && this.fault === undefined) {
      if (this.#place !== 'data') {
        at = this.#passFraming(bytes, at)
        continue
      }
      const taken = Math.min(this.#left, bytes.length - at)
      if (end === 0) start = end = at
      else if (at !== end) bytes.copyWithin(end, at, at + taken)
      end += taken
      at += taken
      this.#left -= taken
      if (this.#left === 0) this.#place = 'data-return'
    }
    this.body = end > start ? bytes.subarray(start, end) : undefined
    return at
  }

  #passFraming(bytes: Uint8Array, from: number): number {
    switch (this.#place) {
      case 'size':
        return this.#readSize(bytes, from)
      case 'extension':
        return this.#passLine(bytes, from, EXTENSION_BYTES_MAX, 'size-end')
      case 'trailer':
        return this.#passLine(bytes, from, TRAILER_BYTES_MAX, 'trailer-end')
      default:
        this.#readMark(bytes[from] ?? 0)
        return from + 1
    }
  }

  #readSize(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const digit = HEX[bytes[at] ?? 0] ?? -1
      if (digit === -1) return this.#endSize(bytes[at] ?? 0, at)
      this.#left = this.#left * 16 + digit
      this.#digits += 1
      if (this.#digits > SIZE_DIGITS_MAX) {
        this.fault = 'a chunk size that is too long'
        return at
      }
    }
    return bytes.length
  }

  #endSize(byte: number, at: number): number {
    this.#passedBytes = 0
    if (this.#digits === 0) this.fault = 'a chunk without a size'
    else if (byte === CR) this.#place = 'size-end'
    // `;` begins an extension; some servers fill the line up with spaces.
    else if (byte === 59 || byte === 32 || byte === 9) this.#place = 'extension'
    else this.fault = 'a chunk size that is no number'
    return at + 1
  }

  /** Passes over the rest of a line whose content is of no interest. */
  #passLine(bytes: Uint8Array, from: number, bytesMax: number, next: Place): number {
    for (let at = from; at < bytes.length; at += 1) {
      this.#passedBytes += 1
      if (this.#passedBytes > bytesMax) this.fault = 'a chunk extension or trailer that is too long'
      else if (bytes[at] === LF) this.fault = 'a line that ends without CR'
      else if (bytes[at] === CR) this.#place = next
      else continue
      return at + 1
    }
    return bytes.length
  }

  /** The places that one certain byte must stand at. */
  #readMark(byte: number): void {
    if (this.#place === 'trailer-start' && byte !== CR) {
      this.#passedBytes += 1
      this.#place = 'trailer'
      if (byte === LF) this.fault = 'a line that ends without CR'
      return
    }
    const isReturn = this.#place === 'data-return' || this.#place === 'trailer-start'
    if (byte !== (isReturn ? CR : LF)) {
      this.fault = 'a chunk that is longer than its size, or a line that is not ended'
      return
    }
    this.#place = this.#after(this.#place)
  }

  #after(place: Place): Place {
    switch (place) {
      case 'size-end':
        this.#digits = 0
        return this.#left === 0 ? 'trailer-start' : 'data'
      case 'data-return':
        return 'data-end'
      case 'trailer-start':
        return 'last-end'
      case 'trailer-end':
        return 'trailer-start'
      case 'last-end':
        this.done = true
        return 'last-end'
      default:
        return 'size'
    }
  }
}

/** The value of a hexadecimal digit by its byte, -1 for any other. */
const HEX = new Int8Array(256).fill(-1)
for (const [value, digit] of '0123456789abcdef'.split('').entries()) {
  HEX[digit.charCodeAt(0)] = value
  HEX[digit.toUpperCase().charCodeAt(0)] = value
}
