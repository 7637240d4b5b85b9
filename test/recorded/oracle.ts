import type { Interaction } from '../replay/interaction.ts'
import { asObject, type Json, objectsOf } from './events.ts'

/**
 * What a recorded answer says it used, read straight from the vendors' documentation and written without a look at the
 * gateway's own readers: the two must agree, and neither may be made from the other.
 */
export interface Buckets {
  readonly input: number
  readonly input_audio: number
  readonly cache_read: number
  readonly cache_write_5m: number
  readonly cache_write_1h: number
  readonly output: number
  readonly output_audio: number
  readonly reasoning: number
}

const n = (from: Json | undefined, name: string): number => {
  const value = from?.[name]
  return typeof value === 'number' ? value : 0
}

/** OpenAI's totals contain their details. `total_tokens` tells of vendors that left some out of the totals. */
const openaiBuckets = (usage: Json): Buckets => {
  const inside = asObject(usage['prompt_tokens_details']) ?? asObject(usage['input_tokens_details'])
  const made = asObject(usage['completion_tokens_details']) ?? asObject(usage['output_tokens_details'])
  let prompt = n(usage, 'prompt_tokens') + n(usage, 'input_tokens')
  let completion = n(usage, 'completion_tokens') + n(usage, 'output_tokens')
  const audioIn = n(inside, 'audio_tokens')
  let reasoning = n(made, 'reasoning_tokens')
  const outside = n(usage, 'total_tokens') - prompt - completion
  if (prompt + completion === 0) prompt = n(usage, 'total_tokens')
  // xAI counts reasoning beside the completion, Mistral audio beside the prompt; Gemini's compatible endpoint hides thoughts.
  else if (outside > 0 && outside === audioIn) prompt += outside
  else if (outside > 0) {
    completion += outside
    if (reasoning === 0) reasoning = outside
  }
  const cached =
    n(inside, 'cached_tokens') ||
    n(usage, 'prompt_cache_hit_tokens') ||
    n(usage, 'cached_tokens') ||
    n(usage, 'num_cached_tokens') ||
    n(usage, 'cache_read_input_tokens')
  const written = n(inside, 'cache_write_tokens') || n(usage, 'cache_creation_input_tokens')
  // A part cannot be larger than what it is part of: Azure repeats the cached tokens of an earlier turn.
  const cacheRead = Math.min(cached, prompt)
  const cacheWrite = Math.min(written, prompt - cacheRead)
  const inputAudio = Math.min(audioIn, prompt - cacheRead - cacheWrite)
  const outputAudio = Math.min(n(made, 'audio_tokens'), completion)
  return {
    input: prompt - cacheRead - cacheWrite - inputAudio,
    input_audio: inputAudio,
    cache_read: cacheRead,
    cache_write_5m: cacheWrite,
    cache_write_1h: 0,
    output: completion - outputAudio,
    output_audio: outputAudio,
    reasoning: Math.min(reasoning, completion - outputAudio),
  }
}

/** The tokens of one pass over a model; the split of what was written to the cache may be missing or incomplete. */
const anthropicPass = (usage: Json): Omit<Buckets, 'reasoning'> => {
  const split = asObject(usage['cache_creation'])
  const writtenForAnHour = n(split, 'ephemeral_1h_input_tokens')
  // What a server tool adds to the total after the split was sent lives five minutes.
  const written = n(usage, 'cache_creation_input_tokens') - writtenForAnHour
  return {
    input: n(usage, 'input_tokens'),
    input_audio: 0,
    cache_read: n(usage, 'cache_read_input_tokens'),
    cache_write_5m: Math.max(written, n(split, 'ephemeral_5m_input_tokens')),
    cache_write_1h: writtenForAnHour,
    output: n(usage, 'output_tokens'),
    output_audio: 0,
  }
}

const sum = (passes: readonly Omit<Buckets, 'reasoning'>[]): Omit<Buckets, 'reasoning'> => {
  const [first, ...rest] = passes
  if (!first) return anthropicPass({})
  return rest.reduce((total, pass) => {
    const added = Object.entries(pass).map(([name, count]) => [name, count + total[name as keyof typeof pass]])
    return Object.fromEntries(added) as typeof pass
  }, first)
}

/**
 * Anthropic's counts are disjoint already; those of the last event replace the first ones. Compactions and advisors run
 * beside the answer and are billed too, but stand only in `iterations`: there the whole is their sum.
 */
const anthropicBuckets = (objects: readonly Json[]): Buckets => {
  const reports = objects.flatMap((object) => [
    asObject(asObject(object['message'])?.['usage']),
    asObject(object['usage']),
  ])
  const usage: Json = Object.assign(
    {},
    ...reports.map((report) => Object.fromEntries(Object.entries(report ?? {}).filter(([, value]) => value !== null))),
  )
  const iterations = Array.isArray(usage['iterations'])
    ? usage['iterations'].map(asObject).filter((each) => each !== undefined)
    : []
  const whole = sum((iterations.length > 0 ? iterations : [usage]).map(anthropicPass))
  return { ...whole, reasoning: n(asObject(usage['output_tokens_details']), 'thinking_tokens') }
}

/** Tokens of audio in one of Gemini's lists by modality; recorded with enums as numbers, audio is 4. */
const audio = (usage: Json, list: string): number => {
  const entries = usage[list]
  if (!Array.isArray(entries)) return 0
  return entries
    .map(asObject)
    .filter((entry) => entry?.['modality'] === 'AUDIO' || entry?.['modality'] === 4)
    .reduce((sum, entry) => sum + n(entry, 'tokenCount'), 0)
}

/** Gemini counts what is cached inside the prompt, tool results beside it, and thoughts beside the candidates. */
const geminiBuckets = (usage: Json): Buckets => {
  const inputAudio =
    audio(usage, 'promptTokensDetails') +
    audio(usage, 'toolUsePromptTokensDetails') -
    audio(usage, 'cacheTokensDetails')
  const outputAudio = audio(usage, 'candidatesTokensDetails')
  const cached = n(usage, 'cachedContentTokenCount')
  return {
    input: n(usage, 'promptTokenCount') + n(usage, 'toolUsePromptTokenCount') - cached - inputAudio,
    input_audio: inputAudio,
    cache_read: cached,
    cache_write_5m: 0,
    cache_write_1h: 0,
    output: n(usage, 'candidatesTokenCount') + n(usage, 'thoughtsTokenCount') - outputAudio,
    output_audio: outputAudio,
    reasoning: n(usage, 'thoughtsTokenCount'),
  }
}

const lastOf = (objects: readonly Json[], find: (object: Json) => unknown): Json | undefined =>
  objects.map((object) => asObject(find(object))).findLast((usage) => usage !== undefined)

/** The usage a recorded answer reports; `undefined` when it reports none, or only zeros. */
export const reportedUsage = ({ api, response }: Interaction): Buckets | undefined => {
  const objects = objectsOf(response.body)
  const buckets = (): Buckets | undefined => {
    if (api === 'anthropic.messages') return anthropicBuckets(objects)
    if (api === 'gemini.generateContent' || api === 'gemini.embedContent') {
      const usage = lastOf(objects, (object) => object['usageMetadata'])
      return usage && geminiBuckets(usage)
    }
    const usage =
      lastOf(objects, (object) => object['usage'] ?? asObject(object['response'])?.['usage']) ??
      lastOf(objects, (object) => asObject(object['x_groq'])?.['usage'])
    return usage && openaiBuckets(usage)
  }
  const found = buckets()
  return found && Object.values(found).some((count) => count > 0) ? found : undefined
}

/** Of all events of an answer the one that tells most. */
const mostOf = (objects: readonly Json[], count: (object: Json) => number): number =>
  objects.reduce((most, object) => Math.max(most, count(object)), 0)

const items = (value: unknown): readonly Json[] =>
  (Array.isArray(value) ? value : []).map(asObject).filter((entry) => entry !== undefined)

/** OpenAI bills calls that searched, not those that opened a page that was found. */
const openaiSearches = (event: Json): number => {
  const response = asObject(event['response']) ?? event
  if (!['completed', 'incomplete'].includes(String(response['status']))) return 0
  const told = asObject(asObject(response['tool_usage'])?.['web_search'])
  if (told) return n(told, 'num_requests')
  return items(response['output']).filter(
    ({ type, action }) => type === 'web_search_call' && (asObject(action)?.['type'] ?? 'search') === 'search',
  ).length
}

const geminiSearches = (event: Json): number =>
  items(event['candidates'])
    .map((candidate) => asObject(candidate['groundingMetadata'])?.['webSearchQueries'])
    .reduce<number>((sum, queries) => sum + (Array.isArray(queries) ? queries.length : 0), 0)

/** How many searches of the web were made that the vendor bills: the last report counts them all. */
export const reportedSearches = ({ api, response }: Interaction): number => {
  if (api === 'openai.responses') return mostOf(objectsOf(response.body), openaiSearches)
  if (api === 'gemini.generateContent') return mostOf(objectsOf(response.body), geminiSearches)
  if (api !== 'anthropic.messages') return 0
  const reports = objectsOf(response.body).flatMap((object) => [
    asObject(object['message'])?.['usage'],
    object['usage'],
  ])
  const tools = reports.map((usage) => asObject(asObject(usage)?.['server_tool_use'])).findLast(Boolean)
  return n(tools, 'web_search_requests')
}

/** OpenAI's table of an image of a megapixel; one that says no quality or size is an ordinary square. */
const IMAGE_TOKENS: Readonly<Record<string, number>> = { low: 272, medium: 1_056, high: 4_160 }
const imageTokens = ({ quality, size }: Json): number => {
  const [width = 1_024, height = 1_024] = /^\d+x\d+$/.test(String(size)) ? String(size).split('x').map(Number) : []
  return Math.ceil(((IMAGE_TOKENS[String(quality)] ?? 1_056) * width * height) / 1_024 ** 2)
}

/** What tools of OpenAI's kind used beside tokens, as the last response has it: calls, containers, tokens of images. */
export const reportedTools = ({ api, response }: Interaction) => {
  const none = { file_searches: 0, code_sessions: 0, image_output: 0 }
  if (api !== 'openai.responses') return none
  const last = objectsOf(response.body)
    .map((event) => asObject(event['response']) ?? event)
    .findLast(({ status }) => ['completed', 'incomplete'].includes(String(status)))
  if (!last) return none
  const output = items(last['output'])
  const of = (type: string): readonly Json[] => output.filter((item) => item['type'] === type)
  const containers = [
    ...of('code_interpreter_call').map((item) => String(item['container_id'] ?? '')),
    ...of('shell_call').flatMap((item) => asObject(item['environment'])?.['container_id'] ?? []),
  ]
  const xai = asObject(asObject(last['usage'])?.['server_side_tool_usage_details'])
  return {
    file_searches: xai ? n(xai, 'file_search_calls') : of('file_search_call').length,
    code_sessions: xai ? n(xai, 'code_interpreter_calls') : new Set(containers).size,
    image_output: of('image_generation_call')
      .filter(({ result }) => typeof result === 'string' && result !== '')
      .reduce((sum, item) => sum + imageTokens(item), 0),
  }
}

/** Counting tokens is free, and its answers have no usage. */
export const isFree = ({ api }: Interaction): boolean =>
  api === 'anthropic.count_tokens' || api === 'gemini.countTokens' || api === 'openai.responses.input_tokens'
