import { type SelectQueryBuilder, sql } from 'kysely'
import type { ListedPart, ListPart } from '../types.ts'

/** Rows in one part, whatever is asked for. */
const ROWS_MAX = 10_000

/** Where the ids stand that parts of a list begin after. */
interface Place {
  readonly table: 'files' | 'batches'
  readonly scope: string
  readonly id: string
}

/**
 * A part of a list as vendors page through theirs: by the id of a row that was seen. One that is not there any more has
 * nothing after it.
 */
export const fetchPart = async <DB, TB extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { limit, after, before, oldestFirst = false }: ListPart,
  { table, scope, id }: Place,
): Promise<ListedPart<Row>> => {
  const most = Math.min(Math.max(1, Math.trunc(limit)), ROWS_MAX)
  const placed = sql`(created_at_ms, ${sql.ref(id)})`
  const placeOf = (seen: string) =>
    sql`(SELECT created_at_ms, ${sql.ref(id)} FROM ${sql.table(table)} WHERE scope = ${scope} AND ${sql.ref(id)} = ${seen})`
  const backwards = after === undefined && before !== undefined
  // What stands right before a row is found by going the other way from it.
  const ascending = oldestFirst !== backwards
  const seen = after ?? before
  const rest =
    seen === undefined ? query : query.where(sql<boolean>`${placed} ${sql.raw(ascending ? '>' : '<')} ${placeOf(seen)}`)
  const direction = ascending ? 'asc' : 'desc'
  const rows = await rest
    .orderBy(sql`created_at_ms`, direction)
    .orderBy(sql.ref(id), direction)
    .limit(most + 1)
    .execute()
  const shown = rows.slice(0, most)
  return { rows: backwards ? shown.toReversed() : shown, hasMore: rows.length > most }
}
