import { json, namedSse, type Turn } from './stream.ts'
import { type OfferedTool, type ToolCall, toolCallFor } from './tools.ts'
import { answerTo, countWords, isRecord, listOf, type Spoken, speak, textOf, wholeNumber } from './words.ts'

/** Anthropic Messages: https://platform.claude.com/docs/en/api/messages */
export const answerMessages = (turn: Turn): Response => {
  const { body } = turn
  const messages = listOf(body.messages).filter(isRecord)
  const last = messages.filter((message) => message.role === 'user').at(-1)
  const prompt = ownWords(last?.content)
  const hasResult = listOf(last?.content).some((block) => isRecord(block) && block.type === 'tool_result')
  const call = hasResult ? undefined : toolCallFor(prompt, offered(body.tools))
  const spoken = speak(call ? '' : answerTo(prompt), wholeNumber(body.max_tokens))
  const input = inputWords(body)
  return body.stream === true ? streamed(turn, spoken, call, input) : whole(turn, spoken, call, input)
}

/** `POST /v1/messages/count_tokens` */
export const countMessages = ({ body }: Turn): Response => json({ input_tokens: inputWords(body) })

const inputWords = (body: Turn['body']): number => countWords(textOf(body.system)) + countWords(textOf(body.messages))

/** What the user typed last: agents put their own notes into the blocks before it. */
const ownWords = (content: unknown): string => textOf(Array.isArray(content) ? content.at(-1) : content)

const offered = (tools: unknown): OfferedTool[] =>
  listOf(tools).flatMap((tool) =>
    isRecord(tool) && typeof tool.name === 'string' && tool.input_schema
      ? [{ name: tool.name, schema: tool.input_schema }]
      : [],
  )

const usageOf = (input: number, output: number) => ({
  input_tokens: input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: output,
  service_tier: 'standard',
})

const stopReason = (spoken: Spoken, call: ToolCall | undefined): string =>
  call ? 'tool_use' : spoken.isCut ? 'max_tokens' : 'end_turn'

const blockOf = (turn: Turn, spoken: Spoken, call: ToolCall | undefined) =>
  call
    ? { type: 'tool_use', id: `toolu_${turn.id}`, name: call.name, input: call.args }
    : { type: 'text', text: spoken.text }

const whole = (turn: Turn, spoken: Spoken, call: ToolCall | undefined, input: number): Response =>
  json({
    id: `msg_${turn.id}`,
    type: 'message',
    role: 'assistant',
    model: turn.body.model,
    content: [blockOf(turn, spoken, call)],
    stop_reason: stopReason(spoken, call),
    stop_sequence: null,
    usage: usageOf(input, call?.tokens ?? spoken.tokens),
  })

const streamed = (turn: Turn, spoken: Spoken, call: ToolCall | undefined, input: number): Response => {
  const message = {
    id: `msg_${turn.id}`,
    type: 'message',
    role: 'assistant',
    model: turn.body.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usageOf(input, 1),
  }
  const block = blockOf(turn, spoken, call)
  const content_block = call ? { ...block, input: {} } : { ...block, text: '' }
  const deltas = call
    ? ['', JSON.stringify(call.args)].map((partial_json) => ({ type: 'input_json_delta', partial_json }))
    : spoken.pieces.map((text) => ({ type: 'text_delta', text }))
  return turn.stream(
    namedSse([
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block },
      { type: 'ping' },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: stopReason(spoken, call), stop_sequence: null },
        usage: { ...usageOf(input, call?.tokens ?? spoken.tokens) },
      },
      { type: 'message_stop' },
    ]),
  )
}
