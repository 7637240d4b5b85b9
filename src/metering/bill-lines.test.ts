import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { NO_USAGE } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion, tokens } from '../units.ts'
import { billLines } from './bill-lines.ts'
import { charge, COST_MAX, costAt, pricesFor } from './charge.ts'
import { anyMultipliers, anyTieredVersion, anyUnitPrices, anyUnits, anyUsage, TIERS } from './test-arbitraries.ts'

const PRICES = {
  input: nanoUsdPerMtok(3_000_000_000n),
  output: nanoUsdPerMtok(15_000_000_000n),
  cacheRead: nanoUsdPerMtok(300_000_000n),
  cacheWrite5m: nanoUsdPerMtok(3_750_000_000n),
  cacheWrite1h: nanoUsdPerMtok(6_000_000_000n),
  inputAudio: undefined,
  outputAudio: undefined,
}
const PLAIN = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }

describe('the lines of a bill', () => {
  test('make its cost, whatever was used at whatever prices', () => {
    const rows = fc.record({
      usage: anyUsage(400_000_000),
      units: fc.option(anyUnits(5_000_000), { nil: undefined }),
      version: anyTieredVersion(),
      unitPrices: anyUnitPrices(),
      multipliers: anyMultipliers(),
      tier: fc.constantFrom(...TIERS, undefined),
    })
    let capped = 0
    fc.assert(
      fc.property(rows, ({ usage, units, version, unitPrices, multipliers, tier }) => {
        const withUnits = { ...version, prices: { ...version.prices, units: unitPrices }, tiers: [], serviceTiers: {} }
        const priced = units ? withUnits : version
        const used = units ? { ...usage, units } : usage
        const cost = charge(used, priced, multipliers, tier)
        if (!cost.ok) return
        const { lines, rounding, aboveMost } = billLines(used, pricesFor(priced, used, tier), multipliers)
        const sum = lines.reduce((total, { amount }) => total + amount, 0n)
        expect(sum + rounding - aboveMost).toBe(BigInt(cost.value))
        expect(rounding >= 0n && rounding <= BigInt(lines.length)).toBe(true)
        expect(aboveMost === 0n || cost.value === COST_MAX).toBe(true)
        capped += aboveMost > 0n ? 1 : 0
      }),
      { seed: 20_261_121, numRuns: 500 },
    )
    expect(capped).toBeGreaterThan(0)
  })

  test('are those of the worked example of the documents', () => {
    const usage = {
      ...NO_USAGE,
      input: tokens(1_200),
      cacheRead: tokens(18_001),
      cacheWrite5m: tokens(2_500),
      output: tokens(850),
      reasoning: tokens(300),
    }
    const multipliers = { ...PLAIN, group: partsPerMillion(950_000n), planDiscount: partsPerMillion(125_000n) }
    const bill = billLines(usage, PRICES, multipliers)
    expect(bill.lines.map(({ bucket, quantity, price, amount }) => [bucket, quantity, price, BigInt(amount)])).toEqual([
      ['input', 1_200, PRICES.input, 2_992_500n],
      ['cacheRead', 18_001, PRICES.cacheRead, 4_488_999n],
      ['cacheWrite5m', 2_500, PRICES.cacheWrite5m, 7_792_968n],
      ['output', 850, PRICES.output, 10_598_437n],
    ])
    expect(BigInt(bill.rounding)).toBe(2n)
    expect(costAt(usage, PRICES, multipliers)).toMatchObject({ value: 25_872_906n })
  })

  test('have the fees that were owed, and none for what was not used', () => {
    const prices = { ...PRICES, units: { request: nanoUsd(5n), searchedRequest: nanoUsd(7n), images: nanoUsd(9n) } }
    expect(billLines(NO_USAGE, prices, PLAIN)).toEqual({ lines: [], rounding: nanoUsd(0n), aboveMost: nanoUsd(0n) })
    const { lines } = billLines({ ...NO_USAGE, units: { webSearches: 3 } }, prices, PLAIN)
    expect(lines.map(({ bucket, quantity, per, amount }) => [bucket, quantity, per, BigInt(amount)])).toEqual([
      ['webSearches', 3, 1, 0n],
      ['searchedRequest', 1, 1, 7n],
      ['request', 1, 1, 5n],
    ])
  })
})
