import type { Upgrade } from '../upstream/socket.ts'

/** What the platform gives the gateway; the files beside this one are the only ones that name Bun. */
export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** `ip` looks the peer's address up when asked: most requests never need it. */
  readonly fetch: (request: Request, ip: () => string, upgrade?: Upgrade) => Response | Promise<Response>
  /** Of WebSockets; without it none can be made. */
  readonly sockets?: SocketLimits
}

/** What each WebSocket of a client may take. */
export interface SocketLimits {
  readonly frameBytesMax: number
  /** Of what it has been sent and has not taken. */
  readonly bufferBytesMax: number
  /** A silent client is asked for a sign of life this often. */
  readonly pingMs: number
}

export interface Listener {
  readonly host: string
  readonly port: number
  /** Stops accepting; resolves when the last open request has ended. */
  stop(): Promise<void>
  /** Closes every connection at once. */
  kill(): void
}

/** One statement for the database thread. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}
