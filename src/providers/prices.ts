import type { Prices, PriceTable, UnitPrices } from '../canon/price.ts'
import { nanoUsdPerMtok, type PartsPerMillion } from '../units.ts'

/** Prices as somebody stated them, in nano-dollars per million tokens; `undefined` where they said nothing. */
export interface StatedPrices {
  readonly input: bigint
  readonly output: bigint | undefined
  readonly cacheRead: bigint | undefined
  readonly cacheWrite5m: bigint | undefined
  readonly cacheWrite1h: bigint | undefined
  readonly inputAudio: bigint | undefined
  readonly outputAudio: bigint | undefined
  readonly units?: UnitPrices | undefined
}

/**
 * Fills in the cache prices nobody stated from the input price: reads a tenth of it, writes five quarters for five
 * minutes and twice for an hour. Rounded up, so that a derived price is never below the rule.
 */
export const completePrices = (stated: StatedPrices): Prices => ({
  input: nanoUsdPerMtok(stated.input),
  output: optional(stated.output),
  cacheRead: nanoUsdPerMtok(stated.cacheRead ?? (stated.input + 9n) / 10n),
  cacheWrite5m: nanoUsdPerMtok(stated.cacheWrite5m ?? (stated.input * 5n + 3n) / 4n),
  cacheWrite1h: nanoUsdPerMtok(stated.cacheWrite1h ?? stated.input * 2n),
  inputAudio: optional(stated.inputAudio),
  outputAudio: optional(stated.outputAudio),
  ...(stated.units && { units: stated.units }),
})

const optional = (price: bigint | undefined) => (price === undefined ? undefined : nanoUsdPerMtok(price))

/**
 * A price list at so many times its prices for tokens, each rounded up to a whole nano-dollar per million. Fees for
 * searches, images and requests are the same in every tier of service.
 */
export const tableTimes = ({ prices, tiers }: PriceTable, factor: PartsPerMillion): PriceTable => ({
  prices: pricesTimes(prices, factor),
  tiers: tiers.map((tier) => ({ ...tier, prices: pricesTimes(tier.prices, factor) })),
})

const pricesTimes = (prices: Prices, factor: PartsPerMillion): Prices => {
  const times = (price: bigint) => nanoUsdPerMtok((price * factor + 999_999n) / 1_000_000n)
  const timesKnown = (price: bigint | undefined) => (price === undefined ? undefined : times(price))
  return {
    ...prices,
    input: times(prices.input),
    output: timesKnown(prices.output),
    cacheRead: times(prices.cacheRead),
    cacheWrite5m: times(prices.cacheWrite5m),
    cacheWrite1h: times(prices.cacheWrite1h),
    inputAudio: timesKnown(prices.inputAudio),
    outputAudio: timesKnown(prices.outputAudio),
  }
}
