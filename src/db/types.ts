import type { PriceVersion } from '../canon/price.ts'
import type { Daily, Dimension } from '../counters/daily.ts'
import type { ReconciliationReport } from '../counters/reconcile.ts'
import type { SpentBy } from '../counters/spend-stop.ts'
import type { GatewayError } from '../errors.ts'
import type { KeyRecord } from '../keys/types.ts'
import type { Budget, BudgetRule } from '../ledger/budgets.ts'
import type { Result } from '../result.ts'
import type { NanoUsd, PartsPerMillion } from '../units.ts'
import type { AlertStore, CodeStore, OverviewStore, ReplicaStore } from './control-types.ts'
import type { PayloadStore, ReceiptStore, SeriesStore, StatementStore } from './log-types.ts'
import type { ObjectStore } from './object-types.ts'
import type { SignInRows } from './queries/people-rows.ts'
import type { AuditStore, InvitationStore, MemberStore, PeopleStore } from './people-types.ts'
import type { BatchStore, FileStore } from './stored-types.ts'

export * from './control-types.ts'
export * from './log-types.ts'
export * from './object-types.ts'
export * from './people-types.ts'
export * from './stored-types.ts'

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
export type NewKey = Omit<KeyRecord, 'id' | 'createdAtMs' | 'revokedAtMs' | 'madeBy'> &
  Partial<Pick<KeyRecord, 'madeBy'>>

export interface FoundKey {
  readonly key: KeyRecord
  readonly user: UserRecord
  /** Of the project it names, where there is one. */
  readonly projectBudgets: readonly BudgetRule[]
  readonly validUntilMs: number | null
}

/** What keys are gathered under that share budgets. */
export interface ProjectRecord {
  readonly id: string
  readonly name: string
  /** Only this user's keys may be of it; `null`: anyone's. */
  readonly userId: string | null
  readonly budgets: readonly BudgetRule[]
  readonly createdAtMs: number
  readonly archivedAtMs: number | null
}

/** Budgets as they are to be, made of what they are when the change is written: of two at once none is lost. */
export type BudgetsChange = (before: readonly BudgetRule[]) => readonly BudgetRule[]

/** What may be changed of a user, of a key, of a project; what is left out stays. */
export type UserChanges = Partial<Pick<UserRecord, 'email' | 'plan' | 'rateMultiplier'>>
export type KeyChanges = Partial<
  Pick<
    KeyRecord,
    'name' | 'models' | 'rpm' | 'tpm' | 'itpm' | 'otpm' | 'concurrency' | 'expiresAtMs' | 'ipAllow' | 'labels'
  >
> & { readonly budgets?: BudgetsChange }
export type ProjectChanges = Partial<Pick<ProjectRecord, 'name'>> & { readonly budgets?: BudgetsChange }

export interface Page {
  readonly cursor?: string | undefined
  readonly limit: number
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

/**
 * Why a conversation cannot be gone on with: there is no such response, it is longer than is taken, or an earlier turn of
 * it is `missing`, because it was deleted.
 */
export type ChainFault = 'not-found' | 'too-long' | { readonly missing: string }

/** Responses, by their own ids or those of items of their output. */
export interface WantedTurns {
  readonly ids: readonly string[]
  readonly itemIds: readonly string[]
}

export type KeptTurn = Pick<KeptResponse, 'input' | 'body'>

/**
 * What others may have cached. `plan` is there for who stores them. `price` names a model, `pause` a provider, `object` an
 * entry of the configuration.
 */
export const CHANGE_KINDS = [
  'key',
  'user',
  'project',
  'plan',
  'price',
  'pause',
  'object',
  'configuration',
  'reconciliation',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export interface Change {
  readonly kind: ChangeKind
  readonly subjectId: string
}

/** How far a reader of changes has come. Means nothing to anyone but the queries. */
export interface ChangePosition {
  readonly mark: bigint
  readonly seen: ReadonlySet<bigint>
}

export interface Changes {
  /** Oldest first; `too-many`: whoever caches had better drop everything. */
  readonly changes: readonly Change[] | 'too-many'
  readonly position: ChangePosition
}

/** Days are in UTC, such as `2026-11-21`, the first and the last included. What is left out is not narrowed. */
export interface UsageFilter {
  readonly since: string
  readonly until: string
  readonly userId?: string | undefined
  readonly keyId?: string | undefined
  readonly projectId?: string | undefined
  readonly model?: string | undefined
  readonly provider?: string | undefined
}

/** A comparison of a provider's bill with the receipts, as it is kept. */
export interface ReconciliationRecord {
  readonly id: string
  readonly provider: string
  readonly atMs: number
  readonly report: ReconciliationReport
}

/** A price that an administrator set. `by` says who: `admin_key`, `command_line`. */
export interface PriceRecord {
  readonly id: string
  /** Id of the catalogue. */
  readonly model: string
  readonly version: PriceVersion
  readonly setAtMs: number
  readonly setBy: string
  readonly reason: string | null
  /** Taken back before it came into force. */
  readonly withdrawn: Act | null
}

/** Who did something, when, and why, as far as they said. */
export interface Act {
  readonly atMs: number
  readonly by: string
  readonly reason: string | null
}

/** A provider that is asked nothing until somebody resumes it. */
export interface PauseRecord extends Act {
  readonly providerId: string
}

export interface ProviderDayCost {
  readonly day: string
  readonly provider: string
  readonly providerKey: string
  readonly cost: NanoUsd
}

/** `broken`: requests that came to no whole answer, and not because of what their client sent or did. */
export interface ServedDay {
  readonly day: string
  readonly model: string
  readonly requests: number
  readonly broken: number
}

/** A provider, or one of its keys where `providerKey` is not empty. */
export interface SpendResume {
  readonly provider: string
  readonly providerKey: string
  readonly spent: SpentBy
}

/** Everything durable but the ledger. Ids: UUIDv7 in base32 behind a prefix (`user_`, `key_`). */
export interface HouseBalance {
  /** `customers`: all users' accounts together. Else the id of an account. */
  readonly account: string
  readonly balance: NanoUsd
}

export interface Store {
  readonly users: {
    /** Fails as `conflict` when the e-mail is taken. Opens the user's account. */
    create(user: NewUser): Promise<Result<UserRecord, GatewayError>>
    find(id: string): Promise<UserRecord | undefined>
    findByEmail(email: string): Promise<UserRecord | undefined>
    /** Newest first. `q`: a part of the e-mail or of the id. */
    list(page: Page, q?: string): Promise<Listing<UserRecord>>
    /** The user as changed, `undefined` when there is none. Fails as `conflict` when the e-mail is taken. */
    update(id: string, changes: UserChanges): Promise<Result<UserRecord | undefined, GatewayError>>
  }
  readonly keys: {
    /** `hash`: hex SHA-256 of the whole secret. */
    /** Made by an operator, unless it says otherwise. */
    create(key: NewKey, hash: string): Promise<KeyRecord>
    find(id: string): Promise<KeyRecord | undefined>
    findByHash(hash: string): Promise<FoundKey | undefined>
    list(filter: { readonly userId?: string | undefined }, page: Page): Promise<Listing<KeyRecord>>
    update(id: string, changes: KeyChanges): Promise<KeyRecord | undefined>
    /** The key as revoked; `undefined` when there is none. Idempotent. */
    revoke(id: string): Promise<KeyRecord | undefined>
    /** Puts a new secret in place; the old one stays valid until `oldValidUntilMs`. */
    rotate(id: string, hash: string, prefix: string, oldValidUntilMs: number): Promise<KeyRecord | undefined>
  }
  readonly projects: {
    create(project: Omit<ProjectRecord, 'id' | 'createdAtMs' | 'archivedAtMs'>): Promise<ProjectRecord>
    find(id: string): Promise<ProjectRecord | undefined>
    list(filter: { readonly userId?: string | undefined }, page: Page): Promise<Listing<ProjectRecord>>
    update(id: string, changes: ProjectChanges): Promise<ProjectRecord | undefined>
    /** Ends a project and revokes its keys; `undefined` when there is none. Idempotent. */
    archive(id: string): Promise<ProjectRecord | undefined>
  }
  readonly balances: {
    /**
     * All accounts that are not one user's, and those of all users as one. They sum to zero. What providers are owed is as
     * new as the counters, some seconds.
     */
    house(): Promise<readonly HouseBalance[]>
  }
  readonly receipts: ReceiptStore
  /** Usage by the hour and by the day, with how long requests took; counted with `counters`. */
  readonly series: SeriesStore
  /** What moved on accounts. */
  readonly statements: StatementStore
  /** What requests and answers said, where that is captured. */
  readonly payloads: PayloadStore
  readonly responses: {
    /**
     * Said to the database at once, so that whatever is asked of it afterwards sees the response; resolves when it is on
     * disk, or to what went wrong. `itemIds`: the items of its output.
     */
    keep(response: KeptResponse, itemIds: readonly string[]): Promise<Result<void, string>>
    find(scope: string, id: string): Promise<KeptResponse | undefined>
    /** The turns that lead to a response, and it, oldest first. */
    chain(scope: string, id: string, limits: ChainLimits): Promise<Result<readonly KeptTurn[], ChainFault>>
    /** Those of the wanted responses that there are, in no order. */
    turns(scope: string, wanted: WantedTurns): Promise<readonly KeptTurn[]>
    /** Whether there was one. */
    remove(scope: string, id: string): Promise<boolean>
    /** Deletes what has expired and no later turn needs; says how many. */
    sweep(): Promise<number>
  }
  readonly reasoning: {
    /** Said to the database at once, so that whoever asks afterwards finds it. */
    keep(
      scope: string,
      kept: { readonly key: string; readonly state: string; readonly expiresAtMs: number },
    ): Promise<Result<unknown, string>>
    /** What is kept under these keys. */
    find(scope: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>
    /** Deletes some of what has expired; says how many. */
    sweep(): Promise<number>
  }
  /** What windows of budgets have spent and set aside. */
  readonly spends: {
    /** Of each budget the window that a moment lies in; `undefined`: no request has asked about it yet. */
    read(
      budgets: readonly Pick<Budget, 'subject' | 'window'>[],
      atMs: number,
    ): Promise<readonly ({ readonly spent: NanoUsd; readonly held: NanoUsd } | undefined)[]>
  }
  /** Usage by day, counted from settled receipts, each exactly once. */
  readonly counters: {
    /** Counts the next receipts. How many it were; `busy` when another process is counting. */
    feed(limit?: number): Promise<number | 'busy'>
    /** Counts all that has been counted anew, while the gateway goes on. How many rows had been wrong. */
    rebuild(): Promise<number>
    /** Summed by what is asked for, in its order; at most so many rows. Dimensions not asked for are empty. */
    usage(filter: UsageFilter, groupBy: readonly Dimension[], rowsMax: number): Promise<readonly Daily[]>
  }
  /** What other processes have changed. */
  readonly changes: {
    /** Where to begin for who has cached nothing yet. */
    position(): Promise<ChangePosition>
    /** What has appeared since. Never passes over a change; never tells one twice. */
    after(position: ChangePosition): Promise<Changes>
    /** Says that something changed which is not in the database. */
    note(kind: ChangeKind, subjectId: string): Promise<void>
    /** Deletes what is older. */
    prune(beforeMs: number): Promise<void>
  }
  readonly reconciliations: {
    add(report: ReconciliationReport): Promise<ReconciliationRecord>
    find(id: string): Promise<ReconciliationRecord | undefined>
    /** Newest first. */
    list(filter: { readonly provider?: string | undefined }, page: Page): Promise<Listing<ReconciliationRecord>>
    /** The newest of each provider. */
    latest(): Promise<readonly ReconciliationRecord[]>
  }
  /** Prices that administrators set. What is written is never changed. */
  readonly prices: {
    add(price: Pick<PriceRecord, 'model' | 'version' | 'reason'>, by: string): Promise<PriceRecord>
    find(id: string): Promise<PriceRecord | undefined>
    /** Newest first, by the moment they count from, those that were withdrawn included. */
    list(model: string, page: Page): Promise<Listing<PriceRecord>>
    /** Of each model, or of one, the price in force at a moment and all later ones that stand, oldest first. */
    from(atMs: number, model?: string): Promise<readonly PriceRecord[]>
    /** Takes back a price. Idempotent; the first act stands. */
    withdraw(price: PriceRecord, act: Pick<Act, 'by' | 'reason'>): Promise<PriceRecord>
    /** Takes back a price and sets another for its model. `undefined`: it was taken back before, and nothing was set. */
    replace(
      price: PriceRecord,
      next: Pick<PriceRecord, 'version' | 'reason'>,
      by: string,
    ): Promise<PriceRecord | undefined>
  }
  /** Which providers are paused. */
  readonly pauses: {
    open(): Promise<readonly PauseRecord[]>
    /** The pause there is now. Idempotent; the first act stands. `spent`: what a spend stop was reached with. */
    pause(providerId: string, act: Pick<Act, 'by' | 'reason'> & { readonly spent?: SpentBy }): Promise<PauseRecord>
    /** Whether there was a pause to be ended. */
    resume(providerId: string, act: Pick<Act, 'by' | 'reason'>): Promise<boolean>
  }
  /** What providers were asked and cost, by day in UTC; counted with `counters`. */
  readonly providerUsage: {
    /** Over some days, both included, by day, provider and key; `providerKey` is empty where none was noted. */
    costs(since: string, until: string): Promise<readonly ProviderDayCost[]>
    /** From a day on, by day and model. */
    served(since: string): Promise<readonly ServedDay[]>
  }
  /** Spend stops that were reached, and do not count any more because somebody resumed what they had stopped. */
  readonly spendStops: {
    /** What had been spent by then. Pauses of providers that began since are looked at. */
    resumed(sinceMs: number): Promise<readonly SpendResume[]>
    /** Lets a key go on, given what it has spent. */
    resume(provider: string, providerKey: string, spent: SpentBy, by: string): Promise<void>
  }
  /** Entries of the configuration that administrators set. */
  readonly objects: ObjectStore
  /** Who signs in, to what they belong, who is asked in, and what was done. */
  readonly people: PeopleStore
  readonly members: MemberStore
  readonly invitations: InvitationStore
  readonly audit: AuditStore
  /** Rows of people, as the sign-in library asks for them. */
  readonly signIn: SignInRows
  readonly files: FileStore
  readonly batches: BatchStore
  /** Codes that are worth credit. */
  readonly codes: CodeStore
  /** What operators want to be told of. */
  readonly alerts: AlertStore
  /** Who serves this database, and who of them does what one does at a time. */
  readonly replicas: ReplicaStore
  readonly overview: OverviewStore
  readonly settings: {
    get(name: string): Promise<string | undefined>
    set(name: string, value: string): Promise<void>
    /** Writes a setting unless there is one of the name; the value that is there then. Of several at once, one writes. */
    add(name: string, value: string): Promise<string>
    /** Those whose names begin so, of letters, digits, `-` and `/`; at most 1,000. */
    beginning(prefix: string): Promise<readonly { readonly name: string; readonly value: string }[]>
    remove(name: string): Promise<void>
  }
}
