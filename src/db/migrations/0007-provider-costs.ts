import { sql } from 'kysely'
import { PROVIDER_ACCOUNT, PROVIDER_COSTS } from '../account-ids.ts'
import type { Migration } from './index.ts'

/**
 * What a provider should bill for a request is on its receipt already. As postings it is a view of that: writing it down
 * again would cost every request a row, and could differ from the receipt.
 */
export const providerCosts: Migration = {
  number: 7,
  name: 'provider-costs',
  why: 'what providers should bill is part of the books, request by request',
  up: async (db, { dialect }) => {
    const member = (column: string, name: string): string =>
      dialect === 'sqlite' ? `${column} ->> '$.${name}'` : `CAST(${column} AS json) ->> '${name}'`
    const cost = `CAST(${member('r.body', 'providerCost')} AS bigint)`
    const provider = member('h.body', 'provider')
    await sql
      .raw(
        `CREATE VIEW provider_postings (request_id, account_id, amount_nano) AS
        SELECT r.request_id, '${PROVIDER_ACCOUNT}' || (${provider}), ${cost}
          FROM receipts r JOIN headings h ON h.id = r.heading_id WHERE (${cost}) <> 0
        UNION ALL SELECT r.request_id, '${PROVIDER_COSTS}', -(${cost}) FROM receipts r WHERE (${cost}) <> 0`,
      )
      .execute(db)
  },
}
