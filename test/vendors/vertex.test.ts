import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createVerify, generateKeyPairSync } from 'node:crypto'
import { eventsIn, MESSAGE, MESSAGE_COST_USD, MESSAGE_EVENTS } from './messages.ts'
import { type Asked, json, type Reply, type Stage, sse, START_MS, startStage } from './stage.ts'

const ROOT = '/v1/projects/acme/locations/us-east5'
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const EMAIL = 'gateway@acme.iam.gserviceaccount.example'

/** As Google's console gives it: over several lines. */
const keyFile = (tokenUri: string): string =>
  JSON.stringify(
    {
      type: 'service_account',
      private_key_id: 'key-1',
      private_key: privateKey,
      client_email: EMAIL,
      token_uri: tokenUri,
    },
    null,
    2,
  )

let stage: Stage
/** What the service of tokens answers, and what it was asked. */
let tokens: { asked: Asked[]; answer: () => Reply }
beforeAll(async () => {
  stage = await startStage(({ url }) => {
    const provider = (key: string) => ({ kind: 'vertex', base_url: url + ROOT, keys: [key] })
    const claude = ['anthropic', 'claude-sonnet-4-5@20250929'] as const
    return [
      {
        provider: provider(keyFile(`${url}/token`)),
        models: { claude, gem: ['google', 'gemini-2.5-flash'] },
      },
      { provider: provider('ya29.given-token'), models: { given: claude } },
      { provider: provider(keyFile(`${url}/broken`)), models: { shut: claude } },
    ]
  })
}, START_MS)
afterAll(() => stage?.stop(), START_MS)

/** What Vertex answers; tokens are given out beside it. */
const answering = (reply: (asked: Asked) => Reply): void => {
  stage.vendor.answer = (asked) => (asked.target === '/token' ? token(asked) : reply(asked))
}
let given = 0
/** As long as Google's are. */
const LONG_TOKEN = `ya29.${'c0ffee'.repeat(30)}`
const token = (asked: Asked): Reply => {
  tokens.asked.push(asked)
  return tokens.answer()
}
tokens = {
  asked: [],
  answer: () => {
    given += 1
    return json({ access_token: `ya29.token-${given}`, expires_in: 3_599, token_type: 'Bearer' })
  },
}

const asking = (model: string, more: object = {}) => ({
  model,
  max_tokens: 50,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
})

describe('a service account', () => {
  test('is exchanged for one token, however many ask at once, which every request carries', async () => {
    answering(() => json(MESSAGE))
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.ask('/v1/messages', asking('claude'))))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(tokens.asked.length).toBe(1)
    expect(stage.last().headers.authorization).toBe('Bearer ya29.token-1')
  })

  test('signs what it asks with, for the service it asks', () => {
    const form = new URLSearchParams(tokens.asked[0]?.text)
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
    const said = read(claims)
    expect(said).toMatchObject({ iss: EMAIL, aud: `${stage.vendor.url}/token` })
    expect([said.scope, said.exp - said.iat]).toEqual(['https://www.googleapis.com/auth/cloud-platform', 3_600])
    expect(Math.abs(said.iat - Date.now() / 1_000)).toBeLessThan(60)
    const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`)
    expect(verify.verify(publicKey, signature, 'base64url')).toBe(true)
  })

  test('gets another token once Vertex refuses the one it has', async () => {
    answering(() => json({ error: { code: 401, message: 'expired', status: 'UNAUTHENTICATED' } }, 401))
    expect((await stage.ask('/v1/messages', asking('claude'))).status).toBe(502)
    answering(() => json(MESSAGE))
    expect((await stage.ask('/v1/messages', asking('claude'))).status).toBe(200)
    expect(stage.last().headers.authorization).toBe('Bearer ya29.token-2')
  })

  test('that gets no token costs nothing, and its key is in no message and no log', async () => {
    stage.vendor.answer = () => json({ error: 'invalid_grant', error_description: EMAIL }, 400)
    const answer = await stage.ask('/v1/messages', asking('shut'))
    const text = await answer.text()
    expect(answer.status).toBe(502)
    expect(text).toContain('Your key is fine')
    expect(text).not.toContain(EMAIL)
    const receipt = await stage.settled()
    expect(receipt).toMatchObject({ ended: 'failed', cost_usd: '0.000000000' })
    expect(receipt?.attempts).toMatchObject([{ status: 0, error: 'no-token' }])
    expect(stage.gateway.output()).not.toContain('PRIVATE KEY')
  })

  test('has its token hidden wherever Vertex repeats it', async () => {
    tokens.answer = () => json({ access_token: LONG_TOKEN, expires_in: 3_599, token_type: 'Bearer' })
    answering(() => json({ error: { code: 401, message: 'expired' } }, 401))
    await stage.ask('/v1/messages', asking('claude'))
    const repeated = (asked: Asked) => `you sent ${asked.headers.authorization}`
    const refusal = (message: string) => json([{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }], 400)
    const ways: readonly (readonly [string, (asked: Asked) => Reply, object])[] = [
      ['you sent Bearer [key]', (asked) => refusal(repeated(asked)), {}],
      ['[key]', (asked) => refusal(Buffer.from(repeated(asked)).toString('base64')), {}],
      ['you sent Bearer [key]', (asked) => json({ ...MESSAGE, note: repeated(asked) }), {}],
      [
        'you sent Bearer [key]',
        (asked) =>
          sse([
            ...MESSAGE_EVENTS.slice(0, 3).map((event) => [event.type, event] as const),
            ['error', { type: 'error', error: { type: 'api_error', message: repeated(asked) } }],
          ]),
        { stream: true },
      ],
    ]
    for (const [said, reply, more] of ways) {
      answering(reply)
      const answer = await stage.ask('/v1/messages', asking('claude', more))
      const text = await answer.text()
      expect(stage.last().headers.authorization).toBe(`Bearer ${LONG_TOKEN}`)
      expect([text.includes(said), text.includes('c0ffee'), text.includes('YzBmZmVl')]).toEqual([true, false, false])
    }
    expect(stage.gateway.output()).not.toContain('c0ffee')
  })

  test('an access token is sent as it is', async () => {
    answering(() => json(MESSAGE))
    await stage.ask('/v1/messages', asking('given'))
    expect(stage.last().headers.authorization).toBe('Bearer ya29.given-token')
  })
})

describe('Claude', () => {
  const PATH = `${ROOT}/publishers/anthropic/models/claude-sonnet-4-5@20250929`

  test('has the model in the path and the version in the body', async () => {
    answering(() => json(MESSAGE))
    const answer = await stage.ask('/v1/messages?beta=true', asking('claude'))
    expect(await answer.json()).toEqual(MESSAGE)
    const { target, text } = stage.last()
    expect(target).toBe(`${PATH}:rawPredict`)
    const { model: _, ...body } = asking('claude')
    expect(text).toBe(JSON.stringify({ ...body, anthropic_version: 'vertex-2023-10-16' }))
    expect(await stage.settled()).toMatchObject({ ended: 'whole', cost_usd: MESSAGE_COST_USD })
  })

  test('streams', async () => {
    answering(() => sse(MESSAGE_EVENTS.map((event) => [event.type, event])))
    const answer = await stage.ask('/v1/messages', asking('claude', { stream: true }))
    expect(eventsIn(await answer.text())).toEqual(MESSAGE_EVENTS.map((event) => [event.type, event]))
    expect(stage.last().target).toBe(`${PATH}:streamRawPredict`)
    expect(JSON.parse(stage.last().text)).toMatchObject({ stream: true })
    expect(await stage.settled()).toMatchObject({ stream: true, ended: 'whole', cost_usd: MESSAGE_COST_USD })
  })

  test('is asked in Messages by clients of every format, though Vertex speaks Gemini too', async () => {
    answering(() => json(MESSAGE))
    const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
    const answer = await stage.ask('/v1beta/models/claude:generateContent', body)
    expect(await answer.json()).toMatchObject({ candidates: [{ content: { parts: [{ text: 'Hello there' }] } }] })
    expect(stage.last().target).toBe(`${PATH}:rawPredict`)
    expect(await stage.settled()).toMatchObject({ upstream_format: 'anthropic-messages' })
  })

  test('tokens are counted at their own path, with the model in the body', async () => {
    answering(() => json({ input_tokens: 14 }))
    const { max_tokens: _, ...body } = asking('claude')
    const answer = await stage.ask('/v1/messages/count_tokens', body)
    expect(await answer.json()).toEqual({ input_tokens: 14 })
    expect(stage.last().target).toBe(`${ROOT}/publishers/anthropic/models/count-tokens:rawPredict`)
    expect(JSON.parse(stage.last().text)).toMatchObject({
      model: 'claude-sonnet-4-5@20250929',
      anthropic_version: 'vertex-2023-10-16',
    })
  })

  test('betas that Google does not know are left out and declared', async () => {
    answering(() => json(MESSAGE))
    const headers = { 'anthropic-beta': 'claude-code-20250219,context-1m-2025-08-07' }
    const answer = await stage.ask('/v1/messages', asking('claude'), headers)
    expect(stage.last().headers['anthropic-beta']).toBe('context-1m-2025-08-07')
    expect(answer.headers.get('x-tollgate-warnings')).toBe('/anthropic_beta;unsupported')
  })

  test('Google’s own refusal comes in the words of Messages', async () => {
    answering(() => json([{ error: { code: 400, message: 'no such field', status: 'INVALID_ARGUMENT' } }], 400))
    const answer = await stage.ask('/v1/messages', asking('claude'))
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'no such field' } },
    ])
  })
})

describe('Gemini', () => {
  const PATH = `${ROOT}/publishers/google/models/gemini-2.5-flash`
  const ANSWER = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 7, totalTokenCount: 19 },
    modelVersion: 'gemini-2.5-flash',
  }
  const BODY = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
  const COST_USD = '0.000141000'

  test('is asked under the publisher’s path', async () => {
    answering(() => json(ANSWER))
    const answer = await stage.ask('/v1beta/models/gem:generateContent', BODY)
    expect(await answer.json()).toEqual(ANSWER)
    const { target, text, headers } = stage.last()
    expect([target, text]).toEqual([`${PATH}:generateContent`, JSON.stringify(BODY)])
    expect([headers.authorization, headers['x-goog-api-key']]).toEqual([`Bearer ${LONG_TOKEN}`, undefined])
    expect(await stage.settled()).toMatchObject({ upstream_format: 'gemini', ended: 'whole', cost_usd: COST_USD })
  })

  test('streams as events, for its own clients and for others', async () => {
    answering(() => sse([['', ANSWER]]))
    const own = await stage.ask('/v1beta/models/gem:streamGenerateContent?alt=sse', BODY)
    expect(eventsIn(await own.text())).toEqual([['', ANSWER]])
    expect(stage.last().target).toBe(`${PATH}:streamGenerateContent?alt=sse`)
    expect(await stage.settled()).toMatchObject({ stream: true, ended: 'whole', cost_usd: COST_USD })
    const other = await stage.ask('/v1/messages', asking('gem', { stream: true }))
    expect(await other.text()).toContain('"text":"Hello"')
    expect(stage.last().target).toBe(`${PATH}:streamGenerateContent?alt=sse`)
    expect(await stage.settled()).toMatchObject({ upstream_format: 'gemini', ended: 'whole', cost_usd: COST_USD })
  })

  const INSTRUCTION = { parts: [{ text: 'Be brief' }] }
  test('a whole request is counted without its wrapper', async () => {
    answering(() => json({ totalTokens: 5 }))
    const wrapped = {
      generateContentRequest: { model: 'models/gem', ...BODY, toolConfig: {}, systemInstruction: INSTRUCTION },
    }
    const answer = await stage.ask('/v1beta/models/gem:countTokens', wrapped)
    expect(await answer.json()).toEqual({ totalTokens: 5 })
    expect(stage.last().target).toBe(`${PATH}:countTokens`)
    expect(JSON.parse(stage.last().text)).toEqual({ ...BODY, systemInstruction: INSTRUCTION })
  })

  test('lists of texts to embed are refused, as Vertex takes none', async () => {
    const requests = [{ content: { parts: [{ text: 'Hi' }] } }]
    const answer = await stage.ask('/v1beta/models/gem:batchEmbedContents', { requests })
    expect(answer.status).toBe(400)
  })
})
