import type { Schema } from '../../api/types.ts'
import { nanoOf } from '../../format/money.ts'
import { fieldOfTime, timeOfField } from '../../format/times.ts'

export type Key = Schema<'Key'>

export const LIMITS = ['rpm', 'tpm', 'itpm', 'otpm', 'concurrency'] as const
export type Limit = (typeof LIMITS)[number]

export const WINDOWS = ['total', '5h', 'day', 'week', 'month'] as const
export type Window = (typeof WINDOWS)[number]

export const SCOPES = ['generate', 'embed', 'models', 'receipts', 'account', 'pass-through'] as const

/** Budgets as they stand in a form: text, empty where there is none. */
export type BudgetDraft = Readonly<Record<Window, string>>

/** A key as it stands in a form: everything is text, and empty where nothing was entered. */
export interface KeyDraft {
  readonly name: string
  readonly group: string
  readonly projectId: string
  readonly models: readonly string[]
  readonly limits: Readonly<Record<Limit, string>>
  readonly budgets: BudgetDraft
  /** As a `datetime-local` field has it, in the reader's zone. */
  readonly expires: string
  /** One address or range a line. */
  readonly ipAllow: string
  /** None: all of them. */
  readonly scopes: readonly string[]
}

export const NO_BUDGETS: BudgetDraft = { total: '', '5h': '', day: '', week: '', month: '' }

export const EMPTY_DRAFT: KeyDraft = {
  name: '',
  group: '',
  projectId: '',
  models: [],
  limits: { rpm: '', tpm: '', itpm: '', otpm: '', concurrency: '' },
  budgets: NO_BUDGETS,
  expires: '',
  ipAllow: '',
  scopes: [],
}

interface Budgeted {
  readonly budget_usd: string | null
  readonly budgets: Readonly<Record<string, string | undefined>>
}

/** Budgets as they are, without the zeros at the end of their amounts. */
export const budgetDraftOf = ({ budget_usd: total, budgets }: Budgeted): BudgetDraft => ({
  total: shortened(total),
  '5h': shortened(budgets['5h']),
  day: shortened(budgets['day']),
  week: shortened(budgets['week']),
  month: shortened(budgets['month']),
})

const shortened = (amount: string | null | undefined): string =>
  (amount ?? '').replace(/(\.\d\d\d*?)0+$/, '$1').replace(/\.00$/, '')

export const draftOf = (key: Key): KeyDraft => ({
  name: key.name,
  group: key.group,
  projectId: key.project_id ?? '',
  models: key.models ?? [],
  limits: {
    rpm: textOf(key.rpm),
    tpm: textOf(key.tpm),
    itpm: textOf(key.itpm),
    otpm: textOf(key.otpm),
    concurrency: textOf(key.concurrency),
  },
  budgets: budgetDraftOf(key),
  expires: key.expires_at === null ? '' : fieldOfTime(key.expires_at),
  ipAllow: (key.ip_allow ?? []).join('\n'),
  scopes: key.scopes,
})

const textOf = (count: number | null): string => (count === null ? '' : String(count))

/** What is wrong with a field, by the field's name in the API, as a word that the strings explain. */
export type Faults = Readonly<Record<string, 'required' | 'count' | 'amount'>>

/** What is wrong with a draft that can be told without the server. */
export const faultsOf = (draft: KeyDraft): Faults => ({
  ...(draft.name.trim() === '' && { name: 'required' }),
  ...Object.fromEntries(
    LIMITS.filter((limit) => !/^([1-9]\d{0,9})?$/.test(draft.limits[limit].trim())).map((limit) => [limit, 'count']),
  ),
  ...budgetFaultsOf(draft.budgets),
})

/** Which budgets are no amount above zero with at most nine places. */
export const budgetFaultsOf = (budgets: BudgetDraft): Faults =>
  Object.fromEntries(
    WINDOWS.filter((window) => budgets[window].trim() !== '' && (nanoOf(budgets[window]) ?? 0n) <= 0n).map(
      (window) => [budgetField(window), 'amount'] as const,
    ),
  )

/** What a budget is called in requests and in their refusals. */
export const budgetField = (window: Window): string => (window === 'total' ? 'budget_usd' : `budgets.${window}`)

type Body = Readonly<Record<string, unknown>>

/** The body that makes a key: what was not entered is left out. */
export const newKeyOf = (draft: KeyDraft): Body => {
  const wanted = {
    ...fieldsOf(draft),
    group: draft.group.trim() || null,
    project_id: draft.projectId.trim() || null,
    scopes: draft.scopes.length === 0 ? null : draft.scopes,
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(given), ...newBudgetsOf(draft.budgets) }
}

/** The body that changes a key: only what is another than before, and `null` for what was taken away. */
export const changesOf = (key: Key, draft: KeyDraft): Body => {
  const [before, after] = [fieldsOf(draftOf(key)), fieldsOf(draft)]
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]),
  )
  return { ...Object.fromEntries(changed), ...changedBudgetsOf(budgetDraftOf(key), draft.budgets) }
}

const fieldsOf = (draft: KeyDraft) => ({
  name: draft.name.trim(),
  models: draft.models.length === 0 ? null : draft.models,
  rpm: countOf(draft.limits.rpm),
  tpm: countOf(draft.limits.tpm),
  itpm: countOf(draft.limits.itpm),
  otpm: countOf(draft.limits.otpm),
  concurrency: countOf(draft.limits.concurrency),
  ip_allow: linesOf(draft.ipAllow),
  expires_at: draft.expires === '' ? null : timeOfField(draft.expires),
})

const countOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))

const linesOf = (text: string): readonly string[] | null => {
  const lines = text.split(/[\s,;]+/).filter((line) => line !== '')
  return lines.length === 0 ? null : lines
}

/** Budgets of something new. */
export const newBudgetsOf = (draft: BudgetDraft): Body => changedBudgetsOf(NO_BUDGETS, draft)

/** What is another than before; a window that was emptied is taken away. */
export const changedBudgetsOf = (before: BudgetDraft, after: BudgetDraft): Body => {
  const changed = WINDOWS.filter((window) => nanoOf(before[window]) !== nanoOf(after[window]))
  const amountOf = (window: Window): string | null => after[window].trim() || null
  const windows = changed.filter((window) => window !== 'total').map((window) => [window, amountOf(window)])
  return {
    ...(changed.includes('total') && { budget_usd: amountOf('total') }),
    ...(windows.length > 0 && { budgets: Object.fromEntries(windows) }),
  }
}
