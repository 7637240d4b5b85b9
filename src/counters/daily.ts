/** What requests are told apart by in the daily counters. */
export const DIMENSIONS = ['day', 'userId', 'keyId', 'projectId', 'model', 'provider'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** What is counted. Tokens are in buckets that do not overlap, but `reasoning`, which is a part of `output`. */
export const COUNTS = [
  'requests',
  /** Those that delivered nothing: they failed before the first content, or died with their process. */
  'failed',
  /** Those whose cost at the provider nobody knows; `providerCostNanoUsd` is without them. */
  'unpriced',
  'input',
  'inputAudio',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'outputAudio',
  'reasoning',
  'costNanoUsd',
  'uncollectedNanoUsd',
  /** At list price times what the provider's account pays of that: what the provider should bill. */
  'providerCostNanoUsd',
] as const
export type Count = (typeof COUNTS)[number]

export type Counts = Record<Count, bigint>

/** The counters of one day, user, key, project, model and provider. `day` is in UTC: `2026-11-21`. */
export interface Daily extends Counts {
  readonly day: string
  readonly userId: string
  readonly keyId: string
  /** Empty where there is none. */
  readonly projectId: string
  readonly model: string
  readonly provider: string
}

export const noCounts = (): Counts => Object.fromEntries(COUNTS.map((name) => [name, 0n])) as Counts

/** The UTC day of a moment, as `2026-11-21`. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)

/** The day after (`1`) or before (`-1`) by so many days. */
export const dayAfter = (day: string, days: number): string => dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS)

export const DAY_MS = 86_400_000
