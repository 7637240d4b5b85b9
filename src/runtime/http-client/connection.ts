import type { Socket, SocketHandler } from 'bun'
import { ConnectAnswer } from '../../upstream/http1/connect-answer.ts'
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

/** The way to an origin: what is connected to, and what is done there before a request may be sent. */
export interface Route {
  readonly hostname: string
  readonly port: number
  /** Whether that is a proxy. */
  readonly isProxied: boolean
  /** The head that asks it for a tunnel. */
  readonly tunnelHead: string | undefined
  /** Of the origin, at the tunnel's end where there is one. */
  readonly tls: Bun.TLSOptions | undefined
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
  readonly #route: Route
  /** What a proxy has said of the tunnel, until that is open. */
  #tunnel: ConnectAnswer | undefined
  #socket: Socket<Connection> | undefined
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #gone = false
  #paused = false

  constructor(owner: ConnectionOwner, route: Route, exchange: WireExchange, deadlineMs: number) {
    this.#owner = owner
    this.#route = route
    this.#tunnel = route.tunnelHead === undefined ? undefined : new ConnectAnswer()
    this.exchange = exchange
    this.deadlineMs = deadlineMs
    exchange.connection = this
  }

  /** Puts a request on a connection that is open and idle. */
  carry(exchange: WireExchange): void {
    this.exchange = exchange
    exchange.connection = this
    exchange.start()
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

  /** The socket is connected. It is not open before there is a tunnel and the TLS handshake is done, where they are due. */
  connected(socket: Socket<Connection>): void {
    this.#socket = socket
    const { tunnelHead, tls } = this.#route
    if (this.#state === 'closed') {
      socket.terminate()
      this.#leave()
    } else if (tunnelHead !== undefined) this.#askForTunnel(socket, tunnelHead)
    else if (!tls) this.#open()
  }

  /** The socket of the tunnel has TLS on it, and is used in place of the one below. */
  wrapped(socket: Socket<Connection>): void {
    this.#socket = socket
  }

  /** The TLS handshake is done. Whether the certificate is valid and the host's own, the socket knows. */
  secured(isAuthorized: boolean, cause: Error | null): void {
    if (this.#state !== 'opening') return
    if (isAuthorized && this.#socket?.authorized) this.#open()
    else this.connectFailed(`TLS handshake: ${cause ? describe(cause) : 'no certificate was shown'}`)
  }

  connectFailed(detail: string): void {
    this.#giveUp('connect', detail)
    this.#leave()
  }

  /** Has taken too long to open. The attempt itself may go on for a while where it has no socket yet. */
  timedOut(): void {
    const stage = !this.#socket ? 'nobody took it' : this.#tunnel ? 'no tunnel' : 'TLS handshake'
    this.#giveUp('timeout-connect', `no connection in time: ${stage}`)
  }

  received(bytes: Buffer): void {
    if (this.#tunnel) this.#heardOfTunnel(this.#tunnel, bytes)
    else if (this.exchange) this.exchange.receive(bytes)
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

  #giveUp(kind: 'connect' | 'timeout-connect', detail: string): void {
    const { exchange } = this
    this.destroy()
    exchange?.fail(kind, this.#route.isProxied ? `through a proxy: ${detail}` : detail)
  }

  /** A new socket takes a head at once: its buffer holds more. */
  #askForTunnel(socket: Socket<Connection>, head: string): void {
    if (socket.write(head) < head.length) this.connectFailed('the proxy takes nothing')
  }

  #heardOfTunnel(answer: ConnectAnswer, bytes: Buffer): void {
    if (this.#state !== 'opening') return
    const heard = answer.push(bytes)
    if (!heard.ok) this.connectFailed(heard.error)
    else if (heard.value === 'open') {
      this.#tunnel = undefined
      const { tls } = this.#route
      if (tls) this.#wrap(tls)
      else this.#open()
    }
  }

  /** TLS on the tunnel. The socket below goes on telling of each piece as it came, and is not listened to. */
  #wrap(tls: Bun.TLSOptions): void {
    const sockets = this.#socket?.upgradeTLS<Connection>({ data: this, tls, socket: WRAPPED_HANDLERS })
    if (sockets) sockets[0].reload({ socket: { drain: () => undefined } })
    else this.connectFailed('TLS could not begin on the tunnel')
  }

  #open(): void {
    this.#state = 'open'
    this.#owner.opened(this)
    this.exchange?.start()
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

const WRAPPED_HANDLERS: SocketHandler<Connection> = {
  ...SOCKET_HANDLERS,
  open: (socket) => socket.data.wrapped(socket),
}

/** Begins to connect. Everything that comes of it goes to the connection. */
export const connect = (connection: Connection, { hostname, port, tls, tunnelHead }: Route): void => {
  const options = { hostname, port, socket: SOCKET_HANDLERS, data: connection }
  const failed = (error: unknown) => connection.connectFailed(error instanceof Error ? describe(error) : String(error))
  try {
    Bun.connect<Connection>(tls && tunnelHead === undefined ? { ...options, tls } : options).catch(failed)
  } catch (error) {
    failed(error)
  }
}
