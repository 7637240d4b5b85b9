import { type Kysely, sql } from 'kysely'
import { nanoUsd } from '../../units.ts'
import { PROVIDER_ACCOUNT, PROVIDER_COSTS } from '../account-ids.ts'
import type { Tables } from '../tables.ts'
import type { HouseBalance, Store } from '../types.ts'

/** The balances of `Store`. */
export const balanceQueries = (db: Kysely<Tables>): Store['balances'] => ({
  house: async () => {
    const posted = await sql<Row>`SELECT 'customers' AS account, COALESCE(SUM(posted_nano), 0) AS amount
        FROM accounts WHERE kind = 'user'
      UNION ALL SELECT a.id, (SELECT COALESCE(SUM(amount_nano), 0) FROM transactions WHERE to_account_id = a.id)
        - (SELECT COALESCE(SUM(amount_nano), 0) FROM transactions WHERE from_account_id = a.id)
        FROM accounts a WHERE a.kind <> 'user' ORDER BY 1`.execute(db)
    // From the counters, which are what `provider_postings` adds up to: to read all receipts would hold up requests.
    const owed = await sql<Row>`SELECT provider AS account, SUM(provider_cost_nano) AS amount FROM daily_usage
      WHERE provider_cost_nano <> 0 GROUP BY provider ORDER BY provider`.execute(db)
    const providers = owed.rows.map(({ account, amount }) => balanceOf(`${PROVIDER_ACCOUNT}${account}`, amount))
    const costs = providers.reduce((sum, { balance }) => sum + balance, 0n)
    return [
      ...posted.rows.map(({ account, amount }) => balanceOf(account, amount)),
      balanceOf(PROVIDER_COSTS, -costs),
      ...providers,
    ]
  },
})

interface Row {
  readonly account: string
  readonly amount: bigint | number | string
}

const balanceOf = (account: string, amount: Row['amount']): HouseBalance => ({
  account,
  balance: nanoUsd(BigInt(amount)),
})
