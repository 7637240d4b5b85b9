import { describe, expect, test } from 'bun:test'
import { formatUsd } from '../units.ts'
import { recompute } from './recompute.ts'
import { RECEIPT } from './test-parts.ts'

const problem = (receipt: unknown): string => {
  const made = recompute(receipt)
  return made.ok ? 'none' : made.error
}

describe('a receipt’s cost', () => {
  test('follows from its own fields', () => {
    const made = recompute(RECEIPT)
    // (31,125,300 for tokens + 20,000,000 for two searches) × 0.95 × 0.875, rounded up.
    expect(made.ok && formatUsd(made.value.cost)).toBe('0.042497906')
  })

  const wrong: readonly [string, object][] = [
    ['a count of tokens', { usage: { ...RECEIPT.usage, output: 851 } }],
    ['a count of searches', { usage: { ...RECEIPT.usage, web_searches: 1 } }],
    ['a price', { prices: { ...RECEIPT.prices, cache_read: '0.300100000' } }],
    ['a multiplier', { multipliers: { ...RECEIPT.multipliers, user: '1.000001' } }],
    ['the discount', { multipliers: { ...RECEIPT.multipliers, plan_discount: '0.125001' } }],
    ['the cost by one nano-dollar', { cost_usd: '0.042497905' }],
    ['what was not collected', { uncollected_usd: '0.000000001' }],
  ]
  test.each(wrong)('is found wrong after a change of %s', (_what, change) => {
    expect(problem({ ...RECEIPT, ...change })).toContain('Its usage at its prices costs $')
  })

  test('holds where a part of it could not be collected', () => {
    expect(problem({ ...RECEIPT, cost_usd: '0.042000000', uncollected_usd: '0.000497906' })).toBe('none')
  })

  test('of a model with a fee for requests that search: once, however often they did', () => {
    const { per_web_search: _price, ...prices } = RECEIPT.prices
    const receipt = { ...RECEIPT, prices: { ...prices, per_searched_request: '0.035000000' } }
    // (31,125,300 for tokens + 35,000,000) × 0.95 × 0.875, rounded up.
    expect(problem({ ...receipt, cost_usd: '0.054966656' })).toBe('none')
    expect(problem({ ...receipt, cost_usd: '0.054966655' })).toContain('Its usage at its prices costs $')
  })

  const requests: readonly [string, object, string][] = [
    ['one that used nothing owes no fee', { input: 0, output: 0 }, '0.000000000'],
    ['one that used a token owes the fee once', { input: 1, output: 0 }, '0.005001000'],
    ['and not once for each token', { input: 1_000, output: 0 }, '0.006000000'],
  ]
  test.each(requests)('of a model with a fee per request: %s', (_what, used, cost) => {
    const usage = { cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, reasoning: 0, ...used }
    const prices = { ...RECEIPT.prices, input: '1.000000000', per_request: '0.005000000' }
    const multipliers = { user: '1', model: '1', group: '1', plan_discount: '0' }
    expect(problem({ usage, prices, multipliers, cost_usd: cost, uncollected_usd: '0.000000000' })).toBe('none')
  })

  const none: readonly [string, unknown, string][] = [
    ['null', null, 'the receipt is not an object'],
    ['an error of the API', { error: { message: 'no' } }, 'usage is not an object'],
    ['a fraction of a token', { ...RECEIPT, usage: { ...RECEIPT.usage, input: 1.5 } }, 'usage.input'],
    ['less than no tokens', { ...RECEIPT, usage: { ...RECEIPT.usage, output: -1 } }, 'usage.output'],
    ['a price as a number', { ...RECEIPT, prices: { ...RECEIPT.prices, input: 3 } }, 'prices.input'],
    [
      'a discount above all of it',
      { ...RECEIPT, multipliers: { ...RECEIPT.multipliers, plan_discount: '1.1' } },
      'plan_discount',
    ],
    ['no cost', { ...RECEIPT, cost_usd: undefined }, 'cost_usd'],
    ['use without a price', { ...RECEIPT, usage: { ...RECEIPT.usage, images: 1 } }, 'states no price'],
    ['output at an unknown price', { ...RECEIPT, prices: { ...RECEIPT.prices, output: null } }, 'states no price'],
  ]
  test.each(none)('cannot be made of %s, and the words say why', (_what, receipt, words) => {
    expect(problem(receipt)).toContain(words)
  })
})
