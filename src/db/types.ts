import type { Receipt } from '../canon/receipt.ts'
import type { GatewayError } from '../errors.ts'
import type { KeyRecord } from '../keys/types.ts'
import type { Result } from '../result.ts'
import type { NanoUsd, PartsPerMillion } from '../units.ts'

export interface UserRecord {
  readonly id: string
  readonly email: string
  readonly plan: string | null
  readonly rateMultiplier: PartsPerMillion
  /** How far below zero the account may go. 0 for everyone who prepays; the operator's own account is postpaid. */
  readonly overdraft: NanoUsd
  readonly createdAtMs: number
}

export type NewUser = Omit<UserRecord, 'id' | 'createdAtMs'>

/** A key as authentication needs it. `validUntilMs` is set for the old secret of a rotated key. */
export interface FoundKey {
  readonly key: KeyRecord
  readonly user: UserRecord
  readonly validUntilMs: number | null
}

export interface Page {
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface ReceiptFilter {
  readonly userId?: string | undefined
  readonly keyId?: string | undefined
  readonly model?: string | undefined
  readonly status?: number | undefined
  readonly sinceMs?: number | undefined
}

export interface Listing<T> {
  readonly rows: readonly T[]
  /** Hand back as `cursor` for the next page; `null` at the end. */
  readonly nextCursor: string | null
}

/** Everything durable but the ledger. Ids: UUIDv7 in base32 behind a prefix (`user_`, `key_`). */
export interface Store {
  readonly users: {
    /** Fails as `conflict` when the e-mail is taken. Opens the user's account. */
    create(user: NewUser): Promise<Result<UserRecord, GatewayError>>
    find(id: string): Promise<UserRecord | undefined>
    findByEmail(email: string): Promise<UserRecord | undefined>
    list(page: Page): Promise<Listing<UserRecord>>
  }
  readonly keys: {
    /** `hash`: hex SHA-256 of the whole secret. */
    create(key: Omit<KeyRecord, 'id' | 'createdAtMs' | 'revokedAtMs'>, hash: string): Promise<KeyRecord>
    find(id: string): Promise<KeyRecord | undefined>
    findByHash(hash: string): Promise<FoundKey | undefined>
    list(filter: { readonly userId?: string | undefined }, page: Page): Promise<Listing<KeyRecord>>
    /** The key as revoked; `undefined` when there is none. Idempotent. */
    revoke(id: string): Promise<KeyRecord | undefined>
    /** Puts a new secret in place; the old one stays valid until `oldValidUntilMs`. */
    rotate(id: string, hash: string, prefix: string, oldValidUntilMs: number): Promise<KeyRecord | undefined>
  }
  readonly receipts: {
    find(requestId: string): Promise<Receipt | undefined>
    /** Newest first. */
    list(filter: ReceiptFilter, page: Page): Promise<Listing<Receipt>>
  }
  readonly settings: {
    get(name: string): Promise<string | undefined>
    set(name: string, value: string): Promise<void>
  }
}
