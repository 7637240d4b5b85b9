import { expect, test } from 'bun:test'
import type { Prices, PriceTable, PriceVersion } from '../canon/price.ts'
import { nanoUsdPerMtok } from '../units.ts'
import { batchPrices } from './batch-tier.ts'

const at = (amount: bigint): Prices => {
  const price = nanoUsdPerMtok(amount)
  const cached = { cacheRead: price, cacheWrite5m: price, cacheWrite1h: price }
  return { input: price, output: price, ...cached, inputAudio: undefined, outputAudio: undefined }
}
const table = (amount: bigint): PriceTable => ({ prices: at(amount), tiers: [] })
const versionOf = (serviceTiers?: Record<string, PriceTable>): PriceVersion => ({
  effectiveFromMs: 5,
  ...table(100n),
  ...(serviceTiers && { serviceTiers }),
})

test('a batch costs what the batch tier does, and where it is served elsewhere what that does', () => {
  const tiers = { flex: table(50n), batch: table(40n), batch_us: table(44n), batchless: table(1n) }
  expect(batchPrices(versionOf(tiers))).toEqual({
    tier: 'batch',
    version: { effectiveFromMs: 5, ...table(40n) },
    others: { batch_us: table(44n) },
  })
})

test.each([undefined, { flex: table(50n) }])('without a price for batches it costs the standard price', (tiers) => {
  const { tier, version, others } = batchPrices(versionOf(tiers))
  expect([tier, version.prices, others]).toEqual([undefined, at(100n), {}])
})

test('the same prices are the same object each time: receipts are written by them', () => {
  const version = versionOf({ batch: table(40n) })
  expect(batchPrices(version).version).toBe(batchPrices(version).version)
})
