import { type Kysely, sql } from 'kysely'
import { err, ok, type Result } from '../result.ts'
import type { Database, Dialect } from './database.ts'
import { openKysely } from './dialect.ts'
import { COLUMN_WORDS, type ColumnWords, MIGRATIONS, type Migration } from './migrations/index.ts'
import type { Tables } from './tables.ts'

/** What `migrate` found and did. `applied` is empty when the tables were up to date. */
export interface Migrated {
  readonly version: number
  readonly applied: readonly string[]
}

/**
 * Brings the tables up to date in one transaction, under a lock: a second process waits, then finds nothing to do. A
 * database written by a newer Tollgate is refused, with what to do in the error.
 */
export const migrate = async (
  database: Database,
  options: { readonly migrations?: readonly Migration[]; readonly nowMs?: () => number } = {},
): Promise<Result<Migrated, string>> => {
  const migrations = options.migrations ?? MIGRATIONS
  const nowMs = options.nowMs ?? Date.now
  const known = migrations.at(-1)?.number ?? 0
  const words = COLUMN_WORDS[database.dialect]
  return openKysely(database)
    .transaction()
    .execute(async (db) => {
      await lock(db, database.dialect)
      await createRecord(db, words)
      const found = await version(db)
      if (found > known) return err(newerMessage(found, known))
      const missing = migrations.filter(({ number }) => number > found)
      for (const { number, name, up } of missing) {
        await up(db as unknown as Kysely<unknown>, words)
        await db.insertInto('migrations').values({ number, name, applied_at_ms: nowMs() }).execute()
      }
      return ok({ version: known, applied: missing.map(({ name }) => name) })
    })
}

/** Any number that nobody else locks. */
const LOCK = 7_465_103_001n

/**
 * On SQLite the transaction itself is the lock. On PostgreSQL one is taken that is no table's, as there may be no table
 * yet; it goes with the transaction. Its wait has no limit but the lease's, and neither has a migration of large tables.
 */
const lock = async (db: Kysely<Tables>, dialect: Dialect): Promise<void> => {
  if (dialect === 'sqlite') return
  await sql`SET LOCAL statement_timeout = 0`.execute(db)
  await sql`SET LOCAL lock_timeout = 0`.execute(db)
  await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(db)
}

const createRecord = async (db: Kysely<Tables>, { whole, text, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('number', whole, (column) => column.primaryKey())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('applied_at_ms', whole, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
}

const version = async (db: Kysely<Tables>): Promise<number> => {
  const row = await db.selectFrom('migrations').select(sql<bigint | null>`max(number)`.as('number')).executeTakeFirst()
  return Number(row?.number ?? 0)
}

const newerMessage = (found: number, known: number): string =>
  `The database is at version ${found}, and this Tollgate knows versions up to ${known}. ` +
  'Start the newer Tollgate that wrote it, or restore a copy made before the upgrade.'
