import type { Schema } from '../../../api/types.ts'
import { countOrNull, type Faults, faultsIn, textOf, textOrNull } from '../../../ui/draft.ts'
import { type LimitDraft, limitDraftOf, limitFaultsOf, limitsOf } from '../../../ui/limit-fields.tsx'

export type ProviderKey = Schema<'ProviderKey'>

export interface KeyDraft {
  readonly id: string
  readonly key: string
  readonly weight: string
  readonly dayUsd: string
  readonly monthUsd: string
  readonly limits: LimitDraft
}

export const keyDraftOf = (key?: ProviderKey): KeyDraft => ({
  id: key?.id ?? '',
  key: '',
  weight: String(key?.weight ?? 1),
  dayUsd: textOf(key?.day_usd),
  monthUsd: textOf(key?.month_usd),
  limits: limitDraftOf(key),
})

const sharedFaultsOf = (draft: KeyDraft): Faults => ({
  ...faultsIn({
    weight: ['weight', draft.weight],
    day_usd: ['amount', draft.dayUsd],
    month_usd: ['amount', draft.monthUsd],
  }),
  ...limitFaultsOf(draft.limits),
})

export const newKeyFaultsOf = (draft: KeyDraft): Faults => ({
  ...sharedFaultsOf(draft),
  ...faultsIn({ key: ['required', draft.key], ...(draft.id.trim() !== '' && { id: ['id', draft.id] as const }) }),
})
export const keyFaultsOf = sharedFaultsOf

/** What of a key can be changed, but for the key itself. */
export const keyFieldsOf = (draft: KeyDraft) => ({
  weight: countOrNull(draft.weight),
  day_usd: textOrNull(draft.dayUsd),
  month_usd: textOrNull(draft.monthUsd),
  ...limitsOf(draft.limits),
})
