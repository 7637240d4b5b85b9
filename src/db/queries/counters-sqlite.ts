import { type RawBuilder, sql } from 'kysely'
import { err, ok, type Result } from '../../result.ts'
import { type Database, DatabaseError, type Row, type StatementResult } from '../database.ts'
import { openKysely } from '../dialect.ts'
import {
  addRows,
  type CounterTable,
  countDifferences,
  RECEIPT_COLUMNS,
  readReceipts,
  takeRebuilt,
} from './counter-sql.ts'
import type { CounterFeeder, CountReceipts } from './counters.ts'

/**
 * On SQLite there is one writer at a time, so receipts are numbered in the order they commit, and a number says how far
 * the counters have come. What is read is added together with the step of that number, unless another process took the
 * step first: then nothing is.
 */
export const sqliteFeeder = (database: Database, count: CountReceipts): CounterFeeder => {
  const db = openKysely(database)
  /** Runs statements as one transaction. Throws `DatabaseError`. */
  const run = async (...statements: readonly RawBuilder<unknown>[]): Promise<readonly StatementResult[]> => {
    const answer = await database.run(statements.map((statement) => statement.compile(db)))
    if (!answer.ok) throw new DatabaseError(answer.error)
    return answer.value
  }

  const step = async (name: Name, table: CounterTable, limit: number): Promise<Result<number, 'taken'>> => {
    const [read] = await run(nextReceipts(name, limit))
    const rows = read?.rows ?? []
    const last = rows.at(-1)
    if (!last) return ok(0)
    const isTurn = sql`(SELECT turn FROM feeders WHERE name = ${name}) = ${last['turn'] as bigint}`
    const results = await run(
      addRows('sqlite', table, count(readReceipts(rows)), isTurn),
      sql`UPDATE feeders SET turn = ${last['seq'] as bigint} WHERE name = ${name} AND ${isTurn}`,
    )
    return results.at(-1)?.changes === 1 ? ok(rows.length) : err('taken')
  }

  const feed = async (limit: number): Promise<number | 'busy'> => {
    const fed = await step('daily', 'daily_usage', limit)
    return fed.ok ? fed.value : 'busy'
  }

  const rebuild = async (limit: number): Promise<number> => {
    await run(sql`DELETE FROM daily_usage_rebuilt`, sql`UPDATE feeders SET turn = 0 WHERE name = 'rebuild'`)
    for (;;) {
      const fed = await step('rebuild', 'daily_usage_rebuilt', limit)
      if (!fed.ok) throw new Error('The counters are being rebuilt by another process.')
      if (fed.value > 0) continue
      const differing = await swap(run)
      if (differing !== undefined) return differing
    }
  }
  return { feed, rebuild }
}

type Name = 'daily' | 'rebuild'

/** A rebuild comes as far as the counters have, and no further. */
const nextReceipts = (name: Name, limit: number): RawBuilder<unknown> => {
  const upTo = name === 'daily' ? sql`` : sql`AND r.seq <= (SELECT turn FROM feeders WHERE name = 'daily')`
  return sql`SELECT f.turn, ${RECEIPT_COLUMNS}
    FROM feeders AS f JOIN receipts AS r ON r.seq > f.turn ${upTo} JOIN headings AS h ON h.id = r.heading_id
    WHERE f.name = ${name} ORDER BY r.seq LIMIT ${limit}`
}

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
