import type { PriceTable, PriceVersion } from '../canon/price.ts'
import { readPrices, type StoredPrices, writePrices } from './receipt-json.ts'

/**
 * Writes prices as JSON, with everything that follows from what was stated: no later rule for what follows changes them.
 * The moment they count from is not in it.
 */
export const writePriceVersion = ({ serviceTiers, ...table }: PriceVersion): string =>
  JSON.stringify({
    ...writeTable(table),
    ...(serviceTiers && { serviceTiers: mapValues(serviceTiers, writeTable) }),
  })

/** Reads what `writePriceVersion` wrote. Throws on anything else: the database holds nothing else. */
export const readPriceVersion = (text: string, effectiveFromMs: number): PriceVersion => {
  const { serviceTiers, ...table } = JSON.parse(text) as StoredVersion
  return {
    effectiveFromMs,
    ...readTable(table),
    ...(serviceTiers && { serviceTiers: mapValues(serviceTiers, readTable) }),
  }
}

interface StoredTable {
  readonly prices: StoredPrices
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly prices: StoredPrices }[]
}

type StoredVersion = StoredTable & { readonly serviceTiers?: Readonly<Record<string, StoredTable>> }

const writeTable = ({ prices, tiers }: PriceTable): StoredTable => ({
  prices: writePrices(prices),
  tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, prices: writePrices(tier.prices) })),
})

const readTable = ({ prices, tiers }: StoredTable): PriceTable => ({
  prices: readPrices(prices),
  tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, prices: readPrices(tier.prices) })),
})

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)] as const))
