import { draftOf, type Rule, type RuleDraft, ruleOf } from './rule-form.ts'

/// Rules as JSON that somebody writes: what can be told of it before the gateway looks at it.

/** The list that was written, or nothing where it is not JSON of a list; nothing written is an empty one. */
export const rulesOfText = (text: string): readonly Rule[] | undefined => {
  if (text.trim() === '') return []
  const rules = parsed(text)
  return Array.isArray(rules) ? (rules as readonly Rule[]) : undefined
}

/** The object that was written, whatever is in it; nothing where it is none. */
export const ruleOfText = (text: string): Rule | undefined => {
  const rule = parsed(text)
  return isRecord(rule) ? (rule as Rule) : undefined
}

/**
 * A rule as a form has it; nothing where it has what no form shows, as a misspelt word, or a model for what is refused: the
 * gateway says what is wrong.
 */
export const draftOfText = (text: string): RuleDraft | undefined => {
  const rule = parsed(text)
  if (!isRecord(rule) || !fits(rule, RULE)) return undefined
  if (!fits(rule['when'] ?? {}, WHEN) || !fits(rule['do'] ?? {}, DO)) return undefined
  const draft = draftOf(rule as Rule)
  return isKept(rule, ruleOf(draft)) ? draft : undefined
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // What is not JSON is said at the field.
    return undefined
  }
}

type Check = (value: unknown) => boolean
type Shape = Readonly<Record<string, Check>>

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText: Check = (value) => typeof value === 'string'
const isTruth: Check = (value) => typeof value === 'boolean'
const isSize: Check = (value) => typeof value === 'string' || typeof value === 'number'
const isList: Check = (value) => Array.isArray(value) && value.every(isText)
const isTexts: Check = (value) => isRecord(value) && Object.values(value).every(isText)

const RULE: Shape = { name: isText, enabled: isTruth, when: isRecord, do: isRecord }
const WHEN: Shape = {
  ...{ models: isList, formats: isList, labels: isList, days: isList, headers: isTexts },
  ...{ bytes_min: isSize, bytes_max: isSize, hours: isText, zone: isText },
  ...{ tools: isTruth, images: isTruth, stream: isTruth },
}
const DO: Shape = { model: isText, channels: isList, parameters: isRecord, refuse: isText }

const fits = (value: unknown, shape: Shape): boolean =>
  isRecord(value) && Object.entries(value).every(([name, each]) => each === null || (shape[name]?.(each) ?? false))

/** Whether a form leaves nothing out of what was written, but for what it says by saying nothing. */
const isKept = (written: unknown, kept: unknown): boolean => {
  if (written === null) return (kept ?? null) === null
  if (isRecord(written)) {
    const members = isRecord(kept) ? kept : {}
    return Object.entries(written).every(
      ([name, value]) => isKept(value, members[name]) || (members[name] === undefined && value === UNSAID[name]),
    )
  }
  return kept !== undefined && plain(written) === plain(kept)
}

const UNSAID: Readonly<Record<string, unknown>> = { enabled: true, zone: 'UTC' }

/** As text, which `0.2` and `"0.2"` are alike: sizes and parameters may be written as either. */
const plain = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/g, '')
