import type { Prices, UnitPrices } from '../canon/price.ts'
import { inputTotal, UNIT_NAMES, type Units, type Usage } from '../canon/usage.ts'
import { type NanoUsd, nanoUsd } from '../units.ts'

/** Nano-dollars → millionths of them: the scale in which tokens × price per million tokens comes. */
export const MILLIONTHS = 1_000_000n

/** What the price of a unit is called in `model_catalog.json` and in receipts. */
export const UNIT_PRICE_FIELDS = {
  images: 'per_image',
  inputSeconds: 'per_input_second',
  outputSeconds: 'per_output_second',
  characters: 'per_million_characters',
  webSearches: 'per_web_search',
  searchUnits: 'per_search_unit',
  fileSearches: 'per_file_search',
  codeSessions: 'per_code_session',
  imageInput: 'per_million_image_input',
  imageOutput: 'per_million_image_output',
} as const

type UnitName = (typeof UNIT_NAMES)[number]

/** What is priced by the million; all else is one by one. */
const BY_THE_MILLION: ReadonlySet<UnitName> = new Set(['characters', 'imageInput', 'imageOutput'])
export const isByTheMillion = (name: UnitName): boolean => BY_THE_MILLION.has(name)
const millionthsOf = (name: UnitName): bigint => (isByTheMillion(name) ? 1n : MILLIONTHS)

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

/** What a tool uses that the vendor runs itself. How much of it is known only when it has been used. */
const TOOL_UNITS = ['webSearches', 'fileSearches', 'codeSessions', 'imageInput', 'imageOutput'] as const
type ToolPrices = Readonly<Record<(typeof TOOL_UNITS)[number], NanoUsd>>

/**
 * Where nobody states what such a tool costs: what OpenAI asks, and Anthropic for a search. Ten dollars for a thousand
 * searches of the web, two and a half for a thousand of files, three cents for a container; and for a million tokens of
 * images ten taken in, forty given out.
 */
const TOOL_PRICES: ToolPrices = {
  webSearches: nanoUsd(10_000_000n),
  fileSearches: nanoUsd(2_500_000n),
  codeSessions: nanoUsd(30_000_000n),
  imageInput: nanoUsd(10_000_000_000n),
  imageOutput: nanoUsd(40_000_000_000n),
}

const completed = new WeakMap<Prices, Map<string, Prices>>()

/**
 * The prices with one for each of the vendor's tools that were used. `image`: those of the model that the tool for images
 * asks, where it is known.
 */
export const withToolPrices = (prices: Prices, units: Units, image?: Prices): Prices => {
  const missing = TOOL_UNITS.filter((name) => (units[name] ?? 0) > 0 && !isStated(prices, name))
  if (missing.length === 0) return prices
  const known = completed.get(prices) ?? new Map<string, Prices>()
  completed.set(prices, known)
  const all: ToolPrices = image ? { ...TOOL_PRICES, ...imagePrices(image) } : TOOL_PRICES
  const key = missing.map((name) => `${name} ${all[name]}`).join()
  const found = known.get(key)
  if (found) return found
  const added = Object.fromEntries(missing.map((name) => [name, all[name]] as const))
  const made = { ...prices, units: { ...prices.units, ...added } }
  known.set(key, made)
  return made
}

const isStated = ({ units }: Prices, name: (typeof TOOL_UNITS)[number]): boolean =>
  units?.[name] !== undefined || (name === 'webSearches' && units?.searchedRequest !== undefined)

const imagePrices = ({ input, output }: Prices): Partial<ToolPrices> => ({
  imageInput: nanoUsd(input),
  ...(output !== undefined && { imageOutput: nanoUsd(output) }),
})
