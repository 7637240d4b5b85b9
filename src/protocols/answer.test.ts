import { expect, test } from 'bun:test'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { openAiChatAnswers } from './openai-chat/stream.ts'
import { openAiEmbeddingsAnswers } from './openai-embeddings/stream.ts'
import { readFromTail } from './answer.ts'
import { PROTOCOLS } from './index.ts'

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const used = (buckets: Partial<Record<keyof Usage, number>>) => ({ ...NO_USAGE, ...buckets }) as Usage
const CHAT = {
  choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}

test('a whole answer is read in every format, white space before it notwithstanding', () => {
  const answers = {
    'openai-chat': CHAT,
    'openai-completions': { ...CHAT, choices: [{ text: 'Hi', finish_reason: 'stop' }] },
    'openai-responses': {
      object: 'response',
      status: 'completed',
      error: null,
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    },
    'anthropic-messages': {
      type: 'message',
      content: [{ type: 'text', text: 'Hi' }],
      usage: { input_tokens: 3, output_tokens: 2 },
    },
    gemini: {
      candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
    },
  } as const
  for (const [format, answer] of Object.entries(answers)) {
    const protocol = PROTOCOLS[format as keyof typeof answers]
    const body = bytes(`\n\n   ${JSON.stringify(answer)}`)
    const observation = protocol.readAnswer(body, 'generate')
    expect({ format, ...observation, rawUsage: 0 }).toEqual({
      format,
      usage: used({ input: 3, output: 2 }),
      rawUsage: 0,
      terminal: true,
      contentSeen: true,
      error: undefined,
    })
    expect(protocol.answerText(body)).toBe('Hi')
  }
})

test('what cannot be parsed is known to be nothing, and not whole', () => {
  for (const protocol of Object.values(PROTOCOLS))
    for (const body of ['', '<html>', '{"choices":[', 'null', '7'])
      expect(protocol.readAnswer(bytes(body), 'generate')).toMatchObject({
        usage: undefined,
        terminal: false,
        error: undefined,
      })
})

test('an error in a body with status 200 is an error', () => {
  const body = bytes({ error: { message: 'Unsupported parameter', code: 'x' } })
  for (const protocol of Object.values(PROTOCOLS))
    expect(protocol.readAnswer(body, 'generate')).toMatchObject({
      error: 'Unsupported parameter',
      terminal: false,
      contentSeen: false,
    })
  expect(PROTOCOLS.gemini.readAnswer(bytes([{ error: { message: 'Busy' } }]), 'generate').error).toBe('Busy')
})

const MESSAGE = { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }], usage: CHAT.usage }

test('an error that says nothing, beside an answer, is no error', () => {
  for (const error of ['', {}, null, false, 0, { code: 0, message: '' }])
    expect(PROTOCOLS['openai-chat'].readAnswer(bytes({ ...MESSAGE, error }), 'generate')).toMatchObject({
      usage: used({ input: 3, output: 2 }),
      terminal: true,
      contentSeen: true,
      error: undefined,
    })
})

test('an answer that broke off with an error keeps its content and its usage', () => {
  const error = { message: 'Overloaded' }
  const usage = { input_tokens: 3, output_tokens: 2 }
  const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }]
  const content = [{ type: 'text', text: 'Hi' }]
  const choices = [{ message: { content: 'Hi' }, finish_reason: 'error', error }]
  const answers: readonly (readonly [keyof typeof PROTOCOLS, unknown])[] = [
    ['openai-chat', { ...CHAT, choices }],
    ['openai-chat', { ...CHAT, choices: [{ ...choices[0], finish_reason: 'stop' }] }],
    ['openai-chat', { ...CHAT, error }],
    ['openai-responses', { object: 'response', status: 'failed', error, output, usage }],
    ['openai-responses', { status: 'failed', error, output, usage }],
    ['anthropic-messages', { type: 'message', content, usage, error }],
    [
      'gemini',
      {
        candidates: [{ content: { parts: [{ text: 'Hi' }] } }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 },
        error,
      },
    ],
  ]
  for (const [format, answer] of answers) {
    const body = bytes(answer)
    expect(PROTOCOLS[format].readAnswer(body, 'generate')).toMatchObject({
      usage: used({ input: 3, output: 2 }),
      contentSeen: true,
      error: 'Overloaded',
    })
    expect(PROTOCOLS[format].answerText(body)).toBe('Hi')
  }
  const silent = { ...CHAT, choices: [{ message: { content: 'Hi' }, finish_reason: 'error', error: {} }] }
  expect(PROTOCOLS['openai-chat'].readAnswer(bytes(silent), 'generate').error).toBe('finish_reason: error')
  const failed = { object: 'response', status: 'failed', error: null, output, usage }
  expect(PROTOCOLS['openai-responses'].readAnswer(bytes(failed), 'generate').error).toBe('status: failed')
})

test('an error as a string is an error in every format', () => {
  for (const protocol of Object.values(PROTOCOLS))
    expect(protocol.readAnswer(bytes({ error: 'quota', code: 'x' }), 'generate')).toMatchObject({
      error: 'quota',
      terminal: false,
    })
})

test('JSON without anything that answers have is no answer', () => {
  for (const [format, { readAnswer }] of Object.entries(PROTOCOLS))
    for (const body of [
      {},
      [],
      [{}],
      { id: 'x', object: 'y' },
      { choices: null, output: null, content: null, data: null },
    ])
      for (const action of format.endsWith('embeddings') ? (['embed'] as const) : (['generate', 'embed'] as const))
        expect({ format, terminal: readAnswer(bytes(body), action).terminal }).toEqual({ format, terminal: false })
})

test('a large answer with a usage but no embeddings is no answer', () => {
  const answer = { pad: 'x'.repeat(9_000), usage: { prompt_tokens: 8, total_tokens: 8 } }
  expect(PROTOCOLS['openai-embeddings'].readAnswer(bytes(answer), 'embed').terminal).toBe(false)
})

test('an answer with nothing in it is still an answer', () => {
  const answers: readonly (readonly [keyof typeof PROTOCOLS, unknown])[] = [
    ['openai-chat', { choices: [], usage: CHAT.usage }],
    ['openai-completions', { choices: [{ text: '' }] }],
    ['openai-responses', { object: 'response', output: [] }],
    ['openai-responses', { object: 'response' }],
    ['anthropic-messages', { type: 'message', content: [] }],
    ['gemini', { promptFeedback: { blockReason: 'SAFETY' } }],
    ['gemini', { usageMetadata: { promptTokenCount: 3 } }],
    ['gemini', { candidates: [{ finishReason: 'MAX_TOKENS' }] }],
    ['openai-embeddings', { data: [] }],
    ['openai-embeddings', { embedding: [0.1] }],
  ]
  for (const [format, answer] of answers)
    expect(PROTOCOLS[format].readAnswer(bytes(answer), 'generate')).toMatchObject({ terminal: true, error: undefined })
})

test('however deep an answer is nested, it is read without overflowing', () => {
  const deep = (levels: number, open: string, close: string): string => open.repeat(levels) + '1' + close.repeat(levels)
  const thinking = deep(60_000, '[{"type":"thinking","thinking":', '}]')
  const object = deep(200_000, '{"a":', '}')
  const usage = `"usage":{"prompt_tokens":3,"completion_tokens":2,"x":${object}}`
  const chat = PROTOCOLS['openai-chat']
  const answers: readonly (readonly [keyof typeof PROTOCOLS, string])[] = [
    ['openai-chat', `{"choices":[{"message":{"content":${thinking}},"finish_reason":"stop"}],${usage}}`],
    ['openai-chat', `{"error":${object},${usage}}`],
    ['openai-chat', `{"choices":[{"finish_reason":"error","error":${object}}]}`],
    ['openai-responses', `{"object":"response","output":[${object}],"error":${object}}`],
    ['anthropic-messages', `{"type":"message","content":[{"type":"tool_use","input":${object}}]}`],
    ['gemini', `{"candidates":[{"content":{"parts":[{"functionCall":{"args":${object}}}]}}]}`],
    ['openai-embeddings', `{"data":[${object}],${usage}}`],
  ]
  for (const [format, answer] of answers) {
    const protocol = PROTOCOLS[format]
    const tap = protocol.tap({ withholdUsage: true, eventBytesMax: 67_108_864, deliveredBytesMax: 1_024 })
    expect(() => {
      protocol.readAnswer(bytes(answer), 'generate')
      protocol.answerText(bytes(answer))
      tap.push(Buffer.from(`data: ${answer}\n\n`))
      tap.delivered()
    }).not.toThrow()
  }
  expect(chat.readAnswer(bytes(`{"choices":[],${usage}}`), 'generate')).toMatchObject({
    usage: used({ input: 3, output: 2 }),
    rawUsage: { prompt_tokens: 3, completion_tokens: 2, truncated: true },
  })
})

test('a token count is never billed', () => {
  const counts = {
    'anthropic-messages': { input_tokens: 14 },
    'openai-responses': { object: 'response.input_tokens', input_tokens: 14 },
    gemini: { totalTokens: 14 },
  } as const
  for (const [format, answer] of Object.entries(counts))
    expect(PROTOCOLS[format as keyof typeof counts].readAnswer(bytes(answer), 'count-tokens')).toMatchObject({
      usage: undefined,
      terminal: true,
    })
})

test('embeddings are metered with or without reading all their numbers', () => {
  const data = Array.from({ length: 2_000 }, (_, index) => ({ object: 'embedding', index, embedding: [0.1, 0.2] }))
  const usage = { prompt_tokens: 8, total_tokens: 8 }
  for (const answer of [
    { data, usage },
    { usage, data },
    { data, usage, model: 'm' },
    { data: data.slice(0, 2), usage },
  ])
    expect(readFromTail(openAiEmbeddingsAnswers, bytes(answer), Buffer.from('"usage"'))).toMatchObject({
      usage: used({ input: 8 }),
      terminal: true,
      contentSeen: true,
    })
})

test('a usage key deeper in a large answer is not taken for its own', () => {
  const answer = { data: [], pad: 'x'.repeat(9_000), nested: { usage: { prompt_tokens: 99, total_tokens: 99 } } }
  expect(readFromTail(openAiEmbeddingsAnswers, bytes(answer), Buffer.from('"usage"')).usage).toBeUndefined()
})

test('a large embeddings answer that was cut is not whole', () => {
  const text = JSON.stringify({
    data: [{ embedding: Array(3_000).fill(0.5) }],
    usage: { prompt_tokens: 8, total_tokens: 8 },
  })
  expect(readFromTail(openAiEmbeddingsAnswers, bytes(text.slice(0, -3)), Buffer.from('"usage"')).terminal).toBe(false)
})

test('Gemini embeddings are metered when they report usage, in both forms', () => {
  const usageMetadata = { promptTokenCount: 6 }
  for (const answer of [
    { embedding: { values: [1] }, usageMetadata },
    { embeddings: [{ values: [1] }], usageMetadata },
  ])
    expect(PROTOCOLS.gemini.readAnswer(bytes(answer), 'embed')).toMatchObject({
      usage: used({ input: 6 }),
      terminal: true,
    })
  expect(PROTOCOLS.gemini.readAnswer(bytes({ embedding: { values: [1] } }), 'embed')).toMatchObject({
    usage: undefined,
    terminal: true,
  })
})

test('tool calls and reasoning of a whole answer are part of its text', () => {
  const message = {
    content: null,
    reasoning_content: 'hm',
    tool_calls: [{ function: { name: 'f', arguments: '{}' } }],
    function_call: null,
  }
  expect(PROTOCOLS['openai-chat'].answerText(bytes({ choices: [{ message }] }))).toBe('hmf{}')
  expect(openAiChatAnswers.textIn({ choices: 'junk' })).toBe('')
})
