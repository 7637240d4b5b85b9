import type { Multipliers, Prices, UnitPrices } from '../canon/price.ts'
import type { Units, Usage } from '../canon/usage.ts'
import { costAt } from '../metering/charge.ts'
import { err, ok, type Result } from '../result.ts'
import {
  formatUsd,
  type NanoUsd,
  nanoUsd,
  type NanoUsdPerMtok,
  type PartsPerMillion,
  parsePartsPerMillion,
  parseUsd,
  parseUsdPerMtok,
  tokens,
} from '../units.ts'

/** What a receipt should say it cost, from nothing but what it says itself. */
export interface Recomputed {
  readonly cost: NanoUsd
  readonly charged: NanoUsd
  readonly uncollected: NanoUsd
}

/**
 * Makes the bill of a receipt (its JSON, read) again: usage × prices × multipliers, which is what was charged and what
 * could not be collected together. An error in words where they differ, or where the receipt lacks what it takes.
 */
export const recompute = (receipt: unknown): Result<Recomputed, string> => {
  try {
    const members = objectAt(receipt, 'the receipt')
    const usage = readUsage(objectAt(members.usage, 'usage'))
    const prices = readPrices(objectAt(members.prices, 'prices'))
    const made = costAt(usage, prices, readMultipliers(objectAt(members.multipliers, 'multipliers')))
    if (!made.ok) return err(`It used something that it states no price for. ${made.error.message}`)
    const cost = made.value
    const charged = usdAt(members.cost_usd, 'cost_usd')
    // Receipts always have it; an older reader of them may have left it out.
    const uncollected = usdAt(members.uncollected_usd ?? '0', 'uncollected_usd')
    if (charged + uncollected === cost) return ok({ cost, charged, uncollected })
    const stated = `$${formatUsd(charged)} charged and $${formatUsd(uncollected)} not collected`
    return err(`Its usage at its prices costs $${formatUsd(cost)}, but it says ${stated}.`)
  } catch (error) {
    if (error instanceof Unreadable) return err(error.message)
    throw error
  }
}

/** A receipt that is none; never leaves this file. */
class Unreadable extends Error {}

type Members = Readonly<Record<string, unknown>>

const objectAt = (value: unknown, name: string): Members => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Unreadable(`It is no receipt: ${name} is not an object.`)
  return value as Members
}

const readUsage = (usage: Members): Usage => {
  const units = readUnits(usage)
  return {
    input: tokens(countAt(usage, 'input')),
    inputAudio: tokens(countAt(usage, 'input_audio', 0)),
    cacheRead: tokens(countAt(usage, 'cache_read')),
    cacheWrite5m: tokens(countAt(usage, 'cache_write_5m')),
    cacheWrite1h: tokens(countAt(usage, 'cache_write_1h')),
    output: tokens(countAt(usage, 'output')),
    outputAudio: tokens(countAt(usage, 'output_audio', 0)),
    reasoning: tokens(countAt(usage, 'reasoning')),
    ...(units && { units }),
  }
}

const readUnits = (usage: Members): Units | undefined => {
  const units = {
    images: countAt(usage, 'images', 0),
    inputSeconds: countAt(usage, 'input_seconds', 0),
    outputSeconds: countAt(usage, 'output_seconds', 0),
    characters: countAt(usage, 'characters', 0),
    webSearches: countAt(usage, 'web_searches', 0),
    searchUnits: countAt(usage, 'search_units', 0),
    fileSearches: countAt(usage, 'file_searches', 0),
    codeSessions: countAt(usage, 'code_sessions', 0),
    imageInput: countAt(usage, 'image_input', 0),
    imageOutput: countAt(usage, 'image_output', 0),
  }
  return Object.values(units).some((count) => count > 0) ? units : undefined
}

/** A whole number of tokens or units; `absent`: what it is where the receipt does not say. */
const countAt = (usage: Members, name: string, absent?: number): number => {
  const value = usage[name] ?? absent
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Unreadable(`usage.${name} is not a whole number.`)
}

const readPrices = (prices: Members): Prices => {
  const units = readUnitPrices(prices)
  return {
    input: priceAt(prices, 'input'),
    output: priceIfKnown(prices, 'output'),
    cacheRead: priceAt(prices, 'cache_read'),
    cacheWrite5m: priceAt(prices, 'cache_write_5m'),
    cacheWrite1h: priceAt(prices, 'cache_write_1h'),
    inputAudio: priceIfKnown(prices, 'input_audio'),
    outputAudio: priceIfKnown(prices, 'output_audio'),
    ...(Object.keys(units).length > 0 && { units }),
  }
}

const UNIT_PRICES: Readonly<Record<keyof UnitPrices, string>> = {
  request: 'per_request',
  searchedRequest: 'per_searched_request',
  webSearches: 'per_web_search',
  images: 'per_image',
  inputSeconds: 'per_input_second',
  outputSeconds: 'per_output_second',
  characters: 'per_million_characters',
  searchUnits: 'per_search_unit',
  fileSearches: 'per_file_search',
  codeSessions: 'per_code_session',
  imageInput: 'per_million_image_input',
  imageOutput: 'per_million_image_output',
}

const readUnitPrices = (prices: Members): UnitPrices =>
  Object.fromEntries(
    Object.entries(UNIT_PRICES).flatMap(([unit, name]) =>
      prices[name] === undefined ? [] : [[unit, usdAt(prices[name], `prices.${name}`)]],
    ),
  )

const priceAt = (prices: Members, name: string): NanoUsdPerMtok => {
  const value = prices[name]
  const price = typeof value === 'string' ? parseUsdPerMtok(value) : undefined
  if (price !== undefined && price >= 0n) return price
  throw new Unreadable(`prices.${name} is not a decimal with at most nine places.`)
}

const priceIfKnown = (prices: Members, name: string): NanoUsdPerMtok | undefined =>
  prices[name] === undefined || prices[name] === null ? undefined : priceAt(prices, name)

const readMultipliers = (multipliers: Members): Multipliers => {
  const planDiscount = factorAt(multipliers, 'plan_discount')
  if (planDiscount > 1_000_000n) throw new Unreadable('multipliers.plan_discount is above 1.')
  return {
    user: factorAt(multipliers, 'user'),
    model: factorAt(multipliers, 'model'),
    group: factorAt(multipliers, 'group'),
    planDiscount,
  }
}

const factorAt = (multipliers: Members, name: string): PartsPerMillion => {
  const value = multipliers[name]
  const factor = typeof value === 'string' ? parsePartsPerMillion(value) : undefined
  if (factor !== undefined) return factor
  throw new Unreadable(`multipliers.${name} is not a decimal with at most six places.`)
}

const usdAt = (value: unknown, name: string): NanoUsd => {
  const amount = typeof value === 'string' ? parseUsd(value) : undefined
  if (amount !== undefined && amount >= 0n) return nanoUsd(amount)
  throw new Unreadable(`${name} is not an amount in USD.`)
}
