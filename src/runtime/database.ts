import { err, ok, type Result } from '../result.ts'
import type {
  AdHoc,
  BatchReply,
  DatabaseFailure,
  OperationReply,
  Request,
  ScriptStep,
  StatementResult,
  Value,
} from './database-messages.ts'
import { createPrivately } from './database-file.ts'
import type { Statement } from './types.ts'

export type { DatabaseFailure, Row, ScriptStep, StatementResult, Value } from './database-messages.ts'

export type Dialect = 'sqlite' | 'postgres'

/** A prepared script's number, from `prepare`. */
export type ScriptId = number

/**
 * A database: a SQLite file on a thread of its own, or a PostgreSQL server. A read sees every write said before it by
 * this process, awaited or not, and an answer means that the operation is on disk. While one batch is being committed,
 * what arrives meanwhile gathers into the next, which is one transaction and one disk sync (group commit).
 */
export interface Database {
  /** Whose SQL it speaks. */
  readonly dialect: Dialect
  /** Runs statements as one operation, all or nothing. Refused as `overloaded` when the queue is at its limit. */
  run(statements: readonly Statement[]): Promise<Result<readonly StatementResult[], DatabaseFailure>>
  /** Makes statements callable by number, with parameters shared between them. */
  prepare(steps: readonly ScriptStep[]): ScriptId
  /**
   * Runs a prepared script, all or nothing. Never refused for load: its callers watch `saturated` themselves. What
   * nobody waits for may be said `lazily`: it then joins the next commit that somebody does wait for, if one comes soon.
   */
  call(script: ScriptId, parameters: readonly Value[], when?: 'now' | 'lazily'): Promise<Result<void, DatabaseFailure>>
  /**
   * Waits its turn, then has a connection of its own: for migrations, and transactions that think between statements.
   * On SQLite it has the database alone; on PostgreSQL the others go on, and what may not change meanwhile is locked.
   */
  lease(): Promise<Lease>
  /** True when so much is queued that new work should be refused. */
  readonly saturated: boolean
  /** Operations that wait for the next commit. */
  readonly queued: number
  /** Resolves when everything said so far has been done. */
  drained(): Promise<void>
  /** Does everything said so far, then closes the file or the connections. Later calls fail as `closed`. */
  close(): Promise<void>
}

export interface SqliteDatabase extends Database {
  readonly dialect: 'sqlite'
}

export interface Lease {
  execute(statement: Statement): Promise<Result<StatementResult, DatabaseFailure>>
  /** Rolls back what was not committed and lets the others on. */
  release(): Promise<void>
}

export interface DatabaseOptions {
  /** Operations that may wait before `run` refuses more. */
  readonly queuedMax?: number
  /** The least time between two commits under load: waking the thread and syncing the disk cost more than the rows. */
  readonly commitIntervalMs?: number
  /** Operations in one transaction: bounds how long one commit takes. */
  readonly batchMax?: number
  /** How long to wait for another process that holds the file locked. */
  readonly busyTimeoutMs?: number
  /** A lease that says nothing for this long is rolled back, so that it cannot stop everyone for good. */
  readonly leaseIdleMs?: number
}

/**
 * Opens the SQLite file at `path` (created with its folder when missing, for its owner alone; `:memory:` for tests) on a
 * new thread, with WAL and a sync at each commit. Rejects when the file cannot be opened.
 */
export const openDatabase = async (path: string, options: DatabaseOptions = {}): Promise<SqliteDatabase> => {
  if (path !== ':memory:') createPrivately(path)
  const database = new ThreadDatabase(options)
  const opened = await database.open(path, options.busyTimeoutMs ?? 5_000)
  if (opened.ok) return database
  database.terminate()
  throw new Error(`The database ${path} cannot be opened: ${opened.error.message}`)
}

/** A call of a prepared script as its caller made it. */
interface ScriptCall {
  readonly script: ScriptId
  readonly parameters: readonly Value[]
}

interface Queued {
  /** None for a lease. */
  readonly operation: ScriptCall | AdHoc | undefined
  /** Told the reply; for a lease, that its turn has come. */
  readonly done: (reply: OperationReply) => void
}

/** What nobody waits for is on disk this long after it was said, at the latest. */
const LAZY_MS = 5
/** Where a batch reached this size, the next may take its time: larger ones cost less each. */
const BUSY_BATCH = 12
const BUSY_INTERVAL_MS = 6

const DONE: Result<void, DatabaseFailure> = ok(undefined)
const CLOSED: DatabaseFailure = { kind: 'closed', message: 'the database is closed' }

class ThreadDatabase implements SqliteDatabase {
  readonly dialect = 'sqlite'
  readonly #worker = new Worker(new URL('./database.worker.ts', import.meta.url))
  readonly #queuedMax: number
  readonly #batchMax: number
  readonly #leaseIdleMs: number
  readonly #commitIntervalMs: number
  #queue: Queued[] = []
  #scripts = 0
  /** When the next dispatch is due; infinite when none is. */
  #dueAtMs = Number.POSITIVE_INFINITY
  #lastBatch = 0
  /** Somebody waits for what has been queued since the last dispatch. */
  #awaited = false
  #dispatchedAtMs = Number.NEGATIVE_INFINITY
  #leased = false
  #closed: DatabaseFailure | undefined
  #dead = false
  /** Who awaits the thread's answer: at most one request is ever on its way. */
  #answer: ((reply: BatchReply | OperationReply | DatabaseFailure) => void) | undefined

  constructor(options: DatabaseOptions) {
    this.#queuedMax = options.queuedMax ?? 20_000
    this.#batchMax = options.batchMax ?? 500
    this.#leaseIdleMs = options.leaseIdleMs ?? 10_000
    this.#commitIntervalMs = options.commitIntervalMs ?? 1
    this.#worker.onmessage = (event: MessageEvent<BatchReply | OperationReply>) => this.#settleAnswer(event.data)
    this.#worker.onerror = (event) => this.#die(event.message)
  }

  async open(path: string, busyTimeoutMs: number): Promise<Result<void, DatabaseFailure>> {
    const reply = await this.#ask({ kind: 'open', path, busyTimeoutMs })
    return reply === null || reply.ok ? DONE : reply
  }

  get queued(): number {
    return this.#queue.length
  }

  get saturated(): boolean {
    return this.#queue.length >= this.#queuedMax
  }

  async run(statements: readonly Statement[]): Promise<Result<readonly StatementResult[], DatabaseFailure>> {
    if (this.saturated) return err({ kind: 'overloaded', message: `${this.#queuedMax} operations are waiting` })
    const reply = await this.#enqueue({ statements })
    return reply ?? ok([])
  }

  prepare(steps: readonly ScriptStep[]): ScriptId {
    const script = this.#scripts++
    this.#send({ kind: 'prepare', script, steps })
    return script
  }

  call(
    script: ScriptId,
    parameters: readonly Value[],
    when: 'now' | 'lazily' = 'now',
  ): Promise<Result<void, DatabaseFailure>> {
    const operation = { script, parameters }
    return new Promise((resolve) => {
      this.#push({ operation, done: (reply) => resolve(reply === null || reply.ok ? DONE : reply) }, when)
    })
  }

  async lease(): Promise<Lease> {
    const turn = await this.#enqueue(undefined)
    if (turn !== null && !turn.ok) throw new Error(turn.error.message)
    return this.#openLease()
  }

  async drained(): Promise<void> {
    await this.#enqueue({ statements: [] })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const last = this.#enqueue({ statements: [] })
    this.#closed = CLOSED
    await last
    await this.#ask({ kind: 'close' })
    this.terminate()
  }

  terminate(): void {
    this.#dead = true
    this.#closed ??= CLOSED
    this.#worker.terminate()
  }

  #enqueue(operation: Queued['operation']): Promise<OperationReply> {
    return new Promise((done) => this.#push({ operation, done }))
  }

  #push(queued: Queued, when: 'now' | 'lazily' = 'now'): void {
    if (this.#closed) {
      queued.done(err(this.#closed))
      return
    }
    this.#queue.push(queued)
    if (!this.#answer && !this.#leased) this.#schedule(when)
    else this.#awaited ||= when === 'now'
  }

  /**
   * Dispatches soon: one turn of the event loop later when the last commit is some time ago, so that requests that came
   * in together share one; else at the end of the commit interval, so that under load the many share one. Where nobody
   * waits, a little later still.
   */
  #schedule(when: 'now' | 'lazily'): void {
    const intervalMs =
      when === 'lazily' ? LAZY_MS : this.#lastBatch >= BUSY_BATCH ? BUSY_INTERVAL_MS : this.#commitIntervalMs
    const dueAtMs = when === 'lazily' ? performance.now() + LAZY_MS : this.#dispatchedAtMs + intervalMs
    if (dueAtMs >= this.#dueAtMs) return
    this.#dueAtMs = dueAtMs
    const dispatch = (): void => {
      // An earlier time was set after this one, and has been kept.
      if (this.#dueAtMs === dueAtMs) this.#dispatch()
    }
    const waitMs = dueAtMs - performance.now()
    if (waitMs <= 0) setImmediate(dispatch)
    else setTimeout(dispatch, Math.ceil(waitMs))
  }

  #dispatch(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY
    if (this.#answer || this.#leased) return
    const first = this.#queue[0]
    if (!first) return
    if (first.operation === undefined) {
      this.#queue.shift()
      this.#leased = true
      first.done(null)
      return
    }
    const batch = this.#takeBatch()
    this.#dispatchedAtMs = performance.now()
    this.#lastBatch = batch.length
    // What a full batch left behind may be waited for.
    this.#awaited = this.#queue.length > 0
    this.#answer = (reply) => this.#finish(batch, reply)
    this.#send(toMessage(batch))
  }

  /** Takes what may share one transaction: up to the limit, and never past a lease. */
  #takeBatch(): readonly Queued[] {
    const lease = this.#queue.findIndex(({ operation }) => operation === undefined)
    const length = Math.min(this.#batchMax, lease === -1 ? this.#queue.length : lease)
    if (length < this.#queue.length) return this.#queue.splice(0, length)
    const batch = this.#queue
    this.#queue = []
    return batch
  }

  #finish(batch: readonly Queued[], reply: BatchReply | OperationReply | DatabaseFailure): void {
    const failure = reply !== null && 'kind' in reply ? err(reply) : undefined
    const replies = Array.isArray(reply) ? (reply as readonly OperationReply[]) : undefined
    let index = 0
    for (const { done } of batch) done(failure ?? replies?.[index++] ?? null)
    if (this.#queue.length > 0) this.#schedule(this.#awaited ? 'now' : 'lazily')
  }

  async #ask(request: Request): Promise<OperationReply> {
    if (this.#dead) return err(this.#closed ?? CLOSED)
    const reply = await new Promise<BatchReply | OperationReply | DatabaseFailure>((resolve) => {
      this.#answer = resolve
      this.#send(request)
    })
    if (reply === null || 'ok' in reply) return reply
    return err(
      'kind' in reply
        ? reply
        : { kind: 'failed', message: 'the database thread gave a batch of answers to one request' },
    )
  }

  #send(request: Request): void {
    this.#worker.postMessage(request)
  }

  #settleAnswer(reply: BatchReply | OperationReply | DatabaseFailure): void {
    const answer = this.#answer
    this.#answer = undefined
    answer?.(reply)
  }

  #die(message: string): void {
    this.#dead = true
    this.#closed = { kind: 'closed', message: `the database thread died: ${message}` }
    const waiting = this.#queue
    this.#queue = []
    this.#settleAnswer(this.#closed)
    for (const { done } of waiting) done(err(this.#closed))
  }

  #openLease(): Lease {
    let over = false
    // The statements of a lease follow one another, even when its holder does not wait for each.
    let tail: Promise<unknown> = Promise.resolve()
    const release = (): Promise<void> => {
      if (over) return Promise.resolve()
      over = true
      clearTimeout(timer)
      return tail.then(async () => {
        await this.#ask({ kind: 'release' })
        this.#leased = false
        this.#dispatch()
      })
    }
    let timer = setTimeout(release, this.#leaseIdleMs)
    const execute = (statement: Statement): Promise<Result<StatementResult, DatabaseFailure>> => {
      if (over) return Promise.resolve(err({ kind: 'closed', message: 'this lease has ended' }))
      clearTimeout(timer)
      const answered = tail.then(() => this.#ask({ kind: 'leased', statement })).then(firstResult)
      tail = answered
      void answered.then(() => {
        if (!over) timer = setTimeout(release, this.#leaseIdleMs)
      })
      return answered
    }
    return { execute, release }
  }
}

/** One flat list where the batch has calls only, as under load it does. */
const toMessage = (batch: readonly Queued[]): Request => {
  const entries: (Value[] | AdHoc)[] = []
  let calls: Value[] | undefined
  for (const { operation } of batch) {
    if (operation === undefined) continue
    if ('statements' in operation) {
      entries.push(operation)
      calls = undefined
    } else {
      if (!calls) {
        calls = []
        entries.push(calls)
      }
      calls.push(operation.script, operation.parameters.length)
      for (const value of operation.parameters) calls.push(typeof value === 'bigint' ? lightest(value) : value)
    }
  }
  const [only] = entries
  return entries.length === 1 && only && !('statements' in only) ? only : { kind: 'batch', operations: entries }
}

/** A number where it says the same: a list with a `bigint` in it is cloned the long way. */
const lightest = (value: bigint): number | bigint => (value >= -SAFE_MAX && value <= SAFE_MAX ? Number(value) : value)

const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER)

const firstResult = (reply: OperationReply): Result<StatementResult, DatabaseFailure> => {
  if (reply !== null && !reply.ok) return reply
  return ok(reply?.value[0] ?? { rows: [], changes: 0 })
}
