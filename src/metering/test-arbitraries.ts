import fc from 'fast-check'
import type { Multipliers, Prices, PriceVersion } from '../canon/price.ts'
import type { Usage } from '../canon/usage.ts'
import { nanoUsdPerMtok, partsPerMillion, tokens } from '../units.ts'

/** Usages with up to `most` tokens in a bucket; reasoning is a part of output. */
export const anyUsage = (most: number): fc.Arbitrary<Usage> => {
  const count = fc.nat(most).map(tokens)
  return fc
    .record({
      input: count,
      inputAudio: count,
      cacheRead: count,
      cacheWrite5m: count,
      cacheWrite1h: count,
      output: count,
      outputAudio: count,
    })
    .map((usage) => ({ ...usage, reasoning: tokens(Math.floor(usage.output / 2)) }))
}

const price = fc.bigInt(0n, 200_000_000_000n).map(nanoUsdPerMtok)
const maybe = fc.option(price, { nil: undefined })

const anyPrices: fc.Arbitrary<Prices> = fc.record({
  input: price,
  output: price,
  cacheRead: price,
  cacheWrite5m: price,
  cacheWrite1h: price,
  inputAudio: maybe,
  outputAudio: maybe,
})

export const anyVersion = (): fc.Arbitrary<PriceVersion> =>
  fc.record({
    effectiveFromMs: fc.constant(0),
    prices: anyPrices,
    tiers: fc.array(fc.record({ aboveInputTokens: fc.integer({ min: 1, max: 300_000 }), prices: anyPrices }), {
      maxLength: 3,
    }),
  })

const factor = fc.bigInt(0n, 5_000_000n).map(partsPerMillion)

export const anyMultipliers = (): fc.Arbitrary<Multipliers> =>
  fc.record({
    user: factor,
    model: factor,
    group: factor,
    planDiscount: fc.bigInt(0n, 1_000_000n).map(partsPerMillion),
  })
