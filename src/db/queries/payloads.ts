import { type Kysely, sql } from 'kysely'
import type { PayloadRecord, PayloadStore } from '../log-types.ts'
import type { Tables } from '../tables.ts'

/** The payloads of `Store`. */
export const payloadQueries = (db: Kysely<Tables>): PayloadStore => ({
  add: async (payloads) => {
    if (payloads.length === 0) return
    const rows = payloads.map(({ requestId, userId, atMs, body }) => ({
      request_id: requestId,
      user_id: userId,
      at_ms: atMs,
      body,
    }))
    const adding = db.insertInto('payloads').values(rows)
    await adding.onConflict((conflict) => conflict.column('request_id').doNothing()).execute()
  },
  find: async (requestId): Promise<PayloadRecord | undefined> => {
    const row = await db.selectFrom('payloads').selectAll().where('request_id', '=', requestId).executeTakeFirst()
    return row && { requestId: row.request_id, userId: row.user_id, atMs: Number(row.at_ms), body: row.body }
  },
  has: async (requestId) => {
    const row = db.selectFrom('payloads').select('request_id').where('request_id', '=', requestId)
    return (await row.executeTakeFirst()) !== undefined
  },
  storedBytes: async () => {
    // Neither database reads the bodies for it.
    const size = sql<bigint | number | string | null>`sum(octet_length(body))`
    const row = await db.selectFrom('payloads').select(size.as('size')).executeTakeFirst()
    return Number(row?.size ?? 0)
  },
  evict: async (bytes, limit) => {
    const size = sql<bigint | number>`octet_length(body)`.as('size')
    const oldest = db.selectFrom('payloads').select(['request_id', size]).orderBy('at_ms').orderBy('request_id')
    const going: string[] = []
    let gone = 0
    for (const row of await oldest.limit(limit).execute()) {
      if (gone >= bytes) break
      gone += Number(row.size)
      going.push(row.request_id)
    }
    if (going.length > 0) await db.deleteFrom('payloads').where('request_id', 'in', going).execute()
    return { count: going.length, bytes: gone }
  },
  sweep: async (beforeMs, limit) => {
    const past = db.selectFrom('payloads').select('request_id').where('at_ms', '<', BigInt(beforeMs)).limit(limit)
    const { numDeletedRows } = await db.deleteFrom('payloads').where('request_id', 'in', past).executeTakeFirst()
    return Number(numDeletedRows)
  },
})
