import { describe, expect, test } from 'bun:test'
import { STATUS_KINDS } from '../shared/test-statuses.ts'
import { geminiCodec } from './codec.ts'

describe('an error of Gemini', () => {
  test.each([...STATUS_KINDS, [404, 'model-not-found'], [499, 'upstream-failed']])(
    'of status %d is told by it',
    (status, kind) => {
      expect(geminiCodec.parseError(status, { error: { message: 'No.' } }).kind).toBe(kind as 'internal')
    },
  )

  test.each([
    ['INVALID_ARGUMENT', 'invalid-request'],
    ['FAILED_PRECONDITION', 'invalid-request'],
    ['OUT_OF_RANGE', 'invalid-request'],
    ['UNAUTHENTICATED', 'upstream-refused'],
    ['PERMISSION_DENIED', 'upstream-refused'],
    ['NOT_FOUND', 'model-not-found'],
    ['ABORTED', 'upstream-conflict'],
    ['ALREADY_EXISTS', 'upstream-conflict'],
    ['RESOURCE_EXHAUSTED', 'rate-limit-exceeded'],
    ['CANCELLED', 'upstream-failed'],
    ['UNKNOWN', 'upstream-failed'],
    ['INTERNAL', 'upstream-failed'],
    ['DATA_LOSS', 'upstream-failed'],
    ['UNIMPLEMENTED', 'upstream-failed'],
    ['UNAVAILABLE', 'upstream-overloaded'],
    ['DEADLINE_EXCEEDED', 'upstream-timeout'],
  ])('inside a success is told by its word alone: %s', (status, kind) => {
    expect(geminiCodec.parseError(200, { error: { status } }).kind).toBe(kind as 'internal')
  })

  test.each([
    [401, 'The provider refused the gateway'],
    [500, 'The provider failed to answer.'],
    [503, 'The provider is overloaded.'],
    [504, 'The provider took too long'],
  ])('of status %d is told in our words, and the vendor’s are for the log', (status, words) => {
    const { message, internal } = geminiCodec.parseError(status, { error: { message: 'No.' } })
    expect(message).toStartWith(words)
    expect(internal).toBe('No.')
  })
})
