import type { Kysely, Selectable } from 'kysely'
import type { Drift, ReconciliationReport } from '../../counters/reconcile.ts'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'
import type { ReconciliationRecord, Store } from '../types.ts'
import { recordChange } from './changes.ts'

/** The reconciliations of `Store`. */
export const reconciliationQueries = (db: Kysely<Tables>, nowMs: () => number): Store['reconciliations'] => ({
  add: async (report) => {
    const atMs = nowMs()
    const id = newId('reconciliation_', atMs)
    const row = { id, provider: report.provider, at_ms: atMs, body: writeReport(report) }
    await db.transaction().execute(async (transaction) => {
      await transaction.insertInto('reconciliations').values(row).execute()
      // The gateway tells of it, whichever process compared.
      await recordChange(transaction, 'reconciliation', id, atMs)
    })
    return { id, provider: report.provider, atMs, report }
  },
  find: async (id) => {
    const row = await db.selectFrom('reconciliations').selectAll().where('id', '=', id).executeTakeFirst()
    return row && readRecord(row)
  },
  list: async ({ provider }, page) => {
    const all = db.selectFrom('reconciliations').selectAll()
    const query = provider === undefined ? all : all.where('provider', '=', provider)
    const listing = await fetchPage(query, page, { atMs: 'at_ms', id: 'id' }, (row) => ({
      atMs: Number(row.at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readRecord), nextCursor: listing.nextCursor }
  },
  latest: async () => {
    const rows = await db
      .selectFrom('reconciliations as newest')
      .selectAll()
      .where('id', '=', (same) =>
        same
          .selectFrom('reconciliations')
          .select('id')
          .whereRef('provider', '=', 'newest.provider')
          .orderBy('at_ms', 'desc')
          .orderBy('id', 'desc')
          .limit(1),
      )
      .execute()
    return rows.map(readRecord)
  },
})

const readRecord = (row: Selectable<Tables['reconciliations']>): ReconciliationRecord => ({
  id: row.id,
  provider: row.provider,
  atMs: Number(row.at_ms),
  report: readReport(row.body),
})

/** Whole numbers as texts, which hold all digits. */
const writeReport = (report: ReconciliationReport): string =>
  JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

type StoredDrift = { readonly [Field in keyof Drift]: Drift[Field] extends bigint ? string : Drift[Field] }

const readReport = (body: string): ReconciliationReport => {
  const stored = JSON.parse(body) as ReconciliationReport
  const read = (drifts: readonly Drift[]): readonly Drift[] =>
    (drifts as unknown as readonly StoredDrift[]).map((drift) => ({
      ...drift,
      theirs: BigInt(drift.theirs),
      ours: BigInt(drift.ours),
      difference: BigInt(drift.difference),
      partsPerMillion: drift.partsPerMillion === null ? null : BigInt(drift.partsPerMillion),
    }))
  return {
    ...stored,
    totals: read(stored.totals),
    rows: stored.rows.map((row) => ({ ...row, drifts: read(row.drifts) })),
  }
}
