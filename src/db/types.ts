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

/** An answer of the Responses API, kept with the request it answers. */
export interface KeptResponse {
  readonly id: string
  /** Whose it is: nobody else learns that it exists. */
  readonly scope: string
  /** The response it goes on from. */
  readonly previousId: string | null
  /** As the client wrote it. */
  readonly model: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** The request's own `input` (what came before is not in it) and the response object, as JSON texts. */
  readonly input: string
  readonly body: string
}

/** What a conversation may be when it is gone on with. */
export interface ChainLimits {
  readonly turnsMax: number
  readonly bytesMax: number
}

/** Why a conversation cannot be gone on with: a turn of it is not here (any more), or it is longer than is taken. */
export type ChainFault = 'not-found' | 'too-long'

export type KeptTurn = Pick<KeptResponse, 'input' | 'body'>

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
  readonly responses: {
    /**
     * Said to the database at once, so that whatever is asked of it afterwards sees the response; resolves when it is on
     * disk, or to what went wrong. `itemIds`: the items of its output.
     */
    keep(response: KeptResponse, itemIds: readonly string[]): Promise<Result<void, string>>
    find(scope: string, id: string): Promise<KeptResponse | undefined>
    /** The turns that lead to a response, and it, oldest first. */
    chain(scope: string, id: string, limits: ChainLimits): Promise<Result<readonly KeptTurn[], ChainFault>>
    /** The bodies of the responses whose output has one of these items. */
    bodiesOf(scope: string, itemIds: readonly string[]): Promise<readonly string[]>
    /** Whether there was one. */
    remove(scope: string, id: string): Promise<boolean>
    /** Deletes what has expired and no later turn needs; says how many. */
    sweep(): Promise<number>
  }
  readonly reasoning: {
    /** Said to the database at once, so that whoever asks afterwards finds it. */
    keep(
      scope: string,
      kept: { readonly callId: string; readonly state: string; readonly expiresAtMs: number },
    ): Promise<Result<unknown, string>>
    /** What is kept under these calls, by their ids. */
    find(scope: string, callIds: readonly string[]): Promise<ReadonlyMap<string, string>>
    /** Deletes some of what has expired; says how many. */
    sweep(): Promise<number>
  }
  readonly settings: {
    get(name: string): Promise<string | undefined>
    set(name: string, value: string): Promise<void>
  }
}
