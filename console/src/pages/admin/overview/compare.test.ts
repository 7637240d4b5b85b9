import { expect, test } from 'bun:test'
import { daysOf, growthOf, moneyGrowthOf } from './compare.ts'

const NOW_MS = Date.parse('2026-11-21T23:30:00Z')

test('a range has as many days as it says, with today', () => {
  expect(daysOf('7', NOW_MS)).toEqual({ since: '2026-11-15', until: '2026-11-21' })
  expect(daysOf('anything', NOW_MS)).toEqual({ since: '2026-10-23', until: '2026-11-21' })
})

test('growth is the share of what was before, and not known where there was nothing', () => {
  expect(growthOf(4, 5)).toBe(0.25)
  expect(growthOf(0, 5)).toBeUndefined()
  expect(moneyGrowthOf('0.000000000', '1.000000000')).toBeUndefined()
  expect(moneyGrowthOf('2.000000000', '1.000000000')).toBe(-0.5)
})

test('a loss that became less is more', () => {
  expect(moneyGrowthOf('-2.000000000', '-1.000000000')).toBe(0.5)
})
