import { nano } from './arithmetic.ts'
import type { Evidence, Receipt } from './evidence.ts'
import { countUncharged, judgeAnswers, judgeLinks } from './judge-answers.ts'
import { judgeReceipt } from './judge-receipts.ts'
import { judgeBalances, judgeBudgets, judgeChecks, judgeDaily } from './judge-sums.ts'
import { lookup } from './lookup.ts'

/** What came out when everything was worked out again from what clients, vendors and configuration know. */
export interface Recomputation {
  readonly faults: readonly string[]
  /** What the receipts say was charged, and what should have been. */
  readonly chargedNano: bigint
  readonly recomputedNano: bigint
  readonly uncollectedNano: bigint
  /** What balances say, and what credits less recomputed charges say. */
  readonly balancesNano: bigint
  readonly expectedBalancesNano: bigint
  /** Receipts by how they ended. */
  readonly endings: Readonly<Record<string, number>>
  /** Receipts of requests that ended when others had given them up, and what they charged. */
  readonly late: { readonly receipts: number; readonly chargedNano: bigint }
  /** Of answers that a client saw whole and nobody was charged for, as their replica was killed just then. */
  readonly lostToKills: number
  /** Answers that a vendor began and no receipt charges: whole ones that broke off, and those that a client or a killed
   * replica never passed on. */
  readonly unchargedServes: number
}

/** Charges everything again, with nothing of the product's, and compares. */
export const recompute = (evidence: Evidence): Recomputation => {
  const look = lookup(evidence)
  const { faults } = look
  const recomputed = new Map<string, bigint>()
  for (const receipt of evidence.receipts) recomputed.set(receipt.request_id, judgeReceipt(look, receipt))
  const chargedServes = judgeLinks(look)
  const lostToKills = judgeAnswers(look)
  judgeBudgets(look)
  judgeDaily(look)
  judgeChecks(look)
  for (const fault of evidence.operator.faults) faults.add('the operator', fault)
  const balances = judgeBalances(look, recomputed)
  const sum = (amount: (receipt: Receipt) => bigint): bigint =>
    evidence.receipts.reduce((total, receipt) => total + amount(receipt), 0n)
  return {
    faults: faults.lines,
    chargedNano: sum(({ cost_usd }) => nano(cost_usd)),
    recomputedNano: sum(({ request_id }) => recomputed.get(request_id) ?? 0n),
    uncollectedNano: sum(({ uncollected_usd }) => nano(uncollected_usd)),
    ...balances,
    endings: countBy(evidence.receipts.map(({ ended }) => ended)),
    late: lateOf(evidence.receipts),
    lostToKills,
    unchargedServes: countUncharged(look, chargedServes),
  }
}

const lateOf = (receipts: readonly Receipt[]): Recomputation['late'] => {
  const late = receipts.filter(({ corrects }) => corrects !== undefined)
  return { receipts: late.length, chargedNano: late.reduce((sum, { cost_usd }) => sum + nano(cost_usd), 0n) }
}

export const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
