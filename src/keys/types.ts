import type { GatewayError } from '../errors.ts'
import type { Budget, BudgetRule } from '../ledger/budgets.ts'
import type { Result, Soon } from '../result.ts'
import type { PartsPerMillion } from '../units.ts'

/** Scopes a key may carry; an empty list is all of them. */
export const SCOPES = ['generate', 'embed', 'models', 'receipts', 'account', 'pass-through'] as const
export type Scope = (typeof SCOPES)[number]

/** A Tollgate key as stored: never the secret, only its SHA-256. */
export interface KeyRecord {
  readonly id: string
  readonly userId: string
  readonly projectId: string | null
  readonly name: string
  readonly group: string
  /** The first characters of the secret, to recognise it by. */
  readonly prefix: string
  /** `null`: every model of the group. */
  readonly models: readonly string[] | null
  /** Addresses and CIDR ranges; `null`: from anywhere. */
  readonly ipAllow: readonly string[] | null
  readonly scopes: readonly Scope[]
  /** Words that rules of its group can look at. */
  readonly labels: readonly string[]
  /** Of its own; what is `null` is as its plan says, else as for everyone. */
  readonly rpm: number | null
  readonly tpm: number | null
  readonly itpm: number | null
  readonly otpm: number | null
  readonly concurrency: number | null
  /** What it may spend, each window at most once. */
  readonly budgets: readonly BudgetRule[]
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly revokedAtMs: number | null
  readonly madeBy: KeyMaker
}

/** Of a key that an operator made, members of the organisation change no limits. */
export type KeyMaker = 'operator' | 'member'

/** Who is asking: the key with what its user's plan adds. One flat value, cached, so the hot path looks up once. */
export interface Principal {
  readonly keyId: string
  readonly userId: string
  readonly projectId: string | null
  readonly group: string
  readonly models: ReadonlySet<string> | null
  readonly ipAllow: readonly string[] | null
  readonly scopes: ReadonlySet<Scope>
  readonly labels: readonly string[]
  /** Requests and tokens in any minute, and requests at once; `null` is no limit. */
  readonly rpm: number | null
  readonly tpm: number | null
  readonly itpm: number | null
  readonly otpm: number | null
  readonly concurrency: number | null
  /** The key's own and its project's. */
  readonly budgets: readonly Budget[]
  readonly expiresAtMs: number | null
  readonly userMultiplier: PartsPerMillion
  readonly plan: string | null
}

/**
 * Finds out who presents a secret. Fails as `invalid-api-key`, or `ip-not-allowed` for the right key from elsewhere: the
 * address is asked for only where the key has a list of them.
 */
export type Authenticate = (
  secret: string | undefined,
  ip: string | (() => string),
) => Soon<Result<Principal, GatewayError>>
