import type { TFunction } from 'i18next'
import { type Condition, draftOf, readsClock, type Rule, type RuleDraft } from './rule-form.ts'

type Translate = TFunction<'admin-rules'>

/** A rule as sentences: when it counts, and what it does then. */
export interface RuleWords {
  readonly when: readonly string[]
  readonly does: readonly string[]
}

export const wordsOf = (rule: Rule, t: Translate, dayOf: (day: string) => string): RuleWords => {
  const draft = draftOf(rule)
  const zone = readsClock(draft) ? [t('words.zone', { zone: draft.zone })] : []
  return {
    when: [...draft.conditions.map((condition) => conditionWords(condition, t, dayOf)), ...zone],
    does: effectWords(draft, t),
  }
}

const conditionWords = (
  { field, operator, name, text, list }: Condition,
  t: Translate,
  dayOf: (day: string) => string,
): string => {
  const values = field === 'days' ? list.map(dayOf) : list
  const value = field === 'header' ? `${name}: ${text}` : operator === 'any_of' ? values.join(', ') : text
  return `${t(`field.${field}`)} ${t(`operator.${field}.${operator}` as 'operator.models.any_of')} ${value}`.trim()
}

const effectWords = ({ deed, model, channels, parameters, message }: RuleDraft, t: Translate): readonly string[] => {
  if (deed === 'refuse') return [t('words.refuse', { message })]
  if (deed === 'nothing') return [t('words.nothing')]
  return [
    ...(model === '' ? [] : [t('words.model', { model })]),
    ...(channels.length === 0 ? [] : [t('words.channels', { channels: channels.join(', ') })]),
    ...parameters.map(({ name, isGone, value }) =>
      isGone ? t('words.gone', { name }) : t('words.set', { name, value }),
    ),
  ]
}
