import type { JsonObject } from '../../canon/codec.ts'
import type { AnswerShape, Settings, Sourced } from '../../canon/conversation.ts'
import { isObject } from '../json.ts'
import { below } from '../shared/pointers.ts'
import { parseCacheMark } from './parse-cache.ts'
import { parseReasoningWish, REASONING_FIELDS } from './parse-wish.ts'
import { isAbsent, type Reader } from './reader.ts'

type Field = (reader: Reader, value: unknown, pointer: string, body: JsonObject) => Settings

/** Reads everything that steers a model, and leaves what has no place with its effect. */
export const parseSettings = (reader: Reader, body: JsonObject): Settings => {
  const reasoning = parseReasoningWish(reader, body)
  let settings: Settings = reasoning ? { reasoning } : {}
  for (const [name, value] of Object.entries(body)) {
    if (isAbsent(value) || READ_ELSEWHERE.has(name)) continue
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    if (field) settings = { ...settings, ...field(reader, value, below('', name), body) }
    else reader.leave(below('', name), 'drop')
  }
  return settings
}

const READ_ELSEWHERE: ReadonlySet<string> = new Set([
  ...REASONING_FIELDS,
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'parallel_tool_calls',
  'web_search_options',
])

const NOTHING: Settings = {}

const sourced = <Value>(value: Value | undefined, pointer: string): Sourced<Value> | undefined =>
  value === undefined ? undefined : { value, pointer }

type NamesOf<Value> = {
  [Name in keyof Settings]-?: Settings[Name] extends Sourced<Value> | undefined ? Name : never
}[keyof Settings]

const setting = <Value>(name: NamesOf<Value>, found: Value | undefined, pointer: string): Settings =>
  found === undefined ? NOTHING : ({ [name]: { value: found, pointer } } as Settings)
const number =
  (name: NamesOf<number>): Field =>
  (reader, value, pointer) =>
    setting(name, reader.number(value, pointer), pointer)
const text =
  (name: NamesOf<string>): Field =>
  (reader, value, pointer) =>
    setting(name, reader.text(value, pointer), pointer)

const left =
  (effectOf: (value: unknown, body: JsonObject) => 'drop' | 'refuse' | 'ignore'): Field =>
  (reader, value, pointer, body) => {
    reader.leave(pointer, effectOf(value, body))
    return NOTHING
  }

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0

const FIELDS: Readonly<Record<string, Field>> = {
  max_completion_tokens: number('outputTokensMax'),
  max_tokens: (reader, value, pointer, body) => {
    const found = number('outputTokensMax')(reader, value, pointer, body)
    return isAbsent(body.max_completion_tokens) ? found : NOTHING
  },
  temperature: number('temperature'),
  top_p: number('topP'),
  top_k: number('topK'),
  seed: number('seed'),
  // Mistral's name for it.
  random_seed: number('seed'),
  frequency_penalty: number('frequencyPenalty'),
  presence_penalty: number('presencePenalty'),
  n: number('choices'),
  stop: (reader, value, pointer) => setting('stop', readStop(reader, value, pointer), pointer),
  logprobs: (reader, value, pointer, body) => {
    const alternatives = reader.number(body.top_logprobs, '/top_logprobs') ?? 0
    return setting('logprobs', reader.flag(value, pointer) ? alternatives : undefined, pointer)
  },
  top_logprobs: left((value, body) => (body.logprobs === true || value === 0 ? 'ignore' : 'drop')),
  verbosity: text('verbosity'),
  response_format: (reader, value, pointer) => {
    const shape = readShape(reader, value, pointer)
    return shape ? { shape: { value: shape, pointer } } : NOTHING
  },
  safety_identifier: text('user'),
  user: (reader, value, pointer, body) => {
    if (isAbsent(body.safety_identifier)) return text('user')(reader, value, pointer, body)
    reader.leave(pointer, value === body.safety_identifier ? 'ignore' : 'drop')
    return NOTHING
  },
  metadata: (reader, value, pointer) => {
    const found = sourced(readMetadata(reader, value, pointer), pointer)
    return found ? { metadata: found } : NOTHING
  },
  store: (reader, value, pointer) => {
    const found = sourced(reader.flag(value, pointer), pointer)
    return found ? { store: found } : NOTHING
  },
  service_tier: text('serviceTier'),
  prompt_cache_key: text('promptCacheKey'),
  // A mark for the whole request, as servers in front of Claude take it.
  cache_control: (reader, value, pointer) => {
    const found = sourced(parseCacheMark(reader, value, pointer), pointer)
    return found ? { cache: found } : NOTHING
  },
  prompt_cache_options: (reader, value, pointer) => {
    const options = reader.object(value, pointer) ?? {}
    // The mode says what marks on parts say themselves.
    reader.leaveOthers(options, new Set(['mode']), pointer)
    return NOTHING
  },
  prompt_cache_retention: text('promptCacheRetention'),
  // OpenRouter's wish for the usage, which every answer has.
  usage: left(() => 'ignore'),
  modalities: left((value) => (isTextOnly(value) ? 'ignore' : 'refuse')),
  audio: left((_, { modalities }) => (isTextOnly(modalities) ? 'drop' : 'refuse')),
  logit_bias: left((value) => (isEmpty(value) ? 'ignore' : 'refuse')),
  moderation: left(() => 'refuse'),
  prediction: left(() => 'drop'),
}

const isTextOnly = (modalities: unknown): boolean =>
  isAbsent(modalities) || (Array.isArray(modalities) && modalities.every((modality) => modality === 'text'))

const readStop = (reader: Reader, value: unknown, pointer: string): readonly string[] | undefined => {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return reader.wrong(pointer, 'a string or an array of strings', value)
  const sequences = value.map((sequence, index) => reader.text(sequence, `${pointer}/${index}`))
  const found = sequences.filter((sequence) => sequence !== undefined)
  return found.length === 0 ? undefined : found
}

const readMetadata = (reader: Reader, value: unknown, pointer: string): Record<string, string> | undefined => {
  const object = reader.object(value, pointer)
  if (!object) return undefined
  const metadata: Record<string, string> = {}
  for (const [name, entry] of Object.entries(object)) {
    const found = reader.text(entry, below(pointer, name))
    if (found !== undefined) metadata[name] = found
  }
  return metadata
}

const readShape = (reader: Reader, value: unknown, pointer: string): AnswerShape | undefined => {
  const format = reader.object(value, pointer) ?? {}
  if (format.type === 'text') return { kind: 'text' }
  if (format.type === 'json_object') return { kind: 'json-object' }
  if (format.type !== 'json_schema') {
    reader.leave(pointer, 'refuse')
    return undefined
  }
  const at = `${pointer}/json_schema`
  const said = reader.object(format.json_schema, at) ?? {}
  reader.leaveOthers(said, new Set(['name', 'description', 'strict', 'schema']), at)
  const name = reader.text(said.name, `${at}/name`)
  const description = reader.text(said.description, `${at}/description`)
  const strict = reader.flag(said.strict, `${at}/strict`)
  return {
    kind: 'json-schema',
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
    schema: reader.object(said.schema, `${at}/schema`) ?? {},
  }
}
