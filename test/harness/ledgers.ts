/// Tests that hold on every database; nothing outside tests imports it.
import { test } from 'bun:test'
import { DATABASES, type DatabaseKind, makePlace, START_TIMEOUT_MS } from './databases.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openStore } from '../../src/db/store.ts'
import type { DatabaseOptions } from '../../src/runtime/database.ts'
import { type Bench, type LedgerOptions, ledgerOf } from '../../src/ledger/fixture.ts'
import type { Ledger } from '../../src/ledger/types.ts'

/** A ledger on a database of its own. */
export interface OpenBench extends Bench {
  readonly kind: DatabaseKind
  /** Another ledger on the same database, which knows only what is there. */
  readonly reopen: (options?: LedgerOptions) => Ledger
}

export type OpenOptions = DatabaseOptions & LedgerOptions

export const openBenchOn = async (kind: DatabaseKind, options: OpenOptions = {}): Promise<OpenBench> => {
  const place = await makePlace(kind)
  const database = await place.open(options)
  const migrated = await migrate(database)
  if (!migrated.ok) throw new Error(migrated.error)
  return {
    kind,
    path: place.address,
    database,
    store: openStore(database),
    ledger: ledgerOf(database, options),
    reopen: (more = options) => ledgerOf(database, more),
    close: () => place.remove(),
  }
}

/** A test for each database. What it opens is closed after it. */
export const onEachDatabase = (
  title: string,
  body: (open: (options?: OpenOptions) => Promise<OpenBench>) => Promise<void>,
): void => {
  test.each(DATABASES)(
    `%s: ${title}`,
    async (kind) => {
      const benches: OpenBench[] = []
      try {
        await body(async (options) => {
          const bench = await openBenchOn(kind, options)
          benches.push(bench)
          return bench
        })
      } finally {
        for (const bench of benches) await bench.close()
      }
    },
    START_TIMEOUT_MS,
  )
}
