import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Explained, startStand, type Stand, VENDOR_KEY } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand()
})
afterAll(() => stand.stop())

const TOOL = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const chat = (model: string, more: object = {}) => ({
  model,
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello, wörld' },
  ],
  max_tokens: 50,
  tools: [{ type: 'function', function: { name: 'weather', description: 'x', parameters: TOOL } }],
  ...more,
})
const messages = (model: string, more: object = {}) => ({
  model,
  system: 'Be brief.',
  max_tokens: 50,
  messages: [{ role: 'user', content: 'Hello, wörld' }],
  tools: [{ name: 'weather', description: 'x', input_schema: TOOL }],
  ...more,
})
const responses = (model: string, more: object = {}) => ({
  model,
  instructions: 'Be brief.',
  input: 'Hello, wörld',
  max_output_tokens: 50,
  ...more,
})
const gemini = (more: object = {}) => ({
  contents: [{ role: 'user', parts: [{ text: 'Hello, wörld' }] }],
  generationConfig: { maxOutputTokens: 50 },
  ...more,
})

/** Every format asked in, with every format that it is answered in. */
const CASES: readonly (readonly [string, string, unknown, Readonly<Record<string, string>>])[] = [
  ['Chat as it is', '/v1/chat/completions', chat('chat'), {}],
  ['Chat with fields of our own', '/v1/chat/completions', chat('chat', { provider: 'oc', fallbacks: ['claude'] }), {}],
  ['Chat for Responses and Chat', '/v1/chat/completions', chat('gpt', { seed: 7 }), {}],
  ['Chat for Messages', '/v1/chat/completions', chat('claude', { seed: 7, frequency_penalty: 1 }), {}],
  ['Chat for Gemini', '/v1/chat/completions', chat('gem'), {}],
  [
    'Messages as they are',
    '/v1/messages?beta=true',
    messages('claude'),
    { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a-beta' },
  ],
  ['Messages by an alias', '/v1/messages', messages('mine'), { 'anthropic-version': '2023-06-01' }],
  ['Messages for Chat', '/claude/v1/messages', messages('chat', { top_k: 3 }), { 'anthropic-version': '2023-06-01' }],
  ['Messages for Gemini', '/v1/messages', messages('gem', { metadata: { user_id: 'me' } }), {}],
  ['Responses as they are', '/v1/responses', responses('gpt', { store: false }), {}],
  ['Responses for Messages', '/v1/responses', responses('claude', { store: false }), {}],
  ['Responses for Chat', '/v1/responses', responses('chat', { store: false }), {}],
  ['Gemini as it is', '/v1beta/models/gem:generateContent', gemini(), {}],
  ['Gemini for Messages', '/v1beta/models/claude:generateContent', gemini({ safetySettings: [] }), {}],
  ['Gemini for Chat', '/v1beta/models/chat:generateContent', gemini(), {}],
  ['legacy Completions for Messages', '/v1/completions', { model: 'claude', prompt: 'Hello', max_tokens: 9 }, {}],
  ['Embeddings', '/v1/embeddings', { model: 'embed', input: 'Hello' }, {}],
  ['a count of tokens', '/v1/messages/count_tokens', messages('claude', { max_tokens: undefined }), {}],
  ['under a provider', '/v1/oc/chat/completions', chat('chat'), {}],
]

const sentOf = (explained: Explained) => {
  const sent = explained.candidates.find(({ channel }) => channel === explained.first?.channel)?.sent
  if (sent?.kind !== 'sent') throw new Error(explained.text)
  return sent
}

describe('what an explanation says', () => {
  test.each(CASES)('is what is sent: %s', async (_what, path, body, headers) => {
    stand.vendor.seen.length = 0
    const explained = await stand.explain(path, body, headers)
    expect(explained.status).toBe(200)
    expect(explained.would_refuse).toBeNull()
    expect(stand.vendor.seen).toEqual([])
    const answer = await stand.ask(path, body, headers)
    expect(answer.status).toBe(200)
    await answer.text()
    const [seen] = stand.vendor.seen
    const sent = sentOf(explained)
    expect(sent.body).toBe(seen?.body ?? '')
    expect(['', '/secret-root'].map((root) => root + sent.path)).toContain(seen?.path ?? '')
    for (const [name, value] of Object.entries(sent.headers ?? {}))
      expect([name, seen?.headers.get(name)]).toEqual([name, value])
    // Nothing is sent that was not told of, but for the key, and what HTTP itself says.
    const untold = [...(seen?.headers.keys() ?? [])].filter((name) => !(name in (sent.headers ?? {})))
    const ofHttp = [
      'authorization',
      'x-api-key',
      'x-goog-api-key',
      'host',
      'content-length',
      'connection',
      'user-agent',
      'accept',
    ]
    expect(untold.filter((name) => !ofHttp.includes(name))).toEqual([])
    const losses = (sent.losses ?? []).map(({ pointer, code }) => `${pointer};${code}`)
    const receipt = await stand.receipt(answer)
    expect(receipt.quote_usd).toBe(explained.quote?.amount_usd ?? '')
    expect(receipt.warnings.filter((warning) => !warning.startsWith('/response'))).toEqual(losses)
    expect(receipt.channel).toBe(explained.first?.channel ?? '')
    expect(receipt.model_served).toBe(explained.model.served ?? '')
    expect(receipt.client_format as string).toBe(explained.operation.format)
    expect(explained.text).not.toContain(VENDOR_KEY)
    expect(explained.text).not.toContain(new URL(stand.vendor.url).host)
    expect(explained.text).not.toContain('secret-root')
  })

  test('is the same of a stream', async () => {
    const body = chat('chat', { stream: true })
    stand.vendor.seen.length = 0
    const explained = await stand.explain('/v1/chat/completions', body)
    await (await stand.ask('/v1/chat/completions', body)).text()
    expect(sentOf(explained).body).toBe(stand.vendor.seen[0]?.body ?? '')
    expect(explained.operation.stream).toBe(true)
  })

  test('is the same of a body with its path and headers, and of one whose path is guessed', async () => {
    const plain = await stand.explain('/v1/messages?beta=true', messages('claude'), {
      'anthropic-version': '2023-06-01',
    })
    const path = '/v1/messages?beta=true'
    const wrapped = await stand.explain('', {
      path,
      headers: { 'anthropic-version': '2023-06-01' },
      body: messages('claude'),
    })
    const byHeader = await stand.explain('', messages('claude'), {
      'anthropic-version': '2023-06-01',
      'x-tollgate-path': path,
    })
    for (const one of [wrapped, byHeader]) expect(sentOf(one)).toEqual(sentOf(plain))
    expect(sentOf(plain).path).toBe(path)
  })

  const GUESSED: readonly (readonly [string, unknown, string])[] = [
    ['Chat', chat('chat'), '/v1/chat/completions'],
    ['Messages', messages('claude'), '/v1/messages'],
    ['Responses', responses('gpt'), '/v1/responses'],
    ['Gemini', gemini({ model: 'models/gem' }), '/v1beta/models/gem:generateContent'],
    ['Embeddings by their model', { model: 'embed', input: 'x' }, '/v1/embeddings'],
    ['Completions', { model: 'chat', prompt: 'x' }, '/v1/completions'],
    ['images', { model: 'chat', prompt: 'x', size: '1x1' }, '/v1/images/generations'],
    ['rankings', { model: 'chat', query: 'x', documents: ['y'] }, '/v1/rerank'],
    ['speech', { model: 'chat', input: 'x', voice: 'y' }, '/v1/audio/speech'],
    ['what is wrapped', { body: messages('claude') }, '/v1/messages'],
  ]
  test.each(GUESSED)('is told of the path that the body looks like: %s', async (_what, body, path) => {
    const { operation } = await stand.explain('', body)
    expect(operation).toMatchObject({ path, guessed: true })
  })
})
