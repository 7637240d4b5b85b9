import { type Kysely, sql } from 'kysely'
import { nanoUsd } from '../../units.ts'
import { PROVIDER_ACCOUNT, PROVIDER_COSTS } from '../account-ids.ts'
import { exactSum, readExactSum } from '../exact-sum.ts'
import type { Tables } from '../tables.ts'
import type { HouseBalance, Store } from '../types.ts'

/** The balances of `Store`. */
export const balanceQueries = (db: Kysely<Tables>): Store['balances'] => ({
  house: async () => {
    const sum = sql.raw(exactSum('amount_nano'))
    const posted =
      await sql<Row>`SELECT 'customers' AS account, ${sql.raw(exactSum('posted_nano'))} AS gained, '0' AS paid
        FROM accounts WHERE kind = 'user'
      UNION ALL SELECT a.id, (SELECT ${sum} FROM transactions WHERE to_account_id = a.id),
        (SELECT ${sum} FROM transactions WHERE from_account_id = a.id)
        FROM accounts a WHERE a.kind <> 'user' ORDER BY 1`.execute(db)
    // From the counters, which are what `provider_postings` adds up to: to read all receipts would hold up requests.
    const owed =
      await sql<Row>`SELECT provider AS account, ${sql.raw(exactSum('provider_cost_nano'))} AS gained, '0' AS paid
      FROM daily_usage WHERE provider_cost_nano <> 0 GROUP BY provider ORDER BY provider`.execute(db)
    const providers = owed.rows.map((row) => balanceOf(`${PROVIDER_ACCOUNT}${row.account}`, changeOf(row)))
    const costs = providers.reduce((sum, { balance }) => sum + balance, 0n)
    return [
      ...posted.rows.map((row) => balanceOf(row.account, changeOf(row))),
      balanceOf(PROVIDER_COSTS, -costs),
      ...providers,
    ]
  },
})

/** Sums, as `readExactSum` reads them. */
interface Row {
  readonly account: string
  readonly gained: string
  readonly paid: string
}

const changeOf = ({ gained, paid }: Row): bigint => readExactSum(gained) - readExactSum(paid)

const balanceOf = (account: string, amount: bigint): HouseBalance => ({ account, balance: nanoUsd(amount) })
