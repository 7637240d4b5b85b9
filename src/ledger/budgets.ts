import type { NanoUsd } from '../units.ts'

/** Over which time a budget counts. `total`: for ever. */
export const BUDGET_WINDOWS = ['total', '5h', 'day', 'week', 'month'] as const
export type BudgetWindow = (typeof BUDGET_WINDOWS)[number]

/** The most that may be spent in each window of a kind. */
export interface BudgetRule {
  readonly window: BudgetWindow
  readonly limit: NanoUsd
}

/** One ceiling that a hold must stay under. */
export interface Budget extends BudgetRule {
  /** Whose spending is counted: `key:<id>` or `project:<id>`. */
  readonly subject: string
}

/** One window of one subject, whatever its limits: what spending is counted under. */
export interface SpendId {
  readonly subject: string
  readonly window: BudgetWindow
  readonly startMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
const FIVE_HOURS_MS = 5 * HOUR_MS
/** 1970-01-05, the first Monday after the epoch. */
const MONDAY_MS = 4 * DAY_MS

/**
 * When the window that a moment lies in began, in UTC and Unix milliseconds: `5h` at multiples of five hours since the
 * epoch, `day` at midnight, `week` on Monday, `month` on the 1st; `total` at 0.
 */
export const windowStartMs = (window: BudgetWindow, atMs: number): number => {
  switch (window) {
    case 'total':
      return 0
    case '5h':
      return multipleBelow(atMs, FIVE_HOURS_MS, 0)
    case 'day':
      return multipleBelow(atMs, DAY_MS, 0)
    case 'week':
      return multipleBelow(atMs, WEEK_MS, MONDAY_MS)
    case 'month':
      return monthStartMs(atMs, 0)
  }
}

/** When that window ends, which is when the next begins; `undefined` for `total`, which never does. */
export const windowEndMs = (window: BudgetWindow, atMs: number): number | undefined => {
  switch (window) {
    case 'total':
      return undefined
    case '5h':
      return windowStartMs(window, atMs) + FIVE_HOURS_MS
    case 'day':
      return windowStartMs(window, atMs) + DAY_MS
    case 'week':
      return windowStartMs(window, atMs) + WEEK_MS
    case 'month':
      return monthStartMs(atMs, 1)
  }
}

/**
 * Budgets in the order in which one refuses before another: what never begins anew, then whose window ends last. Whoever
 * is told of the first that is exceeded knows from when on none of them is.
 */
export const lastingFirst = (budgets: readonly Budget[], atMs: number): readonly Budget[] => {
  if (budgets.length < 2) return budgets
  const endOf = ({ window }: Budget): number => windowEndMs(window, atMs) ?? Number.POSITIVE_INFINITY
  return [...budgets].sort((one, other) => {
    const [oneEnd, otherEnd] = [endOf(one), endOf(other)]
    return oneEnd === otherEnd ? 0 : otherEnd - oneEnd
  })
}

/** Longer than any window that ends. */
export const LONGEST_WINDOW_MS = 31 * DAY_MS

export const keySubject = (keyId: string): string => `key:${keyId}`
export const projectSubject = (projectId: string): string => `project:${projectId}`

/** Rules that name their subject. */
export const budgetsOf = (subject: string, rules: readonly BudgetRule[]): readonly Budget[] =>
  rules.map(({ window, limit }) => ({ subject, window, limit }))

const multipleBelow = (atMs: number, lengthMs: number, firstMs: number): number =>
  Math.floor((atMs - firstMs) / lengthMs) * lengthMs + firstMs

const monthStartMs = (atMs: number, later: number): number => {
  const at = new Date(atMs)
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later)
}
