import type { Database } from './database.ts'
import { openKysely } from './dialect.ts'
import { alertQueries } from './queries/alerts.ts'
import { changeQueries } from './queries/changes.ts'
import { batchQueries } from './queries/batches.ts'
import { balanceQueries } from './queries/balances.ts'
import { codeQueries } from './queries/codes.ts'
import { counterQueries } from './queries/counters.ts'
import { fileQueries } from './queries/files.ts'
import { keyQueries } from './queries/keys.ts'
import { reasoningQueries } from './queries/reasoning.ts'
import { modelPriceQueries } from './queries/model-prices.ts'
import { objectQueries } from './queries/objects.ts'
import { overviewQueries } from './queries/overview.ts'
import { replicaQueries } from './queries/overview-replicas.ts'
import { auditQueries } from './queries/audit.ts'
import { invitationQueries } from './queries/invitations.ts'
import { memberQueries } from './queries/memberships.ts'
import { openSignInRows } from './queries/people-rows.ts'
import { peopleQueries } from './queries/people.ts'
import { pauseQueries } from './queries/pauses.ts'
import { spendQueries } from './queries/spends.ts'
import { providerUsageQueries, spendStopQueries } from './queries/provider-usage.ts'
import { projectQueries } from './queries/projects.ts'
import { payloadQueries } from './queries/payloads.ts'
import { receiptQueries } from './queries/receipts.ts'
import { reconciliationQueries } from './queries/reconciliations.ts'
import { responseQueries } from './queries/responses.ts'
import { seriesQueries } from './queries/series.ts'
import { statementQueries } from './queries/statements.ts'
import { userQueries } from './queries/users.ts'
import type { Store } from './types.ts'

const SETTINGS_MAX = 1_000

/** The durable things of a migrated database. Its methods throw `DatabaseError` when the database itself fails. */
export const openStore = (database: Database, options: { readonly nowMs?: () => number } = {}): Store => {
  const db = openKysely(database)
  const nowMs = options.nowMs ?? Date.now
  return {
    users: userQueries(database, db, nowMs),
    keys: keyQueries(db, nowMs),
    projects: projectQueries(db, nowMs),
    receipts: receiptQueries(db, database.dialect),
    series: seriesQueries(db, database.dialect),
    statements: statementQueries(db, database.dialect),
    payloads: payloadQueries(db),
    responses: responseQueries(database, db, nowMs),
    reasoning: reasoningQueries(database, db, nowMs),
    counters: counterQueries(database, db),
    balances: balanceQueries(db),
    changes: changeQueries(db, database.dialect, nowMs),
    reconciliations: reconciliationQueries(db, nowMs),
    prices: modelPriceQueries(db, nowMs),
    pauses: pauseQueries(db, nowMs),
    spends: spendQueries(db),
    providerUsage: providerUsageQueries(db),
    spendStops: spendStopQueries(db, nowMs),
    objects: objectQueries(db, database.dialect, nowMs),
    people: peopleQueries(db, nowMs),
    members: memberQueries(db, nowMs),
    invitations: invitationQueries(db, nowMs),
    audit: auditQueries(db),
    signIn: openSignInRows(db),
    files: fileQueries(db, database.dialect),
    batches: batchQueries(db, database.dialect, nowMs),
    codes: codeQueries(db, database.dialect, nowMs),
    alerts: alertQueries(db, nowMs),
    replicas: replicaQueries(db, nowMs),
    overview: overviewQueries(db, database.dialect),
    settings: {
      get: async (name) =>
        (await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst())?.value,
      set: async (name, value) => {
        const row = db.insertInto('settings').values({ name, value })
        await row.onConflict((conflict) => conflict.column('name').doUpdateSet({ value })).execute()
      },
      add: async (name, value) => {
        const row = db.insertInto('settings').values({ name, value })
        await row.onConflict((conflict) => conflict.column('name').doNothing()).execute()
        const kept = db.selectFrom('settings').select('value').where('name', '=', name)
        return (await kept.executeTakeFirstOrThrow()).value
      },
      beginning: (prefix) => {
        const all = db.selectFrom('settings').select(['name', 'value'])
        return all.where('name', 'like', `${prefix}%`).limit(SETTINGS_MAX).execute()
      },
      remove: async (name) => void (await db.deleteFrom('settings').where('name', '=', name).execute()),
    },
  }
}
