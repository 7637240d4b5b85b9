import type { NanoUsd, PartsPerMillion } from '../units.ts'
import type { UpstreamFormat, WireFormat } from './operation.ts'
import type { Multipliers, Prices } from './price.ts'
import type { Usage } from './usage.ts'

/** How a request came to its end. `abandoned`: the process died holding it; `failed`: no content was ever delivered. */
export type Ended = 'whole' | 'client_cut' | 'upstream_cut' | 'failed' | 'abandoned'

/** One try on one channel. `status` is the upstream's HTTP status, 0 when it never answered. */
export interface Attempt {
  readonly channel: string
  /** Which key of its provider; absent where none was chosen. */
  readonly key?: string
  /** Why it was its turn: `lowest_latency 412 ms`, `other key; after rate-limited`. */
  readonly why?: string
  readonly status: number
  readonly error: string | null
  readonly ms: number
  /** When it began, counted from when the request came in. */
  readonly startMs?: number | undefined
}

const LATE = '-late'

/**
 * The id of a second receipt: of a request that was given up as abandoned while it was still being served, and says how
 * it ended after all.
 */
export const lateIdOf = (requestId: string): string => `${requestId}${LATE}`

/** The request that a second receipt is of; `undefined` for a first one. */
export const correctedBy = (requestId: string): string | undefined =>
  requestId.endsWith(LATE) ? requestId.slice(0, -LATE.length) : undefined

/** The warning of a request whose provider reported a usage that cannot be true, and was not believed. */
export const USAGE_IMPLAUSIBLE = '/usage;usage-implausible'

/** What a request cost and why; written in the same transaction that settles it, never changed after. */
export interface Receipt {
  readonly requestId: string
  readonly atMs: number
  readonly userId: string
  readonly keyId: string
  readonly projectId: string | null
  readonly group: string
  readonly clientFormat: WireFormat
  readonly upstreamFormat: UpstreamFormat
  readonly action: string
  readonly modelRequested: string
  readonly modelServed: string
  readonly provider: string
  readonly channel: string
  /** Which key of its provider answered; absent where none did. */
  readonly providerKey?: string | undefined
  readonly attempts: readonly Attempt[]
  /** The HTTP status the client saw. */
  readonly status: number
  readonly stream: boolean
  readonly ended: Ended
  readonly usage: Usage
  readonly usageSource: 'upstream' | 'estimated'
  /**
   * What its provider used, where that is not `usage`: of a request that was not charged. `null`: nobody knows. It is not
   * kept; what the provider should bill is.
   */
  readonly providerUsage?: Usage | null
  /** The vendor's own usage object, for audit. */
  readonly rawUsage: unknown
  /** As they were for this request: those of its size and of its tier of service. */
  readonly prices: Prices
  /** The vendor's tier of service that was billed, where it was not the standard one. */
  readonly serviceTier?: string | undefined
  readonly multipliers: Multipliers
  /** What the provider's account pays of the list price, where that is not all of it. */
  readonly providerMultiplier?: PartsPerMillion | undefined
  readonly quote: NanoUsd
  /** What the account was charged. */
  readonly cost: NanoUsd
  /** What the request cost above what the account could pay (its quote was too low); carried by the operator. */
  readonly uncollected: NanoUsd
  readonly latencyMs: number
  readonly ttftMs: number | null
  /** Time spent in Tollgate itself before the upstream was asked. */
  readonly overheadMs: number
  readonly warnings: readonly string[]
}
