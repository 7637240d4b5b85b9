import type { AnswerShape, Effort, ReasoningWish, Settings, Sourced } from '../../canon/conversation.ts'
import { textOf } from '../json.ts'
import { fromOpenApi } from '../shared/schema.ts'
import {
  type Field,
  type Members,
  type Reading,
  booleanIn,
  leaveOut,
  leaveOutRest,
  membersIn,
  membersOf,
  numberIn,
  objectsIn,
  stringIn,
  stringsIn,
} from './members.ts'

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

const NUMBERS = {
  temperature: 'temperature',
  topP: 'topP',
  topK: 'topK',
  candidateCount: 'choices',
  maxOutputTokens: 'outputTokensMax',
  seed: 'seed',
  presencePenalty: 'presencePenalty',
  frequencyPenalty: 'frequencyPenalty',
} as const satisfies Readonly<Record<string, keyof Settings>>

/** `generationConfig`. What no other format has a word for is left out, saying so, as an unknown field is. */
export const parseSettings = (reading: Reading, field: Field | undefined): Settings => {
  const config = membersIn(reading, field)
  if (!config) return {}
  const settings: Writable<Settings> = {}
  for (const [name, setting] of Object.entries(NUMBERS)) {
    const member = config.take(name)
    const value = numberIn(reading, member)
    if (member && value !== undefined) settings[setting] = { value, pointer: member.pointer }
  }
  const stop = config.take('stopSequences')
  const sequences = stringsIn(reading, stop, 'an array of strings')
  if (stop && sequences) settings.stop = { value: sequences, pointer: stop.pointer }
  readLogprobs(reading, config, settings)
  readThinking(reading, config.take('thinkingConfig'), settings)
  const shape = readShape(reading, config)
  if (shape) settings.shape = shape
  readModalities(reading, config.take('responseModalities'))
  // It is read with the media it is about.
  config.take('mediaResolution')
  leaveOutRest(reading, config)
  return settings
}

const readLogprobs = (reading: Reading, config: Members, settings: Writable<Settings>): void => {
  const wanted = config.take('responseLogprobs')
  const count = config.take('logprobs')
  if (booleanIn(reading, wanted) !== true || !wanted) leaveOut(reading, count, 'ignore')
  else settings.logprobs = { value: numberIn(reading, count) ?? 0, pointer: wanted.pointer }
}

const EFFORTS: Readonly<Record<string, Effort>> = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' }

const readThinking = (reading: Reading, field: Field | undefined, settings: Writable<Settings>): void => {
  const config = membersIn(reading, field)
  if (!config || !field) return
  const visible = booleanIn(reading, config.take('includeThoughts'))
  const budget = numberIn(reading, config.take('thinkingBudget'))
  const level = config.take('thinkingLevel')
  const effort = EFFORTS[(stringIn(reading, level) ?? '').toUpperCase()]
  if (effort === undefined && textOf(level?.value).toUpperCase() !== 'THINKING_LEVEL_UNSPECIFIED')
    leaveOut(reading, level, 'drop')
  leaveOutRest(reading, config)
  const value: ReasoningWish = { ...wishOf(budget, effort), ...(visible !== undefined && { visible }) }
  settings.reasoning = { value, pointer: field.pointer }
}

/** A budget of 0 is off and one of -1 up to the model, which is what Gemini does where nothing is said. */
const wishOf = (budget: number | undefined, effort: Effort | undefined): ReasoningWish => {
  if (effort !== undefined) return { mode: 'effort', effort }
  if (budget === undefined || budget < 0) return { mode: 'adaptive' }
  return budget === 0 ? { mode: 'off' } : { mode: 'budget', budgetTokens: budget }
}

const JSON_TYPE = 'application/json'

/** The three ways to ask for JSON, of which the newest wins. */
const readShape = (reading: Reading, config: Members): Sourced<AnswerShape> | undefined => {
  const type = config.take('responseMimeType')
  const mimeType = stringIn(reading, type) || 'text/plain'
  if (mimeType !== 'text/plain' && mimeType !== JSON_TYPE) leaveOut(reading, type, 'refuse')
  const openApi = config.take('responseSchema')
  const schema = config.take('responseJsonSchema')
  const format = readFormats(reading, config.take('responseFormat'))
  const shaped = (pointer: string, value: AnswerShape): Sourced<AnswerShape> => ({ value, pointer })
  if (format) return format
  if (schema) return shaped(schema.pointer, { kind: 'json-schema', schema: schema.value })
  if (openApi) return shaped(openApi.pointer, { kind: 'json-schema', schema: fromOpenApi(openApi.value) })
  return type && mimeType === JSON_TYPE ? shaped(type.pointer, { kind: 'json-object' }) : undefined
}

const readFormats = (reading: Reading, field: Field | undefined): Sourced<AnswerShape> | undefined => {
  let found: Sourced<AnswerShape> | undefined
  for (const { value, pointer } of objectsIn(reading, field, 'an array of response formats')) {
    const members = membersOf(value, pointer)
    const text = membersIn(reading, members.take('text'))
    for (const [, other] of members.rest()) leaveOut(reading, other, 'refuse')
    if (!text) continue
    const schema = text.take('schema')
    const type = text.take('mimeType')
    leaveOutRest(reading, text)
    if (schema) found = { value: { kind: 'json-schema', schema: fromOpenApi(schema.value) }, pointer: schema.pointer }
    else if (type?.value === JSON_TYPE) found = { value: { kind: 'json-object' }, pointer: type.pointer }
    else leaveOut(reading, type, type?.value === 'text/plain' ? 'ignore' : 'refuse')
  }
  return found
}

const readModalities = (reading: Reading, field: Field | undefined): void => {
  const modalities = stringsIn(reading, field, 'an array of modalities')
  if (!modalities) return
  const isText = modalities.every((modality) => ['TEXT', 'MODALITY_UNSPECIFIED'].includes(modality.toUpperCase()))
  leaveOut(reading, field, isText ? 'ignore' : 'refuse')
}
