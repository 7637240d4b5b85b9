import { err, ok, type Result } from '../result.ts'
import type { DatabaseFailure, StatementResult } from './database-messages.ts'
import type { Lease } from './database.ts'
import type { Connection } from './postgres-connections.ts'
import { numberParameters, toParameter } from './postgres-values.ts'
import type { Statement } from './types.ts'

/** A migration may take its time, where nobody waits for the answer of one statement. */
const STATEMENT_TIMEOUT_MS = 600_000
const ENDED: Result<never, DatabaseFailure> = err({ kind: 'closed', message: 'this lease has ended' })

/** A connection for one holder, who begins and ends transactions. It is taken back when its holder falls silent. */
export const openLease = (connection: Connection, idleMs: number): Lease => {
  let over = false
  // The statements of a lease follow one another, even when its holder does not wait for each.
  let tail: Promise<unknown> = Promise.resolve()
  const release = (): Promise<void> => {
    if (over) return tail.then(() => undefined)
    over = true
    clearTimeout(timer)
    const released = tail.then(async () => {
      const ended = await connection.ask({ text: 'ROLLBACK', values: [] })
      connection.giveBack(!ended.ok)
    })
    tail = released
    return released
  }
  let timer = setTimeout(release, idleMs)
  const execute = (statement: Statement): Promise<Result<StatementResult, DatabaseFailure>> => {
    if (over) return Promise.resolve(ENDED)
    clearTimeout(timer)
    const answered = tail.then(() => ask(connection, statement))
    tail = answered
    void answered.then(() => {
      if (over || tail !== answered) return
      timer = setTimeout(release, idleMs)
    })
    return answered
  }
  return { execute, release }
}

const ask = async (
  connection: Connection,
  { sql, parameters }: Statement,
): Promise<Result<StatementResult, DatabaseFailure>> => {
  const query = { text: numberParameters(sql), values: parameters.map(toParameter) }
  const answer = await connection.ask(query, STATEMENT_TIMEOUT_MS)
  return answer.ok ? ok(answer.value) : answer
}
