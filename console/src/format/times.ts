export type TimeStyle = 'full' | 'day' | 'hour' | 'clock'

const STYLES: Readonly<Record<TimeStyle, Intl.DateTimeFormatOptions>> = {
  full: { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { year: 'numeric', month: 'short', day: 'numeric' },
  hour: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
}

const UNITS = [
  { name: 'year', ms: 31_557_600_000 },
  { name: 'month', ms: 2_629_800_000 },
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
] as const

/** In which zone moments are shown, and entered: that of the reader's browser, or UTC, as logs and invoices have it. */
export type Zone = 'browser' | 'utc'

let zone: Zone = 'browser'

/** Has every moment shown in this zone from now on. What is on the page already stays until it is drawn again. */
export const showTimesIn = (wanted: Zone): void => {
  zone = wanted
}

/** A moment in the reader's zone and language. In full, the zone is named. */
export const formatTime = (iso: string, locale: string, style: TimeStyle = 'full'): string => {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const named = style === 'full' ? { timeZoneName: 'short' as const } : {}
  const options = { ...STYLES[style], ...named, ...(zone === 'utc' && { timeZone: 'UTC' }) }
  return new Intl.DateTimeFormat(locale, options).format(at)
}

/** A moment as a `datetime-local` field takes it: in the reader's zone, to the minute. */
export const fieldOfTime = (iso: string): string => {
  const at = new Date(iso)
  if (zone === 'utc') return at.toISOString().slice(0, 16)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The moment that a `datetime-local` field names, as the API takes it; '' where it names none. */
export const timeOfField = (field: string): string => {
  const at = new Date(zone === 'utc' ? `${field}Z` : field)
  return field === '' || Number.isNaN(at.getTime()) ? '' : at.toISOString()
}

/** How long ago, or in how long: `3 hours ago`. */
export const formatRelative = (iso: string, nowMs: number, locale: string): string => {
  const offMs = Date.parse(iso) - nowMs
  if (Number.isNaN(offMs)) return iso
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const found = UNITS.find(({ ms }) => Math.abs(offMs) >= ms)
  return found
    ? format.format(Math.trunc(offMs / found.ms), found.name)
    : format.format(Math.trunc(offMs / 1_000), 'second')
}

/** A moment of the UTC clock: where whole hours of UTC begin, whatever the reader's zone is. */
export const formatUtcHour = (iso: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { ...STYLES.hour, timeZone: 'UTC', timeZoneName: 'short' }).format(new Date(iso))

/** A day of a UTC calendar, as the books have it (`2026-11-03`): no zone moves it. */
export const formatUtcDay = (day: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { ...STYLES.day, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))

/** Such a day for an axis: the year is said elsewhere. */
export const formatUtcDayShort = (day: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )

/** An hour for an axis, in the reader's zone: the clock alone, or, where there are several days, with the day. */
export const formatHourShort = (iso: string, locale: string, isOfOneDay: boolean): string => {
  const day = isOfOneDay ? {} : { month: 'numeric' as const, day: 'numeric' as const }
  const options = { ...day, hour: '2-digit' as const, minute: '2-digit' as const, hourCycle: 'h23' as const }
  return new Intl.DateTimeFormat(locale, zone === 'utc' ? { ...options, timeZone: 'UTC' } : options).format(
    new Date(iso),
  )
}
