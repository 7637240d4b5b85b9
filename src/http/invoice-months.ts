/// Months of invoices, in UTC, named as `2026-11`.

export interface Month {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

const FIRST_YEAR = 2000
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/

/** `undefined`: there is no such month, or it is long before anything was charged. */
export const monthNamed = (name: string): Month | undefined => {
  const [, year, month] = MONTH.exec(name) ?? []
  if (year === undefined || Number(year) < FIRST_YEAR) return undefined
  return monthOf(Number(year), Number(month) - 1)
}

/** From the month of one moment to that of another, newest first, at most so many. */
export const monthsBetween = (fromMs: number, untilMs: number, most: number): readonly Month[] => {
  const months: Month[] = []
  const last = new Date(untilMs)
  for (let back = 0; back < most; back += 1) {
    const month = monthOf(last.getUTCFullYear(), last.getUTCMonth() - back)
    if (month.endMs <= fromMs) break
    months.push(month)
  }
  return months
}

const monthOf = (year: number, month: number): Month => {
  const startMs = Date.UTC(year, month, 1)
  return { name: new Date(startMs).toISOString().slice(0, 7), startMs, endMs: Date.UTC(year, month + 1, 1) }
}
