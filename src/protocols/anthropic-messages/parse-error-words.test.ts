import { describe, expect, test } from 'bun:test'
import { STATUS_KINDS } from '../shared/test-statuses.ts'
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
    ...STATUS_KINDS,
    [404, 'model-not-found'],
    [408, 'upstream-timeout'],
    [422, 'invalid-request'],
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
