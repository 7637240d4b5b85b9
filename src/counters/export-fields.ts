/// Fields of exports, read or refused in words.
import { DAY_MS, dayOf } from './daily.ts'

/** An export that cannot be read; caught where the reading began. */
export class Unreadable extends Error {}

export type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown, what: string): Fields => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new Unreadable(`${what} is not an object`)
}

export const listOf = (value: unknown, what: string): readonly unknown[] => {
  if (Array.isArray(value)) return value
  throw new Unreadable(`${what} is not a list`)
}

/** A whole number, also as a text; `undefined` where there is none. */
export const countOf = (value: unknown, what: string): bigint | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  const match = /^(\d{1,18})(?:\.0*)?$/.exec(String(value))
  if (match?.[1] !== undefined) return BigInt(match[1])
  throw new Unreadable(`${what} is not a whole number`)
}

/** A text that says something. */
export const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null

/** The UTC day of a Unix time in seconds, or of a time in ISO 8601 that begins with it. */
export const dayIn = (value: unknown, what: string): string => dayOf(timeIn(value, what))

/** The same of the time that a bucket begins at. It has to lie within that day: what is beyond it is another day's. */
export const dayOfBucket = (
  start: { readonly name: string; readonly value: unknown },
  end: { readonly name: string; readonly value: unknown },
): string => {
  const startMs = timeIn(start.value, start.name)
  if (end.value === undefined || end.value === null || end.value === '')
    throw new Unreadable(`a bucket has no \`${end.name}\`, and may be longer than a day`)
  const endMs = timeIn(end.value, end.name)
  if (endMs <= startMs) throw new Unreadable('a bucket ends before it begins')
  if (endMs - startMs > DAY_MS) throw new Unreadable('a bucket is longer than a day: export with bucket_width=1d')
  const day = dayOf(startMs)
  if (dayOf(endMs - 1) !== day)
    throw new Unreadable(
      `the bucket of ${day} goes on after midnight in UTC: export days that begin at midnight in UTC`,
    )
  return day
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:$|[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:Z|[+-]00:?00)?$)/

/** A Unix time in seconds, or one in ISO 8601 in UTC, in milliseconds. */
const timeIn = (value: unknown, what: string): number => {
  const text = String(value ?? '')
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1_000
  const [, day = '', time = '00:00'] = ISO.exec(text) ?? []
  const dayMs = Date.parse(day)
  const timeMs = Date.parse(`${day}T${time}Z`)
  // A day that the calendar does not have is read as one of the next month.
  if (!Number.isNaN(dayMs) && dayOf(dayMs) === day && !Number.isNaN(timeMs)) return timeMs
  throw new Unreadable(`${what} is not a time in UTC`)
}

/** Only what is owed in US dollars can be compared. */
export const assertUsd = (currency: unknown, what: string): void => {
  if (currency === undefined || String(currency).toLowerCase() === 'usd') return
  throw new Unreadable(`${what} is in ${String(currency)}, not in USD`)
}
