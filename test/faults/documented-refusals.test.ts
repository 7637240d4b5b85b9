import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ERRORS } from '../../src/errors.ts'
import {
  chatAnswer,
  type Dialect,
  DIALECTS,
  reply,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  startStage,
} from './scripted.ts'

/// How users of such gateways have been told that requests are refused, and how limits are shown to them. Where Tollgate
/// answers otherwise, `differs` says what was documented and why it is not so here.

const folder = mkdtempSync(join(tmpdir(), 'tollgate-refusals-'))
const catalogue = join(folder, 'model_catalog.json')
const made = { provider: 'acme', type: 'chat', context_window: 200_000, max_output_tokens: 10_000 }
const MODELS = { priced: { ...made, price: { input: '3', output: '15' } }, unpriced: made }

let stage: Stage
let local: Stage

beforeAll(async () => {
  const models = { ...MODELS, claude: MODELS.priced, gpt: MODELS.priced, gem: MODELS.priced }
  writeFileSync(catalogue, JSON.stringify({ models }))
  const first = await startStage({
    catalogue,
    groups: { default: {}, other: {} },
    retired: { 'claude-sonnet-4-20250514': 'claude-sonnet-4-6' },
    channels: [
      { id: 'oc', provider: 'oc', models: ['priced', 'unpriced', 'gpt-4o'] },
      { id: 'oa', provider: 'oa', models: ['gpt'] },
      { id: 'an', provider: 'an', models: ['claude', 'claude-sonnet-4-6'] },
      { id: 'ge', provider: 'ge', models: ['gem'] },
    ],
  })
  stage = first
  local = await startStage({ auth: 'none', limits: { per_ip: { rpm: 60, burst: 10 } } })
}, 2 * START_MS)
afterAll(async () => {
  await stage?.stop()
  await local?.stop()
  rmSync(folder, { recursive: true, force: true })
}, START_MS)

const WHOLE = replyJson(chatAnswer())
const PRICED = { model: 'priced', max_tokens: 100 }

interface Refusal {
  readonly asks: () => Promise<Response>
  readonly status: number
  readonly error: object
  readonly headers?: Readonly<Record<string, string>>
  /** What was documented instead, and why it is otherwise here. */
  readonly differs?: string
}

/** Asks with a new key of a customer with so much money. */
const as =
  (
    amountUsd: string,
    body: object = PRICED,
    { key = {}, dialect = DIALECTS.chat, script = WHOLE }: { key?: object; dialect?: Dialect; script?: Script } = {},
  ) =>
  async () => {
    const customer = await stage.gateway.createCustomer(amountUsd, { ...key })
    return stage.ask(dialect, script, { headers: { 'x-api-key': customer.key }, body: { ...body } })
  }

const withKey =
  (key: string, path: string = DIALECTS.chat.path) =>
  async () =>
    path === '/v1/models'
      ? fetch(stage.gateway.url + path, { headers: { authorization: `Bearer ${key}` } })
      : stage.ask({ ...DIALECTS.chat, path }, WHOLE, { headers: { 'x-api-key': key }, body: PRICED })

const NEVER = { 'x-should-retry': 'false' }
const WRONG_KEY = { type: 'authentication_error', code: 'invalid_api_key', param: null }
const NO_MONEY = { type: 'insufficient_quota', code: 'insufficient_balance' }

/** A script that hangs up without an answer. */
const hangUp: Script = (socket) => void socket.destroy()

const refusals: readonly (readonly [string, Refusal])[] = [
  [
    'a field is missing',
    { asks: as('1', { ...PRICED, messages: undefined }), status: 400, error: { type: 'invalid_request_error' } },
  ],
  [
    'a field has the wrong type',
    { asks: as('1', { ...PRICED, model: 7 }), status: 400, error: { type: 'invalid_request_error', param: 'model' } },
  ],
  [
    'nobody has priced the model',
    {
      asks: as('1', { model: 'unpriced' }),
      status: 400,
      error: { code: 'unknown_model_pricing', message: expect.stringContaining('model_catalog.json') },
    },
  ],
  [
    'the input is larger than the window, as the provider says',
    {
      asks: as('1', PRICED, {
        script: reply(
          400,
          JSON.stringify({
            error: { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' },
          }),
        ),
      }),
      status: 400,
      error: { type: 'invalid_request_error', code: 'context_length_exceeded' },
    },
  ],
  [
    'the key is wrong',
    {
      asks: withKey('sk-tg-wrong'),
      status: 401,
      error: WRONG_KEY,
      headers: NEVER,
      differs:
        'An example of the error object has `type: invalid_request_error`; the table beside it says `authentication_error`, which is what both official APIs answer.',
    },
  ],
  ['the key is missing', { asks: withKey(''), status: 401, error: WRONG_KEY, headers: NEVER }],
  ['models are listed with a wrong key', { asks: withKey('sk-tg-wrong', '/v1/models'), status: 401, error: WRONG_KEY }],
  [
    'the key has been disabled',
    {
      asks: async () => {
        const { keyId, key } = await stage.gateway.createCustomer('1')
        await stage.gateway.call('DELETE', `/api/admin/keys/${keyId}`)
        return withKey(key)()
      },
      status: 401,
      error: WRONG_KEY,
    },
  ],
  [
    'the balance is zero',
    {
      asks: as('0'),
      status: 402,
      error: NO_MONEY,
      headers: NEVER,
      differs: '`insufficient_balance` was the type: it is the code here, and the type the one that OpenAI SDKs know.',
    },
  ],
  [
    'the balance is too small for what it may cost',
    { asks: as('0.02', { model: 'priced', max_tokens: 10_000 }), status: 402, error: NO_MONEY, headers: NEVER },
  ],
  [
    'the budget of the key is used up',
    {
      asks: as('1', PRICED, { key: { budget_usd: '0.000000001' } }),
      status: 402,
      error: { type: 'insufficient_quota', code: 'key_budget_exceeded' },
      headers: NEVER,
    },
  ],
  [
    'the key may not use the model',
    {
      asks: as('1', PRICED, { key: { models: ['gpt'] } }),
      status: 403,
      error: { type: 'forbidden', code: 'model_not_allowed' },
    },
  ],
  [
    'the model does not exist',
    {
      asks: as('1', { model: 'nothing-of-the-kind' }),
      status: 404,
      error: {
        ...{ type: 'not_found', code: 'model_not_found', param: 'model' },
        details: { field: 'model', issue: expect.stringContaining('nothing-of-the-kind') },
      },
      differs:
        '`invalid_request_error` and `validation_error` were other types for it. One status has one type here: 404 is `not_found`, the code is the same, and `details` has the same members.',
    },
  ],
  [
    'a dated name has been retired',
    {
      asks: as('1', { model: 'claude-sonnet-4-20250514' }),
      status: 503,
      error: { code: 'model_not_found', message: expect.stringContaining('claude-sonnet-4-6') },
      headers: NEVER,
      differs: 'One table has 404 for retired names, its text 503 `model_not_found`: the text is followed.',
    },
  ],
  [
    "the model is not of the key's group",
    {
      asks: as('1', PRICED, { key: { group: 'other' } }),
      status: 503,
      error: {
        type: 'upstream_error',
        message: expect.stringMatching(/^No available channel for model priced under group other/),
      },
    },
  ],
  [
    'no channel has the model',
    {
      asks: as('1', { model: 'gemini-2.5-pro' }),
      status: 503,
      error: { type: 'upstream_error', message: expect.stringContaining('No available channel') },
    },
  ],
  [
    'the provider hangs up',
    { asks: as('1', PRICED, { script: hangUp }), status: 502, error: { type: 'upstream_error' } },
  ],
  [
    'the provider fails without a word',
    {
      asks: as('1', PRICED, { script: reply(500, '') }),
      status: 502,
      error: { type: 'upstream_error' },
      differs:
        '500 `internal_error` was both: a failure of the gateway, and one of its provider. Here 500 is the gateway alone.',
    },
  ],
]

describe('is refused as documented when', () => {
  test.each(refusals)('%s', async (_title, { asks, status, error, headers = {} }) => {
    const answer = await asks()
    expect([answer.status, await answer.json()]).toMatchObject([status, { error }])
    for (const [name, value] of Object.entries(headers)) expect([name, answer.headers.get(name)]).toEqual([name, value])
  })

  test(
    'no key of the provider is active',
    async () => {
      const empty = await startStage({
        providers: { empty: { kind: 'openai', base_url: 'http://127.0.0.1:9/v1', keys: [] } },
        channels: [{ id: 'empty', provider: 'empty', models: ['gpt-4o'] }],
      })
      try {
        const answer = await empty.ask(DIALECTS.chat, WHOLE, { body: { model: 'gpt-4o' } })
        expect([answer.status, await answer.json()]).toMatchObject([
          503,
          { error: { type: 'upstream_error', code: 'no_active_keys' } },
        ])
      } finally {
        await empty.stop()
      }
    },
    START_MS,
  )

  test('every provider of the model is paused', async () => {
    const act = (action: string) => stage.gateway.call('POST', `/api/admin/providers/oc/${action}`)
    expect((await act('pause')).status).toBe(200)
    try {
      for (const [dialect, error] of [
        [DIALECTS.chat, { type: 'rate_limit_error', code: 'provider_paused' }],
        [DIALECTS.messages, { type: 'rate_limit_error' }],
      ] as const) {
        const answer = await as('1', PRICED, { dialect })()
        expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
          429,
          '30',
          { error },
        ])
      }
    } finally {
      await act('resume')
    }
    expect((await as('1')()).status).toBe(200)
  })

  /**
   * What no request can bring about from outside: a defect of the gateway, for which a table has OpenAI's word in both
   * formats and Tollgate each format's own. What would be said.
   */
  test('a defect of the gateway: 500', () => {
    expect(ERRORS.internal).toMatchObject({ status: 500, type: 'internal_error', anthropicType: 'api_error' })
  })
})

const FORMATS: readonly (readonly [string, Dialect, object])[] = [
  ['Chat', { ...DIALECTS.chat, body: (prompt) => ({ ...DIALECTS.chat.body(prompt), ...PRICED }) }, { error: NO_MONEY }],
  ['Responses', DIALECTS.responses, { error: NO_MONEY }],
  ['Messages', DIALECTS.messages, { type: 'error', error: { type: 'billing_error' } }],
  ['Gemini', DIALECTS.gemini, { error: { code: 402, status: 'FAILED_PRECONDITION' } }],
]

describe('402', () => {
  test.each(FORMATS)('in the words of %s; nothing is sent and nothing held', async (_name, dialect, body) => {
    const { userId, key } = await stage.gateway.createCustomer('0')
    const before = stage.upstream.asked.length
    const answer = await stage.ask(dialect, WHOLE, { headers: { 'x-api-key': key } })
    expect([answer.status, await answer.json()]).toMatchObject([402, body])
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(stage.upstream.asked).toHaveLength(before)
    expect(await stage.gateway.balance(userId)).toMatchObject({ held_usd: '0.000000000' })
  })

  const statusOf = async (key: string, body: object, script = WHOLE): Promise<number> => {
    const answer = await stage.ask(DIALECTS.chat, script, { headers: { 'x-api-key': key }, body: { ...body } })
    await answer.text()
    return answer.status
  }

  test('topping up helps, and so does a lower max_tokens', async () => {
    const { userId, key } = await stage.gateway.createCustomer('0.02')
    expect(await statusOf(key, { model: 'priced', max_tokens: 10_000 })).toBe(402)
    expect(await statusOf(key, { model: 'priced', max_tokens: 100 })).toBe(200)
    await stage.gateway.credit(userId, '1')
    expect(await statusOf(key, { model: 'priced', max_tokens: 10_000 })).toBe(200)
  })

  test('the balance is looked at after a request as well: what one left is all that the next has', async () => {
    const { userId, key } = await stage.gateway.createCustomer('0.004')
    const dear = replyJson(chatAnswer({ usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 } }))
    expect(await statusOf(key, PRICED, dear)).toBe(200)
    expect(await stage.gateway.balance(userId)).toMatchObject({ available_usd: '0.000000000' })
    expect(await statusOf(key, PRICED)).toBe(402)
  })

  test('a Messages request without max_tokens is held for and asked for at 4,096', async () => {
    const { key } = await stage.gateway.createCustomer('1')
    const answer = await stage.ask(DIALECTS.messages, replyJson(MESSAGE), {
      headers: { 'x-api-key': key },
      body: { max_tokens: undefined },
    })
    expect(answer.status).toBe(200)
    expect(JSON.parse(stage.upstream.asked.at(-1)?.text ?? '')).toMatchObject({ max_tokens: 4_096 })
  })
})

const MESSAGE = {
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'end_turn' },
  content: [{ type: 'text', text: 'Hello' }],
  usage: { input_tokens: 12, output_tokens: 15 },
}

describe('limits are shown as documented:', () => {
  const ask = async (
    at: Stage,
    headers: Readonly<Record<string, string>> = {},
    body: object = {},
  ): Promise<Response> => {
    const answer = await at.ask(DIALECTS.chat, WHOLE, { headers, body: { ...body } })
    await answer.text()
    return answer
  }
  const shown = ({ headers }: Response) => [headers.get('X-RateLimit-Limit'), headers.get('X-RateLimit-Remaining')]

  test('a key for 1,000 requests a minute has 950 left after fifty, and is told when in Unix seconds', async () => {
    const { key } = await stage.gateway.createCustomer('10', { rpm: 1_000 })
    const nowSeconds = Math.floor(Date.now() / 1_000)
    let last: Response | undefined
    for (let request = 0; request < 50; request++) last = await ask(stage, { 'x-api-key': key }, PRICED)
    expect(last && shown(last)).toEqual(['1000', '950'])
    const reset = Number(last?.headers.get('X-RateLimit-Reset'))
    expect(Number.isInteger(reset)).toBe(true)
    expect(reset).toBeGreaterThan(nowSeconds)
  })

  test('above the limit: 429 with the code, and when to come back', async () => {
    const { key } = await stage.gateway.createCustomer('10', { rpm: 1 })
    await ask(stage, { 'x-api-key': key }, PRICED)
    const refused = await stage.ask(DIALECTS.chat, WHOLE, { headers: { 'x-api-key': key }, body: PRICED })
    // One table has `rate_limit_exceeded` as the type; two have it as the code of `rate_limit_error`, as it is here.
    expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } })
    expect([refused.status, ...shown(refused)]).toEqual([429, '1', '0'])
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d?$/)
  })

  test('without keys, sixty requests a minute from one address, of which the first leaves 59, and ten more', async () => {
    const first = await ask(local)
    expect([first.status, ...shown(first)]).toEqual([200, '60', '59'])
    const statuses = [first.status]
    while (statuses.at(-1) === 200 && statuses.length < 100) statuses.push((await ask(local)).status)
    expect([statuses.length, statuses.at(-1)]).toEqual([71, 429])
  })
})
