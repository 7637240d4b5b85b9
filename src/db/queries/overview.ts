import { type Kysely, type RawBuilder, sql } from 'kysely'
import { nanoUsd } from '../../units.ts'
import type { OverviewStore, OverviewSums } from '../control-types.ts'
import type { Dialect } from '../database.ts'
import { exactSum, readExactSum } from '../exact-sum.ts'
import type { Tables } from '../tables.ts'
import { anyOf } from '../words.ts'
import { BROKEN, DIMENSION_COLUMNS } from './counter-sql.ts'
import { limited } from './overview-limits.ts'
import { receiptsOf } from './overview-receipts.ts'

/** What the console shows of everything together, of `Store`. */
export const overviewQueries = (db: Kysely<Tables>, dialect: Dialect): OverviewStore => ({
  totals: async (since, until) => readSums((await sums(db, since, until).execute())[0]),
  days: async (since, until) => {
    const rows = await sums(db, since, until).select('day').groupBy('day').orderBy('day').execute()
    return rows.map((row) => ({ day: row.day, ...readSums(row) }))
  },
  tops: async (dimension, since, until, rowsMax) => {
    const column = DIMENSION_COLUMNS[dimension]
    const rows = await sums(db, since, until)
      .select(sql.ref<string>(column).as('name'))
      .groupBy(column)
      // Only an order: what is as near as this is as good as equal.
      .orderBy(sql`SUM(cost_nano * 1.0)`, 'desc')
      .orderBy(sql`SUM(requests * 1.0)`, 'desc')
      .orderBy(column)
      .limit(rowsMax)
      .execute()
    return rows.map((row) => ({ name: row.name, ...readSums(row) }))
  },
  users: async (sinceMs) => {
    const since = sql<bigint>`COUNT(*) FILTER (WHERE created_at_ms >= ${sinceMs})`.as('since')
    const row = await db
      .selectFrom('users')
      .select([sql<bigint>`COUNT(*)`.as('total'), since])
      .executeTakeFirstOrThrow()
    return { total: Number(row.total), since: Number(row.since) }
  },
  userFacts: async (ids) => {
    if (ids.length === 0) return []
    // Each by an index: the newest receipt, and the keys of one user.
    const { rows } = await sql<{
      id: string
      name: string | null
      keys: bigint
      used: bigint | null
    }>`SELECT u.id, u.name,
      (SELECT COUNT(*) FROM keys AS k WHERE k.user_id = u.id AND k.revoked_at_ms IS NULL) AS keys,
      (SELECT MAX(r.at_ms) FROM receipts AS r WHERE r.user_id = u.id) AS used
      FROM users AS u WHERE u.id IN ${anyOf(dialect, ids)}`.execute(db)
    return rows.map(({ id, name, keys, used }) => ({
      id,
      name,
      keys: Number(keys),
      lastUsedAtMs: used === null ? null : Number(used),
    }))
  },
  outcomes: async ({ sinceMs, provider, model }, rowsMax) => {
    // The newest are enough to tell a share by.
    const newest = sql`SELECT request_id, status, ended, heading_id FROM receipts
      WHERE at_ms >= ${sinceMs} ORDER BY at_ms DESC LIMIT ${rowsMax}`
    const { rows } = await sql<{ requests: bigint; broken: bigint }>`SELECT COUNT(*) AS requests,
      ${sql.raw(BROKEN)} AS broken FROM (${newest}) AS r ${headingsOf(dialect, provider, model)}`.execute(db)
    return { requests: Number(rows[0]?.requests ?? 0), broken: Number(rows[0]?.broken ?? 0) }
  },
  limited: (what, page) => limited(db, what, page),
  receiptsOf: (filter) => receiptsOf(db, filter),
  database: async () => {
    const size =
      dialect === 'sqlite'
        ? sql<{ bytes: bigint }>`SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`
        : sql<{ bytes: bigint }>`SELECT pg_database_size(current_database()) AS bytes`
    const uncounted =
      dialect === 'sqlite'
        ? sql<Counted>`SELECT COUNT(*) AS many FROM receipts
          WHERE seq > (SELECT turn FROM feeders WHERE name = 'daily')`
        : sql<Counted>`SELECT COUNT(*) AS many FROM receipts_uncounted`
    const migrations = await db.selectFrom('migrations').selectAll().orderBy('number').execute()
    const holds = sql<Counted>`SELECT COUNT(*) AS many FROM holds`
    return {
      bytes: Number((await size.execute(db)).rows[0]?.bytes ?? 0),
      uncounted: Number((await uncounted.execute(db)).rows[0]?.many ?? 0),
      openHolds: Number((await holds.execute(db)).rows[0]?.many ?? 0),
      migrations: migrations.map(({ number, name, applied_at_ms: at }) => ({
        number: Number(number),
        name,
        appliedAtMs: Number(at),
      })),
    }
  },
})

interface Counted {
  readonly many: bigint
}

const headingsOf = (dialect: Dialect, provider: string | undefined, model: string | undefined): RawBuilder<unknown> => {
  if (provider === undefined && model === undefined) return sql``
  const providerIn = sql.raw(dialect === 'sqlite' ? `h.body ->> '$.provider'` : `CAST(h.body AS json) ->> 'provider'`)
  const wanted = [
    ...(provider === undefined ? [] : [sql`${providerIn} = ${provider}`]),
    ...(model === undefined ? [] : [sql`h.model_served = ${model}`]),
  ]
  return sql`JOIN headings AS h ON h.id = r.heading_id WHERE ${sql.join(wanted, sql` AND `)}`
}

const SUMMED = {
  requests: 'requests',
  failed: 'failed',
  unpriced: 'unpriced',
  cost: 'cost_nano',
  uncollected: 'uncollected_nano',
  providerCost: 'provider_cost_nano',
} as const satisfies Readonly<Record<keyof OverviewSums, string>>

const sums = (db: Kysely<Tables>, since: string, until: string) =>
  db
    .selectFrom('daily_usage')
    .select(Object.entries(SUMMED).map(([name, column]) => sql.raw<string>(exactSum(column)).as(name)))
    .where('day', '>=', since)
    .where('day', '<=', until)

const readSums = (row: Readonly<Record<string, unknown>> = {}): OverviewSums => {
  const sumOf = (name: string): bigint => readExactSum(row[name] ?? '0')
  return {
    requests: Number(sumOf('requests')),
    failed: Number(sumOf('failed')),
    unpriced: Number(sumOf('unpriced')),
    cost: nanoUsd(sumOf('cost')),
    uncollected: nanoUsd(sumOf('uncollected')),
    providerCost: nanoUsd(sumOf('providerCost')),
  }
}
