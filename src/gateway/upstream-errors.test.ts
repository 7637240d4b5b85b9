import { describe, expect, test } from 'bun:test'
import { ERRORS } from '../errors.ts'
import { gemini } from '../protocols/gemini/index.ts'
import { err } from '../result.ts'
import type { UpstreamFault } from '../upstream/types.ts'
import { answerOf, candidateOf, PREPARED } from './test-parts.ts'
import { refusalOf } from './upstream-errors.ts'

const NOW_MS = Date.parse('2026-11-20T12:00:00Z')
const SAID = '{"error":{"message":"said by the vendor"}}'
const BYTES_MAX = 1_000_000

const refused = (status: number, body = SAID, headers: Record<string, string> = {}, kind?: string) =>
  refusalOf(
    { candidate: candidateOf(kind), answer: answerOf(status, body, headers), prepared: PREPARED },
    BYTES_MAX,
    NOW_MS,
  )

/** Status and retry headers of what is passed on; kind and status of what is said in our own words. */
const outcome = async (...given: Parameters<typeof refused>): Promise<unknown> => {
  const refusal = await refused(...given)
  if (!refusal.ok) return { own: refusal.error.kind, status: ERRORS[refusal.error.kind].status }
  return { passed: refusal.value.status, ...refusal.value.retry }
}

describe('the time to wait that an upstream names', () => {
  const waits: readonly (readonly [string | undefined, number])[] = [
    ['7', 7],
    ['0', 1],
    ['0.25', 1],
    ['7.2', 8],
    ['-5', 1],
    ['99999999', 3_600],
    ['3600', 3_600],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 1],
    ['Sat, 21 Nov 2026 12:00:00 GMT', 3_600],
    ['soon', 5],
    ['1e400', 5],
    ['NaN', 5],
    ['', 5],
    [undefined, 5],
  ]
  for (const status of [429, 503, 529]) {
    test.each(waits)(`as %j with ${status} is told as %d whole seconds`, async (written, seconds) => {
      const headers = written === undefined ? {} : { 'retry-after': written }
      expect(await outcome(status, SAID, headers)).toEqual({ passed: status, 'retry-after': String(seconds) })
    })
  }

  test('is the one that Gemini names in its body, unless a header says otherwise', async () => {
    const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '59s' }
    const body = JSON.stringify({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [info] } })
    const ask = async (headers: Record<string, string>): Promise<unknown> => {
      const prepared = { ...PREPARED, protocol: gemini }
      const refusal = await refusalOf(
        { candidate: candidateOf(), answer: answerOf(429, body, headers), prepared },
        BYTES_MAX,
        NOW_MS,
      )
      return refusal.ok && refusal.value.retry
    }
    expect(await ask({})).toEqual({ 'retry-after': '59' })
    expect(await ask({ 'retry-after': '3' })).toEqual({ 'retry-after': '3' })
  })

  const finer: readonly (readonly [Record<string, string>, string])[] = [
    [{ 'retry-after-ms': '2500' }, '3'],
    [{ 'retry-after-ms': '250' }, '1'],
    [{ 'retry-after-ms': '2500', 'retry-after': '9' }, '3'],
    [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, '9'],
    [{ 'retry-after-ms': '' }, '5'],
  ]
  test.each(finer)('is read in milliseconds too: %o', async (headers, seconds) => {
    expect(await outcome(429, SAID, headers)).toEqual({ passed: 429, 'retry-after': seconds })
  })

  const pages: readonly (readonly [number, string])[] = [
    [429, 'rate-limit-exceeded'],
    [503, 'upstream-overloaded'],
    [529, 'upstream-overloaded'],
  ]
  test.each(pages)('is told with %d as well where its own words are a page for people', async (status, kind) => {
    const error = { kind, retryAfterMs: 9_000 }
    expect(await refused(status, '<html>', { 'retry-after': '9' })).toMatchObject({ ok: false, error })
  })

  test.each(pages)('is told with %d as well where its own words break off', async (status, kind) => {
    const broken: UpstreamFault = { kind: 'reset', untouched: false, detail: 'gone' }
    const answer = { ...answerOf(status, '', { 'retry-after': '9' }), whole: async () => err(broken) }
    const refusal = await refusalOf({ candidate: candidateOf(), answer, prepared: PREPARED }, BYTES_MAX, NOW_MS)
    expect(refusal).toMatchObject({ ok: false, error: { kind, retryAfterMs: 9_000 } })
  })
})

test('a refusal that repeats the provider’s key passes without it', async () => {
  const refusal = await refused(400, '{"error":{"message":"vendor-key is no key; nor is xvendor-keyx"}}')
  const body = refusal.ok ? new TextDecoder().decode(refusal.value.body) : ''
  expect(body).toBe('{"error":{"message":"[key] is no key; nor is x[key]x"}}')
})

describe('an upstream’s refusal', () => {
  const never = { 'x-should-retry': 'false' }
  const passed: readonly (readonly [number, object])[] = [
    [400, { passed: 400, ...never }],
    [404, { passed: 404, ...never }],
    [413, { passed: 413, ...never }],
    [415, { passed: 415, ...never }],
    [422, { passed: 422, ...never }],
    [408, { passed: 408 }],
    [409, { passed: 409 }],
    [425, { passed: 425 }],
    [500, { passed: 502 }],
    [501, { passed: 502 }],
    [502, { passed: 502 }],
    [504, { passed: 504 }],
    [520, { passed: 502 }],
    [599, { passed: 502 }],
  ]
  test.each(passed)('of status %d in JSON is passed on as %o', async (status, expected) => {
    expect(await outcome(status)).toEqual(expected)
  })

  const unread: readonly (readonly [number, string, object])[] = [
    [400, 'upstream-failed', { status: 502 }],
    [413, 'request-too-large', { status: 413 }],
    [429, 'rate-limit-exceeded', { status: 429 }],
    [500, 'upstream-failed', { status: 502 }],
    [503, 'upstream-overloaded', { status: 503 }],
    [529, 'upstream-overloaded', { status: 503 }],
    [504, 'upstream-failed', { status: 502 }],
    [302, 'upstream-failed', { status: 502 }],
    [304, 'upstream-failed', { status: 502 }],
  ]
  test.each(unread)('of status %d in anything but JSON is a failure of kind %s', async (status, own, expected) => {
    for (const body of ['<h1>no</h1>', '', '"text"', 'null', '{"error":'])
      expect(await outcome(status, body)).toEqual({ own, ...expected })
  })

  test('passes on byte for byte', async () => {
    const refusal = await refused(400, '{ "error" : "said\\u0020so" }')
    expect(refusal.ok && new TextDecoder().decode(refusal.value.body)).toBe('{ "error" : "said\\u0020so" }')
  })

  test.each([301, 302, 307])('that points elsewhere (%d) is a failure, even with words in JSON', async (status) => {
    expect(await outcome(status)).toEqual({ own: 'upstream-failed', status: 502 })
  })
})

describe('a list of Google’s from its endpoint in a format of OpenAI’s', () => {
  const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '13.5s' }
  const listed = (code: number, status: string): string =>
    JSON.stringify([{ error: { code, message: 'Said by Google to vendor-key.', status, details: [info] } }])
  const rows: readonly (readonly [number, string, object])[] = [
    [429, 'RESOURCE_EXHAUSTED', { kind: 'rate-limit-exceeded', retryAfterMs: 14_000 }],
    [503, 'UNAVAILABLE', { kind: 'upstream-overloaded', retryAfterMs: 14_000 }],
    [400, 'INVALID_ARGUMENT', { kind: 'invalid-request', message: 'Said by Google to [key].' }],
    [404, 'NOT_FOUND', { kind: 'model-not-found' }],
    [500, 'INTERNAL', { kind: 'upstream-failed' }],
  ]
  test.each(rows)('of status %d is told in the client’s own words for it', async (status, word, error) => {
    expect(await refused(status, listed(status, word))).toMatchObject({ ok: false, error })
  })

  test('waits as long as its details say where it is an object, and passes', async () => {
    const [object] = JSON.parse(listed(429, 'RESOURCE_EXHAUSTED'))
    expect(await outcome(429, JSON.stringify(object))).toEqual({ passed: 429, 'retry-after': '14' })
  })

  test('of nothing is unreadable to nobody', async () => {
    expect(await outcome(429, '[]')).toMatchObject({ own: 'rate-limit-exceeded' })
  })

  test('passes as it is to clients of Gemini', async () => {
    const prepared = { ...PREPARED, protocol: gemini }
    const answer = answerOf(429, listed(429, 'RESOURCE_EXHAUSTED'))
    const refusal = await refusalOf({ candidate: candidateOf(), answer, prepared }, BYTES_MAX, NOW_MS)
    expect(refusal).toMatchObject({ ok: true, value: { status: 429, retry: { 'retry-after': '14' } } })
  })
})

describe('a fault of the operator’s account', () => {
  const own = { own: 'upstream-refused', status: 502 }

  test.each([401, 402, 403, 407])('is told as the operator’s by status %d, whatever the words', async (status) => {
    expect(await outcome(status)).toEqual(own)
    expect(await outcome(status, '<html>')).toEqual(own)
  })

  const words: readonly (readonly [string, number, string])[] = [
    ['gemini', 400, '{"error":{"code":400,"details":[{"reason":"API_KEY_INVALID"}]}}'],
    ['gemini', 429, '{"error":{"details":[{"reason":"BILLING_DISABLED"}]}}'],
    ['openai', 429, '{"error":{"type":"insufficient_quota","code":"insufficient_quota"}}'],
    ['openai', 400, '{"error":{"code":"billing_hard_limit_reached"}}'],
    ['anthropic', 400, '{"error":{"message":"Your credit balance is too low to access the API."}}'],
  ]
  test.each(words)('of %s is told as the operator’s with status %d by its words', async (kind, status, body) => {
    expect(await outcome(status, body, {}, kind)).toEqual(own)
    expect(await outcome(status, SAID, {}, kind)).toMatchObject({ passed: status })
  })

  test('never passes the vendor’s words on', async () => {
    const refusal = await refused(401, '{"error":{"message":"Incorrect API key provided: sk-vendor"}}')
    expect(refusal.ok ? '' : refusal.error.message).not.toMatch(/Incorrect|sk-vendor/)
  })
})
