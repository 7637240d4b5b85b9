import type { Receipt } from '../canon/receipt.ts'
import type { Heading } from '../db/receipt-json.ts'
import type { GatewayError } from '../errors.ts'
import type { Result, Soon } from '../result.ts'
import type { NanoUsd } from '../units.ts'
import type { Budget } from './budgets.ts'

export interface HoldRequest {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  /** Every ceiling it must stay under, in the windows that `atMs` lies in; most requests have none. */
  readonly budgets: readonly Budget[]
  readonly amount: NanoUsd
  /** When the request came in: its receipt's moment. */
  readonly atMs: number
  readonly expiresAtMs: number
  /** With it, the receipt can be written even should this process die holding it. */
  readonly heading: Heading
  /** It lasts longer than any process: nobody renews it by itself, and whichever process comes to its end settles it. */
  readonly outlives?: true
}

/** Money set aside. It exists at once; no answer may be delivered before `durable` says it survives a crash. */
export interface Hold {
  readonly requestId: string
  readonly amount: NanoUsd
  readonly durable: Promise<Result<void, GatewayError>>
}

export interface Settlement {
  /** Taken from the account: the true cost, or less when the account could not pay the part above the hold. */
  readonly charged: NanoUsd
  readonly uncollected: NanoUsd
}

export interface Balance {
  readonly posted: NanoUsd
  readonly held: NanoUsd
  readonly available: NanoUsd
}

export interface CreditRequest {
  readonly userId: string
  readonly amount: NanoUsd
  readonly reason: string
  readonly idempotencyKey: string
  /** `credit` when left out. */
  readonly kind?: CreditKind
}

/**
 * Why money is given: `credit` was paid for, `promotional-credit` was not, `correction` puts right what went wrong, in
 * either direction. A negative `credit` is money paid back.
 */
export const CREDIT_KINDS = ['credit', 'promotional-credit', 'correction'] as const
export type CreditKind = (typeof CREDIT_KINDS)[number]

/** The opposite of a charge, or of a part of it. */
export interface RefundRequest {
  /** The request that was charged. */
  readonly requestId: string
  /** At most what is left of the charge; `undefined`: all of that. */
  readonly amount: NanoUsd | undefined
  readonly reason: string
  readonly idempotencyKey: string
}

export interface Refund {
  readonly amount: NanoUsd
  /** Of the account it went to. */
  readonly balance: Balance
}

/** A plan bought from the balance. */
export interface PlanPurchase {
  readonly userId: string
  readonly plan: string
  /** Not negative; a plan that costs nothing is bought all the same. */
  readonly price: NanoUsd
  readonly idempotencyKey: string
}

export interface LedgerCheck {
  readonly ok: boolean
  readonly accounts: number
  readonly postings: number
  readonly openHolds: number
  readonly sum: NanoUsd
  /** What does not add up, in words; empty when `ok`. */
  readonly faults: readonly string[]
}

/** The prepaid ledger. Grants are atomic; settling is idempotent by request id; nothing is ever updated in place. */
export interface Ledger {
  /**
   * Sets money aside: refused with `insufficient-balance`, `key-budget-exceeded` or `project-budget-exceeded` when it is
   * not there.
   */
  hold(request: HoldRequest): Soon<Result<Hold, GatewayError>>
  /**
   * Charges a held request and writes its receipt in the same transaction. `receipt` is given the outcome, so that it
   * can name it. A second call for the same request changes nothing and returns the first outcome.
   */
  settle(requestId: string, cost: NanoUsd, receipt: (outcome: Settlement) => Receipt): Soon<Settlement>
  /** Gives a hold back unspent, with the receipt that says why. Idempotent like `settle`. */
  release(requestId: string, receipt: Receipt): void
  /**
   * Takes over an open hold that outlives processes, so that it can be settled here and is not given back before
   * `expiresAtMs`. `false`: nothing is held under the id, or no more. Throws `DatabaseError`.
   */
  resume(requestId: string, keyId: string, expiresAtMs: number): Promise<boolean>
  /** What follows posts once for each idempotency key; the same key again is given the first answer, or `conflict`. */
  credit(request: CreditRequest): Promise<Result<Balance, GatewayError>>
  refund(request: RefundRequest): Promise<Result<Refund, GatewayError>>
  /** Takes the price and gives the user the plan, both or neither. `insufficient-balance` when it cannot be paid. */
  buyPlan(request: PlanPurchase): Promise<Result<Balance, GatewayError>>
  balance(userId: string): Promise<Result<Balance, GatewayError>>
  check(): Promise<LedgerCheck>
  /** Releases holds whose lease has run out, with a receipt that says `abandoned`. Returns how many. */
  sweep(nowMs: number): Promise<number>
  /**
   * Resolves when who reads sees what has been said of requests so far, of one user's or of all; after some seconds
   * anyway, where the database takes its time.
   */
  settled(userId?: string): Promise<void>
  /** Resolves when everything said so far is on disk. */
  flush(): Promise<void>
  /**
   * Gives up what is not known to be on disk, and tells of each end of a request what it would have written. How many
   * there were. For a process that cannot wait any longer.
   */
  abandon(): number
}
