import { describe, expect, test } from 'bun:test'
import { type Answer, NO_ANSWER, withDelta } from './answer.ts'
import { FORMATS, type Format, type JsonObject, type Part } from './conversation.ts'
import { read } from './read.ts'
import { requestOf } from './request.ts'

const heard = (format: Format, events: readonly unknown[]): Answer => {
  const reader = read(format)
  const origin = { format, seed: 'own' }
  return events
    .flatMap((event) => [...reader.event(event)])
    .reduce((answer, delta) => withDelta(answer, delta, origin), NO_ANSWER)
}

const readWhole = (format: Format, body: unknown): Answer =>
  read(format)
    .whole(body)
    .reduce((answer, delta) => withDelta(answer, delta, { format, seed: 'own' }), NO_ANSWER)

/** What is seen of an answer: its parts without what only vendors read. */
const seen = ({ parts, usage, reason }: Answer) => ({
  parts: parts.map((part) => ({ ...part, state: undefined })),
  usage,
  reason,
})

const CALL = { kind: 'call', id: 'c1', name: 'f', arguments: '{"a":1}' } as const

interface Row {
  readonly whole: JsonObject
  readonly events: readonly JsonObject[]
  readonly parts: readonly object[]
  readonly usage: object
  readonly reason: string
  /** The message of the model, as the next request has it. */
  readonly sentBack: readonly unknown[]
}

const REASONING_ITEM = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [
    { type: 'summary_text', text: 'h' },
    { type: 'summary_text', text: 'm' },
  ],
  encrypted_content: 'x',
}
const MESSAGE_ITEM = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Hello' }],
}
const CALL_ITEM = { id: 'fc_1', type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' }
const RESPONSE = {
  status: 'completed',
  usage: {
    input_tokens: 7,
    input_tokens_details: { cached_tokens: 2 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 3 },
  },
}
const SEALED = { type: 'tollgate.sealed', data: 'x' }
const CHAT_CALL = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
const CHAT_USAGE = {
  prompt_tokens: 7,
  prompt_tokens_details: { cached_tokens: 2 },
  completion_tokens: 5,
  completion_tokens_details: { reasoning_tokens: 3 },
}
const chunk = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
})
const GEMINI_USAGE = { promptTokenCount: 7, cachedContentTokenCount: 2, candidatesTokenCount: 2, thoughtsTokenCount: 3 }
const gemini = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  usageMetadata: GEMINI_USAGE,
})
const ALL = { input: 7, cached: 2, output: 5, reasoning: 3 }

const ROWS: Readonly<Record<Format, Row>> = {
  'openai-chat': {
    whole: {
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'Hello',
            reasoning_content: 'hm',
            reasoning_details: [SEALED],
            tool_calls: [CHAT_CALL],
          },
        },
      ],
      usage: CHAT_USAGE,
    },
    events: [
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'h' }),
      chunk({ reasoning_content: 'm', reasoning_details: [SEALED] }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({ tool_calls: [{ index: 0, ...CHAT_CALL, function: { name: 'f', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      chunk({}, 'tool_calls'),
      { choices: [], usage: CHAT_USAGE },
    ],
    parts: [{ kind: 'thinking', text: 'hm' }, { kind: 'text', text: 'Hello' }, CALL],
    usage: ALL,
    reason: 'tool_calls',
    sentBack: [
      {
        role: 'assistant',
        content: 'Hello',
        reasoning_details: [SEALED],
        reasoning_content: 'hm',
        tool_calls: [CHAT_CALL],
      },
    ],
  },
  'openai-responses': {
    whole: { ...RESPONSE, output: [REASONING_ITEM, MESSAGE_ITEM, CALL_ITEM] },
    events: [
      { type: 'response.created', response: { status: 'in_progress' } },
      { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning' } },
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 0 },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'h' },
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 1 },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: 'm' },
      { type: 'response.output_item.done', output_index: 0, item: REASONING_ITEM },
      { type: 'response.output_text.delta', output_index: 1, delta: 'Hel' },
      { type: 'response.output_text.delta', output_index: 1, delta: 'lo' },
      { type: 'response.output_item.done', output_index: 1, item: MESSAGE_ITEM },
      { type: 'response.output_item.added', output_index: 2, item: { ...CALL_ITEM, arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{"a":1}' },
      { type: 'response.output_item.done', output_index: 2, item: CALL_ITEM },
      { type: 'response.completed', response: RESPONSE },
    ],
    parts: [{ kind: 'thinking', text: 'h\n\nm' }, { kind: 'text', text: 'Hello' }, CALL],
    usage: ALL,
    reason: 'completed',
    sentBack: [REASONING_ITEM, MESSAGE_ITEM, CALL_ITEM],
  },
  'anthropic-messages': {
    whole: {
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'text', text: 'Hello' },
        { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
      ],
      usage: { input_tokens: 4, cache_read_input_tokens: 2, cache_creation_input_tokens: 1, output_tokens: 5 },
      stop_reason: 'tool_use',
    },
    events: [
      {
        type: 'message_start',
        message: {
          usage: { input_tokens: 4, cache_read_input_tokens: 2, cache_creation_input_tokens: 1, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'ping' },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hello' } },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'c1', name: 'f', input: {} } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a"' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: ':1}' } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ],
    parts: [{ kind: 'thinking', text: 'hm' }, { kind: 'text', text: 'Hello' }, CALL],
    usage: { input: 7, cached: 2, output: 5 },
    reason: 'tool_use',
    sentBack: [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'text', text: 'Hello' },
          { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
        ],
      },
    ],
  },
  gemini: {
    whole: gemini(
      [
        { text: 'hm', thought: true },
        { text: 'Hello' },
        { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
      ],
      { finishReason: 'STOP' },
    ),
    events: [
      gemini([{ text: 'h', thought: true }]),
      gemini([{ text: 'm', thought: true }, { text: 'Hel' }]),
      gemini([{ text: 'lo' }]),
      gemini([{ functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 's' }], {
        finishReason: 'STOP',
      }),
    ],
    parts: [{ kind: 'thinking', text: 'hm' }, { kind: 'text', text: 'Hello' }, CALL],
    usage: ALL,
    reason: 'STOP',
    sentBack: [
      {
        role: 'model',
        parts: [{ text: 'Hello' }, { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 's' }],
      },
    ],
  },
}

const MESSAGES_IN: Readonly<Record<Format, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  'anthropic-messages': 'messages',
  gemini: 'contents',
}

const sentBack = (format: Format, parts: readonly Part[]): unknown => {
  const turns = [{ role: 'assistant', id: '1', parts } as const]
  const { body } = requestOf({ model: 'm', format, system: '', turns, tools: [], settings: {}, isStreamed: false })
  return body[MESSAGES_IN[format]]
}

describe.each(Object.entries(ROWS) as [Format, Row][])(
  'an answer in %s',
  (format, { whole, events, parts, usage, reason, sentBack: back }) => {
    test.each([
      ['streamed', () => heard(format, events)],
      ['whole', () => readWhole(format, whole)],
    ])('is read when it comes %s, and goes back as it came', (_, answer) => {
      expect(seen(answer())).toEqual({ parts, usage, reason } as never)
      expect(sentBack(format, answer().parts)).toEqual(back)
    })
  },
)

describe('what else answers say', () => {
  test('an end mark, an empty choice and whatever is unknown say nothing', () => {
    for (const format of FORMATS)
      for (const data of [undefined, null, 'x', [], {}, { choices: [] }, { type: 'new' }, { candidates: [{}] }])
        expect([format, heard(format, [data])]).toEqual([format, NO_ANSWER])
  })

  test.each<[Format, unknown, string, string | undefined]>([
    ['openai-chat', { error: { message: 'No.', code: 'overloaded', type: 'server_error' } }, 'No.', 'overloaded'],
    ['openai-chat', { error: { message: 'No.', code: null, type: 'server_error' } }, 'No.', 'server_error'],
    ['openai-responses', { type: 'error', message: 'No.', code: 'overloaded' }, 'No.', 'overloaded'],
    [
      'openai-responses',
      { type: 'response.failed', response: { status: 'failed', error: { message: 'No.', code: 'x' } } },
      'No.',
      'x',
    ],
    [
      'anthropic-messages',
      { type: 'error', error: { type: 'overloaded_error', message: 'No.' } },
      'No.',
      'overloaded_error',
    ],
    ['gemini', { error: { code: 503, message: 'No.', status: 'UNAVAILABLE' } }, 'No.', 'UNAVAILABLE'],
  ])('an error in a stream of %s is kept, and is no end', (format, data, message, code) => {
    const { problem, reason } = heard(format, [data])
    expect({ problem, reason }).toEqual({ problem: { message, code }, reason: undefined } as never)
  })

  test('thoughts under several names are told once, and pieces of one entry become one again', () => {
    const piece = (text: string, more: object = {}) =>
      chunk({ reasoning: text, reasoning_details: [{ type: 'reasoning.text', index: 0, text, ...more }] })
    const { parts } = heard('openai-chat', [piece('h'), piece('m', { signature: 's' })])
    expect(parts.map((part) => (part.kind === 'call' ? '' : part.text))).toEqual(['hm'])
    expect(sentBack('openai-chat', parts)).toEqual([
      {
        role: 'assistant',
        content: '',
        reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'hm', signature: 's' }],
      },
    ])
  })

  test('a signature in Gemini stays with the part it came with', () => {
    const { parts } = heard('gemini', [
      gemini([{ text: 'a' }]),
      gemini([{ text: '', thoughtSignature: 's' }]),
      gemini([{ text: 'b' }]),
    ])
    expect(sentBack('gemini', parts)).toEqual([
      { role: 'model', parts: [{ text: 'a' }, { text: '', thoughtSignature: 's' }, { text: 'b' }] },
    ])
  })

  test('sealed thinking is kept, although nothing of it can be shown', () => {
    const block = { type: 'redacted_thinking', data: 'x' }
    const { parts } = heard('anthropic-messages', [{ type: 'content_block_start', index: 0, content_block: block }])
    expect(sentBack('anthropic-messages', parts)).toEqual([{ role: 'assistant', content: [block] }])
  })

  test('calls without ids get different ones', () => {
    const { parts } = heard('gemini', [gemini([{ functionCall: { name: 'f' } }, { functionCall: { name: 'f' } }])])
    const ids = parts.map((part) => part.kind === 'call' && part.id)
    expect(new Set(ids).size).toBe(2)
    expect(parts.every((part) => part.kind === 'call' && part.isOwnId)).toBe(true)
  })

  test('two calls at once in Chat are two, by their index', () => {
    const call = (index: number, id: string) => ({ index, id, function: { name: 'f', arguments: '' } })
    const more = (index: number, text: string) => ({ index, function: { arguments: text } })
    const { parts } = heard('openai-chat', [
      chunk({ tool_calls: [call(0, 'a'), call(1, 'b')] }),
      chunk({ tool_calls: [more(1, '{"b":1}'), more(0, '{}')] }),
    ])
    expect(parts).toMatchObject([
      { id: 'a', arguments: '{}' },
      { id: 'b', arguments: '{"b":1}' },
    ])
  })
})
