import { lateIdOf, type Receipt } from '../../canon/receipt.ts'
import { nanoUsd, ZERO_USD } from '../../units.ts'
import type { Budget } from '../budgets.ts'
import type { StoredHeading } from '../headings.ts'
import type { Written } from './apply.ts'
import { writeEnd, writeHold } from './operations.ts'

/** No budget stands in the way of what has been served. */
const NO_LIMIT = nanoUsd(2n ** 63n - 1n)
/** It is ended by the next operation of the same transaction. */
const LEASE_MS = 60_000

/** The second receipt of a request whose first one says `abandoned`. */
export const lateReceiptOf = (receipt: Receipt): Receipt => ({ ...receipt, requestId: lateIdOf(receipt.requestId) })

/**
 * The end of a request that was given up while it was still served: a request of its own, that holds nothing and is
 * charged what can be, in one transaction. What ended as abandoned stays as it is. Its id follows from the request's,
 * so that said twice it is done once.
 */
export const writeLateEnd = (
  late: Receipt,
  cost: bigint,
  heading: StoredHeading,
  budgets: readonly Budget[],
): Written => {
  const unlimited = budgets.map((budget) => ({ ...budget, limit: NO_LIMIT }))
  const { requestId, userId, keyId, atMs } = late
  const hold = { requestId, userId, keyId, atMs, amount: ZERO_USD, budgets: unlimited, expiresAtMs: 0, heading: late }
  return { before: writeHold(hold, LEASE_MS, heading), operation: writeEnd(late, cost, heading), heading }
}
