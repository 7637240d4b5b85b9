import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Receipt } from '../../canon/receipt.ts'
import type { Dialect } from '../database.ts'
import type { ReceiptFilter } from '../log-types.ts'
import type { Tables } from '../tables.ts'
import { lowered } from '../words.ts'
import { containing } from './overview-search.ts'

/**
 * Narrows a query of receipts. Everything is asked of columns of the index `receipts_user`, so that what does not match is
 * not read: what only headings say is turned into their ids first.
 */
export const narrowed = <O>(
  db: Kysely<Tables>,
  dialect: Dialect,
  query: SelectQueryBuilder<Tables, 'receipts', O>,
  filter: ReceiptFilter,
): SelectQueryBuilder<Tables, 'receipts', O> => {
  const { userId, keyId, ended, status, statusClass, sinceMs, untilMs, text } = filter
  let some = query
  if (userId !== undefined) some = some.where('user_id', '=', userId)
  if (keyId !== undefined) some = some.where('key_id', '=', keyId)
  if (ended !== undefined) some = some.where('ended', '=', ended)
  if (status !== undefined) some = some.where('status', '=', BigInt(status))
  if (statusClass !== undefined) {
    const from = BigInt(statusClass * 100)
    some = some.where('status', '>=', from).where('status', '<', from + 100n)
  }
  if (sinceMs !== undefined) some = some.where('at_ms', '>=', BigInt(sinceMs))
  if (untilMs !== undefined) some = some.where('at_ms', '<', BigInt(untilMs))
  const headings = headingsOf(db, dialect, filter)
  // Said so, PostgreSQL does not make a join of it, which would read all receipts of each heading before the newest are told.
  if (headings) some = some.where(sql<boolean>`(heading_id IN (${headings})) IS TRUE`)
  if (text !== undefined && isRequestId(text)) {
    const found = db.selectFrom('receipts as found').select('found.seq').where('found.request_id', '>=', text)
    some = some.where('seq', 'in', found.where('found.request_id', '<', `${text}${AFTER_ALL}`))
  }
  return some
}

/** Above every character of an id. */
const AFTER_ALL = '\u{10ffff}'

/** Ids of requests, as far as somebody has copied them. */
const isRequestId = (text: string): boolean => text.startsWith('req_')

/** The ids of headings that say what is asked for; `undefined` where none is asked. */
const headingsOf = (db: Kysely<Tables>, dialect: Dialect, filter: ReceiptFilter) => {
  const { model, projectId, provider, clientFormat, text } = filter
  const named = { projectId, provider, clientFormat }
  const members = Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const part = text === undefined || isRequestId(text) ? undefined : text
  if (model === undefined && part === undefined && members.length === 0) return undefined
  let headings = db.selectFrom('headings').select('headings.id')
  if (model !== undefined)
    headings = headings.where((or) => or.or([or('model_served', '=', model), or('model_requested', '=', model)]))
  if (part !== undefined)
    headings = headings.where((or) => or.or(MODEL_COLUMNS.map((column) => containing(column, part))))
  for (const [name, value] of members) headings = headings.where(member(dialect, name), '=', value)
  return headings
}

const MODEL_COLUMNS = ['headings.model_served', 'headings.model_requested']

const member = (dialect: Dialect, name: string): RawBuilder<string> =>
  sql.raw<string>(dialect === 'sqlite' ? `headings.body ->> '$.${name}'` : `CAST(headings.body AS json) ->> '${name}'`)

/** Whether a receipt is one of those that the filter finds: the same as in SQL, for those that are followed as they come. */
export const isFound = (filter: ReceiptFilter, receipt: Receipt): boolean => {
  const { model, statusClass, sinceMs, untilMs, text } = filter
  const same = (asked: unknown, said: unknown): boolean => asked === undefined || asked === said
  return (
    same(filter.userId, receipt.userId) &&
    same(filter.keyId, receipt.keyId) &&
    same(filter.projectId, receipt.projectId) &&
    same(filter.provider, receipt.provider) &&
    same(filter.clientFormat, receipt.clientFormat) &&
    same(filter.ended, receipt.ended) &&
    same(filter.status, receipt.status) &&
    same(statusClass, Math.floor(receipt.status / 100)) &&
    (model === undefined || model === receipt.modelServed || model === receipt.modelRequested) &&
    (sinceMs === undefined || receipt.atMs >= sinceMs) &&
    (untilMs === undefined || receipt.atMs < untilMs) &&
    (text === undefined || isTextIn(text, receipt))
  )
}

const isTextIn = (text: string, { requestId, modelServed, modelRequested }: Receipt): boolean => {
  if (isRequestId(text)) return requestId.startsWith(text)
  return [modelServed, modelRequested].some((name) => lowered(name).includes(lowered(text)))
}
