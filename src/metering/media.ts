import type { Demand, Quantities } from '../canon/envelope.ts'
import type { Model } from '../canon/model.ts'
import type { Multipliers, Prices, PriceVersion } from '../canon/price.ts'
import type { Observation } from '../canon/protocol.ts'
import { NO_USAGE, UNIT_NAMES, type Units, type Usage } from '../canon/usage.ts'
import type { GatewayError } from '../errors.ts'
import { ok, err, type Result } from '../result.ts'
import { tokens } from '../units.ts'
import { capped, multiply } from './charge.ts'
import { type Quote, unpricedModel } from './quote.ts'
import { quotedTable } from './service-tier.ts'
import { MILLIONTHS, UNIT_PRICE_FIELDS, unitsCost } from './units.ts'

export interface MediaQuoteRequest {
  readonly demand: Demand
  readonly model: Model
  /** The prices in force; `undefined`: nobody knows any. */
  readonly prices: PriceVersion | undefined
  readonly multipliers: Multipliers
}

/**
 * The most that a request for images, sound, moderation or a ranking can cost. A model may be sold by the token, by the
 * image, second or character, or by several of these at once; what it has no price for, it is not sold by. An error where
 * that leaves nothing that pays for what it makes.
 */
export const quoteMedia = ({ demand, model, prices, multipliers }: MediaQuoteRequest): Result<Quote, GatewayError> => {
  if (prices === undefined) return err(unpricedModel(model, 'input'))
  const { most, usual } = demand
  const table = quotedTable(prices, variantIn(prices, demand.variant))
  let dearest = 0n
  for (const at of [table.prices, ...table.tiers.map((tier) => tier.prices)]) {
    const unsold = unsoldIn(at, most)
    if (unsold !== undefined) return err(unpricedModel(model, unsold))
    const cost = costOf(at, most)
    if (cost > dearest) dearest = cost
  }
  return ok({
    cost: capped(multiply(dearest, multipliers)),
    inputTokensMax: tokens(most.input + most.inputAudio),
    outputTokensMax: tokens(most.output + most.outputAudio),
    inputTokensTypical: tokens(usual.input + usual.inputAudio),
  })
}

const costOf = (at: Prices, most: Quantities): bigint => {
  // A cache may cost more to read than fresh input only in an operator's own price list.
  let input: bigint = at.input
  if (at.cacheRead > input) input = at.cacheRead
  const units = unitsCost(pricedUnits(at, most.units), at.units)
  if (typeof units === 'string') throw new Error(`no price of ${units}, though only what has one was asked for`)
  return (
    BigInt(most.input) * input +
    BigInt(most.inputAudio) * (at.inputAudio ?? input) +
    BigInt(most.output) * (at.output ?? 0n) +
    BigInt(most.outputAudio) * (at.outputAudio ?? at.output ?? 0n) +
    units +
    (at.units?.request ?? 0n) * MILLIONTHS
  )
}

/** The price that is missing: where something is made, and neither its tokens nor its units are sold. */
const unsoldIn = (at: Prices, { output, outputAudio, units }: Quantities): string | undefined => {
  const isPriced =
    (output === 0 && outputAudio === 0) || soldByOutput(at) || Object.keys(pricedUnits(at, units)).length > 0
  // What is sold by units alone is asked for something that it is not sold for.
  const isOtherwiseSold =
    at.units !== undefined && !soldByTokens(at) && Object.keys(pricedUnits(at, units)).length === 0
  if (isPriced && !isOtherwiseSold) return undefined
  const [unit] = UNIT_NAMES.filter((name) => units[name] !== undefined)
  return unit === undefined ? 'output' : `output or ${UNIT_PRICE_FIELDS[unit]}`
}

const soldByOutput = ({ output, outputAudio }: Prices): boolean => output !== undefined || outputAudio !== undefined

const pricedUnits = ({ units: prices }: Prices, units: Units): Units =>
  Object.fromEntries(
    UNIT_NAMES.flatMap((name) =>
      units[name] !== undefined && prices?.[name] !== undefined ? [[name, units[name]] as const] : [],
    ),
  )

/** What price lists call sizes and qualities of images: entries beside the tiers of service, and like them. */
const VARIANT = 'image_'

/** The entry of a price list that applies, where the model is sold by such entries at all. */
export const variantIn = (version: PriceVersion, variant: string | undefined): string | undefined => {
  if (!variant?.startsWith(VARIANT)) return variant
  return Object.keys(version.serviceTiers ?? {}).some((name) => name.startsWith(VARIANT)) ? variant : undefined
}

/** What is known of an answer that is to be billed. */
export interface MediaAnswer {
  readonly observation: Pick<Observation, 'usage' | 'made' | 'pieces'> | undefined
  /** It was read to its end. */
  readonly whole: boolean
  /** What a tokeniser made of the text that was delivered. */
  readonly textTokens: number
}

export interface MediaBill {
  readonly usage: Usage
  readonly source: 'upstream' | 'estimated'
}

/**
 * The usage to bill, in the measures that the model is sold by: what the provider told, else what its answer shows, else
 * what such a request usually comes to, of a cut answer as far as it was delivered. Estimated if any part of it is.
 */
export const mediaBill = (demand: Demand, prices: Prices, answer: MediaAnswer): MediaBill => {
  const { observation, whole } = answer
  const told = whole ? observation?.usage : undefined
  const unitPrices = Object.keys(pricedUnits(prices, demand.most.units))
  const byTokens = soldByTokens(prices) || unitPrices.length === 0
  const hasTokens = told !== undefined && hasAnyTokens(told)
  const inTokens = !byTokens
    ? NO_USAGE
    : hasTokens && told
      ? asSold(told, demand, prices)
      : estimated(demand, prices, answer)
  const known = whole ? { ...believed(observation?.made, demand), ...believed(told?.units, demand) } : {}
  const units: Units = Object.fromEntries(
    UNIT_NAMES.flatMap((name) => {
      if (!unitPrices.includes(name)) return []
      const count = known[name] ?? (whole || !MADE.has(name) ? demand.usual.units[name] : observation?.made?.[name])
      return count ? [[name, count] as const] : []
    }),
  )
  const isTold = (!byTokens || hasTokens) && unitPrices.every((name) => known[name as keyof Units] !== undefined)
  const { units: _units, ...buckets } = inTokens
  return {
    usage: { ...buckets, ...(Object.keys(units).length > 0 && { units }) },
    source: isTold && whole ? 'upstream' : 'estimated',
  }
}

/** Units of what an answer is made of: of one that was cut, only what came. */
const MADE: ReadonlySet<string> = new Set(['images', 'outputSeconds'])

const soldByTokens = (prices: Prices): boolean =>
  prices.input > 0n || soldByOutput(prices) || (prices.inputAudio ?? 0n) > 0n

const hasAnyTokens = ({ units: _units, ...buckets }: Usage): boolean =>
  Object.values(buckets).some((count) => count > 0)

/** Far above what the request can come to: a unit that was mistaken, or made up. */
const UNITS_FACTOR = 16

const believed = (units: Units = {}, { most }: Demand): Units =>
  Object.fromEntries(
    UNIT_NAMES.flatMap((name) => {
      const count = units[name]
      return count !== undefined && count <= UNITS_FACTOR * (most.units[name] ?? 0) ? [[name, count] as const] : []
    }),
  )

/** Where output is sound, a report that calls it output means that; what is not sold is not billed. */
const asSold = (told: Usage, { most }: Demand, prices: Prices): Usage => {
  const isSound = most.output === 0 && most.outputAudio > 0
  const usage = isSound ? { ...told, output: tokens(0), outputAudio: tokens(told.output + told.outputAudio) } : told
  if (soldByOutput(prices) && (prices.output !== undefined || usage.output === 0)) return usage
  return {
    ...usage,
    output: tokens(0),
    outputAudio: prices.outputAudio === undefined ? tokens(0) : usage.outputAudio,
    reasoning: tokens(0),
  }
}

const estimated = (demand: Demand, prices: Prices, answer: MediaAnswer): Usage => {
  const { input, inputAudio } = demand.usual
  const output = outputOf(demand, answer)
  const outputAudio = soundOf(demand, answer)
  const usage = { input, inputAudio, output, outputAudio }
  const buckets = Object.entries(usage).map(([name, count]) => [name, tokens(count)] as const)
  return asSold({ ...NO_USAGE, ...Object.fromEntries(buckets) }, demand, prices)
}

/** Tokens of images that were finished, or of those on their way; where there are none, of the text. */
const outputOf = (demand: Demand, answer: MediaAnswer): number => {
  const { images } = demand.usual.units
  if (images === undefined) return answer.textTokens
  const finished = answer.observation?.made?.images ?? (answer.whole ? images : 0)
  const drawn = Math.ceil((demand.usual.output * Math.min(images, finished)) / images)
  return answer.whole ? drawn : Math.max(drawn, ofPieces(demand, demand.usual.output, answer))
}

/** Tokens of sound: by its length where that can be seen, of a cut one by its bytes. */
const soundOf = (demand: Demand, answer: MediaAnswer): number => {
  const { usual, most } = demand
  if (!answer.whole) return ofPieces(demand, usual.outputAudio, answer)
  const seconds = answer.observation?.made?.outputSeconds
  if (seconds === undefined || !usual.units.outputSeconds) return usual.outputAudio
  return Math.min(most.outputAudio, Math.ceil((seconds * usual.outputAudio) / usual.units.outputSeconds))
}

const ofPieces = ({ outputPerMillionPieces }: Demand, most: number, { observation }: MediaAnswer): number =>
  Math.min(most, Math.ceil(((observation?.pieces ?? 0) * outputPerMillionPieces) / 1_000_000))
