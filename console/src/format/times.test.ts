import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { fieldOfTime, formatRelative, formatTime, formatUtcDay, showTimesIn, timeOfField } from './times.ts'

const NOW_MS = Date.UTC(2026, 10, 21, 12)

describe('times', () => {
  test.each([
    ['2026-11-21T11:59:30Z', '30 seconds ago'],
    ['2026-11-21T09:00:00Z', '3 hours ago'],
    ['2026-11-20T11:00:00Z', 'yesterday'],
    ['2026-12-21T12:00:00Z', 'in 30 days'],
    ['never', 'never'],
  ])('%s is %s', (iso, text) => {
    expect(formatRelative(iso, NOW_MS, 'en')).toBe(text)
  })

  test('that are none are shown as they came', () => {
    expect(formatTime('soon', 'en')).toBe('soon')
  })

  test('a day of the books is the same day in every zone', () => {
    expect(formatUtcDay('2026-11-03', 'en')).toBe('Nov 3, 2026')
  })
})

describe.each(['browser', 'utc'] as const)('moments in the zone of %s', (zone) => {
  beforeEach(() => showTimesIn(zone))
  afterEach(() => showTimesIn('browser'))

  test('are the same after they were shown in a field and read out of it', () => {
    for (const iso of ['2026-11-21T11:59:00.000Z', '2027-03-28T01:30:00.000Z'])
      expect(timeOfField(fieldOfTime(iso))).toBe(iso)
  })

  test.each(['', 'soon'])('are none where a field says "%s"', (text) => {
    expect(timeOfField(text)).toBe('')
  })
})

test('the zone of a moment is named in full, UTC wherever the reader sits', () => {
  const own = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).format(new Date('2026-11-21T12:00:00Z'))
  expect(formatTime('2026-11-21T12:00:00Z', 'en')).toEndWith(own.split(', ').at(-1) ?? '')
  showTimesIn('utc')
  expect(formatTime('2026-11-21T23:59:30Z', 'en')).toBe('Nov 21, 2026, 11:59:30 PM UTC')
  expect(timeOfField('2027-01-31T12:00')).toBe('2027-01-31T12:00:00.000Z')
  showTimesIn('browser')
})
