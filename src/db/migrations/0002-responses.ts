import type { Kysely } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const responses: Migration = {
  number: 2,
  name: 'responses',
  why: 'answers of the Responses API can be asked for later, and a conversation gone on with by naming the last one',
  up: async (db, words) => {
    await createResponses(db, words)
    await createItems(db, words)
  },
}

const createResponses = async (db: Kysely<unknown>, { whole, text, tableEnd }: ColumnWords): Promise<void> => {
  // The long columns stand last: a row is found, followed and swept without reading through them.
  await db.schema
    .createTable('responses')
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('previous_id', text)
    .addColumn('model', text, (column) => column.notNull())
    .addColumn('bytes', whole, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('expires_at_ms', whole, (column) => column.notNull())
    .addColumn('input', text, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('responses_key', ['scope', 'id'])
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('responses_previous').on('responses').columns(['scope', 'previous_id']).execute()
  await db.schema.createIndex('responses_expiry').on('responses').column('expires_at_ms').execute()
}

const createItems = async (db: Kysely<unknown>, { text, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('response_items')
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('response_id', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('response_items_key', ['scope', 'id'])
    .modifyEnd(keyedTableEnd)
    .execute()
  const index = db.schema.createIndex('response_items_response').on('response_items')
  await index.columns(['scope', 'response_id']).execute()
}
