import type { Kysely } from 'kysely'
import type { Receipt } from '../../canon/receipt.ts'
import { nanoUsd } from '../../units.ts'
import type { Dialect } from '../database.ts'
import type { ReceiptStore } from '../log-types.ts'
import { fetchPage } from '../page.ts'
import { type Heading, joinReceipt, readHeading } from '../receipt-json.ts'
import type { Tables } from '../tables.ts'
import { narrowed } from './receipts-filter.ts'

/** The receipts of `Store`. The ledger writes them, in the transaction that settles. */
export const receiptQueries = (db: Kysely<Tables>, dialect: Dialect): ReceiptStore => ({
  find: async (requestId) => {
    const row = await selectReceipts(db).where('request_id', '=', requestId).executeTakeFirst()
    return row && createReader()(row)
  },
  list: async (filter, page) => {
    // Which they are is found out from an index alone, then those are read: a page, however many are passed over.
    const places = db.selectFrom('receipts').select(['seq', 'at_ms'])
    const found = await fetchPage(
      narrowed(db, dialect, places, filter),
      page,
      { atMs: 'at_ms', id: 'seq', isNumbered: true },
      (row) => ({ atMs: Number(row.at_ms), id: String(row.seq) }),
    )
    if (found.rows.length === 0) return { rows: [], nextCursor: found.nextCursor }
    const numbers = found.rows.map(({ seq }) => seq)
    const rows = await selectReceipts(db)
      .where('seq', 'in', numbers)
      .orderBy('at_ms', 'desc')
      .orderBy('seq', 'desc')
      .execute()
    return { rows: rows.map(createReader()), nextCursor: found.nextCursor }
  },
  newest: async () => {
    const row = await db.selectFrom('receipts').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
    return row?.seq ?? 0n
  },
  after: async (number, limit) => {
    const rows = await selectReceipts(db).where('seq', '>', number).orderBy('seq').limit(limit).execute()
    const read = createReader()
    return rows.map((row) => ({ number: row.seq, receipt: read(row) }))
  },
})

const selectReceipts = (db: Kysely<Tables>) =>
  db
    .selectFrom('receipts')
    .innerJoin('headings', 'headings.id', 'receipts.heading_id')
    .select(['seq', 'at_ms', 'request_id', 'user_id', 'key_id', 'status', 'ended', 'cost_nano', 'receipts.body'])
    .select(['heading_id', 'headings.body as heading'])

/** A receipt as it is stored, with what it has in common with others. */
export interface ReceiptRow {
  readonly at_ms: bigint
  readonly request_id: string
  readonly user_id: string
  readonly key_id: string
  readonly status: bigint
  readonly ended: string
  readonly cost_nano: bigint
  readonly body: string
  readonly heading_id: string
  readonly heading: string
}

/** Reads rows. Headings that several have in common are read once. */
export const createReader = (): ((row: ReceiptRow) => Receipt) => {
  const headings = new Map<string, Heading>()
  return (row) => {
    const heading = headings.get(row.heading_id) ?? readHeading(row.heading)
    headings.set(row.heading_id, heading)
    const columns = {
      requestId: row.request_id,
      atMs: Number(row.at_ms),
      userId: row.user_id,
      keyId: row.key_id,
      status: Number(row.status),
      ended: row.ended as Receipt['ended'],
      cost: nanoUsd(row.cost_nano),
    }
    return joinReceipt(columns, heading, row.body)
  }
}
