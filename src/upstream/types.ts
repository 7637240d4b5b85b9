import type { Result } from '../result.ts'

/** One HTTP request to a provider, complete: nothing in it comes from the client unfiltered. */
export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE' | 'HEAD' | 'PATCH' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  readonly timeouts: Timeouts
}

export interface Timeouts {
  /** To open a connection, the way through a proxy and TLS included. */
  readonly connectMs: number
  /** From sending to the answer's headers. */
  readonly firstByteMs: number
  /** Between two chunks of the answer. */
  readonly idleMs: number
  readonly totalMs: number
}

/**
 * An answer on its way. Whoever holds it either reads it to its end or calls `cancel`; both give the connection back.
 */
export interface UpstreamAnswer {
  readonly status: number
  readonly headers: Headers
  /** The next bytes; `undefined` at the end. Fails when the upstream breaks off, falls silent, or was cancelled. */
  read(): Promise<Result<Uint8Array | undefined, UpstreamFault>>
  /** Everything, where nothing has been read yet. Fails as `too-large` above `bytesMax`. */
  whole(bytesMax: number): Promise<Result<Uint8Array, UpstreamFault>>
  cancel(): void
  /** From now on the client's hang-up does not end it: whoever holds it hears of that too, and may read on. */
  outlive?(): void
}

/** Which of the `Timeouts` was over. */
export type TimeoutKind = 'timeout-connect' | 'timeout-first-byte' | 'timeout-idle' | 'timeout-total'

/** Why there is no answer. `untouched`: not one byte of it had arrived, so the request may be sent again. */
export interface UpstreamFault {
  readonly kind: 'connect' | 'reset' | TimeoutKind | 'aborted' | 'unreadable' | 'too-large'
  readonly untouched: boolean
  /** For the log only: may name hosts. */
  readonly detail: string
}

/**
 * Sends one request. The network's, the demo provider's and a test's have the same shape. Aborting `hangUp` ends the
 * request at once, whatever it is doing.
 */
export type Send = (request: UpstreamRequest, hangUp: AbortSignal) => Promise<Result<UpstreamAnswer, UpstreamFault>>
