import { type Kysely, sql } from 'kysely'
import { COUNTS, type Counts, type Daily, type Dimension } from '../../counters/daily.ts'
import type { Database } from '../database.ts'
import { openKysely } from '../dialect.ts'
import { exactSum, readExactSum } from '../exact-sum.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'
import { COUNT_COLUMNS, DIMENSION_COLUMNS } from './counter-sql.ts'
import { postgresFeeder } from './counters-postgres.ts'
import { sqliteFeeder } from './counters-sqlite.ts'

/** How one database moves receipts into the counters. */
export interface CounterFeeder {
  /** Counts the next receipts, at most so many. How many it were; `busy` when another process is counting. */
  feed(limit: number): Promise<number | 'busy'>
  rebuild(limit: number): Promise<number>
}

/**
 * Receipts counted at once: few enough that what waits for the database meanwhile is not held up, and that their sums fit
 * 64 bits, were each at the most that one adds.
 */
const RECEIPTS_AT_ONCE = 500

/** The counters of `Store`. */
export const counterQueries = (database: Database, db: Kysely<Tables> = openKysely(database)): Store['counters'] => {
  const feeder = database.dialect === 'sqlite' ? sqliteFeeder(database) : postgresFeeder(db)
  return {
    feed: (limit = RECEIPTS_AT_ONCE) => feeder.feed(Math.min(limit, RECEIPTS_AT_ONCE)),
    rebuild: () => feeder.rebuild(RECEIPTS_AT_ONCE),
    usage: (filter, groupBy, rowsMax) => usage(db, filter, groupBy, rowsMax),
  }
}

const usage: (db: Kysely<Tables>, ...asked: Parameters<Store['counters']['usage']>) => Promise<readonly Daily[]> =
  async (db, filter, groupBy, rowsMax) => {
    const { since, until, ...equal } = filter
    const columns = groupBy.map((dimension) => DIMENSION_COLUMNS[dimension])
    const sums = COUNTS.map((name) => sql.raw<string>(exactSum(COUNT_COLUMNS[name])).as(name))
    let query = db
      .selectFrom('daily_usage')
      .select([...columns, ...sums])
      .where('day', '>=', since)
      .where('day', '<=', until)
    for (const [dimension, value] of Object.entries(equal))
      if (value !== undefined) query = query.where(DIMENSION_COLUMNS[dimension as keyof typeof equal], '=', value)
    for (const column of columns) query = query.groupBy(column).orderBy(column)
    const rows: readonly Readonly<Record<string, unknown>>[] = await query.limit(rowsMax).execute()
    return rows.map((row) => readDaily(row, groupBy))
  }

/** Dimensions that were not asked for are empty. */
const readDaily = (row: Readonly<Record<string, unknown>>, groupBy: readonly Dimension[]): Daily => {
  const textOf = (dimension: Dimension): string =>
    groupBy.includes(dimension) ? String(row[DIMENSION_COLUMNS[dimension]]) : ''
  return {
    day: textOf('day'),
    userId: textOf('userId'),
    keyId: textOf('keyId'),
    projectId: textOf('projectId'),
    model: textOf('model'),
    provider: textOf('provider'),
    ...(Object.fromEntries(COUNTS.map((name) => [name, readExactSum(row[name])])) as Counts),
  }
}
