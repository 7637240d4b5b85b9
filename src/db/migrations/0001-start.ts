import { type Kysely, sql } from 'kysely'
import { PLATFORM_FUNDING, PLATFORM_REVENUE } from '../account-ids.ts'
import type { ColumnWords, Migration } from './index.ts'

export const start: Migration = {
  number: 1,
  name: 'start',
  why: 'users with their keys, and a ledger that can charge them',
  up: async (db, words) => {
    await createPeople(db, words)
    await createLedger(db, words)
    await createHoldsAndReceipts(db, words)
    await db.schema
      .createTable('settings')
      .addColumn('name', words.text, (column) => column.primaryKey().notNull())
      .addColumn('value', words.text, (column) => column.notNull())
      .modifyEnd(words.tableEnd)
      .execute()
  },
}

const createPeople = async (db: Kysely<unknown>, { whole, text, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('users')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('email', text, (column) => column.notNull())
    .addColumn('plan', text)
    .addColumn('rate_multiplier_ppm', whole, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  // One person, one account, however the address is capitalised.
  await sql`CREATE UNIQUE INDEX users_email ON users (lower(email))`.execute(db)
  await db.schema.createIndex('users_created').on('users').columns(['created_at_ms', 'id']).execute()
  await db.schema
    .createTable('keys')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('user_id', text, (column) => column.notNull().references('users.id'))
    .addColumn('project_id', text)
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('group_name', text, (column) => column.notNull())
    .addColumn('prefix', text, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull().unique())
    .addColumn('previous_hash', text)
    .addColumn('previous_valid_until_ms', whole)
    .addColumn('models', text)
    .addColumn('ip_allow', text)
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('rpm', whole)
    .addColumn('tpm', whole)
    .addColumn('budget_nano', whole)
    .addColumn('spent_nano', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('expires_at_ms', whole)
    .addColumn('revoked_at_ms', whole)
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('keys_previous_hash').on('keys').column('previous_hash').execute()
  await db.schema.createIndex('keys_user').on('keys').columns(['user_id', 'created_at_ms', 'id']).execute()
}

const createLedger = async (db: Kysely<unknown>, { whole, text, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('accounts')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.references('users.id'))
    .addColumn('posted_nano', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('held_nano', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('overdraft_nano', whole, (column) => column.notNull())
    .modifyEnd(keyedTableEnd)
    .execute()
  await sql`INSERT INTO accounts (id, kind, overdraft_nano)
    VALUES (${PLATFORM_REVENUE}, 'platform', 0), (${PLATFORM_FUNDING}, 'platform', 0)`.execute(db)
  // One row a transaction, found by the request or the idempotency key it is for: neither can be booked twice.
  await db.schema
    .createTable('transactions')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('reference', text, (column) => column.notNull())
    .addColumn('from_account_id', text, (column) => column.notNull())
    .addColumn('to_account_id', text, (column) => column.notNull())
    .addColumn('amount_nano', whole, (column) => column.notNull())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('input_hash', text)
    .addColumn('answer', text)
    .addPrimaryKeyConstraint('transactions_key', ['kind', 'reference'])
    .modifyEnd(keyedTableEnd)
    .execute()
  // No foreign keys here and on holds: they would cost every request three lookups, and the ledger check proves more.
  await sql`CREATE VIEW postings (kind, reference, account_id, amount_nano) AS
    SELECT kind, reference, from_account_id, -amount_nano FROM transactions
    UNION ALL SELECT kind, reference, to_account_id, amount_nano FROM transactions`.execute(db)
}

const createHoldsAndReceipts = async (db: Kysely<unknown>, words: ColumnWords): Promise<void> => {
  const { whole, text, sequence, tableEnd, keyedTableEnd } = words
  await db.schema
    .createTable('headings')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('model_requested', text, (column) => column.notNull())
    .addColumn('model_served', text, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .modifyEnd(keyedTableEnd)
    .execute()
  await db.schema
    .createTable('holds')
    .addColumn('request_id', text, (column) => column.notNull())
    .addColumn('account_id', text, (column) => column.notNull())
    .addColumn('key_id', text, (column) => column.notNull())
    .addColumn('heading_id', text, (column) => column.notNull())
    .addColumn('amount_nano', whole, (column) => column.notNull())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .addColumn('expires_at_ms', whole, (column) => column.notNull())
    // By key first: what a key holds is summed when the key is first used.
    .addPrimaryKeyConstraint('holds_key', ['key_id', 'request_id'])
    .modifyEnd(keyedTableEnd)
    .execute()
  await db.schema
    .createTable('receipts')
    .addColumn('seq', sequence, (column) => column.primaryKey())
    .addColumn('request_id', text, (column) => column.notNull().unique())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('key_id', text, (column) => column.notNull())
    .addColumn('heading_id', text, (column) => column.notNull())
    .addColumn('status', whole, (column) => column.notNull())
    .addColumn('ended', text, (column) => column.notNull())
    .addColumn('cost_nano', whole, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  // Each ends in the table's own key, `seq`, which orders the receipts of one millisecond.
  await db.schema.createIndex('receipts_at').on('receipts').column('at_ms').execute()
  await db.schema.createIndex('receipts_user').on('receipts').columns(['user_id', 'at_ms']).execute()
  await db.schema.createIndex('receipts_key').on('receipts').columns(['key_id', 'at_ms']).execute()
}
