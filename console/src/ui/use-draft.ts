import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApiError, refusalOf } from '../api/error.ts'
import type { Faults } from './draft.ts'

/**
 * A draft with what is wrong with each of its fields: what can be told here once it was tried to be sent, then what the
 * server said of a field.
 */
export const useDraft = <Draft extends object>(
  start: Draft,
  faultsOf: (draft: Draft) => Faults,
  refusal: ApiError | null,
) => {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(start)
  const [isTried, setTried] = useState(false)
  const faults = isTried ? faultsOf(draft) : {}
  return {
    draft,
    change: (changes: Partial<Draft>): void => setDraft({ ...draft, ...changes }),
    errorOf: (field: string): string | undefined => {
      const fault = faults[field]
      if (fault !== undefined) return t(`fault.${fault}`)
      return refusalOf(refusal, field)
    },
    /** Whether it may be sent; if not, its faults are shown from now on. */
    check: (): boolean => {
      setTried(true)
      return Object.keys(faultsOf(draft)).length === 0
    },
  }
}
