import { describe, expect, test } from 'bun:test'
import { anthropicMessagesCodec } from './codec.ts'

const kindOf = (status: number, type?: string): string =>
  anthropicMessagesCodec.parseError(status, { type: 'error', error: { type, message: 'No.' } }).kind

describe('an error of Anthropic', () => {
  // The status beside it would say something else.
  test.each([
    ['invalid_request_error', 500, 'invalid-request'],
    ['authentication_error', 500, 'upstream-refused'],
    ['permission_error', 500, 'upstream-refused'],
    ['billing_error', 500, 'upstream-refused'],
    ['not_found_error', 500, 'model-not-found'],
    ['conflict_error', 500, 'upstream-conflict'],
    ['request_too_large', 500, 'request-too-large'],
    ['rate_limit_error', 500, 'rate-limit-exceeded'],
    ['timeout_error', 500, 'upstream-timeout'],
    ['overloaded_error', 500, 'upstream-overloaded'],
    ['api_error', 400, 'upstream-failed'],
  ])('of type %s is told by its type, whatever the status', (type, status, kind) => {
    expect(kindOf(status, type)).toBe(kind)
  })

  test.each([
    [400, 'invalid-request'],
    [401, 'upstream-refused'],
    [402, 'upstream-refused'],
    [403, 'upstream-refused'],
    [404, 'model-not-found'],
    [408, 'upstream-timeout'],
    [409, 'upstream-conflict'],
    [413, 'request-too-large'],
    [418, 'invalid-request'],
    [422, 'invalid-request'],
    [429, 'rate-limit-exceeded'],
    [500, 'upstream-failed'],
    [503, 'upstream-overloaded'],
    [504, 'upstream-timeout'],
    [529, 'upstream-overloaded'],
  ])('without a type is told by status %d', (status, kind) => {
    expect(kindOf(status)).toBe(kind)
  })

  test.each([
    [401, 'The provider refused the gateway'],
    [429, 'The provider is rate limiting.'],
    [500, 'The provider failed.'],
    [503, 'The provider is overloaded.'],
    [504, 'The provider took too long.'],
  ])('of status %d is told in our words, and the vendor’s are for the log', (status, words) => {
    const { message, internal } = anthropicMessagesCodec.parseError(status, { error: { message: 'No.' } })
    expect(message).toStartWith(words)
    expect(internal).toBe('No.')
  })
})
