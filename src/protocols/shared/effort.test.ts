import { describe, expect, test } from 'bun:test'
import type { Effort } from '../../canon/conversation.ts'
import { budgetOfEffort, effortOfBudget, nearestEffort } from './effort.ts'

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

describe('effort', () => {
  test.each(EFFORTS)('27 %s as a budget reads as itself again', (effort) => {
    expect(effortOfBudget(budgetOfEffort(effort, 128_000))).toBe(effort)
  })

  const budgets: readonly (readonly [tokens: number, effort: Effort])[] = [
    [-1, 'none'],
    [0, 'none'],
    [1, 'minimal'],
    [1_024, 'low'],
    [2_000, 'medium'],
    [10_000, 'high'],
    [31_999, 'xhigh'],
    [63_999, 'max'],
  ]
  test.each(budgets)('a budget of %p is %s', (tokens, effort) => {
    expect(effortOfBudget(tokens)).toBe(effort)
  })

  test('23 a budget leaves a fifth of the output for what is said, and grows with the degree', () => {
    expect(EFFORTS.map((effort) => budgetOfEffort(effort, 16_000))).toEqual([
      0, 512, 1_024, 8_192, 12_800, 12_800, 12_800,
    ])
    expect([budgetOfEffort('high', 0), budgetOfEffort('high', Number.NaN)]).toEqual([0, 0])
  })

  const nearest: readonly (readonly [effort: Effort, accepted: readonly Effort[], expected: Effort | undefined])[] = [
    ['high', ['low', 'medium', 'high'], 'high'],
    ['minimal', ['low', 'medium', 'high'], 'low'],
    ['minimal', ['none', 'low'], 'low'],
    ['max', ['low', 'medium', 'high'], 'high'],
    ['xhigh', ['low', 'high', 'max'], 'max'],
    ['none', ['minimal', 'low'], 'minimal'],
    ['high', ['none'], 'none'],
    ['high', [], undefined],
  ]
  test.each(nearest)('27 %s among %p is %p', (effort, accepted, expected) => {
    const found = nearestEffort(effort, accepted)
    expect(found).toEqual(expected && { effort: expected, exact: expected === effort })
  })

  test('27 a higher wish never becomes a lower degree than a lower wish', () => {
    for (let chosen = 1; chosen < 2 ** EFFORTS.length; chosen++) {
      const accepted = EFFORTS.filter((_, index) => chosen & (1 << index))
      const ranks = EFFORTS.map((effort) => EFFORTS.indexOf(nearestEffort(effort, accepted)?.effort ?? 'none'))
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
    }
  })
})
