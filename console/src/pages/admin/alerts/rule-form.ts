import type { Schema } from '../../../api/types.ts'
import { typedAmount } from '../../../format/money.ts'
import { changed, countOrNull, type Faults, faultsIn, given, textOf, textOrNull } from '../../../ui/draft.ts'

type Rule = Schema<'Alert'>

export const KINDS = [
  'provider_paused',
  'provider_unhealthy',
  'error_rate',
  'balance_low',
  'spend_above',
  'ledger_fault',
] as const
export type Kind = (typeof KINDS)[number]

export const TEXTS = ['provider', 'model', 'user_id', 'percent', 'window', 'requests_min', 'amount_usd'] as const
export type ConditionText = (typeof TEXTS)[number]

/** What the condition of a kind may name, and what it has to. `of` is asked for wherever something is spent. */
export const FIELDS: Readonly<
  Record<Kind, { readonly may: readonly ConditionText[]; readonly must: readonly ConditionText[] }>
> = {
  provider_paused: { may: ['provider'], must: [] },
  provider_unhealthy: { may: ['provider'], must: [] },
  error_rate: { may: ['window', 'requests_min', 'provider', 'model'], must: ['percent'] },
  balance_low: { may: [], must: ['user_id', 'amount_usd'] },
  spend_above: { may: ['user_id', 'provider', 'model'], must: ['amount_usd'] },
  ledger_fault: { may: [], must: [] },
}

/** A rule as it stands in a form. */
export interface RuleDraft extends Readonly<Record<ConditionText, string>> {
  readonly name: string
  readonly kind: Kind
  readonly of: string
  readonly webhook: string
  /** One address a line. */
  readonly emails: string
}

export const EMPTY_RULE: RuleDraft = {
  name: '',
  kind: 'provider_unhealthy',
  provider: '',
  model: '',
  user_id: '',
  percent: '',
  window: '',
  requests_min: '',
  amount_usd: '',
  of: 'charged',
  webhook: '',
  emails: '',
}

const COUNTS: readonly ConditionText[] = ['percent', 'requests_min']

export const faultsOf = (draft: RuleDraft): Faults => {
  const { may, must } = FIELDS[draft.kind]
  const figures = [...may, ...must].filter((field) => COUNTS.includes(field))
  return {
    ...faultsIn(Object.fromEntries(figures.map((field) => [`condition.${field}`, ['count', draft[field]] as const]))),
    ...faultsIn(Object.fromEntries(must.map((field) => [`condition.${field}`, ['required', draft[field]] as const]))),
    ...faultsIn({ name: ['required', draft.name] }),
  }
}

/** The rule as the API takes it; fields of other kinds are left out. */
export const ruleOf = (draft: RuleDraft) => {
  const { may, must } = FIELDS[draft.kind]
  const texts = [...may, ...must].map((field) => [
    field,
    COUNTS.includes(field) ? countOrNull(draft[field]) : textOrNull(draft[field]),
  ])
  const condition = { ...Object.fromEntries(texts), ...(draft.kind === 'spend_above' && { of: draft.of }) }
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    condition: given(condition),
    webhook_url: textOrNull(draft.webhook),
    emails: draft.emails.split(/[\s,;]+/).filter((address) => address !== ''),
  }
}

/** A rule that there is, in a form. Its webhook is not in it: nobody is shown more than where it leads. */
export const draftOf = (rule: Rule): RuleDraft => ({
  ...EMPTY_RULE,
  ...Object.fromEntries(TEXTS.map((field) => [field, textOf(rule.condition[field])])),
  name: rule.name,
  kind: KINDS.find((kind) => kind === rule.kind) ?? EMPTY_RULE.kind,
  amount_usd: typedAmount(rule.condition.amount_usd ?? ''),
  of: rule.condition.of ?? EMPTY_RULE.of,
  emails: rule.emails.join('\n'),
})

/**
 * What changes a rule: the fields that are another than before, the condition as a whole. `isSilenced`: its webhook is
 * taken away. A rule that gets its first webhook gets a new secret, for nobody has seen the one it has.
 */
export const changesOf = (rule: Rule, draft: RuleDraft, isSilenced: boolean): Readonly<Record<string, unknown>> => {
  const { kind: _, webhook_url: webhook, ...after } = ruleOf(draft)
  const { kind: __, webhook_url: ___, ...before } = ruleOf(draftOf(rule))
  const { condition } = after
  return {
    ...changed(before, after),
    // Of a section, what is gone is named by `changed`; a condition is sent as it is to be.
    ...(JSON.stringify(before.condition) !== JSON.stringify(condition) && { condition }),
    ...(isSilenced ? { webhook_url: null } : webhook !== null && { webhook_url: webhook }),
    ...(!isSilenced && webhook !== null && rule.webhook_url === null && { rotate_secret: true as const }),
  }
}
