import { type Kysely, sql } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const codesAndAlerts: Migration = {
  number: 15,
  name: 'codes-and-alerts',
  why: 'credit is given by code, operators are told of what is wrong, and replicas say that they live',
  up: async (db, words) => {
    await createCodes(db, words)
    await createAlerts(db, words)
    await createReplicas(db, words)
  },
}

const createCodes = async (db: Kysely<unknown>, { text, whole, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('redemption_codes')
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('hash', text, (column) => column.notNull().unique())
    .addColumn('hint', text, (column) => column.notNull())
    .addColumn('amount_nano', whole, (column) => column.notNull())
    .addColumn('uses', whole, (column) => column.notNull())
    .addColumn('uses_max', whole, (column) => column.notNull())
    .addColumn('note', text)
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .addColumn('expires_at_ms', whole)
    .addColumn('revoked_at_ms', whole)
    .addColumn('revoked_by', text)
    .modifyEnd(keyedTableEnd)
    .execute()
  await db.schema
    .createIndex('redemption_codes_created')
    .on('redemption_codes')
    .columns(['created_at_ms', 'id'])
    .execute()
  await db.schema
    .createTable('redemptions')
    .addColumn('code_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .addColumn('credited_at_ms', whole)
    .addPrimaryKeyConstraint('redemptions_key', ['code_id', 'user_id'])
    .modifyEnd(keyedTableEnd)
    .execute()
}

const createAlerts = async (db: Kysely<unknown>, { text, whole, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('alert_rules')
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('condition', text, (column) => column.notNull())
    .addColumn('enabled', whole, (column) => column.notNull())
    .addColumn('webhook_url', text)
    .addColumn('secret', text, (column) => column.notNull())
    .addColumn('emails', text, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .modifyEnd(keyedTableEnd)
    .execute()
  await db.schema
    .createTable('alert_events')
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('rule_id', text, (column) => column.notNull())
    .addColumn('rule_name', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('summary', text, (column) => column.notNull())
    .addColumn('value', text)
    .addColumn('threshold', text)
    .addColumn('fired_at_ms', whole, (column) => column.notNull())
    .addColumn('resolved_at_ms', whole)
    .addColumn('acknowledged_at_ms', whole)
    .addColumn('acknowledged_by', text)
    .addColumn('told', text, (column) => column.notNull())
    .addColumn('attempts', whole, (column) => column.notNull())
    .addColumn('next_at_ms', whole)
    .addColumn('failure', text)
    .modifyEnd(keyedTableEnd)
    .execute()
  await db.schema.createIndex('alert_events_fired').on('alert_events').columns(['fired_at_ms', 'id']).execute()
  await db.schema.createIndex('alert_events_next').on('alert_events').column('next_at_ms').execute()
  // What goes on is told once.
  await sql`CREATE UNIQUE INDEX alert_events_open ON alert_events (rule_id, subject) WHERE resolved_at_ms IS NULL`.execute(
    db,
  )
}

const createReplicas = async (db: Kysely<unknown>, { text, whole, keyedTableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('replicas')
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('host', text, (column) => column.notNull())
    .addColumn('version', text, (column) => column.notNull())
    .addColumn('started_at_ms', whole, (column) => column.notNull())
    .addColumn('seen_at_ms', whole, (column) => column.notNull())
    .modifyEnd(keyedTableEnd)
    .execute()
  await db.schema
    .createTable('leases')
    .addColumn('name', text, (column) => column.notNull().primaryKey())
    .addColumn('holder', text, (column) => column.notNull())
    .addColumn('until_ms', whole, (column) => column.notNull())
    .modifyEnd(keyedTableEnd)
    .execute()
}
