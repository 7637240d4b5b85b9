import type { Kysely } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const filesAndBatches: Migration = {
  number: 13,
  name: 'files-and-batches',
  why: 'files and batches at providers belong to whoever made them, and batches are charged when they end',
  up: async (db, words) => {
    await createFiles(db, words)
    await createBatches(db, words)
  },
}

const createFiles = async (db: Kysely<unknown>, { text, whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('files')
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('api', text, (column) => column.notNull())
    .addColumn('provider', text, (column) => column.notNull())
    .addColumn('channel', text, (column) => column.notNull())
    .addColumn('provider_key', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('key_id', text, (column) => column.notNull())
    .addColumn('purpose', text, (column) => column.notNull())
    .addColumn('bytes', whole, (column) => column.notNull())
    .addColumn('batch', text)
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('files_key', ['scope', 'id'])
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('files_newest').on('files').columns(['scope', 'created_at_ms', 'id']).execute()
}

const createBatches = async (db: Kysely<unknown>, { text, whole, tableEnd }: ColumnWords): Promise<void> => {
  // The long columns stand last: what is due is found without reading through them.
  await db.schema
    .createTable('batches')
    .addColumn('request_id', text, (column) => column.notNull().primaryKey())
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('id', text)
    .addColumn('api', text, (column) => column.notNull())
    .addColumn('provider', text, (column) => column.notNull())
    .addColumn('channel', text, (column) => column.notNull())
    .addColumn('provider_key', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('key_id', text, (column) => column.notNull())
    .addColumn('input_file', text)
    .addColumn('sent_file', text)
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('next_at_ms', whole, (column) => column.notNull())
    .addColumn('lease_until_ms', whole, (column) => column.notNull())
    .addColumn('settled_at_ms', whole)
    .addColumn('body', text, (column) => column.notNull())
    .addColumn('shares', text, (column) => column.notNull())
    .addColumn('lines', text)
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('batches_newest').on('batches').columns(['scope', 'created_at_ms']).execute()
  await db.schema.createIndex('batches_id').on('batches').columns(['scope', 'id']).execute()
  await db.schema.createIndex('batches_key').on('batches').columns(['key_id', 'settled_at_ms']).execute()
  await db.schema.createIndex('batches_due').on('batches').columns(['settled_at_ms', 'next_at_ms']).execute()
}
