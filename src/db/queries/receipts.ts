import type { Kysely } from 'kysely'
import type { Receipt } from '../../canon/receipt.ts'
import { nanoUsd } from '../../units.ts'
import { fetchPage } from '../page.ts'
import { readReceipt } from '../receipt-json.ts'
import type { Tables } from '../tables.ts'
import type { ReceiptFilter, Store } from '../types.ts'

/** The receipts of `Store`. The ledger writes them, in the transaction that settles. */
export const receiptQueries = (db: Kysely<Tables>): Store['receipts'] => ({
  find: async (requestId) => {
    const row = await selectReceipts(db, {}).where('request_id', '=', requestId).executeTakeFirst()
    return row && toReceipt(row)
  },
  list: async (filter, page) => {
    const query = selectReceipts(db, filter)
    const listing = await fetchPage(query, page, { atMs: 'at_ms', id: 'seq', isNumbered: true }, (row) => ({
      atMs: Number(row.at_ms),
      id: String(row.seq),
    }))
    return { rows: listing.rows.map(toReceipt), nextCursor: listing.nextCursor }
  },
})

/** `model` finds what was asked for and what was served: an alias and its model lead to the same receipts. */
const selectReceipts = (db: Kysely<Tables>, filter: ReceiptFilter) => {
  const { userId, keyId, model, status, sinceMs } = filter
  let query = db
    .selectFrom('receipts')
    .innerJoin('headings', 'headings.id', 'receipts.heading_id')
    .select(['seq', 'at_ms', 'request_id', 'user_id', 'key_id', 'status', 'ended', 'cost_nano', 'receipts.body'])
    .select('headings.body as heading')
  if (userId !== undefined) query = query.where('user_id', '=', userId)
  if (keyId !== undefined) query = query.where('key_id', '=', keyId)
  if (model !== undefined) {
    const named = db
      .selectFrom('headings')
      .select('id')
      .where((or) => or.or([or('model_served', '=', model), or('model_requested', '=', model)]))
    query = query.where('heading_id', 'in', named)
  }
  if (status !== undefined) query = query.where('status', '=', BigInt(status))
  if (sinceMs !== undefined) query = query.where('at_ms', '>=', BigInt(sinceMs))
  return query
}

type Row = Awaited<ReturnType<ReturnType<typeof selectReceipts>['executeTakeFirstOrThrow']>>

const toReceipt = (row: Row): Receipt => {
  const columns = {
    requestId: row.request_id,
    atMs: Number(row.at_ms),
    userId: row.user_id,
    keyId: row.key_id,
    status: Number(row.status),
    ended: row.ended as Receipt['ended'],
    cost: nanoUsd(row.cost_nano),
  }
  return readReceipt(columns, row.heading, row.body)
}
