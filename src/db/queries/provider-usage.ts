import { type Kysely, sql } from 'kysely'
import { laterOf, readSpentBy, type SpentBy, writeSpentBy } from '../../counters/spend-stop.ts'
import { nanoUsd } from '../../units.ts'
import { exactSum, readExactSum } from '../exact-sum.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'

/** What providers were asked and cost, of `Store`. */
export const providerUsageQueries = (db: Kysely<Tables>): Store['providerUsage'] => ({
  costs: async (since, until) => {
    const rows = await db
      .selectFrom('daily_provider_usage')
      .select(['day', 'provider', 'provider_key', sql.raw<string>(exactSum('provider_cost_nano')).as('cost')])
      .where('day', '>=', since)
      .where('day', '<=', until)
      .groupBy(['day', 'provider', 'provider_key'])
      .execute()
    return rows.map(({ day, provider, provider_key: providerKey, cost }) => ({
      day,
      provider,
      providerKey,
      cost: nanoUsd(readExactSum(cost)),
    }))
  },
  served: async (since) => {
    const rows = await db
      .selectFrom('daily_provider_usage')
      .select(['day', 'model', sql.raw<string>(exactSum('requests')).as('requests')])
      .select(sql.raw<string>(exactSum('broken')).as('broken'))
      .where('day', '>=', since)
      .groupBy(['day', 'model'])
      .orderBy('day')
      .orderBy('model')
      .execute()
    return rows.map(({ day, model, requests, broken }) => ({
      day,
      model,
      requests: Number(readExactSum(requests)),
      broken: Number(readExactSum(broken)),
    }))
  },
})

/** Spend stops that were resumed, of `Store`. */
export const spendStopQueries = (db: Kysely<Tables>, nowMs: () => number): Store['spendStops'] => ({
  resumed: async (sinceMs) => {
    const pauses = await db
      .selectFrom('provider_pauses')
      .select(['provider_id', 'spent'])
      .where('spent', 'is not', null)
      .where('resumed_at_ms', 'is not', null)
      .where('paused_at_ms', '>=', BigInt(sinceMs))
      .execute()
    const keys = await db.selectFrom('spend_resumes').select(['provider_id', 'provider_key', 'spent']).execute()
    const found = new Map<string, { provider: string; providerKey: string; spent: SpentBy }>()
    for (const row of [...pauses.map((pause) => ({ ...pause, provider_key: '' })), ...keys]) {
      const name = `${row.provider_id}\0${row.provider_key}`
      const spent = laterOf(found.get(name)?.spent, readSpentBy(row.spent ?? '{}'))
      found.set(name, { provider: row.provider_id, providerKey: row.provider_key, spent })
    }
    return [...found.values()]
  },
  resume: async (provider, providerKey, spent, by) => {
    const row = { resumed_at_ms: nowMs(), resumed_by: by, spent: writeSpentBy(spent) }
    await db
      .insertInto('spend_resumes')
      .values({ provider_id: provider, provider_key: providerKey, ...row })
      .onConflict((conflict) => conflict.columns(['provider_id', 'provider_key']).doUpdateSet(row))
      .execute()
  },
})
