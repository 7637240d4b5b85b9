import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Result } from '../result.ts'
import { type Database, DatabaseError, type DatabaseFailure, type Lease, type StatementResult } from './database.ts'
import type { Tables } from './tables.ts'

/** Kysely over a database. Single queries go through its queue; a transaction takes a lease. */
export const openKysely = (database: Database): Kysely<Tables> => new Kysely<Tables>({ dialect: dialectOf(database) })

const dialectOf = (database: Database): Dialect => {
  const isPostgres = database.dialect === 'postgres'
  return {
    createAdapter: (): DialectAdapter => (isPostgres ? new PostgresAdapter() : new ThreadAdapter()),
    createDriver: (): Driver => new QueueDriver(database),
    createIntrospector: (db: Kysely<unknown>): DatabaseIntrospector =>
      isPostgres ? new PostgresIntrospector(db) : new SqliteIntrospector(db),
    createQueryCompiler: (): QueryCompiler => (isPostgres ? new PostgresQueryCompiler() : new SqliteQueryCompiler()),
  }
}

/** Any number of queries may be in the queue. One at a time, which is for a connection, each would be a commit alone. */
class ThreadAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

/**
 * How a transaction begins. IMMEDIATE: on SQLite, one that reads first and writes later would fail when another process
 * wrote in between. On PostgreSQL what is read may change before the commit unless it is locked (`FOR UPDATE`).
 */
const BEGIN = { sqlite: 'BEGIN IMMEDIATE', postgres: 'BEGIN' } as const

class QueueDriver implements Driver {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<QueueConnection> {
    return new QueueConnection(this.#database)
  }

  async beginTransaction(connection: QueueConnection): Promise<void> {
    connection.lease = await this.#database.lease()
    await connection.executeQuery(CompiledQuery.raw(BEGIN[this.#database.dialect]))
  }

  async commitTransaction(connection: QueueConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'))
  }

  /** Nothing to say: giving the lease back rolls back what was not committed. */
  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(connection: QueueConnection): Promise<void> {
    await connection.lease?.release()
    connection.lease = undefined
  }

  /** The database outlives its query builder; who opened it closes it. */
  async destroy(): Promise<void> {}
}

class QueueConnection implements DatabaseConnection {
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
