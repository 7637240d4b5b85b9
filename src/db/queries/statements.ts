import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type NanoUsd, nanoUsd } from '../../units.ts'
import { userAccountId } from '../account-ids.ts'
import type { Dialect } from '../database.ts'
import { exactSum, halvesOf, readExactSum } from '../exact-sum.ts'
import type { StatementFilter, StatementRow, StatementStore } from '../log-types.ts'
import type { Tables } from '../tables.ts'
import type { Listing, Page } from '../types.ts'
import { listsParameter } from '../words.ts'

/**
 * What moved on one account. Charges are read from receipts, which the books prove to say the same, so that no index of
 * charges has to be kept beside that of receipts.
 */
export const statementQueries = (db: Kysely<Tables>, dialect: Dialect): StatementStore => ({
  list: (filter, page) => listRows(db, dialect, filter, page),
  sums: async (userId, sinceMs, untilMs) => {
    const within = sql`at_ms >= ${sinceMs} AND at_ms < ${untilMs}`
    const [before, charges, others] = await Promise.all([
      gained(db, userId, sql`at_ms < ${sinceMs}`),
      chargesBy(db, userId, within),
      othersBy(db, userId, within),
    ])
    const charged = charges.reduce((sum, { amount }) => sum + amount, 0n)
    const gainedSince = others.reduce((sum, { amount }) => sum + amount, 0n)
    return { opening: before, charges, others, closing: nanoUsd(before - charged + gainedSince) }
  },
  totals: async (userId, moments) => {
    const stretches = moments.slice(0, -1).map((from, index) => [from, moments[index + 1]])
    const [from, to] =
      dialect === 'sqlite'
        ? ['s.value ->> 0', 's.value ->> 1']
        : ['CAST(s.value ->> 0 AS bigint)', 'CAST(s.value ->> 1 AS bigint)']
    const within = sql.raw(`at_ms >= ${from} AND at_ms < ${to}`)
    const { rows } = await sql<{ start: bigint; charged: string; others: string }>`SELECT ${sql.raw(from)} AS start,
      (${charged(userId, within)}) AS charged, (${otherwise(userId, within)}) AS others
      FROM (SELECT value FROM ${listsParameter(dialect, JSON.stringify(stretches))}) AS s ORDER BY 1`.execute(db)
    return rows.map((row) => ({
      charged: nanoUsd(readExactSum(row.charged)),
      others: nanoUsd(readExactSum(row.others)),
    }))
  },
})

/** The sum of a user's charges. */
const charged = (userId: string, where: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`SELECT ${sql.raw(exactSum('cost_nano'))} FROM receipts WHERE user_id = ${userId} AND ${where}`

/** What a user's account gained, but for charges, as a column `gain`. */
const gains = (userId: string, where: RawBuilder<unknown>): RawBuilder<unknown> => {
  const account = userAccountId(userId)
  const columns = sql.raw('kind, reference, at_ms, reason, refunded_request_id')
  return sql`SELECT ${columns}, amount_nano AS gain FROM transactions
      WHERE kind <> 'charge' AND to_account_id = ${account} AND ${where}
    UNION ALL SELECT ${columns}, -amount_nano AS gain FROM transactions
      WHERE kind <> 'charge' AND from_account_id = ${account} AND ${where}`
}

const otherwise = (userId: string, where: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`SELECT ${sql.raw(exactSum('gain'))} FROM (${gains(userId, where)}) AS g`

const gained = async (db: Kysely<Tables>, userId: string, where: RawBuilder<unknown>): Promise<NanoUsd> => {
  const { rows } = await sql<{ charged: string; others: string }>`SELECT (${charged(userId, where)}) AS charged,
    (${otherwise(userId, where)}) AS others`.execute(db)
  return nanoUsd(readExactSum(rows[0]?.others ?? '0') - readExactSum(rows[0]?.charged ?? '0'))
}

const chargesBy = async (db: Kysely<Tables>, userId: string, within: RawBuilder<unknown>) => {
  const { rows } = await sql<{ model: string; requests: bigint; amount: string }>`SELECT h.model_served AS model,
      SUM(r.requests) AS requests,
      CAST(SUM(r.amount_high) AS text) || ' ' || CAST(SUM(r.amount_low) AS text) AS amount
    FROM (SELECT heading_id, COUNT(*) AS requests, ${sql.raw(halvesOf('cost_nano', 'amount'))} FROM receipts
      WHERE user_id = ${userId} AND cost_nano <> 0 AND ${within} GROUP BY heading_id) AS r
    JOIN headings AS h ON h.id = r.heading_id GROUP BY h.model_served ORDER BY h.model_served`.execute(db)
  const read = rows.map(({ model, requests, amount }) => ({
    model,
    requests: Number(requests),
    amount: nanoUsd(readExactSum(amount)),
  }))
  return read.toSorted((one, other) => (one.amount < other.amount ? 1 : one.amount > other.amount ? -1 : 0))
}

const othersBy = async (db: Kysely<Tables>, userId: string, within: RawBuilder<unknown>) => {
  const { rows } = await sql<{ kind: string; postings: bigint; amount: string }>`SELECT kind, COUNT(*) AS postings,
      ${sql.raw(exactSum('gain'))} AS amount
    FROM (${gains(userId, within)}) AS g GROUP BY kind ORDER BY kind`.execute(db)
  return rows.map(({ kind, postings, amount }) => ({
    kind,
    postings: Number(postings),
    amount: nanoUsd(readExactSum(amount)),
  }))
}

/**
 * Where a page ends. In one millisecond charges come before all else, by their receipts' numbers, then the rest by their
 * references: newest first, that is the other way round.
 */
type Position = { readonly atMs: number; readonly seq: bigint } | { readonly atMs: number; readonly reference: string }

const ROWS_MAX = 1_000

interface Row {
  readonly kind: string
  readonly at_ms: bigint
  readonly seq: bigint | null
  readonly reference: string
  readonly gain: bigint
  readonly reason: string | null
  readonly refunded: string | null
  /** The balance now, and what all that is newer than the page has added to it. */
  readonly posted: bigint
  readonly newer: string
}

const listRows = async (
  db: Kysely<Tables>,
  dialect: Dialect,
  filter: StatementFilter,
  page: Page,
): Promise<Listing<StatementRow>> => {
  const limit = Math.min(Math.max(1, Math.trunc(page.limit)), ROWS_MAX)
  const after = page.cursor === undefined ? undefined : readCursor(page.cursor)
  if (page.cursor !== undefined && !after) return { rows: [], nextCursor: null }
  const { rows: found } = await pageOf(filter, after, limit + 1).execute(db)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = found.length > limit && last ? writeCursor(last) : null
  return { rows: await withBalances(db, dialect, filter, shown), nextCursor }
}

/** A page, and the balance it begins at, as of one moment: in one statement. */
const pageOf = ({ userId, only, sinceMs, untilMs }: StatementFilter, after: Position | undefined, limit: number) => {
  const between = sql`at_ms >= ${sinceMs ?? 0} AND at_ms < ${untilMs ?? Number.MAX_SAFE_INTEGER}`
  const charges = sql`SELECT 'charge' AS kind, at_ms, seq, request_id AS reference, -cost_nano AS gain,
      CAST(NULL AS text) AS reason, CAST(NULL AS text) AS refunded FROM receipts
    WHERE user_id = ${userId} AND cost_nano <> 0 AND ${between} AND ${chargesAfter(after)}
    ORDER BY at_ms DESC, seq DESC LIMIT ${only === 'others' ? 0 : limit}`
  const others = sql`SELECT kind, at_ms, CAST(NULL AS bigint) AS seq, reference, gain, reason,
      refunded_request_id AS refunded FROM (${gains(userId, sql`${between} AND ${othersAfter(after)}`)}) AS g
    ORDER BY at_ms DESC, reference DESC LIMIT ${only === 'charges' ? 0 : limit}`
  const rows = sql`SELECT * FROM (SELECT * FROM (${charges}) AS c UNION ALL SELECT * FROM (${others}) AS o) AS p
    ORDER BY at_ms DESC, CASE WHEN seq IS NULL THEN 1 ELSE 0 END DESC, seq DESC, reference DESC LIMIT ${limit}`
  const account = userAccountId(userId)
  return sql<Row>`WITH page AS (${rows}), newest AS (SELECT at_ms, seq, reference FROM page LIMIT 1)
    SELECT page.*, (SELECT posted_nano FROM accounts WHERE id = ${account}) AS posted,
      (SELECT ${sql.raw(exactSum('-cost_nano'))} FROM receipts, newest WHERE user_id = ${userId}
        AND receipts.at_ms >= newest.at_ms AND (receipts.at_ms > newest.at_ms OR receipts.seq > newest.seq))
      || ';' || (SELECT ${sql.raw(exactSum('gain'))} FROM (${gains(userId, sql`true`)}) AS g, newest
        WHERE g.at_ms >= newest.at_ms
        AND (g.at_ms > newest.at_ms OR newest.seq IS NOT NULL OR g.reference > newest.reference)) AS newer
    FROM page`
}

const chargesAfter = (after: Position | undefined): RawBuilder<unknown> => {
  if (!after) return sql`true`
  return 'seq' in after ? sql`(at_ms, seq) < (${after.atMs}, ${after.seq})` : sql`at_ms <= ${after.atMs}`
}

const othersAfter = (after: Position | undefined): RawBuilder<unknown> => {
  if (!after) return sql`true`
  return 'seq' in after ? sql`at_ms < ${after.atMs}` : sql`(at_ms, reference) < (${after.atMs}, ${after.reference})`
}

const withBalances = async (
  db: Kysely<Tables>,
  dialect: Dialect,
  { userId, only }: StatementFilter,
  rows: readonly Row[],
): Promise<readonly StatementRow[]> => {
  const [first] = rows
  if (!first) return []
  const between = only === undefined ? [] : await unshown(db, dialect, userId, only, rows)
  const newer = first.newer.split(';').reduce((sum, part) => sum + readExactSum(part), 0n)
  let balance = first.posted - newer
  return rows.map((row, index) => {
    if (index > 0) balance -= between[index - 1] ?? 0n
    const shown = readRow(row, balance)
    balance -= row.gain
    return shown
  })
}

const readRow = (row: Row, balance: bigint): StatementRow => ({
  atMs: Number(row.at_ms),
  kind: row.kind,
  requestId: row.kind === 'charge' ? row.reference : row.refunded,
  amount: nanoUsd(row.gain),
  balance: nanoUsd(balance),
  reason: row.reason,
})

/** What the postings that are not shown added between each row and the next. */
const unshown = async (
  db: Kysely<Tables>,
  dialect: Dialect,
  userId: string,
  only: 'charges' | 'others',
  rows: readonly Row[],
): Promise<readonly bigint[]> => {
  const pairs = rows.slice(1).map((row, index) => [index, Number(row.at_ms), Number(rows[index]?.at_ms)])
  if (pairs.length === 0) return []
  const at = (place: number) => (dialect === 'sqlite' ? `s.value ->> ${place}` : `CAST(s.value ->> ${place} AS bigint)`)
  // In one millisecond what is no charge comes after all charges.
  const within = sql.raw(
    only === 'charges' ? `at_ms >= ${at(1)} AND at_ms < ${at(2)}` : `at_ms > ${at(1)} AND at_ms <= ${at(2)}`,
  )
  const sum = only === 'charges' ? otherwise(userId, within) : charged(userId, within)
  const { rows: sums } = await sql<{ place: bigint; sum: string }>`SELECT ${sql.raw(at(0))} AS place, (${sum}) AS sum
    FROM (SELECT value FROM ${listsParameter(dialect, JSON.stringify(pairs))}) AS s ORDER BY 1`.execute(db)
  return sums.map((row) => (only === 'charges' ? readExactSum(row.sum) : -readExactSum(row.sum)))
}

const writeCursor = ({ at_ms: atMs, seq, reference }: Row): string =>
  Buffer.from(seq === null ? `${atMs}:p${reference}` : `${atMs}:c${seq}`).toString('base64url')

const readCursor = (cursor: string): Position | undefined => {
  const [, at, kind, id = ''] =
    /^(\d{1,15}):([cp])(.{1,1500})$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (kind === 'p') return { atMs: Number(at), reference: id }
  return kind === 'c' && /^\d{1,18}$/.test(id) ? { atMs: Number(at), seq: BigInt(id) } : undefined
}
