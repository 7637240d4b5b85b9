import type { Prices, PriceTable } from '../canon/price.ts'

/** The prices of a request with this much input: the base, or the highest tier it exceeds. */
export const pricesAt = (table: PriceTable, inputTokens: number): Prices => {
  let reached: PriceTable['tiers'][number] | undefined
  for (const tier of table.tiers) {
    const isReached = inputTokens > tier.aboveInputTokens
    if (isReached && tier.aboveInputTokens >= (reached?.aboveInputTokens ?? 0)) reached = tier
  }
  return reached?.prices ?? table.prices
}
