import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { NO_USAGE } from '../canon/usage.ts'
import type { Receipt } from '../canon/receipt.ts'
import { charge, costAt, pricesFor } from '../metering/charge.ts'
import { anyMultipliers, anyTieredVersion, anyUsage, TIERS } from '../metering/test-arbitraries.ts'
import { nanoUsd, ONE, partsPerMillion, tokens, ZERO_USD } from '../units.ts'
import { reprice } from './preview-price.ts'

const PLAIN = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }

const receiptOf = (more: Partial<Receipt>): Receipt => ({
  ...{ requestId: 'req_1', atMs: 0, userId: 'user_1', keyId: 'key_1', projectId: null, group: 'default' },
  ...{ clientFormat: 'openai-chat', upstreamFormat: 'openai-chat', action: 'generate', modelRequested: 'm' },
  ...{ modelServed: 'm', provider: 'p', channel: 'c', attempts: [], status: 200, stream: false, ended: 'whole' },
  ...{ usage: NO_USAGE, usageSource: 'upstream', rawUsage: null, multipliers: PLAIN, quote: ZERO_USD },
  ...{ cost: ZERO_USD, uncollected: ZERO_USD, latencyMs: 1, ttftMs: null, overheadMs: 0, warnings: [] },
  prices: {} as Receipt['prices'],
  ...more,
})

describe('a request at another price', () => {
  test('costs what it cost at the price it was charged at, and what it would be charged at another', () => {
    const arbitrary = fc.record({
      usage: anyUsage(1_000_000),
      version: anyTieredVersion(),
      other: anyTieredVersion(),
      multipliers: anyMultipliers(),
      tier: fc.option(fc.constantFrom(...TIERS), { nil: undefined }),
      uncollected: fc.bigInt(0n, 1_000n),
    })
    fc.assert(
      fc.property(arbitrary, ({ usage, version, other, multipliers, tier, uncollected }) => {
        const cost = charge(usage, version, multipliers, tier)
        const wanted = charge(usage, other, multipliers, tier)
        if (!cost.ok || !wanted.ok) return
        // What an account could not pay was owed all the same.
        const unpaid = uncollected < cost.value ? uncollected : cost.value
        const receipt = receiptOf({
          ...{ usage, multipliers, prices: pricesFor(version, usage, tier), uncollected: nanoUsd(unpaid) },
          cost: nanoUsd(cost.value - unpaid),
          ...(tier !== undefined && { serviceTier: tier }),
        })
        expect(reprice(receipt, version)).toEqual({ before: cost.value, after: cost.value })
        expect(reprice(receipt, other)).toEqual({ before: cost.value, after: wanted.value })
      }),
      { seed: 20_261_121, numRuns: 500 },
    )
  })

  test('that was not charged is not charged with it either', () => {
    const prices = (input: bigint) => {
      const each = input as Receipt['prices']['input']
      return {
        ...{ input: each, output: each, cacheRead: each, cacheWrite5m: each, cacheWrite1h: each },
        ...{ inputAudio: undefined, outputAudio: undefined },
      }
    }
    const usage = { ...NO_USAGE, input: tokens(1_000_000) }
    const free = { effectiveFromMs: 0, prices: prices(0n), tiers: [] }
    const dear = { effectiveFromMs: 0, prices: prices(5n), tiers: [] }
    const cut = receiptOf({ usage, prices: dear.prices })
    expect(costAt(usage, dear.prices, PLAIN)).toEqual({ ok: true, value: nanoUsd(5n) })
    expect(reprice(cut, dear)).toEqual({ before: ZERO_USD, after: ZERO_USD })
    // What cost nothing because its model was free would cost something now.
    expect(reprice(receiptOf({ usage, prices: free.prices }), dear)).toEqual({ before: ZERO_USD, after: nanoUsd(5n) })
  })

  test('that has no price for what was used has none', () => {
    const one = nanoUsd(1n) as bigint as Receipt['prices']['input']
    const only = { input: one, output: undefined, cacheRead: one, cacheWrite5m: one, cacheWrite1h: one }
    const without = { ...only, inputAudio: undefined, outputAudio: undefined }
    const usage = { ...NO_USAGE, output: tokens(1) }
    const receipt = receiptOf({ usage, prices: { ...without, output: one }, cost: nanoUsd(1n) })
    expect(reprice(receipt, { effectiveFromMs: 0, prices: without, tiers: [] })).toEqual({
      ...{ before: nanoUsd(1n), after: undefined },
    })
  })
})
