import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { charge, pricesFor } from '../metering/charge.ts'
import {
  anyMultipliers,
  anyTieredVersion,
  anyUnitPrices,
  anyUnits,
  anyUsage,
  TIERS,
} from '../metering/test-arbitraries.ts'
import { receiptOf } from '../ledger/fixture.ts'
import { readReceipt, writeHeading, writeParticulars } from '../db/receipt-json.ts'
import { recompute } from '../receipts/recompute.ts'
import { createSigner, newReceiptKey, readTrustedKeys, verifySignature } from '../receipts/signature.ts'
import { nanoUsd } from '../units.ts'
import { ReceiptSchema } from './admin/receipt-schema.ts'
import { renderReceipt } from './receipt-json.ts'

const rows = fc.record({
  usage: anyUsage(400_000),
  units: fc.option(anyUnits(500), { nil: undefined }),
  version: anyTieredVersion(),
  unitPrices: anyUnitPrices(),
  multipliers: anyMultipliers(),
  tier: fc.constantFrom(...TIERS, undefined),
  collected: fc.nat(100),
})
const key = newReceiptKey()
const sign = createSigner(key)
const trusted = readTrustedKeys({ kty: 'OKP', crv: 'Ed25519', x: key.x })

test('every receipt that is written is one that its reader can make again and prove', () => {
  fc.assert(
    fc.property(rows, ({ usage, units, version, unitPrices, multipliers, tier, collected }) => {
      const withUnits = { ...version, prices: { ...version.prices, units: unitPrices }, tiers: [] }
      const priced = units ? { ...withUnits, serviceTiers: {} } : version
      const used = units ? { ...usage, units } : usage
      const cost = charge(used, priced, multipliers, tier)
      if (!cost.ok) return
      const charged = nanoUsd((cost.value * BigInt(collected)) / 100n)
      const receipt = receiptOf({ userId: 'user_1', keyId: 'key_1' }, 'req_1', {
        usage: used,
        prices: pricesFor(priced, used, tier),
        ...(tier !== undefined && { serviceTier: tier }),
        multipliers,
        cost: charged,
        uncollected: nanoUsd(cost.value - charged),
      })
      const stored = readReceipt(receipt, writeHeading(receipt), writeParticulars(receipt))
      const rendered = sign(renderReceipt(stored))
      const read: unknown = JSON.parse(JSON.stringify(rendered))
      expect(recompute(read)).toEqual({
        ok: true,
        value: { cost: cost.value, charged, uncollected: nanoUsd(cost.value - charged) },
      })
      expect(verifySignature(read, trusted).ok).toBe(true)
      const { signature: _signature, ...unsigned } = rendered
      expect(ReceiptSchema.strict().safeParse(unsigned).error).toBeUndefined()
    }),
    { seed: 20_261_125, numRuns: 300 },
  )
})
