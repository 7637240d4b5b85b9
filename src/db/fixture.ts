/// What the tests of this folder share; nothing outside tests imports it.
import { type DatabaseKind, type DatabasePlace, makePlace } from '../../test/harness/databases.ts'
import type { Receipt } from '../canon/receipt.ts'
import type { Database } from './database.ts'
import { openKysely } from './dialect.ts'
import { migrate } from './migrate.ts'
import { writeHeading, writeParticulars } from './receipt-json.ts'
import { openStore } from './store.ts'
import type { Store } from './types.ts'

export interface Shelf {
  readonly place: DatabasePlace
  readonly database: Database
  readonly store: Store
  close(): Promise<void>
}

/** A migrated database of a kind, with a store over it. */
export const openShelf = async (kind: DatabaseKind, nowMs: () => number = Date.now): Promise<Shelf> => {
  const place = await makePlace(kind)
  const database = await place.open()
  const migrated = await migrate(database)
  if (!migrated.ok) throw new Error(migrated.error)
  return { place, database, store: openStore(database, { nowMs }), close: () => place.remove() }
}

/** Writes a receipt as the ledger does, without its money. */
export const writeReceipt = async (database: Database, receipt: Receipt): Promise<void> => {
  const db = openKysely(database)
  const heading = {
    id: `heading_${receipt.requestId}`,
    model_requested: receipt.modelRequested,
    model_served: receipt.modelServed,
    body: writeHeading(receipt),
  }
  await db.insertInto('headings').values(heading).execute()
  await db
    .insertInto('receipts')
    .values({
      request_id: receipt.requestId,
      at_ms: receipt.atMs,
      user_id: receipt.userId,
      key_id: receipt.keyId,
      heading_id: heading.id,
      status: receipt.status,
      ended: receipt.ended,
      cost_nano: receipt.cost,
      body: writeParticulars(receipt),
    })
    .execute()
}
