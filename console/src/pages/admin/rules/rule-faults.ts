import { pathOf, readsZone, type Condition, type RuleDraft } from './rule-form.ts'
import { bytesOf } from './sizes.ts'

/** What is wrong with a field, as a word that `fault` explains. */
export type RuleFault =
  | 'name'
  | 'choose'
  | 'size'
  | 'header'
  | 'value'
  | 'hours'
  | 'zone'
  | 'message'
  | 'effect'
  | 'parameter'
  | 'json'
  | 'twice'
  | 'taken'
  | 'object'
  | 'unshown'

/** The faults of a rule that can be told here, by the field's name in the API; that of parameters by their place. */
export const faultsOf = (draft: RuleDraft): Readonly<Record<string, RuleFault>> =>
  Object.fromEntries([
    ...(/^[^\p{Cc};]{0,64}$/u.test(draft.name.trim()) ? [] : [['name', 'name'] as const]),
    ...draft.conditions.flatMap((condition, index) => conditionFault(condition, index, draft.conditions)),
    ...(readsZone(draft) && !isZone(draft.zone) ? [['when.zone', 'zone'] as const] : []),
    ...effectFaults(draft),
  ])

/** A condition is told from others by its place: two of them may be about the same field. */
export const conditionKey = (index: number): string => `conditions.${index}`
export const parameterKey = (index: number): string => `parameters.${index}`

type Found = readonly (readonly [string, RuleFault])[]

const conditionFault = (condition: Condition, index: number, all: readonly Condition[]): Found => {
  const { field, operator, text, name, list } = condition
  const at = conditionKey(index)
  const isTwice = all.slice(0, index).some((other) => subjectOf(other) === subjectOf(condition))
  if (isTwice) return [[at, 'twice']]
  if (operator === 'any_of') return list.length === 0 ? [[at, 'choose']] : []
  if (field === 'size') return bytesOf(text) === undefined ? [[at, 'size']] : []
  if (field === 'hours') return isHours(text) ? [] : [[at, 'hours']]
  if (field !== 'header') return []
  if (!/^[\w-]{1,64}$/.test(name.trim())) return [[at, 'header']]
  return text.trim() === '' ? [[at, 'value']] : []
}

/** Of headers, the names are in any case. */
const subjectOf = (condition: Condition): string => pathOf(condition).toLowerCase()

const isHours = (text: string): boolean => {
  const [, from, to] =
    /^((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:(?:[01]\d|2[0-3]):[0-5]\d)|24:00)$/.exec(text.trim()) ?? []
  return from !== undefined && from !== to
}

export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    // There is none of that name.
    return false
  }
}

const effectFaults = ({ deed, model, channels, parameters, message }: RuleDraft): Found => {
  if (deed === 'refuse') return /^\P{Cc}{1,1000}$/u.test(message.trim()) ? [] : [['do.refuse', 'message']]
  if (deed === 'nothing') return []
  if (model.trim() === '' && channels.length === 0 && parameters.length === 0) return [['do', 'effect']]
  return parameters.flatMap(({ name, isGone, value }, index): Found => {
    const at = parameterKey(index)
    if (!PARAMETER_NAME.test(name.trim())) return [[at, 'parameter']]
    if (parameters.slice(0, index).some((other) => other.name.trim() === name.trim())) return [[at, 'twice']]
    return isGone || isValue(value.trim()) ? [] : [[at, 'json']]
  })
}

const PARAMETER_NAME =
  /^(?=.{1,100}$)(?!(?:model|stream|provider|fallbacks|previous_response_id)(?:\.|$))[a-z]\w*(?:\.[a-z]\w*)*$/i

const isValue = (text: string): boolean => {
  if (/^[A-Za-z][A-Za-z0-9_.-]*$/.test(text)) return true
  try {
    JSON.parse(text)
    return text !== ''
  } catch {
    // Neither JSON nor a word.
    return false
  }
}
