import { type Kysely, sql } from 'kysely'
import { err, ok, type Result } from '../result.ts'
import type { Database } from './database.ts'
import { openKysely } from './dialect.ts'
import { type ColumnWords, MIGRATIONS, type Migration, SQLITE_WORDS } from './migrations/index.ts'
import type { Tables } from './tables.ts'

/** What `migrate` found and did. `applied` is empty when the tables were up to date. */
export interface Migrated {
  readonly version: number
  readonly applied: readonly string[]
}

/**
 * Brings the tables up to date in one transaction, which is also the lock: a second process waits, then finds nothing
 * to do. A database written by a newer Tollgate is refused, with what to do in the error.
 */
export const migrate = async (
  database: Database,
  options: { readonly migrations?: readonly Migration[]; readonly nowMs?: () => number } = {},
): Promise<Result<Migrated, string>> => {
  const migrations = options.migrations ?? MIGRATIONS
  const nowMs = options.nowMs ?? Date.now
  const known = migrations.at(-1)?.number ?? 0
  return openKysely(database)
    .transaction()
    .execute(async (db) => {
      await createRecord(db, SQLITE_WORDS)
      const found = await version(db)
      if (found > known) return err(newerMessage(found, known))
      const missing = migrations.filter(({ number }) => number > found)
      for (const { number, name, up } of missing) {
        await up(db as unknown as Kysely<unknown>, SQLITE_WORDS)
        await db.insertInto('migrations').values({ number, name, applied_at_ms: nowMs() }).execute()
      }
      return ok({ version: known, applied: missing.map(({ name }) => name) })
    })
}

const createRecord = async (db: Kysely<Tables>, { whole, tableEnd }: ColumnWords): Promise<void> => {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('number', whole, (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
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
