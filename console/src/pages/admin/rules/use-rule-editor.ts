import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApiError, refusalOf } from '../../../api/error.ts'
import { faultsOf, type RuleFault } from './rule-faults.ts'
import { type Rule, type RuleDraft, ruleOf, textOf } from './rule-form.ts'
import { draftOfText, ruleOfText } from './rule-text.ts'

export type View = 'form' | 'json'

/**
 * A rule that is edited as a form and as JSON, which stay in step: what is changed in one is changed in the other. `names`:
 * of the other rules.
 */
export const useRuleEditor = (start: RuleDraft, names: readonly (string | null | undefined)[]) => {
  const { t } = useTranslation('admin-rules')
  const [view, setView] = useState<View>('form')
  const [draft, setDraft] = useState(start)
  const [text, setText] = useState(() => textOf(ruleOf(start)))
  const [isTried, setTried] = useState(false)
  const faults = faultsIn(view, draft, text, names)
  return {
    view,
    draft,
    text,
    change: (changes: Partial<RuleDraft>): void => {
      const next = { ...draft, ...changes }
      setDraft(next)
      setText(textOf(ruleOf(next)))
    },
    write: (written: string): void => {
      setText(written)
      const read = draftOfText(written)
      if (read) setDraft(read)
    },
    /** Shows the other view; the form only where it has room for all that was written. */
    show: (wanted: View): void => {
      const canShow = wanted === 'json' || draftOfText(text) !== undefined
      setTried(!canShow)
      if (canShow) setView(wanted)
    },
    /** What is wrong with a field: what can be told here once it was tried to be saved. */
    faultOf: (key: string): string | undefined => {
      const fault = isTried ? faults[key] : undefined
      return fault && t(`fault.${fault}`)
    },
    /** The rule, where it may be sent; nothing where it has faults, which are shown from now on. */
    checked: (): Rule | undefined => {
      setTried(true)
      if (view === 'json') return ruleOfText(text)
      return Object.keys(faults).length === 0 ? ruleOf(draft) : undefined
    },
  }
}

export type RuleEditor = ReturnType<typeof useRuleEditor>

const faultsIn = (
  view: View,
  draft: RuleDraft,
  text: string,
  names: readonly (string | null | undefined)[],
): Readonly<Record<string, RuleFault>> => {
  if (view === 'form') return names.includes(draft.name.trim()) ? { name: 'taken' } : faultsOf(draft)
  if (ruleOfText(text) === undefined) return { text: 'object' }
  return draftOfText(text) === undefined ? { text: 'unshown' } : {}
}

/** What is wrong with a field: what is told here, or what the gateway said of it. */
export interface ErrorsOf {
  readonly faultOf: (key: string) => string | undefined
  /** By the field's path in the rule. */
  readonly refusalOf: (path: string) => string | undefined
}

/** `place`: where in the list that was sent the rule stood. */
export const errorsOf = (
  { faultOf }: Pick<RuleEditor, 'faultOf'>,
  error: ApiError | null,
  place: number,
): ErrorsOf => ({
  faultOf,
  refusalOf: (path) => refusalOf(error, path === '' ? `rules[${place}]` : `rules[${place}].${path}`),
})
