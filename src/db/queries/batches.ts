import { type Kysely, type Selectable, sql } from 'kysely'
import type { Dialect } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { BatchRecord, BatchStore, StoreApi } from '../types.ts'
import { anyOf } from '../words.ts'
import { fetchPart } from './list-part.ts'

/** The batches of `Store`. */
export const batchQueries = (db: Kysely<Tables>, dialect: Dialect, nowMs: () => number): BatchStore => ({
  open: (batch, openMax, leaseMs) =>
    db.transaction().execute(async (transaction) => {
      // Two of one key at once must not both be the last.
      if (dialect === 'postgres')
        await sql`SELECT 1 FROM keys WHERE id = ${batch.keyId} FOR UPDATE`.execute(transaction)
      const { open } = await transaction
        .selectFrom('batches')
        .select(sql<bigint>`count(*)`.as('open'))
        .where('key_id', '=', batch.keyId)
        .where('settled_at_ms', 'is', null)
        .executeTakeFirstOrThrow()
      if (Number(open) >= openMax) return false
      await transaction
        .insertInto('batches')
        .values(rowOf(batch, nowMs() + leaseMs))
        .execute()
      return true
    }),
  made: async (requestId, id, body, nextAtMs) => {
    const made = { id, body, next_at_ms: nextAtMs, lease_until_ms: 0 }
    await db.updateTable('batches').set(made).where('request_id', '=', requestId).execute()
  },
  sent: async (requestId, file) => {
    await db.updateTable('batches').set({ sent_file: file }).where('request_id', '=', requestId).execute()
  },
  note: async (requestId, body) => {
    await db.updateTable('batches').set({ body }).where('request_id', '=', requestId).execute()
  },
  find: async (scope, id) => {
    const row = db.selectFrom('batches').selectAll().where('scope', '=', scope).where('id', '=', id)
    return readIfThere(await row.executeTakeFirst())
  },
  byRequest: async (requestId) => {
    const row = db.selectFrom('batches').selectAll().where('request_id', '=', requestId)
    return readIfThere(await row.executeTakeFirst())
  },
  known: async (provider, ids) => {
    const named = sql<boolean>`id IN ${anyOf(dialect, ids)}`
    const rows = await db.selectFrom('batches').select('id').where('provider', '=', provider).where(named).execute()
    return new Set(rows.flatMap(({ id }) => id ?? []))
  },
  list: async (scope, api, part) => {
    const rows = db.selectFrom('batches').selectAll().where('scope', '=', scope).where('api', '=', api)
    const listed = await fetchPart(rows.where('id', 'is not', null), part, { table: 'batches', scope, id: 'id' })
    return { ...listed, rows: listed.rows.map(readBatch) }
  },
  unsettled: async () =>
    (await db.selectFrom('batches').selectAll().where('settled_at_ms', 'is', null).execute()).map(readBatch),
  due: async (limit, leaseMs) => {
    const atMs = nowMs()
    const chosen = sql`SELECT request_id FROM batches
      WHERE settled_at_ms IS NULL AND next_at_ms <= ${atMs} AND lease_until_ms <= ${atMs}
      ORDER BY next_at_ms LIMIT ${limit} ${sql.raw(dialect === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : '')}`
    const { rows } = await sql<Row>`UPDATE batches SET lease_until_ms = ${atMs + leaseMs}
      WHERE request_id IN (${chosen}) RETURNING *`.execute(db)
    return rows.map(readBatch)
  },
  claim: async (requestId, leaseMs) => {
    const atMs = nowMs()
    const claimed = await db
      .updateTable('batches')
      .set({ lease_until_ms: atMs + leaseMs })
      .where('request_id', '=', requestId)
      .where('settled_at_ms', 'is', null)
      .where('lease_until_ms', '<=', BigInt(atMs))
      .executeTakeFirst()
    return claimed.numUpdatedRows > 0n
  },
  renew: async (requestId, leaseMs) => {
    const lease_until_ms = nowMs() + leaseMs
    await db.updateTable('batches').set({ lease_until_ms }).where('request_id', '=', requestId).execute()
  },
  hasten: async (requestId) => {
    await db.updateTable('batches').set({ next_at_ms: nowMs() }).where('request_id', '=', requestId).execute()
  },
  free: async (requestId, nextAtMs) => {
    const freed = { next_at_ms: nextAtMs, lease_until_ms: 0 }
    await db.updateTable('batches').set(freed).where('request_id', '=', requestId).execute()
  },
  settled: async (requestId) => {
    const over = { settled_at_ms: nowMs(), lease_until_ms: 0, lines: null }
    await db.updateTable('batches').set(over).where('request_id', '=', requestId).execute()
  },
  remove: async (requestId) => {
    await db.deleteFrom('batches').where('request_id', '=', requestId).execute()
  },
})

const rowOf = (batch: BatchRecord, leaseUntilMs: number) => ({
  request_id: batch.requestId,
  scope: batch.scope,
  id: batch.id,
  api: batch.api,
  provider: batch.provider,
  channel: batch.channel,
  provider_key: batch.providerKey,
  user_id: batch.userId,
  key_id: batch.keyId,
  input_file: batch.inputFile,
  sent_file: batch.sentFile,
  created_at_ms: batch.createdAtMs,
  next_at_ms: leaseUntilMs,
  lease_until_ms: leaseUntilMs,
  settled_at_ms: batch.settledAtMs,
  body: batch.body,
  shares: batch.shares,
  lines: batch.lines,
})

type Row = Selectable<Tables['batches']>

const readIfThere = (row: Row | undefined): BatchRecord | undefined => row && readBatch(row)

const readBatch = (row: Row): BatchRecord => ({
  requestId: row.request_id,
  scope: row.scope,
  id: row.id,
  api: row.api as StoreApi,
  provider: row.provider,
  channel: row.channel,
  providerKey: row.provider_key,
  userId: row.user_id,
  keyId: row.key_id,
  inputFile: row.input_file,
  sentFile: row.sent_file,
  createdAtMs: Number(row.created_at_ms),
  settledAtMs: row.settled_at_ms === null ? null : Number(row.settled_at_ms),
  body: row.body,
  shares: row.shares,
  lines: row.lines,
})
