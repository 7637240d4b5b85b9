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
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .modifyEnd(words.tableEnd)
      .execute()
  },
}

const createPeople = async (db: Kysely<unknown>, { whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('plan', 'text')
    .addColumn('rate_multiplier_ppm', whole, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  // One person, one account, however the address is capitalised.
  await sql`CREATE UNIQUE INDEX users_email ON users (lower(email))`.execute(db)
  await db.schema.createIndex('users_created').on('users').columns(['created_at_ms', 'id']).execute()
  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('project_id', 'text')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('group_name', 'text', (column) => column.notNull())
    .addColumn('prefix', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('previous_hash', 'text')
    .addColumn('previous_valid_until_ms', whole)
    .addColumn('models', 'text')
    .addColumn('ip_allow', 'text')
    .addColumn('scopes', 'text', (column) => column.notNull())
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

const createLedger = async (db: Kysely<unknown>, { whole, sequence, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('accounts')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.references('users.id'))
    .addColumn('posted_nano', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('held_nano', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('overdraft_nano', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await sql`INSERT INTO accounts (id, kind, overdraft_nano)
    VALUES (${PLATFORM_REVENUE}, 'platform', 0), (${PLATFORM_FUNDING}, 'platform', 0)`.execute(db)
  await db.schema
    .createTable('transactions')
    .addColumn('seq', sequence, (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text')
    .addColumn('idempotency_key', 'text')
    .addColumn('input_hash', 'text')
    .addColumn('answer', 'text')
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  // Each transaction has one of the two, so each index holds only its own kind.
  await sql`CREATE UNIQUE INDEX transactions_request ON transactions (request_id) WHERE request_id IS NOT NULL`.execute(
    db,
  )
  await sql`CREATE UNIQUE INDEX transactions_idempotency ON transactions (idempotency_key)
    WHERE idempotency_key IS NOT NULL`.execute(db)
  // No foreign keys here and on holds: they would cost every request three lookups, and the ledger check proves more.
  await db.schema
    .createTable('postings')
    .addColumn('seq', sequence, (column) => column.primaryKey())
    .addColumn('transaction_seq', whole, (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('amount_nano', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
}

const createHoldsAndReceipts = async (db: Kysely<unknown>, words: ColumnWords): Promise<void> => {
  const { whole, sequence, tableEnd } = words
  await db.schema
    .createTable('holds')
    .addColumn('request_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('amount_nano', whole, (column) => column.notNull())
    .addColumn('held_at_ms', whole, (column) => column.notNull())
    .addColumn('expires_at_ms', whole, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('abandoned_receipt', 'text')
    .modifyEnd(tableEnd)
    .execute()
  // Open holds are few among millions of ended ones: this index holds only them.
  await sql`CREATE INDEX holds_open ON holds (key_id) WHERE state = 'open'`.execute(db)
  await db.schema
    .createTable('receipts')
    .addColumn('seq', sequence, (column) => column.primaryKey())
    .addColumn('request_id', 'text', (column) => column.notNull().unique())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('model_requested', 'text', (column) => column.notNull())
    .addColumn('model_served', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('status', whole, (column) => column.notNull())
    .addColumn('ended', 'text', (column) => column.notNull())
    .addColumn('cost_nano', whole, (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('receipts_at').on('receipts').columns(['at_ms', 'request_id']).execute()
  await db.schema.createIndex('receipts_user').on('receipts').columns(['user_id', 'at_ms', 'request_id']).execute()
  await db.schema.createIndex('receipts_key').on('receipts').columns(['key_id', 'at_ms', 'request_id']).execute()
}
