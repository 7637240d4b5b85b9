import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  advance,
  correct,
  count,
  createRequestWindow,
  createTokenWindow,
  emptyAtMs,
  type SlidingWindow,
  waitMs,
} from './window.ts'

const SEED = { seed: 20_260_101, numRuns: 300 }
const START_MS = 1_767_225_600_000

/** Asks and, when it fits, counts: what a limiter does. Returns the wait, 0 when counted. */
const take = (window: SlidingWindow, cost: number, limit: number, nowMs: number): number => {
  advance(window, nowMs)
  const wait = waitMs(window, cost, limit, nowMs)
  if (wait === 0) count(window, cost)
  return wait
}

interface Taken {
  readonly atMs: number
  readonly cost: number
}

/** The most that was taken in any sixty seconds, both ends included. */
const mostInAnyMinute = (taken: readonly Taken[]): number =>
  Math.max(
    0,
    ...taken.map((last) =>
      taken
        .filter(({ atMs }) => atMs <= last.atMs && atMs >= last.atMs - 60_000)
        .reduce((sum, { cost }) => sum + cost, 0),
    ),
  )

const gapsMs = fc.array(fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(90_000)), { maxLength: 150 })

describe('in any sixty seconds', () => {
  test('no more than the limit is taken, whenever the requests come and whatever they cost', () => {
    const arrival = fc.record({
      gapMs: fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(90_000)),
      share: fc.integer({ min: 1, max: 100 }),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat(999),
        fc.array(arrival, { maxLength: 150 }),
        (limit, offsetMs, arrivals) => {
          const window = createTokenWindow()
          const taken: Taken[] = []
          let atMs = START_MS + offsetMs
          for (const { gapMs, share } of arrivals) {
            atMs += gapMs
            const cost = Math.ceil((limit * share) / 100)
            if (take(window, cost, limit, atMs) === 0) taken.push({ atMs, cost })
          }
          expect(mostInAnyMinute(taken)).toBeLessThanOrEqual(limit)
        },
      ),
      SEED,
    )
  })

  test('nor is it when the clock is set back on the way, by a little or by a lot', () => {
    const back = fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 10_000_000 }))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), gapsMs, back, fc.nat(150), (limit, gaps, backMs, backAfter) => {
        const window = createRequestWindow()
        const taken: Taken[] = []
        let trueMs = START_MS
        gaps.forEach((gapMs, index) => {
          trueMs += gapMs
          const shownMs = index >= backAfter ? trueMs - backMs : trueMs
          if (take(window, 1, limit, shownMs) === 0) taken.push({ atMs: trueMs, cost: 1 })
        })
        expect(mostInAnyMinute(taken)).toBeLessThanOrEqual(limit)
      }),
      SEED,
    )
  })

  test('of the furthest the clock has been, nor is it when the clock trembles', () => {
    const arrival = fc.record({ gapMs: fc.nat(2_000), behindMs: fc.oneof(fc.nat(1_500), fc.nat(30_000)) })
    const arrivals = fc.array(arrival, { minLength: 50, maxLength: 150 })
    const property = fc.property(fc.integer({ min: 1, max: 8 }), arrivals, (limit, steps) => {
      const window = createRequestWindow()
      const taken: Taken[] = []
      let trueMs = START_MS
      let furthestMs = 0
      for (const { gapMs, behindMs } of steps) {
        trueMs += gapMs
        furthestMs = Math.max(furthestMs, trueMs - behindMs)
        if (take(window, 1, limit, trueMs - behindMs) === 0) taken.push({ atMs: furthestMs, cost: 1 })
      }
      expect(mostInAnyMinute(taken)).toBeLessThanOrEqual(limit)
    })
    fc.assert(property, SEED)
  })

  test('the whole limit may come at once', () => {
    const window = createRequestWindow()
    for (let index = 0; index < 500; index++) expect(take(window, 1, 500, START_MS + 999)).toBe(0)
    expect(take(window, 1, 500, START_MS + 999)).toBeGreaterThan(0)
  })
})

test('the wait is true: admitted when it is over if nothing else came, refused in the second before', () => {
  const arrivals = fc.array(fc.record({ gapMs: fc.nat(5_000), cost: fc.integer({ min: 1, max: 60 }) }), {
    minLength: 1,
    maxLength: 80,
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), arrivals, (limit, requests) => {
      const window = createTokenWindow()
      let atMs = START_MS
      for (const { gapMs, cost } of requests) {
        atMs += gapMs
        const wait = take(window, cost, limit, atMs)
        if (wait === 0) continue
        const early = structuredClone(window)
        expect(take(early, cost, limit, atMs + wait - 1)).toBe(1)
        expect(take(early, cost, limit, atMs + wait)).toBe(0)
      }
    }),
    SEED,
  )
})

describe('the wait', () => {
  const holding = (...seconds: readonly [atSecond: number, cost: number][]): SlidingWindow => {
    const window = createTokenWindow()
    for (const [atSecond, cost] of seconds) {
      advance(window, START_MS + atSecond * 1_000)
      count(window, cost)
    }
    return window
  }
  test.each<[string, SlidingWindow, number, number, number, number]>([
    ['is nothing in an empty window', holding(), 10, 10, 0, 0],
    ['is nothing up to the very limit', holding([0, 9]), 1, 10, 0, 0],
    ['is until the second it needs has left', holding([0, 5], [10, 5]), 5, 10, 10, 51_000],
    ['is until the second of two has left', holding([0, 5], [10, 5]), 6, 10, 10, 61_000],
    ['of a request above the limit is until the window is empty', holding([0, 1], [30, 1]), 999, 10, 30, 61_000],
    ['of a request above the limit is nothing in an empty window', holding(), 999, 10, 0, 0],
    ['of nothing is nothing, even in an overfull window', holding([0, 99]), 0, 10, 0, 0],
    ['under a limit of zero is a window long', holding(), 1, 0, 0, 61_000],
    ['counts only what is still in the window', holding([0, 10]), 10, 10, 61, 0],
    ['ends with the last millisecond', holding([0, 10]), 10, 10, 60.999, 1],
  ])('%s', (_, window, cost, limit, atSecond, expected) => {
    const nowMs = START_MS + atSecond * 1_000
    advance(window, nowMs)
    expect(waitMs(window, cost, limit, nowMs)).toBe(expected)
  })
})

describe('a correction', () => {
  test('gives room back in the second of admission, and only while that is in the window', () => {
    const window = createTokenWindow()
    take(window, 80, 100, START_MS)
    correct(window, START_MS + 500, -50)
    expect(window.total).toBe(30)
    advance(window, START_MS + 61_000)
    expect(window.total).toBe(0)
    correct(window, START_MS, 50)
    expect(window.total).toBe(0)
  })

  test('may push the window above the limit; then requests wait until it is below again', () => {
    const window = createTokenWindow()
    take(window, 50, 100, START_MS)
    take(window, 50, 100, START_MS + 10_000)
    correct(window, START_MS, 200)
    expect(take(window, 1, 100, START_MS + 20_000)).toBe(41_000)
    expect(take(window, 50, 100, START_MS + 61_000)).toBe(0)
  })

  test('never leaves a second below zero', () => {
    const window = createTokenWindow()
    take(window, 10, 100, START_MS)
    for (let index = 0; index < 3; index++) correct(window, START_MS, -10)
    expect(window.total).toBe(0)
  })

  test('of a second the window has not seen goes to the newest', () => {
    const window = createTokenWindow()
    take(window, 10, 100, START_MS)
    correct(window, START_MS + 3_600_000, -10)
    expect(window.total).toBe(0)
  })

  test('keeps the total the sum of the ring, whatever comes', () => {
    const step = fc.record({
      gapMs: fc.integer({ min: -100_000, max: 100_000 }),
      cost: fc.nat(50),
      agoMs: fc.nat(90_000),
      by: fc.integer({ min: -60, max: 60 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = createTokenWindow()
        let atMs = START_MS
        for (const { gapMs, cost, agoMs, by } of steps) {
          atMs += gapMs
          take(window, cost, 100, atMs)
          correct(window, atMs - agoMs, by)
          expect(window.total).toBe([...window.counts].reduce((sum, each) => sum + each, 0))
          expect(Math.min(...window.counts)).toBeGreaterThanOrEqual(0)
          expect(emptyAtMs(window, atMs)).toBeGreaterThanOrEqual(atMs)
        }
      }),
      SEED,
    )
  })
})

test('a window is empty 61 seconds after the last second that counts', () => {
  const window = createTokenWindow()
  expect(emptyAtMs(window, START_MS + 5)).toBe(START_MS + 5)
  take(window, 1, 10, START_MS + 5)
  take(window, 1, 10, START_MS + 20_500)
  expect(emptyAtMs(window, START_MS + 20_500)).toBe(START_MS + 81_000)
  correct(window, START_MS + 20_500, -1)
  expect(emptyAtMs(window, START_MS + 20_500)).toBe(START_MS + 61_000)
})

test('a clock set back by years does not lock a subject out for years', () => {
  const window = createRequestWindow()
  take(window, 1, 1, START_MS + 10 * 365 * 86_400_000)
  expect(take(window, 1, 1, START_MS)).toBe(61_000)
  expect(take(window, 1, 1, START_MS + 61_000)).toBe(0)
})
