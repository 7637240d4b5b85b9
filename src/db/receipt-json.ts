import type { Multipliers, Prices, UnitPrices } from '../canon/price.ts'
import type { Receipt } from '../canon/receipt.ts'
import { providerCostOf } from '../counters/provider-cost.ts'
import { nanoUsd, nanoUsdPerMtok, partsPerMillion } from '../units.ts'

/**
 * What many receipts have in common: how requests of one kind are served, and at what prices. It is stored once, and
 * known before a request is sent.
 */
export type Heading = Pick<
  Receipt,
  | 'projectId'
  | 'group'
  | 'clientFormat'
  | 'upstreamFormat'
  | 'action'
  | 'modelRequested'
  | 'modelServed'
  | 'provider'
  | 'channel'
  | 'providerKey'
  | 'stream'
  | 'prices'
  | 'serviceTier'
  | 'multipliers'
  | 'providerMultiplier'
>

/** What is said of a receipt in columns of its own, to be searched by. */
export type ReceiptColumns = Pick<Receipt, 'requestId' | 'atMs' | 'userId' | 'keyId' | 'status' | 'ended' | 'cost'>

/** The rest: what is one request's own. */
type Particulars = Omit<Receipt, keyof Heading | keyof ReceiptColumns | 'providerUsage'>

/** Writes a heading as JSON, its `bigint` fields as decimal strings. Takes any receipt, and writes only its heading. */
export const writeHeading = (heading: Heading): string =>
  readable(
    JSON.stringify({
      projectId: heading.projectId,
      group: heading.group,
      clientFormat: heading.clientFormat,
      upstreamFormat: heading.upstreamFormat,
      action: heading.action,
      modelRequested: heading.modelRequested,
      modelServed: heading.modelServed,
      provider: heading.provider,
      channel: heading.channel,
      providerKey: heading.providerKey,
      stream: heading.stream,
      prices: writePrices(heading.prices),
      serviceTier: heading.serviceTier,
      multipliers: writeMultipliers(heading.multipliers),
      providerMultiplier: heading.providerMultiplier?.toString(),
    }),
  )

/** Reads what `writeHeading` wrote, to the last digit. Throws on anything else: the database holds nothing else. */
export const readHeading = (text: string): Heading => {
  const stored = JSON.parse(text) as StoredHeading
  const { prices, multipliers, providerMultiplier, ...rest } = stored
  return {
    ...rest,
    prices: readPrices(prices),
    multipliers: readMultipliers(multipliers),
    ...(providerMultiplier !== undefined && { providerMultiplier: factor(providerMultiplier) }),
  }
}

/**
 * Writes what is neither in a receipt's heading nor in its columns, and what its provider should bill for it, which the
 * counters and the books add up: `null` where nobody knows.
 */
export const writeParticulars = (receipt: Receipt): string =>
  readable(
    JSON.stringify({
      attempts: receipt.attempts,
      usage: receipt.usage,
      usageSource: receipt.usageSource,
      rawUsage: receipt.rawUsage,
      quote: receipt.quote.toString(),
      uncollected: receipt.uncollected.toString(),
      providerCost: providerCostOf(receipt)?.toString() ?? null,
      latencyMs: receipt.latencyMs,
      ttftMs: receipt.ttftMs,
      overheadMs: receipt.overheadMs,
      warnings: receipt.warnings,
    }),
  )

const UNREADABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g

/**
 * JSON that PostgreSQL can read, as counting does: it refuses all of a text in which a NUL or half a surrogate pair is
 * escaped, which a vendor's own usage or error may have.
 */
const readable = (json: string): string => (json.includes('\\u') ? json.replace(UNREADABLE, '$1\ufffd') : json)

/** Puts a receipt together again. Throws on what the functions above have not written. */
export const readReceipt = (columns: ReceiptColumns, heading: string, particulars: string): Receipt =>
  joinReceipt(columns, readHeading(heading), particulars)

/** The same for many receipts, whose headings are read once. */
export const joinReceipt = (columns: ReceiptColumns, heading: Heading, particulars: string): Receipt => {
  const { providerCost: _, ...stored } = JSON.parse(particulars) as StoredParticulars
  return {
    ...columns,
    ...heading,
    ...stored,
    rawUsage: stored.rawUsage,
    quote: nanoUsd(BigInt(stored.quote)),
    uncollected: nanoUsd(BigInt(stored.uncollected)),
  }
}

export type StoredPrices = Stored<Omit<Prices, 'units'>> & { readonly units?: Readonly<Record<string, string>> }

type Stored<T> = { readonly [Field in keyof T]: undefined extends T[Field] ? string | undefined : string }

type StoredHeading = Omit<Heading, 'prices' | 'multipliers' | 'providerMultiplier'> & {
  readonly providerMultiplier?: string
  readonly prices: StoredPrices
  readonly multipliers: Stored<Multipliers>
}

type StoredParticulars = Omit<Particulars, 'quote' | 'uncollected'> & {
  readonly quote: string
  readonly uncollected: string
  readonly providerCost?: string | null
}

/** Prices as JSON holds them: whole numbers as texts. */
export const writePrices = (prices: Prices): StoredPrices => ({
  input: prices.input.toString(),
  output: prices.output?.toString(),
  cacheRead: prices.cacheRead.toString(),
  cacheWrite5m: prices.cacheWrite5m.toString(),
  cacheWrite1h: prices.cacheWrite1h.toString(),
  inputAudio: prices.inputAudio?.toString(),
  outputAudio: prices.outputAudio?.toString(),
  ...(prices.units && { units: writeUnits(prices.units) }),
})

const writeUnits = (units: UnitPrices): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(units).map(([name, price]) => [name, price.toString()]))

const price = (text: string): Prices['input'] => nanoUsdPerMtok(BigInt(text))
const priceIfKnown = (text: string | undefined): Prices['output'] => (text === undefined ? undefined : price(text))

/** Reads what `writePrices` made, to the last digit. */
export const readPrices = (stored: StoredPrices): Prices => ({
  input: price(stored.input),
  output: priceIfKnown(stored.output),
  cacheRead: price(stored.cacheRead),
  cacheWrite5m: price(stored.cacheWrite5m),
  cacheWrite1h: price(stored.cacheWrite1h),
  inputAudio: priceIfKnown(stored.inputAudio),
  outputAudio: priceIfKnown(stored.outputAudio),
  ...(stored.units && { units: readUnits(stored.units) }),
})

const readUnits = (stored: Readonly<Record<string, string>>): UnitPrices =>
  Object.fromEntries(Object.entries(stored).map(([name, text]) => [name, nanoUsd(BigInt(text))]))

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
