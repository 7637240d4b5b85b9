/** What a recorded answer's own JSON says it used. Written from the vendors' documentation, sharing no code with `src`. */
export interface Expected {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly reasoning: number
  readonly audio: number
}

type Json = Readonly<Record<string, unknown>>

/** The value at a path, wherever that leads. */
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Json)[key] : undefined),
    value,
  )

const listAt = (value: unknown, key: string): readonly unknown[] => (at(value, key) ?? []) as readonly unknown[]

/** The number at the first of several paths that holds one; 0 when none does. */
const numberAt = (value: unknown, ...paths: readonly string[]): number =>
  (paths.map((path) => at(value, ...path.split('.'))).find((found) => typeof found === 'number') ?? 0) as number

/** Why a figure is not simply the reported one. */
export type Note =
  | 'reports no usage'
  | 'reports zeros for an answer: unknown'
  | 'output by the total: reasoning left out of completion_tokens'
  | 'input by the total: audio left out of prompt_tokens'
  | 'cached parts above the prompt: cut to it'
  | 'reasoning above the output: cut to it'
  | 'iterations beside the top level: added'

export interface Reported {
  readonly expected: Expected | undefined
  readonly notes: readonly Note[]
}

/** Every JSON object in a body: one, a list of them, or the data lines of a stream. */
const objectsIn = (body: unknown): readonly unknown[] => {
  if (typeof body !== 'string') return Array.isArray(body) ? body : [body]
  const found: unknown[] = []
  for (const text of [
    body,
    ...body.split(/\r\n|\n|\r/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : [])),
  ]) {
    const value = parsed(text)
    found.push(...(Array.isArray(value) ? value : [value]))
  }
  return found
}

/** `undefined`, which holds no report, for what is no JSON: a whole stream, a last line of one. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const PLACES = ['usage', 'response.usage', 'message.usage', 'usageMetadata', 'x_groq.usage']

/** The newest report of usage in the body; Anthropic's is spread over two events, the later overriding the earlier. */
const reportIn = (body: unknown): Json | undefined => {
  let report: Json | undefined
  for (const object of objectsIn(body)) {
    const said = PLACES.map((place) => at(object, ...place.split('.'))).find((found) => found)
    if (said) report = { ...report, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)) }
  }
  return report
}

const openAi = (said: Json): Reported => {
  const notes: Note[] = []
  const total = numberAt(said, 'total_tokens')
  let output = numberAt(said, 'completion_tokens', 'output_tokens')
  let input =
    'prompt_tokens' in said || 'input_tokens' in said ? numberAt(said, 'prompt_tokens', 'input_tokens') : total - output
  let reasoning = numberAt(
    said,
    'completion_tokens_details.reasoning_tokens',
    'output_tokens_details.reasoning_tokens',
    'reasoning_tokens',
  )
  const audioIn = numberAt(said, 'prompt_tokens_details.audio_tokens')
  const audioOut = numberAt(said, 'completion_tokens_details.audio_tokens')
  const beside = total - input - output
  if (beside > 0 && beside === audioIn) {
    input += audioIn
    notes.push('input by the total: audio left out of prompt_tokens')
  } else if (beside > 0) {
    output += beside
    reasoning ||= beside
    notes.push('output by the total: reasoning left out of completion_tokens')
  }
  const cached = numberAt(said, ...CACHED)
  const written = numberAt(
    said,
    'prompt_tokens_details.cache_write_tokens',
    'input_tokens_details.cache_write_tokens',
    'cache_creation_input_tokens',
  )
  if (cached + written > input) notes.push('cached parts above the prompt: cut to it')
  if (reasoning > output - audioOut) notes.push('reasoning above the output: cut to it')
  const cacheRead = Math.min(input, cached)
  const cacheWrite = Math.min(input - cacheRead, written)
  reasoning = Math.min(reasoning, output - audioOut)
  return { expected: { input, output, cacheRead, cacheWrite, reasoning, audio: audioIn + audioOut }, notes }
}

const CACHED = [
  'prompt_tokens_details.cached_tokens',
  'input_tokens_details.cached_tokens',
  'prompt_cache_hit_tokens',
  'cached_tokens',
  'num_cached_tokens',
  'cache_read_input_tokens',
]

const anthropic = (said: Json): Reported => {
  const iterations = listAt(said, 'iterations')
  const sum = (name: string): number =>
    iterations.length > 0
      ? iterations.reduce<number>((all, each) => all + numberAt(each, name), 0)
      : numberAt(said, name)
  const [cacheRead, cacheWrite] = [sum('cache_read_input_tokens'), sum('cache_creation_input_tokens')]
  const input = sum('input_tokens') + cacheRead + cacheWrite
  const reasoning = numberAt(said, 'output_tokens_details.thinking_tokens')
  const beside = iterations.some((each) => at(each, 'type') !== 'message')
  const expected = { input, output: sum('output_tokens'), cacheRead, cacheWrite, reasoning, audio: 0 }
  return { expected, notes: beside ? ['iterations beside the top level: added'] : [] }
}

const gemini = (said: Json): Reported => {
  if (said.promptTokenCount === undefined) return { expected: undefined, notes: ['reports no usage'] }
  const audioAt = (name: string): number =>
    listAt(said, name).reduce<number>(
      (all, each) => all + (at(each, 'modality') === 'AUDIO' ? numberAt(each, 'tokenCount') : 0),
      0,
    )
  const expected = {
    input: numberAt(said, 'promptTokenCount') + numberAt(said, 'toolUsePromptTokenCount'),
    output: numberAt(said, 'candidatesTokenCount') + numberAt(said, 'thoughtsTokenCount'),
    cacheRead: numberAt(said, 'cachedContentTokenCount'),
    cacheWrite: 0,
    reasoning: numberAt(said, 'thoughtsTokenCount'),
    audio: audioAt('promptTokensDetails') - audioAt('cacheTokensDetails') + audioAt('candidatesTokensDetails'),
  }
  return { expected, notes: [] }
}

/** What should be metered for a recorded answer: `undefined` where it reports nothing, or nothing but zeros. */
export const expectedOf = (api: string, body: unknown): Reported => {
  const said = reportIn(body)
  if (!said) return { expected: undefined, notes: ['reports no usage'] }
  const reported = api.startsWith('gemini')
    ? gemini(said)
    : api.startsWith('anthropic')
      ? anthropic(said)
      : openAi(said)
  const { expected } = reported
  if (!expected || expected.input + expected.output > 0) return reported
  return { expected: undefined, notes: ['reports zeros for an answer: unknown'] }
}
