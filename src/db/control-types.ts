import type { Receipt } from '../canon/receipt.ts'
import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { NanoUsd } from '../units.ts'
import type { Listing, Page } from './types.ts'

/** A code that is worth credit. The code itself is nowhere. */
export interface CodeRecord {
  readonly id: string
  /** How it begins and ends, to tell it by. */
  readonly hint: string
  readonly amount: NanoUsd
  /** How many have redeemed it, and how many may. */
  readonly uses: number
  readonly usesMax: number
  readonly note: string | null
  readonly createdAtMs: number
  readonly createdBy: string
  readonly expiresAtMs: number | null
  readonly revokedAtMs: number | null
  readonly revokedBy: string | null
}

/** `hash`: hex SHA-256 of the code as it is compared. */
export type NewCode = Pick<CodeRecord, 'hint' | 'amount' | 'usesMax' | 'note' | 'expiresAtMs'> & {
  readonly hash: string
}

export interface RedemptionRecord {
  readonly codeId: string
  readonly userId: string
  readonly atMs: number
  /** When the ledger had it; `null`: not yet. */
  readonly creditedAtMs: number | null
}

/** Why a code cannot be redeemed. */
export type CodeFault = 'unknown' | 'expired' | 'revoked' | 'used-up' | 'redeemed'

export interface CodeStore {
  /** All or none. Fails as `conflict` where a hash is taken. */
  create(codes: readonly NewCode[], by: string): Promise<Result<readonly CodeRecord[], GatewayError>>
  find(id: string): Promise<CodeRecord | undefined>
  /** Newest first. `q`: a part of the note, the hint or the id. */
  list(filter: { readonly q?: string | undefined }, page: Page): Promise<Listing<CodeRecord>>
  /** The code as revoked; `undefined` when there is none. Idempotent; the first act stands. */
  revoke(id: string, by: string): Promise<CodeRecord | undefined>
  /** Who has redeemed a code, newest first. */
  redemptions(id: string, page: Page): Promise<Listing<RedemptionRecord>>
  /**
   * Takes one of the code's uses for a user, or finds the one that this user took and that was not credited. Of several
   * at once no more succeed than there are uses, and one for each user. `people`: who redeems it, and who owns the account;
   * as the first of them it is noted, and none of them has redeemed it before.
   */
  claim(hash: string, userId: string, people?: readonly string[]): Promise<Result<CodeRecord, CodeFault>>
  /** Notes that the ledger has it. Whether it was noted now, and not before. */
  credited(codeId: string, userId: string): Promise<boolean>
  /** Gives a use back that the ledger refused. */
  release(codeId: string, userId: string): Promise<void>
}

/** What is wrong, in words that operators chose. The rest of a condition is in `src/alerts/conditions.ts`. */
export interface AlertRuleRecord {
  readonly id: string
  readonly name: string
  readonly kind: string
  /** JSON. */
  readonly condition: string
  readonly enabled: boolean
  readonly webhookUrl: string | null
  /** What messages to the webhook are signed with. */
  readonly secret: string
  readonly emails: readonly string[]
  readonly createdAtMs: number
  readonly createdBy: string
  readonly updatedAtMs: number
}

export type AlertRuleChanges = Partial<
  Pick<AlertRuleRecord, 'name' | 'condition' | 'enabled' | 'webhookUrl' | 'secret' | 'emails'>
>

export interface AlertEventRecord {
  readonly id: string
  readonly ruleId: string
  readonly ruleName: string
  readonly kind: string
  /** What it is about: a provider, a user. Empty: the whole. */
  readonly subject: string
  readonly summary: string
  /** What was found, and what it was held against. */
  readonly value: string | null
  readonly threshold: string | null
  readonly firedAtMs: number
  readonly resolvedAtMs: number | null
  readonly acknowledgedAtMs: number | null
  readonly acknowledgedBy: string | null
  readonly told: 'nothing' | 'fired' | 'resolved'
  readonly attempts: number
  /** When it is told, or tried again; `null`: there is nothing to tell, or it was given up. */
  readonly nextAtMs: number | null
  /** Why telling it failed last. */
  readonly failure: string | null
}

/** What was found of one subject of a rule. */
export type AlertFinding = Pick<AlertEventRecord, 'subject' | 'summary' | 'value' | 'threshold'>

export interface AlertStore {
  create(rule: Omit<AlertRuleRecord, 'id' | 'createdAtMs' | 'updatedAtMs'>): Promise<AlertRuleRecord>
  find(id: string): Promise<AlertRuleRecord | undefined>
  /** All of them, oldest first: there are few. */
  rules(): Promise<readonly AlertRuleRecord[]>
  update(id: string, changes: AlertRuleChanges): Promise<AlertRuleRecord | undefined>
  /** Whether there was one. What it found so far stays; what is open is over. */
  remove(id: string): Promise<boolean>
  /**
   * What is wrong now by a rule. What was not open is opened, what is open and not found any more is over. How many each.
   */
  note(
    rule: Pick<AlertRuleRecord, 'id' | 'name' | 'kind'>,
    found: readonly AlertFinding[],
  ): Promise<{ readonly fired: number; readonly resolved: number }>
  findEvent(id: string): Promise<AlertEventRecord | undefined>
  /** How many events go on. */
  openCount(): Promise<number>
  /** Newest first. */
  events(
    filter: { readonly ruleId?: string | undefined; readonly isOpen?: boolean | undefined },
    page: Page,
  ): Promise<Listing<AlertEventRecord>>
  /** The event as acknowledged; `undefined` when there is none. The first act stands. */
  acknowledge(id: string, by: string): Promise<AlertEventRecord | undefined>
  /** Events of which something is to be told now, oldest first. */
  due(limit: number): Promise<readonly AlertEventRecord[]>
  /** It was told that it fired, or that it is over. `failure`: which way failed, where another did not. */
  told(id: string, what: 'fired' | 'resolved', failure: string | null): Promise<void>
  /** It could not be told; `nextAtMs` is `null` to give it up. */
  failed(id: string, failure: string, nextAtMs: number | null): Promise<void>
  /** Deletes what is over, but for the newest. How many. */
  prune(kept: number): Promise<number>
}

/** A process that serves this database. */
export interface ReplicaRecord {
  readonly id: string
  readonly host: string
  readonly version: string
  readonly startedAtMs: number
  readonly seenAtMs: number
}

export interface ReplicaStore {
  /** Says that a replica lives, and forgets those that have not said so since. */
  beat(replica: ReplicaRecord, forgetBeforeMs: number): Promise<void>
  leave(id: string): Promise<void>
  list(): Promise<readonly ReplicaRecord[]>
  /** Takes or keeps a lease; `false`: another has it. */
  lease(name: string, holder: string, untilMs: number): Promise<boolean>
  /** Gives it back, so that another need not wait. */
  release(name: string, holder: string): Promise<void>
}

/** Requests and money of some days. `cost`: what was charged. */
export interface OverviewSums {
  readonly requests: number
  readonly failed: number
  readonly unpriced: number
  readonly cost: NanoUsd
  readonly uncollected: NanoUsd
  readonly providerCost: NanoUsd
}

export interface OverviewTop extends OverviewSums {
  readonly name: string
}

export interface DatabaseFacts {
  readonly bytes: number
  readonly migrations: readonly { readonly number: number; readonly name: string; readonly appliedAtMs: number }[]
  /** What waits: receipts that are not counted by day yet, holds that are open. */
  readonly uncounted: number
  readonly openHolds: number
}

/** A user as a list shows it. */
export interface UserFacts {
  readonly id: string
  /** What the organisation calls itself. */
  readonly name: string | null
  readonly keys: number
  /** When its last request came in. */
  readonly lastUsedAtMs: number | null
}

/** What a rule asks of the receipts since a moment. */
export interface OutcomeFilter {
  readonly sinceMs: number
  readonly provider?: string | undefined
  readonly model?: string | undefined
}

/** What the console shows of everything together. */
export interface OverviewStore {
  /** Days in UTC, both included. */
  totals(since: string, until: string): Promise<OverviewSums>
  days(since: string, until: string): Promise<readonly (OverviewSums & { readonly day: string })[]>
  /** Those with the most cost first. */
  tops(
    dimension: 'provider' | 'model' | 'userId',
    since: string,
    until: string,
    rowsMax: number,
  ): Promise<readonly OverviewTop[]>
  users(sinceMs: number): Promise<{ readonly total: number; readonly since: number }>
  /** Of some users, in no order. */
  userFacts(ids: readonly string[]): Promise<readonly UserFacts[]>
  /** How many requests came in since, and how many of them to no whole answer through no fault of their client. */
  outcomes(filter: OutcomeFilter, rowsMax: number): Promise<{ readonly requests: number; readonly broken: number }>
  /** The database as it is. */
  database(): Promise<DatabaseFacts>
  /** Keys that are not revoked, or projects that have not ended, that have limits or budgets of their own, newest first. */
  limited(what: 'keys' | 'projects', page: Page): Promise<Listing<string>>
  /** Receipts of a model since a moment, newest first, a part of all receipts at a time. */
  receiptsOf(filter: PricedFilter): Promise<PricedPart>
}

export interface PricedFilter {
  readonly model: string
  readonly sinceMs: number
  /** Of the part before; `undefined`: from the newest on. */
  readonly after: { readonly atMs: number; readonly seq: bigint } | undefined
  /** Receipts that are looked at, whatever their model. */
  readonly rowsMax: number
}

export interface PricedPart {
  readonly receipts: readonly Receipt[]
  /** `undefined`: there are no more. */
  readonly after: PricedFilter['after']
}
