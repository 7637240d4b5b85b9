import { Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg'
import { err, ok, type Result } from '../result.ts'
import { answeredWithin } from './deadline.ts'
import type { DatabaseFailure, Row, StatementResult } from './database-messages.ts'
import type { PostgresAddress } from './postgres-address.ts'
import { failureOf, isAnswer, isReadOnly, isStalePlan, isTooMany, messageOf } from './postgres-failures.ts'
import { readerOf } from './postgres-values.ts'

export interface ConnectionLimits {
  readonly connectionsMax: number
  /** To open a connection, or wait until one is free. */
  readonly connectTimeoutMs: number
  /** After which the server gives a statement up. */
  readonly statementTimeoutMs: number
  /** How long a statement waits for a row or table that another transaction has locked. */
  readonly lockTimeoutMs: number
}

/** One statement as the driver takes it. One with a name is prepared once on each connection. */
export interface Query {
  readonly text: string
  readonly values: readonly unknown[]
  readonly name?: string | undefined
}

export interface Connection {
  /**
   * Runs one statement. After a failure of the kinds `uncertain` and `unavailable` the connection is lost, and nothing
   * else can be asked on it; after the first, it is not known what was done.
   */
  ask(query: Query, timeoutMs?: number): Promise<Result<StatementResult, DatabaseFailure>>
  /** Lost at once, as one is whose server was restarted meanwhile: another try costs nothing but a connection. */
  readonly isBroken: boolean
  /** Gives it back for others, or closes it where it is lost or `spoilt`. */
  giveBack(spoilt?: boolean): void
}

export interface Connections {
  /** Takes a connection that nobody uses, or opens one. */
  borrow(): Promise<Result<Connection, DatabaseFailure>>
  /** How many wait for one. */
  readonly waiting: number
  /** Resolves when the last one that is out has been given back. */
  close(): Promise<void>
}

/** The server's own time limit comes first, because it leaves no doubt. This one is for a server that says nothing. */
const GRACE_MS = 1_000
const IDLE_MS = 60_000
const TOO_MANY_WAIT_MS = 50
/** A connection is not kept for ever, so that they spread again after a server has come back. */
const LIFETIME_S = 1_800

/** A pool of connections, each opened when needed; a server that went away and came back is found again by itself. */
export const openConnections = (address: PostgresAddress, limits: ConnectionLimits): Connections => {
  const { host, port, user, password, database, ssl, applicationName } = address
  const pool = new Pool({
    ...{ host, port, user, password, database, ssl, application_name: applicationName },
    max: limits.connectionsMax,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_S,
    keepAlive: true,
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: limits.lockTimeoutMs,
    types: { getTypeParser: readerOf as never },
  })
  // One that breaks while nobody uses it leaves the pool by itself; whoever uses one is told by the answer.
  const ignore = (): void => undefined
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  const silentMs = limits.statementTimeoutMs + GRACE_MS
  return {
    borrow: async () => {
      const deadlineMs = Date.now() + limits.connectTimeoutMs
      for (;;) {
        try {
          return ok(connectionOf(await pool.connect(), password, silentMs))
        } catch (error) {
          // A server that gives no more leaves us those we have: one of them comes free.
          if (!isTooMany(error) || pool.totalCount === 0 || Date.now() > deadlineMs)
            return err({ kind: 'unavailable', message: `no connection: ${messageOf(error, password)}` })
          await new Promise((resolve) => setTimeout(resolve, TOO_MANY_WAIT_MS))
        }
      }
    },
    get waiting() {
      return pool.waitingCount
    },
    close: () => pool.end(),
  }
}

const connectionOf = (client: PoolClient, secret: string, silentMs: number): Connection => {
  let lost = false
  let broken = false
  let out = true
  const lose = (message: string, kind: DatabaseFailure['kind'] = 'uncertain'): Result<never, DatabaseFailure> => {
    lost = true
    return err({ kind, message })
  }
  return {
    get isBroken() {
      return broken
    },
    ask: async (query, timeoutMs = silentMs) => {
      if (lost || !out) return lose('the connection is closed')
      try {
        const answer = await withTimeout(client, query, timeoutMs)
        if (answer === 'silent') return lose(`the server said nothing for ${timeoutMs} ms`)
        return resultOf(query, answer)
      } catch (error) {
        const isUseless = isStalePlan(error) || isReadOnly(error)
        broken = isUseless || !isAnswer(error)
        if (!broken) return err(failureOf(error, secret))
        return lose(messageOf(error, secret), isUseless ? 'unavailable' : 'uncertain')
      }
    },
    giveBack: (spoilt = false) => {
      if (!out) return
      out = false
      client.release(lost || spoilt)
    },
  }
}

type Answer = QueryResult<QueryResultRow>

const withTimeout = (client: PoolClient, query: Query, timeoutMs: number): Promise<Answer | 'silent'> => {
  const { text, values, name } = query
  const answered = client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
  // Nobody listens any more to an answer that comes too late, or never.
  answered.catch(() => undefined)
  return answeredWithin(answered, timeoutMs, () => 'silent' as const)
}

const COMMIT = /^\s*commit\b/i

const resultOf = ({ text }: Query, answer: Answer): Result<StatementResult, DatabaseFailure> => {
  // A statement without parameters may be several, each with an answer.
  const last = Array.isArray(answer) ? (answer.at(-1) as Answer) : answer
  // The server answers a commit after a failed statement with a rollback, and does not call that an error.
  if (COMMIT.test(text) && last.command === 'ROLLBACK')
    return err({ kind: 'failed', message: 'a statement of the transaction had failed, so all of it was rolled back' })
  return ok({ rows: last.rows as Row[], changes: last.rowCount ?? 0 })
}
