import fc from 'fast-check'
import type { Multipliers, Prices, PriceTable, PriceVersion, UnitPrices } from '../canon/price.ts'
import type { Units, Usage } from '../canon/usage.ts'
import { nanoUsd, nanoUsdPerMtok, partsPerMillion, tokens } from '../units.ts'

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

const anyTable: fc.Arbitrary<PriceTable> = fc.record({
  prices: anyPrices,
  tiers: fc.array(fc.record({ aboveInputTokens: fc.integer({ min: 1, max: 300_000 }), prices: anyPrices }), {
    maxLength: 3,
  }),
})

export const anyVersion = (): fc.Arbitrary<PriceVersion> => anyTable.map((table) => ({ effectiveFromMs: 0, ...table }))

export const TIERS = ['flex', 'priority', 'fast', 'unheard_of'] as const

/** Prices that differ by tier of service; one of `TIERS` never has any. */
export const anyTieredVersion = (): fc.Arbitrary<PriceVersion> =>
  fc
    .record({ standard: anyTable, priority: anyTable, fast: anyTable })
    // Cheap by name and dearer by price is nobody's flex.
    .map(({ standard, priority, fast }) => ({
      effectiveFromMs: 0,
      ...standard,
      serviceTiers: { flex: { prices: standard.prices, tiers: standard.tiers }, priority, fast },
    }))

const fee = fc.bigInt(0n, 100_000_000n).map(nanoUsd)

/** A price for every unit there is. */
export const anyUnitPrices = (): fc.Arbitrary<UnitPrices> =>
  fc.record({
    request: fee,
    images: fee,
    inputSeconds: fee,
    outputSeconds: fee,
    characters: fee,
    webSearches: fee,
    fileSearches: fee,
    codeSessions: fee,
    imageInput: fee,
    imageOutput: fee,
  })

export const anyUnits = (most: number): fc.Arbitrary<Units> => {
  const count = fc.nat(most)
  return fc.record({
    images: count,
    inputSeconds: count,
    outputSeconds: count,
    characters: count,
    webSearches: count,
    fileSearches: count,
    codeSessions: count,
    imageInput: count,
    imageOutput: count,
  })
}

const factor = fc.bigInt(0n, 5_000_000n).map(partsPerMillion)

export const anyMultipliers = (): fc.Arbitrary<Multipliers> =>
  fc.record({
    user: factor,
    model: factor,
    group: factor,
    planDiscount: fc.bigInt(0n, 1_000_000n).map(partsPerMillion),
  })
