import { z } from '@hono/zod-openapi'
import { BUDGET_WINDOWS, type BudgetRule, type BudgetWindow } from '../../ledger/budgets.ts'
import { formatUsd, type NanoUsd } from '../../units.ts'
import { amountField } from './fields.ts'
import { USD } from './routes.ts'

/// What keys and projects may spend: `budget_usd` in all, `budgets` in each window that begins anew.

const WINDOWS =
  'Windows are in UTC: five hours since the epoch, days from midnight, weeks from Monday, months from the 1st.'

export const TotalBudgetSchema = USD.nullable().openapi({
  description: 'The most that may ever be spent; null: no limit of its own.',
})

const shown = USD.optional()
const shownByWindow = { '5h': shown, day: shown, week: shown, month: shown }

export const BudgetsSchema = z.object(shownByWindow).openapi({
  description: `The most in each window; those that have no limit are missing. ${WINDOWS}`,
  example: { day: '5.000000000' },
})

export const BUDGET_USD_FIELD = amountField('25.00')
  .nullish()
  .openapi({ description: 'The most that may ever be spent, in USD.' })

const wanted = amountField('5.00').nullish()

export const BUDGETS_FIELD = z
  .strictObject({ '5h': wanted, day: wanted, week: wanted, month: wanted }, { error: 'must be an object of amounts' })
  .optional()
  .openapi({ description: `The most in each window, in USD. ${WINDOWS}`, example: { day: '5.00' } })

interface WantedBudgets {
  readonly budget_usd?: NanoUsd | null | undefined
  readonly budgets?: { readonly [Window in Exclude<BudgetWindow, 'total'>]?: NanoUsd | null | undefined } | undefined
}

/** The rules as they are to be: what is not named stays as it was before, and `null` takes one away. */
export const budgetsFrom = (asked: WantedBudgets, before: readonly BudgetRule[] = []): readonly BudgetRule[] =>
  BUDGET_WINDOWS.flatMap((window) => {
    const named = window === 'total' ? asked.budget_usd : asked.budgets?.[window]
    const limit = named === undefined ? before.find((rule) => rule.window === window)?.limit : named
    return limit === undefined || limit === null ? [] : [{ window, limit }]
  })

export const changesBudgets = ({ budget_usd: total, budgets }: WantedBudgets): boolean =>
  total !== undefined || budgets !== undefined

export const renderBudgets = (rules: readonly BudgetRule[]) => {
  const usd = new Map(rules.map(({ window, limit }) => [window, formatUsd(limit)]))
  const total = usd.get('total') ?? null
  usd.delete('total')
  return { budget_usd: total, budgets: Object.fromEntries(usd) as z.infer<typeof BudgetsSchema> }
}
