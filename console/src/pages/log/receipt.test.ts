import { describe, expect, test } from 'bun:test'
import { factorsOf, isAboveQuote, lossOf, placeOf, spansOf } from './receipt.ts'

const attempt = (ms: number, startMs?: number) => ({
  channel: 'a',
  key: null,
  why: null,
  status: 200,
  error: null,
  ms,
  start_ms: startMs ?? null,
})

describe('attempts', () => {
  test('lie where they began, or after the one before, which is said', () => {
    const spans = spansOf({ overhead_ms: 2, attempts: [attempt(10), attempt(20, 15), attempt(5)] })
    expect(spans.map(({ startMs, isGuessed }) => [startMs, isGuessed])).toEqual([
      [2, true],
      [15, false],
      [35, true],
    ])
  })

  test.each([
    [0, 100, 100, '0%', '100%'],
    [50, 0, 100, '50%', '1%'],
    [50, 100, 100, `${(50 / 150) * 100}%`, `${(100 / 150) * 100}%`],
    [0, 0, 0, '0%', '1%'],
    [100, 0, 100, '99%', '1%'],
  ])('from %p ms for %p ms of %p ms can be seen, inside of the line', (startMs, durationMs, wholeMs, left, width) => {
    expect(placeOf(startMs, durationMs, wholeMs)).toEqual({ left, width })
  })
})

test('a loss is told by its place and its code, whatever is in the place', () => {
  expect(lossOf('/tools/0/a;b;simplified')).toEqual({ pointer: '/tools/0/a;b', code: 'simplified' })
  expect(lossOf('odd')).toEqual({ pointer: '', code: 'odd' })
})

test('factors that change nothing are none', () => {
  const multipliers = { user: '1', model: '1.000000', group: '0.9', plan_discount: '0' }
  expect(factorsOf({ multipliers })).toEqual([['group', '0.9']])
})

test.each([
  ['0.000477600', '0.000014100', false],
  ['0.020000000', '0.020000000', false],
  ['0.002860500', '0.003072000', true],
] as const)('of what was held, %p, and charged, %p, more was charged: %p', (quote_usd, cost_usd, isAbove) => {
  expect(isAboveQuote({ quote_usd, cost_usd })).toBe(isAbove)
})
