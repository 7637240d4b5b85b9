import type { Store } from '../../db/types.ts'
import type { GatewayError } from '../../errors.ts'
import type { Principal } from '../../keys/types.ts'
import { lastingFirst } from '../../ledger/budgets.ts'
import { budgetExceeded, insufficientBalance } from '../../ledger/refusals.ts'
import type { Ledger } from '../../ledger/types.ts'
import { isLimited } from '../../limits/measures.ts'
import type { Admission, LimitState } from '../../limits/types.ts'
import type { Candidate } from '../../routing/types.ts'
import type { Quote } from '../admit.ts'
import type { Call } from '../call.ts'
import { type Counting, limitReached } from '../count.ts'
import type { BudgetLeft, Funds, LimitLeft } from './explanation.ts'

export interface CoverDeps {
  readonly counting: Counting
  readonly ledger: Pick<Ledger, 'balance' | 'settled'>
  readonly spends: Store['spends']
}

/** Something found out, and the refusal that it would lead to. */
interface Found<T> {
  readonly found: T
  readonly error: GatewayError | undefined
}

const NO_TOKENS = { inputTokens: 0, outputTokens: 0 }

/**
 * Asks the limits as the request would, and gives back at once what it was given: only tokens and places are asked for, as
 * the call that explains has been counted as a request already. `counted`: what that was told.
 */
export const limitsLeft = async (
  { limiter, ceilings, nowMs }: Counting,
  call: Call,
  principal: Principal,
  candidates: readonly Candidate[],
  { inputTokensReserved: inputTokens, outputTokensReserved: outputTokens }: Quote,
  counted: Admission | undefined,
): Promise<Found<readonly LimitLeft[]>> => {
  const asked = ceilings
    .ofAdmitted(call, principal, candidates)
    .map((ceiling) => ({ ...ceiling, rpm: null }))
    .filter((ceiling) => isLimited([ceiling]))
  const needed = { requests: 1, tokens: inputTokens + outputTokens, inputTokens, outputTokens }
  const requests = leftOf('requests', counted?.requests, needed.requests, 0)
  if (asked.length === 0) return { found: requests, error: undefined }
  const admission = await limiter.admit(asked, { id: call.id, inputTokens, outputTokens, nowMs: nowMs() })
  if (admission.counted) {
    await limiter.correct(admission.counted, NO_TOKENS)
    await limiter.release(admission.counted)
  }
  const tokens = (['tokens', 'inputTokens', 'outputTokens'] as const).flatMap((measure) =>
    leftOf(measure, admission[measure], needed[measure], admission.granted ? needed[measure] : 0),
  )
  return { found: [...requests, ...tokens], error: admission.granted ? undefined : limitReached(admission) }
}

/** `taken`: what the state has less by the very asking. */
const leftOf = (
  measure: LimitLeft['measure'],
  state: LimitState | undefined,
  needed: number,
  taken: number,
): readonly LimitLeft[] => {
  if (!state) return []
  const { limit, remaining, resetAtMs } = state
  return [{ measure, limit, remaining: Math.min(limit, remaining + taken), resetAtMs, needed }]
}

/** Compares what would be set aside with what is there. Nothing is set aside. */
export const fundsFor = async (
  { ledger, spends, counting }: CoverDeps,
  principal: Principal,
  { amount }: Quote,
  atMs: number,
): Promise<Found<Funds>> => {
  const { userId } = principal
  const budgets = lastingFirst(principal.budgets, atMs)
  if (budgets.length > 0) await ledger.settled(userId)
  const balance = await ledger.balance(userId)
  const rows = budgets.length === 0 ? [] : await spends.read(budgets, atMs)
  const left = budgets.map(
    (budget, index): BudgetLeft => ({ budget, spent: rows[index]?.spent, held: rows[index]?.held }),
  )
  const error = balance.ok ? refusalOf(amount, balance.value.available, left, atMs, counting.nowMs()) : balance.error
  const found = { balance: balance.ok ? balance.value : undefined, budgets: left, covers: error === undefined }
  return { found, error }
}

const refusalOf = (
  amount: bigint,
  available: bigint,
  budgets: readonly BudgetLeft[],
  atMs: number,
  nowMs: number,
): GatewayError | undefined => {
  if (amount > available) return insufficientBalance(amount, available)
  for (const { budget, spent = 0n, held = 0n } of budgets) {
    const left = budget.limit - spent - held
    if (amount > left) return budgetExceeded(amount, budget, left, atMs, nowMs)
  }
  return undefined
}
