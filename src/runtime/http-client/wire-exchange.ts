import { err, ok, type Result } from '../../result.ts'
import type { Exchange, ExchangeFault, ExchangeHead } from '../../upstream/exchange.ts'
import type { AnswerHead } from '../../upstream/http1/answer-head.ts'
import { AnswerReader, type AnswerSink } from '../../upstream/http1/answer-reader.ts'
import { CREDENTIALS_REFUSED } from '../../upstream/http1/connect-answer.ts'
import { type DecodedBody, decodeBody } from '../../upstream/http1/content-coding.ts'
import { endOfTurn } from '../turn.ts'
import { type Connection, describe } from './connection.ts'

type Read = Result<Uint8Array | undefined, ExchangeFault>

const BODY_END: Read = ok(undefined)
/** Up to here, head and body are copied together and written at once. */
const JOINED_BYTES_MAX = 65_536
/** Where they are put together, unless somebody is at it. */
let spareRoom: Buffer | undefined

/** Where an exchange is until it has a connection. */
export interface WaitingRoom {
  leave(exchange: WireExchange): void
}

/** An exchange over one connection, which it gives back when the answer has arrived, read or not. */
export class WireExchange implements Exchange, AnswerSink {
  readonly begun: Promise<Result<ExchangeHead, ExchangeFault>>
  readonly fresh: boolean
  readonly connectMs: number | undefined
  connection: Connection | undefined
  readonly #waitingRoom: WaitingRoom
  readonly #reader: AnswerReader
  readonly #queuedBytesMax: number
  /** The request, until the first of it has been written. */
  #request: WireRequest | undefined
  readonly #unsent: Uint8Array[] = []
  #begin: ((begun: Result<ExchangeHead, ExchangeFault>) => void) | undefined
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #waiting: ((read: Read) => void) | undefined
  readonly #isForwarded: boolean
  #touched = false
  #unsendable = false
  #ended = false
  #fault: Result<never, ExchangeFault> | undefined
  #decoded: DecodedBody | undefined

  constructor(request: WireRequest, waitingRoom: WaitingRoom, queuedBytesMax: number) {
    this.fresh = request.fresh
    this.connectMs = request.connectMs
    this.#isForwarded = request.isForwarded
    this.#waitingRoom = waitingRoom
    this.#queuedBytesMax = queuedBytesMax
    this.#reader = new AnswerReader(request.method, this)
    this.#request = request
    this.begun = new Promise((resolve) => {
      this.#begin = resolve
    })
  }

  read(): Promise<Read> {
    return this.#decoded ? this.#readDecoded(this.#decoded) : this.#next()
  }

  cancel(): void {
    this.#queue = []
    this.#queuedBytes = 0
    this.fail('aborted', 'cancelled')
    this.#decoded?.close()
  }

  /** Sends the request at the end of the turn, with those of others. What cannot be sent concerns nobody else. */
  start(): void {
    void endOfTurn().then(() => {
      try {
        this.#sendFirst()
      } catch (error) {
        this.fail('unreadable', `the request could not be sent: ${error instanceof Error ? describe(error) : error}`)
      }
    })
  }

  /** Sends on as far as the connection takes it. */
  flush(): void {
    const { connection } = this
    if (connection && !this.#unsendable) this.#sendRest(connection)
  }

  #sendFirst(): void {
    const { connection } = this
    if (!connection || !this.#request) return
    const { head, body } = this.#request
    this.#request = undefined
    const length = head.length + (body?.length ?? 0)
    if (length > JOINED_BYTES_MAX) {
      this.#unsent.push(Buffer.from(head, 'latin1'))
      if (body) this.#unsent.push(body)
      this.#sendRest(connection)
      return
    }
    const room = spareRoom ?? Buffer.allocUnsafeSlow(JOINED_BYTES_MAX)
    spareRoom = undefined
    room.write(head, 0, 'latin1')
    if (body) room.set(body, head.length)
    const written = connection.write(room.subarray(0, length))
    // What was not taken is copied: the room is the next one's.
    if (written < length) this.#unsent.push(Buffer.from(room.subarray(Math.max(0, written), length)))
    spareRoom = room
    if (written < 0) this.#stopSending(connection)
  }

  #sendRest(connection: Connection): void {
    for (;;) {
      const [piece] = this.#unsent
      if (piece === undefined) return
      const written = connection.write(piece)
      if (written === piece.length) this.#unsent.shift()
      else {
        if (written < 0) this.#stopSending(connection)
        else this.#unsent[0] = piece.subarray(written)
        return
      }
    }
  }

  /** A server that takes no more may have answered before: what it says is still to be read. */
  #stopSending(connection: Connection): void {
    this.#unsendable = true
    if (!connection.readable) this.fail('reset', 'the connection was closed before the request was sent')
  }

  receive(bytes: Buffer): void {
    if (this.#request) {
      this.fail('reset', 'the server spoke before it was asked')
      return
    }
    this.#touched = true
    this.#reader.push(bytes)
    const { connection } = this
    if (!connection) return
    if (this.#ended) this.#release(connection)
    else if (this.#queuedBytes > this.#queuedBytesMax) connection.pause()
  }

  /** The connection has ended before the answer had, unless its end is the answer's. */
  disconnected(error: Error | undefined): void {
    this.connection = undefined
    if (error || !this.#reader.close()) this.fail('reset', error ? describe(error) : 'the server closed the connection')
  }

  /** Ends it, at most once. What had arrived before is still to be read. */
  fail(kind: ExchangeFault['kind'], detail: string): void {
    if (this.#fault) return
    this.#fault = err({ kind, untouched: !this.#touched, detail })
    const { connection } = this
    this.connection = undefined
    if (connection) connection.destroy()
    else this.#waitingRoom.leave(this)
    this.#request = undefined
    this.#unsent.length = 0
    this.#begin?.(this.#fault)
    this.#begin = undefined
    this.#wake(this.#fault)
  }

  head(head: AnswerHead): void {
    const { status, headers, contentCoding } = head
    if (status === 407 && this.#isForwarded) {
      this.#refusedByProxy()
      return
    }
    if (contentCoding !== undefined && contentCoding !== 'identity' && head.framing !== 'none') {
      this.#decoded = decodeBody(contentCoding, () => this.#next())
      // The name is the upstream's own words, which are not for the log.
      if (!this.#decoded) this.unreadable('a content coding that is not known')
      headers.delete('content-length')
    }
    if (contentCoding !== undefined) headers.delete('content-encoding')
    this.#begin?.(ok({ status, headers }))
    this.#begin = undefined
  }

  /** The proxy's own answer, in place of one of the server. */
  #refusedByProxy(): void {
    this.#touched = false
    this.fail('connect', CREDENTIALS_REFUSED)
  }

  body(bytes: Uint8Array): void {
    if (this.#fault) return
    if (this.#waiting) this.#wake(ok(bytes))
    else {
      this.#queue.push(bytes)
      this.#queuedBytes += bytes.length
    }
  }

  ended(): void {
    if (this.#fault) return
    this.#ended = true
    this.#wake(BODY_END)
  }

  unreadable(detail: string): void {
    this.fail('unreadable', detail)
  }

  #next(): Promise<Read> {
    if (this.#waiting) throw new Error('two reads of one answer at once')
    const bytes = this.#queue.shift()
    if (bytes) {
      this.#queuedBytes -= bytes.length
      if (this.#queue.length === 0) this.connection?.resume()
      return Promise.resolve(ok(bytes))
    }
    if (this.#fault) return Promise.resolve(this.#fault)
    if (this.#ended) return Promise.resolve(BODY_END)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  async #readDecoded(decoded: DecodedBody): Promise<Read> {
    const read = await decoded.read()
    if (read.ok) return read
    this.#queue = []
    this.#queuedBytes = 0
    this.fail(read.error.kind, read.error.detail)
    decoded.close()
    return read
  }

  /** An answer before the request was sent whole leaves a connection on which nothing else may be sent. */
  #release(connection: Connection): void {
    this.connection = undefined
    const isSent = this.#unsent.length === 0
    this.#unsent.length = 0
    connection.release(isSent && this.#reader.reusable, this.#reader.keepAliveMs)
  }

  #wake(read: Read): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(read)
  }
}

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string
  /** One character a byte. */
  readonly head: string
  readonly body: Uint8Array | undefined
  readonly fresh: boolean
  readonly connectMs: number | undefined
  /** A proxy reads it, and may answer in the server's place. */
  readonly isForwarded: boolean
}
