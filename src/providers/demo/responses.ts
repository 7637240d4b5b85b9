import { json, type NamedEvent, namedSse, type Turn } from './stream.ts'
import { type OfferedTool, type ToolCall, toolCallFor } from './tools.ts'
import { answerTo, countWords, isRecord, listOf, type Spoken, speak, textOf, wholeNumber } from './words.ts'

/** OpenAI Responses: https://developers.openai.com/api/reference/resources/responses */
export const answerResponses = (turn: Turn): Response => {
  const { body } = turn
  const items =
    typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : listOf(body.input).filter(isRecord)
  const prompt = textOf(items.filter((item) => item.role === 'user').at(-1))
  const call = items.at(-1)?.role === 'user' ? toolCallFor(prompt, offered(body.tools)) : undefined
  const spoken = speak(call ? '' : answerTo(prompt), wholeNumber(body.max_output_tokens))
  const ended = response(turn, spoken, call)
  return body.stream === true ? turn.stream(namedSse(events(turn, spoken, call, ended))) : json(ended)
}

/** `POST /v1/responses/input_tokens` */
export const countResponses = ({ body }: Turn): Response =>
  json({ object: 'response.input_tokens', input_tokens: inputWords(body) })

const inputWords = (body: Turn['body']): number =>
  countWords(textOf(body.instructions)) + countWords(textOf(body.input))

const offered = (tools: unknown): OfferedTool[] =>
  listOf(tools).flatMap((tool) =>
    isRecord(tool) && tool.type === 'function' && typeof tool.name === 'string'
      ? [{ name: tool.name, schema: tool.parameters }]
      : [],
  )

/** The answer's one item, whole. */
const itemOf = (turn: Turn, spoken: Spoken, call: ToolCall | undefined) =>
  call
    ? {
        id: `fc_${turn.id}`,
        type: 'function_call',
        status: 'completed',
        call_id: `call_${turn.id}`,
        name: call.name,
        arguments: JSON.stringify(call.args),
      }
    : {
        id: `msg_${turn.id}`,
        type: 'message',
        status: spoken.isCut ? 'incomplete' : 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: spoken.text, annotations: [], logprobs: [] }],
      }

/** Settings a response repeats from its request, with the API's defaults. */
const echoed = (body: Turn['body']) => ({
  instructions: body.instructions ?? null,
  max_output_tokens: body.max_output_tokens ?? null,
  metadata: body.metadata ?? {},
  parallel_tool_calls: body.parallel_tool_calls ?? true,
  previous_response_id: body.previous_response_id ?? null,
  reasoning: body.reasoning ?? { effort: null, summary: null },
  store: body.store ?? true,
  temperature: body.temperature ?? 1,
  text: body.text ?? { format: { type: 'text' } },
  tool_choice: body.tool_choice ?? 'auto',
  tools: body.tools ?? [],
  top_p: body.top_p ?? 1,
  truncation: body.truncation ?? 'disabled',
})

const response = (turn: Turn, spoken: Spoken, call: ToolCall | undefined) => {
  const input = inputWords(turn.body)
  const output = call?.tokens ?? spoken.tokens
  return {
    id: `resp_${turn.id}`,
    object: 'response',
    created_at: turn.nowSeconds,
    status: spoken.isCut ? 'incomplete' : 'completed',
    background: false,
    error: null,
    incomplete_details: spoken.isCut ? { reason: 'max_output_tokens' } : null,
    model: turn.body.model,
    ...echoed(turn.body),
    output: [itemOf(turn, spoken, call)],
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    },
  }
}

type Ended = ReturnType<typeof response>

const events = (turn: Turn, spoken: Spoken, call: ToolCall | undefined, ended: Ended): readonly NamedEvent[] => {
  const begun = { ...ended, status: 'in_progress', incomplete_details: null, output: [], usage: null }
  const sequence: NamedEvent[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...(call ? callEvents(turn, spoken, call) : textEvents(turn, spoken)),
    { type: spoken.isCut ? 'response.incomplete' : 'response.completed', response: ended },
  ]
  return sequence.map((event, index) => ({ ...event, sequence_number: index }))
}

const textEvents = (turn: Turn, spoken: Spoken): readonly NamedEvent[] => {
  const item = itemOf(turn, spoken, undefined)
  const at = { item_id: item.id, output_index: 0, content_index: 0 }
  const part = { type: 'output_text', annotations: [], logprobs: [] }
  return [
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...spoken.pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: spoken.text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: { ...part, text: spoken.text } },
    { type: 'response.output_item.done', output_index: 0, item },
  ]
}

const callEvents = (turn: Turn, spoken: Spoken, call: ToolCall): readonly NamedEvent[] => {
  const item = itemOf(turn, spoken, call)
  const at = { item_id: item.id, output_index: 0 }
  const args = JSON.stringify(call.args)
  return [
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', arguments: '' } },
    { type: 'response.function_call_arguments.delta', ...at, delta: args },
    { type: 'response.function_call_arguments.done', ...at, name: call.name, arguments: args },
    { type: 'response.output_item.done', output_index: 0, item },
  ]
}
