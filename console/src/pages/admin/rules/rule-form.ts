import type { Schema } from '../../../api/types.ts'

export type Group = Schema<'Group'>
export type Rule = NonNullable<Group['rules']>[number]

/** What a rule can ask of a request, each with how it asks. */
export const OPERATORS = {
  models: ['any_of'],
  formats: ['any_of'],
  size: ['at_least', 'at_most'],
  tools: ['yes', 'no'],
  images: ['yes', 'no'],
  stream: ['yes', 'no'],
  header: ['like'],
  labels: ['any_of'],
  hours: ['within'],
  days: ['any_of'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type ConditionField = keyof typeof OPERATORS
export type Operator = (typeof OPERATORS)[ConditionField][number]
export const CONDITION_FIELDS = Object.keys(OPERATORS) as readonly ConditionField[]

/** One condition, as it stands in a form. Which of its values count depends on its field. */
export interface Condition {
  readonly field: ConditionField
  readonly operator: Operator
  /** Of a header. */
  readonly name: string
  readonly text: string
  readonly list: readonly string[]
}

export interface Parameter {
  readonly name: string
  /** It is taken out of the request. */
  readonly isGone: boolean
  /** As JSON, or a plain word. */
  readonly value: string
}

/** What a rule does: nothing at all makes it an exception from those below it. */
export type Deed = 'change' | 'refuse' | 'nothing'

export interface RuleDraft {
  readonly name: string
  readonly isOn: boolean
  readonly conditions: readonly Condition[]
  /** Where hours and days are read. */
  readonly zone: string
  readonly deed: Deed
  readonly model: string
  readonly channels: readonly string[]
  readonly parameters: readonly Parameter[]
  readonly message: string
}

export const EMPTY_RULE: RuleDraft = {
  name: '',
  isOn: true,
  conditions: [],
  zone: 'UTC',
  deed: 'change',
  model: '',
  channels: [],
  parameters: [],
  message: '',
}

export const conditionOf = (field: ConditionField): Condition => ({
  field,
  operator: OPERATORS[field][0],
  name: '',
  text: '',
  list: [],
})

/** Whether a condition can be there more than once: of headers one each, of sizes a least and a most. */
export const mayRepeat = (field: ConditionField): boolean => field === 'header' || field === 'size'

/** The field of the API that a condition is about. */
export const pathOf = ({ field, operator, name }: Condition): string => {
  if (field === 'size') return operator === 'at_least' ? 'when.bytes_min' : 'when.bytes_max'
  return field === 'header' ? `when.headers.${name.trim()}` : `when.${field}`
}

export const draftOf = ({ name, enabled, when = {}, do: effect = {} }: Rule): RuleDraft => {
  const parameters = Object.entries(effect.parameters ?? {}).map(([each, value]) => parameterOf(each, value))
  const changes = Boolean(effect.model) || (effect.channels ?? []).length > 0 || parameters.length > 0
  return {
    name: name ?? '',
    isOn: enabled ?? true,
    conditions: conditionsOf(when),
    zone: when.zone ?? 'UTC',
    deed: effect.refuse ? 'refuse' : changes ? 'change' : 'nothing',
    model: effect.model ?? '',
    channels: effect.channels ?? [],
    parameters,
    message: effect.refuse ?? '',
  }
}

const conditionsOf = (when: NonNullable<Rule['when']>): readonly Condition[] => {
  const list = (field: ConditionField, values: readonly string[] | null | undefined): readonly Condition[] =>
    values ? [{ ...conditionOf(field), list: values }] : []
  const text = (field: ConditionField, value: unknown, operator: Operator): readonly Condition[] =>
    value === null || value === undefined ? [] : [{ ...conditionOf(field), operator, text: String(value) }]
  const whether = (field: ConditionField, value: boolean | null | undefined): readonly Condition[] =>
    typeof value === 'boolean' ? [{ ...conditionOf(field), operator: value ? 'yes' : 'no' }] : []
  return [
    ...list('models', when.models),
    ...list('formats', when.formats),
    ...text('size', when.bytes_min, 'at_least'),
    ...text('size', when.bytes_max, 'at_most'),
    ...whether('tools', when.tools),
    ...whether('images', when.images),
    ...whether('stream', when.stream),
    ...Object.entries(when.headers ?? {}).map(([name, value]) => ({ ...conditionOf('header'), name, text: value })),
    ...list('labels', when.labels),
    ...text('hours', when.hours, 'within'),
    ...list('days', when.days),
  ]
}

const parameterOf = (name: string, value: unknown): Parameter => ({
  name,
  isGone: value === null,
  value: value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value),
})

/** The rule that a form says, in the words of the configuration: what is not entered is not in it. */
export const ruleOf = (draft: RuleDraft): Rule => {
  const when = { ...whenOf(draft.conditions), ...(draft.zone !== 'UTC' && { zone: draft.zone }) }
  const effect = effectOf(draft)
  return {
    ...(draft.name.trim() !== '' && { name: draft.name.trim() }),
    ...(!draft.isOn && { enabled: false }),
    ...(Object.keys(when).length > 0 && { when }),
    ...(Object.keys(effect).length > 0 && { do: effect }),
  }
}

export const readsClock = ({ conditions }: Pick<RuleDraft, 'conditions'>): boolean =>
  conditions.some(({ field }) => field === 'hours' || field === 'days')

/** Whether its zone is to be seen: also one that was written where nothing is read in it, so that it is not lost. */
export const readsZone = (draft: Pick<RuleDraft, 'conditions' | 'zone'>): boolean =>
  readsClock(draft) || draft.zone !== 'UTC'

const whenOf = (conditions: readonly Condition[]): NonNullable<Rule['when']> => {
  const headers = conditions.filter(({ field }) => field === 'header')
  const others = conditions.filter(({ field }) => field !== 'header')
  return {
    ...Object.fromEntries(others.map((condition) => [pathOf(condition).replace('when.', ''), valueIn(condition)])),
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map(({ name, text }) => [name.trim(), text.trim()])),
    }),
  }
}

const valueIn = ({ field, operator, text, list }: Condition): unknown => {
  if (operator === 'any_of') return list
  if (operator === 'yes' || operator === 'no') return operator === 'yes'
  return field === 'hours' ? text.trim().replace(/\s*-\s*/, '-') : text.trim()
}

const effectOf = ({ deed, model, channels, parameters, message }: RuleDraft): NonNullable<Rule['do']> => {
  if (deed === 'nothing') return {}
  if (deed === 'refuse') return { refuse: message.trim() }
  const set = parameters.map(({ name, isGone, value }) => [name.trim(), isGone ? null : written(value.trim())] as const)
  return {
    ...(model.trim() !== '' && { model: model.trim() }),
    ...(channels.length > 0 && { channels }),
    // As JSON has them, and not as text: the description knows of texts alone.
    ...(set.length > 0 && { parameters: Object.fromEntries(set) as Record<string, string | null> }),
  }
}

/** A value as JSON where nothing is lost by it, so that a rule reads as one would write it. */
const written = (value: string): unknown => {
  try {
    const read: unknown = JSON.parse(value)
    const isSame = typeof read !== 'string' && read !== null && JSON.stringify(read) === value.replace(/\s+/g, '')
    return isSame ? read : value
  } catch {
    // A plain word, or what the gateway says is wrong.
    return value
  }
}

/** Rules that were read, without what they leave open: as they would be written. */
export const asWritten = (rules: readonly Rule[]): readonly Rule[] => rules.map((rule) => ruleOf(draftOf(rule)))

export const textOf = (value: unknown): string => JSON.stringify(value, null, 2)
