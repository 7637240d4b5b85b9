import type { Result } from '../result.ts'

/** One HTTP request to a provider, complete: nothing in it comes from the client unfiltered. */
export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array | undefined
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal
  readonly timeouts: Timeouts
}

export interface Timeouts {
  readonly connectMs: number
  /** From sending to the first byte of the answer's headers. */
  readonly firstByteMs: number
  /** Between two chunks of the answer. */
  readonly idleMs: number
  readonly totalMs: number
}

export interface UpstreamAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array> | null
}

/** Why there is no answer. `untouched`: not one byte of it had arrived, so the request may be sent again. */
export interface UpstreamFault {
  readonly kind: 'connect' | 'reset' | 'timeout' | 'aborted' | 'unreadable'
  readonly untouched: boolean
  /** For the log only: may name hosts. */
  readonly detail: string
}

/** Sends one request. The network's, the demo provider's and a test's have the same shape. */
export type Send = (request: UpstreamRequest) => Promise<Result<UpstreamAnswer, UpstreamFault>>
