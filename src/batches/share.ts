import type { Action } from '../canon/operation.ts'
import type { Prices, PriceTable } from '../canon/price.ts'
import {
  type Heading,
  readHeading,
  readPrices,
  type StoredPrices,
  writeHeading,
  writePrices,
} from '../db/receipt-json.ts'
import { type NanoUsd, nanoUsd } from '../units.ts'

/**
 * What is held for the requests of a batch that ask one model. Everything that charging needs is in it, as it was when
 * the batch was made: its key, its prices and its provider may be gone when it ends.
 */
export interface Share {
  /** Of the hold, and of the receipt. */
  readonly requestId: string
  readonly heading: Heading
  readonly quote: NanoUsd
  readonly lines: number
  /** What each of them has as input, usually: for answers whose usage nobody tells. */
  readonly inputTokens: number
  /** Of each request by itself. */
  readonly action: Action
  readonly table: PriceTable
  /** By the tiers that results may report instead. */
  readonly others: Readonly<Record<string, PriceTable>>
}

interface StoredTable {
  readonly prices: StoredPrices
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly prices: StoredPrices }[]
}

interface StoredShare extends Pick<Share, 'requestId' | 'lines' | 'inputTokens' | 'action'> {
  readonly heading: string
  readonly quote: string
  readonly table: StoredTable
  readonly others: Readonly<Record<string, StoredTable>>
}

export const writeShares = (shares: readonly Share[]): string =>
  JSON.stringify(
    shares.map(
      ({ heading, quote, table, others, ...rest }): StoredShare => ({
        ...rest,
        heading: writeHeading(heading),
        quote: quote.toString(),
        table: writeTable(table),
        others: mapped(others, writeTable),
      }),
    ),
  )

/** Reads what `writeShares` wrote. Throws on anything else: the database holds nothing else. */
export const readShares = (text: string): readonly Share[] =>
  (JSON.parse(text) as readonly StoredShare[]).map(({ heading, quote, table, others, ...rest }) => ({
    ...rest,
    heading: readHeading(heading),
    quote: nanoUsd(BigInt(quote)),
    table: readTable(table),
    others: mapped(others, readTable),
  }))

const writeTable = ({ prices, tiers }: PriceTable): StoredTable => ({
  prices: writePrices(prices),
  tiers: tiers.map(({ aboveInputTokens, ...tier }) => ({ aboveInputTokens, prices: writePrices(tier.prices) })),
})

const readTable = ({ prices, tiers }: StoredTable): PriceTable => ({
  prices: readPrices(prices),
  tiers: tiers.map((tier): { aboveInputTokens: number; prices: Prices } => ({
    aboveInputTokens: tier.aboveInputTokens,
    prices: readPrices(tier.prices),
  })),
})

const mapped = <One, Other>(record: Readonly<Record<string, One>>, map: (one: One) => Other): Record<string, Other> =>
  Object.fromEntries(Object.entries(record).map(([name, one]) => [name, map(one)]))
