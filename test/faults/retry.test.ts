import { afterAll, beforeAll, describe, expect, test, setDefaultTimeout } from 'bun:test'
import { type Dialect, DIALECTS, reply, type Stage, START_MS, startStage, VENDOR_KEY } from './scripted.ts'

const { chat, gemini, messages, responses } = DIALECTS

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const REFUSED: Readonly<Record<string, object>> = {
  'openai-chat': { error: { type: 'upstream_error', code: 'upstream_refused' } },
  'openai-responses': { error: { type: 'upstream_error', code: 'upstream_refused' } },
  'anthropic-messages': { type: 'error', error: { type: 'api_error' } },
  gemini: { error: { code: 502, status: 'UNAVAILABLE' } },
}

const SECRET = `Incorrect API key provided: ${VENDOR_KEY}. Visit billing.vendor.example.`

describe('a fault of the operator’s account', () => {
  const byStatus = Object.values(DIALECTS).flatMap((dialect) =>
    [401, 402, 403].map((status): [string, Dialect, number, string] => [
      `${dialect.name}, status ${status}`,
      dialect,
      status,
      JSON.stringify({ error: { message: SECRET } }),
    ]),
  )
  const byWords: readonly [string, Dialect, number, string][] = [
    [
      'gemini, a key that is no more',
      gemini,
      400,
      JSON.stringify({
        error: { code: 400, message: SECRET, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] },
      }),
    ],
    [
      'openai, no quota left',
      responses,
      429,
      JSON.stringify({ error: { message: SECRET, type: 'insufficient_quota', code: 'insufficient_quota' } }),
    ],
    [
      'anthropic, no credit left',
      messages,
      400,
      JSON.stringify({
        type: 'error',
        error: { type: 'invalid_request_error', message: `Your credit balance is too low. ${SECRET}` },
      }),
    ],
  ]
  test.each([...byStatus, ...byWords])(
    'is told as the operator’s, never to be tried again, without the vendor’s words (%s)',
    async (_what, dialect, status, body) => {
      const answer = await stage.ask(dialect, reply(status, body))
      const text = await answer.text()
      expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([502, 'false'])
      expect(JSON.parse(text)).toMatchObject(REFUSED[dialect.name] ?? {})
      expect(text).not.toMatch(/Incorrect|vendor-key|billing\.vendor/)
      expect(text).toContain('Your key is fine')
      expect(await stage.settled()).toMatchObject({ ended: 'failed', cost_usd: '0.000000000' })
    },
  )
})

const SAID = '{"error":{"message":"said by the vendor","type":"x"}}'

describe('the time to wait', () => {
  const inAMinute = (): string => new Date(Date.now() + 60_000).toUTCString()
  const waits: readonly (readonly [string, () => Record<string, string>, number, number])[] = [
    ['in seconds', () => ({ 'retry-after': '9' }), 9, 9],
    ['as a fraction', () => ({ 'retry-after': '0.25' }), 1, 1],
    ['as a date', () => ({ 'retry-after': inAMinute() }), 50, 61],
    ['in the past', () => ({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }), 1, 1],
    ['below zero', () => ({ 'retry-after': '-5' }), 1, 1],
    ['of years', () => ({ 'retry-after': '99999999' }), 3_600, 3_600],
    ['as a word', () => ({ 'retry-after': 'soon' }), 1, 3_600],
    ['not at all', () => ({}), 1, 3_600],
  ]
  for (const status of [429, 503, 529]) {
    test.each(waits)(
      `that an upstream names %s is told in whole seconds with ${status}`,
      async (_, headers, least, most) => {
        const answer = await stage.ask(chat, reply(status, SAID, headers()))
        expect([answer.status, await answer.text()]).toEqual([status, SAID])
        const told = answer.headers.get('retry-after') ?? ''
        expect(told).toMatch(/^\d+$/)
        expect(Number(told)).toBeWithin(least, most + 1)
      },
    )
  }
})

describe('a refusal of the client’s own request', () => {
  test.each([400, 404, 422])('of status %d passes with its words, and is not to be tried again', async (status) => {
    for (const dialect of Object.values(DIALECTS)) {
      const answer = await stage.ask(dialect, reply(status, SAID))
      expect([answer.status, await answer.text()]).toEqual([status, SAID])
      expect(answer.headers.get('x-should-retry')).toBe('false')
    }
  })

  test('as too large stays one though it is told by a page for people', async () => {
    const answer = await stage.ask(chat, reply(413, '<h1>Too large</h1>', { 'content-type': 'text/html' }))
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([413, 'false'])
    expect(await answer.json()).toMatchObject({ error: { code: 'request_too_large' } })
  })
})

describe('after all these refusals', () => {
  test('nothing was charged, nothing is held, and no vendor’s key is in the log', async () => {
    expect(await stage.gateway.balance(stage.customer.userId)).toMatchObject({
      posted_usd: '100.000000000',
      held_usd: '0.000000000',
    })
    expect(stage.gateway.output()).not.toContain(VENDOR_KEY)
  })
})
