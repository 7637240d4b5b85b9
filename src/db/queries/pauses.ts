import type { Kysely, Selectable } from 'kysely'
import { writeSpentBy } from '../../counters/spend-stop.ts'
import type { Tables } from '../tables.ts'
import type { PauseRecord, Store } from '../types.ts'
import { recordChange } from './changes.ts'

/** The pauses of `Store`. */
export const pauseQueries = (db: Kysely<Tables>, nowMs: () => number): Store['pauses'] => ({
  open: async () => (await selectOpen(db).orderBy('provider_id').execute()).map(readPause),
  pause: async (providerId, { by, reason, spent }) => {
    const atMs = nowMs()
    const stopped = spent === undefined ? null : writeSpentBy(spent)
    const row = { provider_id: providerId, paused_at_ms: atMs, paused_by: by, reason, spent: stopped }
    const open = await db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('provider_pauses')
        .values({ ...row, resumed_at_ms: null, resumed_by: null, resume_reason: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await recordChange(transaction, 'pause', providerId, atMs)
      return selectOpen(transaction).where('provider_id', '=', providerId).executeTakeFirst()
    })
    // Whoever resumed it in between was told so, and this pause was none for long.
    return open ? readPause(open) : { providerId, atMs, by, reason }
  },
  resume: async (providerId, { by, reason }) => {
    const atMs = nowMs()
    return db.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('provider_pauses')
        .set({ resumed_at_ms: atMs, resumed_by: by, resume_reason: reason })
        .where('provider_id', '=', providerId)
        .where('resumed_at_ms', 'is', null)
        .executeTakeFirst()
      await recordChange(transaction, 'pause', providerId, atMs)
      return numUpdatedRows > 0n
    })
  },
})

const selectOpen = (db: Kysely<Tables>) =>
  db.selectFrom('provider_pauses').selectAll().where('resumed_at_ms', 'is', null)

const readPause = (row: Selectable<Tables['provider_pauses']>): PauseRecord => ({
  providerId: row.provider_id,
  atMs: Number(row.paused_at_ms),
  by: row.paused_by,
  reason: row.reason,
})
