import { describe, expect, test } from 'bun:test'
import { geminiCodec } from './codec.ts'

const error = (code: number, status: string, message = 'No.', details: readonly object[] = []) => ({
  error: { code, status, message, details },
})
const retryInfo = (retryDelay: unknown) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay })

describe('errors', () => {
  test.each([
    [400, error(400, 'INVALID_ARGUMENT'), 'invalid-request'],
    [400, error(400, 'FAILED_PRECONDITION'), 'invalid-request'],
    [
      400,
      error(400, 'INVALID_ARGUMENT', 'The input token count (9) exceeds the maximum number of tokens allowed (8).'),
      'context-length-exceeded',
    ],
    [400, error(400, 'INVALID_ARGUMENT', 'API key not valid.'), 'upstream-refused'],
    [401, error(401, 'UNAUTHENTICATED'), 'upstream-refused'],
    [403, error(403, 'PERMISSION_DENIED'), 'upstream-refused'],
    [404, error(404, 'NOT_FOUND'), 'model-not-found'],
    [413, error(413, ''), 'request-too-large'],
    [429, error(429, 'RESOURCE_EXHAUSTED'), 'rate-limit-exceeded'],
    [500, error(500, 'INTERNAL'), 'upstream-failed'],
    [503, error(503, 'UNAVAILABLE'), 'upstream-overloaded'],
    [504, error(504, 'DEADLINE_EXCEEDED'), 'upstream-timeout'],
    [429, [error(429, 'RESOURCE_EXHAUSTED')], 'rate-limit-exceeded'],
    [200, error(503, 'UNAVAILABLE'), 'upstream-overloaded'],
    [200, { error: { status: 'RESOURCE_EXHAUSTED' } }, 'rate-limit-exceeded'],
    [502, '<html>', 'upstream-failed'],
    [500, undefined, 'upstream-failed'],
    [418, null, 'invalid-request'],
  ])('status %d with %j', (status, body, kind) => {
    expect(geminiCodec.parseError(status, body).kind).toBe(kind as 'internal')
  })

  test.each([
    ['text', '13s', 13_000],
    ['fractions', '48.939935699s', 48_940],
    ['an object', { seconds: '2', nanos: 500_000_000 }, 2_500],
    ['nonsense', 'soon', undefined],
  ])('reads a delay that is %s', (_, delay, retryAfterMs) => {
    const read = geminiCodec.parseError(429, [error(429, 'RESOURCE_EXHAUSTED', 'Slow down.', [retryInfo(delay)])])
    expect(read.retryAfterMs).toBe(retryAfterMs)
  })

  test('reads a delay that only the message tells', () => {
    expect(geminiCodec.parseError(429, error(429, '', 'Please retry in 1.5s.')).retryAfterMs).toBe(1_500)
  })

  test('a client learns its own mistake but no address and no project', () => {
    const { message } = geminiCodec.parseError(
      400,
      error(400, 'INVALID_ARGUMENT', 'See https://x.y/z of projects/my-1: bad `topK`.'),
    )
    expect(message).toBe('See [address] of projects/[project]: bad `topK`.')
  })

  test("what is the operator's business is for the log", () => {
    const { message, internal } = geminiCodec.parseError(403, error(403, 'PERMISSION_DENIED', 'Billing is off.'))
    expect(message).not.toContain('Billing')
    expect(internal).toBe('Billing is off.')
  })
})
