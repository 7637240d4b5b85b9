import { PLATFORM_REVENUE } from '../db/account-ids.ts'
import type { NanoUsd } from '../units.ts'

/** An amount moved to (positive) or from (negative) one account. */
export interface Posting {
  readonly accountId: string
  readonly amount: NanoUsd
}

/** The two sides of a transaction; every transaction of this ledger has exactly two. */
export type Postings = readonly [Posting, Posting]

/** A charge: from the user's account to the platform's revenue. `amount` must be positive. */
export const chargePostings = (accountId: string, amount: NanoUsd): Postings => {
  if (amount <= 0n) throw new RangeError(`a charge of ${amount} nano-dollars`)
  return balanced([posting(accountId, 0n - amount), posting(PLATFORM_REVENUE, amount)])
}

const posting = (accountId: string, amount: bigint): Posting => ({ accountId, amount: amount as NanoUsd })

/** Money is moved, never made: throws unless the postings sum to zero and name different accounts. */
export const balanced = (postings: Postings): Postings => {
  const [from, to] = postings
  if (from.amount + to.amount !== 0n) throw new RangeError(`postings sum to ${from.amount + to.amount}, not to zero`)
  if (from.accountId === to.accountId) throw new RangeError(`both postings are on ${from.accountId}`)
  return postings
}
