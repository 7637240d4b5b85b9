import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { receiptOf } from '../ledger/fixture.ts'
import { charge, pricesFor } from '../metering/charge.ts'
import { anyMultipliers, anyTieredVersion, anyUnitPrices, anyUnits, anyUsage } from '../metering/test-arbitraries.ts'
import { nanoUsd, parseUsd } from '../units.ts'
import { renderLines } from './receipt-lines.ts'
import { renderReceipt } from './receipt-json.ts'

const WHO = { userId: 'user_1', keyId: 'key_1' }
const sumOf = (lines: readonly { readonly usd: string }[]): bigint =>
  lines.reduce((sum, { usd }) => sum + (parseUsd(usd) ?? -1n), 0n)

test('the lines of every receipt add up to what was charged, collected or not', () => {
  const rows = fc.record({
    usage: anyUsage(400_000),
    units: fc.option(anyUnits(500), { nil: undefined }),
    version: anyTieredVersion(),
    unitPrices: anyUnitPrices(),
    multipliers: anyMultipliers(),
    collected: fc.nat(100),
  })
  fc.assert(
    fc.property(rows, ({ usage, units, version, unitPrices, multipliers, collected }) => {
      const priced = units ? { ...version, prices: { ...version.prices, units: unitPrices }, tiers: [] } : version
      const used = units ? { ...usage, units } : usage
      const whole = charge(used, priced, multipliers)
      if (!whole.ok) return
      const cost = nanoUsd((whole.value * BigInt(collected)) / 100n)
      const uncollected = nanoUsd(whole.value - cost)
      const receipt = receiptOf(WHO, 'req_1', {
        usage: used,
        prices: pricesFor(priced, used),
        multipliers,
        cost,
        uncollected,
      })
      const lines = renderLines(receipt)
      expect(sumOf(lines)).toBe(BigInt(cost))
      expect(lines.every(({ bucket }) => bucket !== 'not_charged')).toBe(true)
      // Each bucket is named as on the receipt, with its count and its price.
      const { usage: counts, prices } = renderReceipt(receipt)
      for (const { bucket, tokens, price_usd_per_mtok: price } of lines) {
        if (tokens === null) continue
        expect(counts).toMatchObject({ [bucket]: tokens })
        if (!bucket.endsWith('_audio')) expect(prices).toMatchObject({ [bucket]: price })
      }
    }),
    { seed: 20_261_121, numRuns: 300 },
  )
})

test('a usage that was not charged for has lines that say so', () => {
  const lines = renderLines(receiptOf(WHO, 'req_1', { cost: nanoUsd(0n) }))
  expect(lines.map(({ bucket, usd }) => [bucket, usd])).toEqual([
    ['input', '0.003600000'],
    ['output', '0.001020000'],
    ['not_charged', '-0.004620000'],
  ])
})
