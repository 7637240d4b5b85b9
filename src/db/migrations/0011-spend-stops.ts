import { type Kysely, sql } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const spendStops: Migration = {
  number: 11,
  name: 'spend-stops',
  why: 'what each key of a provider costs is counted by day, and stops it where it is set to',
  up: async (db, words) => {
    await createCounters(db, words, 'daily_provider_usage')
    await createCounters(db, words, 'daily_provider_usage_rebuilt')
    await countWhatIsCounted(db, words)
    await db.schema.alterTable('provider_pauses').addColumn('spent', words.text).execute()
    await createResumes(db, words)
  },
}

const createCounters = async (
  db: Kysely<unknown>,
  { text, whole, keyedTableEnd }: ColumnWords,
  table: string,
): Promise<void> => {
  let creating = db.schema.createTable(table)
  const key = ['day', 'provider', 'provider_key', 'model']
  for (const name of key) creating = creating.addColumn(name, text, (column) => column.notNull())
  for (const name of ['requests', 'broken', 'provider_cost_nano'])
    creating = creating.addColumn(name, whole, (column) => column.notNull())
  await creating
    .addPrimaryKeyConstraint(`${table}_key`, key as never[])
    .modifyEnd(keyedTableEnd)
    .execute()
}

/** Costs are in the counters there are; who was left without an answer is in the receipts that are counted in these. */
const countWhatIsCounted = async (db: Kysely<unknown>, { dialect }: ColumnWords): Promise<void> => {
  await sql`INSERT INTO daily_provider_usage
    SELECT day, provider, '', model, SUM(requests), 0, SUM(provider_cost_nano) FROM daily_usage
    GROUP BY day, provider, model`.execute(db)
  const isSqlite = dialect === 'sqlite'
  const day = isSqlite
    ? "strftime('%Y-%m-%d', r.at_ms / 1000, 'unixepoch')"
    : "to_char(to_timestamp(r.at_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
  const member = (name: string): string => (isSqlite ? `h.body ->> '$.${name}'` : `CAST(h.body AS json) ->> '${name}'`)
  const isCounted = isSqlite
    ? "r.seq <= (SELECT turn FROM feeders WHERE name = 'daily')"
    : 'NOT EXISTS (SELECT 1 FROM receipts_uncounted AS u WHERE u.seq = r.seq)'
  await sql
    .raw(
      `UPDATE daily_provider_usage SET broken = found.broken FROM (
        SELECT ${day} AS day, ${member('provider')} AS provider, ${member('modelServed')} AS model, COUNT(*) AS broken
        FROM receipts AS r JOIN headings AS h ON h.id = r.heading_id
        WHERE ${isCounted} AND r.request_id NOT LIKE '%-late' AND (r.ended IN ('abandoned', 'upstream_cut')
          OR r.ended = 'failed' AND (r.status >= 500 OR r.status IN (408, 429)))
        GROUP BY 1, 2, 3) AS found
      WHERE daily_provider_usage.day = found.day AND daily_provider_usage.provider = found.provider
        AND daily_provider_usage.model = found.model`,
    )
    .execute(db)
}

const createResumes = async (db: Kysely<unknown>, { text, whole, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('spend_resumes')
    .addColumn('provider_id', text, (column) => column.notNull())
    .addColumn('provider_key', text, (column) => column.notNull())
    .addColumn('resumed_at_ms', whole, (column) => column.notNull())
    .addColumn('resumed_by', text, (column) => column.notNull())
    .addColumn('spent', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('spend_resumes_key', ['provider_id', 'provider_key'])
    .modifyEnd(keyedTableEnd)
    .execute()
}
