import { describe, expect, test } from 'bun:test'
import { STATUS_KINDS } from '../shared/test-statuses.ts'
import { openAiChatCodec } from './codec.ts'

const kindOf = (status: number, code?: string): string =>
  openAiChatCodec.parseError(status, { error: { message: 'No.', code } }).kind

describe('an error of a server of Chat', () => {
  // The status beside it would say something else.
  test.each([
    ['context_length_exceeded', 500, 'context-length-exceeded'],
    ['insufficient_quota', 429, 'upstream-refused'],
    ['billing_hard_limit_reached', 400, 'upstream-refused'],
    ['invalid_api_key', 400, 'upstream-refused'],
    ['authentication_error', 400, 'upstream-refused'],
    ['rate_limit_exceeded', 400, 'rate-limit-exceeded'],
    ['rate_limit_error', 400, 'rate-limit-exceeded'],
    ['RESOURCE_EXHAUSTED', 400, 'rate-limit-exceeded'],
    ['model_not_found', 400, 'model-not-found'],
    ['server_is_overloaded', 500, 'upstream-overloaded'],
    ['overloaded_error', 500, 'upstream-overloaded'],
    ['slow_down', 500, 'upstream-overloaded'],
    ['UNAVAILABLE', 500, 'upstream-overloaded'],
    ['unsupported_parameter', 400, 'unsupported-parameter'],
    ['unsupported_value', 400, 'unsupported-parameter'],
    ['string_above_max_length', 500, 'invalid-request'],
    ['content_filter', 500, 'invalid-request'],
    ['content_policy_violation', 500, 'invalid-request'],
    ['invalid_prompt', 500, 'invalid-request'],
  ])('of code %s is told by its code, whatever the status', (code, status, kind) => {
    expect(kindOf(status, code)).toBe(kind)
  })

  test.each([
    ...STATUS_KINDS,
    [404, 'model-not-found'],
    [407, 'upstream-refused'],
    [408, 'upstream-timeout'],
    [415, 'unsupported-media-type'],
    [422, 'invalid-request'],
    [529, 'upstream-overloaded'],
  ])('without a code is told by status %d', (status, kind) => {
    expect(kindOf(status)).toBe(kind)
  })

  test.each([
    [401, 'The provider refused the gateway'],
    [429, 'The provider is rate limiting.'],
    [500, 'The provider failed.'],
    [503, 'The provider is overloaded.'],
    [504, 'The provider took too long.'],
  ])('of status %d begins with our words', (status, words) => {
    expect(openAiChatCodec.parseError(status, { error: { message: 'No.' } }).message).toStartWith(words)
  })
})
