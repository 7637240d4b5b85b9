import type { Schema } from '../../../api/types.ts'
import { type Faults, faultsIn, textOrNull } from '../../../ui/draft.ts'
import { type LimitDraft, limitDraftOf, limitFaultsOf, limitsOf } from '../../../ui/limit-fields.tsx'

export type Plan = Schema<'AdministeredPlan'>

/** A plan as it stands in a form. */
export interface PlanDraft {
  readonly id: string
  readonly discount: string
  readonly price: string
  readonly isForSale: boolean
  /** '': as the configuration says for everybody. */
  readonly onDisconnect: string
  readonly limits: LimitDraft
}

export const EMPTY_PLAN: PlanDraft = {
  id: '',
  discount: '0',
  price: '',
  isForSale: true,
  onDisconnect: '',
  limits: limitDraftOf(),
}

export const draftOf = (plan: Plan): PlanDraft => ({
  id: plan.id,
  discount: plan.discount,
  price: plan.price_usd,
  isForSale: plan.for_sale,
  onDisconnect: plan.on_disconnect,
  limits: limitDraftOf(plan),
})

export const faultsOf = (draft: PlanDraft): Faults => ({
  ...faultsIn({ id: ['id', draft.id], discount: ['factor', draft.discount], price_usd: ['amount', draft.price] }),
  ...limitFaultsOf(draft.limits),
})

/** What of a plan can be changed, as the API has it. */
export const fieldsOf = (draft: PlanDraft) => ({
  discount: textOrNull(draft.discount) ?? '0',
  price_usd: textOrNull(draft.price),
  for_sale: draft.isForSale,
  on_disconnect: textOrNull(draft.onDisconnect),
  ...limitsOf(draft.limits),
})
