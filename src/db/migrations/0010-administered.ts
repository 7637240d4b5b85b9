import type { Kysely } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const administered: Migration = {
  number: 10,
  name: 'administered',
  why: 'providers, channels, groups, plans and names of models are administered while the gateway runs',
  up: async (db, words) => {
    await createObjects(db, words)
    await createProviderKeys(db, words)
  },
}

/** Entries of the configuration that are in no file. */
const createObjects = async (db: Kysely<unknown>, { text, whole, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('administered_objects')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .addColumn('version', whole, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('administered_objects_key', ['kind', 'id'])
    .modifyEnd(keyedTableEnd)
    .execute()
}

/** The keys of their providers, encrypted. */
const createProviderKeys = async (db: Kysely<unknown>, { text, whole, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('provider_keys')
    .addColumn('provider_id', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .addColumn('secret_id', text, (column) => column.notNull())
    .addColumn('sealed_by', text, (column) => column.notNull())
    .addColumn('nonce', text, (column) => column.notNull())
    .addColumn('ciphertext', text, (column) => column.notNull())
    .addColumn('last4', text, (column) => column.notNull())
    .addColumn('version', whole, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('provider_keys_key', ['provider_id', 'id'])
    .modifyEnd(keyedTableEnd)
    .execute()
}
