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
