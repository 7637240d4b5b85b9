import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../src/db/database.ts'
import { type DatabaseOptions, openDatabase } from '../../src/runtime/database.ts'
import { openPostgres, type PostgresOptions } from '../../src/runtime/postgres.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'

/** The databases that Tollgate runs on: for tables of tests that hold on each. */
export const DATABASES = ['sqlite', 'postgres'] as const
export type DatabaseKind = (typeof DATABASES)[number]

/** A place for one database, empty at first, that can be opened several times, also at once. */
export interface DatabasePlace {
  readonly kind: DatabaseKind
  /** As in `database:` of the configuration. */
  readonly address: string
  open(options?: DatabaseOptions & PostgresOptions): Promise<Database>
  /** Closes everything that was opened here, and removes it. */
  remove(): Promise<void>
}

/** For the hook that makes a file's first place: a new server takes some seconds. */
export const START_TIMEOUT_MS = 60_000

let server: Promise<PostgresServer> | undefined

/** The PostgreSQL server that the tests of one process share. It ends with the process. */
export const sharedPostgres = (): Promise<PostgresServer> => {
  server ??= startPostgres()
  return server
}

export const makePlace = async (kind: DatabaseKind): Promise<DatabasePlace> => {
  const opened: Database[] = []
  const closeAll = async (): Promise<void> => {
    for (const database of opened.splice(0)) await database.close()
  }
  const noted = async (opening: Promise<Database>): Promise<Database> => {
    const database = await opening
    opened.push(database)
    return database
  }
  if (kind === 'postgres') {
    const address = await (await sharedPostgres()).createDatabase()
    return { kind, address, open: (options) => noted(openPostgres(address, options)), remove: closeAll }
  }
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
  const path = join(folder, 'test.db')
  return {
    kind,
    address: `sqlite:${path}`,
    open: (options) => noted(openDatabase(path, options)),
    remove: async () => {
      await closeAll()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Does one statement on the database of this address, beside whoever serves it. Throws when it fails. */
export const execute = async (address: string, sql: string, parameters: readonly string[]): Promise<void> => {
  const database = address.startsWith('sqlite:')
    ? await openDatabase(address.replace(/^sqlite:/, ''))
    : await openPostgres(address)
  const done = await database.run([{ sql, parameters }])
  await database.close()
  if (!done.ok) throw new Error(done.error.message)
}
