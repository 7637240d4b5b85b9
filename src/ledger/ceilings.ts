import type { GatewayError } from '../errors.ts'
import type { AccountBook, KeySpend } from './accounts.ts'
import {
  BUDGET_WINDOWS,
  type Budget,
  type BudgetWindow,
  keySubject,
  lastingFirst,
  projectSubject,
  type SpendId,
  windowStartMs,
} from './budgets.ts'
import { budgetExceeded } from './refusals.ts'
import type { Spend } from './spends.ts'
import type { HoldRequest } from './types.ts'

/** A budget with what counts against it. */
interface Ceiling {
  readonly budget: Budget
  readonly spend: Pick<Spend, 'spent' | 'held'>
}

/** The ceilings of a request, and the windows that its hold is counted in beside its key's total. */
export interface Ceilings {
  readonly all: readonly Ceiling[]
  readonly counted: Spend[]
}

/**
 * Finds what counts against each budget of a request, and the windows it is counted in: those of its budgets, and all
 * that have begun of its key and project. `undefined` when some of it is not in memory.
 */
export const findCeilings = (book: AccountBook, request: HoldRequest, key: KeySpend): Ceilings | undefined => {
  const { spends } = book
  const counted: Spend[] = []
  const all: Ceiling[] = []
  for (const budget of lastingFirst(request.budgets, request.atMs)) {
    const id = spendIdOf(request, budget)
    const spend = id && spends.find(id)
    if (id && !spend) return undefined
    if (spend) counted.push(spend)
    all.push({ budget, spend: spend ?? key })
  }
  for (const subject of subjectsOf(request)) {
    const begun = spends.begun(subject)
    if (!begun) return undefined
    if (begun === 'none') continue
    for (const id of windowsOf(subject, request)) {
      if (!begun(id) || counted.some((spend) => isOf(spend, id))) continue
      const spend = spends.find(id)
      if (!spend) return undefined
      counted.push(spend)
    }
  }
  return { all, counted }
}

/** Loads what `findCeilings` looks for, as far as it can be known to be looked for. */
export const loadCeilings = ({ spends }: AccountBook, request: HoldRequest) => {
  const begun = subjectsOf(request).flatMap((subject) => {
    const isBegun = spends.begun(subject)
    if (!isBegun) return [spends.loadSubject(subject)]
    return isBegun === 'none' ? [] : windowsOf(subject, request).flatMap((id) => (isBegun(id) ? [spends.load(id)] : []))
  })
  return [
    ...begun,
    ...request.budgets.flatMap((budget) => spendIdOf(request, budget) ?? []).map((id) => spends.load(id)),
  ]
}

/** Whose windows a request is counted in. */
const subjectsOf = ({ keyId, heading: { projectId } }: HoldRequest): readonly string[] =>
  projectId === null ? [keySubject(keyId)] : [keySubject(keyId), projectSubject(projectId)]

const windowsOf = (subject: string, { atMs }: HoldRequest): readonly SpendId[] =>
  BUDGET_WINDOWS.map((window) => ({ subject, window, startMs: windowStartMs(window, atMs) }))

const isOf = (spend: Spend, { subject, window, startMs }: SpendId): boolean =>
  spend.window === window && spend.startMs === startMs && spend.subject === subject

/** The budget that has not the amount left, of several the one that lasts longest, as a refusal. */
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

/** The windows of a hold as its row and its scripts take them: `[subject, window, start, 0]` each. */
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
