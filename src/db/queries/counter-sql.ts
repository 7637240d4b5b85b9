import { type RawBuilder, sql } from 'kysely'
import { lateIdOf } from '../../canon/receipt.ts'
import type { Count, Dimension } from '../../counters/daily.ts'
import { DURATION_BOUNDS_MS } from '../../counters/durations.ts'
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

/** A table of counters, and the one they are made anew in. */
export interface Counter {
  readonly table: keyof Tables & `${'daily' | 'hourly'}_${string}`
  readonly rebuilt: keyof Tables & `${string}_rebuilt`
  /** What rows are told apart by: each column, and what of summed receipts `t` and their heading stands in it. */
  readonly key: Readonly<Record<string, (words: Words) => string>>
  /** Each column that is counted. */
  readonly counted: readonly string[]
}

/** What a request cost that ended too late stands on a second receipt of the same request. */
const FIRST = `r.request_id NOT LIKE '${lateIdOf('%')}'`

/** The columns that durations are counted in, one a step. */
export const LATENCY_COLUMNS = [...DURATION_BOUNDS_MS, Number.POSITIVE_INFINITY].map((_, step) => `latency_${step}`)
export const TTFT_COLUMNS = LATENCY_COLUMNS.map((_, step) => `ttft_${step}`)

/**
 * Which step a duration of a receipt is in, `NULL` where there is none to be counted: the request delivered nothing, or is
 * told of a second time.
 */
const stepOf = (duration: string): string => {
  const steps = DURATION_BOUNDS_MS.map((bound, step) => `WHEN ${duration} < ${bound} THEN ${step}`).join(' ')
  const isUntimed = `${duration} IS NULL OR r.ended IN ('failed', 'abandoned') OR NOT (${FIRST})`
  return `CASE WHEN ${isUntimed} THEN NULL ${steps} ELSE ${DURATION_BOUNDS_MS.length} END`
}

const durationCounts = (columns: readonly string[], step: string): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.map((column, place) => [column, `COUNT(*) FILTER (WHERE ${step} = ${place})`]))

/** What is counted of receipts, by the names of columns. */
const countsIn = ({ counts }: Words): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [COUNT_COLUMNS[name as Count], count])),
  broken: BROKEN,
  ...durationCounts(LATENCY_COLUMNS, 'r.latency_step'),
  ...durationCounts(TTFT_COLUMNS, 'r.ttft_step'),
})

/** What requests were, used and cost, and how long they took. */
const USED: readonly string[] = [...Object.values(COUNT_COLUMNS), ...LATENCY_COLUMNS, ...TTFT_COLUMNS]

const DAY: Counter['key'] = { day: ({ dayOf }) => dayOf('t.hour_ms') }
const WHO: Counter['key'] = {
  user_id: () => 't.user_id',
  key_id: () => 't.key_id',
  project_id: ({ heading }) => `COALESCE(${heading('projectId')}, '')`,
  model: ({ heading }) => heading('modelServed'),
  provider: ({ heading }) => heading('provider'),
}

/**
 * All of them. A receipt is counted in each in one transaction. Those of providers have everybody's usage together, too: a
 * day of it has few rows, however many users there are. `broken`: requests that came to no whole answer, and not because of
 * what their client sent or did.
 */
export const COUNTERS: readonly Counter[] = [
  { table: 'daily_usage', rebuilt: 'daily_usage_rebuilt', key: { ...DAY, ...WHO }, counted: USED },
  {
    table: 'hourly_usage',
    rebuilt: 'hourly_usage_rebuilt',
    key: { hour_ms: () => 't.hour_ms', ...WHO },
    counted: USED,
  },
  {
    table: 'daily_provider_usage',
    rebuilt: 'daily_provider_usage_rebuilt',
    key: {
      ...DAY,
      provider: ({ heading }) => heading('provider'),
      provider_key: ({ heading }) => `COALESCE(${heading('providerKey')}, '')`,
      model: ({ heading }) => heading('modelServed'),
    },
    counted: [...USED, 'broken'],
  },
]

const keysOf = ({ key }: Counter): readonly string[] => Object.keys(key)
const allOf = (counter: Counter): readonly string[] => [...keysOf(counter), ...counter.counted]
const raw = (parts: readonly string[], between = ', '): RawBuilder<unknown> => sql.raw(parts.join(between))

/** What receipts are summed by before their headings are read: what is in JSON costs more than to group it. */
const ALIKE = ['hour_ms', 'user_id', 'key_id', 'heading_id']

/** Receipts `r`, summed: what all counters are made of. Their JSON is read once for all. */
const summed = (dialect: Dialect, where: RawBuilder<unknown>): RawBuilder<unknown> => {
  const words = WORDS[dialect]
  const counts = Object.entries(countsIn(words)).map(([name, count]) => `${count} AS ${name}`)
  return sql`SELECT ${HOUR} AS hour_ms, r.user_id, r.key_id, r.heading_id, ${raw(counts)}
    FROM ${words.receipts(where)} GROUP BY ${raw(placesOf(ALIKE))}`
}

const SUMMED = 'temp.summed_receipts'

/**
 * Adds receipts to all counters, in one transaction and without a word of them leaving the database: statements to run in
 * this order. SQLite keeps the sums between them in a table of its connection; to PostgreSQL each statement says them anew,
 * as a table there would be made and forgotten every second.
 */
export const addReceipts = (
  dialect: Dialect,
  into: 'table' | 'rebuilt',
  where: RawBuilder<unknown>,
): readonly RawBuilder<unknown>[] => {
  const sums = summed(dialect, where)
  if (dialect === 'postgres') return COUNTERS.map((counter) => addSums(dialect, counter, into, sql`(${sums})`))
  const columns = [...ALIKE, ...Object.keys(countsIn(WORDS.sqlite))]
  return [
    sql`CREATE TEMP TABLE IF NOT EXISTS ${sql.raw(SUMMED.replace('temp.', ''))} (${raw(columns)})`,
    sql`DELETE FROM ${sql.raw(SUMMED)}`,
    sql`INSERT INTO ${sql.raw(SUMMED)} (${raw(columns)}) ${sums}`,
    ...COUNTERS.map((counter) => addSums(dialect, counter, into, sql.raw(SUMMED))),
  ]
}

const addSums = (
  dialect: Dialect,
  counter: Counter,
  into: 'table' | 'rebuilt',
  sums: RawBuilder<unknown>,
): RawBuilder<unknown> => {
  const words = WORDS[dialect]
  const table = counter[into]
  const keys = keysOf(counter)
  // Above what 64 bits hold a counter stands still: one row must never stop the counting of all others.
  const added = counter.counted.map((name) => {
    const before = words.least(`${table}.${name}`, `${COUNTER_MAX} - excluded.${name}`)
    return `${name} = ${before} + excluded.${name}`
  })
  const named = Object.values(counter.key).map((wordsOf) => wordsOf(words))
  return sql`INSERT INTO ${sql.raw(table)} (${raw(allOf(counter))})
    SELECT ${raw([...named, ...counter.counted.map((name) => `SUM(t.${name})`)])}
    FROM ${sums} AS t JOIN headings AS h ON h.id = t.heading_id
    -- In one order, so that nobody deadlocks.
    GROUP BY ${raw(placesOf(keys))} ORDER BY ${raw(placesOf(keys))}
    ON CONFLICT (${raw(keys)}) DO UPDATE SET ${raw(added)}`
}

/** `1, 2, 3`: the columns of a statement, by their places. */
const placesOf = (columns: readonly string[]): readonly string[] => columns.map((_, index) => String(index + 1))

/** The largest counter: nine billion dollars. */
const COUNTER_MAX = 9_000_000_000_000_000_000n
/** The most that one receipt adds to a counter: ten times what a request can cost (`COST_MAX`), for receipts of before. */
const ADDED_MAX = 10_000_000_000_000_000n

/** Counts, of receipts `r`, requests that were broken. What a client is told with another 4xx is its own affair. */
export const BROKEN = `COUNT(*) FILTER (WHERE ${FIRST} AND (r.ended IN ('abandoned', 'upstream_cut')
  OR r.ended = 'failed' AND (r.status >= 500 OR r.status IN (408, 429))))`

/** What a receipt adds to each count. `usage` and `particular` say how a member of its JSON is read as a number. */
const countsOf = (
  usage: (name: string) => string,
  particular: (name: string) => string,
  atMost: (amount: string) => string,
): Readonly<Record<Count, string>> => ({
  requests: `COUNT(*) FILTER (WHERE ${FIRST})`,
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
  /** The UTC day of a moment in Unix milliseconds, as `2026-11-21`. */
  readonly dayOf: (atMs: string) => string
  /** A text in a heading, `NULL` where there is none. */
  readonly heading: (name: string) => string
  /** For `FROM`: receipts `r`, with the steps of how long they took, and what else is read of their JSON, once. */
  readonly receipts: (where: RawBuilder<unknown>) => RawBuilder<unknown>
  readonly counts: Readonly<Record<Count, string>>
  /** The lesser of two numbers that are there. */
  readonly least: (one: string, other: string) => string
}

/** When the hour of a receipt began, in Unix milliseconds. */
const HOUR = sql.raw('r.at_ms / 3600000 * 3600000')

const USAGE_COLUMNS = [
  'input',
  'inputAudio',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'outputAudio',
  'reasoning',
]

/** What SQLite reads of the JSON of a receipt. An amount that is too large for it becomes the largest there is. */
const READ_BY_SQLITE = [
  ...['latencyMs', 'ttftMs'].map((name) => `r.body ->> '$.${name}' AS "${name}"`),
  ...USAGE_COLUMNS.map((name) => `r.body ->> '$.usage.${name}' AS "${name}"`),
  ...['uncollected', 'providerCost'].map((name) => `CAST(r.body ->> '$.${name}' AS integer) AS "${name}"`),
]

const WORDS: Readonly<Record<Dialect, Words>> = {
  sqlite: {
    dayOf: (atMs) => `strftime('%Y-%m-%d', ${atMs} / 1000, 'unixepoch')`,
    heading: (name) => `h.body ->> '$.${name}'`,
    // With a limit, what is read of the JSON is read once and while SQLite remembers it parsed; and what is sorted into
    // groups is small without it. 34 µs a receipt became 11.
    receipts: (where) => sql`(SELECT r.*, ${sql.raw(stepOf('r."latencyMs"'))} AS latency_step,
        ${sql.raw(stepOf('r."ttftMs"'))} AS ttft_step
      FROM (SELECT r.at_ms, r.user_id, r.key_id, r.heading_id, r.request_id, r.status, r.ended, r.cost_nano,
          ${sql.raw(READ_BY_SQLITE.join(', '))}
        FROM receipts AS r WHERE ${where} LIMIT -1) AS r LIMIT -1) AS r`,
    counts: countsOf(
      (name) => `r."${name}"`,
      (name) => `r."${name}"`,
      (amount) => `MIN(${amount}, ${ADDED_MAX})`,
    ),
    least: (one, other) => `MIN(${one}, ${other})`,
  },
  postgres: {
    dayOf: (atMs) => `to_char(to_timestamp(${atMs} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
    heading: (name) => `CAST(h.body AS json) ->> '${name}'`,
    receipts: (where) => sql`(SELECT r.*, ${sql.raw(stepOf('p."latencyMs"'))} AS latency_step,
        ${sql.raw(stepOf('p."ttftMs"'))} AS ttft_step, p.uncollected, p."providerCost", ${sql.raw(USAGE_COLUMNS.map((name) => `u."${name}"`).join(', '))}
      FROM receipts AS r
      CROSS JOIN LATERAL json_to_record(CAST(r.body AS json))
        AS p (usage json, uncollected numeric, "providerCost" numeric, "latencyMs" numeric, "ttftMs" numeric)
      CROSS JOIN LATERAL json_to_record(p.usage)
        AS u (${sql.raw(USAGE_COLUMNS.map((name) => `"${name}" numeric`).join(', '))})
      WHERE ${where}) AS r`,
    counts: countsOf(
      (name) => `r."${name}"`,
      (name) => `r."${name}"`,
      // LEAST passes over what is not there, which is not to be the most.
      (amount) => `CASE WHEN ${amount} > ${ADDED_MAX} THEN ${ADDED_MAX} ELSE ${amount} END`,
    ),
    least: (one, other) => `LEAST(${one}, ${other})`,
  },
}

/** The rows of one of its tables that the other has not, or not so. */
const setApart = (counter: Counter, from: 'table' | 'rebuilt'): RawBuilder<unknown> => {
  const columns = raw(allOf(counter))
  const without = from === 'table' ? counter.rebuilt : counter.table
  return sql`SELECT ${columns} FROM ${sql.raw(counter[from])} EXCEPT SELECT ${columns} FROM ${sql.raw(without)}`
}

/** How many rows differ between the counters and those made anew: wrong, missing or too many. */
export const countDifferences = (counter: Counter): RawBuilder<unknown> => {
  const keys = raw(keysOf(counter))
  return sql`SELECT count(*) AS differing FROM (
    SELECT ${keys} FROM (${setApart(counter, 'rebuilt')}) AS anew
    UNION SELECT ${keys} FROM (${setApart(counter, 'table')}) AS old) AS rows_apart`
}

/** Makes the counters equal to those made anew, and empties these: statements to run in this order. */
export const takeRebuilt = (
  counter: Counter,
  where: RawBuilder<unknown> = sql`true`,
): readonly RawBuilder<unknown>[] => {
  const { counted } = counter
  const keys = keysOf(counter)
  const [table, rebuilt] = [sql.raw(counter.table), sql.raw(counter.rebuilt)]
  const same = keys.map((name) => `anew.${name} = ${counter.table}.${name}`)
  const taken = counted.map((name) => `${name} = excluded.${name}`)
  const columns = raw(allOf(counter))
  return [
    sql`DELETE FROM ${table}
      WHERE NOT EXISTS (SELECT 1 FROM ${rebuilt} AS anew WHERE ${raw(same, ' AND ')}) AND ${where}`,
    sql`INSERT INTO ${table} (${columns})
      SELECT ${columns} FROM (${setApart(counter, 'rebuilt')}) AS anew WHERE ${where}
      ON CONFLICT (${raw(keys)}) DO UPDATE SET ${raw(taken)}`,
    sql`DELETE FROM ${rebuilt} WHERE ${where}`,
  ]
}
