import type { Config } from '../config/load.ts'
import type { Database } from '../db/database.ts'
import { type Migrated, migrate } from '../db/migrate.ts'
import type { Ledger } from '../ledger/types.ts'
import { openDatabaseFor, openLedgerFor } from '../main/books.ts'

/** The database of a configuration, up to date, with its ledger. */
export interface CommandBooks {
  readonly database: Database
  readonly ledger: Ledger
  readonly migrated: Migrated
  /** Resolves when everything said is on disk and the file is closed. */
  close(): Promise<void>
}

/**
 * Opens the database for one command, beside a gateway that may be running on it. Rejects when it cannot be opened, or
 * was written by a newer Tollgate.
 */
export const openCommandBooks = async (config: Config): Promise<CommandBooks> => {
  const database = await openDatabaseFor(config)
  const migrated = await migrate(database)
  if (!migrated.ok) {
    await database.close()
    throw new Error(migrated.error)
  }
  const ledger = openLedgerFor(database)
  return {
    database,
    ledger,
    migrated: migrated.value,
    close: async () => {
      await ledger.flush()
      await database.close()
    },
  }
}
