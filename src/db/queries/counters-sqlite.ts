import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { type Database, DatabaseError, type Row, type StatementResult } from '../database.ts'
import { openKysely } from '../dialect.ts'
import { addReceipts, COUNTERS, countDifferences, takeRebuilt } from './counter-sql.ts'
import type { CounterFeeder } from './counters.ts'

/**
 * On SQLite there is one writer at a time, so receipts are numbered in the order they commit, and a number says how far
 * the counters have come. The receipts behind it are added in the transaction that moves it on.
 */
export const sqliteFeeder = (database: Database): CounterFeeder => {
  const db = openKysely(database)
  /** Runs statements as one transaction. Throws `DatabaseError`. */
  const runCompiled = async (statements: readonly CompiledQuery[]): Promise<readonly StatementResult[]> => {
    const answer = await database.run(statements)
    if (!answer.ok) throw new DatabaseError(answer.error)
    return answer.value
  }
  const compile = (statements: readonly RawBuilder<unknown>[]): readonly CompiledQuery[] =>
    statements.map((statement) => statement.compile(db))
  const run = (...statements: readonly RawBuilder<unknown>[]): Promise<readonly StatementResult[]> =>
    runCompiled(compile(statements))

  // To put a step into words takes four milliseconds, which at 2,000 requests a second is 8 of each request's
  // microseconds; a feeder asks the same again and again.
  const worded = new Map<Name, { readonly limit: number; readonly statements: readonly CompiledQuery[] }>()
  const step = async (name: Name, limit: number): Promise<number> => {
    let known = worded.get(name)
    if (known?.limit !== limit) {
      known = { limit, statements: compile(stepOf(name, limit)) }
      worded.set(name, known)
    }
    const [counted] = await runCompiled(known.statements)
    return Number(firstRow(counted)['receipts'])
  }

  const rebuild = async (limit: number): Promise<number> => {
    const emptied = COUNTERS.map(({ rebuilt: table }) => sql`DELETE FROM ${sql.raw(table)}`)
    await run(...emptied, sql`UPDATE feeders SET turn = 0 WHERE name = 'rebuild'`)
    for (;;) {
      if ((await step('rebuild', limit)) > 0) continue
      const differing = await swap(run)
      if (differing !== undefined) return differing
    }
  }
  return { feed: (limit) => step('daily', limit), rebuild }
}

type Name = 'daily' | 'rebuild'

const turnOf = (name: Name): RawBuilder<unknown> => sql`(SELECT turn FROM feeders WHERE name = ${name})`

/** Adds the next receipts, and says first how many they are. */
const stepOf = (name: Name, limit: number): readonly RawBuilder<unknown>[] => {
  const turn = turnOf(name)
  // A rebuild comes as far as the counters have, and no further.
  const upTo = name === 'daily' ? sql`` : sql`AND seq <= ${turnOf('daily')}`
  const next = sql`(SELECT seq FROM receipts WHERE seq > ${turn} ${upTo} ORDER BY seq LIMIT ${limit})`
  const into = name === 'daily' ? 'table' : 'rebuilt'
  return [
    sql`SELECT COUNT(*) AS receipts FROM ${next}`,
    ...addReceipts('sqlite', into, sql`r.seq > ${turn} AND r.seq <= (SELECT MAX(seq) FROM ${next})`),
    sql`UPDATE feeders SET turn = COALESCE((SELECT MAX(seq) FROM ${next}), turn) WHERE name = ${name}`,
  ]
}

/** How many rows were wrong; `undefined` where the counters have moved on meanwhile, and nothing was done. */
const swap = async (
  run: (...statements: readonly RawBuilder<unknown>[]) => Promise<readonly StatementResult[]>,
): Promise<number | undefined> => {
  const isEven = sql`(SELECT min(turn) = max(turn) FROM feeders WHERE name IN ('daily', 'rebuild'))`
  const [even, ...compared] = await run(
    sql`SELECT ${isEven} AS even`,
    ...COUNTERS.map((counter) => countDifferences(counter)),
    ...COUNTERS.flatMap((counter) => takeRebuilt(counter, isEven)),
  )
  if (firstRow(even)['even'] !== 1n) return undefined
  return compared.slice(0, COUNTERS.length).reduce((sum, each) => sum + Number(firstRow(each)['differing']), 0)
}

const firstRow = (result: StatementResult | undefined): Row => result?.rows[0] ?? {}
