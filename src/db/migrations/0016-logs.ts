import { type Kysely, sql } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const logs: Migration = {
  number: 16,
  name: 'logs',
  why: 'receipts are found by what they say, usage is counted by the hour with how long it took, payloads can be captured',
  up: async (db, words) => {
    await widenIndexes(db)
    await indexPostings(db)
    await addDurations(db, words)
    await widenProviderUsage(db, words)
    await createHourlyUsage(db, words, 'hourly_usage')
    await createHourlyUsage(db, words, 'hourly_usage_rebuilt')
    await createPayloads(db, words)
  },
}

/**
 * Takes the place of the indexes on times: whatever receipts are looked for by, and what those of a user add up to, is in
 * them, so that those that do not match are passed over without being read. No index is added: each costs every request.
 */
const widenIndexes = async (db: Kysely<unknown>): Promise<void> => {
  await sql`DROP INDEX receipts_at`.execute(db)
  await sql`CREATE INDEX receipts_at ON receipts (at_ms, seq, heading_id, status, ended)`.execute(db)
  await sql`DROP INDEX receipts_user`.execute(db)
  await sql`CREATE INDEX receipts_user
    ON receipts (user_id, at_ms, seq, key_id, heading_id, status, ended, cost_nano)`.execute(db)
}

/** Of what is no charge; a charge is found by its receipt, and costs these indexes nothing. */
const indexPostings = async (db: Kysely<unknown>): Promise<void> => {
  await sql`CREATE INDEX transactions_from ON transactions (from_account_id, at_ms) WHERE kind <> 'charge'`.execute(db)
  await sql`CREATE INDEX transactions_to ON transactions (to_account_id, at_ms) WHERE kind <> 'charge'`.execute(db)
}

const STEPS = 20
const DURATIONS = ['latency', 'ttft'].flatMap((name) => Array.from({ length: STEPS }, (_, step) => `${name}_${step}`))

/** What was counted before has none; `rebuild-counters` makes them up. */
const addDurations = async (db: Kysely<unknown>, { whole }: ColumnWords): Promise<void> => {
  for (const table of ['daily_usage', 'daily_usage_rebuilt'])
    for (const name of DURATIONS)
      await db.schema
        .alterTable(table)
        .addColumn(name, whole, (column) => column.notNull().defaultTo(0))
        .execute()
}

const COUNTS = [
  'requests',
  'failed',
  'unpriced',
  'input',
  'input_audio',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'output_audio',
  'reasoning',
  'cost_nano',
  'uncollected_nano',
  'provider_cost_nano',
  ...DURATIONS,
]
/** What the counters of providers did not have so far. */
const MISSING = COUNTS.filter((name) => name !== 'requests' && name !== 'provider_cost_nano')

/**
 * From now on they have everybody's usage, too. What was counted before is known by provider and model, and not by key: it
 * stands in one row of each, so that the sums are right.
 */
export const widenProviderUsage = async (db: Kysely<unknown>, { whole }: ColumnWords): Promise<void> => {
  for (const table of ['daily_provider_usage', 'daily_provider_usage_rebuilt'])
    for (const name of MISSING)
      await db.schema
        .alterTable(table)
        .addColumn(name, whole, (column) => column.notNull().defaultTo(0))
        .execute()
  const known = MISSING.filter((name) => !DURATIONS.includes(name))
  const sums = known.map((name) => `COALESCE(SUM(u.${name}), 0)`)
  await sql
    .raw(
      `UPDATE daily_provider_usage SET (${known.join(', ')}) = (SELECT ${sums.join(', ')} FROM daily_usage AS u
        WHERE u.day = daily_provider_usage.day AND u.provider = daily_provider_usage.provider
          AND u.model = daily_provider_usage.model)
      WHERE provider_key = (SELECT MIN(k.provider_key) FROM daily_provider_usage AS k
        WHERE k.day = daily_provider_usage.day AND k.provider = daily_provider_usage.provider
          AND k.model = daily_provider_usage.model)`,
    )
    .execute(db)
}

const NAMES = ['user_id', 'key_id', 'project_id', 'model', 'provider']

const createHourlyUsage = async (
  db: Kysely<unknown>,
  { text, whole, keyedTableEnd }: ColumnWords,
  table: string,
): Promise<void> => {
  // By the hour first: one user's hours are asked for one by one, everybody's as a stretch.
  let creating = db.schema.createTable(table).addColumn('hour_ms', whole, (column) => column.notNull())
  for (const name of NAMES) creating = creating.addColumn(name, text, (column) => column.notNull())
  for (const name of COUNTS) creating = creating.addColumn(name, whole, (column) => column.notNull())
  await creating
    .addPrimaryKeyConstraint(`${table}_key`, ['hour_ms', ...NAMES] as never[])
    .modifyEnd(keyedTableEnd)
    .execute()
}

const createPayloads = async (db: Kysely<unknown>, { text, whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('payloads')
    .addColumn('request_id', text, (column) => column.notNull().primaryKey())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('at_ms', whole, (column) => column.notNull())
    // The long column stands last: what is past is found without reading through it.
    .addColumn('body', text, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('payloads_at').on('payloads').column('at_ms').execute()
  await db.schema.createIndex('payloads_user').on('payloads').column('user_id').execute()
}
