import type { Prices, PriceTable, PriceVersion, UnitPrices } from '../canon/price.ts'
import { UNIT_NAMES } from '../canon/usage.ts'
import { pricesAt } from './price-at.ts'

/** Words by which vendors and clients mean the ordinary price list; capacity paid for in advance is on it too. */
const STANDARD: ReadonlySet<string> = new Set([
  '',
  'auto',
  'default',
  'standard',
  'standard_only',
  'on_demand',
  'unspecified',
  'scale',
  'provisioned',
  'provisioned_throughput',
])

/** Tiers that every vendor sells below its ordinary price. */
const CHEAPER: ReadonlySet<string> = new Set(['flex', 'batch'])

/**
 * A vendor's word for a tier of service, as prices are listed by: `SERVICE_TIER_FLEX` and `ON_DEMAND_FLEX` (Google) are
 * `flex`. `undefined`: the standard tier, or no word at all.
 */
export const tierNamed = (word: string | undefined): string | undefined => {
  // Nearly every answer says `default` or `standard`.
  if (word === undefined || STANDARD.has(word)) return undefined
  const name = word.toLowerCase().replace(/^(?:service_tier|on_demand|traffic_type)_(?=.)/, '')
  return STANDARD.has(name) ? undefined : name
}

/**
 * The tier a request is billed at: the one its upstream reports. Where it reports none, the one it was sent, but never a
 * cheaper one than the standard: a server that does not know tiers ignores the wish.
 */
export const billedTier = (reported: string | undefined, sent: string | undefined): string | undefined => {
  if (reported !== undefined) return tierNamed(reported)
  return sent !== undefined && CHEAPER.has(sent) ? undefined : sent
}

/**
 * The prices of a tier. One that nobody has priced is never sold for less than it may cost: a cheaper one at the standard
 * price, any other at the dearest price of each bucket that the model has in any tier.
 */
export const tableOf = (version: PriceVersion, tier: string | undefined): PriceTable => {
  const { serviceTiers } = version
  if (tier === undefined || serviceTiers === undefined) return version
  const priced = Object.hasOwn(serviceTiers, tier) ? serviceTiers[tier] : undefined
  if (priced) return priced
  return CHEAPER.has(tier) ? version : dearestOf(version, ALL)
}

/** The most a request that asks for `tier` can be billed: vendors serve it at the standard tier when they are short. */
export const quotedTable = (version: PriceVersion, tier: string | undefined): PriceTable => {
  const { serviceTiers } = version
  if (tier === undefined || serviceTiers === undefined || CHEAPER.has(tier)) return version
  return dearestOf(version, Object.hasOwn(serviceTiers, tier) ? tier : ALL)
}

/** Under this name: all tiers together. No vendor's word is empty. */
const ALL = ''

const dearestKnown = new WeakMap<PriceVersion, Map<string, PriceTable>>()

/** Bucket by bucket the dearest of the standard tier and of the one named, or of all. Found once for each. */
const dearestOf = (version: PriceVersion, tier: string): PriceTable => {
  const known = dearestKnown.get(version) ?? new Map<string, PriceTable>()
  dearestKnown.set(version, known)
  const found = known.get(tier)
  if (found) return found
  const { serviceTiers = {} } = version
  const others = Object.entries(serviceTiers).flatMap(([name, table]) => (tier === ALL || name === tier ? table : []))
  const made = dearest([version, ...others])
  known.set(tier, made)
  return made
}

const dearest = (tables: readonly PriceTable[]): PriceTable => {
  const sizes = tables.flatMap(({ tiers }) => tiers.map(({ aboveInputTokens }) => aboveInputTokens))
  const at = (tokens: number): Prices => tables.map((table) => pricesAt(table, tokens)).reduce(dearer)
  return {
    prices: at(0),
    tiers: [...new Set(sizes)]
      .sort((one, other) => one - other)
      .map((aboveInputTokens) => ({ aboveInputTokens, prices: at(aboveInputTokens + 1) })),
  }
}

const dearer = (one: Prices, other: Prices): Prices => {
  const units = dearerUnits(one.units, other.units)
  return {
    input: larger(one.input, other.input),
    output: known(one.output, other.output),
    cacheRead: larger(one.cacheRead, other.cacheRead),
    cacheWrite5m: larger(one.cacheWrite5m, other.cacheWrite5m),
    cacheWrite1h: larger(one.cacheWrite1h, other.cacheWrite1h),
    // Without a price of its own, audio is billed as text.
    inputAudio: larger(one.inputAudio ?? one.input, other.inputAudio ?? other.input),
    outputAudio: known(one.outputAudio ?? one.output, other.outputAudio ?? other.output),
    ...(units && { units }),
  }
}

const dearerUnits = (one: UnitPrices | undefined, other: UnitPrices | undefined): UnitPrices | undefined => {
  if (!one || !other || one === other) return one ?? other
  const names = [...UNIT_NAMES, 'request', 'searchedRequest'] as const
  const prices = names.map((name) => [name, known(one[name], other[name])] as const)
  return Object.fromEntries(prices.filter(([, price]) => price !== undefined))
}

const larger = <T extends bigint>(one: T, other: T): T => (one > other ? one : other)

const known = <T extends bigint>(one: T | undefined, other: T | undefined): T | undefined =>
  one === undefined || other === undefined ? (one ?? other) : larger(one, other)
