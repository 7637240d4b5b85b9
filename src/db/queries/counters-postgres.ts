import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { Row } from '../database.ts'
import type { Tables } from '../tables.ts'
import { addReceipts, COUNTERS, countDifferences, takeRebuilt } from './counter-sql.ts'
import type { CounterFeeder } from './counters.ts'

/**
 * On PostgreSQL a receipt that is not counted yet is noted as such, in the transaction that wrote it; counting takes the
 * note away. One process counts at a time: it has the feeder's row locked, and the others pass.
 */
export const postgresFeeder = (db: Kysely<Tables>): CounterFeeder => ({
  feed: async (limit) => {
    // A transaction of its own costs more than to look whether there is anything to do.
    const waiting = await db.selectFrom('receipts_uncounted').select('seq').limit(1).execute()
    if (waiting.length === 0) return 0
    return db.transaction().execute((transaction) => feedOnce(transaction, limit))
  },
  rebuild: (limit) => db.transaction().execute((transaction) => rebuild(transaction, limit)),
})

const feedOnce = async (transaction: Transaction<Tables>, limit: number): Promise<number | 'busy'> => {
  const turn = await rowsOf(
    transaction,
    sql`UPDATE feeders SET turn = turn + 1
      WHERE name = (SELECT name FROM feeders WHERE name = 'daily' FOR UPDATE SKIP LOCKED) RETURNING turn`,
  )
  if (turn.length === 0) return 'busy'
  const taken = await rowsOf(
    transaction,
    sql`DELETE FROM receipts_uncounted
      WHERE seq IN (SELECT seq FROM receipts_uncounted ORDER BY seq LIMIT ${limit}) RETURNING seq`,
  )
  const numbers = taken.map(({ seq }) => BigInt(seq as bigint))
  if (numbers.length > 0) await addAll(transaction, 'table', numbers)
  return numbers.length
}

const addAll = async (
  transaction: Transaction<Tables>,
  into: 'table' | 'rebuilt',
  numbers: readonly bigint[],
): Promise<void> => {
  for (const statement of addReceipts('postgres', into, numbered(numbers))) await statement.execute(transaction)
}

/** For `WHERE`: the receipts `r` of these numbers. */
const numbered = (numbers: readonly bigint[]): RawBuilder<unknown> =>
  sql`r.seq IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(
    CAST(${JSON.stringify(numbers.map(String))} AS json)) AS listed (value))`

/**
 * Counts anew all that has been counted. With the feeder's row locked nothing is counted meanwhile, so that set stands
 * still, while receipts go on being written.
 */
const rebuild = async (transaction: Transaction<Tables>, limit: number): Promise<number> => {
  await sql`SELECT turn FROM feeders WHERE name = 'daily' FOR UPDATE`.execute(transaction)
  for (const { rebuilt } of COUNTERS) await sql`DELETE FROM ${sql.raw(rebuilt)}`.execute(transaction)
  for (let after = 0n; ; ) {
    const rows = await rowsOf(
      transaction,
      sql`SELECT r.seq FROM receipts AS r
        WHERE r.seq > ${after} AND NOT EXISTS (SELECT 1 FROM receipts_uncounted AS u WHERE u.seq = r.seq)
        ORDER BY r.seq LIMIT ${limit}`,
    )
    const numbers = rows.map(({ seq }) => BigInt(seq as bigint))
    const last = numbers.at(-1)
    if (last === undefined) break
    after = last
    await addAll(transaction, 'rebuilt', numbers)
  }
  let differing = 0
  for (const counter of COUNTERS) {
    const [compared] = await rowsOf(transaction, countDifferences(counter))
    differing += Number(compared?.['differing'] ?? 0)
    for (const statement of takeRebuilt(counter)) await statement.execute(transaction)
  }
  return differing
}

const rowsOf = async (transaction: Transaction<Tables>, statement: RawBuilder<unknown>): Promise<readonly Row[]> =>
  (await statement.execute(transaction)).rows as readonly Row[]
