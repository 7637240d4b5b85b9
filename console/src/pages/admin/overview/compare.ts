import { nanoOf } from '../../../format/money.ts'

const DAY_MS = 86_400_000

export const RANGES = ['7', '30', '90', '365'] as const

/** The days of a range, in UTC, both included, that ends today. */
export const daysOf = (days: string, nowMs: number): { readonly since: string; readonly until: string } => {
  const count = RANGES.some((range) => range === days) ? Number(days) : 30
  const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)
  return { since: dayOf(nowMs - (count - 1) * DAY_MS), until: dayOf(nowMs) }
}

/** By what share something is more than before; `undefined` where there was nothing to compare with. */
export const growthOf = (before: number, now: number): number | undefined =>
  before === 0 ? undefined : (now - before) / before

const PARTS = 1_000_000n

/** The same of amounts; of a loss that became less, it is more. */
export const moneyGrowthOf = (before: string, now: string): number | undefined => {
  const [was, is] = [nanoOf(before), nanoOf(now)]
  if (was === undefined || is === undefined || was === 0n) return undefined
  return Number(((is - was) * PARTS) / (was < 0n ? -was : was)) / Number(PARTS)
}
