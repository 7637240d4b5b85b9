import type { Prices } from '../canon/price.ts'
import { nanoUsdPerMtok } from '../units.ts'

/** Prices as somebody stated them, in nano-dollars per million tokens; `undefined` where they said nothing. */
export interface StatedPrices {
  readonly input: bigint
  readonly output: bigint | undefined
  readonly cacheRead: bigint | undefined
  readonly cacheWrite5m: bigint | undefined
  readonly cacheWrite1h: bigint | undefined
  readonly inputAudio: bigint | undefined
  readonly outputAudio: bigint | undefined
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
})

const optional = (price: bigint | undefined) => (price === undefined ? undefined : nanoUsdPerMtok(price))
