import type { Database } from './database.ts'
import { openKysely } from './dialect.ts'
import { changeQueries } from './queries/changes.ts'
import { balanceQueries } from './queries/balances.ts'
import { counterQueries } from './queries/counters.ts'
import { keyQueries } from './queries/keys.ts'
import { reasoningQueries } from './queries/reasoning.ts'
import { modelPriceQueries } from './queries/model-prices.ts'
import { pauseQueries } from './queries/pauses.ts'
import { projectQueries } from './queries/projects.ts'
import { receiptQueries } from './queries/receipts.ts'
import { reconciliationQueries } from './queries/reconciliations.ts'
import { responseQueries } from './queries/responses.ts'
import { userQueries } from './queries/users.ts'
import type { Store } from './types.ts'

/** The durable things of a migrated database. Its methods throw `DatabaseError` when the database itself fails. */
export const openStore = (database: Database, options: { readonly nowMs?: () => number } = {}): Store => {
  const db = openKysely(database)
  const nowMs = options.nowMs ?? Date.now
  return {
    users: userQueries(database, db, nowMs),
    keys: keyQueries(db, nowMs),
    projects: projectQueries(db, nowMs),
    receipts: receiptQueries(db),
    responses: responseQueries(database, db, nowMs),
    reasoning: reasoningQueries(database, db, nowMs),
    counters: counterQueries(database, db),
    balances: balanceQueries(db),
    changes: changeQueries(db, database.dialect, nowMs),
    reconciliations: reconciliationQueries(db, nowMs),
    prices: modelPriceQueries(db, nowMs),
    pauses: pauseQueries(db, nowMs),
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
    },
  }
}
