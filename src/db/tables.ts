import type { ColumnType, Generated } from 'kysely'
import type { CreditKind } from '../ledger/types.ts'
import type { OperatorTables } from './operator-tables.ts'
import type { PeopleTables } from './people-tables.ts'

/** A whole number: written as either, always read as `bigint`. Money, times and counts alike. */
type Whole = ColumnType<bigint, bigint | number, bigint | number>
type WholeOrNull = ColumnType<bigint | null, bigint | number | null, bigint | number | null>

/** The counters of a day; `src/counters/daily.ts` says what each is. Of the columns for durations: `counter-sql.ts`. */
interface DailyUsage extends Usage {
  day: string
}

/** The counters of an hour, named by when it began. */
interface HourlyUsage extends Usage {
  hour_ms: Whole
}

interface Usage extends Counted {
  user_id: string
  key_id: string
  /** Empty where there is none. */
  project_id: string
  model: string
  provider: string
}

/** What is counted. */
interface Counted {
  requests: Whole
  failed: Whole
  unpriced: Whole
  input: Whole
  input_audio: Whole
  cache_read: Whole
  cache_write_5m: Whole
  cache_write_1h: Whole
  output: Whole
  output_audio: Whole
  reasoning: Whole
  cost_nano: Whole
  uncollected_nano: Whole
  provider_cost_nano: Whole
}

/** What a provider was asked on a day, by the key that answered and the model; `counter-sql.ts` says how. */
interface DailyProviderUsage extends Counted {
  day: string
  provider: string
  /** Empty where none answered, or nobody noted which. */
  provider_key: string
  model: string
  broken: Whole
}

/** The columns of every table, for the query builder. `src/db/migrations` creates them. */
export interface Tables extends PeopleTables, OperatorTables {
  users: {
    id: string
    email: string
    plan: string | null
    rate_multiplier_ppm: Whole
    created_at_ms: Whole
    /** As an organisation: what its members call it, and when it was ended. */
    name: Generated<string | null>
    closed_at_ms: ColumnType<bigint | null, bigint | number | null | undefined, bigint | number | null>
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
    labels: Generated<string>
    rpm: WholeOrNull
    tpm: WholeOrNull
    itpm: WholeOrNull
    otpm: WholeOrNull
    concurrency: WholeOrNull
    /** As `budget-json.ts` writes them. */
    budgets: string | null
    /** The sum of the key's charges; kept by the ledger. */
    spent_nano: Generated<bigint>
    created_at_ms: Whole
    expires_at_ms: WholeOrNull
    revoked_at_ms: WholeOrNull
    /** `operator` or `member`. */
    made_by: Generated<string>
  }
  /** What keys are gathered under that share budgets. */
  projects: {
    id: string
    name: string
    /** Only this user's keys may be of it; `null`: anyone's. */
    user_id: string | null
    /** As `budget-json.ts` writes them. */
    budgets: string | null
    created_at_ms: Whole
    archived_at_ms: WholeOrNull
  }
  accounts: {
    id: string
    kind: 'user' | 'platform'
    user_id: string | null
    /**
     * Totals of the postings and of the open holds, kept so that no request has to add them up. Only users have them:
     * every request would write the platform's, and nobody asks for those but the ledger check, which adds them up.
     */
    posted_nano: Generated<bigint>
    held_nano: Generated<bigint>
    overdraft_nano: Whole
  }
  /** Both postings of a transaction in one row; the view `postings` shows them apart. */
  transactions: {
    kind: 'charge' | 'refund' | 'plan' | CreditKind
    /** The request that is charged; of any other kind, the idempotency key. */
    reference: string
    from_account_id: string
    to_account_id: string
    /** Negative where a credit is taken back. */
    amount_nano: Whole
    at_ms: Whole
    /** Of all but charges: why, hex SHA-256 of what was asked under the idempotency key, and the answer it got (JSON). */
    reason: string | null
    input_hash: string | null
    answer: string | null
    /** Of a refund: whose charge it takes back. */
    refunded_request_id: string | null
  }
  /** What is set aside now: a hold's row goes when it ends, and its receipt takes its place. */
  holds: {
    request_id: string
    account_id: string
    key_id: string
    heading_id: string
    amount_nano: Whole
    at_ms: Whole
    expires_at_ms: Whole
    /** The rows of `spends` it is counted in: a JSON list of `[subject, window, start_ms, …]`; `null` for none. */
    budgets: string | null
  }
  /**
   * What is spent and held in one window of a budget. A row begins with the first hold whose budget asks about it, and
   * then has all that its subject spent in it and holds; every later request of the subject counts, budget or not.
   */
  spends: {
    subject: string
    window: string
    start_ms: Whole
    spent_nano: Whole
    held_nano: Whole
  }
  /** What many receipts have in common, written once. */
  headings: {
    id: string
    model_requested: string
    model_served: string
    /** As `receipt-json.ts` writes it. */
    body: string
  }
  receipts: {
    seq: Generated<bigint>
    request_id: string
    at_ms: Whole
    user_id: string
    key_id: string
    heading_id: string
    status: Whole
    ended: string
    cost_nano: Whole
    /** What neither the columns nor the heading say, as `receipt-json.ts` writes it. */
    body: string
  }
  /** Answers of the Responses API, each with the request it answers. */
  responses: {
    /** Whose it is: a project, or a user without one. */
    scope: string
    id: string
    previous_id: string | null
    model: string
    /** Of `input` and `body` together. */
    bytes: Whole
    created_at_ms: Whole
    expires_at_ms: Whole
    /** The request's own input and the response object, as JSON. */
    input: string
    body: string
  }
  /** Which response an item of output came in. */
  response_items: { scope: string; id: string; response_id: string }
  /** Reasoning state of an answer. `call_id`: the key of the conversation up to its end; it was a call's id once. */
  reasoning_states: { scope: string; call_id: string; expires_at_ms: Whole; state: string }
  daily_usage: DailyUsage
  /** Counters made anew, while they are. */
  daily_usage_rebuilt: DailyUsage
  hourly_usage: HourlyUsage
  hourly_usage_rebuilt: HourlyUsage
  daily_provider_usage: DailyProviderUsage
  daily_provider_usage_rebuilt: DailyProviderUsage
  /** How far each feeder of counters has come: on SQLite the number of the last receipt, on PostgreSQL a mere count. */
  feeders: { name: 'daily' | 'rebuild'; turn: Whole }
  /** On PostgreSQL only: receipts that the daily counters do not have yet. */
  receipts_uncounted: { seq: Whole }
  /** What others may have cached and has changed since. Old rows go. */
  changes: { seq: Generated<bigint>; kind: string; subject_id: string; at_ms: Whole }
  /** Comparisons of a provider's bill with the receipts. */
  reconciliations: { id: string; provider: string; at_ms: Whole; body: string }
  /** Prices that administrators set. Rows are only added. */
  model_prices: {
    seq: Generated<bigint>
    id: string
    model: string
    effective_from_ms: Whole
    /** As `price-json.ts` writes it. */
    body: string
    set_at_ms: Whole
    set_by: string
    reason: string | null
  }
  /** Which of them were taken back before they came into force. */
  model_price_withdrawals: {
    price_id: string
    withdrawn_at_ms: Whole
    withdrawn_by: string
    withdrawn_reason: string | null
  }
  /** Every pause of a provider; those that go on have no end yet, one for each provider at most. */
  provider_pauses: {
    seq: Generated<bigint>
    provider_id: string
    paused_at_ms: Whole
    paused_by: string
    reason: string | null
    resumed_at_ms: WholeOrNull
    resumed_by: string | null
    resume_reason: string | null
    /** Of a spend stop: what had been spent in each window whose stop was reached, as `spend-stops.ts` writes it. */
    spent: string | null
  }
  /** Keys of providers that may be used again although they have reached a stop, by what they had spent by then. */
  spend_resumes: {
    provider_id: string
    provider_key: string
    resumed_at_ms: Whole
    resumed_by: string
    /** As in `provider_pauses`. */
    spent: string
  }
  /** Entries of the configuration that are in no file. */
  administered_objects: {
    kind: string
    id: string
    /** JSON, in the shape of an entry of the file. */
    body: string
    /** From 1; each change counts it up. */
    version: Whole
    created_at_ms: Whole
    updated_at_ms: Whole
    updated_by: string
  }
  /** Keys of those that are providers. Nothing in a row is the key, but its last four characters. */
  provider_keys: {
    provider_id: string
    id: string
    /** JSON, in the shape of an entry of `keys` in the file, without the key. */
    body: string
    /** Another with each key that takes the place of one before. */
    secret_id: string
    /** Which encryption key, by its fingerprint. */
    sealed_by: string
    /** Base64. */
    nonce: string
    ciphertext: string
    last4: string
    version: Whole
    created_at_ms: Whole
    updated_at_ms: Whole
    updated_by: string
  }
  /** Files that providers keep, and whose they are. */
  files: {
    /** A project, or a user without one. */
    scope: string
    /** The provider's own. */
    id: string
    /** Whose API it speaks: `openai`, `anthropic`. */
    api: string
    provider: string
    channel: string
    provider_key: string
    user_id: string
    key_id: string
    purpose: string
    bytes: Whole
    /** Of what a batch wrote: its request. */
    batch: string | null
    created_at_ms: Whole
    /** What the provider said of it last, as JSON. */
    body: string
  }
  /** Batches at providers, until they are charged and after. */
  batches: {
    /** The request that made it; those of its receipts begin with it. */
    request_id: string
    scope: string
    /** The provider's own; `null` while nobody knows whether it was made. */
    id: string | null
    api: string
    provider: string
    channel: string
    provider_key: string
    user_id: string
    key_id: string
    /** The file its client named, and the one that the provider was given. */
    input_file: string | null
    sent_file: string | null
    created_at_ms: Whole
    /** When it is looked at next; until when somebody does. */
    next_at_ms: Whole
    lease_until_ms: Whole
    settled_at_ms: WholeOrNull
    /** What the provider said of it last, as JSON. */
    body: string
    /** What is held for each of its models, as `src/batches/share-json.ts` writes it. */
    shares: string
    /** Where it has several models, which share each line is of, by the line's id: a JSON object. */
    lines: string | null
  }
  /** What requests and answers said, where that is captured. */
  payloads: {
    request_id: string
    user_id: string
    at_ms: Whole
    /** JSON, as `src/capture` writes it. */
    body: string
  }
  settings: { name: string; value: string }
  migrations: { number: Whole; name: string; applied_at_ms: Whole }
}
