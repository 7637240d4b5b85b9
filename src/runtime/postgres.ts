import { err, ok, type Result } from '../result.ts'
import type { Database, DatabaseFailure, Lease, ScriptId, ScriptStep, StatementResult, Value } from './database.ts'
import type { OperationReply } from './database-messages.ts'
import { readPostgresAddress } from './postgres-address.ts'
import { type Operation, runAtOnce, runBatch, runReads } from './postgres-batch.ts'
import { type Connections, openConnections, type Query } from './postgres-connections.ts'
import { openLease } from './postgres-lease.ts'
import { numberParameters, readsOnly, toParameter } from './postgres-values.ts'
import type { Statement } from './types.ts'

/**
 * A database on a PostgreSQL server, shared with other processes. What this process says is done in the order it was
 * said: writes one batch after the other (each batch is one transaction), reads on any connection as soon as every write
 * said before them is done. Reads never wait for one another, nor for a write said after them.
 */
export interface PostgresDatabase extends Database {
  readonly dialect: 'postgres'
  /**
   * Runs one statement at once, on any connection, in no order with what else was said: for callers that know what
   * depends on what, and for functions that write. Never refused for load. `name`: prepare it once on each connection.
   */
  ask(statement: Statement & { readonly name?: string }): Promise<Result<StatementResult, DatabaseFailure>>
}

export interface PostgresOptions {
  /** Operations that may wait before `run` refuses more. */
  readonly queuedMax?: number
  /** Operations in one transaction. */
  readonly batchMax?: number
  /** Connections of this process. */
  readonly connectionsMax?: number
  /** To open a connection, or wait until one is free. */
  readonly connectTimeoutMs?: number
  /** After which a statement is given up. */
  readonly statementTimeoutMs?: number
  /** How long a statement waits for what another transaction has locked. */
  readonly lockTimeoutMs?: number
  /** A lease that says nothing for this long is rolled back. */
  readonly leaseIdleMs?: number
}

const OLDEST_VERSION = 140_000

/**
 * Connects to the database at `postgres://user:password@host:port/database`. Rejects, with what to do and without the
 * password, when it cannot be used. A server that goes away later is found again by itself.
 */
export const openPostgres = async (url: string, options: PostgresOptions = {}): Promise<PostgresDatabase> => {
  const address = readPostgresAddress(url)
  if (!address.ok) throw new Error(`The address of the database cannot be used: ${address.error}.`)
  const connections = openConnections(address.value, {
    connectionsMax: options.connectionsMax ?? 10,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    statementTimeoutMs: options.statementTimeoutMs ?? 10_000,
    lockTimeoutMs: options.lockTimeoutMs ?? 5_000,
  })
  const fault = await faultOf(connections)
  if (fault === undefined) return new PooledDatabase(connections, options)
  await connections.close()
  throw new Error(`The database ${address.value.shown} cannot be opened: ${fault}`)
}

const faultOf = async (connections: Connections): Promise<string | undefined> => {
  const text = `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`
  const answer = await runReads(connections, [{ text, values: [] }])
  if (!answer.ok) return answer.error.message
  const { version, encoding } = answer.value[0]?.rows[0] ?? {}
  if (Number(version) < OLDEST_VERSION) return 'the server is older than PostgreSQL 14; use a newer one'
  if (encoding !== 'UTF8') return `its encoding is ${String(encoding)}; create the database with ENCODING 'UTF8'`
  return undefined
}

const CLOSED: DatabaseFailure = { kind: 'closed', message: 'the database is closed' }

interface Write {
  readonly operation: Operation
  readonly done: (reply: OperationReply) => void
}

interface ScriptQuery extends Omit<ScriptStep, 'sql'> {
  readonly text: string
  readonly name: string
}

class PooledDatabase implements PostgresDatabase {
  readonly dialect = 'postgres'
  readonly #connections: Connections
  readonly #queuedMax: number
  readonly #batchMax: number
  readonly #leaseIdleMs: number
  readonly #scripts: (readonly ScriptQuery[])[] = []
  #writes: Write[] = []
  #isWriting = false
  /** How many writes have been said, and how many of them, from the first on, are done. */
  #said = 0
  #done = 0
  /** Who waits for the first so many writes; in that order. */
  #waiting: { readonly writes: number; readonly go: () => void }[] = []
  readonly #running = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(connections: Connections, options: PostgresOptions) {
    this.#connections = connections
    this.#queuedMax = options.queuedMax ?? 20_000
    this.#batchMax = options.batchMax ?? 500
    this.#leaseIdleMs = options.leaseIdleMs ?? 10_000
  }

  get queued(): number {
    return this.#writes.length + this.#waiting.length + this.#connections.waiting
  }

  get saturated(): boolean {
    return this.queued >= this.#queuedMax
  }

  async run(statements: readonly Statement[]): Promise<Result<readonly StatementResult[], DatabaseFailure>> {
    if (this.#closing) return err(CLOSED)
    if (this.saturated) return err({ kind: 'overloaded', message: `${this.#queuedMax} operations are waiting` })
    if (statements.every(({ sql }) => readsOnly(sql))) return this.#read(statements.map(toQuery))
    const steps = statements.map((statement) => ({ ...toQuery(statement), guard: false }))
    return (await this.#write({ steps, isCall: false })) ?? ok([])
  }

  async ask(statement: Statement & { readonly name?: string }): Promise<Result<StatementResult, DatabaseFailure>> {
    if (this.#closing) return err(CLOSED)
    return this.#track(runAtOnce(this.#connections, { ...toQuery(statement), name: statement.name }))
  }

  prepare(steps: readonly ScriptStep[]): ScriptId {
    const script = this.#scripts.length
    this.#scripts.push(
      steps.map(({ sql, ...step }, index) => ({
        ...step,
        text: numberParameters(sql),
        name: `script_${script}_${index}`,
      })),
    )
    return script
  }

  /** What may be said lazily is said at once: it waits in no batch of its own, and delays nobody. */
  async call(script: ScriptId, parameters: readonly Value[]): Promise<Result<void, DatabaseFailure>> {
    const steps = this.#scripts[script]
    if (!steps) throw new Error(`script ${script} was never prepared`)
    const reply = await this.#write({ steps: bind(steps, parameters), isCall: true })
    return reply === null || reply.ok ? ok(undefined) : reply
  }

  async lease(): Promise<Lease> {
    if (this.#closing) throw new Error(CLOSED.message)
    const borrowed = await this.#track(this.#afterWrites().then(() => this.#connections.borrow()))
    if (!borrowed.ok) throw new Error(borrowed.error.message)
    return openLease(borrowed.value, this.#leaseIdleMs)
  }

  async drained(): Promise<void> {
    await Promise.all([this.#afterWrites(), ...this.#running])
  }

  close(): Promise<void> {
    this.#closing ??= this.drained().then(() => this.#connections.close())
    return this.#closing
  }

  #read(queries: readonly Query[]): Promise<Result<readonly StatementResult[], DatabaseFailure>> {
    return this.#track(this.#afterWrites().then(() => runReads(this.#connections, queries)))
  }

  #write(operation: Operation): Promise<OperationReply> {
    if (this.#closing) return Promise.resolve(err(CLOSED))
    return new Promise((done) => {
      this.#writes.push({ operation, done })
      this.#said += 1
      if (this.#isWriting) return
      this.#isWriting = true
      // One turn of the event loop later, so that what comes in together shares a transaction.
      setImmediate(() => void this.#writeOn())
    })
  }

  /** One batch after the other, until nothing is left: what arrives meanwhile gathers into the next. */
  async #writeOn(): Promise<void> {
    while (this.#writes.length > 0) {
      const batch = this.#writes.splice(0, this.#batchMax)
      const replies = await runBatch(
        this.#connections,
        batch.map(({ operation }) => operation),
      )
      this.#done += batch.length
      for (const [index, { done }] of batch.entries()) done(replies[index] ?? null)
      while ((this.#waiting[0]?.writes ?? Number.POSITIVE_INFINITY) <= this.#done) this.#waiting.shift()?.go()
    }
    this.#isWriting = false
  }

  /** Resolves when every write said so far is done. */
  #afterWrites(): Promise<void> {
    const writes = this.#said
    if (writes === this.#done) return Promise.resolve()
    return new Promise((go) => {
      this.#waiting.push({ writes, go })
    })
  }

  #track<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running)
    const forget = (): void => void this.#running.delete(running)
    running.then(forget, forget)
    return running
  }
}

const toQuery = ({ sql, parameters }: Statement): Query => ({
  text: numberParameters(sql),
  values: parameters.map(toParameter),
})

/** The steps of a call: without those that are for a parameter it does not have. */
const bind = (steps: readonly ScriptQuery[], parameters: readonly Value[]): Operation['steps'] =>
  steps
    .filter(({ onlyWith }) => onlyWith === undefined || (parameters[onlyWith] ?? null) !== null)
    .map(({ text, name, use, guard }) => ({
      text,
      name,
      guard,
      values: use.map((index) => toParameter(parameters[index] ?? null)),
    }))
