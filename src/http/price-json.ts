import type { Prices, PriceTable, UnitPrices } from '../canon/price.ts'
import { UNIT_NAMES } from '../canon/usage.ts'
import { formatUsd } from '../units.ts'
import { type PricesJson, UNITS } from './receipt-json.ts'

/** Prices for tokens as `model_catalog.json` has them: what nobody knows is left out. */
export type TokenPricesJson = Omit<PricesJson, 'output' | `per_${string}`> & { output?: string }

export interface PriceTableJson extends TokenPricesJson {
  tiers?: (TokenPricesJson & { above_input_tokens: number })[]
}

/** Writes a list of prices, everything that follows from what was stated included. */
export const renderPriceTable = ({ prices, tiers }: PriceTable): PriceTableJson => ({
  ...renderTokenPrices(prices),
  ...(tiers.length > 0 && {
    tiers: tiers.map((tier) => ({ above_input_tokens: tier.aboveInputTokens, ...renderTokenPrices(tier.prices) })),
  }),
})

const renderTokenPrices = (prices: Prices): TokenPricesJson => ({
  input: formatUsd(prices.input),
  ...(prices.output !== undefined && { output: formatUsd(prices.output) }),
  cache_read: formatUsd(prices.cacheRead),
  cache_write_5m: formatUsd(prices.cacheWrite5m),
  cache_write_1h: formatUsd(prices.cacheWrite1h),
  ...(prices.inputAudio !== undefined && { input_audio: formatUsd(prices.inputAudio) }),
  ...(prices.outputAudio !== undefined && { output_audio: formatUsd(prices.outputAudio) }),
})

type FeesJson = Partial<Pick<PricesJson, (typeof UNITS)[keyof typeof UNITS][1] | 'per_request'>>

/** Writes all fees that a price has, for what is not sold by the token. */
export const renderUnitFees = (fees: UnitPrices): FeesJson => {
  const rendered: FeesJson = fees.request === undefined ? {} : { per_request: formatUsd(fees.request) }
  for (const unit of UNIT_NAMES) {
    const fee = fees[unit]
    if (fee !== undefined) rendered[UNITS[unit][1]] = formatUsd(fee)
  }
  return rendered
}
