import { err, ok, type Result } from '../result.ts'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

const HOURS = /^([01]\d|2[0-3]):([0-5]\d) ?- ?([01]\d|2[0-3]|24):([0-5]\d)$/
const DAY_MINUTES = 1_440
const MINUTE_MS = 60_000

/** Minutes after midnight; `to` is not within, and before `from` where they go on after midnight. */
interface Hours {
  readonly from: number
  readonly to: number
}

/** Reads `22:00-06:00`; `undefined`: it is none. */
export const parseHours = (text: string): Hours | undefined => {
  const [, fromHour = '', fromMinute = '', toHour = '', toMinute = ''] = HOURS.exec(text.trim()) ?? []
  if (fromHour === '') return undefined
  const from = Number(fromHour) * 60 + Number(fromMinute)
  const to = Number(toHour) * 60 + Number(toMinute)
  return to > DAY_MINUTES || from === to ? undefined : { from, to }
}

/** Whether there is such a time zone in the tables that this process runs with. */
export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * Whether a moment (Unix milliseconds) lies in these hours of these days, as clocks in the zone show them. What comes
 * after midnight belongs to the day before, on which the hours began. Fails with the word that cannot be read.
 */
export const readHours = (
  hours: string | null,
  days: readonly Day[] | null,
  zone: string,
): Result<(atMs: number) => boolean, string> => {
  const read = hours === null ? WHOLE_DAY : parseHours(hours)
  if (!read) return err(`the hours ${hours}`)
  if (!isZone(zone)) return err(`the time zone ${zone}`)
  const { from, to } = read
  const wanted = days && new Set(days)
  const clock = createClock(zone)
  return ok((atMs) => {
    const { day, minute } = clock(atMs)
    const isAfterMidnight = to < from && minute < to
    const isWithin = to < from ? minute >= from || isAfterMidnight : minute >= from && minute < to
    if (!isWithin || !wanted) return isWithin
    const began = DAYS[isAfterMidnight ? (day + 6) % 7 : day]
    return began !== undefined && wanted.has(began)
  })
}

const WHOLE_DAY: Hours = { from: 0, to: DAY_MINUTES }

/** What clocks show; Monday is day 0. */
interface Shown {
  readonly day: number
  readonly minute: number
}

/** Zones differ by whole minutes, so one minute is looked up once. */
const createClock = (zone: string): ((atMs: number) => Shown) => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  let lookedUp = Number.NaN
  let shown: Shown = { day: 0, minute: 0 }
  return (atMs) => {
    const atMinute = Math.floor(atMs / MINUTE_MS)
    if (atMinute === lookedUp) return shown
    const parts = new Map(format.formatToParts(atMinute * MINUTE_MS).map(({ type, value }) => [type, value]))
    const day = DAYS.findIndex((name) => name === parts.get('weekday')?.toLowerCase())
    shown = { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
    lookedUp = atMinute
    return shown
  }
}
