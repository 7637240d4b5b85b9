import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { Row } from '../database.ts'
import type { Tables } from '../tables.ts'
import { addRows, countDifferences, RECEIPT_COLUMNS, readReceipts, takeRebuilt } from './counter-sql.ts'
import type { CounterFeeder, CountReceipts } from './counters.ts'

/**
 * On PostgreSQL a receipt that is not counted yet is noted as such, in the transaction that wrote it; counting takes the
 * note away. One process counts at a time: it has the feeder's row locked, and the others pass.
 */
export const postgresFeeder = (db: Kysely<Tables>, count: CountReceipts): CounterFeeder => ({
  feed: async (limit) => {
    // A transaction of its own costs more than to look whether there is anything to do.
    const waiting = await db.selectFrom('receipts_uncounted').select('seq').limit(1).execute()
    if (waiting.length === 0) return 0
    return db.transaction().execute((transaction) => feedOnce(transaction, count, limit))
  },
  rebuild: (limit) => db.transaction().execute((transaction) => rebuild(transaction, count, limit)),
})

const feedOnce = async (
  transaction: Transaction<Tables>,
  count: CountReceipts,
  limit: number,
): Promise<number | 'busy'> => {
  const turn = await rowsOf(
    transaction,
    sql`UPDATE feeders SET turn = turn + 1
      WHERE name = (SELECT name FROM feeders WHERE name = 'daily' FOR UPDATE SKIP LOCKED) RETURNING turn`,
  )
  if (turn.length === 0) return 'busy'
  const rows = await rowsOf(
    transaction,
    sql`WITH taken AS (DELETE FROM receipts_uncounted
        WHERE seq IN (SELECT seq FROM receipts_uncounted ORDER BY seq LIMIT ${limit}) RETURNING seq)
      SELECT ${RECEIPT_COLUMNS} FROM taken JOIN receipts AS r ON r.seq = taken.seq
        JOIN headings AS h ON h.id = r.heading_id`,
  )
  if (rows.length > 0) await addRows('postgres', 'daily_usage', count(readReceipts(rows))).execute(transaction)
  return rows.length
}

/**
 * Counts anew all that has been counted. With the feeder's row locked nothing is counted meanwhile, so that set stands
 * still, while receipts go on being written.
 */
const rebuild = async (transaction: Transaction<Tables>, count: CountReceipts, limit: number): Promise<number> => {
  await sql`SELECT turn FROM feeders WHERE name = 'daily' FOR UPDATE`.execute(transaction)
  await sql`DELETE FROM daily_usage_rebuilt`.execute(transaction)
  for (let after = 0n; ; ) {
    const rows = await rowsOf(
      transaction,
      sql`SELECT ${RECEIPT_COLUMNS} FROM receipts AS r JOIN headings AS h ON h.id = r.heading_id
        WHERE r.seq > ${after} AND NOT EXISTS (SELECT 1 FROM receipts_uncounted AS u WHERE u.seq = r.seq)
        ORDER BY r.seq LIMIT ${limit}`,
    )
    const last = rows.at(-1)
    if (!last) break
    after = BigInt(last['seq'] as bigint)
    await addRows('postgres', 'daily_usage_rebuilt', count(readReceipts(rows))).execute(transaction)
  }
  const [compared] = await rowsOf(transaction, countDifferences())
  for (const statement of takeRebuilt()) await statement.execute(transaction)
  await sql`DELETE FROM daily_usage_rebuilt`.execute(transaction)
  return Number(compared?.['differing'] ?? 0)
}

const rowsOf = async (transaction: Transaction<Tables>, statement: RawBuilder<unknown>): Promise<readonly Row[]> =>
  (await statement.execute(transaction)).rows as readonly Row[]
