import { BUDGET_WINDOWS, type BudgetRule } from '../ledger/budgets.ts'
import { nanoUsd } from '../units.ts'

/** Writes rules as JSON, nano-dollars by window in decimal strings; `null` for none. */
export const writeBudgets = (rules: readonly BudgetRule[]): string | null =>
  rules.length === 0 ? null : JSON.stringify(Object.fromEntries(rules.map(({ window, limit }) => [window, `${limit}`])))

/** Reads what `writeBudgets` wrote, in the order of the windows. */
export const readBudgets = (text: string | null): readonly BudgetRule[] => {
  if (text === null) return NONE
  const stored = JSON.parse(text) as Readonly<Record<string, string>>
  return BUDGET_WINDOWS.flatMap((window) => {
    const limit = stored[window]
    return limit === undefined ? [] : [{ window, limit: nanoUsd(BigInt(limit)) }]
  })
}

const NONE: readonly BudgetRule[] = []
