import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** A document that is served: what it says, and how clients tell whether they have it. */
export interface Document {
  readonly type: string
  readonly plain: Uint8Array<ArrayBuffer>
  readonly etag: string
  /** Compressed, once somebody could read that; `undefined`: too much is being compressed already. */
  readonly gzipped: () => Promise<Uint8Array<ArrayBuffer> | undefined>
}

const GZIPS_AT_ONCE_MAX = 2
let gzipsAtOnce = 0

export const documentOf = (type: string, text: string): Document => {
  const plain = new TextEncoder().encode(text)
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 32)
  let made: Promise<Uint8Array<ArrayBuffer>> | undefined
  const gzipped = async () => {
    if (!made && gzipsAtOnce >= GZIPS_AT_ONCE_MAX) return undefined
    made ??= compress(plain)
    return made
  }
  return { type, plain, etag: `W/"${hash}"`, gzipped }
}

const compress = async (plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => {
  gzipsAtOnce += 1
  try {
    return new Uint8Array(await promisify(gzip)(plain))
  } finally {
    gzipsAtOnce -= 1
  }
}

/**
 * Documents that were asked for lately, so many bytes of them: whoever asks under ever other names of this server fills no
 * memory. A compressed one is counted as if it were as large as it reads.
 */
export const createKept = (bytesMax: number) => {
  const kept = new Map<string, Document>()
  let bytes = 0
  const sizeOf = ({ plain }: Document): number => 2 * plain.byteLength
  return {
    find: (key: string): Document | undefined => {
      const found = kept.get(key)
      if (!found) return undefined
      kept.delete(key)
      kept.set(key, found)
      return found
    },
    keep: (key: string, document: Document): void => {
      if (sizeOf(document) > bytesMax) return
      kept.set(key, document)
      bytes += sizeOf(document)
      for (const [oldest, past] of kept) {
        if (bytes <= bytesMax) return
        kept.delete(oldest)
        bytes -= sizeOf(past)
      }
    },
    bytes: (): number => bytes,
  }
}
