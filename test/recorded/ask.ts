import type { Api, Interaction } from '../replay/interaction.ts'

/** A request for one recorded answer, as a client of the gateway sends it. */
export interface ClientRequest {
  /** Path and query under the gateway's address. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The recorded query, which must arrive unchanged. */
  readonly query: string
  /** Names of recorded fields it does without. */
  readonly leftOut: readonly string[]
}

const OPENAI_ROOTS = ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1']
const CLAUDE_ROOTS = ['/v1', '/claude/v1', '/v1/anthropic', '/v1/anthropic/v1', '/api/proxy/v1']

/** Every path family under which the gateway serves an API. */
const PATHS: Readonly<Record<Api, readonly string[]>> = {
  'openai.chat': OPENAI_ROOTS.map((root) => `${root}/chat/completions`),
  'openai.responses': OPENAI_ROOTS.map((root) => `${root}/responses`),
  'openai.responses.input_tokens': ['/v1/responses/input_tokens'],
  'anthropic.messages': CLAUDE_ROOTS.map((root) => `${root}/messages`),
  'anthropic.count_tokens': CLAUDE_ROOTS.map((root) => `${root}/messages/count_tokens`),
  'gemini.generateContent': ['/v1beta/models/', '/v1/models/'],
  'gemini.countTokens': ['/v1beta/models/', '/v1/models/'],
  'gemini.embedContent': ['/v1beta/models/', '/v1/models/'],
  'openai.completions': ['/v1/completions', '/v1/openai/completions'],
  'openai.embeddings': ['/v1/embeddings', '/openai/v1/embeddings', '/v1/openai/embeddings'],
}

const SAID = 'What is recorded here is only the answer.'

/** The least a client can send, for answers whose request nobody recorded. */
const MINIMAL: Readonly<Record<Api, Readonly<Record<string, unknown>>>> = {
  'openai.chat': { messages: [{ role: 'user', content: SAID }] },
  'openai.responses': { input: SAID },
  'openai.responses.input_tokens': { input: SAID },
  'anthropic.messages': { max_tokens: 1_024, messages: [{ role: 'user', content: SAID }] },
  'anthropic.count_tokens': { messages: [{ role: 'user', content: SAID }] },
  'gemini.generateContent': { contents: [{ role: 'user', parts: [{ text: SAID }] }] },
  'gemini.countTokens': { contents: [{ role: 'user', parts: [{ text: SAID }] }] },
  'gemini.embedContent': { content: { parts: [{ text: SAID }] } },
  'openai.completions': { prompt: SAID },
  'openai.embeddings': { input: SAID },
}

/**
 * Fields of recorded requests that the gateway refuses on purpose. Their recordings are asked for without them: the
 * answer is what is under test, and it comes all the same.
 */
export const LEFT_OUT: Readonly<
  Record<string, { readonly refused: (value: unknown) => boolean; readonly why: string }>
> = {
  models: { refused: Array.isArray, why: 'OpenRouter’s list of other models: one that nobody quoted could answer' },
  previous_response_id: {
    refused: (value) => typeof value === 'string',
    why: 'a response that was never kept here: another user’s could be continued on the shared account',
  },
  conversation: {
    refused: (value) => value !== null,
    why: 'a conversation of the vendor’s account: another user’s could be gone on with',
  },
  background: { refused: (value) => value === true, why: 'an answer made later reports its usage to nobody' },
}

const leftOutOf = (body: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(LEFT_OUT).flatMap(([name, { refused }]) => (name in body && refused(body[name]) ? [name] : []))

const isGemini = (api: Api): boolean => api.startsWith('gemini.')

/** The recorded body, asking for this very interaction; what was recorded under another vendor's rules is made ours. */
const bodyOf = ({ id, api, stream, request }: Interaction): Record<string, unknown> => {
  const body: Record<string, unknown> = { ...(request.body ?? MINIMAL[api]) }
  // Ollama's own embedding endpoint takes a prompt where OpenAI's takes an input.
  if (api === 'openai.embeddings' && !('input' in body)) return { ...MINIMAL[api], model: id }
  for (const name of leftOutOf(body)) delete body[name]
  // Claude at a cloud wants the version of its API here.
  delete body['anthropic_version']
  if (isGemini(api)) {
    delete body['model']
    // Google wants each request inside another to name the model of the path again.
    if (Array.isArray(body['requests'])) {
      body['requests'] = body['requests'].map((inner: Record<string, unknown>) => ({ ...inner, model: `models/${id}` }))
    }
    const counted = body['generateContentRequest']
    if (counted !== undefined) body['generateContentRequest'] = { ...(counted as object), model: `models/${id}` }
    return body
  }
  body['model'] = id
  if (stream) body['stream'] = true
  return body
}

const geminiMethod = ({ api, stream, request }: Interaction): string => {
  const recorded = /:(\w+)$/.exec(request.path ?? '')?.[1]
  if (recorded !== undefined && recorded in GEMINI_METHODS) return recorded
  if (api === 'gemini.countTokens') return 'countTokens'
  if (api === 'gemini.embedContent') return 'embedContent'
  return stream ? 'streamGenerateContent' : 'generateContent'
}
const GEMINI_METHODS = {
  generateContent: 0,
  streamGenerateContent: 0,
  countTokens: 0,
  embedContent: 0,
  batchEmbedContents: 0,
}

/** The four places a client may put its key, on any path. */
const presentKey = (key: string, turn: number): { headers: Record<string, string>; query: string } => {
  if (turn % 4 === 0) return { headers: { authorization: `Bearer ${key}` }, query: '' }
  if (turn % 4 === 1) return { headers: { 'x-api-key': key }, query: '' }
  if (turn % 4 === 2) return { headers: { 'x-goog-api-key': key }, query: '' }
  return { headers: {}, query: `key=${key}` }
}

/** Recorded request headers that mean something to a vendor; the rest belongs to the recording's connection. */
const VENDOR_HEADER = /^(anthropic-|openai-|x-stainless-|accept$)/

const recordedHeaders = ({ request }: Interaction): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers ?? {})
      .map(([name, value]): [string, string] => [name.toLowerCase(), String(value)])
      .filter(([name, value]) => VENDOR_HEADER.test(name) && /^[\x20-\x7e]+$/.test(value)),
  )

/** `turn` picks the path family and the way to present the key, so that a suite goes through all of them. */
export const clientRequest = (interaction: Interaction, key: string, turn: number): ClientRequest => {
  const { api, id, stream } = interaction
  const families = PATHS[api]
  const family = families[turn % families.length] ?? ''
  const path = isGemini(api) ? `${family}${encodeURIComponent(id)}:${geminiMethod(interaction)}` : family
  const recorded = interaction.request.query ?? ''
  const asSse = isGemini(api) && stream && typeof interaction.response.body === 'string' && recorded === ''
  const query = asSse ? 'alt=sse' : recorded.replace(/(^|&)key=[^&]*/, '')
  const presented = presentKey(key, turn)
  const queries = [query, presented.query].filter((part) => part !== '').join('&')
  return {
    target: path + (queries === '' ? '' : `?${queries}`),
    headers: { ...recordedHeaders(interaction), 'content-type': 'application/json', ...presented.headers },
    body: JSON.stringify(bodyOf(interaction)),
    query,
    leftOut: leftOutOf(interaction.request.body ?? {}),
  }
}
