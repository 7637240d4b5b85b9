import { type Kysely, sql } from 'kysely'
import { PLATFORM_PROMOTIONS } from '../account-ids.ts'
import type { ColumnWords, Migration } from './index.ts'

export const budgets: Migration = {
  number: 4,
  name: 'budgets',
  why: 'keys and projects have budgets by the day, week and month, charges can be refunded, and plans be bought',
  up: async (db, words) => {
    await createProjects(db, words)
    await createSpends(db, words)
    await widenKeys(db, words)
    await widenTransactions(db, words)
  },
}

const createProjects = async (db: Kysely<unknown>, { whole, text, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('projects')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.references('users.id'))
    .addColumn('budgets', text)
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('archived_at_ms', whole)
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('projects_created').on('projects').columns(['created_at_ms', 'id']).execute()
  await db.schema.createIndex('keys_project').on('keys').column('project_id').execute()
}

const createSpends = async (db: Kysely<unknown>, { whole, text, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('spends')
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('window', text, (column) => column.notNull())
    .addColumn('start_ms', whole, (column) => column.notNull())
    .addColumn('spent_nano', whole, (column) => column.notNull())
    .addColumn('held_nano', whole, (column) => column.notNull())
    .addPrimaryKeyConstraint('spends_key', ['subject', 'window', 'start_ms'])
    .modifyEnd(keyedTableEnd)
    .execute()
  // What is past is found by its age, to be deleted.
  await db.schema.createIndex('spends_start').on('spends').column('start_ms').execute()
  await db.schema.alterTable('holds').addColumn('budgets', text).execute()
}

/** What a key may spend for ever becomes one of its budgets. */
const widenKeys = async (db: Kysely<unknown>, { text }: ColumnWords): Promise<void> => {
  await db.schema.alterTable('keys').addColumn('budgets', text).execute()
  await sql`UPDATE keys SET budgets = '{"total":"' || CAST(budget_nano AS text) || '"}'
    WHERE budget_nano IS NOT NULL`.execute(db)
  await db.schema.alterTable('keys').dropColumn('budget_nano').execute()
}

const widenTransactions = async (db: Kysely<unknown>, { text }: ColumnWords): Promise<void> => {
  await sql`INSERT INTO accounts (id, kind, overdraft_nano) VALUES (${PLATFORM_PROMOTIONS}, 'platform', 0)`.execute(db)
  await db.schema.alterTable('transactions').addColumn('refunded_request_id', text).execute()
  await sql`CREATE INDEX transactions_refunded ON transactions (refunded_request_id)
    WHERE refunded_request_id IS NOT NULL`.execute(db)
  // An idempotency key is good for one body, whatever kind of posting it asked for.
  await sql`CREATE UNIQUE INDEX transactions_idempotency ON transactions (reference) WHERE kind <> 'charge'`.execute(db)
}
