import {
  type Asked,
  type Call,
  type Json,
  listOf,
  objectOf,
  type PastAnswer,
  type Reply,
  type Speaker,
  textOf,
  type Tool,
  wordsOf,
} from './speaker.ts'
import { streamOf } from './responses-stream.ts'

const toolOf = (tool: Json, namespace?: string): readonly Tool[] => {
  if (tool.type === 'namespace') return listOf(tool.tools).flatMap((inner) => toolOf(inner, textOf(tool.name)))
  if (tool.type !== 'function' && tool.type !== 'custom') return []
  return [
    {
      name: textOf(tool.name),
      form: tool.type,
      description: textOf(tool.description),
      schema: objectOf(tool.parameters),
      ...(namespace !== undefined && { namespace }),
    },
  ]
}

const CALLS = new Set(['function_call', 'custom_tool_call'])

/** An answer is what stands together between what the client said. */
const pastAnswers = (items: readonly Json[]): readonly PastAnswer[] => {
  const groups: Json[][] = [[]]
  for (const item of items) {
    const isOurs = CALLS.has(textOf(item.type)) || item.type === 'reasoning' || item.role === 'assistant'
    if (isOurs) groups.at(-1)?.push(item)
    else groups.push([])
  }
  return groups
    .filter((group) => group.length > 0)
    .map((group) => ({
      calls: group
        .filter(({ type }) => CALLS.has(textOf(type)))
        .map(({ call_id, name, arguments: given, input }) => ({
          id: textOf(call_id),
          name: textOf(name),
          input: textOf(given ?? input),
        })),
      states: group.filter(({ type }) => type === 'reasoning').map(stateOf),
    }))
}

/** The summary belongs to what was encrypted. Where nothing is stored, the id may be left out. */
const stateOf = ({ encrypted_content, summary }: Json): string =>
  `${textOf(encrypted_content)} ${listOf(summary)
    .map(({ text }) => textOf(text))
    .join('|')}`

const read = (body: Json): Asked => {
  const items = listOf(body.input)
  const { summary, effort } = objectOf(body.reasoning)
  const declared = items.filter(({ type }) => type === 'additional_tools').flatMap(({ tools }) => listOf(tools))
  return {
    streams: body.stream === true,
    tools: [...listOf(body.tools), ...declared].flatMap((tool) => toolOf(tool)),
    answers: pastAnswers(items),
    results: items
      .filter(({ type }) => textOf(type).endsWith('_call_output'))
      .map(({ call_id, output }) => ({ id: textOf(call_id), text: wordsOf(output) })),
    thinks: effort !== 'none',
    keepsState: Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content'),
    shows: summary !== undefined && summary !== null,
  }
}

const reasoningItem = ({ id, thought, asked }: Reply): readonly Json[] =>
  thought
    ? [
        {
          id: `rs_${id}`,
          type: 'reasoning',
          summary: asked.shows ? [{ type: 'summary_text', text: thought.text }] : [],
          ...(asked.keepsState && { encrypted_content: thought.seal }),
        },
      ]
    : []

const callItem = ({ id, name, form, input, namespace }: Call): Json => ({
  type: form === 'custom' ? 'custom_tool_call' : 'function_call',
  id: `${form === 'custom' ? 'ctc' : 'fc'}_${id}`,
  status: 'completed',
  call_id: id,
  name,
  // The tools of the namespace `functions` are called by their names alone.
  ...(namespace !== undefined && namespace !== 'functions' && { namespace }),
  ...(form === 'custom' ? { input } : { arguments: input }),
})

const outputOf = (reply: Reply): readonly Json[] => [
  ...reasoningItem(reply),
  ...(reply.text === ''
    ? []
    : [
        {
          id: `msg_${reply.id}`,
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: reply.text, annotations: [], logprobs: [] }],
        },
      ]),
  ...reply.calls.map(callItem),
]

const usageOf = ({ usage }: Reply): Json => {
  const input = usage.input + usage.cache_read
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cache_read },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + usage.output,
  }
}

const whole = (reply: Reply): Json => ({
  id: `resp_${reply.id}`,
  object: 'response',
  created_at: reply.createdAt,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  model: reply.model,
  output: outputOf(reply),
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: 'medium', summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  usage: usageOf(reply),
  user: null,
  metadata: {},
})

/** OpenAI's Responses, with reasoning that is encrypted for whoever keeps nothing there. */
export const responses: Speaker = {
  format: 'openai-responses',
  read,
  statesOf: (reply) => reasoningItem(reply).map(stateOf),
  whole,
  stream: (reply) => streamOf(whole(reply)),
  error: (status, message) => ({
    error: { message, type: 'invalid_request_error', param: null, code: status === 401 ? 'invalid_api_key' : null },
  }),
}
