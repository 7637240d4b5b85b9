import { expect, test } from 'bun:test'
import { adviceOn, failureOf, renderFailure } from './failures.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const RESET_MS = Date.parse('2026-03-01T15:30:00Z')

const status = (word: string | undefined, code: number | undefined, text = ''): number =>
  renderFailure(failureOf({ word, status: code, text }, undefined), NOW_MS).status

test.each([
  ['authentication_failed', undefined, 503],
  ['authentication_failed', 401, 503],
  ['billing_error', 402, 402],
  ['rate_limit', 429, 429],
  ['rate_limit', undefined, 429],
  ['model_not_found', 404, 404],
  ['invalid_request', 400, 400],
  ['server_error', 529, 529],
  ['server_error', 500, 500],
  ['server_error', undefined, 500],
  [undefined, undefined, 500],
  ['a word of tomorrow', undefined, 500],
])('%s with status %p is answered with %p', (word, code, expected) => {
  expect(status(word, code)).toBe(expected)
})

test('a limit says when it ends, in words and in seconds', () => {
  const failure = failureOf({ word: 'rate_limit', status: 429, text: "You've hit your limit" }, RESET_MS)
  const { headers, body } = renderFailure(failure, NOW_MS)
  expect(headers).toEqual({ 'retry-after': '12600' })
  expect(body).toMatchObject({ error: { type: 'rate_limit_error' } })
  expect(JSON.stringify(body)).toContain('2026-03-01T15:30:00.000Z')
})

test('a limit in the words of older versions is understood', () => {
  const failure = failureOf(
    { word: undefined, status: undefined, text: 'Claude AI usage limit reached|1772379000' },
    undefined,
  )
  expect(failure).toEqual({ kind: 'limit', resetsAtMs: 1_772_379_000_000 })
})

test('addresses stay out of what a client is told', () => {
  const text = 'API Error: too long, see https://gateway.internal.example/x (127.0.0.1:8123) or proxy.example:3128'
  const { body } = renderFailure(failureOf({ word: 'invalid_request', status: 400, text }, undefined), NOW_MS)
  expect(JSON.stringify(body)).not.toMatch(/internal|127\.0|3128|https?:/)
  expect(JSON.stringify(body)).toContain('too long')
})

test('only what the operator can mend has advice', () => {
  expect(adviceOn({ kind: 'missing' })).toContain('install')
  expect(adviceOn({ kind: 'login' })).toContain('claude auth login')
  expect(adviceOn({ kind: 'overloaded' })).toBeUndefined()
})
