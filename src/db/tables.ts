import type { ColumnType, Generated } from 'kysely'

/** A whole number: written as either, always read as `bigint`. Money, times and counts alike. */
type Whole = ColumnType<bigint, bigint | number, bigint | number>
type WholeOrNull = ColumnType<bigint | null, bigint | number | null, bigint | number | null>

/** The columns of every table, for the query builder. `src/db/migrations` creates them. */
export interface Tables {
  users: {
    id: string
    email: string
    plan: string | null
    rate_multiplier_ppm: Whole
    created_at_ms: Whole
  }
  keys: {
    id: string
    user_id: string
    project_id: string | null
    name: string
    group_name: string
    prefix: string
    /** Hex SHA-256 of the secret, and of the one before a rotation. */
    hash: string
    previous_hash: string | null
    previous_valid_until_ms: WholeOrNull
    /** JSON lists. */
    models: string | null
    ip_allow: string | null
    scopes: string
    rpm: WholeOrNull
    tpm: WholeOrNull
    budget_nano: WholeOrNull
    /** The sum of the key's charges; kept by the ledger. */
    spent_nano: Generated<bigint>
    created_at_ms: Whole
    expires_at_ms: WholeOrNull
    revoked_at_ms: WholeOrNull
  }
  accounts: {
    id: string
    kind: 'user' | 'platform'
    user_id: string | null
    /** Totals of the postings and of the open holds, kept so that no request has to add them up. */
    posted_nano: Generated<bigint>
    held_nano: Generated<bigint>
    overdraft_nano: Whole
  }
  transactions: {
    seq: Generated<bigint>
    kind: 'charge' | 'credit'
    request_id: string | null
    idempotency_key: string | null
    /** Hex SHA-256 of what was asked under the idempotency key, and the answer it got (JSON). */
    input_hash: string | null
    answer: string | null
    reason: string
    at_ms: Whole
  }
  postings: {
    seq: Generated<bigint>
    transaction_seq: Whole
    account_id: string
    amount_nano: Whole
  }
  holds: {
    request_id: string
    account_id: string
    key_id: string
    amount_nano: Whole
    held_at_ms: Whole
    expires_at_ms: Whole
    state: 'open' | 'settled' | 'released' | 'abandoned'
    abandoned_receipt: string | null
  }
  receipts: {
    seq: Generated<bigint>
    request_id: string
    at_ms: Whole
    user_id: string
    key_id: string
    model_requested: string
    model_served: string
    provider: string
    status: Whole
    ended: string
    cost_nano: Whole
    /** The whole receipt, as `receipt-json.ts` writes it. */
    body: string
  }
  settings: { name: string; value: string }
  migrations: { number: Whole; name: string; applied_at_ms: Whole }
}
