import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { err, ok, type Result } from '../../result.ts'
import type { ExchangeFault } from '../exchange.ts'

export type ReadBody = () => Promise<Result<Uint8Array | undefined, ExchangeFault>>

/** A body with its content coding undone. */
export interface DecodedBody {
  readonly read: ReadBody
  /** Lets go of the decoder; a read that is waiting ends as whatever the body itself says then. */
  close(): void
}

/**
 * Undoes a content coding (RFC 9110 §8.4) for an upstream that sends one though none was asked for. Decodes as far as
 * it is read: what expands a thousandfold is held back like any other body. `undefined` for codings not known here.
 */
export const decodeBody = (coding: string, source: ReadBody): DecodedBody | undefined => {
  if (!CODINGS.has(coding)) return undefined
  let coder: Coder | undefined
  let closed = false
  const read: ReadBody = async () => {
    while (!closed) {
      const chunk = coder?.take()
      if (chunk && (!chunk.ok || chunk.value !== undefined)) return chunk
      if (chunk === undefined && coder?.busy) {
        await coder.moved()
        continue
      }
      const coded = await source()
      // Where the coding has ended, what counts is that the body ends well too: what stands between is passed over.
      if (!coded.ok || (coded.value === undefined && (!coder || chunk))) return coded
      if (chunk) continue
      coder ??= new Coder(createCoder(coding, coded.value?.[0] ?? 0))
      coder.feed(coded.value)
    }
    return source()
  }
  const close = (): void => {
    closed = true
    coder?.close()
  }
  return { read, close }
}

const CODINGS = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'zstd'])

const createCoder = (coding: string, firstByte: number): Transform => {
  switch (coding) {
    case 'br':
      return createBrotliDecompress()
    case 'zstd':
      return createZstdDecompress()
    case 'deflate':
      // What is called deflate is zlib's format, and raw from servers that took the name at its word.
      return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw()
    default:
      return createGunzip()
  }
}

/** A zlib stream that is asked rather than listened to. */
class Coder {
  /** Has input that it has not worked through. */
  busy = false
  readonly #stream: Transform
  #ended = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor(stream: Transform) {
    this.#stream = stream
    const moved = () => this.#notify()
    stream.on('readable', moved)
    stream.on('end', () => {
      this.#ended = true
      moved()
    })
    stream.on('error', (error) => {
      this.#failure = error
      moved()
    })
  }

  /** The next decoded bytes, the end, or the failure; `undefined` where more input is needed first. */
  take(): Result<Uint8Array | undefined, ExchangeFault> | undefined {
    const chunk: Buffer | null = this.#stream.read()
    if (chunk !== null) return ok(chunk)
    if (this.#failure)
      return err({ kind: 'unreadable', untouched: false, detail: `content coding: ${this.#failure.message}` })
    return this.#ended ? ok(undefined) : undefined
  }

  /** Gives it coded bytes, or `undefined` for their end. */
  feed(coded: Uint8Array | undefined): void {
    this.busy = true
    if (coded === undefined) this.#stream.end()
    else
      this.#stream.write(coded, () => {
        this.busy = false
        this.#notify()
      })
  }

  /** Resolves when there may be something to take. */
  moved(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  close(): void {
    this.#stream.destroy()
    this.#notify()
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
