import type { Result } from '../result.ts'
import type { HttpProxy } from './http1/proxy.ts'

/** A WebSocket that is open (RFC 6455), whichever end of it this is. */
export interface Socket {
  /** Sends a text or a binary message; nothing once it is closed. */
  send(message: string | Uint8Array): void
  /** Bytes sent that the other side has not taken yet. */
  readonly bufferedBytes: number
  ping(): void
  /** Closes it with a handshake; a second time nothing happens. */
  close(code: number, reason: string): void
  /** Ends the connection at once. */
  terminate(): void
}

/** What is heard of a socket. Nothing after `closed`, which comes once. */
export interface SocketEars {
  message(message: string | Uint8Array): void
  /** Code 1006: the connection broke off. */
  closed(code: number, reason: string): void
}

export interface SocketRequest {
  /** `ws:` or `wss:`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly proxy: HttpProxy | undefined
  readonly connectMs: number
}

/** Why there is no socket. `detail` is for the log: it may name hosts. */
export interface SocketFault {
  /** What the other side answered instead of a WebSocket; 0: it did not answer. */
  readonly status: number
  readonly detail: string
}

/** Opens a WebSocket. Never follows a redirect. */
export type OpenSocket = (request: SocketRequest, ears: SocketEars) => Promise<Result<Socket, SocketFault>>

/**
 * Makes a WebSocket of the request that is being answered; `connected` is given it and says who listens. False where that
 * is too late. Whatever the request is answered with afterwards is not sent.
 */
export type Upgrade = (headers: Readonly<Record<string, string>>, connected: (socket: Socket) => SocketEars) => boolean
