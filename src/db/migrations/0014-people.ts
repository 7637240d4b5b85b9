import { type Kysely, sql } from 'kysely'
import type { ColumnWords, Migration } from './index.ts'

export const people: Migration = {
  number: 14,
  name: 'people',
  why: 'people sign in, belong to organisations with a role, and what they and the operator do is written down',
  up: async (db, words) => {
    await createPeople(db, words)
    await createProofs(db, words)
    await createSessions(db, words)
    await createOrganisations(db, words)
    await createAuditLog(db, words)
  },
}

const createPeople = async (db: Kysely<unknown>, { text, whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('people')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('email', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('image', text)
    .addColumn('email_verified', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('two_factor_enabled', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('administrator', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('disabled', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('own_user_id', text)
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await sql`CREATE UNIQUE INDEX people_email ON people (lower(email))`.execute(db)
  await db.schema.createIndex('people_newest').on('people').columns(['created_at_ms', 'id']).execute()
}

/** By what people prove who they are: passwords, other sign-ins, second factors, links in messages. */
const createProofs = async (db: Kysely<unknown>, { text, whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('credentials')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('person_id', text, (column) => column.notNull())
    .addColumn('provider_id', text, (column) => column.notNull())
    .addColumn('account_id', text, (column) => column.notNull())
    .addColumn('password', text)
    .addColumn('access_token', text)
    .addColumn('refresh_token', text)
    .addColumn('id_token', text)
    .addColumn('access_token_expires_at_ms', whole)
    .addColumn('refresh_token_expires_at_ms', whole)
    .addColumn('scope', text)
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .addUniqueConstraint('credentials_account', ['provider_id', 'account_id'])
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('credentials_person').on('credentials').column('person_id').execute()
  await db.schema
    .createTable('verifications')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('identifier', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('expires_at_ms', whole, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('verifications_identifier').on('verifications').column('identifier').execute()
  await db.schema.createIndex('verifications_expiry').on('verifications').column('expires_at_ms').execute()
  await db.schema
    .createTable('two_factors')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('person_id', text, (column) => column.notNull())
    .addColumn('secret', text, (column) => column.notNull())
    .addColumn('backup_codes', text, (column) => column.notNull())
    .addColumn('verified', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('failed_verification_count', whole, (column) => column.notNull().defaultTo(0))
    .addColumn('locked_until_ms', whole)
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('two_factors_person').on('two_factors').column('person_id').execute()
}

const createSessions = async (db: Kysely<unknown>, { text, whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('sessions')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('token', text, (column) => column.notNull().unique())
    .addColumn('person_id', text, (column) => column.notNull())
    .addColumn('ip_address', text)
    .addColumn('user_agent', text)
    .addColumn('expires_at_ms', whole, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('updated_at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('sessions_person').on('sessions').column('person_id').execute()
  await db.schema.createIndex('sessions_expiry').on('sessions').column('expires_at_ms').execute()
  // Of the operator, who is no person, and of administrators who look through somebody's eyes.
  await db.schema
    .createTable('operator_sessions')
    .addColumn('token_hash', text, (column) => column.primaryKey().notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('user_id', text)
    .addColumn('proof', text)
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('expires_at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
}

const createOrganisations = async (db: Kysely<unknown>, words: ColumnWords): Promise<void> => {
  const { text, whole, tableEnd, keyedTableEnd } = words
  await db.schema.alterTable('users').addColumn('name', text).execute()
  await db.schema.alterTable('users').addColumn('closed_at_ms', whole).execute()
  await db.schema
    .createTable('memberships')
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('person_id', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addPrimaryKeyConstraint('memberships_key', ['user_id', 'person_id'])
    .modifyEnd(keyedTableEnd)
    .execute()
  await db.schema.createIndex('memberships_person').on('memberships').column('person_id').execute()
  await db.schema
    .createTable('invitations')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('token_hash', text, (column) => column.notNull().unique())
    .addColumn('user_id', text)
    .addColumn('email', text)
    .addColumn('role', text)
    .addColumn('invited_by', text, (column) => column.notNull())
    .addColumn('created_at_ms', whole, (column) => column.notNull())
    .addColumn('expires_at_ms', whole, (column) => column.notNull())
    // Who signed up with it, and when it was accepted.
    .addColumn('person_id', text)
    .addColumn('accepted_at_ms', whole)
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('invitations_user').on('invitations').columns(['user_id', 'created_at_ms']).execute()
  await db.schema.createIndex('invitations_email').on('invitations').column('email').execute()
}

const createAuditLog = async (db: Kysely<unknown>, words: ColumnWords): Promise<void> => {
  const { text, whole, sequence, tableEnd } = words
  await db.schema
    .createTable('audit_log')
    .addColumn('seq', sequence, (column) => column.primaryKey())
    .addColumn('at_ms', whole, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('actor_name', text)
    .addColumn('address', text, (column) => column.notNull())
    .addColumn('user_id', text)
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('subject', text)
    .addColumn('before', text)
    .addColumn('after', text)
    .addColumn('reason', text)
    .addColumn('request_id', text, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('audit_log_newest').on('audit_log').columns(['at_ms', 'seq']).execute()
  await db.schema.createIndex('audit_log_user').on('audit_log').columns(['user_id', 'at_ms', 'seq']).execute()
}
