import type { GatewayError } from '../errors.ts'
import type { AccountBook, KeySpend, Spend } from './accounts.ts'
import { type Budget, type BudgetWindow, keySubject, type SpendId, windowStartMs } from './budgets.ts'
import { budgetExceeded } from './refusals.ts'
import type { HoldRequest } from './types.ts'

/** A budget with what counts against it. */
interface Ceiling {
  readonly budget: Budget
  readonly spend: Pick<Spend, 'spent' | 'held'>
}

/** The ceilings of a request, and the windows that its hold is counted in beside its key's total. */
export interface Ceilings {
  readonly all: readonly Ceiling[]
  readonly counted: readonly Spend[]
}

const NONE: Ceilings = { all: [], counted: [] }

/** Finds what counts against each budget of a request; `undefined` when some of it is not in memory. */
export const findCeilings = (book: AccountBook, request: HoldRequest, key: KeySpend): Ceilings | undefined => {
  if (request.budgets.length === 0) return NONE
  const all: Ceiling[] = []
  const counted: Spend[] = []
  for (const budget of request.budgets) {
    const id = spendIdOf(request, budget)
    const spend = id && book.spend(id)
    if (id && !spend) return undefined
    if (spend) counted.push(spend)
    all.push({ budget, spend: spend ?? key })
  }
  return { all, counted }
}

/** The windows a request is counted in, to be loaded. */
export const spendIdsOf = (request: HoldRequest): readonly SpendId[] =>
  request.budgets.flatMap((budget) => spendIdOf(request, budget) ?? [])

/** The first budget that has not the amount left, as a refusal. */
export const budgetRefusal = (
  { all }: Ceilings,
  { amount, atMs }: HoldRequest,
  nowMs: () => number,
): GatewayError | undefined => {
  for (const { budget, spend } of all) {
    const left = budget.limit - spend.spent - spend.held
    if (amount > left) return budgetExceeded(amount, budget, left, atMs, nowMs())
  }
  return undefined
}

/** The windows of a hold as its row and its scripts take them: `[subject, window, start, spent at first]` each. */
export const writeCounted = (counted: readonly Spend[]): string | null =>
  counted.length === 0 ? null : `[${counted.map(({ words }) => words).join()}]`

/** Reads what `writeCounted` wrote. */
export const readCounted = (text: string | null): readonly SpendId[] => {
  if (text === null) return []
  const stored = JSON.parse(text) as readonly (readonly [string, BudgetWindow, number])[]
  return stored.map(([subject, window, startMs]) => ({ subject, window, startMs }))
}

/** `undefined` for the key's own total, which is kept with the key itself. */
const spendIdOf = (
  { keyId, atMs }: Pick<HoldRequest, 'keyId' | 'atMs'>,
  { subject, window }: Budget,
): SpendId | undefined =>
  window === 'total' && subject === keySubject(keyId)
    ? undefined
    : { subject, window, startMs: windowStartMs(window, atMs) }
