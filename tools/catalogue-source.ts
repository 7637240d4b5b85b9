import { findProvider } from '@pydantic/genai-prices'

/** What the build step reads of a model in the price source. */
export interface SourceModel {
  readonly id: string
  readonly name: string | undefined
  readonly contextWindow: number | undefined
  readonly deprecated: boolean
  /** Names the source matches exactly. */
  readonly equals: readonly string[]
  /** Names the source matches as a beginning. */
  readonly startsWith: readonly string[]
  readonly periods: readonly SourcePeriod[]
}

/** Prices with the condition under which they hold; without one they hold from the beginning. */
export interface SourcePeriod {
  readonly fromMs: number
  /** Holds only for part of each day. */
  readonly timeOfDay: boolean
  readonly prices: Readonly<Record<string, SourcePrice>>
}

/** Decimal text, as the source's numbers were written; arithmetic on the numbers themselves would not be exact. */
export interface SourcePrice {
  readonly base: string
  /** Prices from an input size on; it must be exceeded. */
  readonly tiers: readonly { readonly above: number; readonly price: string }[]
}

type RawModel = NonNullable<ReturnType<typeof findProvider>>['models'][number]
type RawMatch = RawModel['match']

/** The source's models of one vendor; throws when it has none, for then a rename would silently drop a vendor. */
export const sourceModels = (vendor: string): readonly SourceModel[] => {
  const provider = findProvider({ providerId: vendor })
  if (!provider || provider.id !== vendor) throw new Error(`the price source has no vendor ${vendor}`)
  return provider.models.map(readModel)
}

const readModel = (model: RawModel): SourceModel => {
  const equals: string[] = []
  const startsWith: string[] = []
  collectNames(model.match, equals, startsWith)
  const periods = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]
  return {
    id: model.id,
    name: model.name,
    contextWindow: model.context_window,
    deprecated: model.deprecated === true,
    equals,
    startsWith,
    periods: periods.map(({ constraint, prices }) => ({
      fromMs: constraint?.type === 'start_date' ? Date.parse(`${constraint.start_date}T00:00:00Z`) : 0,
      timeOfDay: constraint?.type === 'time_of_date',
      prices: readPrices(prices),
    })),
  }
}

/** Only names that stand by themselves: a regular expression, an `and` or a `contains` names no model. */
const collectNames = (match: RawMatch, equals: string[], startsWith: string[]): void => {
  if ('or' in match) for (const part of match.or) collectNames(part, equals, startsWith)
  else if ('equals' in match) equals.push(match.equals)
  else if ('starts_with' in match) startsWith.push(match.starts_with)
}

type RawPrices = Exclude<RawModel['prices'], readonly unknown[]>

const readPrices = (prices: RawPrices): Record<string, SourcePrice> => {
  const read: Record<string, SourcePrice> = {}
  for (const [key, price] of Object.entries(prices)) {
    if (price === undefined) continue
    if (typeof price === 'number') read[key] = { base: decimalText(price), tiers: [] }
    else {
      const tiers = price.tiers.map((tier) => ({ above: tier.start, price: decimalText(tier.price) }))
      read[key] = { base: decimalText(price.base), tiers }
    }
  }
  return read
}

/** The shortest decimal that reads back as this number, without an exponent: 1e-7 is `0.0000001`. */
export const decimalText = (value: number): string => {
  const text = String(value)
  const match = /^(\d+)(?:\.(\d+))?e-(\d+)$/.exec(text)
  if (!match) return text
  const [, whole = '', fraction = '', exponent = '0'] = match
  return `0.${'0'.repeat(Number(exponent) - whole.length)}${whole}${fraction}`
}
