import type { Format } from './world.ts'

/** Tokens in buckets that do not overlap; `reasoning` is a part of `output`. */
export interface Buckets {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly output: number
  readonly reasoning: number
}

/** What an upstream is about to say. */
export interface Saying {
  readonly serve: number
  readonly model: string
  readonly words: number
  /** `undefined`: it does not tell. */
  readonly usage: Buckets | undefined
  /** `undefined`: it does not tell. */
  readonly tier: string | undefined
}

/** A stream: what comes before the first word, the words in pieces, and its end. */
export interface Pieces {
  readonly head: string
  readonly words: readonly { readonly count: number; readonly text: string }[]
  readonly tail: string
  /** What a failure inside the stream looks like. */
  readonly error: string
}

/** Each is one token of o200k, so that what was delivered can be counted without a tokeniser. */
export const WORD = ' the'
const WORDS_A_PIECE = 4

const inputOf = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: Buckets): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h

const chatUsage = (usage: Buckets, serve: number) => ({
  prompt_tokens: inputOf(usage),
  completion_tokens: usage.output,
  total_tokens: inputOf(usage) + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite5m },
  completion_tokens_details: { reasoning_tokens: usage.reasoning },
  workload_serve: serve,
})

const responsesUsage = (usage: Buckets, serve: number) => ({
  input_tokens: inputOf(usage),
  input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite5m },
  output_tokens: usage.output,
  output_tokens_details: { reasoning_tokens: usage.reasoning },
  total_tokens: inputOf(usage) + usage.output,
  workload_serve: serve,
})

const messagesUsage = (usage: Buckets, serve: number, output = usage.output) => ({
  input_tokens: usage.input,
  cache_read_input_tokens: usage.cacheRead,
  cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
  cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite5m, ephemeral_1h_input_tokens: usage.cacheWrite1h },
  output_tokens: output,
  workload_serve: serve,
})

const geminiUsage = (usage: Buckets, serve: number, candidates: number, thoughts: number) => ({
  promptTokenCount: inputOf(usage),
  cachedContentTokenCount: usage.cacheRead,
  candidatesTokenCount: candidates,
  thoughtsTokenCount: thoughts,
  totalTokenCount: inputOf(usage) + candidates + thoughts,
  workload_serve: serve,
})

const tierOf = ({ tier }: Saying) => (tier === undefined ? {} : { service_tier: tier })
const textOf = (words: number): string => WORD.repeat(words)

type Unary = (saying: Saying) => unknown
type Streamed = (saying: Saying) => Pieces

const data = (event: unknown): string => `data: ${JSON.stringify(event)}\n\n`
const named = (event: { readonly type: string; readonly [member: string]: unknown }): string =>
  `event: ${event.type}\n${data(event)}`

const piecesOf = (words: number, write: (text: string, wordsSoFar: number) => string): Pieces['words'] =>
  Array.from({ length: Math.ceil(words / WORDS_A_PIECE) }, (_, index) => {
    const count = Math.min(WORDS_A_PIECE, words - index * WORDS_A_PIECE)
    return { count, text: write(textOf(count), index * WORDS_A_PIECE + count) }
  })

const chat: Unary = (saying) => ({
  id: `chatcmpl-${saying.serve}`,
  object: 'chat.completion',
  created: 1_700_000_000,
  model: saying.model,
  ...tierOf(saying),
  choices: [
    { index: 0, message: { role: 'assistant', content: textOf(saying.words), refusal: null }, finish_reason: 'stop' },
  ],
  ...(saying.usage && { usage: chatUsage(saying.usage, saying.serve) }),
})

const chatStream: Streamed = (saying) => {
  const chunk = (choices: readonly unknown[], more: object = {}): string =>
    data({
      id: `chatcmpl-${saying.serve}`,
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: saying.model,
      ...tierOf(saying),
      choices,
      ...more,
    })
  const choice = (delta: object, finish: string | null = null) => [{ index: 0, delta, finish_reason: finish }]
  const usage = saying.usage ? chunk([], { usage: chatUsage(saying.usage, saying.serve) }) : ''
  return {
    head: chunk(choice({ role: 'assistant', content: '' })),
    words: piecesOf(saying.words, (content) => chunk(choice({ content }))),
    tail: `${chunk(choice({}, 'stop'))}${usage}data: [DONE]\n\n`,
    error: data({ error: { message: 'the machine fell over', type: 'server_error', code: null } }),
  }
}

const responsesItem = (saying: Saying) => ({
  id: `msg_${saying.serve}`,
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: textOf(saying.words), annotations: [] }],
})

const responsesBody = (saying: Saying, status: 'completed' | 'in_progress' | 'failed') => ({
  id: `resp_${saying.serve}`,
  object: 'response',
  created_at: 1_700_000_000,
  model: saying.model,
  status,
  error: status === 'failed' ? { code: 'server_error', message: 'the machine fell over' } : null,
  ...tierOf(saying),
  output: status === 'completed' ? [responsesItem(saying)] : [],
  usage: status === 'completed' && saying.usage ? responsesUsage(saying.usage, saying.serve) : null,
})

const responsesStream: Streamed = (saying) => {
  const item = { item_id: `msg_${saying.serve}`, output_index: 0, content_index: 0 }
  let sequence = 0
  const event = (type: string, more: object): string => named({ type, sequence_number: sequence++, ...more })
  const part = (text: string) => ({ type: 'output_text', text, annotations: [] })
  const begun = { ...responsesItem(saying), status: 'in_progress', content: [] }
  const text = textOf(saying.words)
  return {
    head: [
      event('response.created', { response: responsesBody(saying, 'in_progress') }),
      event('response.output_item.added', { output_index: 0, item: begun }),
      event('response.content_part.added', { ...item, part: part('') }),
    ].join(''),
    words: piecesOf(saying.words, (delta) => event('response.output_text.delta', { ...item, delta, logprobs: [] })),
    tail: [
      event('response.output_text.done', { ...item, text, logprobs: [] }),
      event('response.content_part.done', { ...item, part: part(text) }),
      event('response.output_item.done', { output_index: 0, item: responsesItem(saying) }),
      event('response.completed', { response: responsesBody(saying, 'completed') }),
    ].join(''),
    error: event('response.failed', { response: responsesBody(saying, 'failed') }),
  }
}

/** Messages has no answers without usage. */
const usageOf = ({ usage }: Saying): Buckets => {
  if (!usage) throw new Error('an answer of Messages tells its usage')
  return usage
}

const messages: Unary = (saying) => ({
  id: `msg_${saying.serve}`,
  type: 'message',
  role: 'assistant',
  model: saying.model,
  content: [{ type: 'text', text: textOf(saying.words) }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: messagesUsage(usageOf(saying), saying.serve),
})

const messagesStream: Streamed = (saying) => {
  const usage = usageOf(saying)
  const message = { ...(messages(saying) as object), content: [], stop_reason: null }
  const end = { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null } }
  return {
    head: [
      named({ type: 'message_start', message: { ...message, usage: messagesUsage(usage, saying.serve, 1) } }),
      named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ].join(''),
    words: piecesOf(saying.words, (text) =>
      named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    ),
    tail: [
      named({ type: 'content_block_stop', index: 0 }),
      named({ ...end, usage: { output_tokens: usage.output } }),
      named({ type: 'message_stop' }),
    ].join(''),
    error: named({ type: 'error', error: { type: 'overloaded_error', message: 'the machine fell over' } }),
  }
}

const geminiBody = (saying: Saying, text: string, end: object, counted: { words: number; isOver: boolean }) => {
  const { usage } = saying
  const [candidates, thoughts] =
    counted.isOver && usage ? [usage.output - usage.reasoning, usage.reasoning] : [counted.words, 0]
  return {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...end }],
    ...(usage && { usageMetadata: geminiUsage(usage, saying.serve, candidates, thoughts) }),
    modelVersion: saying.model,
    responseId: `gem-${saying.serve}`,
  }
}

const gemini: Unary = (saying) =>
  geminiBody(saying, textOf(saying.words), { finishReason: 'STOP' }, { words: saying.words, isOver: true })

const geminiStream: Streamed = (saying) => ({
  head: '',
  words: piecesOf(saying.words, (text, words) => data(geminiBody(saying, text, {}, { words, isOver: false }))),
  tail: data(geminiBody(saying, '', { finishReason: 'STOP' }, { words: saying.words, isOver: true })),
  error: data({ error: { code: 503, message: 'the machine fell over', status: 'UNAVAILABLE' } }),
})

export const unary: Readonly<Record<Format, Unary>> = {
  chat,
  responses: (saying) => responsesBody(saying, 'completed'),
  messages,
  gemini,
}

export const streamed: Readonly<Record<Format, Streamed>> = {
  chat: chatStream,
  responses: responsesStream,
  messages: messagesStream,
  gemini: geminiStream,
}

/** How a whole error looks. */
export const errorBody = (format: Format, status: number): unknown => {
  const message = 'the machine fell over'
  if (format === 'messages') return { type: 'error', error: { type: 'api_error', message } }
  if (format === 'gemini') return { error: { code: status, message, status: 'UNAVAILABLE' } }
  return { error: { message, type: 'server_error', param: null, code: null } }
}

/** Words in one event of a stream, as a client of the format reads it; `isEnd`: nothing is missing. */
export const readEvent = (format: Format, line: string): { readonly words: number; readonly isEnd: boolean } => {
  if (line === 'data: [DONE]') return { words: 0, isEnd: true }
  if (!line.startsWith('data: {')) return NOTHING_READ
  const event = JSON.parse(line.slice('data: '.length))
  switch (format) {
    case 'chat':
      return { words: wordsIn(event.choices?.[0]?.delta?.content), isEnd: false }
    case 'responses':
      if (event.type === 'response.output_text.delta') return { words: wordsIn(event.delta), isEnd: false }
      return { words: 0, isEnd: event.type === 'response.completed' }
    case 'messages':
      return { words: wordsIn(event.delta?.text), isEnd: event.type === 'message_stop' }
    case 'gemini': {
      const candidate = event.candidates?.[0]
      const parts: readonly { text?: string }[] = candidate?.content?.parts ?? []
      return { words: wordsIn(parts.map(({ text }) => text ?? '').join('')), isEnd: candidate?.finishReason === 'STOP' }
    }
  }
}

const NOTHING_READ = { words: 0, isEnd: false }
const wordsIn = (text: string | undefined): number => (text ?? '').split(WORD).length - 1
