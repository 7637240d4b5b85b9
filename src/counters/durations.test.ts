import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { DURATION_BOUNDS_MS, quantileOf } from './durations.ts'

const none = (): bigint[] => Array.from({ length: DURATION_BOUNDS_MS.length + 1 }, () => 0n)
const countsOf = (durations: readonly number[]): bigint[] => {
  const counts = none()
  for (const ms of durations) {
    const found = DURATION_BOUNDS_MS.findIndex((bound) => ms < bound)
    const index = found === -1 ? DURATION_BOUNDS_MS.length : found
    counts[index] = (counts[index] ?? 0n) + 1n
  }
  return counts
}
const stepOf = (ms: number): number => {
  const found = DURATION_BOUNDS_MS.findIndex((bound) => ms < bound)
  return found === -1 ? DURATION_BOUNDS_MS.length : found
}

describe('a share of durations', () => {
  test('of none is unknown, which is not zero', () => {
    expect(quantileOf(none(), 0.5)).toBeNull()
  })

  test('lies in the same step as the true one', () => {
    const durations = fc.array(fc.integer({ min: 0, max: 700_000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.95, 1), (list, share) => {
        const sorted = list.toSorted((one, other) => one - other)
        const exact = sorted[Math.max(1, Math.ceil(list.length * share)) - 1] ?? 0
        expect(stepOf(quantileOf(countsOf(list), share) ?? -1)).toBe(stepOf(exact))
      }),
      { seed: 20_261_121, numRuns: 300 },
    )
  })

  test.each([
    ['one of 400 ms is taken for the middle of its step', [400], 0.5, 400],
    ['a hundred, spread over a second', Array.from({ length: 100 }, (_, index) => index * 10), 0.5, 495],
    ['longer than all steps', [900_000], 0.95, 450_000],
  ] as const)('%s', (_what, durations, share, ms) => {
    expect(quantileOf(countsOf([...durations]), share)).toBe(ms)
  })
})
