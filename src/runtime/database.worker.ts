/// The database thread: the only place that runs SQL. It answers every request but `prepare`, in order.
import { Database as Sqlite, type SQLQueryBindings, type Statement as Prepared } from 'bun:sqlite'
import { err, ok } from '../result.ts'
import type {
  AdHoc,
  BatchReply,
  Calls,
  DatabaseFailure,
  OperationReply,
  Request,
  Row,
  ScriptStep,
  StatementResult,
  Value,
} from './database-messages.ts'
import type { Statement } from './types.ts'

declare const self: Worker

/** Ad-hoc statements kept prepared; scripts are kept for good. */
const STATEMENTS_KEPT_MAX = 300
/** SQLite's own 2 MB are read over and over once receipts have grown beyond them. */
const CACHE_KIBIBYTES = 32_768

interface Compiled {
  readonly prepared: Prepared
  readonly returnsRows: boolean
}

interface CompiledStep extends Compiled {
  readonly use: readonly number[]
  readonly guard: boolean
  readonly onlyWith: number | undefined
  /** The same list for every run: filled, bound, and filled again. */
  readonly bindings: Value[]
}

/** A call where it stands in the list it came in: its parameters begin at `at`. */
interface Call {
  readonly script: number
  readonly values: Calls
  readonly at: number
}

type Operation = Call | AdHoc

let sqlite: Sqlite
/** Run for every batch, so prepared once. */
let begin: Prepared
let beginImmediate: Prepared
let commit: Prepared
const scripts: ScriptStep[][] = []
const compiledScripts: (readonly CompiledStep[] | undefined)[] = []
const statements = new Map<string, Compiled>()

/** A guard that changed no row after its operation had already written: the operation must be undone. */
class GuardMissed extends Error {}

/**
 * Runs a batch in one transaction, so that one disk sync pays for all of it. When an operation fails, the batch is
 * rolled back and run again with a savepoint around each, so that the failing one takes nobody with it.
 */
const runBatch = (operations: readonly Operation[]): BatchReply =>
  operations.every(readsOnly)
    ? runTransaction(begin, operations, runIsolated)
    : runTransaction(beginImmediate, operations, runPlain)

type Run = (operation: Operation) => OperationReply

const runTransaction = (opening: Prepared, operations: readonly Operation[], run: Run): BatchReply => {
  let inOperations = false
  try {
    opening.run()
    inOperations = true
    const replies = operations.map(run)
    inOperations = false
    commit.run()
    return replies.every((reply) => reply === null) ? null : replies
  } catch (error) {
    rollback()
    if (inOperations && run === runPlain) return runTransaction(opening, operations, runIsolated)
    const failure = err(failureOf(error))
    return operations.map((operation) =>
      opening === beginImmediate && readsOnly(operation) ? readApart(operation) : failure,
    )
  }
}

/** Of writes that cannot be done, those who only read and came in the same batch should notice nothing. */
const readApart = (operation: Operation): OperationReply => {
  const replies = runTransaction(begin, [operation], runIsolated)
  return replies === null ? null : (replies[0] ?? null)
}

/** The calls of a flat list, without copying their parameters out of it. */
const callsIn = (values: Calls): readonly Call[] => {
  const calls: Call[] = []
  for (let at = 0; at < values.length; ) {
    calls.push({ script: Number(values[at]), values, at: at + 2 })
    at += 2 + Number(values[at + 1])
  }
  return calls
}

const operationsOf = (entries: readonly (Calls | AdHoc)[]): readonly Operation[] =>
  entries.flatMap((entry): readonly Operation[] => ('statements' in entry ? [entry] : callsIn(entry)))

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

const callScript = ({ script, values, at }: Call): OperationReply => {
  const steps = compiledScripts[script] ?? compileScript(script)
  let changed = false
  for (const { prepared, use, bindings, guard, onlyWith } of steps) {
    if (onlyWith !== undefined && values[at + onlyWith] === null) continue
    for (let index = 0; index < use.length; index += 1) bindings[index] = values[at + (use[index] ?? 0)] ?? null
    const { changes } = prepared.run(...(bindings as SQLQueryBindings[]))
    if (guard && changes === 0) {
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
  const compiled = steps.map(({ sql, use, guard, onlyWith }) => {
    return { ...compile(sql), use, guard, onlyWith, bindings: [] }
  })
  compiledScripts[id] = compiled
  return compiled
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
  // The disk failed or may not be written to.
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code)) return 'unavailable'
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
    sqlite.run(`PRAGMA cache_size = -${CACHE_KIBIBYTES}`)
    begin = sqlite.prepare('BEGIN')
    beginImmediate = sqlite.prepare('BEGIN IMMEDIATE')
    commit = sqlite.prepare('COMMIT')
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

/** A connection with a statement left closes only when the statement is collected, and holds on to the file until then. */
const close = (): null => {
  forgetStatements()
  for (const steps of compiledScripts) for (const { prepared } of steps ?? []) prepared.finalize()
  for (const prepared of [begin, beginImmediate, commit]) prepared.finalize()
  sqlite.close()
  return null
}

const answer = (request: Exclude<Request, { kind: 'prepare' } | Calls>): BatchReply | OperationReply => {
  switch (request.kind) {
    case 'batch':
      return runBatch(operationsOf(request.operations))
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
  if (!('kind' in request)) self.postMessage(runBatch(callsIn(request)))
  else if (request.kind === 'prepare') scripts[request.script] = [...request.steps]
  else self.postMessage(answer(request))
}
