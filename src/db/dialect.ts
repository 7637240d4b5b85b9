import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Result } from '../result.ts'
import { type Database, DatabaseError, type DatabaseFailure, type Lease, type StatementResult } from './database.ts'
import type { Tables } from './tables.ts'

/** Kysely over the database thread. Single queries join the group commit; a transaction takes a lease. */
export const openKysely = (database: Database): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: threadDialect(database) })

const threadDialect = (database: Database): Dialect => ({
  createAdapter: (): DialectAdapter => new SqliteAdapter(),
  createDriver: (): Driver => new ThreadDriver(database),
  createIntrospector: (db: Kysely<unknown>): DatabaseIntrospector => new SqliteIntrospector(db),
  createQueryCompiler: (): QueryCompiler => new SqliteQueryCompiler(),
})

class ThreadDriver implements Driver {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<ThreadConnection> {
    return new ThreadConnection(this.#database)
  }

  async beginTransaction(connection: ThreadConnection): Promise<void> {
    connection.lease = await this.#database.lease()
    // IMMEDIATE: a transaction that reads first and writes later would fail when another process wrote in between.
    await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'))
  }

  async commitTransaction(connection: ThreadConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'))
  }

  /** Nothing to say: giving the lease back rolls back what was not committed. */
  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(connection: ThreadConnection): Promise<void> {
    await connection.lease?.release()
    connection.lease = undefined
  }

  /** The database outlives its query builder; who opened it closes it. */
  async destroy(): Promise<void> {}
}

class ThreadConnection implements DatabaseConnection {
  lease: Lease | undefined
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const result = unwrap(
      this.lease ? await this.lease.execute({ sql, parameters }) : await runOne(this.#database, sql, parameters),
    )
    return { rows: result.rows as R[], numAffectedRows: BigInt(result.changes) }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming a query is not supported: page through it')
  }
}

const runOne = async (
  database: Database,
  sql: string,
  parameters: readonly unknown[],
): Promise<Result<StatementResult, DatabaseFailure>> => {
  const answer = await database.run([{ sql, parameters }])
  if (!answer.ok) return answer
  return { ok: true, value: answer.value[0] ?? { rows: [], changes: 0 } }
}

const unwrap = <T>(answer: Result<T, DatabaseFailure>): T => {
  if (!answer.ok) throw new DatabaseError(answer.error)
  return answer.value
}
