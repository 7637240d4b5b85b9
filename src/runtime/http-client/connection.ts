import type { Socket, SocketHandler } from 'bun'
import type { Origin } from '../../upstream/http1/target.ts'
import type { WireExchange } from './wire-exchange.ts'

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** No longer a case for the connect time-out. */
  opened(connection: Connection): void
  /** An answer has ended and the connection may carry another. */
  free(connection: Connection, keepAliveMs: number | undefined): void
  /** It is no more: told once, whatever happened. */
  gone(connection: Connection): void
}

/**
 * One socket and the exchange on it. Idle where there is no exchange: whatever a server sends then, or an end, makes
 * the connection unusable.
 */
export class Connection {
  exchange: WireExchange | undefined
  /** When it was opened or given back, for the two time-outs. */
  deadlineMs: number
  readonly #owner: ConnectionOwner
  readonly #tls: boolean
  #socket: Socket<Connection> | undefined
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #gone = false
  #paused = false

  constructor(owner: ConnectionOwner, tls: boolean, exchange: WireExchange, deadlineMs: number) {
    this.#owner = owner
    this.#tls = tls
    this.exchange = exchange
    this.deadlineMs = deadlineMs
    exchange.connection = this
  }

  /** Puts a request on a connection that is open and idle. */
  carry(exchange: WireExchange): void {
    this.exchange = exchange
    exchange.connection = this
    exchange.flush()
  }

  /** Writes what it can and says how much: -1 where nothing can be written any more. */
  write(bytes: Uint8Array): number {
    return this.#socket ? this.#socket.write(bytes) : -1
  }

  /** Whether something may still be read from it. */
  get readable(): boolean {
    return this.#state === 'open' && (this.#socket?.readyState ?? 0) > 0
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#socket?.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket?.resume()
  }

  /** Takes the exchange off, whose answer has ended. */
  release(isReusable: boolean, keepAliveMs: number | undefined): void {
    this.exchange = undefined
    if (isReusable && this.#state === 'open') {
      this.resume()
      this.#owner.free(this, keepAliveMs)
    } else this.destroy()
  }

  /** Closes the socket at once, or as soon as there is one. Says nothing to the exchange. */
  destroy(): void {
    this.exchange = undefined
    if (this.#state === 'closed') return
    this.#state = 'closed'
    // An attempt to connect cannot be called back; it counts as open until it has come to something.
    if (!this.#socket) return
    this.#socket.terminate()
    this.#leave()
  }

  /** The socket is connected. A TLS one is not open before its handshake is done. */
  connected(socket: Socket<Connection>): void {
    this.#socket = socket
    if (this.#state === 'closed') {
      socket.terminate()
      this.#leave()
    } else if (!this.#tls) this.#open()
  }

  /** The TLS handshake is done. Whether the certificate is valid and the host's own, the socket knows. */
  secured(isAuthorized: boolean, cause: Error | null): void {
    if (this.#state !== 'opening') return
    if (isAuthorized && this.#socket?.authorized) this.#open()
    else this.connectFailed(`TLS handshake: ${cause ? describe(cause) : 'no certificate was shown'}`)
  }

  connectFailed(detail: string): void {
    this.giveUp(detail)
    this.#leave()
  }

  /** Ends an attempt to connect, for its exchange; the attempt itself may go on for a while where it has no socket yet. */
  giveUp(detail: string): void {
    const { exchange } = this
    this.destroy()
    exchange?.fail('connect', detail)
  }

  received(bytes: Buffer): void {
    if (this.exchange) this.exchange.receive(bytes)
    else this.destroy()
  }

  /** There is room to write again; heard while a handshake is under way too, when nothing may be sent yet. */
  writable(): void {
    if (this.#state === 'open') this.exchange?.flush()
  }

  /** The server has ended its side, or the connection has broken: `error` tells them apart. */
  ended(error: Error | undefined): void {
    if (this.#state === 'opening') {
      this.connectFailed(error ? describe(error) : 'the connection ended before it was open')
      return
    }
    const { exchange } = this
    this.destroy()
    this.#leave()
    exchange?.disconnected(error)
  }

  #open(): void {
    this.#state = 'open'
    this.#owner.opened(this)
    this.exchange?.flush()
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#owner.gone(this)
  }
}

export const describe = (error: Error): string =>
  'code' in error && typeof error.code === 'string' && !error.message.includes(error.code)
    ? `${error.code}: ${error.message}`
    : error.message

/** One set of handlers for every socket: what is a socket's own is in its `data`. */
export const SOCKET_HANDLERS: SocketHandler<Connection> = {
  open: (socket) => socket.data.connected(socket),
  handshake: (socket, isAuthorized, cause) => socket.data.secured(isAuthorized, cause),
  data: (socket, bytes) => socket.data.received(bytes),
  drain: (socket) => socket.data.writable(),
  end: (socket) => socket.data.ended(undefined),
  close: (socket, error) => socket.data.ended(error),
  error: (socket, error) => socket.data.ended(error),
  connectError: (socket, error) => socket.data.connectFailed(describe(error)),
}

/** Begins to connect. Everything that comes of it goes to the connection. */
export const connect = (connection: Connection, { hostname, port, tls }: Origin, tlsOptions: Bun.TLSOptions): void => {
  const options = { hostname, port, socket: SOCKET_HANDLERS, data: connection }
  const failed = (error: unknown) => connection.connectFailed(error instanceof Error ? describe(error) : String(error))
  try {
    Bun.connect<Connection>(tls ? { ...options, tls: tlsOptions } : options).catch(failed)
  } catch (error) {
    failed(error)
  }
}
