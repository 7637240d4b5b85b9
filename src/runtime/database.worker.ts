/// The database thread: the only place that runs SQL. It answers every request but `prepare`, in order.
import { Database as Sqlite, type SQLQueryBindings, type Statement as Prepared } from 'bun:sqlite'
import { err, ok } from '../result.ts'
import type {
  BatchReply,
  DatabaseFailure,
  Operation,
  OperationReply,
  Request,
  Row,
  ScriptStep,
  StatementResult,
} from './database-messages.ts'
import type { Statement } from './types.ts'

declare const self: Worker

/** Ad-hoc statements kept prepared; scripts are kept for good. */
const STATEMENTS_KEPT_MAX = 300

interface Compiled {
  readonly prepared: Prepared
  readonly returnsRows: boolean
}

interface CompiledStep extends Compiled {
  readonly use: readonly number[]
  readonly guard: boolean
}

let sqlite: Sqlite
const scripts: ScriptStep[][] = []
const compiledScripts: (readonly CompiledStep[] | undefined)[] = []
const statements = new Map<string, Compiled>()

/** A guard that changed no row after its operation had already written: the operation must be undone. */
class GuardMissed extends Error {}

/**
 * Runs a batch in one transaction, so that one disk sync pays for all of it. When an operation fails, the batch is
 * rolled back and run again with a savepoint around each, so that the failing one takes nobody with it.
 */
const runBatch = (operations: readonly Operation[]): BatchReply => {
  if (operations.every(readsOnly)) return runTransaction('BEGIN', operations, runIsolated)
  return runTransaction('BEGIN IMMEDIATE', operations, runPlain)
}

type Run = (operation: Operation) => OperationReply

const runTransaction = (begin: string, operations: readonly Operation[], run: Run): BatchReply => {
  let inOperations = false
  try {
    sqlite.run(begin)
    inOperations = true
    const replies = operations.map(run)
    inOperations = false
    sqlite.run('COMMIT')
    return replies.every((reply) => reply === null) ? null : replies
  } catch (error) {
    rollback()
    if (inOperations && run === runPlain) return runTransaction(begin, operations, runIsolated)
    const failure = err(failureOf(error))
    return operations.map(() => failure)
  }
}

const runPlain: Run = (operation) => {
  if ('statements' in operation) return ok(operation.statements.map(execute))
  return callScript(operation)
}

const runIsolated: Run = (operation) => {
  sqlite.run('SAVEPOINT operation')
  try {
    const reply = runPlain(operation)
    sqlite.run('RELEASE operation')
    return reply
  } catch (error) {
    // A full disk can end the whole transaction, savepoints and all: then the batch has failed, not this operation.
    if (!sqlite.inTransaction) throw error
    sqlite.run('ROLLBACK TO operation')
    sqlite.run('RELEASE operation')
    return err(failureOf(error))
  }
}

const GUARD_REPLY: OperationReply = err({ kind: 'guard', message: 'a guarded statement changed no row' })

const callScript = (call: Exclude<Operation, { statements: unknown }>): OperationReply => {
  const [id] = call
  compiledScripts[id] ??= compileScript(id)
  let changed = false
  for (const step of compiledScripts[id] ?? []) {
    const { changes } = step.prepared.run(...(step.use.map((index) => call[index + 1] ?? null) as SQLQueryBindings[]))
    if (step.guard && changes === 0) {
      // Nothing written yet means nothing to undo, and the rest of the batch need not run twice.
      if (!changed) return GUARD_REPLY
      throw new GuardMissed('a guarded statement changed no row')
    }
    changed ||= changes > 0
  }
  return null
}

const compileScript = (id: number): readonly CompiledStep[] => {
  const steps = scripts[id]
  if (!steps) throw new Error(`script ${id} was never prepared`)
  return steps.map((step) => ({ ...compile(step.sql), use: step.use, guard: step.guard }))
}

const compile = (sql: string): Compiled => {
  const prepared = sqlite.prepare(sql)
  return { prepared, returnsRows: prepared.columnNames.length > 0 }
}

const compileOnce = (sql: string): Compiled => {
  const known = statements.get(sql)
  if (known) return known
  if (statements.size >= STATEMENTS_KEPT_MAX) forgetStatements()
  const compiled = compile(sql)
  statements.set(sql, compiled)
  return compiled
}

const forgetStatements = (): void => {
  for (const { prepared } of statements.values()) prepared.finalize()
  statements.clear()
}

const readsOnly = (operation: Operation): boolean =>
  'statements' in operation && operation.statements.every(({ sql }) => /^\s*select\b/i.test(sql))

const execute = ({ sql, parameters }: Statement): StatementResult => {
  const { prepared, returnsRows } = compileOnce(sql)
  const bindings = parameters as SQLQueryBindings[]
  if (returnsRows) {
    const rows = prepared.all(...bindings) as Row[]
    return { rows, changes: rows.length }
  }
  return { rows: [], changes: prepared.run(...bindings).changes }
}

const rollback = (): void => {
  if (sqlite.inTransaction) sqlite.run('ROLLBACK')
}

const failureOf = (error: unknown): DatabaseFailure => {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof GuardMissed) return { kind: 'guard', message }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return { kind: kindOf(code), message: code ? `${message} (${code})` : message }
}

const kindOf = (code: string): DatabaseFailure['kind'] => {
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') return 'unique'
  if (code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_MISMATCH') return 'constraint'
  if (code === 'SQLITE_FULL') return 'full'
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') return 'busy'
  return 'failed'
}

/** Going over to WAL is refused at once, whatever the busy time-out says, while another process does the same. */
const enterWal = (busyTimeoutMs: number): void => {
  const deadlineMs = Date.now() + busyTimeoutMs
  for (;;) {
    try {
      sqlite.run('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (failureOf(error).kind !== 'busy' || Date.now() >= deadlineMs) throw error
      Bun.sleepSync(10)
    }
  }
}

const open = (path: string, busyTimeoutMs: number): OperationReply => {
  try {
    sqlite = new Sqlite(path, { create: true, readwrite: true, safeIntegers: true })
    sqlite.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    enterWal(busyTimeoutMs)
    // FULL syncs the log at each commit: NORMAL would lose the last acknowledged commits when the power fails.
    sqlite.run('PRAGMA synchronous = FULL')
    sqlite.run('PRAGMA foreign_keys = ON')
    return null
  } catch (error) {
    return err(failureOf(error))
  }
}

/** A statement of a lease: its holder begins and ends transactions itself. */
const runLeased = (statement: Statement): OperationReply => {
  try {
    return ok([execute(statement)])
  } catch (error) {
    return err(failureOf(error))
  }
}

const release = (): null => {
  rollback()
  // A lease may have changed the tables, and a prepared `select *` would go on reading the old columns.
  forgetStatements()
  return null
}

const close = (): null => {
  forgetStatements()
  sqlite.close()
  return null
}

const answer = (request: Exclude<Request, { kind: 'prepare' }>): BatchReply | OperationReply => {
  switch (request.kind) {
    case 'batch':
      return runBatch(request.operations)
    case 'open':
      return open(request.path, request.busyTimeoutMs)
    case 'leased':
      return runLeased(request.statement)
    case 'release':
      return release()
    case 'close':
      return close()
  }
}

self.onmessage = (event: MessageEvent<Request>) => {
  const request = event.data
  if (request.kind === 'prepare') scripts[request.script] = [...request.steps]
  else self.postMessage(answer(request))
}
