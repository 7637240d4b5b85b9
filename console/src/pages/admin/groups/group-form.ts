import type { Schema } from '../../../api/types.ts'
import { type Faults, faultsIn, textOf, textOrNull } from '../../../ui/draft.ts'
import { type LimitDraft, limitDraftOf, limitFaultsOf, limitsOf } from '../../../ui/limit-fields.tsx'

export type Group = Schema<'Group'>

export const STRATEGIES = [
  'weighted',
  'least_busy',
  'lowest_latency',
  'lowest_cost',
  'cache_affinity',
] as const satisfies readonly Group['strategy'][]

/** A group as it stands in a form. Its rules have a page of their own. */
export interface GroupDraft {
  readonly id: string
  readonly multiplier: string
  readonly strategy: string
  readonly hedgeAfter: string
  readonly cacheBreakpoints: boolean
  readonly cacheTtl: string
  readonly limits: LimitDraft
}

export const EMPTY_GROUP: GroupDraft = {
  id: '',
  multiplier: '1',
  strategy: 'weighted',
  hedgeAfter: '',
  cacheBreakpoints: false,
  cacheTtl: '',
  limits: limitDraftOf(),
}

export const draftOf = (group: Group): GroupDraft => ({
  id: group.id,
  multiplier: group.multiplier ?? '1',
  strategy: group.strategy ?? 'weighted',
  hedgeAfter: textOf(group.hedge_after),
  cacheBreakpoints: group.cache_breakpoints ?? false,
  cacheTtl: textOf(group.cache_ttl),
  limits: limitDraftOf(group.limits),
})

export const faultsOf = (draft: GroupDraft): Faults => ({
  ...faultsIn({ id: ['id', draft.id], multiplier: ['factor', draft.multiplier] }),
  ...limitFaultsOf(draft.limits, 'limits.'),
})

/** What of a group can be changed here, as the API has it. */
export const fieldsOf = (draft: GroupDraft) => ({
  multiplier: textOrNull(draft.multiplier),
  strategy: draft.strategy,
  hedge_after: textOrNull(draft.hedgeAfter),
  cache_breakpoints: draft.cacheBreakpoints,
  cache_ttl: textOrNull(draft.cacheTtl),
  limits: limitsOf(draft.limits),
})
