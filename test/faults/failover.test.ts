import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { fixture, textOf } from './formats.ts'
import {
  CHAT,
  DIALECTS,
  type Dialect,
  reply,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  VENDOR_KEY,
} from './scripted.ts'
import {
  BEGINS,
  event,
  never,
  OVERLOADED,
  recorded,
  SAID,
  sides,
  startTwoChannels,
  STREAM,
  tells,
} from './two-channels.ts'

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

const { chat, gemini, messages, responses } = DIALECTS

let stage: Stage
beforeAll(async () => {
  stage = await startTwoChannels()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

/** Messages give one answer: this cannot be written for them. */
const TWO = { n: 2 }
describe('a request that another channel cannot be asked', () => {
  const refusals: readonly (readonly [number, Record<string, string>, string | null])[] = [
    [429, { 'retry-after': '7' }, '7'],
    [503, { 'retry-after': '7' }, '7'],
    [529, {}, '5'],
  ]
  const reasons: readonly (readonly [string, Record<string, string>, Record<string, unknown>])[] = [
    ['it cannot be written for it', {}, TWO],
    ['strict mode allows no loss', { 'x-tollgate-strict': 'true' }, { seed: 7 }],
  ]
  for (const [why, headers, body] of reasons) {
    test.each(refusals)(`as ${why} is told the first one’s %d`, async (status, sent, wait) => {
      const init = { headers, body: { model: 'mixed', ...body } }
      const answer = await stage.ask(chat, sides(reply(status, SAID, sent), never), init)
      expect([answer.status, await answer.text()]).toEqual([status, SAID])
      expect(answer.headers.get('retry-after')).toBe(wait)
      expect(answer.headers.get('x-should-retry')).toBeNull()
      expect(await stage.settled()).toMatchObject({
        ended: 'failed',
        status,
        cost_usd: '0.000000000',
        attempts: [
          { channel: 'mixed-a', status, error: `status ${status}` },
          { channel: 'mixed-b', status: 0, error: 'untranslatable' },
        ],
      })
    })
  }

  test('is answered by the next that it can be written for', async () => {
    const headers = { 'x-tollgate-strict': 'true' }
    const body = { model: 'mixed', top_k: 5 }
    const answer = await stage.ask(messages, sides(never, reply(200, textOf(fixture('own-anthropic-messages-text')))), {
      headers,
      body,
    })
    expect([answer.status, answer.headers.get('x-tollgate-provider')]).toEqual([200, 'b-an'])
  })

  test('is refused only where none can be', async () => {
    const answer = await stage.ask(chat, never, { body: { model: 'claude', ...TWO } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: '/n' } })
  })
})

describe('where every provider failed', () => {
  const rows: readonly (readonly [string, Script, Script, number, string | null])[] = [
    ['the first is told', reply(429, SAID, { 'retry-after': '7' }), reply(500, SAID), 429, '7'],
    ['the first is told', reply(503, SAID, { 'retry-after': '7' }), reply(429, SAID, { 'retry-after': '9' }), 503, '7'],
    ['what waiting mends is told', reply(401, SAID), reply(429, SAID, { 'retry-after': '9' }), 429, '9'],
    ['what waiting mends is told', reply(429, SAID, { 'retry-after': '9' }), reply(403, SAID), 429, '9'],
    ['the second’s word on the request itself stands', reply(503, SAID), reply(400, SAID), 400, null],
  ]
  test.each(rows)('%s', async (_what, a, b, status, wait) => {
    const answer = await stage.ask(chat, sides(a, b))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, wait])
    expect(await answer.text()).toBe(SAID)
  })
})

const LIMITED = { error: { code: 429, message: 'Limited.', status: 'RESOURCE_EXHAUSTED' } }
const FAILED = { status: 'failed', output: [], error: { code: 'rate_limit_exceeded', message: 'Limited.' } }
const STREAMED = { ...gemini, path: '/v1beta/models/gem:streamGenerateContent?alt=sse' }
const ARRAY = { ...gemini, path: '/v1beta/models/gem:streamGenerateContent' }

/** How each vendor says in a stream of status 200 that there will be none. */
const IN_STREAM: readonly (readonly [string, Dialect, Script, number, object])[] = [
  [
    'an overload of Anthropic',
    messages,
    tells(OVERLOADED),
    529,
    { type: 'error', error: { type: 'overloaded_error' } },
  ],
  [
    'an error in a Chat chunk',
    chat,
    tells([CHAT.text(''), `data: {"error":{"message":"m","code":"server_is_overloaded"}}\n\n`]),
    503,
    { error: { message: 'm' } },
  ],
  [
    'a Chat error in one piece',
    chat,
    replyJson({ error: { message: 'm', code: 429 } }),
    429,
    { error: { message: 'm' } },
  ],
  [
    'a failed response',
    responses,
    tells([
      event({ type: 'response.created', response: { output: [], error: null } }),
      event({ type: 'response.failed', response: FAILED }),
    ]),
    429,
    { error: { code: 'rate_limit_exceeded', message: 'Limited.' } },
  ],
  [
    'an error event of Responses',
    responses,
    tells([event({ type: 'error', code: 'server_error', message: 'm', param: null })]),
    502,
    { error: { code: 'server_error', message: 'm' } },
  ],
  ['Google’s error as an event', STREAMED, tells([`data: ${JSON.stringify(LIMITED)}\n\n`]), 429, LIMITED],
  ['Google’s error in one piece', STREAMED, reply(200, JSON.stringify(LIMITED)), 429, LIMITED],
  ['Google’s error in a list', ARRAY, reply(200, JSON.stringify([LIMITED])), 429, LIMITED],
]

/** Gemini says it in its path. */
const streaming = (dialect: Dialect) => (dialect.name === 'gemini' ? {} : STREAM)

describe('an error that a stream begins with', () => {
  test.each(IN_STREAM)(
    'is an HTTP error to the client, and costs nothing: %s',
    async (_what, dialect, script, status, body) => {
      const answer = await stage.ask(dialect, sides(script, script), streaming(dialect))
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json'])
      expect(await answer.json()).toMatchObject(body)
      if (status !== 502) expect(answer.headers.get('retry-after')).toBe('5')
      const receipt = await stage.settled()
      expect(receipt).toMatchObject({ ended: 'failed', status, cost_usd: '0.000000000' })
      // What a failure of 502 was upstream, is a 500 there.
      const upstream = status === 502 ? 500 : status
      for (const each of receipt?.attempts ?? [])
        expect(each).toMatchObject({ status: upstream, error: `status ${upstream} in its stream` })
      expect(receipt?.attempts).toHaveLength(2)
    },
  )

  test.each(IN_STREAM.filter(([, dialect]) => dialect !== ARRAY))(
    'is not seen where another channel answers: %s',
    async (_what, dialect, script) => {
      const { script: whole, text } = recorded(dialect)
      const usage = dialect === chat ? { stream_options: { include_usage: true } } : {}
      const init = dialect.name === 'gemini' ? {} : { body: { stream: true, ...usage } }
      const answer = await stage.ask(dialect, sides(script, whole), init)
      expect([answer.status, await answer.text()]).toEqual([200, text])
      expect(await stage.settled()).toMatchObject({
        ended: 'whole',
        usage_source: 'upstream',
        attempts: [{ error: expect.stringContaining('in its stream') }, { status: 200, error: null }],
      })
    },
  )

  const translated: readonly (readonly [string, Dialect, string, Script, number, object])[] = [
    ['to a Chat client of Anthropic', chat, 'claude', tells(OVERLOADED), 503, { error: { code: 'overloaded' } }],
    [
      'to a Messages client of OpenAI',
      messages,
      'chat',
      tells([CHAT.text(''), 'data: {"error":{"message":"m","code":"server_is_overloaded"}}\n\n']),
      529,
      { type: 'error', error: { type: 'overloaded_error' } },
    ],
    [
      'to a Responses client of Google',
      responses,
      'gem',
      reply(200, JSON.stringify(LIMITED)),
      429,
      { error: { code: 'rate_limit_exceeded' } },
    ],
    [
      'to a Messages client of Responses',
      messages,
      'gpt',
      tells([event({ type: 'response.failed', response: FAILED })]),
      429,
      { error: { type: 'rate_limit_error' } },
    ],
  ]
  test.each(translated)('is one in the client’s format: %s', async (_what, dialect, model, script, status, body) => {
    const answer = await stage.ask(dialect, sides(script, script), { body: { stream: true, model } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/json'])
    expect(await answer.json()).toMatchObject(body)
    expect(await stage.settled()).toMatchObject({ ended: 'failed', status, cost_usd: '0.000000000' })
  })

  test('is not tried elsewhere where it is the request’s own fault', async () => {
    const wrong = event({ type: 'error', error: { type: 'invalid_request_error', message: 'too odd' } })
    const answer = await stage.ask(messages, sides(tells([wrong]), never), STREAM)
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([400, 'false'])
    expect(await answer.json()).toMatchObject({ error: { message: 'too odd' } })
  })

  test('of the operator’s account is told as that, without the vendor’s words', async () => {
    const refused = event({ type: 'error', error: { type: 'authentication_error', message: `bad key ${VENDOR_KEY}` } })
    const answer = await stage.ask(messages, sides(tells([refused]), tells([refused])), STREAM)
    const text = await answer.text()
    expect(answer.status).toBe(502)
    expect(text).toContain('Your key is fine')
    expect(text).not.toContain('bad key')
  })
})

describe('a stream that breaks before its content', () => {
  test('is not seen where another channel answers', async () => {
    const { script, text } = recorded(messages)
    const answer = await stage.ask(messages, sides(tells([BEGINS]), script), STREAM)
    expect([answer.status, await answer.text()]).toEqual([200, text])
  })

  test('is an HTTP error where none does', async () => {
    const answer = await stage.ask(messages, tells([BEGINS]), STREAM)
    expect([answer.status, await answer.json()]).toMatchObject([502, { type: 'error', error: { type: 'api_error' } }])
    expect(await stage.settled()).toMatchObject({ ended: 'failed', cost_usd: '0.000000000' })
  })
})
