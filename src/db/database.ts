/// What the database offers, for those who may not import the runtime.
import type { DatabaseFailure } from '../runtime/database.ts'

export type {
  Database,
  DatabaseFailure,
  Dialect,
  Lease,
  Row,
  ScriptId,
  ScriptStep,
  StatementResult,
  Value,
} from '../runtime/database.ts'
export type { PostgresDatabase } from '../runtime/postgres.ts'
export type { Statement } from '../runtime/types.ts'

/** Thrown where a query has no expected way to fail: the disk is full, the file is locked, the thread is gone. */
export class DatabaseError extends Error {
  readonly failure: DatabaseFailure

  constructor(failure: DatabaseFailure) {
    super(`The database failed: ${failure.message}`)
    this.name = 'DatabaseError'
    this.failure = failure
  }
}
