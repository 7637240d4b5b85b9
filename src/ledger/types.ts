import type { Receipt } from '../canon/receipt.ts'
import type { Heading } from '../db/receipt-json.ts'
import type { GatewayError } from '../errors.ts'
import type { Result, Soon } from '../result.ts'
import type { NanoUsd } from '../units.ts'

export interface HoldRequest {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  /** Total the key may ever spend; `undefined` is no limit. */
  readonly keyBudget: NanoUsd | undefined
  readonly amount: NanoUsd
  /** When the request came in: its receipt's moment. */
  readonly atMs: number
  readonly expiresAtMs: number
  /** With it, the receipt can be written even should this process die holding it. */
  readonly heading: Heading
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
  /** Sets money aside: refused with `insufficient-balance` or `key-budget-exceeded` when it is not there. */
  hold(request: HoldRequest): Soon<Result<Hold, GatewayError>>
  /**
   * Charges a held request and writes its receipt in the same transaction. `receipt` is given the outcome, so that it
   * can name it. A second call for the same request changes nothing and returns the first outcome.
   */
  settle(requestId: string, cost: NanoUsd, receipt: (outcome: Settlement) => Receipt): Settlement
  /** Gives a hold back unspent, with the receipt that says why. Idempotent like `settle`. */
  release(requestId: string, receipt: Receipt): void
  credit(request: CreditRequest): Promise<Result<Balance, GatewayError>>
  balance(userId: string): Promise<Result<Balance, GatewayError>>
  check(): Promise<LedgerCheck>
  /** Releases holds whose lease has run out, with a receipt that says `abandoned`. Returns how many. */
  sweep(nowMs: number): Promise<number>
  /** Resolves when everything said so far is on disk. */
  flush(): Promise<void>
}
