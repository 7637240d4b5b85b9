import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  CHAT,
  chatAnswer,
  type Dialect,
  DIALECTS,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  startStage,
  stream,
} from '../faults/scripted.ts'
import { START_TIMEOUT_MS } from '../harness/databases.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'

/// What a key may use by itself: each measure, told in each format's own words, counted in memory and in Redis.

/** How a format is answered with ten tokens in and five out, and how it says that a limit is reached. */
interface Format {
  readonly dialect: Dialect
  readonly answer: object
  readonly refusal: (message: string) => object
  /** Its own header for the limit of a measure, where it has one. */
  readonly header: Readonly<Partial<Record<Name, string>>>
}

type Name = 'rpm' | 'tpm' | 'itpm' | 'otpm' | 'concurrency'

const openAi = (message: string) => ({
  error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message, param: null },
})
const OPENAI_HEADERS = {
  rpm: 'x-ratelimit-limit-requests',
  tpm: 'x-ratelimit-limit-tokens',
  itpm: 'x-ratelimit-limit-tokens',
  otpm: 'x-ratelimit-limit-tokens',
} as const

/** A stream that has begun, and goes on until it is told to end. */
const endless = (): { readonly script: Script; readonly end: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const script = stream(async (out) => {
    await out.write(CHAT.text('Hello'))
    await promise
    await out.write(CHAT.end(10, 5))
    out.end()
  })
  return { script, end: () => resolve() }
}

const FORMATS: Readonly<Record<string, Format>> = {
  'OpenAI Chat': { dialect: DIALECTS.chat, answer: chatAnswer(), refusal: openAi, header: OPENAI_HEADERS },
  'OpenAI Responses': {
    dialect: DIALECTS.responses,
    answer: {
      ...{ id: 'resp_1', object: 'response', status: 'completed', model: 'gpt' },
      output: [
        {
          ...{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed' },
          content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
        },
      ],
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    },
    refusal: openAi,
    header: OPENAI_HEADERS,
  },
  Messages: {
    dialect: DIALECTS.messages,
    answer: {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'end_turn' },
      content: [{ type: 'text', text: 'Hello' }],
      usage: { input_tokens: 10, output_tokens: 5 },
    },
    refusal: (message) => ({ type: 'error', error: { type: 'rate_limit_error', message } }),
    header: {
      rpm: 'anthropic-ratelimit-requests-limit',
      tpm: 'anthropic-ratelimit-tokens-limit',
      itpm: 'anthropic-ratelimit-input-tokens-limit',
      otpm: 'anthropic-ratelimit-output-tokens-limit',
    },
  },
  Gemini: {
    dialect: DIALECTS.gemini,
    answer: {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    },
    refusal: (message) => ({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message } }),
    header: {},
  },
}

/** A limit that one request uses up, and what the refusal of the next calls it. */
const MEASURES: readonly (readonly [Name, number, string])[] = [
  ['rpm', 1, '1 requests a minute'],
  ['tpm', 15, '15 tokens a minute'],
  ['itpm', 10, '10 input tokens a minute'],
  ['otpm', 5, '5 output tokens a minute'],
]

const CASES = Object.entries(FORMATS).flatMap(([name, format]) =>
  MEASURES.map(([measure, limit, words]) => [measure, name, { ...format, measure, limit, words }] as const),
)

describe.each(['memory', 'Redis'])('counted in %s, a key that is let in once by its own', (where) => {
  let redis: RedisServer | undefined
  let stage: Stage
  beforeAll(async () => {
    redis = where === 'Redis' ? await startRedis() : undefined
    stage = await startStage(redis ? { redis: redis.url, limits: { redis_timeout: '2s' } } : {})
  }, START_MS + START_TIMEOUT_MS)
  afterAll(async () => {
    await stage?.stop()
    await redis?.stop()
  }, START_MS)

  const newKey = async (limits: Readonly<Record<string, number>>) => ({
    'x-api-key': (await stage.gateway.createKey({ user_id: stage.customer.userId, ...limits })).key,
  })

  test.each(CASES)('%s is refused in the words of %s, with a wait that is true', async (_measure, _name, one) => {
    const { dialect, answer, measure, limit, words } = one
    const headers = await newKey({ [measure]: limit })
    const first = await stage.ask(dialect, replyJson(answer), { headers })
    expect([first.status, await first.json()]).toEqual([200, expect.any(Object)])
    const header = one.header[measure]
    if (header !== undefined) expect(first.headers.get(header)).toBe(String(limit))

    const askedAt = Math.floor(Date.now() / 1_000)
    const refused = await stage.ask(dialect, replyJson(answer), { headers })
    const answeredAt = Math.ceil(Date.now() / 1_000)
    expect(refused.status).toBe(429)
    const waitSeconds = Number(refused.headers.get('retry-after'))
    expect(waitSeconds).toBeWithin(1, 62)
    const message = `The limit of ${words} is reached. Try again in ${waitSeconds} s.`
    expect(await refused.json()).toMatchObject(one.refusal(message))
    if (header !== undefined) expect(refused.headers.get(header)).toBe(String(limit))
    expect(refused.headers.get('X-RateLimit-Limit')).toBe(String(limit))
    expect(refused.headers.get('X-RateLimit-Remaining')).toBe('0')
    // Only the first request is counted: when it leaves the minute, the window is empty and there is room.
    const resetAt = Number(refused.headers.get('X-RateLimit-Reset'))
    expect(resetAt - waitSeconds).toBeWithin(askedAt - 1, answeredAt + 2)
  })

  test.each(Object.entries(FORMATS))('concurrency is refused in the words of %s', async (_name, one) => {
    const headers = await newKey({ concurrency: 1 })
    const { script, end } = endless()
    const running = await stage.ask(DIALECTS.chat, script, { headers, body: { stream: true } })
    expect(running.status).toBe(200)
    const refused = await stage.ask(one.dialect, replyJson(one.answer), { headers })
    const waitSeconds = Number(refused.headers.get('retry-after'))
    expect(refused.status).toBe(429)
    expect(waitSeconds).toBeWithin(1, 3)
    const message = `The limit of 1 requests at once is reached. Try again in ${waitSeconds} s.`
    expect(await refused.json()).toMatchObject(one.refusal(message))
    end()
    await running.text()
  })

  test('where a minute and its places are both full, the minute is named and waited for', async () => {
    const headers = await newKey({ rpm: 2, concurrency: 1 })
    await (await stage.ask(DIALECTS.chat, replyJson(chatAnswer()), { headers })).text()
    const { script, end } = endless()
    const running = await stage.ask(DIALECTS.chat, script, { headers, body: { stream: true } })
    const refused = await stage.ask(DIALECTS.chat, replyJson(chatAnswer()), { headers })
    const waitSeconds = Number(refused.headers.get('retry-after'))
    expect(waitSeconds).toBeWithin(30, 62)
    const message = `The limit of 2 requests a minute is reached. Try again in ${waitSeconds} s.`
    expect(await refused.json()).toMatchObject(openAi(message))
    end()
    await running.text()
  })

  test('every limit it has is refused by that one alone, and another key of the user is let in', async () => {
    const loose = { rpm: 1_000, tpm: 100_000, itpm: 100_000, otpm: 100_000, concurrency: 100 }
    for (const [measure, limit] of MEASURES) {
      const headers = await newKey({ ...loose, [measure]: limit })
      const statuses: number[] = []
      for (const key of [headers, headers, await newKey(loose)]) {
        const answer = await stage.ask(DIALECTS.chat, replyJson(chatAnswer()), { headers: key })
        await answer.text()
        statuses.push(answer.status)
      }
      expect([measure, ...statuses]).toEqual([measure, 200, 429, 200])
    }
  })

  test('a limit that is changed counts from the next request on', async () => {
    const { id, key } = await stage.gateway.createKey({ user_id: stage.customer.userId })
    const ask = async (): Promise<number> => {
      const answer = await stage.ask(DIALECTS.chat, replyJson(chatAnswer()), { headers: { 'x-api-key': key } })
      await answer.text()
      return answer.status
    }
    const change = (limits: object) => stage.gateway.call('PATCH', `/api/admin/keys/${id}`, limits)
    expect(await change({ otpm: 5 })).toMatchObject({ status: 200, body: { otpm: 5, itpm: null } })
    expect([await ask(), await ask()]).toEqual([200, 429])
    expect(await change({ otpm: null })).toMatchObject({ status: 200, body: { otpm: null } })
    expect(await ask()).toBe(200)
  })
})
