import type { Kysely, Selectable } from 'kysely'
import { fetchPage } from '../page.ts'
import type { AuditRecord } from '../people-types.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'

/** The audit log of `Store`. Nothing changes or deletes a row. */
export const auditQueries = (db: Kysely<Tables>): Store['audit'] => ({
  add: async (entry) => {
    await db
      .insertInto('audit_log')
      .values({
        at_ms: entry.atMs,
        actor: entry.actor,
        actor_name: entry.actorName,
        address: entry.address,
        user_id: entry.userId,
        action: entry.action,
        subject: entry.subject,
        before: writeState(entry.before),
        after: writeState(entry.after),
        reason: entry.reason,
        request_id: entry.requestId,
      })
      .execute()
  },
  list: async ({ userId, actor, action, subject, sinceMs, untilMs }, page) => {
    let found = db.selectFrom('audit_log').selectAll()
    if (userId !== undefined) found = found.where('user_id', '=', userId)
    if (actor !== undefined) found = found.where('actor', '=', actor)
    if (action !== undefined) found = found.where('action', '=', action)
    if (subject !== undefined) found = found.where('subject', '=', subject)
    if (sinceMs !== undefined) found = found.where('at_ms', '>=', BigInt(sinceMs))
    if (untilMs !== undefined) found = found.where('at_ms', '<', BigInt(untilMs))
    const columns = { atMs: 'at_ms', id: 'seq', isNumbered: true }
    const listing = await fetchPage(found, page, columns, (row) => ({ atMs: Number(row.at_ms), id: String(row.seq) }))
    return { rows: listing.rows.map(readEntry), nextCursor: listing.nextCursor }
  },
})

/** Amounts are whole numbers too large for JSON: they are written as text. */
const writeState = (state: unknown): string | null =>
  state === undefined || state === null
    ? null
    : JSON.stringify(state, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

const readEntry = (row: Selectable<Tables['audit_log']>): AuditRecord => ({
  id: `audit_${row.seq}`,
  atMs: Number(row.at_ms),
  actor: row.actor,
  actorName: row.actor_name,
  address: row.address,
  userId: row.user_id,
  action: row.action,
  subject: row.subject,
  before: row.before === null ? null : (JSON.parse(row.before) as unknown),
  after: row.after === null ? null : (JSON.parse(row.after) as unknown),
  reason: row.reason,
  requestId: row.request_id,
})
