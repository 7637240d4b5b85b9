import { expect, test } from 'bun:test'
import { fault } from '../../errors.ts'
import { inAnthropicWords } from './context-length.ts'
import { parseError } from './parse-error.ts'

const body = (type: string, message = 'said') => ({ type: 'error', error: { type, message } })

const ROWS: readonly [status: number, body: unknown, kind: string][] = [
  [400, body('invalid_request_error', 'temperature: range: 0..1'), 'invalid-request'],
  [
    400,
    body('invalid_request_error', 'prompt is too long: 3333404 tokens > 200000 maximum'),
    'context-length-exceeded',
  ],
  [401, body('authentication_error'), 'upstream-refused'],
  [402, body('billing_error'), 'upstream-refused'],
  [403, body('permission_error'), 'upstream-refused'],
  [404, body('not_found_error'), 'model-not-found'],
  [409, body('conflict_error'), 'upstream-conflict'],
  [413, body('request_too_large'), 'request-too-large'],
  [429, body('rate_limit_error'), 'rate-limit-exceeded'],
  [500, body('api_error'), 'upstream-failed'],
  [504, body('timeout_error'), 'upstream-timeout'],
  [529, body('overloaded_error'), 'upstream-overloaded'],
  [200, body('overloaded_error'), 'upstream-overloaded'],
  [418, {}, 'invalid-request'],
  [502, '<html>bad gateway</html>', 'upstream-failed'],
  [400, { error: 'a bare text' }, 'invalid-request'],
  [503, undefined, 'upstream-overloaded'],
]
test.each(ROWS)('an error of status %d and body %j is of the kind %s', (status, said, kind) => {
  expect(parseError(status, said)).toMatchObject({ kind })
})

test('an error about the request is told in the vendor’s words, without addresses and keys', () => {
  const said = 'Bad image at https://bucket.example/x?sig=1 for org-abcdef123456, key sk-ant-api03-aaaaaa'
  expect(parseError(400, body('invalid_request_error', said)).message).toBe('Bad image at [link] for [id], key [id]')
})

test('an error about the operator’s account is told in our words, and the vendor’s stay in the log', () => {
  const error = parseError(401, body('authentication_error', 'invalid x-api-key'))
  expect(error.message).not.toContain('x-api-key')
  expect(error.internal).toBe('invalid x-api-key')
})

const WORDINGS: readonly [said: string, told: string][] = [
  ['prompt is too long: 300 tokens > 200 maximum', 'prompt is too long: 300 tokens > 200 maximum'],
  [
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    'prompt is too long: 1200000 tokens > 1048576 maximum',
  ],
  [
    'Your input exceeds the context window of this model.',
    'prompt is too long: Your input exceeds the context window of this model.',
  ],
]
test.each(WORDINGS)('an overlong prompt is told in Anthropic’s words: %s', (said, told) => {
  expect(inAnthropicWords(fault('context-length-exceeded', said)).message).toBe(told)
})

test('no other error is worded anew', () => {
  const error = fault('invalid-request', 'Bad.')
  expect(inAnthropicWords(error)).toBe(error)
})
