import { type Kysely, sql } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const pricesAndPauses: Migration = {
  number: 9,
  name: 'prices-and-pauses',
  why: 'administrators set prices and pause providers, and every replica knows of it',
  up: async (db, words) => {
    await createPrices(db, words)
    await createPauses(db, words)
  },
}

/** Rows are only added: what a price was, and who set it when, stays as it was written. */
const createPrices = async (db: Kysely<unknown>, { text, whole, sequence, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('model_prices')
    .addColumn('seq', sequence, (column) => column.primaryKey())
    .addColumn('id', text, (column) => column.notNull().unique())
    .addColumn('model', text, (column) => column.notNull())
    .addColumn('effective_from_ms', whole, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .addColumn('set_at_ms', whole, (column) => column.notNull())
    .addColumn('set_by', text, (column) => column.notNull())
    .addColumn('reason', text)
    .modifyEnd(tableEnd)
    .execute()
  const index = db.schema.createIndex('model_prices_model').on('model_prices')
  await index.columns(['model', 'effective_from_ms', 'seq']).execute()
  await db.schema
    .createTable('model_price_withdrawals')
    .addColumn('price_id', text, (column) => column.primaryKey().notNull())
    .addColumn('withdrawn_at_ms', whole, (column) => column.notNull())
    .addColumn('withdrawn_by', text, (column) => column.notNull())
    .addColumn('withdrawn_reason', text)
    .modifyEnd(tableEnd)
    .execute()
}

const createPauses = async (db: Kysely<unknown>, { text, whole, sequence, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('provider_pauses')
    .addColumn('seq', sequence, (column) => column.primaryKey())
    .addColumn('provider_id', text, (column) => column.notNull())
    .addColumn('paused_at_ms', whole, (column) => column.notNull())
    .addColumn('paused_by', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('resumed_at_ms', whole)
    .addColumn('resumed_by', text)
    .addColumn('resume_reason', text)
    .modifyEnd(tableEnd)
    .execute()
  // A provider is paused once, whoever pauses it how often.
  await sql`CREATE UNIQUE INDEX provider_pauses_open ON provider_pauses (provider_id)
    WHERE resumed_at_ms IS NULL`.execute(db)
}
