import { type AnswerHead, type Framing, parseAnswerHead } from './answer-head.ts'
import { ChunkedReader } from './chunked.ts'

/** Who is told what an answer's bytes mean, in their order. After `ended` or `unreadable` comes nothing more. */
export interface AnswerSink {
  head(head: AnswerHead): void
  body(bytes: Uint8Array): void
  ended(): void
  unreadable(detail: string): void
}

const HEAD_BYTES_MAX = 65_536
const INTERIM_HEADS_MAX = 32
const HEAD_END = Buffer.from('\r\n\r\n')
const BARE_HEAD_END = Buffer.from('\n\n')
const VERSION = Buffer.from('HTTP/1.')

/** Reads one answer (RFC 9112) from bytes that may be cut anywhere. One reader an answer: nothing is carried over. */
export class AnswerReader {
  /** Whether the connection may carry another request: the answer has ended, where it should, and nothing follows. */
  reusable = false
  /** How long the server says that it keeps the connection. */
  keepAliveMs: number | undefined
  readonly #method: string
  readonly #sink: AnswerSink
  #framing: Framing | 'head' | 'over' = 'head'
  #partialHead: Buffer | undefined
  #interimHeads = 0
  #bodyLeft = 0
  #chunks: ChunkedReader | undefined
  #keepAlive = false

  constructor(method: string, sink: AnswerSink) {
    this.#method = method
    this.#sink = sink
  }

  get over(): boolean {
    return this.#framing === 'over'
  }

  /** Takes the next bytes, which the reader and its sink own from then on. */
  push(bytes: Buffer): void {
    let rest: Buffer | undefined = bytes
    while (rest !== undefined && this.#framing === 'head') rest = this.#readHead(rest)
    if (rest === undefined || rest.length === 0) return
    if (this.#framing === 'over') this.reusable = false
    else this.#readBody(rest)
  }

  /** The connection has ended, cleanly. True where that is this answer's end too: any other is cut short. */
  close(): boolean {
    if (this.#framing !== 'until-close') return this.over
    this.#end()
    return true
  }

  /** Reads a head, if it is there whole, and returns what stands behind it. */
  #readHead(bytes: Buffer): Buffer | undefined {
    const known = this.#partialHead
    const all = known ? Buffer.concat([known, bytes]) : bytes
    const end = all.indexOf(HEAD_END, known ? Math.max(0, known.length - 3) : 0)
    if (end > HEAD_BYTES_MAX || (end === -1 && all.length > HEAD_BYTES_MAX))
      return this.#fail('a head that is too long')
    if (end === -1) return this.#awaitHead(all)
    this.#partialHead = undefined
    const head = parseAnswerHead(all.toString('latin1', 0, end), this.#method)
    if (!head.ok) return this.#fail(head.error)
    if (head.value.status < 200) return this.#passInterim(head.value.status, all.subarray(end + 4))
    this.#begin(head.value)
    return all.subarray(end + 4)
  }

  #awaitHead(all: Buffer): undefined {
    const known = Math.min(all.length, VERSION.length)
    if (all.compare(VERSION, 0, known, 0, known) !== 0) return this.#fail('an answer that is not HTTP/1')
    if (all.includes(BARE_HEAD_END)) return this.#fail('a line that ends without CR')
    this.#partialHead = all
  }

  /** 100 and 103 only announce. 101 would make the connection something else, which nobody asked for. */
  #passInterim(status: number, rest: Buffer): Buffer | undefined {
    this.#interimHeads += 1
    if (status === 101) return this.#fail('a switch of protocols')
    if (this.#interimHeads > INTERIM_HEADS_MAX) return this.#fail('too many interim answers')
    return rest
  }

  #begin(head: AnswerHead): void {
    const { framing } = head
    this.#keepAlive = head.keepAlive
    this.keepAliveMs = head.keepAliveMs
    this.#framing = framing
    if (framing === 'chunked') this.#chunks = new ChunkedReader()
    else if (typeof framing === 'number') this.#bodyLeft = framing
    this.#sink.head(head)
    if (framing === 'none' || framing === 0) this.#end()
  }

  #readBody(bytes: Buffer): void {
    if (this.#chunks) this.#readChunks(this.#chunks, bytes)
    else if (typeof this.#framing === 'number') this.#readLength(bytes)
    else this.#sink.body(bytes)
  }

  #readLength(bytes: Buffer): void {
    const left = this.#bodyLeft
    this.#bodyLeft -= Math.min(left, bytes.length)
    this.#sink.body(bytes.length > left ? bytes.subarray(0, left) : bytes)
    if (this.#bodyLeft === 0) this.#end()
    if (bytes.length > left) this.reusable = false
  }

  #readChunks(chunks: ChunkedReader, bytes: Buffer): void {
    const at = chunks.push(bytes, 0)
    if (chunks.body) this.#sink.body(chunks.body)
    if (chunks.fault !== undefined) this.#fail(chunks.fault)
    if (!chunks.done) return
    this.#end()
    if (at < bytes.length) this.reusable = false
  }

  #end(): void {
    this.#framing = 'over'
    this.reusable = this.#keepAlive
    this.#sink.ended()
  }

  #fail(detail: string): undefined {
    this.#framing = 'over'
    this.#sink.unreadable(detail)
  }
}
