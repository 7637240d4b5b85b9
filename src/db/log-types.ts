import type { Ended, Receipt } from '../canon/receipt.ts'
import type { NanoUsd } from '../units.ts'
import type { Listing, Page } from './types.ts'

/** What receipts are looked for by. What is left out is not narrowed. */
export interface ReceiptFilter {
  readonly userId?: string | undefined
  readonly keyId?: string | undefined
  readonly projectId?: string | undefined
  /** As it was asked for or served: an alias and its model lead to the same receipts. */
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly clientFormat?: string | undefined
  readonly ended?: Ended | undefined
  readonly status?: number | undefined
  /** All statuses that begin with this digit. */
  readonly statusClass?: number | undefined
  readonly sinceMs?: number | undefined
  /** Before that, and not at it. */
  readonly untilMs?: number | undefined
  /** How a request's id begins, or a part of the name of its model, whatever the case of its letters. */
  readonly text?: string | undefined
}

export interface ReceiptStore {
  find(requestId: string): Promise<Receipt | undefined>
  /** Newest first. */
  list(filter: ReceiptFilter, page: Page): Promise<Listing<Receipt>>
  /** The number of the newest there is. */
  newest(): Promise<bigint>
  /**
   * Those that were written after a number, oldest first: for who follows them. On PostgreSQL they appear in any order, so
   * ask from some numbers before the last one seen, and pass over what is `seen`.
   */
  after(number: bigint, limit: number): Promise<readonly NumberedReceipt[]>
}

export interface NumberedReceipt {
  readonly number: bigint
  readonly receipt: Receipt
}

/** What points of a series are told apart by. */
export const SERIES_DIMENSIONS = ['model', 'keyId', 'projectId', 'provider', 'userId'] as const
export type SeriesDimension = (typeof SERIES_DIMENSIONS)[number]

export interface SeriesFilter {
  readonly interval: 'hour' | 'day'
  /** Beginnings of the first interval and of the one after the last, in Unix milliseconds. */
  readonly sinceMs: number
  readonly untilMs: number
  readonly by?: SeriesDimension | undefined
  readonly userId?: string | undefined
  readonly keyId?: string | undefined
  readonly projectId?: string | undefined
  readonly model?: string | undefined
  readonly provider?: string | undefined
}

/** How long requests took, counted by `DURATION_BOUNDS_MS`: one more than there are bounds. */
export type Durations = readonly bigint[]

/** What requests of one interval used, cost and took. */
export interface SeriesPoint {
  /** When the interval begins. */
  readonly atMs: number
  /** Empty where points are not told apart, and for requests of no project. */
  readonly by: string
  readonly requests: number
  /** Those that delivered nothing. */
  readonly failed: number
  /** Tokens, those of audio among them; `reasoning` is a part of `output`. */
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
  readonly cost: NanoUsd
  readonly latency: Durations
  readonly ttft: Durations
}

export interface SeriesStore {
  /** In the order of time; intervals without requests are not there. At most so many. */
  points(filter: SeriesFilter, rowsMax: number): Promise<readonly SeriesPoint[]>
}

/** A posting of one user's account. `amount`: what the account gained; below zero, what it lost. */
export interface StatementRow {
  readonly atMs: number
  readonly kind: string
  /** The request that was charged, or refunded. */
  readonly requestId: string | null
  readonly amount: NanoUsd
  /** Of the account, with this posting and all before it. */
  readonly balance: NanoUsd
  readonly reason: string | null
}

export interface StatementFilter {
  readonly userId: string
  /** Only charges, or only what is none. */
  readonly only?: 'charges' | 'others' | undefined
  readonly sinceMs?: number | undefined
  /** Before that, and not at it. */
  readonly untilMs?: number | undefined
}

/** What moved on one user's account in a stretch of time. */
export interface StatementSums {
  readonly opening: NanoUsd
  /** By the model that was served, the dearest first; as charged, above zero. */
  readonly charges: readonly { readonly model: string; readonly requests: number; readonly amount: NanoUsd }[]
  /** Every other kind of posting, with what the account gained by it. */
  readonly others: readonly { readonly kind: string; readonly postings: number; readonly amount: NanoUsd }[]
  readonly closing: NanoUsd
}

export interface StatementStore {
  /** Newest first. A charge stands at the moment its request came in, as on the receipt. */
  list(filter: StatementFilter, page: Page): Promise<Listing<StatementRow>>
  /** From a moment up to another, which is not included. */
  sums(userId: string, sinceMs: number, untilMs: number): Promise<StatementSums>
  /** Of each stretch, from each moment up to the next: what was charged, and what was gained otherwise. */
  totals(
    userId: string,
    moments: readonly number[],
  ): Promise<readonly { readonly charged: NanoUsd; readonly others: NanoUsd }[]>
}

/** What was captured of a request, as `src/capture` writes it. */
export interface PayloadRecord {
  readonly requestId: string
  readonly userId: string
  readonly atMs: number
  /** JSON. */
  readonly body: string
}

export interface PayloadStore {
  /** One that is there already stays. */
  add(payloads: readonly PayloadRecord[]): Promise<void>
  find(requestId: string): Promise<PayloadRecord | undefined>
  /** Whether there is one, without reading it. */
  has(requestId: string): Promise<boolean>
  /** How many bytes the bodies of all payloads have. */
  storedBytes(): Promise<number>
  /** Deletes the oldest until so many bytes are gone, at most so many payloads. What went. */
  evict(bytes: number, limit: number): Promise<{ readonly count: number; readonly bytes: number }>
  /** Deletes some of what is older; how many. */
  sweep(beforeMs: number, limit: number): Promise<number>
}
