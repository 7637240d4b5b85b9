import { afterAll, describe, expect, test } from 'bun:test'
import { startStand } from './stand.ts'

const stand = await startStand()
afterAll(() => stand.stop())
const { key, keyId } = await stand.customer()

type Present = (key: string) => { readonly headers?: Record<string, string>; readonly query?: string }

const WAYS: readonly [string, Present][] = [
  ['a Bearer token', (secret) => ({ headers: { authorization: `Bearer ${secret}` } })],
  ['x-api-key', (secret) => ({ headers: { 'x-api-key': secret } })],
  ['x-goog-api-key', (secret) => ({ headers: { 'x-goog-api-key': secret } })],
  ['?key=', (secret) => ({ query: `key=${secret}` })],
]

const said = [{ role: 'user', content: 'Ahoy' }]
const CHAT = { model: 'demo', messages: said }
const RESPONSE = { model: 'demo', input: 'Ahoy' }
const MESSAGE = { model: 'demo', max_tokens: 20, messages: said }
const GEMINI = { contents: [{ role: 'user', parts: [{ text: 'Ahoy' }] }] }
const COMPLETION = { model: 'demo', prompt: 'Ahoy' }
const EMBEDDING = { model: 'demo-embedding', input: 'Ahoy' }
const IMAGE = { model: 'demo-image', prompt: 'a buoy' }
const MODERATION = { model: 'demo-moderation', input: 'Ahoy' }
const RANKING = { model: 'demo-rerank', query: 'red?', documents: ['a red buoy', 'a bell'] }
const CONTENT = { content: { parts: [{ text: 'Ahoy' }] } }

type Family = readonly [format: string, body: object, proof: string, ...paths: string[]]

const FAMILIES: readonly Family[] = [
  [
    'openai-chat',
    CHAT,
    'choices',
    '/v1/chat/completions',
    '/openai/v1/chat/completions',
    '/v1/openai/chat/completions',
    '/api/proxy/v1/chat/completions',
  ],
  [
    'openai-responses',
    RESPONSE,
    'output',
    '/v1/responses',
    '/openai/v1/responses',
    '/v1/openai/responses',
    '/api/proxy/v1/responses',
  ],
  ['openai-responses', RESPONSE, 'input_tokens', '/v1/responses/input_tokens'],
  [
    'anthropic-messages',
    MESSAGE,
    'content',
    '/v1/messages',
    '/claude/v1/messages',
    '/v1/anthropic/messages',
    '/v1/anthropic/v1/messages',
    '/api/proxy/v1/messages',
  ],
  [
    'anthropic-messages',
    { model: 'demo', messages: said },
    'input_tokens',
    '/v1/messages/count_tokens',
    '/claude/v1/messages/count_tokens',
    '/v1/anthropic/messages/count_tokens',
    '/v1/anthropic/v1/messages/count_tokens',
    '/api/proxy/v1/messages/count_tokens',
  ],
  ['gemini', GEMINI, 'candidates', '/v1beta/models/demo:generateContent', '/v1/models/demo:generateContent'],
  ['gemini', GEMINI, 'totalTokens', '/v1beta/models/demo:countTokens', '/v1/models/demo:countTokens'],
  [
    'gemini',
    CONTENT,
    'embedding',
    '/v1beta/models/demo-embedding:embedContent',
    '/v1/models/demo-embedding:embedContent',
  ],
  ['openai-completions', COMPLETION, 'choices', '/v1/completions', '/v1/openai/completions'],
  [
    'openai-images',
    IMAGE,
    'data',
    '/v1/images/generations',
    '/openai/v1/images/generations',
    '/v1/openai/images/generations',
  ],
  ['openai-moderations', MODERATION, 'results', '/v1/moderations', '/openai/v1/moderations', '/v1/openai/moderations'],
  ['rerank', RANKING, 'results', '/v1/rerank', '/openai/v1/rerank', '/v1/openai/rerank', '/rerank', '/v2/rerank'],
  ['openai-embeddings', EMBEDDING, 'data', '/v1/embeddings', '/openai/v1/embeddings', '/v1/openai/embeddings'],
]

const LISTS = [
  '/v1/models',
  '/v1/models/demo',
  '/openai/v1/models',
  '/api/proxy/v1/models',
  '/v1beta/models',
  '/v1beta/models/demo',
]

const ROWS = FAMILIES.flatMap(([format, body, proof, ...paths]) => paths.map((path) => ({ format, body, proof, path })))

const ask = (path: string, { headers = {}, query }: ReturnType<Present>, body?: object): Promise<Response> =>
  fetch(`${stand.url}${path}${query === undefined ? '' : `${path.includes('?') ? '&' : '?'}${query}`}`, {
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })

describe.each(WAYS)('with its key as %s', (_way, present) => {
  test.each(ROWS)(
    'POST $path is answered in its own format and leaves a receipt',
    async ({ path, body, proof, format }) => {
      const answer = await ask(path, present(key), body)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toHaveProperty(proof)
      expect(answer.headers.get('x-tollgate-model')).toMatch(/^demo/)
      const receipt = await stand.receipt(answer.headers.get('x-request-id'), key)
      expect(receipt).toMatchObject({ client_format: format, status: 200, ended: 'whole' })
    },
  )

  test.each(LISTS)('GET %s is answered', async (path) => {
    const answer = await ask(path, present(key))
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('demo')
  })

  test.each(['', '?alt=sse'])('Gemini streams, asked with "%s"', async (query) => {
    const answer = await ask(`/v1beta/models/demo:streamGenerateContent${query}`, present(key), GEMINI)
    expect(answer.status).toBe(200)
    const text = await answer.text()
    expect(text.startsWith(query === '' ? '[' : 'data: ')).toBe(true)
    if (query === '') expect(JSON.parse(text)).toBeArray()
  })

  test('its own receipt is read', async () => {
    const answer = await ask('/v1/chat/completions', present(key), CHAT)
    const receipt = await ask(`/v1/receipts/${answer.headers.get('x-request-id')}`, present(key))
    expect(receipt.status).toBe(200)
    expect(await receipt.json()).toMatchObject({ key_id: keyId })
  })

  test('the vendor never sees it', async () => {
    stand.replay.forget()
    const asked: [string, object][] = [
      ['/v1/chat/completions', { ...CHAT, model: 'own-openai-chat-text' }],
      ['/v1/responses', { ...RESPONSE, model: 'own-openai-responses-text' }],
      ['/v1/messages', { ...MESSAGE, model: 'own-anthropic-messages-text' }],
      ['/v1beta/models/own-gemini-generate-text:generateContent', GEMINI],
      ['/v1/embeddings', { ...EMBEDDING, model: 'own-openai-embeddings-one' }],
      ['/v1/completions', { ...COMPLETION, model: 'own-openai-completions-text' }],
    ]
    for (const [path, body] of asked) expect([path, (await ask(path, present(key), body)).status]).toEqual([path, 200])
    // The replay upstream complains of a key of ours anywhere in a request, and of a vendor's key that is not there.
    expect(stand.replay.complaints()).toEqual([])
    expect(stand.replay.requests().length).toBe(asked.length)
  })
})

describe('a path', () => {
  test.each(ROWS)('POST $path refuses without a key, in its own shape', async ({ path, body, format }) => {
    const answer = await ask(path, {}, body)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    const shape = {
      'anthropic-messages': { type: 'error', error: { type: 'authentication_error' } },
      gemini: { error: { code: 401, status: 'UNAUTHENTICATED' } },
    }[format] ?? { error: { type: 'authentication_error', code: 'invalid_api_key' } }
    expect(await answer.json()).toMatchObject(shape)
  })

  test.each([
    ['/v1/nothing', { error: { code: 'not_found' } }],
    ['/claude/v1/nothing', { type: 'error', error: { type: 'not_found_error' } }],
    ['/v1beta/nothing', { error: { code: 404, status: 'NOT_FOUND' } }],
  ])('%s that is not there is said not to be, in the shape its clients read', async (path, shape) => {
    const answer = await ask(path, { headers: { authorization: `Bearer ${key}` } }, {})
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject(shape)
  })

  test('asked with two different keys at once refuses, and with the same key twice answers', async () => {
    const other = await stand.customer()
    const both = (second: string) => ({ headers: { authorization: `Bearer ${key}`, 'x-api-key': second } })
    expect((await ask('/v1/chat/completions', both(other.key), CHAT)).status).toBe(400)
    expect((await ask('/v1/chat/completions', both(key), CHAT)).status).toBe(200)
  })
})

describe('a model', () => {
  test.each([
    ['aiproxy/sonnet', 'claude-sonnet-4-6'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['demo/claude-opus-4-7', 'claude-opus-4-7'],
  ])('%s is answered by %s', async (asked, served) => {
    const answer = await ask(
      '/v1/messages',
      { headers: { authorization: `Bearer ${key}` } },
      { ...MESSAGE, model: asked },
    )
    expect([answer.status, answer.headers.get('x-tollgate-model')]).toEqual([200, served])
  })

  test('that is gone names its successor', async () => {
    const answer = await ask(
      '/v1/messages',
      { headers: { authorization: `Bearer ${key}` } },
      { ...MESSAGE, model: 'claude-sonnet-4-20250514' },
    )
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('claude-sonnet-4-6')
  })

  test('that no channel serves is known but not available, and it may be later', async () => {
    const answer = await ask(
      '/v1/chat/completions',
      { headers: { authorization: `Bearer ${key}` } },
      { ...CHAT, model: 'gemini-2.5-pro' },
    )
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      error: {
        type: 'upstream_error',
        code: 'model_not_found',
        message: expect.stringContaining('No available channel for model gemini-2.5-pro under group default'),
      },
    })
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/)
  })
})
