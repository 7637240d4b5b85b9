import type { Multipliers, Prices } from '../canon/price.ts'
import { UNIT_NAMES, type Usage } from '../canon/usage.ts'
import { type NanoUsd, nanoUsd } from '../units.ts'
import { costAt, exactCost } from './charge.ts'
import { isByTheMillion, requestCost } from './units.ts'

/** What of a usage is priced apart. */
export type BilledBucket =
  | Exclude<keyof Usage, 'units' | 'reasoning'>
  | (typeof UNIT_NAMES)[number]
  | 'searchedRequest'
  | 'request'

/** One product of a bill: so much of something, at its price for one or for a million, with all multipliers. */
export interface BillLine {
  readonly bucket: BilledBucket
  readonly quantity: number
  readonly per: 1 | 1_000_000
  /** Nano-dollars for one, or for a million. */
  readonly price: bigint
  /** Rounded down: a bill is rounded up once, at its end. */
  readonly amount: NanoUsd
}

export interface BillLines {
  readonly lines: readonly BillLine[]
  /** What is added so that the lines make the cost, which was rounded up as a whole. */
  readonly rounding: NanoUsd
  /** What is taken off since no request costs more than `COST_MAX`. */
  readonly aboveMost: NanoUsd
}

/**
 * The products that a cost is made of, in the formula of `costAt`: `lines` and `rounding`, less `aboveMost`, are the cost to
 * the nano-dollar. What was not used has no line.
 */
export const billLines = (usage: Usage, prices: Prices, multipliers: Multipliers): BillLines => {
  const products = productsOf(usage, prices)
  const exact = products.map(({ quantity, price, per }) => BigInt(quantity) * price * (per === 1 ? MILLION : 1n))
  const lines = products.map((product, index): BillLine => {
    return { ...product, amount: nanoUsd(exactCost(exact[index] ?? 0n, multipliers).down) }
  })
  const sum = lines.reduce((total, { amount }) => total + amount, 0n)
  const whole = exact.reduce((total, each) => total + each, 0n)
  const up = exactCost(whole, multipliers).up
  const cost = costAt(usage, prices, multipliers)
  return {
    lines,
    rounding: nanoUsd(up - sum),
    aboveMost: nanoUsd(cost.ok ? up - cost.value : 0n),
  }
}

const MILLION = 1_000_000n

type Product = Omit<BillLine, 'amount'>

/** Quantities with their prices. What is a part of another bucket, such as reasoning, is in that. */
const productsOf = (usage: Usage, prices: Prices): readonly Product[] => {
  const perMillion = (bucket: BilledBucket, quantity: number, price: bigint | undefined): Product => ({
    bucket,
    quantity,
    per: 1_000_000,
    price: price ?? 0n,
  })
  const one = (bucket: BilledBucket, quantity: number, price: bigint | undefined): Product => ({
    ...perMillion(bucket, quantity, price),
    per: 1,
  })
  const units = usage.units ?? {}
  const fees = prices.units ?? {}
  const isSearched = (units.webSearches ?? 0) > 0 && fees.searchedRequest !== undefined
  const isOwed = prices.units !== undefined && requestCost(usage, prices.units) > 0n
  const all = [
    perMillion('input', usage.input, prices.input),
    perMillion('inputAudio', usage.inputAudio, prices.inputAudio ?? prices.input),
    perMillion('cacheRead', usage.cacheRead, prices.cacheRead),
    perMillion('cacheWrite5m', usage.cacheWrite5m, prices.cacheWrite5m),
    perMillion('cacheWrite1h', usage.cacheWrite1h, prices.cacheWrite1h),
    perMillion('output', usage.output, prices.output),
    perMillion('outputAudio', usage.outputAudio, prices.outputAudio ?? prices.output),
    ...UNIT_NAMES.map((name) => (isByTheMillion(name) ? perMillion : one)(name, units[name] ?? 0, fees[name])),
    one('searchedRequest', isSearched ? 1 : 0, fees.searchedRequest),
    one('request', isOwed ? 1 : 0, fees.request),
  ]
  return all.filter(({ quantity }) => quantity > 0)
}
