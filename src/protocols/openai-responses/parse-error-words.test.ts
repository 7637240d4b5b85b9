import { describe, expect, test } from 'bun:test'
import { STATUS_KINDS } from '../shared/test-statuses.ts'
import { openAiResponsesCodec } from './codec.ts'

const kindOf = (status: number, code?: string, message = 'No.'): string =>
  openAiResponsesCodec.parseError(status, { error: { message, code } }).kind

describe('an error of a server of Responses', () => {
  // The status beside it would say something else.
  test.each([
    ['context_length_exceeded', 500, 'context-length-exceeded'],
    ['insufficient_quota', 429, 'upstream-refused'],
    ['billing_hard_limit_reached', 400, 'upstream-refused'],
    ['invalid_api_key', 400, 'upstream-refused'],
    ['data_residency_mismatch', 400, 'upstream-refused'],
    ['model_not_found', 400, 'model-not-found'],
    ['rate_limit_exceeded', 400, 'rate-limit-exceeded'],
    ['server_is_overloaded', 500, 'upstream-overloaded'],
    ['slow_down', 500, 'upstream-overloaded'],
    ['vector_store_timeout', 500, 'upstream-timeout'],
    ['unsupported_parameter', 400, 'unsupported-parameter'],
    ['unsupported_value', 400, 'unsupported-parameter'],
  ])('of code %s is told by its code, whatever the status', (code, status, kind) => {
    expect(kindOf(status, code)).toBe(kind)
  })

  test.each([
    ...STATUS_KINDS,
    [404, 'not-found'],
    [407, 'upstream-refused'],
    [408, 'upstream-timeout'],
    [415, 'unsupported-media-type'],
    [529, 'upstream-overloaded'],
  ])('without a code is told by status %d', (status, kind) => {
    expect(kindOf(status)).toBe(kind)
  })

  test.each([
    ['This prompt is too long.', 'context-length-exceeded'],
    ['Incorrect API key provided.', 'upstream-refused'],
    ['The model `x` does not exist.', 'model-not-found'],
  ])('without a code is told by its words: %s', (message, kind) => {
    expect(kindOf(400, undefined, message)).toBe(kind)
  })
})
