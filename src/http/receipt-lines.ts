import type { Receipt } from '../canon/receipt.ts'
import { type BilledBucket, billLines } from '../metering/bill-lines.ts'
import { formatUsd } from '../units.ts'
import { UNITS } from './receipt-json.ts'

/** One line of the bill, of those that add up to `cost_usd`. */
export interface LineJson {
  /** A bucket of `usage`, a fee of `prices`, or `rounding`, `above_most`, `uncollected`. */
  bucket: string
  /** Of what is sold by the token. */
  tokens: number | null
  price_usd_per_mtok: string | null
  /** Of anything, with its price for one or for a million. Null where the line is no product. */
  quantity: number | null
  price_usd: string | null
  per: 1 | 1_000_000 | null
  usd: string
}

const NAMES: Readonly<Record<BilledBucket, string>> = {
  input: 'input',
  inputAudio: 'input_audio',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write_5m',
  cacheWrite1h: 'cache_write_1h',
  output: 'output',
  outputAudio: 'output_audio',
  ...(Object.fromEntries(Object.entries(UNITS).map(([unit, [name]]) => [unit, name])) as Record<
    keyof typeof UNITS,
    string
  >),
  searchedRequest: 'per_searched_request',
  request: 'per_request',
}

/** What is counted in tokens of the model itself. */
const IN_TOKENS: ReadonlySet<BilledBucket> = new Set([
  ...(['input', 'inputAudio', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'outputAudio'] as const),
])

/**
 * The bill of a receipt, line by line: quantity x price x multipliers, each rounded down, and then what makes it the cost:
 * what the whole was rounded up by, what was above the most that a request costs, what could not be collected.
 */
export const renderLines = ({ usage, prices, multipliers, cost, uncollected }: Receipt): LineJson[] => {
  const { lines, rounding, aboveMost } = billLines(usage, prices, multipliers)
  const products = lines.map(({ bucket, quantity, per, price, amount }): LineJson => {
    const inTokens = IN_TOKENS.has(bucket)
    return {
      bucket: NAMES[bucket],
      tokens: inTokens ? quantity : null,
      price_usd_per_mtok: inTokens ? formatUsd(price) : null,
      quantity,
      price_usd: formatUsd(price),
      per,
      usd: formatUsd(amount),
    }
  })
  const made = lines.reduce((sum, { amount }) => sum + amount, 0n) + rounding - aboveMost
  const rest = [
    ['rounding', rounding],
    ['above_most', 0n - aboveMost],
    ['uncollected', 0n - uncollected],
    // Nothing, but on a receipt whose usage is shown though it was not charged.
    ['not_charged', cost + uncollected - made],
  ] as const
  return [...products, ...rest.flatMap(([bucket, amount]) => (amount === 0n ? [] : [amountLine(bucket, amount)]))]
}

const amountLine = (bucket: string, amount: bigint): LineJson => ({
  bucket,
  tokens: null,
  price_usd_per_mtok: null,
  quantity: null,
  price_usd: null,
  per: null,
  usd: formatUsd(amount),
})
