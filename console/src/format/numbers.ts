/** A whole number with the reader's separators. */
export const formatCount = (count: number, locale: string): string => new Intl.NumberFormat(locale).format(count)

/** A large number for narrow places: `1.2M`. */
export const formatCountShort = (count: number, locale: string): string =>
  new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(count)

/** A share of one as per cent; a share that is not all is never shown as all, one that is not nothing not as nothing. */
export const formatShare = (share: number, locale: string): string => {
  const rounded = Math.round(share * 1_000) / 1_000
  const honest = rounded === 1 && share < 1 ? 0.999 : rounded === 0 && share > 0 ? 0.001 : rounded
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(honest)
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const unit = (value: number, name: string, locale: string, places = 0): string =>
  new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    unitDisplay: 'narrow',
    maximumFractionDigits: places,
  }).format(value)

const MINUTES = { larger: 'minute', size: MINUTE_MS, smaller: 'second', rest: SECOND_MS }
const HOURS = { larger: 'hour', size: HOUR_MS, smaller: 'minute', rest: MINUTE_MS }
const DAYS = { larger: 'day', size: DAY_MS, smaller: 'hour', rest: HOUR_MS }

/** How long something took: `850ms`, `1.24s`, `2m 3s`, `3h 10m`, `2d 4h`. */
export const formatDuration = (durationMs: number, locale: string): string => {
  if (durationMs < SECOND_MS) return unit(Math.round(durationMs), 'millisecond', locale)
  if (durationMs < MINUTE_MS) return unit(durationMs / SECOND_MS, 'second', locale, 2)
  const { larger, size, smaller, rest } = durationMs < HOUR_MS ? MINUTES : durationMs < DAY_MS ? HOURS : DAYS
  const whole = Math.floor(durationMs / size)
  const left = Math.floor((durationMs % size) / rest)
  return `${unit(whole, larger, locale)}${left === 0 ? '' : ` ${unit(left, smaller, locale)}`}`
}
