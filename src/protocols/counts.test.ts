import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { inputTotal } from '../canon/usage.ts'
import { type Containing, count, details, split } from './counts.ts'

const SAID: Containing = {
  input: 100,
  output: 50,
  total: 150,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  inputAudio: 0,
  outputAudio: 0,
  reasoning: 0,
}

test('anything that is not a whole number from zero up is no count', () => {
  expect([0, 7, -1, 1.5, Number.NaN, Infinity, 2 ** 60, '7', null, undefined, true, {}].map(count)).toEqual([
    0,
    7,
    ...Array(10).fill(undefined),
  ])
})

test('one junk detail makes all details unknown, an absent or null one is none', () => {
  expect(details({ a: 3, b: null }, ['a', 'b', 'c'])).toEqual({ a: 3, b: 0, c: 0 })
  expect(details({ a: 3, b: -1 }, ['a', 'b'])).toBeUndefined()
})

test('parts beside a total are told from parts inside it by the sum', () => {
  const inside = split({ ...SAID, reasoning: 40 })
  const beside = split({ ...SAID, reasoning: 40, total: 190 })
  const unnamed = split({ ...SAID, total: 170 })
  const audio = split({ ...SAID, inputAudio: 30, total: 180 })
  const cached = split({ ...SAID, cacheRead: 5_000, total: 5_150 })
  const written = split({ ...SAID, cacheRead: 5_000, cacheWrite5m: 200, cacheWrite1h: 10, total: 5_360 })
  const both = split({ ...SAID, cacheRead: 5_000, reasoning: 40, total: 5_190 })
  expect([inside?.output, inside?.reasoning].map(Number)).toEqual([50, 40])
  expect([beside?.output, beside?.reasoning].map(Number)).toEqual([90, 40])
  expect([unnamed?.output, unnamed?.reasoning].map(Number)).toEqual([70, 20])
  expect([audio?.input, audio?.inputAudio].map(Number)).toEqual([100, 30])
  expect([cached?.input, cached?.cacheRead, cached?.output].map(Number)).toEqual([100, 5_000, 50])
  expect([written?.input, written?.cacheRead, written?.cacheWrite5m, written?.cacheWrite1h].map(Number)).toEqual([
    100, 5_000, 200, 10,
  ])
  expect([both?.input, both?.cacheRead, both?.output, both?.reasoning].map(Number)).toEqual([100, 5_000, 90, 40])
})

test('a report of nothing at all is unknown, not free', () => {
  expect(split({ ...SAID, input: 0, output: 0, total: 0 })).toBeUndefined()
})

test('the buckets of any report add up to its totals', () => {
  const tokens = fc.integer({ min: 0, max: 1e6 })
  const said = fc.record({
    input: fc.integer({ min: 1, max: 1e6 }),
    output: tokens,
    total: fc.constant(undefined),
    cacheRead: tokens,
    cacheWrite5m: tokens,
    cacheWrite1h: tokens,
    inputAudio: tokens,
    outputAudio: tokens,
    reasoning: tokens,
  })
  const property = fc.property(said, (report) => {
    const usage = split(report)
    if (!usage) throw new Error('a report with input is known')
    expect(Number(inputTotal(usage))).toBe(report.input)
    expect(usage.output + usage.outputAudio).toBe(report.output)
    expect(usage.reasoning).toBeLessThanOrEqual(usage.output)
  })
  fc.assert(property, { seed: 11, numRuns: 500 })
})
