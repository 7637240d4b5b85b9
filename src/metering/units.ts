import type { Prices, UnitPrices } from '../canon/price.ts'
import { inputTotal, UNIT_NAMES, type Units, type Usage } from '../canon/usage.ts'
import { nanoUsd } from '../units.ts'

/** Nano-dollars → millionths of them: the scale in which tokens × price per million tokens comes. */
export const MILLIONTHS = 1_000_000n

/** What the price of a unit is called in `model_catalog.json` and in receipts. */
export const UNIT_PRICE_FIELDS = {
  images: 'per_image',
  inputSeconds: 'per_input_second',
  outputSeconds: 'per_output_second',
  characters: 'per_million_characters',
  webSearches: 'per_web_search',
} as const

type UnitName = (typeof UNIT_NAMES)[number]

/** Characters are priced by the million, all else one by one. */
const millionthsOf = (name: UnitName): bigint => (name === 'characters' ? 1n : MILLIONTHS)

/**
 * What the units of a request cost, in millionths of a nano-dollar; the name of one that was used and has no price.
 */
export const unitsCost = (units: Units, prices: UnitPrices = {}): bigint | UnitName => {
  let cost = 0n
  for (const name of UNIT_NAMES) {
    const count = units[name] ?? 0
    if (count === 0) continue
    const price = prices[name] ?? (name === 'webSearches' && prices.searchedRequest !== undefined ? 0n : undefined)
    if (price === undefined) return name
    cost += BigInt(count) * price * millionthsOf(name)
  }
  return (units.webSearches ?? 0) > 0 ? cost + (prices.searchedRequest ?? 0n) * MILLIONTHS : cost
}

/** The fee for the request itself, in the same scale: owed by every request that used anything at all. */
export const requestCost = (usage: Usage, prices: UnitPrices): bigint =>
  prices.request === undefined || !isUsed(usage) ? 0n : prices.request * MILLIONTHS

const isUsed = (usage: Usage): boolean =>
  inputTotal(usage) + usage.output + usage.outputAudio > 0 || UNIT_NAMES.some((name) => (usage.units?.[name] ?? 0) > 0)

/** Where nobody states what a search costs: what Anthropic and OpenAI ask, ten dollars for a thousand. */
const WEB_SEARCH = nanoUsd(10_000_000n)

const withSearch = new WeakMap<Prices, Prices>()

/** The prices with one for web searches: how many a vendor makes is known only when they have been made. */
export const withSearchPrice = (prices: Prices): Prices => {
  if (prices.units?.webSearches !== undefined || prices.units?.searchedRequest !== undefined) return prices
  const found = withSearch.get(prices)
  if (found) return found
  const made = { ...prices, units: { ...prices.units, webSearches: WEB_SEARCH } }
  withSearch.set(prices, made)
  return made
}
