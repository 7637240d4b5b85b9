import type { Kysely } from 'kysely'
import { fetchPage } from '../page.ts'
import { readReceipt } from '../receipt-json.ts'
import type { Tables } from '../tables.ts'
import type { ReceiptFilter, Store } from '../types.ts'

/** The receipts of `Store`. The ledger writes them, in the transaction that settles. */
export const receiptQueries = (db: Kysely<Tables>): Store['receipts'] => ({
  find: async (requestId) => {
    const row = await db.selectFrom('receipts').select('body').where('request_id', '=', requestId).executeTakeFirst()
    return row && readReceipt(row.body)
  },
  list: async (filter, page) => {
    const query = selectReceipts(db, filter)
    const listing = await fetchPage(query, page, { atMs: 'at_ms', id: 'request_id' }, (row) => ({
      atMs: Number(row.at_ms),
      id: row.request_id,
    }))
    return { rows: listing.rows.map(({ body }) => readReceipt(body)), nextCursor: listing.nextCursor }
  },
})

/** `model` finds what was asked for and what was served: an alias and its model lead to the same receipts. */
const selectReceipts = (db: Kysely<Tables>, filter: ReceiptFilter) => {
  const { userId, keyId, model, status, sinceMs } = filter
  let query = db.selectFrom('receipts').select(['at_ms', 'request_id', 'body'])
  if (userId !== undefined) query = query.where('user_id', '=', userId)
  if (keyId !== undefined) query = query.where('key_id', '=', keyId)
  if (model !== undefined) {
    query = query.where((or) => or.or([or('model_served', '=', model), or('model_requested', '=', model)]))
  }
  if (status !== undefined) query = query.where('status', '=', BigInt(status))
  if (sinceMs !== undefined) query = query.where('at_ms', '>=', BigInt(sinceMs))
  return query
}
