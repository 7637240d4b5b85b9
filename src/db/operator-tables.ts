import type { ColumnType } from 'kysely'

type Whole = ColumnType<bigint, bigint | number, bigint | number>
type WholeOrNull = ColumnType<bigint | null, bigint | number | null, bigint | number | null>

/** What operators keep beside the data plane: codes, alerts, and which processes there are. */
export interface OperatorTables {
  /** Codes that are worth credit; nothing in a row is the code. `uses` counts those who have redeemed it. */
  redemption_codes: {
    id: string
    /** Hex SHA-256 of the code as it is compared. */
    hash: string
    /** How it begins and ends, to tell it by. */
    hint: string
    amount_nano: Whole
    uses: Whole
    uses_max: Whole
    note: string | null
    created_at_ms: Whole
    created_by: string
    expires_at_ms: WholeOrNull
    revoked_at_ms: WholeOrNull
    revoked_by: string | null
  }
  /** Who has redeemed which, once each. `credited_at_ms`: when the ledger had it. */
  redemptions: {
    code_id: string
    user_id: string
    at_ms: Whole
    credited_at_ms: WholeOrNull
    /** Who it was: redeems a code once, for whichever organisation. */
    person_id: string | null
  }
  /** What operators want to be told of, and where. */
  alert_rules: {
    id: string
    name: string
    kind: string
    /** JSON, as `src/alerts/conditions.ts` reads it. */
    condition: string
    enabled: Whole
    webhook_url: string | null
    /** What messages to the webhook are signed with. */
    secret: string
    /** A JSON list of addresses. */
    emails: string
    created_at_ms: Whole
    created_by: string
    updated_at_ms: Whole
  }
  /** What was found, and what was told of it. One row is open for a rule and a subject at most. */
  alert_events: {
    id: string
    rule_id: string
    rule_name: string
    kind: string
    subject: string
    summary: string
    value: string | null
    threshold: string | null
    fired_at_ms: Whole
    resolved_at_ms: WholeOrNull
    acknowledged_at_ms: WholeOrNull
    acknowledged_by: string | null
    /** What has been told: nothing yet, that it fired, that it is over. */
    told: 'nothing' | 'fired' | 'resolved'
    /** Of telling what is next; `next_at_ms` is null where nothing is to be told, or it was given up. */
    attempts: Whole
    next_at_ms: WholeOrNull
    failure: string | null
  }
  /** Processes that serve this database, as long as they say so. */
  replicas: { id: string; host: string; version: string; started_at_ms: Whole; seen_at_ms: Whole }
  /** Work that one replica does at a time, and which. */
  leases: { name: string; holder: string; until_ms: Whole }
}
