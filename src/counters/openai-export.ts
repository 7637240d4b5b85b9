/// What OpenAI exports: the pages of `/v1/organization/usage/*` and `/v1/organization/costs`, and the same as CSV.
import { type Bill, type BillLine, makeBill, type TokenMeasure } from './bill.ts'
import type { CsvRow } from './csv.ts'
import { readAmount } from './decimal.ts'
import { assertUsd, countOf, dayOfBucket, type Fields, fieldsOf, listOf, nameOf, Unreadable } from './export-fields.ts'

/** Whether a bucket of a page is one of theirs. */
export const isOpenAiBucket = (bucket: Fields): boolean => 'start_time' in bucket

export const readOpenAiBuckets = (buckets: readonly Fields[]): Bill => {
  const days: string[] = []
  let hasCosts = false
  const lines = buckets.flatMap((bucket) => {
    const day = dayAt(bucket)
    days.push(day)
    return listOf(bucket['results'], 'results').flatMap((each) => {
      const result = fieldsOf(each, 'a result')
      if (result['amount'] === undefined) return usageLine(day, result)
      hasCosts = true
      const { value, currency } = fieldsOf(result['amount'], 'amount')
      return costLine(day, value, currency, result['line_item'])
    })
  })
  return makeBill(hasCosts ? 'openai-costs' : 'openai-usage', lines, days)
}

const dayAt = (bucket: Fields): string =>
  dayOfBucket({ name: 'start_time', value: bucket['start_time'] }, { name: 'end_time', value: bucket['end_time'] })

export const isOpenAiCsv = (names: readonly string[]): boolean =>
  names.includes('start_time') && (names.includes('amount_value') || names.includes('input_tokens'))

export const readOpenAiCsv = (names: readonly string[], rows: readonly CsvRow[]): Bill => {
  const isCosts = names.includes('amount_value')
  const days: string[] = []
  const lines = rows.flatMap((row) => {
    const day = dayAt(row)
    days.push(day)
    // A day without use is a row without amounts.
    if (!isCosts) return usageLine(day, row)
    return nameOf(row['amount_value']) === null
      ? []
      : costLine(day, row['amount_value'], row['amount_currency'], row['line_item'])
  })
  return makeBill(isCosts ? 'openai-costs-csv' : 'openai-usage-csv', lines, days)
}

/** `input_tokens` has all input in it, what was read from a cache and written to one too. */
const usageLine = (day: string, result: Fields): readonly BillLine[] => {
  const countAt = (name: string): bigint | undefined => countOf(result[name], name)
  const all = countAt('input_tokens')
  const output = countAt('output_tokens')
  if (all === undefined && output === undefined) return []
  const [cacheRead, cacheWrite] = [countAt('input_cached_tokens'), countAt('input_cache_write_tokens')]
  const input = (all ?? 0n) - (cacheRead ?? 0n) - (cacheWrite ?? 0n)
  if (input < 0n) throw new Unreadable('input_tokens is less than the cached tokens in it')
  const tokens: Partial<Record<TokenMeasure, bigint>> = { input, output: output ?? 0n }
  if (cacheRead !== undefined) tokens.cache_read = cacheRead
  if (cacheWrite !== undefined) tokens.cache_write = cacheWrite
  return [{ day, model: nameOf(result['model']), tokens }]
}

/** A line item is `<model>, <what>`, or something that is sold without a model. */
const costLine = (day: string, value: unknown, currency: unknown, item: unknown): readonly BillLine[] => {
  assertUsd(currency, 'an amount')
  const cost = readAmount(value)
  if (cost === undefined) throw new Unreadable(`the amount ${String(value)} is not a number`)
  const [, service] = /^(.+), [^,]+$/.exec(nameOf(item) ?? '') ?? []
  // `evals | <model>` is use by a product of theirs; `<model> audio` is one kind of a model's tokens.
  const model = service?.replace(/^.*\| */, '').replace(/ (?:audio|text|image)$/, '') ?? null
  return [{ day, model, tokens: {}, cost }]
}
