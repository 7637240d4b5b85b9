import type { Receipt } from '../canon/receipt.ts'
import { costAt } from '../metering/charge.ts'
import { ONE, partsPerMillion } from '../units.ts'

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
  /** At list price, without any multiplier: what the provider should bill. */
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

const DAY_MS = 86_400_000

/** What receipts add to the counters: one row for each of what they are told apart by. */
export const countReceipts = (receipts: Iterable<Receipt>): readonly Daily[] => {
  const rows = new Map<string, Daily>()
  for (const receipt of receipts) addReceipt(rows, receipt)
  return [...rows.values()]
}

/** Adds a receipt to its row, which is made where there is none yet. */
export const addReceipt = (rows: Map<string, Daily>, receipt: Receipt): void => {
  const row = rowFor(rows, receipt)
  const { usage, ended } = receipt
  row.requests += 1n
  if (ended === 'failed' || ended === 'abandoned') row.failed += 1n
  for (const bucket of BUCKETS) row[bucket] += BigInt(usage[bucket])
  row.costNanoUsd += receipt.cost
  row.uncollectedNanoUsd += receipt.uncollected
  const listed = costAt(usage, receipt.prices, LIST_PRICE)
  if (listed.ok) row.providerCostNanoUsd += listed.value
  else row.unpriced += 1n
}

const BUCKETS = [
  'input',
  'inputAudio',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'outputAudio',
  'reasoning',
] as const

const LIST_PRICE = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }

/** Which row a receipt belongs to is found by every one of them, and written out only where it is the first. */
const rowFor = (rows: Map<string, Daily>, receipt: Receipt): Daily => {
  const { atMs, userId, keyId, modelServed: model, provider } = receipt
  const projectId = receipt.projectId ?? ''
  const name = `${Math.floor(atMs / DAY_MS)}\n${userId}\n${keyId}\n${projectId}\n${model}\n${provider}`
  const known = rows.get(name)
  if (known) return known
  const row: Daily = { day: dayOf(atMs), userId, keyId, projectId, model, provider, ...noCounts() }
  rows.set(name, row)
  return row
}
