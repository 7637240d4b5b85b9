import { type Kysely, type RawBuilder, sql } from 'kysely'
import { dayOf } from '../../counters/daily.ts'
import { nanoUsd } from '../../units.ts'
import type { Dialect } from '../database.ts'
import { exactSum, readExactSum } from '../exact-sum.ts'
import type { Durations, SeriesDimension, SeriesFilter, SeriesPoint, SeriesStore } from '../log-types.ts'
import type { Tables } from '../tables.ts'
import { anyOf } from '../words.ts'
import { DIMENSION_COLUMNS, LATENCY_COLUMNS, TTFT_COLUMNS } from './counter-sql.ts'

const HOUR_MS = 3_600_000

/** The series of `Store`, added up from the counters: how many receipts there are behind them does not matter. */
export const seriesQueries = (db: Kysely<Tables>, dialect: Dialect): SeriesStore => ({
  points: async (filter, rowsMax) => {
    const { interval, by } = filter
    const [table, time] = tableOf(filter)
    const columns = [time, ...(by === undefined ? [] : [DIMENSION_COLUMNS[by]])]
    const sums = Object.entries(TOKENS).map(([name, column]) => `SUM(1.0 * (${column})) AS "${name}"`)
    const durations = [`${sumsOf(LATENCY_COLUMNS)} AS latency_counts`, `${sumsOf(TTFT_COLUMNS)} AS ttft_counts`]
    const { rows } =
      await sql<Row>`SELECT ${sql.raw([...columns, ...sums, `${exactSum('cost_nano')} AS cost`, ...durations].join(', '))}
      FROM ${sql.raw(table)} WHERE ${sql.join(conditions(dialect, filter), sql` AND `)}
      GROUP BY ${sql.raw(columns.join(', '))} ORDER BY ${sql.raw(columns.join(', '))} LIMIT ${rowsMax}`.execute(db)
    return rows.map((row) => readPoint(row, interval, by))
  },
})

/**
 * Figures of a chart, which are as near as a double is: exact up to nine quadrillion. Money is added up to the last digit,
 * which costs as much again for each column.
 */
const TOKENS = {
  requests: 'requests',
  failed: 'failed',
  input: 'input + input_audio',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write_5m + cache_write_1h',
  output: 'output + output_audio',
  reasoning: 'reasoning',
} as const

/** The smallest that tells what is asked. Of everybody together a day has few rows, however many users there are. */
const tableOf = ({ interval, by, userId, keyId, projectId }: SeriesFilter): readonly [table: string, time: string] => {
  if (interval === 'hour') return ['hourly_usage', 'hour_ms']
  const isOfAll = userId === undefined && keyId === undefined && projectId === undefined
  const isAlike = by === undefined || by === 'model' || by === 'provider'
  return [isOfAll && isAlike ? 'daily_provider_usage' : 'daily_usage', 'day']
}

type Row = Readonly<Record<string, unknown>>

const conditions = (dialect: Dialect, filter: SeriesFilter): readonly RawBuilder<unknown>[] => {
  const { interval, sinceMs, untilMs, userId, keyId, projectId, model, provider } = filter
  const wanted = { userId, keyId, projectId, model, provider }
  const equal = Object.entries(wanted).flatMap(([dimension, value]) =>
    value === undefined ? [] : [sql`${sql.raw(DIMENSION_COLUMNS[dimension as keyof typeof wanted])} = ${value}`],
  )
  if (interval === 'day') {
    // The last day is the one that the interval's end lies behind.
    return [sql`day >= ${dayOf(sinceMs)}`, sql`day <= ${dayOf(untilMs - 1)}`, ...equal]
  }
  // Of one user each hour is found by the table's key; of all, the hours stand one after the other.
  if (userId === undefined) return [sql`hour_ms >= ${sinceMs}`, sql`hour_ms < ${untilMs}`, ...equal]
  return [sql`hour_ms IN ${hoursOf(dialect, sinceMs, untilMs)}`, ...equal]
}

const hoursOf = (dialect: Dialect, sinceMs: number, untilMs: number): RawBuilder<unknown> => {
  const hours: string[] = []
  for (let atMs = Math.floor(sinceMs / HOUR_MS) * HOUR_MS; atMs < untilMs; atMs += HOUR_MS) hours.push(String(atMs))
  return sql`(SELECT CAST(value AS ${sql.raw(dialect === 'sqlite' ? 'integer' : 'bigint')}) FROM ${anyOf(dialect, hours)} AS hours)`
}

/** The sums over some columns, as one text: as columns they would cost more to hand over than to add up. */
const sumsOf = (columns: readonly string[]): string =>
  columns.map((column) => `CAST(SUM(${column}) AS text)`).join(" || ' ' || ")

type Sums = Readonly<Record<keyof typeof TOKENS, number>>

const readPoint = (row: Row, interval: SeriesFilter['interval'], by: SeriesDimension | undefined): SeriesPoint => ({
  atMs: interval === 'hour' ? Number(row['hour_ms']) : Date.parse(`${String(row['day'])}T00:00:00Z`),
  by: by === undefined ? '' : String(row[DIMENSION_COLUMNS[by]]),
  latency: readDurations(row['latency_counts']),
  ttft: readDurations(row['ttft_counts']),
  cost: nanoUsd(readExactSum(row['cost'])),
  ...(Object.fromEntries(Object.keys(TOKENS).map((name) => [name, Number(row[name])])) as Sums),
})

const readDurations = (text: unknown): Durations => String(text).split(' ').map(BigInt)
