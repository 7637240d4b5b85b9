import { type Insertable, type Kysely, sql } from 'kysely'
import type { Dialect, Row } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { Change, ChangeKind, ChangePosition, Changes, Store } from '../types.ts'

/**
 * Says that something changed which others may have cached. To be called in the transaction that changes it. What comes
 * into being needs no saying: nobody has it yet.
 */
export const recordChange = async (
  transaction: Kysely<Tables>,
  kind: ChangeKind,
  subjectId: string,
  atMs: number,
): Promise<void> => {
  await transaction
    .insertInto('changes')
    .values(changeRow(kind, subjectId, atMs))
    .execute()
}

/** Makes a change in a transaction of its own, and says so in it. */
export const changing = (
  db: Kysely<Tables>,
  kind: ChangeKind,
  subjectId: string,
  atMs: number,
  change: (transaction: Kysely<Tables>) => Promise<unknown>,
): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    await change(transaction)
    await recordChange(transaction, kind, subjectId, atMs)
  })

/** The same as a row, for those who write without the query builder. */
export const changeRow = (kind: ChangeKind, subjectId: string, atMs: number): Insertable<Tables['changes']> => ({
  kind,
  subject_id: subjectId,
  at_ms: atMs,
})

/** More than these at once, and whoever reads had better drop everything. */
const CHANGES_MAX = 1_000

/** The changes of `Store`. */
export const changeQueries = (db: Kysely<Tables>, dialect: Dialect, nowMs: () => number): Store['changes'] => {
  const { position, after } = dialect === 'sqlite' ? inOrder(db) : byTransaction(db)
  return {
    position,
    after,
    note: (kind, subjectId) => recordChange(db, kind, subjectId, nowMs()),
    // The newest stays: where none is left, SQLite would begin to count anew.
    prune: async (beforeMs) => {
      const pruned = db.deleteFrom('changes').where('at_ms', '<', BigInt(beforeMs))
      await pruned
        .where('seq', '<', (newest) => newest.selectFrom('changes').select(sql<bigint>`max(seq)`.as('seq')))
        .execute()
    },
  }
}

type Reader = Pick<Store['changes'], 'position' | 'after'>

const NOTHING_SEEN: ReadonlySet<bigint> = new Set()

/** On SQLite changes commit in the order of their numbers. */
const inOrder = (db: Kysely<Tables>): Reader => ({
  position: async () => {
    const newest = db.selectFrom('changes').select(sql<bigint | null>`max(seq)`.as('seq'))
    return { mark: (await newest.executeTakeFirst())?.seq ?? 0n, seen: NOTHING_SEEN }
  },
  after: async ({ mark }) => {
    const rows = await db
      .selectFrom('changes')
      .selectAll()
      .where('seq', '>', mark)
      .orderBy('seq', 'desc')
      .limit(CHANGES_MAX + 1)
      .execute()
    return { changes: readChanges(rows), position: { mark: rows[0]?.seq ?? mark, seen: NOTHING_SEEN } }
  },
})

const OLDEST_RUNNING = sql`pg_snapshot_xmin(pg_current_snapshot())::text::bigint`

/**
 * On PostgreSQL a change appears when its transaction commits, whatever its number. All that transactions before the
 * mark have written has been seen; of the others, what has appeared so far is remembered, and the rest is still to come.
 */
const byTransaction = (db: Kysely<Tables>): Reader => {
  const after = async (position: ChangePosition): Promise<Changes> => {
    const { rows } = await sql<Row>`SELECT now.mark, c.seq, c.kind, c.subject_id, c.written_in
      FROM (SELECT ${OLDEST_RUNNING} AS mark) AS now LEFT JOIN changes AS c ON c.written_in >= ${position.mark}
      ORDER BY c.seq DESC LIMIT ${CHANGES_MAX + 1}`.execute(db)
    const mark = BigInt(String(rows[0]?.['mark']))
    const found = rows.filter((row) => row['seq'] !== null)
    const isOpen = (row: Row): boolean => BigInt(String(row['written_in'])) >= mark
    const seen = new Set(found.filter(isOpen).map((row) => BigInt(String(row['seq']))))
    const fresh = found.filter((row) => !position.seen.has(BigInt(String(row['seq']))))
    return { changes: readChanges(fresh), position: { mark, seen } }
  }
  return {
    position: async () => {
      const { rows } = await sql<Row>`SELECT ${OLDEST_RUNNING} AS mark`.execute(db)
      return (await after({ mark: BigInt(String(rows[0]?.['mark'])), seen: NOTHING_SEEN })).position
    },
    after,
  }
}

const readChanges = (rows: readonly Readonly<Record<string, unknown>>[]): readonly Change[] | 'too-many' =>
  rows.length > CHANGES_MAX
    ? 'too-many'
    : rows.map((row) => ({ kind: row['kind'] as ChangeKind, subjectId: String(row['subject_id']) })).reverse()
