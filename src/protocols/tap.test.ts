import { expect, test } from 'bun:test'
import type { Observation, StreamTap, TapOptions } from '../canon/protocol.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import type { AnswerFormat } from './answer-format.ts'
import { anthropicAnswers } from './anthropic-messages/stream.ts'
import { geminiAnswers } from './gemini/stream.ts'
import { openAiChatAnswers } from './openai-chat/stream.ts'
import { openAiResponsesAnswers } from './openai-responses/stream.ts'
import { createTap } from './tap.ts'

const OPTIONS: TapOptions = { withholdUsage: false, eventBytesMax: 65_536, deliveredBytesMax: 10_000 }

/** Events as `data:` lines, or with their type as `event:` line too; strings go in as they are. */
const sse = (events: readonly (object | string)[], lineEnd = '\n'): string =>
  events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}${lineEnd}${lineEnd}`)
    .join('')
const named = (events: readonly { readonly type: string; readonly [key: string]: unknown }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

const delta = (content: object, more: object = {}) => ({
  choices: [{ index: 0, delta: content, finish_reason: null }],
  usage: null,
  ...more,
})
const finish = (reason: string, more: object = {}) => ({
  choices: [{ index: 0, delta: {}, finish_reason: reason }],
  ...more,
})
const CHAT_USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
const USAGE_CHUNK = { choices: [], usage: CHAT_USAGE }

interface Case {
  readonly name: string
  readonly format: AnswerFormat
  readonly text: string
  readonly usage: Partial<Record<keyof Usage, number>> | undefined
  readonly delivered: string
  readonly error?: string
  /** Bytes of the event that ends the answer: before them it must not count as ended. None: it never ends. */
  readonly end?: string
}

const CASES: readonly Case[] = [
  {
    name: 'Chat as OpenAI streams it',
    end: '"stop"',
    format: openAiChatAnswers,
    text: sse([
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hé' }, { obfuscation: 'x' }),
      delta({ content: ' ☕' }),
      finish('stop'),
      USAGE_CHUNK,
      '[DONE]',
    ]),
    usage: { input: 9, output: 4 },
    delivered: 'Hé ☕',
  },
  {
    name: 'Chat with comments, CRLF, cumulative usage and the finish reason twice',
    end: '"stop"',
    format: openAiChatAnswers,
    text: `: PROCESSING\r\n\r\n${sse([delta({ content: 'a' }, { usage: { prompt_tokens: 9, completion_tokens: 1 } }), finish('stop'), finish('stop', { usage: CHAT_USAGE }), '[DONE]'], '\r\n')}`,
    usage: { input: 9, output: 4 },
    delivered: 'a',
  },
  {
    name: 'Chat with reasoning under two names, a tool call and a refusal',
    end: '"tool_calls"}',
    format: openAiChatAnswers,
    text: sse([
      delta({ reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }),
      delta({ tool_calls: [{ index: 0, id: 'c', function: { name: 'look', arguments: '{"q"' } }] }),
      delta({ tool_calls: [{ index: 0, function: { name: null, arguments: ':1}' } }] }),
      delta({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'so' }] },
          { type: 'text', text: ' it' },
        ],
      }),
      delta({ refusal: 'no' }),
      finish('tool_calls', { x_groq: { usage: CHAT_USAGE } }),
    ]),
    usage: { input: 9, output: 4 },
    delivered: 'hmlook{"q":1}so itno',
  },
  {
    name: 'legacy Completions, whose text may hold the marks we look for',
    end: '"length"',
    format: openAiChatAnswers,
    text: sse([
      { choices: [{ text: '"usage":{"finish_reason":"stop"}', index: 0, finish_reason: null }] },
      { choices: [{ text: '', finish_reason: 'length' }] },
      '[DONE]',
    ]),
    usage: undefined,
    delivered: '"usage":{"finish_reason":"stop"}',
  },
  {
    name: 'Chat broken off by a named error event',
    format: openAiChatAnswers,
    text: `${sse([delta({ content: 'x' })])}event: error\ndata: {"error":{"message":"Tool choice is required"}}\n\n`,
    usage: undefined,
    delivered: 'x',
    error: 'Tool choice is required',
  },
  {
    name: 'Chat answered with plain JSON though a stream was asked for',
    end: '"stop"',
    format: openAiChatAnswers,
    text: ` \n${JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }], usage: CHAT_USAGE })}`,
    usage: { input: 9, output: 4 },
    delivered: 'whole',
  },
  {
    name: 'Messages',
    end: 'message_stop',
    format: anthropicAnswers,
    text: named([
      {
        type: 'message_start',
        message: {
          id: 'm',
          content: [],
          usage: {
            input_tokens: 7,
            cache_read_input_tokens: 100,
            cache_creation_input_tokens: 30,
            cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
            output_tokens: 1,
          },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm ' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'abc' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 't', name: 'look', input: {} } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
      { type: 'content_block_stop', index: 1 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use' },
        usage: { output_tokens: 55, cache_read_input_tokens: null },
      },
      { type: 'message_stop' },
    ]),
    usage: { input: 7, cacheRead: 100, cacheWrite5m: 10, cacheWrite1h: 20, output: 55 },
    delivered: 'hm look{"a":1}',
  },
  {
    name: 'Messages overloaded before any content',
    format: anthropicAnswers,
    text: named([{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]),
    usage: undefined,
    delivered: '',
    error: 'Overloaded',
  },
  {
    name: 'Responses',
    end: 'response.completed',
    format: openAiResponsesAnswers,
    text: named([
      { type: 'response.created', sequence_number: 0, response: { id: 'r', error: null, usage: null, output: [] } },
      { type: 'response.output_item.added', item: { type: 'message' } },
      { type: 'response.output_text.delta', delta: 'Hi', obfuscation: 'qwe' },
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      { type: 'response.output_text.done', text: 'Hi' },
      {
        type: 'response.completed',
        response: {
          id: 'r',
          status: 'completed',
          error: null,
          output: [{ type: 'message' }],
          usage: { input_tokens: 20, input_tokens_details: { cached_tokens: 5 }, output_tokens: 3, total_tokens: 23 },
        },
      },
    ]),
    usage: { input: 15, cacheRead: 5, output: 3 },
    delivered: 'Hi{}',
  },
  {
    name: 'Responses that fail',
    end: 'response.failed',
    format: openAiResponsesAnswers,
    text: named([
      { type: 'response.output_text.delta', delta: 'Hi' },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'server_error', message: 'Broke.' }, usage: null },
      },
    ]),
    usage: undefined,
    delivered: 'Hi',
    error: 'Broke.',
  },
  {
    name: 'Gemini with alt=sse',
    end: 'STOP',
    format: geminiAnswers,
    text: sse(
      [
        {
          candidates: [{ content: { parts: [{ text: 'One' }] } }],
          usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
        },
        {
          candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] }, finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 6, thoughtsTokenCount: 2, totalTokenCount: 12 },
        },
      ],
      '\r\n',
    ),
    usage: { input: 4, output: 8, reasoning: 2 },
    delivered: 'Onef{"a":1}',
  },
  {
    name: 'Gemini as a JSON array, with enums as numbers',
    end: '"finishReason":1',
    format: geminiAnswers,
    text: `[${JSON.stringify({ candidates: [{ content: { parts: [{ text: 'a]}"' }] }, finishReason: 0 }] }, null, 1)}\n,\r\n${JSON.stringify({ candidates: [{ finishReason: 1 }], usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1 } })}\n]\n`,
    usage: { input: 4, output: 1 },
    delivered: 'a]}"',
  },
  {
    name: 'Gemini refusing the prompt',
    end: 'SAFETY',
    format: geminiAnswers,
    text: sse([{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } }]),
    usage: { input: 4 },
    delivered: '',
  },
  {
    name: 'Gemini failing in an array',
    format: geminiAnswers,
    text: '[{"error":{"code":503,"message":"Busy","status":"UNAVAILABLE"}}]',
    usage: undefined,
    delivered: '',
    error: 'Busy',
  },
]

const feed = (tap: StreamTap, bytes: Buffer, cut: number): Buffer => {
  const out: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += cut) out.push(tap.push(bytes.subarray(at, at + cut)))
  return Buffer.concat(out)
}

const expectedOf = ({ usage, error, end, delivered }: Case) => ({
  usage: usage && ({ ...NO_USAGE, ...usage } as Usage),
  terminal: end !== undefined,
  contentSeen: delivered !== '',
  error,
})

const seen = ({ usage, terminal, contentSeen, error }: Observation) => ({ usage, terminal, contentSeen, error })

for (const example of CASES) {
  for (const cut of [1, 7, 4_096])
    test(`${example.name}: read right in ${cut}-byte pieces, bytes untouched`, () => {
      const tap = createTap(example.format, OPTIONS)
      const bytes = Buffer.from(example.text)
      expect(feed(tap, bytes, cut).equals(bytes)).toBe(true)
      tap.rest()
      expect(seen(tap.observe())).toEqual(expectedOf(example))
      expect(tap.delivered()).toBe(example.delivered)
    })

  test(`${example.name}: cut off at any byte, nothing is made up`, () => {
    const bytes = Buffer.from(example.text)
    let [ended, longest] = [false, '']
    for (let length = 0; length <= bytes.length; length += 1) {
      for (const options of [OPTIONS, { ...OPTIONS, withholdUsage: true }]) {
        const tap = createTap(example.format, options)
        feed(tap, bytes.subarray(0, length), 4_096)
        const { terminal } = tap.observe()
        const delivered = tap.delivered()
        if (example.end === undefined || !bytes.subarray(0, length).includes(example.end)) expect(terminal).toBe(false)
        // Knowledge only ever grows, and text is only ever a beginning of the text.
        expect(terminal || !ended).toBe(true)
        expect(delivered.startsWith(longest)).toBe(true)
        expect(example.delivered.startsWith(delivered)).toBe(true)
        tap.rest()
        tap.observe()
        ;[ended, longest] = [terminal, delivered]
      }
    }
  })
}

test('without withholding a chunk comes back as the very same array', () => {
  const chunk = Buffer.from(sse([delta({ content: 'x' })]).slice(0, 20))
  expect(createTap(openAiChatAnswers, OPTIONS).push(chunk)).toBe(chunk)
})

for (const cut of [1, 7, 50, 4_096])
  test(`the usage chunk asked for by us alone is dropped, blank line and all, in ${cut}-byte pieces`, () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const before = sse([{ choices: [], prompt_filter_results: [] }, delta({ content: 'x' }), finish('stop')], lineEnd)
      const after = sse(['[DONE]'], lineEnd)
      const tap = createTap(openAiChatAnswers, { ...OPTIONS, withholdUsage: true })
      const out = feed(tap, Buffer.from(before + sse([USAGE_CHUNK], lineEnd) + after), cut)
      const whole = Buffer.concat([out, tap.rest()]).toString()
      // In single bytes the LF of a CRLF comes after its event was let go; a stray one says nothing to a client.
      expect(whole.replace('\n\ndata: [DONE]', '\ndata: [DONE]')).toBe(
        (before + after).replace('\n\ndata: [DONE]', '\ndata: [DONE]'),
      )
      expect(tap.observe().usage?.output).toEqual(4 as Usage['output'])
    }
  })

test('usage that comes with a choice is the client’s to see', () => {
  const tap = createTap(openAiChatAnswers, { ...OPTIONS, withholdUsage: true })
  const bytes = Buffer.from(sse([delta({ content: 'x' }), finish('stop', { usage: CHAT_USAGE }), '[DONE]']))
  expect(tap.push(bytes)).toBeInstanceOf(Uint8Array)
  expect(feed(createTap(openAiChatAnswers, { ...OPTIONS, withholdUsage: true }), bytes, 7).equals(bytes)).toBe(true)
})

test('half an event is kept back while something may have to be withheld or to follow', () => {
  for (const more of [{ withholdUsage: true }, { wholeEvents: true }]) {
    const tap = createTap(openAiChatAnswers, { ...OPTIONS, ...more })
    const [first, half] = [sse([delta({ content: 'a' })]), sse([delta({ content: 'b' })]).slice(0, 30)]
    expect(Buffer.from(tap.push(Buffer.from(first + half))).toString()).toBe(first)
    expect(Buffer.from(tap.rest()).toString()).toBe(half)
  }
})

test('an event above the limit passes unread, and what follows it is read again', () => {
  for (const withholdUsage of [false, true])
    for (const cut of [7, 100_000]) {
      const tap = createTap(openAiChatAnswers, { ...OPTIONS, eventBytesMax: 200, withholdUsage })
      const large = { ...USAGE_CHUNK, padding: 'x'.repeat(500) }
      const bytes = Buffer.from(sse([delta({ content: 'a' }), large, delta({ content: 'b' }), finish('stop')]))
      expect(feed(tap, bytes, cut).equals(bytes)).toBe(true)
      expect(tap.observe()).toMatchObject({ usage: undefined, terminal: true, contentSeen: true })
      expect(tap.delivered()).toBe('ab')
    }
})

test('a last event without its blank line is read when the source ends', () => {
  const tap = createTap(openAiChatAnswers, OPTIONS)
  tap.push(Buffer.from(sse([delta({ content: 'a' }), finish('stop', { usage: CHAT_USAGE })]).trimEnd()))
  expect(tap.observe().terminal).toBe(false)
  tap.rest()
  expect(tap.observe()).toMatchObject({ terminal: true, rawUsage: CHAT_USAGE })
})

test('a later report that cannot be read does not undo one that could', () => {
  const tap = createTap(openAiChatAnswers, OPTIONS)
  tap.push(Buffer.from(sse([finish('stop', { usage: CHAT_USAGE }), finish('stop', { usage: { prompt_tokens: -1 } })])))
  expect(tap.observe().rawUsage).toEqual(CHAT_USAGE)
})

test('no more text is kept than asked for, cut between characters, however long the stream', () => {
  const tap = createTap(openAiChatAnswers, { ...OPTIONS, deliveredBytesMax: 1_001 })
  for (let at = 0; at < 2_000; at += 1) tap.push(Buffer.from(sse([delta({ content: 'é' })])))
  expect(tap.delivered()).toBe('é'.repeat(500))
})

test('text beyond what is kept raw is not lost', () => {
  const tap = createTap(openAiChatAnswers, OPTIONS)
  for (let at = 0; at < 2_000; at += 1) tap.push(Buffer.from(sse([delta({ content: `${at % 10}` })])))
  expect(tap.delivered()).toBe('0123456789'.repeat(200))
})

test('garbage is passed on and says nothing', () => {
  for (const text of [
    '<html>502</html>',
    '\0\0\0',
    'data: {oops\n\ndata: 7\n\ndata: null\n\n',
    '[[[[',
    '}}}}]',
    'data:\n\n',
  ]) {
    const tap = createTap(openAiChatAnswers, OPTIONS)
    feed(tap, Buffer.from(text), 3)
    tap.rest()
    expect(tap.observe()).toEqual({
      usage: undefined,
      rawUsage: undefined,
      terminal: false,
      contentSeen: false,
      error: undefined,
    })
  }
})

test('`[DONE]` ends a stream whose server gives no finish reason, in Chat only', () => {
  const text = `${sse([delta({ content: 'x' })])}data:[DONE]\n\n`
  const terminal = [openAiChatAnswers, openAiResponsesAnswers, anthropicAnswers].map((format) => {
    const tap = createTap(format, OPTIONS)
    tap.push(Buffer.from(text))
    return tap.observe().terminal
  })
  expect(terminal).toEqual([true, false, false])
})
