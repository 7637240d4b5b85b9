import { afterAll, describe, expect, test } from 'bun:test'
import OpenAI, { type ClientOptions } from 'openai'
import { startStand } from './stand.ts'

const stand = await startStand()
afterAll(() => stand.stop())

type Failure = InstanceType<typeof OpenAI.APIError>
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Ahoy' }]

/** A client that counts what it sends. */
const counting = (apiKey: string, options: ClientOptions = {}) => {
  let sent = 0
  const counted = (...args: Parameters<typeof fetch>): Promise<Response> => {
    sent += 1
    return fetch(...args)
  }
  const client = new OpenAI({ baseURL: `${stand.url}/v1`, apiKey, fetch: counted, ...options })
  return { client, sent: () => sent }
}

const failureOf = async (asked: Promise<unknown>): Promise<Failure> => {
  const failure = await asked.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure instanceof OpenAI.APIError) return failure
  throw new Error(`expected an error of the API, not ${String(failure)}`)
}

const wrongKey = 'sk-tg-000000000000000000000000000000000000000'

describe('the OpenAI SDK is refused', () => {
  const cases: readonly [
    string,
    () => Promise<{ key: string; body?: object }>,
    new (...args: never[]) => Failure,
    object,
  ][] = [
    [
      'with a wrong key',
      async () => ({ key: wrongKey }),
      OpenAI.AuthenticationError,
      { status: 401, code: 'invalid_api_key', type: 'authentication_error' },
    ],
    [
      'without money',
      async () => ({ key: (await stand.gateway.createCustomer('0')).key }),
      OpenAI.APIError,
      { status: 402, code: 'insufficient_balance', type: 'insufficient_quota' },
    ],
    [
      'a model its key may not use',
      async () => ({ key: (await stand.customer({ models: ['gpt-4o'] })).key }),
      OpenAI.PermissionDeniedError,
      { status: 403, code: 'model_not_allowed', type: 'forbidden' },
    ],
    [
      'a model nobody knows',
      async () => ({ key: (await stand.customer()).key, body: { model: 'no-such-model' } }),
      OpenAI.NotFoundError,
      { status: 404, code: 'model_not_found', type: 'not_found' },
    ],
    [
      'messages that are no list',
      async () => ({ key: (await stand.customer()).key, body: { messages: 'Ahoy' } }),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'messages' },
    ],
    [
      'a limit of the wrong type',
      async () => ({ key: (await stand.customer()).key, body: { max_tokens: 'many' } }),
      OpenAI.BadRequestError,
      { status: 400, type: 'invalid_request_error', param: 'max_tokens' },
    ],
    [
      'a model that is gone',
      async () => ({ key: (await stand.customer()).key, body: { model: 'claude-sonnet-4-20250514' } }),
      OpenAI.InternalServerError,
      { status: 503, code: 'model_not_found' },
    ],
  ]

  test.each(cases)(
    '%s, by its own error class, at once and with a request id',
    async (_what, make, errorClass, fields) => {
      const { key, body } = await make()
      const { client, sent } = counting(key)
      const asked = { model: 'demo', messages, ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming
      const failure = await failureOf(client.chat.completions.create(asked))
      expect(failure).toBeInstanceOf(errorClass)
      expect(failure).toMatchObject(fields)
      expect(failure.requestID).toMatch(/^req_/)
      expect(failure.headers?.get('x-should-retry')).toBe('false')
      expect(sent()).toBe(1)
    },
  )

  test('a wrong key on Responses, Embeddings, Completions and Models alike', async () => {
    const { client } = counting(wrongKey)
    const asked = [
      () => client.responses.create({ model: 'demo', input: 'Ahoy' }),
      () => client.embeddings.create({ model: 'demo-embedding', input: 'Ahoy' }),
      () => client.completions.create({ model: 'demo', prompt: 'Ahoy' }),
      () => client.models.list(),
    ]
    for (const ask of asked) {
      const failure = await failureOf(ask())
      expect(failure).toBeInstanceOf(OpenAI.AuthenticationError)
      expect(failure.code).toBe('invalid_api_key')
    }
  })

  test('a message names what to do next', async () => {
    const { key } = await stand.gateway.createCustomer('0')
    const failure = await failureOf(counting(key).client.chat.completions.create({ model: 'demo', messages }))
    expect(failure.message).toMatch(/top up|add credit|balance/i)
  })
})

describe('the OpenAI SDK meets a limit', () => {
  test('and is told how long to wait, in whole seconds and in the names it reads', async () => {
    const { key } = await stand.customer({ rpm: 1 })
    const { client } = counting(key, { maxRetries: 0 })
    await client.chat.completions.create({ model: 'demo', messages })
    const failure = await failureOf(client.chat.completions.create({ model: 'demo', messages }))
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError)
    expect(failure).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' })
    const headers = failure.headers ?? new Headers()
    expect(headers.get('retry-after')).toMatch(/^[1-9][0-9]?$/)
    expect(headers.get('x-ratelimit-limit-requests')).toBe('1')
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(headers.get('x-ratelimit-limit')).toBe('1')
    expect(headers.get('x-should-retry')).not.toBe('false')
  })

  test('of the vendor, waits as it was told, and is answered', async () => {
    const model = 'own-openai-chat-text'
    const body = JSON.stringify({
      error: { message: 'Slow down.', type: 'requests', param: null, code: 'rate_limit_exceeded' },
    })
    stand.replay.control({ answer: { status: 429, headers: { 'retry-after': '1' }, body }, times: 1 }, model)
    const customer = await stand.customer()
    const { client, sent } = counting(customer.key)
    const startedMs = performance.now()
    const answer = await client.chat.completions.create({ model, messages })
    expect(answer.usage?.total_tokens).toBe(24)
    expect(sent()).toBe(2)
    // At least: nothing is said about how much longer a busy machine takes.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1_000)
    const receipts = await stand.receipts(customer, 2)
    expect(receipts.map(({ status, cost_usd }) => [status, Number(cost_usd) > 0])).toEqual([
      [429, false],
      [200, true],
    ])
  })
})
