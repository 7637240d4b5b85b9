import { type RawBuilder, sql } from 'kysely'
import { lateIdOf } from '../../canon/receipt.ts'
import type { Count, Dimension } from '../../counters/daily.ts'
import type { Dialect } from '../database.ts'
import type { Tables } from '../tables.ts'

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

/** Adds the receipts `r` to a table of counters, in one statement and without a word of them leaving the database. */
export const addReceipts = (dialect: Dialect, table: CounterTable, where: RawBuilder<unknown>): RawBuilder<unknown> => {
  const { day, heading, particulars, counts } = WORDS[dialect]
  // Above what 64 bits hold a counter stands still: one row must never stop the counting of all others.
  const { least } = WORDS[dialect]
  const sums = Object.values(COUNT_COLUMNS).map((name) => {
    const before = least(`${table}.${name}`, `${COUNTER_MAX} - excluded.${name}`)
    return `${name} = ${before} + excluded.${name}`
  })
  // Headings are read once for all receipts they are over: what is in JSON costs more than to group it.
  const byHeading = sql`SELECT ${sql.raw(day)} AS day, r.user_id, r.key_id, r.heading_id,
      ${raw(Object.entries(counts).map(([name, count]) => `${count} AS ${COUNT_COLUMNS[name as Count]}`))}
    FROM receipts AS r ${sql.raw(particulars)} WHERE ${where} GROUP BY 1, 2, 3, 4`
  const named = [
    't.day',
    't.user_id',
    't.key_id',
    `COALESCE(${heading('projectId')}, '')`,
    heading('modelServed'),
    heading('provider'),
  ]
  return sql`INSERT INTO ${sql.raw(table)} (${raw(ALL)})
    SELECT ${raw([...named, ...Object.values(COUNT_COLUMNS).map((name) => `SUM(t.${name})`)])}
    FROM (${byHeading}) AS t JOIN headings AS h ON h.id = t.heading_id
    -- In one order, so that nobody deadlocks.
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (${raw(KEY)}) DO UPDATE SET ${raw(sums)}`
}

/** The largest counter: nine billion dollars. */
const COUNTER_MAX = 9_000_000_000_000_000_000n
/** The most that one receipt adds to a counter: ten times what a request can cost (`COST_MAX`), for receipts of before. */
const ADDED_MAX = 10_000_000_000_000_000n

/** What a receipt adds to each count. `usage` and `particular` say how a member of its JSON is read as a number. */
const countsOf = (
  usage: (name: string) => string,
  particular: (name: string) => string,
  atMost: (amount: string) => string,
): Readonly<Record<Count, string>> => ({
  // What a request cost that ended too late stands on a second receipt of the same request.
  requests: `COUNT(*) FILTER (WHERE r.request_id NOT LIKE '${lateIdOf('%')}')`,
  failed: "COUNT(*) FILTER (WHERE r.ended IN ('failed', 'abandoned'))",
  unpriced: `COUNT(*) FILTER (WHERE ${particular('providerCost')} IS NULL)`,
  input: `SUM(${atMost(usage('input'))})`,
  inputAudio: `SUM(${atMost(usage('inputAudio'))})`,
  cacheRead: `SUM(${atMost(usage('cacheRead'))})`,
  cacheWrite5m: `SUM(${atMost(usage('cacheWrite5m'))})`,
  cacheWrite1h: `SUM(${atMost(usage('cacheWrite1h'))})`,
  output: `SUM(${atMost(usage('output'))})`,
  outputAudio: `SUM(${atMost(usage('outputAudio'))})`,
  reasoning: `SUM(${atMost(usage('reasoning'))})`,
  costNanoUsd: `SUM(${atMost('r.cost_nano')})`,
  uncollectedNanoUsd: `SUM(${atMost(particular('uncollected'))})`,
  providerCostNanoUsd: `COALESCE(SUM(${atMost(particular('providerCost'))}), 0)`,
})

interface Words {
  /** The UTC day of a receipt, as `2026-11-21`. */
  readonly day: string
  /** A text in a heading, `NULL` where there is none. */
  readonly heading: (name: string) => string
  /** What reads the JSON of receipts once, behind `FROM`. */
  readonly particulars: string
  readonly counts: Readonly<Record<Count, string>>
  /** The lesser of two numbers that are there. */
  readonly least: (one: string, other: string) => string
}

const USAGE_COLUMNS = ['input', 'inputAudio', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'outputAudio']

const WORDS: Readonly<Record<Dialect, Words>> = {
  sqlite: {
    day: "strftime('%Y-%m-%d', r.at_ms / 1000, 'unixepoch')",
    heading: (name) => `h.body ->> '$.${name}'`,
    // SQLite remembers the JSON it parsed last.
    particulars: '',
    counts: countsOf(
      (name) => `r.body ->> '$.usage.${name}'`,
      // What is too large for it becomes the largest there is.
      (name) => `CAST(r.body ->> '$.${name}' AS integer)`,
      (amount) => `MIN(${amount}, ${ADDED_MAX})`,
    ),
    least: (one, other) => `MIN(${one}, ${other})`,
  },
  postgres: {
    day: "to_char(to_timestamp(r.at_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    heading: (name) => `CAST(h.body AS json) ->> '${name}'`,
    particulars: `CROSS JOIN LATERAL json_to_record(CAST(r.body AS json))
        AS p (usage json, uncollected numeric, "providerCost" numeric)
      CROSS JOIN LATERAL json_to_record(p.usage)
        AS u (${[...USAGE_COLUMNS, 'reasoning'].map((name) => `"${name}" numeric`).join(', ')})`,
    counts: countsOf(
      (name) => `u."${name}"`,
      (name) => `p."${name}"`,
      // LEAST passes over what is not there, which is not to be the most.
      (amount) => `CASE WHEN ${amount} > ${ADDED_MAX} THEN ${ADDED_MAX} ELSE ${amount} END`,
    ),
    least: (one, other) => `LEAST(${one}, ${other})`,
  },
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
