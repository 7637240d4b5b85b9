import { describe, expect, test } from 'bun:test'
import {
  cacheShareOf,
  intervalFor,
  intervalsOf,
  lastOf,
  mayBeHours,
  measuresOf,
  OTHERS,
  type SeriesPoint,
  seriesOf,
  stackOf,
  sumsBy,
  totalOf,
  wholeOf,
} from './series.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.parse('2026-11-20T22:00:00Z')

const point = (hours: number, by: string, cost: string, more: Partial<SeriesPoint> = {}): SeriesPoint => ({
  at: new Date(START_MS + hours * HOUR_MS).toISOString(),
  by,
  requests: 1,
  errors: 0,
  input: 10,
  cache_read: 30,
  cache_write: 0,
  output: 5,
  reasoning: 0,
  cost_usd: cost,
  latency_p50_ms: 100,
  latency_p95_ms: 200,
  ttft_p50_ms: null,
  cache_hit_ratio: 0.75,
  ...more,
})

describe('intervals', () => {
  test('are all of a range, also those in which nothing happened', () => {
    expect(intervalsOf('hour', START_MS + 1, START_MS + 2 * HOUR_MS + 1)).toEqual([
      '2026-11-20T22:00:00.000Z',
      '2026-11-20T23:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
    ])
    expect(intervalsOf('day', START_MS, START_MS + 3 * HOUR_MS)).toEqual([
      '2026-11-20T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
    ])
  })

  test('are no more than can be shown, whatever range is asked for', () => {
    expect(intervalsOf('hour', 0, START_MS).length).toBeLessThan(3_000)
  })

  test('are hours for a few days, and days beyond', () => {
    expect([24, 72, 73].map((hours) => intervalFor(0, hours * HOUR_MS))).toEqual(['hour', 'hour', 'day'])
  })

  test('are whole, whatever stretch of time is asked for', () => {
    const times = { sinceMs: START_MS + 1, untilMs: START_MS + HOUR_MS + 1 }
    expect(wholeOf('hour', times)).toEqual({ sinceMs: START_MS, untilMs: START_MS + 2 * HOUR_MS })
    const day = { sinceMs: Date.parse('2026-11-20T00:00:00Z'), untilMs: Date.parse('2026-11-21T00:00:00Z') }
    expect(wholeOf('day', times)).toEqual(day)
    expect(wholeOf('day', day)).toEqual(day)
  })

  test('of the last seven days are today and the six before', () => {
    const { sinceMs, untilMs } = lastOf('day', 7, START_MS)
    expect([new Date(sinceMs).toISOString(), untilMs]).toEqual(['2026-11-14T00:00:00.000Z', START_MS])
    expect(lastOf('hour', 1, START_MS + 1).sinceMs).toBe(START_MS)
  })

  test('may be hours for as long as the server answers them', () => {
    const days = (count: number): boolean => mayBeHours(START_MS, START_MS + count * 24 * HOUR_MS)
    expect([days(8), days(8.01), mayBeHours(START_MS + 1, START_MS + 8 * 24 * HOUR_MS + 1)]).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('sums', () => {
  test('are exact, whatever is added up', () => {
    const points = [point(0, 'a', '0.100000001'), point(1, 'a', '0.200000002'), point(1, 'b', '9999999.000000009')]
    expect(totalOf(points)).toMatchObject({ cost_usd: '9999999.300000012', requests: 3 })
    expect(sumsBy(points).map(({ by, cost_usd: cost }) => [by, cost])).toEqual([
      ['b', '9999999.000000009'],
      ['a', '0.300000003'],
    ])
  })

  test('know no share of a cache where there was no input', () => {
    expect(cacheShareOf(totalOf([]))).toBeUndefined()
    expect(cacheShareOf(totalOf([point(0, '', '0')]))).toBe(0.75)
  })
})

describe('a chart', () => {
  const places = intervalsOf('hour', START_MS, START_MS + 2 * HOUR_MS)

  test('has zero where nothing was asked, and a gap where nothing was measured', () => {
    const points = [point(1, 'a', '1')]
    expect(stackOf(places, points, ['a'], ({ requests }) => requests).map(({ values }) => values)).toEqual([
      { s0: 0 },
      { s0: 1 },
    ])
    expect(measuresOf(places, points, ({ latency_p50_ms: p50 }) => ({ p50 })).map(({ values }) => values)).toEqual([
      {},
      { p50: 100 },
    ])
  })

  test('puts together what has no colour of its own, and loses nothing', () => {
    const points = Array.from({ length: 9 }, (_, index) => point(0, `m${index}`, `${9 - index}`))
    const series = seriesOf(sumsBy(points))
    expect(series).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', OTHERS])
    const [first] = stackOf(places, points, series, ({ cost_usd: cost }) => Number(cost))
    expect(first?.values).toEqual({ s0: 9, s1: 8, s2: 7, s3: 6, s4: 5, s5: 10 })
  })
})
