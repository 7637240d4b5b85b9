import { describe, expect, test } from 'bun:test'
import { nanoUsd, ZERO_USD } from '../units.ts'
import {
  laterOf,
  reachedStops,
  readSpentBy,
  type SpendWindow,
  type SpentBy,
  windowEndMs,
  windowStart,
  writeSpentBy,
} from './spend-stop.ts'

const at = (text: string): number => Date.parse(text)
const usd = (whole: number) => nanoUsd(BigInt(Math.round(whole * 1_000)) * 1_000_000n)
const NOON = at('2026-11-21T12:00:00Z')

test.each<[SpendWindow, string, string, string]>([
  ['day', '2026-11-21T00:00:00.000Z', '2026-11-21', '2026-11-22T00:00:00.000Z'],
  ['day', '2026-11-21T23:59:59.999Z', '2026-11-21', '2026-11-22T00:00:00.000Z'],
  ['day', '2026-12-31T12:00:00.000Z', '2026-12-31', '2027-01-01T00:00:00.000Z'],
  ['month', '2026-11-30T23:59:59.999Z', '2026-11-01', '2026-12-01T00:00:00.000Z'],
  ['month', '2026-12-01T00:00:00.000Z', '2026-12-01', '2027-01-01T00:00:00.000Z'],
  ['month', '2028-02-29T12:00:00.000Z', '2028-02-01', '2028-03-01T00:00:00.000Z'],
])('the %s of %s begins with %s and ends at %s', (window, moment, from, end) => {
  expect([windowStart(window, at(moment)), windowEndMs(window, at(moment))]).toEqual([from, at(end)])
})

interface Case {
  readonly what: string
  readonly stops?: { readonly day?: number; readonly month?: number }
  readonly spent: readonly [day: number, month: number]
  readonly allowed?: SpentBy
  readonly reached: readonly SpendWindow[]
}

const CASES: readonly Case[] = [
  { what: 'no stop', stops: {}, spent: [1e6, 1e6], reached: [] },
  { what: 'less than the stop', spent: [9.999, 50], reached: [] },
  { what: 'exactly the stop', spent: [10, 50], reached: ['day'] },
  { what: 'more than both', spent: [11, 101], reached: ['day', 'month'] },
  { what: 'the month alone', spent: [1, 100], reached: ['month'] },
  { what: 'a stop of nothing', stops: { day: 0 }, spent: [0, 0], reached: ['day'] },
  {
    what: 'as much as when it was resumed, and less than the stop again',
    spent: [19, 50],
    allowed: { day: { from: '2026-11-21', spent: usd(10) } },
    reached: [],
  },
  {
    what: 'the stop again since it was resumed',
    spent: [20, 50],
    allowed: { day: { from: '2026-11-21', spent: usd(10) } },
    reached: ['day'],
  },
  {
    what: 'a stop that was resumed yesterday',
    spent: [10, 50],
    allowed: { day: { from: '2026-11-20', spent: usd(10) } },
    reached: ['day'],
  },
  {
    what: 'the month, of which only the day was resumed',
    spent: [10, 100],
    allowed: { day: { from: '2026-11-21', spent: usd(10) } },
    reached: ['month'],
  },
]

test.each(CASES)('$what: $reached', ({ stops = { day: 10, month: 100 }, spent, allowed, reached }) => {
  const stop = {
    dayUsd: stops.day === undefined ? null : usd(stops.day),
    monthUsd: stops.month === undefined ? null : usd(stops.month),
  }
  const spending = { day: usd(spent[0]), month: usd(spent[1]) }
  expect(reachedStops(stop, spending, allowed, NOON).map(({ window }) => window)).toEqual([...reached])
})

test('a stop that is reached says of which window, how much, and until when', () => {
  const stops = { dayUsd: usd(10), monthUsd: null }
  expect(reachedStops(stops, { day: usd(12), month: usd(30) }, undefined, NOON)).toEqual([
    { window: 'day', from: '2026-11-21', spent: usd(12), stop: usd(10), untilMs: at('2026-11-22T00:00:00Z') },
  ])
})

describe('what had been spent', () => {
  const day = { day: { from: '2026-11-21', spent: nanoUsd(2n ** 80n) } }

  test('reads back as it was written, to the last digit', () => {
    const both = { ...day, month: { from: '2026-11-01', spent: ZERO_USD } }
    for (const one of [{}, day, both]) expect(readSpentBy(writeSpentBy(one))).toEqual(one)
  })

  test('is, of two words about a window, the later, and of one window the larger', () => {
    const more = { day: { from: '2026-11-21', spent: nanoUsd(2n ** 81n) } }
    const next = { day: { from: '2026-11-22', spent: ZERO_USD }, month: { from: '2026-11-01', spent: ZERO_USD } }
    expect(laterOf(undefined, day)).toEqual(day)
    expect([laterOf(day, more), laterOf(more, day)]).toEqual([more, more])
    expect([laterOf(day, next), laterOf(next, day)]).toEqual([next, next])
  })
})
