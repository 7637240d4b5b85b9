import { type Kysely, type Selectable, sql } from 'kysely'
import type { AlertEventRecord, AlertFinding, AlertRuleRecord, AlertStore } from '../control-types.ts'
import { newId } from '../ids.ts'
import { fetchPage } from '../page.ts'
import type { Tables } from '../tables.ts'

type EventStore = Pick<
  AlertStore,
  'note' | 'openCount' | 'findEvent' | 'events' | 'acknowledge' | 'due' | 'told' | 'failed' | 'prune'
>

/** What rules found. Whatever is to be told stands in `next_at_ms`. */
export const eventQueries = (db: Kysely<Tables>, nowMs: () => number): EventStore => ({
  note: (rule, found) => db.transaction().execute((transaction) => note(transaction, rule, found, nowMs())),
  findEvent: (id) => findEvent(db, id),
  openCount: async () => {
    const open = db.selectFrom('alert_events').where('resolved_at_ms', 'is', null)
    return Number((await open.select(sql<bigint>`COUNT(*)`.as('open')).executeTakeFirstOrThrow()).open)
  },
  events: async ({ ruleId, isOpen }, page) => {
    let query = db.selectFrom('alert_events').selectAll()
    if (ruleId !== undefined) query = query.where('rule_id', '=', ruleId)
    if (isOpen !== undefined) query = query.where('resolved_at_ms', isOpen ? 'is' : 'is not', null)
    const listing = await fetchPage(query, page, { atMs: 'fired_at_ms', id: 'id' }, (row) => ({
      atMs: Number(row.fired_at_ms),
      id: row.id,
    }))
    return { rows: listing.rows.map(readEvent), nextCursor: listing.nextCursor }
  },
  acknowledge: async (id, by) => {
    const open = db.updateTable('alert_events').set({ acknowledged_at_ms: nowMs(), acknowledged_by: by })
    await open.where('id', '=', id).where('acknowledged_at_ms', 'is', null).execute()
    return findEvent(db, id)
  },
  due: async (limit) => {
    const due = db.selectFrom('alert_events').selectAll().where('next_at_ms', '<=', BigInt(nowMs()))
    return (await due.orderBy('next_at_ms').orderBy('id').limit(limit).execute()).map(readEvent)
  },
  told: async (id, what, failure) => {
    // What is over by now is told next, at once.
    const next = what === 'resolved' ? null : sql<bigint | null>`resolved_at_ms`
    const told = { told: what, attempts: 0, failure, next_at_ms: next }
    await db.updateTable('alert_events').set(told).where('id', '=', id).execute()
  },
  failed: async (id, failure, nextAtMs) => {
    const failed = { failure, next_at_ms: nextAtMs, attempts: sql<bigint>`attempts + 1` }
    await db.updateTable('alert_events').set(failed).where('id', '=', id).execute()
  },
  prune: async (kept) => {
    const oldest = db.selectFrom('alert_events').select(['fired_at_ms', 'id'])
    const last = await oldest
      .orderBy('fired_at_ms', 'desc')
      .orderBy('id', 'desc')
      .offset(kept)
      .limit(1)
      .executeTakeFirst()
    if (!last) return 0
    const over = db.deleteFrom('alert_events').where('resolved_at_ms', 'is not', null).where('next_at_ms', 'is', null)
    const upTo = sql<boolean>`(fired_at_ms, id) <= (${last.fired_at_ms}, ${last.id})`
    return Number((await over.where(upTo).executeTakeFirst()).numDeletedRows)
  },
})

const note = async (
  transaction: Kysely<Tables>,
  rule: Pick<AlertRuleRecord, 'id' | 'name' | 'kind'>,
  found: readonly AlertFinding[],
  atMs: number,
): Promise<{ readonly fired: number; readonly resolved: number }> => {
  const open = await transaction
    .selectFrom('alert_events')
    .select(['id', 'subject', 'told'])
    .where('rule_id', '=', rule.id)
    .where('resolved_at_ms', 'is', null)
    .execute()
  const known = new Set(open.map(({ subject }) => subject))
  const wrong = new Set(found.map(({ subject }) => subject))
  const fresh = found.filter(({ subject }) => !known.has(subject))
  if (fresh.length > 0)
    await transaction
      .insertInto('alert_events')
      .values(fresh.map((finding) => rowOf(rule, finding, atMs)))
      // Another replica may have been quicker.
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  const over = open.filter(({ subject }) => !wrong.has(subject))
  for (const { id } of over) {
    // Where nobody was told that it began, because telling was given up, its end is told all the same.
    const resolved = { resolved_at_ms: atMs, attempts: 0, next_at_ms: atMs }
    await transaction.updateTable('alert_events').set(resolved).where('id', '=', id).execute()
  }
  return { fired: fresh.length, resolved: over.length }
}

const rowOf = (rule: Pick<AlertRuleRecord, 'id' | 'name' | 'kind'>, finding: AlertFinding, atMs: number) => ({
  id: newId('event_', atMs),
  rule_id: rule.id,
  rule_name: rule.name,
  kind: rule.kind,
  subject: finding.subject,
  summary: finding.summary,
  value: finding.value,
  threshold: finding.threshold,
  fired_at_ms: atMs,
  resolved_at_ms: null,
  acknowledged_at_ms: null,
  acknowledged_by: null,
  told: 'nothing' as const,
  attempts: 0,
  next_at_ms: atMs,
  failure: null,
})

const findEvent = async (db: Kysely<Tables>, id: string): Promise<AlertEventRecord | undefined> => {
  const row = await db.selectFrom('alert_events').selectAll().where('id', '=', id).executeTakeFirst()
  return row && readEvent(row)
}

const numberOrNull = (value: bigint | null): number | null => (value === null ? null : Number(value))

const readEvent = (row: Selectable<Tables['alert_events']>): AlertEventRecord => ({
  id: row.id,
  ruleId: row.rule_id,
  ruleName: row.rule_name,
  kind: row.kind,
  subject: row.subject,
  summary: row.summary,
  value: row.value,
  threshold: row.threshold,
  firedAtMs: Number(row.fired_at_ms),
  resolvedAtMs: numberOrNull(row.resolved_at_ms),
  acknowledgedAtMs: numberOrNull(row.acknowledged_at_ms),
  acknowledgedBy: row.acknowledged_by,
  told: row.told,
  attempts: Number(row.attempts),
  nextAtMs: numberOrNull(row.next_at_ms),
  failure: row.failure,
})
