import { isObject, jsonIn, type Settings, type Tool } from './conversation.ts'

export const DEGREES = ['none', 'low', 'medium', 'high'] as const
type Degree = (typeof DEGREES)[number]

/** Settings as they stand in the form: text, empty where nothing is set. */
export interface SettingsDraft {
  readonly maxTokens: string
  readonly temperature: string
  readonly topP: string
  readonly thinking: '' | Degree | 'budget'
  readonly budget: string
  readonly showsThinking: boolean
}

export const NO_SETTINGS: SettingsDraft = {
  maxTokens: '',
  temperature: '',
  topP: '',
  thinking: '',
  budget: '',
  showsThinking: false,
}

export interface ToolDraft {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly schema: string
}

export type SettingFault = 'count' | 'number'
export type ToolFault = 'name' | 'schema' | 'twice'

/** The fields that hold no number where one belongs. */
export const settingFaultsOf = (
  draft: SettingsDraft,
): Readonly<Partial<Record<keyof SettingsDraft, SettingFault>>> => ({
  ...(isCount(draft.maxTokens, true) ? {} : { maxTokens: 'count' }),
  ...(isNumber(draft.temperature) ? {} : { temperature: 'number' }),
  ...(isNumber(draft.topP) ? {} : { topP: 'number' }),
  ...(draft.thinking !== 'budget' || isCount(draft.budget, false) ? {} : { budget: 'count' }),
})

const isCount = (text: string, mayBeEmpty: boolean): boolean =>
  text.trim() === '' ? mayBeEmpty : /^[1-9]\d{0,9}$/.test(text.trim())

/** Limits are the vendor's to say: here it only has to be a number. */
const isNumber = (text: string): boolean => /^(\d{1,3}(\.\d{1,6})?)?$/.test(text.trim())

/** What was set; fields that are empty, or wrong, are not. */
export const settingsOf = (draft: SettingsDraft): Settings => {
  const faults = settingFaultsOf(draft)
  const number = (field: 'maxTokens' | 'temperature' | 'topP' | 'budget'): number | undefined =>
    faults[field] || draft[field].trim() === '' ? undefined : Number(draft[field])
  const [maxTokens, temperature, topP, budgetTokens] = [
    number('maxTokens'),
    number('temperature'),
    number('topP'),
    number('budget'),
  ]
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...thinkingOf(draft, budgetTokens),
    ...(draft.showsThinking && { showsThinking: true }),
  }
}

const thinkingOf = ({ thinking }: SettingsDraft, budgetTokens: number | undefined): Pick<Settings, 'thinking'> => {
  if (thinking === '') return {}
  if (thinking !== 'budget') return { thinking: { effort: thinking } }
  return budgetTokens === undefined ? {} : { thinking: { budgetTokens } }
}

/** What is wrong with each tool, by its id. A name is what all four formats take. */
export const toolFaultsOf = (drafts: readonly ToolDraft[]): Readonly<Record<string, ToolFault>> =>
  Object.fromEntries(
    drafts.flatMap(({ id, name, schema }, place): [string, ToolFault][] => {
      if (!/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(name.trim())) return [[id, 'name']]
      if (drafts.slice(0, place).some((other) => other.name.trim() === name.trim())) return [[id, 'twice']]
      return isObject(jsonIn(schema)) ? [] : [[id, 'schema']]
    }),
  )

/** The tools that have nothing wrong with them. */
export const toolsOf = (drafts: readonly ToolDraft[]): readonly Tool[] => {
  const faults = toolFaultsOf(drafts)
  return drafts.flatMap(({ id, name, description, schema }) => {
    const read = jsonIn(schema)
    if (faults[id] || !isObject(read)) return []
    return [{ name: name.trim(), ...(description.trim() !== '' && { description: description.trim() }), schema: read }]
  })
}

/** A schema to begin with. */
export const EXAMPLE_SCHEMA = JSON.stringify(
  { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  null,
  2,
)
