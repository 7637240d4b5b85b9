import type { Receipt } from '../canon/receipt.ts'
import { databaseName } from '../config/databases.ts'
import type { Config } from '../config/load.ts'
import type { Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { withPatience } from '../db/patience.ts'
import { openStore } from '../db/store.ts'
import type { Store } from '../db/types.ts'
import { type LedgerOptions, openLedger } from '../ledger/ledger.ts'
import { openSharedLedger } from '../ledger/shared/ledger.ts'
import type { Ledger } from '../ledger/types.ts'
import { err, ok } from '../result.ts'
import { openDatabase, type SqliteDatabase } from '../runtime/database.ts'
import { acquireServeLock } from '../runtime/database-lock.ts'
import { openPostgres, type PostgresDatabase } from '../runtime/postgres.ts'
import { createProbe } from './probe.ts'

/** Everything durable, open. */
export interface Books {
  readonly store: Store
  readonly ledger: Ledger
  /** Tells of every receipt that this process has written, from now on. */
  watchSettled(watcher: (receipt: Receipt) => void): void
  /** How much waits for the database. */
  load(): { readonly queued: number; readonly isSaturated: boolean }
  /** What is wrong with the database, in words; `null` when it can be written to. */
  fault(): Promise<string | null>
  /** Writes what is still waiting, then closes. */
  close(): Promise<void>
}

/**
 * Opens the database for serving, migrated; a file with the lock that makes this process its only server. Throws, with
 * what to do next, when another process serves the file or its tables are from a newer Tollgate.
 */
export const openBooks = async (
  config: Config,
  onFault: (message: string) => void,
  onSettled: (receipt: Receipt) => void = () => undefined,
): Promise<Books> => {
  const name = databaseName(config.database)
  // Replicas share a database of PostgreSQL: there it is the database that lets no two of them grant the same money.
  const lock = config.database.kind === 'sqlite' ? acquireServeLock(config.database.path) : ok(undefined)
  if (!lock.ok) throw new Error(lock.error)
  const database = await openDatabaseFor(config)
  const migrated = await migrate(database).catch((error: unknown) => err(unusable(name, error)))
  if (!migrated.ok) throw new Error(migrated.error)
  const watchers = [onSettled]
  const tellSettled = (receipt: Receipt): void => {
    for (const watcher of watchers) watcher(receipt)
  }
  const ledger = openLedgerFor(database, { onFault, onSettled: tellSettled })
  const store = openStoreFor(database)
  const probe = createProbe(store.settings)
  return {
    store: { ...store, receipts: readAfter(ledger, store.receipts) },
    ledger,
    watchSettled: (watcher) => void watchers.push(watcher),
    load: () => ({ queued: database.queued, isSaturated: database.saturated }),
    fault: async () => (database.saturated ? 'more is waiting than the queue takes' : probe()),
    close: async () => {
      await ledger.flush()
      await database.close()
      lock.value?.release()
    },
  }
}

/** A client that has its answer finds its receipt, though a request may be settled a moment after it was answered. */
const readAfter = (
  { settled }: Pick<Ledger, 'settled'>,
  { find, list, ...others }: Store['receipts'],
): Store['receipts'] => ({
  ...others,
  find: async (requestId) => {
    await settled()
    return find(requestId)
  },
  list: async (filter, page) => {
    await settled(filter.userId)
    return list(filter, page)
  },
})

/** Opens the database of a configuration, whatever the state of its tables. */
export const openDatabaseFor = ({ database, limits }: Config): Promise<OpenDatabase> => {
  const queuedMax = limits.databaseQueue
  return database.kind === 'sqlite'
    ? openDatabase(database.path, { queuedMax })
    : openPostgres(database.url, { queuedMax, connectionsMax: limits.databaseConnections })
}

/** The ledger of a migrated database. */
export const openLedgerFor = (database: OpenDatabase, options: LedgerOptions = {}): Ledger => {
  return database.dialect === 'sqlite' ? openLedger(database, options) : openSharedLedger(database, options)
}

type OpenDatabase = SqliteDatabase | PostgresDatabase

const unusable = (name: string, error: unknown): string =>
  `The database ${name} cannot be used. Restore it from a backup, or configure another. (${error instanceof Error ? error.message : String(error)})`

/** Longer than a database that is well takes for what a request asks of it; a client is told sooner than it gives up. */
const PATIENCE_MS = 3_000

/** What requests read on their way is waited for only so long. Reports of the control plane take the time they need. */
const openStoreFor = (database: Database): Store => {
  const { keys, responses, reasoning, files } = openStore(withPatience(database, PATIENCE_MS))
  return { ...openStore(database), keys, responses, reasoning, files }
}
