import { type RawBuilder, sql } from 'kysely'
import { COUNTS, type Count, type Daily, DIMENSIONS, type Dimension } from '../../counters/daily.ts'
import type { Dialect, Row } from '../database.ts'
import { type Heading, joinReceipt, readHeading } from '../receipt-json.ts'
import type { Receipt } from '../../canon/receipt.ts'
import { nanoUsd } from '../../units.ts'
import type { Tables } from '../tables.ts'
import { holdable, listsParameter } from '../words.ts'

type Column = keyof Tables['daily_usage']

/** What dimensions and counts are called in the tables. */
export const DIMENSION_COLUMNS = {
  day: 'day',
  userId: 'user_id',
  keyId: 'key_id',
  projectId: 'project_id',
  model: 'model',
  provider: 'provider',
} as const satisfies Readonly<Record<Dimension, Column>>

export const COUNT_COLUMNS = {
  requests: 'requests',
  failed: 'failed',
  unpriced: 'unpriced',
  input: 'input',
  inputAudio: 'input_audio',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write_5m',
  cacheWrite1h: 'cache_write_1h',
  output: 'output',
  outputAudio: 'output_audio',
  reasoning: 'reasoning',
  costNanoUsd: 'cost_nano',
  uncollectedNanoUsd: 'uncollected_nano',
  providerCostNanoUsd: 'provider_cost_nano',
} as const satisfies Readonly<Record<Count, Column>>

export type CounterTable = 'daily_usage' | 'daily_usage_rebuilt'

const KEY: readonly string[] = Object.values(DIMENSION_COLUMNS)
const ALL: readonly string[] = [...KEY, ...Object.values(COUNT_COLUMNS)]
const raw = (parts: readonly string[], between = ', '): RawBuilder<unknown> => sql.raw(parts.join(between))

/** Adds rows to a table of counters, all in one statement; `where` says on what condition. */
export const addRows = (
  dialect: Dialect,
  table: CounterTable,
  rows: readonly Daily[],
  where: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> => {
  const values = ALL.map((_, index) =>
    index < KEY.length ? `value ->> ${index}` : `CAST(value ->> ${index} AS ${WHOLE[dialect]})`,
  )
  const sums = Object.values(COUNT_COLUMNS).map((name) => `${name} = ${table}.${name} + excluded.${name}`)
  return sql`INSERT INTO ${sql.raw(table)} (${raw(ALL)})
    SELECT ${raw(values)} FROM ${listsParameter(dialect, writeRows(dialect, rows))} WHERE ${where}
    ON CONFLICT (${raw(KEY)}) DO UPDATE SET ${raw(sums)}`
}

const WHOLE = { sqlite: 'integer', postgres: 'bigint' } as const

/** In the order of the columns. Numbers as texts, which hold all digits; rows in one order, so that nobody deadlocks. */
const writeRows = (dialect: Dialect, rows: readonly Daily[]): string => {
  const lists = rows.map((row) => [
    ...DIMENSIONS.map((dimension) => holdable(dialect, row[dimension])),
    ...COUNTS.map((count) => row[count].toString()),
  ])
  return JSON.stringify(lists.sort((one, other) => (one.join('\n') < other.join('\n') ? -1 : 1)))
}

const SET_APART = (from: CounterTable, without: CounterTable): RawBuilder<unknown> =>
  sql`SELECT ${raw(ALL)} FROM ${sql.raw(from)} EXCEPT SELECT ${raw(ALL)} FROM ${sql.raw(without)}`

/** How many rows differ between the counters and those made anew: wrong, missing or too many. */
export const countDifferences = (where: RawBuilder<unknown> = sql`true`): RawBuilder<unknown> =>
  sql`SELECT count(*) AS differing FROM (
    SELECT ${raw(KEY)} FROM (${SET_APART('daily_usage_rebuilt', 'daily_usage')}) AS anew
    UNION SELECT ${raw(KEY)} FROM (${SET_APART('daily_usage', 'daily_usage_rebuilt')}) AS old) AS rows_apart
    WHERE ${where}`

/** Makes the counters equal to those made anew: statements to run in this order. */
export const takeRebuilt = (where: RawBuilder<unknown> = sql`true`): readonly RawBuilder<unknown>[] => {
  const same = KEY.map((name) => `anew.${name} = daily_usage.${name}`)
  const taken = Object.values(COUNT_COLUMNS).map((name) => `${name} = excluded.${name}`)
  return [
    sql`DELETE FROM daily_usage
      WHERE NOT EXISTS (SELECT 1 FROM daily_usage_rebuilt AS anew WHERE ${raw(same, ' AND ')}) AND ${where}`,
    sql`INSERT INTO daily_usage (${raw(ALL)})
      SELECT ${raw(ALL)} FROM (${SET_APART('daily_usage_rebuilt', 'daily_usage')}) AS anew WHERE ${where}
      ON CONFLICT (${raw(KEY)}) DO UPDATE SET ${raw(taken)}`,
  ]
}

/** For `SELECT`: what `readReceipts` needs of `receipts AS r` and `headings AS h`. */
export const RECEIPT_COLUMNS = sql.raw(
  `r.seq, r.request_id, r.at_ms, r.user_id, r.key_id, r.status, r.ended, r.cost_nano, r.body, r.heading_id, h.body AS heading`,
)

/** Reads receipts, each heading among them once. */
export const readReceipts = (rows: readonly Row[]): readonly Receipt[] => {
  const headings = new Map<unknown, Heading>()
  return rows.map((row) => {
    let heading = headings.get(row['heading_id'])
    if (!heading) {
      heading = readHeading(String(row['heading']))
      headings.set(row['heading_id'], heading)
    }
    const columns = {
      requestId: String(row['request_id']),
      atMs: Number(row['at_ms']),
      userId: String(row['user_id']),
      keyId: String(row['key_id']),
      status: Number(row['status']),
      ended: String(row['ended']) as Receipt['ended'],
      cost: nanoUsd(BigInt(String(row['cost_nano']))),
    }
    return joinReceipt(columns, heading, String(row['body']))
  })
}
