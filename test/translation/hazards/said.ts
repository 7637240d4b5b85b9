import type { JsonObject } from '../../../src/canon/codec.ts'

/** Requests and answers of each format with what every one has, so that rows show what they are about. */

type Objects = readonly JsonObject[]

export const HI: JsonObject = { role: 'user', content: 'hi' }
export const GEMINI_HI: JsonObject = { role: 'user', parts: [{ text: 'hi' }] }

export const chat = (messages: Objects, more: JsonObject = {}): JsonObject => ({ model: 'm', messages, ...more })
export const claude = (messages: Objects, more: JsonObject = {}): JsonObject => ({
  model: 'm',
  max_tokens: 9_000,
  messages,
  ...more,
})
export const responses = (input: Objects | string, more: JsonObject = {}): JsonObject => ({
  model: 'm',
  input,
  ...more,
})
export const gemini = (contents: Objects, more: JsonObject = {}): JsonObject => ({ contents, ...more })

export const chatCall = (id: string, name: string, args = '{}', more: JsonObject = {}): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: args },
  ...more,
})
/** An assistant's Chat message of nothing but calls. */
export const chatCalls = (...calls: Objects): JsonObject => ({ role: 'assistant', content: null, tool_calls: calls })
export const chatResult = (id: string, content: unknown): JsonObject => ({ role: 'tool', tool_call_id: id, content })

export const toolUse = (id: string, name: string, input: unknown = {}): JsonObject => ({
  type: 'tool_use',
  id,
  name,
  input,
})
export const toolResult = (id: string, content: unknown, more: JsonObject = {}): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
})
export const assistant = (...content: Objects): JsonObject => ({ role: 'assistant', content })
export const user = (...content: Objects): JsonObject => ({ role: 'user', content })
export const text = (value: string): JsonObject => ({ type: 'text', text: value })

export const chatTool = (name: string, parameters?: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'function',
  function: { name, ...(parameters && { parameters }), ...more },
})
export const claudeTool = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  input_schema: { type: 'object', properties: {} },
  ...more,
})
export const responsesTool = (name: string, more: JsonObject = {}): JsonObject => ({
  type: 'function',
  name,
  parameters: { type: 'object', properties: {} },
  strict: false,
  ...more,
})

/** Whole answers, with what an upstream of the format says beside the content. */
export const chatAnswer = (message: JsonObject, finish: unknown = 'stop', more: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'upstream-model',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  ...more,
})
export const claudeAnswer = (content: Objects, stop: unknown = 'end_turn', more: JsonObject = {}): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'upstream-model',
  content,
  stop_reason: stop,
  stop_sequence: null,
  usage: { input_tokens: 5, output_tokens: 2 },
  ...more,
})
export const responsesAnswer = (output: Objects, more: JsonObject = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'upstream-model',
  output,
  usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
  ...more,
})
export const geminiAnswer = (parts: Objects, finishReason = 'STOP', more: JsonObject = {}): JsonObject => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, finishReason }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
  modelVersion: 'upstream-model',
  responseId: 'g1',
  ...more,
})

/** Pieces of streams. */
export const chunk = (delta: JsonObject, finish: unknown = null, more: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'upstream-model',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})
export const chunkCall = (index: number, more: JsonObject): JsonObject => ({ tool_calls: [{ index, ...more }] })
export const chunkUsage = (prompt: number, completion: number): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'upstream-model',
  choices: [],
  usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
})

export const claudeStart = (usage: JsonObject = { input_tokens: 5, output_tokens: 1 }): JsonObject => ({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'upstream-model',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  },
})
/** A block of a stream, opened, said and closed. */
export const claudeBlock = (index: number, opened: JsonObject, ...deltas: Objects): readonly JsonObject[] => [
  { type: 'content_block_start', index, content_block: opened },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
export const claudeText = (index: number, value: string): readonly JsonObject[] =>
  claudeBlock(index, { type: 'text', text: '' }, { type: 'text_delta', text: value })
export const claudeEnd = (
  stop: string | null = 'end_turn',
  usage: JsonObject = { output_tokens: 2 },
): readonly JsonObject[] => [
  { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage },
  { type: 'message_stop' },
]

/** A Responses stream of these items, each whole in one `done`, with what else the format says before and after. */
export const responsesStream = (items: Objects, more: readonly JsonObject[] = [], last: JsonObject = {}) => {
  const head = { id: 'resp_1', object: 'response', created_at: 1, status: 'in_progress', model: 'up', output: [] }
  const response = responsesAnswer(items, last)
  const events = [
    { type: 'response.created', response: head },
    ...more,
    ...items.flatMap((item, index) => [
      { type: 'response.output_item.added', output_index: index, item: { ...item, status: 'in_progress' } },
      { type: 'response.output_item.done', output_index: index, item },
    ]),
    { type: `response.${response.status}`, response },
  ]
  return events.map((event, index): JsonObject => ({ sequence_number: index, ...event }))
}

export const geminiChunk = (parts: Objects, finishReason?: string, more: JsonObject = {}): JsonObject => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason !== undefined && { finishReason }) }],
  modelVersion: 'upstream-model',
  responseId: 'g1',
  ...more,
})
