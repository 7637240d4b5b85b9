import type { Kysely } from 'kysely'
import type { ReplicaStore } from '../control-types.ts'
import type { Tables } from '../tables.ts'

/** Which processes serve the database, of `Store`, and which of them does what one does at a time. */
export const replicaQueries = (db: Kysely<Tables>, nowMs: () => number): ReplicaStore => ({
  beat: async (replica, forgetBeforeMs) => {
    const { id, host, version, startedAtMs, seenAtMs } = replica
    const row = { id, host, version, started_at_ms: startedAtMs, seen_at_ms: seenAtMs }
    await db
      .insertInto('replicas')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at_ms: seenAtMs }))
      .execute()
    await db.deleteFrom('replicas').where('seen_at_ms', '<', BigInt(forgetBeforeMs)).execute()
  },
  leave: async (id) => {
    await db.deleteFrom('replicas').where('id', '=', id).execute()
  },
  list: async () => {
    const rows = await db.selectFrom('replicas').selectAll().orderBy('started_at_ms').orderBy('id').execute()
    return rows.map((row) => ({
      id: row.id,
      host: row.host,
      version: row.version,
      startedAtMs: Number(row.started_at_ms),
      seenAtMs: Number(row.seen_at_ms),
    }))
  },
  lease: async (name, holder, untilMs) => {
    const row = { name, holder, until_ms: untilMs }
    const made = db
      .insertInto('leases')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
    if (((await made.executeTakeFirst()).numInsertedOrUpdatedRows ?? 0n) > 0n) return true
    const taken = db.updateTable('leases').set({ holder, until_ms: untilMs }).where('name', '=', name)
    const free = taken.where((or) => or.or([or('holder', '=', holder), or('until_ms', '<', BigInt(nowMs()))]))
    return (await free.executeTakeFirst()).numUpdatedRows > 0n
  },
  release: async (name, holder) => {
    await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute()
  },
})
