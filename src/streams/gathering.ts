const EMPTY = Buffer.alloc(0)

/** The beginning of an event whose end has not come yet. Doubles as it grows, so that single bytes cost no more than chunks. */
export interface Gathering {
  length(): number
  append(part: Buffer): void
  /** Hands over what was gathered and begins anew: its bytes are never written again. */
  take(): Buffer
}

export const createGathering = (): Gathering => {
  let bytes = EMPTY
  let length = 0
  return {
    length: () => length,
    append(part) {
      if (length + part.length > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.max(1_024, 2 * (length + part.length)))
        bytes.copy(larger, 0, 0, length)
        bytes = larger
      }
      part.copy(bytes, length)
      length += part.length
    },
    take() {
      const taken = bytes.subarray(0, length)
      bytes = EMPTY
      length = 0
      return taken
    },
  }
}
