import {
  type Asked,
  type Json,
  listOf,
  objectOf,
  type PastAnswer,
  piecesOf,
  type Reply,
  type Speaker,
  sse,
  textOf,
  type Tool,
  wordsOf,
} from './speaker.ts'

const pastAnswer = (content: unknown): PastAnswer => ({
  calls: listOf(content)
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input }) => ({ id: textOf(id), name: textOf(name), input: JSON.stringify(input) })),
  states: listOf(content).flatMap((block) => {
    if (block.type === 'thinking') return [thinkingState(textOf(block.thinking), textOf(block.signature))]
    return block.type === 'redacted_thinking' ? [`redacted ${textOf(block.data)}`] : []
  }),
})

const thinkingState = (text: string, signature: string): string => `thinking ${signature} ${text}`

const toolsOf = (body: Json): readonly Tool[] =>
  listOf(body.tools).map(({ name, description, input_schema }) => ({
    name: textOf(name),
    form: 'function',
    description: textOf(description),
    schema: objectOf(input_schema),
  }))

/** Models that think whatever is asked, and show it only when they are told to. */
const ALWAYS_THINKING = /^claude-opus-5-5/

const read = (body: Json): Asked => {
  const turns = listOf(body.messages)
  const thinking = objectOf(body.thinking)
  const always = ALWAYS_THINKING.test(textOf(body.model))
  return {
    streams: body.stream === true,
    tools: toolsOf(body),
    answers: turns.filter(({ role }) => role === 'assistant').map(({ content }) => pastAnswer(content)),
    results: turns
      .flatMap(({ content }) => listOf(content))
      .filter(({ type }) => type === 'tool_result')
      .map(({ tool_use_id, content }) => ({ id: textOf(tool_use_id), text: wordsOf(content) })),
    thinks: always || thinking.type === 'adaptive' || thinking.type === 'enabled',
    keepsState: true,
    shows: (thinking.display ?? (always ? 'omitted' : 'summarized')) !== 'omitted',
  }
}

const blocksOf = ({ thought, text, calls, asked }: Reply): readonly Json[] => [
  ...(thought ? [{ type: 'thinking', thinking: asked.shows ? thought.text : '', signature: thought.seal }] : []),
  ...(thought?.hidden === undefined ? [] : [{ type: 'redacted_thinking', data: thought.hidden }]),
  ...(text === '' ? [] : [{ type: 'text', text }]),
  ...calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input: JSON.parse(input) as Json })),
]

const usageOf = ({ usage }: Reply, output: number): Json => ({
  input_tokens: usage.input,
  cache_read_input_tokens: usage.cache_read,
  cache_creation_input_tokens: usage.cache_write_5m + usage.cache_write_1h,
  cache_creation: {
    ephemeral_5m_input_tokens: usage.cache_write_5m,
    ephemeral_1h_input_tokens: usage.cache_write_1h,
  },
  output_tokens: output,
  service_tier: 'standard',
})

const stopOf = ({ calls }: Reply): string => (calls.length > 0 ? 'tool_use' : 'end_turn')

const whole = (reply: Reply): Json => ({
  id: reply.id,
  type: 'message',
  role: 'assistant',
  model: reply.model,
  content: blocksOf(reply),
  stop_reason: stopOf(reply),
  stop_sequence: null,
  usage: usageOf(reply, reply.usage.output),
})

interface Pieces {
  readonly start: Json
  readonly deltas: readonly Json[]
}

const inPieces = (block: Json, call: string | undefined): Pieces => {
  if (block.type === 'thinking')
    return {
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...piecesOf(textOf(block.thinking)).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ],
    }
  if (block.type === 'text')
    return {
      start: { type: 'text', text: '' },
      deltas: piecesOf(textOf(block.text)).map((text) => ({ type: 'text_delta', text })),
    }
  if (call === undefined) return { start: block, deltas: [] }
  return {
    start: { ...block, input: {} },
    deltas: ['', ...piecesOf(call)].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  }
}

const stream = (reply: Reply): string => {
  const events: Json[] = [
    {
      type: 'message_start',
      message: { ...whole(reply), content: [], stop_reason: null, usage: usageOf(reply, 1) },
    },
    { type: 'ping' },
  ]
  for (const [index, block] of blocksOf(reply).entries()) {
    const { start, deltas } = inPieces(block, reply.calls.find(({ id }) => id === block.id)?.input)
    events.push({ type: 'content_block_start', index, content_block: start })
    events.push(...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })))
    events.push({ type: 'content_block_stop', index })
  }
  events.push({
    type: 'message_delta',
    delta: { stop_reason: stopOf(reply), stop_sequence: null },
    usage: { output_tokens: reply.usage.output },
  })
  events.push({ type: 'message_stop' })
  return events.map((event) => sse(event, textOf(event.type))).join('')
}

/** Anthropic's Messages. Thinking comes back with its signature, hidden or not, in front of what it led to. */
export const messages: Speaker = {
  format: 'anthropic-messages',
  read,
  statesOf: ({ thought, asked }) =>
    thought
      ? [
          thinkingState(asked.shows ? thought.text : '', thought.seal),
          ...(thought.hidden === undefined ? [] : [`redacted ${thought.hidden}`]),
        ]
      : [],
  whole,
  stream,
  error: (status, message) => ({
    type: 'error',
    error: { type: status === 401 ? 'authentication_error' : 'invalid_request_error', message },
    request_id: 'req_of_the_mock',
  }),
}
