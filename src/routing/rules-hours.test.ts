import { describe, expect, test } from 'bun:test'
import { type Day, DAYS, isZone, parseHours, readHours } from './rules-hours.ts'

const at = (time: string): number => Date.parse(time)

const within = (hours: string | null, days: readonly Day[] | null, zone: string) => {
  const read = readHours(hours, days, zone)
  if (!read.ok) throw new Error(read.error)
  return read.value
}

describe('hours', () => {
  // 2026-01-05 is a Monday.
  const cases: readonly (readonly [string | null, readonly Day[] | null, string, string, boolean])[] = [
    ['08:00-18:00', null, 'UTC', '2026-01-05T07:59:59Z', false],
    ['08:00-18:00', null, 'UTC', '2026-01-05T08:00:00Z', true],
    ['08:00-18:00', null, 'UTC', '2026-01-05T17:59:59Z', true],
    ['08:00-18:00', null, 'UTC', '2026-01-05T18:00:00Z', false],
    ['22:00-06:00', null, 'UTC', '2026-01-05T23:30:00Z', true],
    ['22:00-06:00', null, 'UTC', '2026-01-06T05:59:00Z', true],
    ['22:00-06:00', null, 'UTC', '2026-01-06T06:00:00Z', false],
    ['00:00-24:00', null, 'UTC', '2026-01-06T23:59:59Z', true],
    ['22:00-06:00', ['mon'], 'UTC', '2026-01-06T03:00:00Z', true],
    ['22:00-06:00', ['tue'], 'UTC', '2026-01-06T03:00:00Z', false],
    ['22:00-06:00', ['sun'], 'UTC', '2026-01-05T03:00:00Z', true],
    [null, ['sat', 'sun'], 'UTC', '2026-01-04T12:00:00Z', true],
    [null, ['sat', 'sun'], 'UTC', '2026-01-05T00:00:00Z', false],
    ['09:00-10:00', null, 'Europe/Berlin', '2026-01-05T08:30:00Z', true],
    ['09:00-10:00', null, 'Europe/Berlin', '2026-07-06T08:30:00Z', false],
    ['09:00-10:00', null, 'Europe/Berlin', '2026-07-06T07:30:00Z', true],
    ['00:00-01:00', ['tue'], 'Asia/Kathmandu', '2026-01-05T18:20:00Z', true],
    ['00:00-01:00', ['tue'], 'Asia/Kathmandu', '2026-01-05T18:10:00Z', false],
    [null, ['sun'], 'Pacific/Honolulu', '2026-01-05T09:00:00Z', true],
  ]
  test.each(cases)('%p on %p in %s: %s is within: %p', (hours, days, zone, time, expected) => {
    expect(within(hours, days, zone)(at(time))).toBe(expected)
  })

  test('of each day of a week count on that day alone', () => {
    for (const [index, day] of DAYS.entries()) {
      const isThen = within(null, [day], 'UTC')
      const matching = DAYS.map((_, offset) => isThen(at('2026-01-05T12:00:00Z') + offset * 86_400_000))
      expect(matching).toEqual(DAYS.map((_, offset) => offset === index))
    }
  })

  test.each(['', '8:00-18:00', '08:00', '08:00-08:00', '24:00-06:00', '08:00-24:30', '08:60-09:00', '08:00–18:00'])(
    '%p are none',
    (text) => expect(parseHours(text)).toBeUndefined(),
  )

  test.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['+02:00', true],
    ['Europe/Atlantis', false],
    ['', false],
  ])('%p is a time zone: %p', (zone, expected) => expect(isZone(zone)).toBe(expected))
})
