import { type RawBuilder, sql } from 'kysely'
import { type Database, DatabaseError, type Row, type StatementResult } from '../database.ts'
import { openKysely } from '../dialect.ts'
import { addReceipts, type CounterTable, countDifferences, takeRebuilt } from './counter-sql.ts'
import type { CounterFeeder } from './counters.ts'

/**
 * On SQLite there is one writer at a time, so receipts are numbered in the order they commit, and a number says how far
 * the counters have come. The receipts behind it are added in the transaction that moves it on.
 */
export const sqliteFeeder = (database: Database): CounterFeeder => {
  const db = openKysely(database)
  /** Runs statements as one transaction. Throws `DatabaseError`. */
  const run = async (...statements: readonly RawBuilder<unknown>[]): Promise<readonly StatementResult[]> => {
    const answer = await database.run(statements.map((statement) => statement.compile(db)))
    if (!answer.ok) throw new DatabaseError(answer.error)
    return answer.value
  }

  const step = async (name: Name, table: CounterTable, limit: number): Promise<number> => {
    const turn = turnOf(name)
    // A rebuild comes as far as the counters have, and no further.
    const upTo = name === 'daily' ? sql`` : sql`AND seq <= ${turnOf('daily')}`
    const next = sql`(SELECT seq FROM receipts WHERE seq > ${turn} ${upTo} ORDER BY seq LIMIT ${limit})`
    const [counted] = await run(
      sql`SELECT COUNT(*) AS receipts FROM ${next}`,
      addReceipts('sqlite', table, sql`r.seq > ${turn} AND r.seq <= (SELECT MAX(seq) FROM ${next})`),
      sql`UPDATE feeders SET turn = COALESCE((SELECT MAX(seq) FROM ${next}), turn) WHERE name = ${name}`,
    )
    return Number(firstRow(counted)['receipts'])
  }

  const rebuild = async (limit: number): Promise<number> => {
    await run(sql`DELETE FROM daily_usage_rebuilt`, sql`UPDATE feeders SET turn = 0 WHERE name = 'rebuild'`)
    for (;;) {
      if ((await step('rebuild', 'daily_usage_rebuilt', limit)) > 0) continue
      const differing = await swap(run)
      if (differing !== undefined) return differing
    }
  }
  return { feed: (limit) => step('daily', 'daily_usage', limit), rebuild }
}

type Name = 'daily' | 'rebuild'

const turnOf = (name: Name): RawBuilder<unknown> => sql`(SELECT turn FROM feeders WHERE name = ${name})`

/** How many rows were wrong; `undefined` where the counters have moved on meanwhile, and nothing was done. */
const swap = async (
  run: (...statements: readonly RawBuilder<unknown>[]) => Promise<readonly StatementResult[]>,
): Promise<number | undefined> => {
  const isEven = sql`(SELECT min(turn) = max(turn) FROM feeders WHERE name IN ('daily', 'rebuild'))`
  const [even, compared] = await run(
    sql`SELECT ${isEven} AS even`,
    countDifferences(),
    ...takeRebuilt(isEven),
    sql`DELETE FROM daily_usage_rebuilt WHERE ${isEven}`,
  )
  const isSwapped = firstRow(even)['even'] === 1n
  return isSwapped ? Number(firstRow(compared)['differing']) : undefined
}

const firstRow = (result: StatementResult | undefined): Row => result?.rows[0] ?? {}
