import { err, type Result } from '../result.ts'
import type { HttpProxy } from './http1/proxy.ts'

/** One request and its answer on a connection, before any time-out or retry. */
export interface Exchange {
  /** Status and headers, once the final (non-1xx) head has arrived. */
  readonly begun: Promise<Result<ExchangeHead, ExchangeFault>>
  /** The next bytes as they came; `undefined` at the end. One read may be pending at a time. */
  read(): Promise<Result<Uint8Array | undefined, ExchangeFault>>
  /** Ends it at once; pending promises resolve with `aborted`. */
  cancel(): void
}

export interface ExchangeHead {
  readonly status: number
  readonly headers: Headers
}

export interface ExchangeFault {
  readonly kind: 'connect' | 'timeout-connect' | 'reset' | 'aborted' | 'unreadable'
  /** Not one byte of the answer had arrived. */
  readonly untouched: boolean
  readonly detail: string
}

export interface ExchangeRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  /** Not on a connection that has been used before. */
  readonly fresh?: boolean
  /** How long a connection may take to open, the way through a proxy and TLS included. */
  readonly connectMs?: number
  /** What stands between. */
  readonly proxy?: HttpProxy | undefined
}

export type OpenExchange = (request: ExchangeRequest) => Exchange

/** An exchange that could not begin: nothing was sent. */
export const failedExchange = (kind: ExchangeFault['kind'], detail: string): Exchange => {
  const fault = Promise.resolve(err({ kind, untouched: true, detail }))
  return { begun: fault, read: () => fault, cancel: () => undefined }
}
