import { copyOf } from '../bytes.ts'
import type { Room } from './room.ts'

/** Bytes of a body as they pass, as far as they are kept. */
export interface BodyCopy {
  keep(bytes: Uint8Array): void
  /** What is kept, with what it is a part of. */
  readonly bytes: Uint8Array
  readonly length: number
}

/** So much more than is shown is kept until the end: a credential that the cut goes through is found whole. */
const MARGIN_BYTES = 8_192

/** Copies at most so many bytes of a body. `onFull`: there is no room left, and this was not kept. */
export const copyBody = (bytesMax: number, room: Room, onFull: () => void): BodyCopy => {
  const chunks: Uint8Array[] = []
  let kept = 0
  let length = 0
  return {
    keep: (bytes) => {
      length += bytes.length
      const wanted = Math.min(bytes.length, bytesMax + MARGIN_BYTES - kept)
      if (wanted <= 0) return
      if (!room.take(wanted)) return onFull()
      // A copy: the bytes are somebody else's, and may be used again.
      chunks.push(copyOf(bytes.subarray(0, wanted)))
      kept += wanted
    },
    get bytes() {
      return Buffer.concat(chunks)
    },
    get length() {
      return length
    },
  }
}
