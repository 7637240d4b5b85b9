import type { Kysely, Selectable } from 'kysely'
import type { AlertRuleRecord, AlertStore } from '../control-types.ts'
import { newId } from '../ids.ts'
import type { Tables } from '../tables.ts'
import { eventQueries } from './alerts-events.ts'

/** Rules of alerts and what they found, of `Store`. */
export const alertQueries = (db: Kysely<Tables>, nowMs: () => number): AlertStore => ({
  create: async (rule) => {
    const atMs = nowMs()
    const row: Row = {
      id: newId('alert_', atMs),
      name: rule.name,
      kind: rule.kind,
      condition: rule.condition,
      enabled: rule.enabled ? 1n : 0n,
      webhook_url: rule.webhookUrl,
      secret: rule.secret,
      emails: JSON.stringify(rule.emails),
      created_at_ms: BigInt(atMs),
      created_by: rule.createdBy,
      updated_at_ms: BigInt(atMs),
    }
    await db.insertInto('alert_rules').values(row).execute()
    return readRule(row)
  },
  find: (id) => findRule(db, id),
  rules: async () =>
    (await db.selectFrom('alert_rules').selectAll().orderBy('created_at_ms').orderBy('id').execute()).map(readRule),
  update: async (id, { enabled, webhookUrl, emails, ...same }) => {
    await db
      .updateTable('alert_rules')
      .set({
        ...same,
        ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }),
        ...(webhookUrl !== undefined && { webhook_url: webhookUrl }),
        ...(emails !== undefined && { emails: JSON.stringify(emails) }),
        updated_at_ms: nowMs(),
      })
      .where('id', '=', id)
      .execute()
    return findRule(db, id)
  },
  remove: (id) =>
    db.transaction().execute(async (transaction) => {
      const { numDeletedRows } = await transaction.deleteFrom('alert_rules').where('id', '=', id).executeTakeFirst()
      // Nobody is told any more: where to is gone.
      const over = transaction.updateTable('alert_events').where('rule_id', '=', id)
      await over.set({ next_at_ms: null }).execute()
      await over.set({ resolved_at_ms: nowMs() }).where('resolved_at_ms', 'is', null).execute()
      return numDeletedRows > 0n
    }),
  ...eventQueries(db, nowMs),
})

const findRule = async (db: Kysely<Tables>, id: string): Promise<AlertRuleRecord | undefined> => {
  const row = await db.selectFrom('alert_rules').selectAll().where('id', '=', id).executeTakeFirst()
  return row && readRule(row)
}

type Row = Selectable<Tables['alert_rules']>

const readRule = (row: Row): AlertRuleRecord => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  condition: row.condition,
  enabled: row.enabled === 1n,
  webhookUrl: row.webhook_url,
  secret: row.secret,
  emails: JSON.parse(row.emails) as string[],
  createdAtMs: Number(row.created_at_ms),
  createdBy: row.created_by,
  updatedAtMs: Number(row.updated_at_ms),
})
