import type { Model, ModelType } from '../canon/model.ts'
import type { PriceTable, PriceVersion, UnitPrices } from '../canon/price.ts'
import { nanoUsd, ONE, partsPerMillion } from '../units.ts'
import { completePrices, type StatedPrices, tableTimes } from './prices.ts'

/** Prices as the generated file holds them: whole nano-dollars per million tokens, small enough for exact numbers. */
export interface RowPrices {
  readonly input: number
  readonly output?: number
  readonly cacheRead?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  readonly inputAudio?: number
  readonly outputAudio?: number
}

/** Fees in whole nano-dollars for one, of characters for a million; the same for every size of input. */
export interface RowFees {
  readonly request?: number
  readonly webSearches?: number
  readonly searchedRequest?: number
  readonly images?: number
  readonly inputSeconds?: number
  readonly characters?: number
  readonly searchUnits?: number
}

export interface RowVersion {
  readonly fromMs: number
  readonly prices: RowPrices
  readonly tiers?: readonly { readonly above: number; readonly prices: RowPrices }[]
  readonly fees?: RowFees
  /** What an image of another size or quality costs, by the name that a request makes of them. */
  readonly imagesBy?: Readonly<Record<string, number>>
}

/** One model of the generated catalogue, in as few bytes as will do: only what the source states. */
export interface CatalogueRow {
  readonly id: string
  readonly vendor: string
  readonly type: ModelType
  readonly name: string
  readonly context?: number
  readonly output?: number
  /** Unix seconds. */
  readonly created?: number
  readonly capabilities?: readonly string[]
  /** Other ways people write the id; sent upstream as the id. */
  readonly spellings?: readonly string[]
  /** What other tiers of service cost, as millionths of the standard price. */
  readonly serviceTiers?: Readonly<Record<string, number>>
  /** Newest last. */
  readonly versions: readonly RowVersion[]
}

/** What Tollgate knows before anyone has configured anything. */
export interface BuiltIn {
  readonly models: readonly Model[]
  /** Other ways to write a model's id. */
  readonly spellings: ReadonlyMap<string, string>
}

/** Reads generated rows into models, filling in the cache prices that follow from the input price. */
export const readRows = (rows: readonly CatalogueRow[]): BuiltIn => ({
  models: rows.map(readRow),
  spellings: new Map(rows.flatMap((row) => (row.spellings ?? []).map((spelling) => [spelling, row.id] as const))),
})

const readRow = (row: CatalogueRow): Model => ({
  id: row.id,
  vendor: row.vendor,
  type: row.type,
  displayName: row.name,
  contextWindow: row.context,
  maxOutputTokens: row.output,
  multiplier: ONE,
  capabilities: row.capabilities ?? [],
  createdAt: row.created ?? 0,
  priceVersions: row.versions.map((version) => readVersion(version, row.serviceTiers)),
})

const readVersion = (version: RowVersion, factors: CatalogueRow['serviceTiers']): PriceVersion => {
  const units = version.fees && readFees(version.fees)
  const table: PriceTable = {
    prices: completePrices(stated(version.prices, units)),
    tiers: (version.tiers ?? []).map((tier) => ({
      aboveInputTokens: tier.above,
      prices: completePrices(stated(tier.prices, units)),
    })),
  }
  const serviceTiers = Object.entries(factors ?? {}).map(
    ([name, factor]) => [name, tableTimes(table, partsPerMillion(BigInt(factor)))] as const,
  )
  const variants = Object.entries(version.imagesBy ?? {}).map(
    ([name, price]) => [name, ofImages(table, price)] as const,
  )
  const others = [...serviceTiers, ...variants]
  return {
    effectiveFromMs: version.fromMs,
    ...table,
    ...(others.length > 0 && { serviceTiers: Object.fromEntries(others) }),
  }
}

/** The same prices, with another one for an image. */
const ofImages = ({ prices, tiers }: PriceTable, price: number): PriceTable => ({
  prices: { ...prices, units: { ...prices.units, images: nanoUsd(BigInt(price)) } },
  tiers,
})

const FEES = [
  'request',
  'webSearches',
  'searchedRequest',
  'images',
  'inputSeconds',
  'characters',
  'searchUnits',
] as const

const readFees = (fees: RowFees): UnitPrices =>
  Object.fromEntries(
    FEES.flatMap((name) => {
      const fee = fees[name]
      return fee === undefined ? [] : [[name, nanoUsd(BigInt(fee))] as const]
    }),
  )

const stated = (prices: RowPrices, units: UnitPrices | undefined): StatedPrices => ({
  input: BigInt(prices.input),
  output: whole(prices.output),
  cacheRead: whole(prices.cacheRead),
  cacheWrite5m: whole(prices.cacheWrite5m),
  cacheWrite1h: whole(prices.cacheWrite1h),
  inputAudio: whole(prices.inputAudio),
  outputAudio: whole(prices.outputAudio),
  units,
})

const whole = (price: number | undefined): bigint | undefined => (price === undefined ? undefined : BigInt(price))
