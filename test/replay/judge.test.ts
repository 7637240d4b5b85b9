import { describe, expect, test } from 'bun:test'
import type { Api, Interaction } from './interaction.ts'
import { judge } from './judge.ts'
import { startReplay } from './server.ts'

const KEY = 'upstream-secret-judge'
const CREDENTIALS = { authorization: `Bearer ${KEY}`, 'x-api-key': KEY, 'x-goog-api-key': KEY }

interface Endpoint {
  readonly api: Api
  readonly path: string
  readonly header: keyof typeof CREDENTIALS
  readonly good: Readonly<Record<string, unknown>>
  readonly refusal: unknown
}

const HELLO = [{ role: 'user', content: 'Hello' }]
const CONTENTS = [{ role: 'user', parts: [{ text: 'Hello' }] }]
const message = '/future is not known'
const openai = { error: { message, type: 'invalid_request_error', param: null, code: null } }
const anthropic = {
  type: 'error',
  error: { type: 'invalid_request_error', message },
  request_id: 'req_refused',
}
const gemini = { error: { code: 400, message, status: 'INVALID_ARGUMENT' } }
const counted = {
  ...gemini,
  error: { ...gemini.error, message: `/future is not taken where tokens are counted; ${message}` },
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    api: 'openai.chat',
    path: '/v1/chat/completions',
    header: 'authorization',
    good: { messages: HELLO },
    refusal: openai,
  },
  {
    api: 'openai.responses',
    path: '/v1/responses',
    header: 'authorization',
    good: { input: 'Hello' },
    refusal: openai,
  },
  {
    api: 'openai.completions',
    path: '/v1/completions',
    header: 'authorization',
    good: { prompt: 'Hello' },
    refusal: openai,
  },
  {
    api: 'openai.embeddings',
    path: '/v1/embeddings',
    header: 'authorization',
    good: { input: 'Hello' },
    refusal: openai,
  },
  {
    api: 'anthropic.messages',
    path: '/v1/messages',
    header: 'x-api-key',
    good: { max_tokens: 9, messages: HELLO },
    refusal: anthropic,
  },
  {
    api: 'gemini.generateContent',
    path: '/v1beta/models/one:generateContent',
    header: 'x-goog-api-key',
    good: { contents: CONTENTS },
    refusal: gemini,
  },
  {
    api: 'gemini.countTokens',
    path: '/v1beta/models/one:countTokens',
    header: 'x-goog-api-key',
    good: { contents: CONTENTS },
    refusal: counted,
  },
]

const interaction = ({ api, path, good }: Endpoint): Interaction => ({
  id: 'one',
  provider: api.split('.')[0] ?? '',
  api,
  stream: false,
  fidelity: 'written',
  request: { method: 'POST', path, query: '', headers: {}, body: good },
  response: { status: 200, headers: {}, body: { answered: true } },
})

const send = (url: string, { path, header, good }: Endpoint, more: object): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { [header]: CREDENTIALS[header] },
    body: JSON.stringify({ ...(path.startsWith('/v1beta') ? {} : { model: 'one' }), ...good, ...more }),
  })

describe('the replay upstream', () => {
  for (const endpoint of ENDPOINTS) {
    test(`refuses what ${endpoint.api} would, in its vendor’s words, and does not end well`, async () => {
      const replay = await startReplay({ interactions: [interaction(endpoint)], keys: [KEY] })
      expect((await send(replay.url, endpoint, {})).status).toBe(200)
      const refused = await send(replay.url, endpoint, { future: 1 })
      expect([refused.status, await refused.json()]).toEqual([400, endpoint.refusal])
      replay.forget()
      expect(replay.refused()).toHaveLength(1)
      await expect(replay.stop()).rejects.toThrow('would have refused 1 requests')
    })
  }

  test.each([['by the server' as const], ['by the interaction' as const]])(
    'lets through what is excused %s',
    async (by) => {
      const [endpoint] = ENDPOINTS
      if (!endpoint) throw new Error('there is no endpoint')
      const why = 'sent to see that it passes'
      const unjudged = by === 'by the server' ? why : { one: why }
      const replay = await startReplay({ interactions: [interaction(endpoint)], keys: [KEY], unjudged })
      expect((await send(replay.url, endpoint, { future: 1 })).status).toBe(200)
      await replay.stop()
    },
  )
})

describe('a request', () => {
  const body = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9, messages: HELLO }
  const invoke = '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke'
  const predict = '/v1/projects/p/locations/us/publishers/anthropic/models/claude@1:rawPredict'
  const google = '/v1/projects/p/locations/us/publishers/google/models/gemini:generateContent'
  const chat = { model: 'gpt', messages: HELLO }

  const faultsOf = (target: string, sent: unknown, headers: readonly (readonly [string, string])[] = []) =>
    judge({ target, headers, body: Buffer.from(JSON.stringify(sent)) })?.faults

  test.each([
    ['Bedrock’s InvokeModel', invoke, body, []],
    [
      'Bedrock’s, with the model said twice',
      invoke,
      { ...body, model: 'x' },
      ['/model: Extra inputs are not permitted'],
    ],
    [
      'Bedrock’s, with streaming in the body',
      invoke,
      { ...body, stream: true },
      ['/stream: Extra inputs are not permitted'],
    ],
    [
      'Vertex’s Claude with the version of another cloud',
      predict,
      body,
      ['/anthropic_version is "bedrock-2023-05-31", not vertex-2023-10-16'],
    ],
    ['Vertex’s Gemini', google, { contents: CONTENTS, future: 1 }, ['/future is not known']],
    [
      'an Azure deployment',
      '/openai/deployments/d/chat/completions?api-version=1',
      { messages: HELLO, top_k: 1 },
      ['/top_k is not known'],
    ],
    ['OpenAI without a model', '/v1/chat/completions', { messages: HELLO }, ['/model is nothing, no string']],
    ['no object', '/v1/chat/completions', [chat], ['the body is no object']],
  ])('to %s is judged by its path', (_what, target, sent, faults) => {
    expect(faultsOf(target, sent)).toEqual([...faults])
  })

  test('with a field of the beta API needs a beta', () => {
    const sent = { model: 'claude', max_tokens: 9, messages: HELLO, context_management: { edits: [] } }
    expect(faultsOf('/v1/messages', sent)).toEqual([
      '/context_management: Extra inputs are not permitted without a beta',
    ])
    expect(faultsOf('/v1/messages', sent, [['anthropic-beta', 'context-management-2025-06-27']])).toEqual([])
  })

  test('to an endpoint that nobody knows is not judged', () => {
    expect(faultsOf('/v1/audio/speech', chat)).toBeUndefined()
  })
})
