import type { ColumnType, Generated } from 'kysely'

type Whole = ColumnType<bigint, bigint | number, bigint | number>
type WholeOrNull = ColumnType<bigint | null, bigint | number | null, bigint | number | null>
/** 0 or 1; 0 where it is not said. */
type Toggle = ColumnType<bigint, bigint | number | undefined, bigint | number>

/** The tables of people, what they belong to, and what they and the operator did. */
export interface PeopleTables {
  people: {
    id: string
    email: string
    name: string
    image: string | null
    email_verified: Toggle
    two_factor_enabled: Toggle
    administrator: Toggle
    disabled: Toggle
    /** The organisation that was made for this person. */
    own_user_id: string | null
    created_at_ms: Whole
    updated_at_ms: Whole
  }
  sessions: {
    id: string
    token: string
    person_id: string
    ip_address: string | null
    user_agent: string | null
    expires_at_ms: Whole
    created_at_ms: Whole
    updated_at_ms: Whole
  }
  /** Passwords, and sign-ins at other places. Tokens of those are not kept. */
  credentials: {
    id: string
    person_id: string
    provider_id: string
    account_id: string
    password: string | null
    access_token: string | null
    refresh_token: string | null
    id_token: string | null
    access_token_expires_at_ms: WholeOrNull
    refresh_token_expires_at_ms: WholeOrNull
    scope: string | null
    created_at_ms: Whole
    updated_at_ms: Whole
  }
  /** What is expected back: links in messages, answers of other places, second factors. */
  verifications: {
    id: string
    identifier: string
    value: string
    expires_at_ms: Whole
    created_at_ms: Whole
    updated_at_ms: Whole
    /** The administrator who asked for it, in place of the person it is for. */
    made_by?: string | null
  }
  two_factors: {
    id: string
    person_id: string
    /** Encrypted. */
    secret: string
    backup_codes: string
    verified: Toggle
    failed_verification_count: Whole
    locked_until_ms: WholeOrNull
  }
  operator_sessions: {
    /** Hex SHA-256 of the cookie's value. */
    token_hash: string
    /** `operator`: opened with the admin key. `view`: somebody looks at an organisation as its members do. */
    kind: 'operator' | 'view'
    actor: string
    user_id: string | null
    /** Which admin key it was opened with, by the hash of its hash. */
    proof: string | null
    created_at_ms: Whole
    expires_at_ms: Whole
  }
  memberships: { user_id: string; person_id: string; role: string; created_at_ms: Whole }
  invitations: {
    id: string
    /** Hex SHA-256. */
    token_hash: string
    /** The organisation; `null`: to make an account of one's own. */
    user_id: string | null
    /** In lower case; `null`: whoever has the link. */
    email: string | null
    role: string | null
    invited_by: string
    /** `null`: the operator, who is no person. */
    inviter_id: string | null
    created_at_ms: Whole
    expires_at_ms: Whole
    /** Who signed up with it, or accepted it. */
    person_id: string | null
    accepted_at_ms: WholeOrNull
  }
  audit_log: {
    seq: Generated<bigint>
    at_ms: Whole
    actor: string
    actor_name: string | null
    address: string
    /** Whom it concerns, where it is somebody. */
    user_id: string | null
    action: string
    subject: string | null
    /** JSON. */
    before: string | null
    after: string | null
    reason: string | null
    request_id: string
  }
}
