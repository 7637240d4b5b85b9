import { err, ok, type Result } from '../result.ts'
import type { DatabaseFailure, OperationReply, StatementResult } from './database-messages.ts'
import type { Connection, Connections, Query } from './postgres-connections.ts'
import { isConflict } from './postgres-failures.ts'

/** A query that may have to change a row, or its whole operation is undone. */
export interface Step extends Query {
  readonly guard: boolean
}

/** Statements that are done all or none. */
export interface Operation {
  readonly steps: readonly Step[]
  /** Whether nobody looks at the results. */
  readonly isCall: boolean
}

const plain = (text: string): Query => ({ text, values: [] })
const BEGIN = plain('BEGIN')
const BEGIN_READING = plain('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
const COMMIT = plain('COMMIT')
const ROLLBACK = plain('ROLLBACK')
const SAVEPOINT = plain('SAVEPOINT operation')
const RELEASE = plain('RELEASE SAVEPOINT operation')
const ROLLBACK_TO = plain('ROLLBACK TO SAVEPOINT operation')

const GUARD_MISSED: DatabaseFailure = { kind: 'guard', message: 'a guarded statement changed no row' }
/** How often an operation is tried that came into conflict with another replica's. */
const TRIES = 3

/**
 * Does operations in order, in one transaction. When one of them fails, all are undone and done again, each apart, so
 * that the failing one takes nobody with it. Replies in the order of the operations.
 */
export const runBatch = async (
  connections: Connections,
  operations: readonly Operation[],
): Promise<readonly OperationReply[]> => {
  const together = await inTransaction(connections, BEGIN, inOrder(operations, doPlainly))
  if (together.ok) return together.value
  const { atWork, failure } = together.error
  const all = (common: DatabaseFailure): readonly OperationReply[] => operations.map(() => err(common))
  // What went wrong at the end, or with the connection, is no single operation's fault.
  if (!atWork || failure.kind === 'unavailable') return all(failure)
  if (isConflict(failure)) return oneByOne(connections, operations)
  if (operations.length === 1) return all(failure)
  const apart = await inTransaction(connections, BEGIN, inOrder(operations, doApart))
  return apart.ok ? apart.value : all(apart.error.failure)
}

/** Reads, all of the same moment. Reading twice harms nobody, so a connection that turns out broken is replaced. */
export const runReads = async (
  connections: Connections,
  steps: readonly Query[],
): Promise<Result<readonly StatementResult[], DatabaseFailure>> => {
  const read = async (connection: Connection): Promise<Result<readonly StatementResult[], DatabaseFailure>> => {
    const results: StatementResult[] = []
    for (const step of steps) {
      const answer = await connection.ask(step)
      if (!answer.ok) return answer
      results.push(answer.value)
    }
    return ok(results)
  }
  if (steps.length !== 1) {
    const answer = await inTransaction(connections, BEGIN_READING, read)
    return answer.ok ? answer : err(answer.error.failure)
  }
  const answer = await withConnection(connections, read)
  return answer.ok ? answer : err(undone(answer.error))
}

/** One statement by itself. It is not tried again where it may have been done. */
export const runAtOnce = (connections: Connections, query: Query): Promise<Result<StatementResult, DatabaseFailure>> =>
  withConnection(
    connections,
    (connection) => connection.ask(query),
    ({ kind }) => kind === 'unavailable',
  )

/** Uses a connection; once more with another when the first turns out to have been broken already. */
const withConnection = async <T>(
  connections: Connections,
  use: (connection: Connection) => Promise<Result<T, DatabaseFailure>>,
  mayRepeat: (failure: DatabaseFailure) => boolean = () => true,
): Promise<Result<T, DatabaseFailure>> => {
  for (let again = false; ; again = true) {
    const borrowed = await connections.borrow()
    if (!borrowed.ok) return borrowed
    const connection = borrowed.value
    const answer = await use(connection)
    connection.giveBack()
    if (answer.ok || again || !connection.isBroken || !mayRepeat(answer.error)) return answer
  }
}

/** `atWork`: while the operations were done, before the commit was asked for. */
interface Trouble {
  readonly atWork: boolean
  readonly failure: DatabaseFailure
}

/** Without a commit the server undoes everything, however the connection ended: there is no doubt about it. */
const undone = (failure: DatabaseFailure): DatabaseFailure =>
  failure.kind === 'uncertain' ? { ...failure, kind: 'unavailable' } : failure

const inTransaction = async <T>(
  connections: Connections,
  begin: Query,
  work: (connection: Connection) => Promise<Result<T, DatabaseFailure>>,
): Promise<Result<T, Trouble>> => {
  const begun = await withBegun(connections, begin)
  if (!begun.ok) return err({ atWork: false, failure: undone(begun.error) })
  const connection = begun.value
  const done = await work(connection)
  const ended = await connection.ask(done.ok ? COMMIT : ROLLBACK)
  connection.giveBack(!ended.ok)
  if (!done.ok) return err({ atWork: true, failure: undone(done.error) })
  return ended.ok ? done : err({ atWork: false, failure: ended.error })
}

/** A connection with an open transaction, to be given back by the caller. */
const withBegun = async (connections: Connections, begin: Query): Promise<Result<Connection, DatabaseFailure>> => {
  for (let again = false; ; again = true) {
    const borrowed = await connections.borrow()
    if (!borrowed.ok) return borrowed
    const connection = borrowed.value
    const begun = await connection.ask(begin)
    if (begun.ok) return ok(connection)
    connection.giveBack(true)
    if (again || !connection.isBroken) return begun
  }
}

/** The reply to an operation; a failure where all that was done in the transaction has to be undone first. */
type Do = (connection: Connection, operation: Operation) => Promise<Result<OperationReply, DatabaseFailure>>

const inOrder =
  (operations: readonly Operation[], doOne: Do) =>
  async (connection: Connection): Promise<Result<readonly OperationReply[], DatabaseFailure>> => {
    const replies: OperationReply[] = []
    for (const operation of operations) {
      const done = await doOne(connection, operation)
      if (!done.ok) return done
      replies.push(done.value)
    }
    return ok(replies)
  }

const doPlainly: Do = async (connection, { steps, isCall }) => {
  const results: StatementResult[] = []
  let changed = false
  for (const step of steps) {
    const answer = await connection.ask(step)
    if (!answer.ok) return answer
    const { changes } = answer.value
    // Nothing written yet means nothing to undo, and the rest of the batch need not run twice.
    if (step.guard && changes === 0) return changed ? err(GUARD_MISSED) : ok(err(GUARD_MISSED))
    changed ||= changes > 0
    results.push(answer.value)
  }
  return ok(isCall ? null : ok(results))
}

const doApart: Do = async (connection, operation) => {
  const saved = await connection.ask(SAVEPOINT)
  if (!saved.ok) return saved
  const done = await doPlainly(connection, operation)
  const restored = done.ok ? undefined : await connection.ask(ROLLBACK_TO)
  if (restored && !restored.ok) return restored
  const released = await connection.ask(RELEASE)
  if (!released.ok) return released
  return done.ok ? done : ok(err(done.error))
}

/** Each in a transaction of its own: it then holds no lock that an earlier one took. */
const oneByOne = async (
  connections: Connections,
  operations: readonly Operation[],
): Promise<readonly OperationReply[]> => {
  const replies: OperationReply[] = []
  for (const operation of operations) replies.push(await tryAlone(connections, operation))
  return replies
}

const tryAlone = async (connections: Connections, operation: Operation): Promise<OperationReply> => {
  for (let tries = 1; ; tries += 1) {
    const done = await inTransaction(connections, BEGIN, (connection) => doPlainly(connection, operation))
    if (done.ok) return done.value
    if (tries === TRIES || !isConflict(done.error.failure)) return err(done.error.failure)
  }
}
