import type { Receipt } from '../canon/receipt.ts'
import type { Config } from '../config/load.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { openStore } from '../db/store.ts'
import type { Store } from '../db/types.ts'
import { openLedger } from '../ledger/ledger.ts'
import type { Ledger } from '../ledger/types.ts'
import { err } from '../result.ts'
import { openDatabase } from '../runtime/database.ts'
import { acquireServeLock } from '../runtime/database-lock.ts'

/** Everything durable, open. */
export interface Books {
  readonly store: Store
  readonly ledger: Ledger
  /** How much waits for the database. */
  load(): { readonly queued: number; readonly isSaturated: boolean }
  /** What is wrong with the database, in words; `null` when it answers. */
  fault(): Promise<string | null>
  /** Writes what is still waiting, then closes. */
  close(): Promise<void>
}

/**
 * Opens the database for serving, migrated, with the lock that makes this process its only server. Throws, with what to
 * do next, when another process serves it or its tables are from a newer Tollgate.
 */
export const openBooks = async (
  config: Config,
  onFault: (message: string) => void,
  onSettled: (receipt: Receipt) => void = () => undefined,
): Promise<Books> => {
  const lock = acquireServeLock(config.database.path)
  if (!lock.ok) throw new Error(lock.error)
  const database = await openDatabase(config.database.path, { queuedMax: config.limits.databaseQueue })
  const migrated = await migrate(database).catch((error: unknown) => err(unusable(config.database.path, error)))
  if (!migrated.ok) throw new Error(migrated.error)
  const ledger = openLedger(database, { onFault, onSettled })
  return {
    store: openStore(database),
    ledger,
    load: () => ({ queued: database.queued, isSaturated: database.saturated }),
    fault: () => databaseFault(database),
    close: async () => {
      await ledger.flush()
      await database.close()
      lock.value.release()
    },
  }
}

const unusable = (path: string, error: unknown): string =>
  `The database ${path} cannot be used. Restore it from a backup, or configure another. (${error instanceof Error ? error.message : String(error)})`

const databaseFault = async (database: Database): Promise<string | null> => {
  if (database.saturated) return 'more is waiting than the queue takes'
  const asked = await database.run([{ sql: 'SELECT 1', parameters: [] }])
  return asked.ok ? null : asked.error.message
}
