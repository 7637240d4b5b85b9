import { json, sse, type Turn } from './stream.ts'
import { type OfferedTool, type ToolCall, toolCallFor } from './tools.ts'
import { answerTo, countWords, isRecord, listOf, type Spoken, speak, textOf, wholeNumber } from './words.ts'

const CHOICES_MAX = 8

/** OpenAI Chat Completions: https://developers.openai.com/api/reference/resources/chat */
export const answerChat = (turn: Turn): Response => {
  const { body } = turn
  const messages = listOf(body.messages).filter(isRecord)
  const last = messages.at(-1)
  const prompt = textOf(messages.filter((message) => message.role === 'user').at(-1))
  const call = last?.role === 'user' ? toolCallFor(prompt, offered(body.tools)) : undefined
  const limit = wholeNumber(body.max_completion_tokens) ?? wholeNumber(body.max_tokens)
  const spoken = speak(call ? '' : answerTo(prompt), limit)
  const choices = Math.min(wholeNumber(body.n) ?? 1, CHOICES_MAX)
  const completion = (call?.tokens ?? spoken.tokens) * choices
  const usage = usageOf(
    messages.reduce((sum, message) => sum + countWords(textOf(message)), 0),
    completion,
  )
  return body.stream === true ? streamed(turn, spoken, call, choices, usage) : whole(turn, spoken, call, choices, usage)
}

const offered = (tools: unknown): OfferedTool[] =>
  listOf(tools).flatMap((tool) => {
    const fn = isRecord(tool) && isRecord(tool.function) ? tool.function : undefined
    return typeof fn?.name === 'string' ? [{ name: fn.name, schema: fn.parameters }] : []
  })

const usageOf = (prompt: number, completion: number) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})
type ChatUsage = ReturnType<typeof usageOf>

const finish = (spoken: Spoken, call: ToolCall | undefined): string =>
  call ? 'tool_calls' : spoken.isCut ? 'length' : 'stop'

const envelope = ({ id, nowSeconds, body }: Turn, object: string) => ({
  id: `chatcmpl-${id}`,
  object,
  created: nowSeconds,
  model: body.model,
  service_tier: 'default',
  system_fingerprint: 'fp_demo',
})

const callPart = (id: string, index: number, call: ToolCall) => ({
  id: `call_${id}_${index}`,
  type: 'function',
  function: { name: call.name, arguments: JSON.stringify(call.args) },
})

const each = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

const whole = (turn: Turn, spoken: Spoken, call: ToolCall | undefined, choices: number, usage: ChatUsage): Response => {
  const message = (index: number) => ({
    role: 'assistant',
    content: call ? null : spoken.text,
    refusal: null,
    annotations: [],
    ...(call && { tool_calls: [callPart(turn.id, index, call)] }),
  })
  return json({
    ...envelope(turn, 'chat.completion'),
    choices: each(choices, (index) => ({
      index,
      message: message(index),
      logprobs: null,
      finish_reason: finish(spoken, call),
    })),
    usage,
  })
}

const streamed = (
  turn: Turn,
  spoken: Spoken,
  call: ToolCall | undefined,
  choices: number,
  usage: ChatUsage,
): Response => {
  const options = turn.body.stream_options
  const wantsUsage = isRecord(options) && options.include_usage === true
  const head = envelope(turn, 'chat.completion.chunk')
  const chunk = (index: number, delta: unknown, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index, delta, logprobs: null, finish_reason }],
    ...(wantsUsage && { usage: null }),
  })
  const opening = (index: number) => chunk(index, { role: 'assistant', content: call ? null : '', refusal: null })
  const events = [
    ...each(choices, opening),
    ...spoken.pieces.flatMap((content) => each(choices, (index) => chunk(index, { content }))),
    ...(call
      ? each(choices, (index) => callChunks(turn.id, index, call).map((delta) => chunk(index, delta))).flat()
      : []),
    ...each(choices, (index) => chunk(index, {}, finish(spoken, call))),
    ...(wantsUsage ? [{ ...head, choices: [], usage }] : []),
  ]
  return turn.stream([...sse(events), 'data: [DONE]\n\n'])
}

/** The call begins with its name and no arguments; the arguments follow in two halves. */
const callChunks = (id: string, index: number, call: ToolCall): readonly unknown[] => {
  const whole = callPart(id, index, call)
  const text = whole.function.arguments
  const middle = Math.ceil(text.length / 2)
  const opening = { index: 0, ...whole, function: { name: call.name, arguments: '' } }
  const rest = [text.slice(0, middle), text.slice(middle)].map((part) => ({ index: 0, function: { arguments: part } }))
  return [opening, ...rest].map((part) => ({ tool_calls: [part] }))
}
