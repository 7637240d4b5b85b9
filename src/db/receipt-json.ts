import type { Multipliers, Prices } from '../canon/price.ts'
import type { Receipt } from '../canon/receipt.ts'
import { nanoUsd, nanoUsdPerMtok, partsPerMillion } from '../units.ts'

/**
 * Writes a receipt as JSON. Its `bigint` fields become decimal strings, field by field: a replacer function would cost
 * the request several times as much.
 */
export const writeReceipt = (receipt: Receipt): string =>
  JSON.stringify({
    ...receipt,
    prices: pricesWritten(receipt.prices),
    multipliers: writeMultipliers(receipt.multipliers),
    quote: receipt.quote.toString(),
    cost: receipt.cost.toString(),
    uncollected: receipt.uncollected.toString(),
  })

/** Reads what `writeReceipt` wrote, to the last digit. Throws on anything else: the database holds nothing else. */
export const readReceipt = (text: string): Receipt => {
  const stored = JSON.parse(text) as StoredReceipt
  return {
    ...stored,
    rawUsage: stored.rawUsage,
    prices: readPrices(stored.prices),
    multipliers: readMultipliers(stored.multipliers),
    quote: nanoUsd(BigInt(stored.quote)),
    cost: nanoUsd(BigInt(stored.cost)),
    uncollected: nanoUsd(BigInt(stored.uncollected)),
  }
}

type Stored<T> = { readonly [Field in keyof T]: undefined extends T[Field] ? string | undefined : string }

type StoredReceipt = Omit<Receipt, 'prices' | 'multipliers' | 'quote' | 'cost' | 'uncollected'> & {
  readonly prices: Stored<Prices>
  readonly multipliers: Stored<Multipliers>
  readonly quote: string
  readonly cost: string
  readonly uncollected: string
}

const writePrices = (prices: Prices): Stored<Prices> => ({
  input: prices.input.toString(),
  output: prices.output?.toString(),
  cacheRead: prices.cacheRead.toString(),
  cacheWrite5m: prices.cacheWrite5m.toString(),
  cacheWrite1h: prices.cacheWrite1h.toString(),
  inputAudio: prices.inputAudio?.toString(),
  outputAudio: prices.outputAudio?.toString(),
})

/** Prices change a few times a year and are written with every request: the same object is written once. */
const written = new WeakMap<Prices, Stored<Prices>>()

const pricesWritten = (prices: Prices): Stored<Prices> => {
  const known = written.get(prices) ?? writePrices(prices)
  written.set(prices, known)
  return known
}

const price = (text: string): Prices['input'] => nanoUsdPerMtok(BigInt(text))
const priceIfKnown = (text: string | undefined): Prices['output'] => (text === undefined ? undefined : price(text))

const readPrices = (stored: Stored<Prices>): Prices => ({
  input: price(stored.input),
  output: priceIfKnown(stored.output),
  cacheRead: price(stored.cacheRead),
  cacheWrite5m: price(stored.cacheWrite5m),
  cacheWrite1h: price(stored.cacheWrite1h),
  inputAudio: priceIfKnown(stored.inputAudio),
  outputAudio: priceIfKnown(stored.outputAudio),
})

const writeMultipliers = (multipliers: Multipliers): Stored<Multipliers> => ({
  user: multipliers.user.toString(),
  model: multipliers.model.toString(),
  group: multipliers.group.toString(),
  planDiscount: multipliers.planDiscount.toString(),
})

const factor = (text: string): Multipliers['user'] => partsPerMillion(BigInt(text))

const readMultipliers = (stored: Stored<Multipliers>): Multipliers => ({
  user: factor(stored.user),
  model: factor(stored.model),
  group: factor(stored.group),
  planDiscount: factor(stored.planDiscount),
})
