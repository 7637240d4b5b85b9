import { err, ok, type Result } from '../result.ts'
import { isAnthropicBucket, isAnthropicCsv, readAnthropicBuckets, readAnthropicCsv } from './anthropic-export.ts'
import type { Bill } from './bill.ts'
import { readCsv } from './csv.ts'
import { type Fields, fieldsOf, listOf, Unreadable } from './export-fields.ts'
import { isOpenAiBucket, isOpenAiCsv, readOpenAiBuckets, readOpenAiCsv } from './openai-export.ts'

/**
 * Reads what a provider exports of usage or costs, whichever of the known forms it is: one page of JSON, a list of pages,
 * or CSV. An error in words where it is none of them, or not whole.
 */
export const readExport = (content: string): Result<Bill, string> => {
  try {
    const bill = /^\s*[{[]/.test(content) ? readPages(content) : readTable(content)
    return bill.days.length > 0 ? ok(bill) : err('The export has no day in it.')
  } catch (error) {
    if (error instanceof Unreadable) return err(`The export cannot be read: ${error.message}.`)
    throw error
  }
}

const readPages = (content: string): Bill => {
  const read = parse(content)
  const pages = (Array.isArray(read) ? (read as readonly unknown[]) : [read]).map((page) => fieldsOf(page, 'a page'))
  const buckets = pages.flatMap((page) => listOf(page['data'], 'data').map((bucket) => fieldsOf(bucket, 'a bucket')))
  if (pages.at(-1)?.['has_more'] === true)
    throw new Unreadable('its last page says that there are more; fetch them all and put the pages in a list')
  if (buckets.length === 0) throw new Unreadable('it has no buckets')
  refuseRepeated(buckets)
  const readIf = (isTheirs: (bucket: Fields) => boolean, readBuckets: (buckets: readonly Fields[]) => Bill) =>
    buckets.every(isTheirs) ? readBuckets(buckets) : undefined
  const bill = readIf(isOpenAiBucket, readOpenAiBuckets) ?? readIf(isAnthropicBucket, readAnthropicBuckets)
  if (!bill) throw new Unreadable('its buckets begin neither at `start_time` nor at `starting_at`')
  return bill
}

/** A page that was fetched twice would count twice. Days without use look alike, and count nothing. */
const refuseRepeated = (buckets: readonly Fields[]): void => {
  const seen = new Set<string>()
  for (const bucket of buckets) {
    if (Array.isArray(bucket['results']) && bucket['results'].length === 0) continue
    const text = JSON.stringify(bucket)
    if (seen.has(text))
      throw new Unreadable('a bucket with all that is in it comes twice: is a page in the list twice?')
    seen.add(text)
  }
}

const parse = (content: string): unknown => {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new Unreadable(`it is no JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}

const readTable = (content: string): Bill => {
  const table = readCsv(content)
  if (!table.ok) throw new Unreadable(table.error)
  const { names, rows } = table.value
  if (isAnthropicCsv(names)) return readAnthropicCsv(names, rows)
  if (isOpenAiCsv(names)) return readOpenAiCsv(names, rows)
  throw new Unreadable('its first line has none of the names that are known')
}
