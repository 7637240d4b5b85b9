import { describe, expect, test } from 'bun:test'

import { parseError } from './parse-error.ts'

describe('an error', () => {
  const rows: [status: number, body: unknown, kind: string][] = [
    [400, { error: { message: 'x', type: 'invalid_request_error' } }, 'invalid-request'],
    [400, { error: { message: 'x', code: 'context_length_exceeded' } }, 'context-length-exceeded'],
    [400, { error: { message: "This model's maximum context length is 8 tokens" } }, 'context-length-exceeded'],
    [400, { message: 'prompt is too long' }, 'context-length-exceeded'],
    [400, { error: { message: 'x', code: 'unsupported_parameter' } }, 'unsupported-parameter'],
    [401, { error: 'bad key' }, 'upstream-refused'],
    [403, {}, 'upstream-refused'],
    [404, { detail: 'Not Found' }, 'model-not-found'],
    [409, {}, 'upstream-conflict'],
    [413, {}, 'request-too-large'],
    [422, { detail: [{ msg: 'field required' }] }, 'invalid-request'],
    [429, { error: { message: 'x', code: 'insufficient_quota' } }, 'upstream-refused'],
    [429, [{ error: { message: 'x', status: 'RESOURCE_EXHAUSTED' } }], 'rate-limit-exceeded'],
    [500, '<html>', 'upstream-failed'],
    [502, undefined, 'upstream-failed'],
    [503, {}, 'upstream-overloaded'],
    [504, null, 'upstream-timeout'],
    [529, {}, 'upstream-overloaded'],
  ]
  for (const [status, body, kind] of rows)
    test(`${status} ${JSON.stringify(body)} is ${kind}`, () =>
      expect(parseError(status, body).kind).toBe(kind as 'internal'))

  test('has the words of the provider, but no address, key or account of it', () => {
    const message = 'Bad sk-abcdef123456 of org-abcdef123456, see https://a.example/b'
    expect(parseError(400, { error: { message } }).message).toBe('Bad [key] of [account], see [address]')
    expect(parseError(401, { error: { message } }).message).not.toContain('Bad')
    expect(parseError(400, { error: { message: 'x'.repeat(9_999) } }).message).toHaveLength(512)
    expect(parseError(502, '<html>secret</html>').message).not.toContain('secret')
  })
})
