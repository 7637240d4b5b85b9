/// What Anthropic exports: the pages of its usage report and cost report, and the CSV files of its console.
import { type Bill, type BillLine, makeBill, type TokenMeasure } from './bill.ts'
import type { CsvRow } from './csv.ts'
import { readAmount } from './decimal.ts'
import {
  assertUsd,
  countOf,
  dayIn,
  dayOfBucket,
  type Fields,
  fieldsOf,
  listOf,
  nameOf,
  Unreadable,
} from './export-fields.ts'

/** Whether a bucket of a page is one of theirs. */
export const isAnthropicBucket = (bucket: Fields): boolean => 'starting_at' in bucket

export const readAnthropicBuckets = (buckets: readonly Fields[]): Bill => {
  const days: string[] = []
  let hasCosts = false
  const lines = buckets.flatMap((bucket) => {
    const [start, end] = [bucket['starting_at'], bucket['ending_at']]
    const day = dayOfBucket({ name: 'starting_at', value: start }, { name: 'ending_at', value: end })
    days.push(day)
    return listOf(bucket['results'], 'results').flatMap((each) => {
      const result = fieldsOf(each, 'a result')
      if (result['amount'] === undefined) return usageLine(day, result['model'], reportedTokens(result))
      hasCosts = true
      assertUsd(result['currency'], 'an amount')
      // The cost report counts in cents.
      return costLine(day, result['model'], result['amount'], -2)
    })
  })
  return makeBill(hasCosts ? 'anthropic-cost-report' : 'anthropic-usage-report', lines, days)
}

export const isAnthropicCsv = (names: readonly string[]): boolean => names.includes('usage_date_utc')

export const readAnthropicCsv = (names: readonly string[], rows: readonly CsvRow[]): Bill => {
  const isCosts = names.includes('cost_usd')
  const lines = rows.flatMap((row) => {
    const day = dayIn(row['usage_date_utc'], 'usage_date_utc')
    if (isCosts) return costLine(day, row['model'] ?? row['model_version'], row['cost_usd'], 0)
    return usageLine(day, row['model_version'] ?? row['model'], exportedTokens(row))
  })
  return makeBill(isCosts ? 'anthropic-costs-csv' : 'anthropic-usage-csv', lines)
}

type Tokens = Readonly<Partial<Record<TokenMeasure, bigint | undefined>>>

const reportedTokens = (result: Fields): Tokens => {
  const written = fieldsOf(result['cache_creation'] ?? {}, 'cache_creation')
  return {
    input: countOf(result['uncached_input_tokens'], 'uncached_input_tokens'),
    cache_read: countOf(result['cache_read_input_tokens'], 'cache_read_input_tokens'),
    cache_write_5m: countOf(written['ephemeral_5m_input_tokens'], 'ephemeral_5m_input_tokens'),
    cache_write_1h: countOf(written['ephemeral_1h_input_tokens'], 'ephemeral_1h_input_tokens'),
    output: countOf(result['output_tokens'], 'output_tokens'),
  }
}

const exportedTokens = (row: CsvRow): Tokens => {
  const at = (name: string): bigint | undefined => countOf(row[name], name)
  return {
    input: at('usage_input_tokens_no_cache'),
    cache_read: at('usage_input_tokens_cache_read'),
    cache_write_5m: at('usage_input_tokens_cache_write_5m'),
    cache_write_1h: at('usage_input_tokens_cache_write_1h'),
    output: at('usage_output_tokens'),
  }
}

const usageLine = (day: string, model: unknown, found: Tokens): readonly BillLine[] => {
  const known = Object.entries(found).filter(([, count]) => count !== undefined)
  if (known.length === 0) return []
  return [{ day, model: nameOf(model), tokens: Object.fromEntries(known) as BillLine['tokens'] }]
}

const costLine = (day: string, model: unknown, amount: unknown, shift: number): readonly BillLine[] => {
  const cost = readAmount(amount, shift)
  if (cost === undefined) throw new Unreadable(`the amount ${String(amount)} is not a number`)
  return [{ day, model: nameOf(model), tokens: {}, cost }]
}
