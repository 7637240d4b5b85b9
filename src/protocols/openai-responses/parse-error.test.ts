import { expect, test } from 'bun:test'

import type { ErrorKind } from '../../errors.ts'
import { parseError } from './parse-error.ts'

const error = (code: string, message = 'It failed.'): unknown => ({
  error: { message, type: 'invalid_request_error', code },
})

const CASES: readonly (readonly [status: number, body: unknown, kind: ErrorKind])[] = [
  [400, error('invalid_json_schema'), 'invalid-request'],
  [400, error('context_length_exceeded'), 'context-length-exceeded'],
  [400, error('', 'This model’s maximum context length is 5 tokens.'), 'context-length-exceeded'],
  [400, error('unsupported_value'), 'unsupported-parameter'],
  [400, error('model_not_found'), 'model-not-found'],
  [400, { code: 'x', error: 'Model not found: grok-9' }, 'model-not-found'],
  [400, { error: 'Incorrect API key provided.' }, 'upstream-refused'],
  [401, error('invalid_api_key'), 'upstream-refused'],
  [402, {}, 'upstream-refused'],
  [403, error('data_residency_mismatch'), 'upstream-refused'],
  [404, {}, 'not-found'],
  [408, undefined, 'upstream-timeout'],
  [413, '<html>', 'request-too-large'],
  [429, error('rate_limit_exceeded'), 'rate-limit-exceeded'],
  [429, error('insufficient_quota'), 'upstream-refused'],
  [500, error('server_error'), 'upstream-failed'],
  [500, error('slow_down'), 'upstream-overloaded'],
  [502, '<html>Bad gateway</html>', 'upstream-failed'],
  [503, undefined, 'upstream-overloaded'],
  [504, null, 'upstream-timeout'],
  [529, [], 'upstream-overloaded'],
]
for (const [status, body, kind] of CASES)
  test(`${status} with ${JSON.stringify(body)} is ${kind}`, () => expect(parseError(status, body).kind).toBe(kind))

test('what is about the request is repeated, at most 512 characters of it', () => {
  expect(parseError(400, error('x', 'Say less.')).message).toBe('Say less.')
  expect(parseError(400, error('x', 'a'.repeat(900))).message.length).toBe(512)
})

test('what is about the operator’s account stays in the log, and HTML is no message', () => {
  const refused = parseError(401, error('invalid_api_key', 'Incorrect API key provided: sk-secret.'))
  expect(refused.message).not.toContain('sk-secret')
  expect(refused.internal).toContain('sk-secret')
  expect(parseError(502, '<html>x</html>').message).toBe('The provider failed with status 502. Try again.')
})
