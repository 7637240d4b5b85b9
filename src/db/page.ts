import { sql, type SelectQueryBuilder } from 'kysely'
import type { Listing, Page } from './types.ts'

/** Rows in one page, whatever is asked for. */
const PAGE_ROWS_MAX = 1_000

/** The last row of a page: the next one starts after it. Two columns, because a millisecond can hold many rows. */
interface Position {
  readonly atMs: number
  readonly id: string
}

interface Columns {
  readonly atMs: string
  readonly id: string
  /** Whether the id is a whole number, and not text. */
  readonly isNumbered?: boolean
}

/** Pages through a query newest first, by a time and an id, without ever skipping or counting rows. */
export const fetchPage = async <DB, TB extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, TB, Row>,
  page: Page,
  columns: Columns,
  positionOf: (row: Row) => Position,
): Promise<Listing<Row>> => {
  const limit = Math.min(Math.max(1, Math.trunc(page.limit)), PAGE_ROWS_MAX)
  const after = page.cursor === undefined ? undefined : readCursor(page.cursor, columns)
  // A cursor nobody was given leads nowhere; starting over instead would send its holder round in circles.
  if (page.cursor !== undefined && !after) return { rows: [], nextCursor: null }
  const [atMs, id] = [sql.ref<bigint>(columns.atMs), sql.ref<string>(columns.id)]
  const rest = after ? query.where(sql<boolean>`(${atMs}, ${id}) < (${after.atMs}, ${after.id})`) : query
  const rows = await rest
    .orderBy(atMs, 'desc')
    .orderBy(id, 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, nextCursor: rows.length > limit && last ? writeCursor(positionOf(last)) : null }
}

const writeCursor = ({ atMs, id }: Position): string => Buffer.from(`${atMs}:${id}`).toString('base64url')

const readCursor = (cursor: string, { isNumbered }: Columns): Position | undefined => {
  const form = isNumbered ? /^(\d{1,15}):(\d{1,18})$/ : /^(\d{1,15}):(.{1,200})$/
  const match = form.exec(Buffer.from(cursor, 'base64url').toString())
  return match?.[2] ? { atMs: Number(match[1]), id: match[2] } : undefined
}
