import { describe, expect, test } from 'bun:test'
import { exceptionIn } from './exceptions.ts'
import { readStop } from './parse-blocks.ts'

/** Every word of Converse that means something in other formats, row by row. */

describe('the end of an answer', () => {
  test.each([
    ['end_turn', 'natural'],
    ['tool_use', 'tool-calls'],
    ['max_tokens', 'output-limit'],
    ['stop_sequence', 'stop-sequence'],
    ['guardrail_intervened', 'filter'],
    ['content_filtered', 'filter'],
    ['malformed_model_output', 'other'],
    ['malformed_tool_use', 'malformed-call'],
    ['model_context_window_exceeded', 'context-full'],
    ['something_new', 'other'],
  ])('%s means %s', (native, reason) => {
    expect(readStop(native)).toMatchObject({ native, reason })
  })
})

describe('an exception', () => {
  test.each([
    ['throttlingException', 'rate_limit_error'],
    ['serviceUnavailableException', 'overloaded_error'],
    ['validationException', 'invalid_request_error'],
    ['modelTimeoutException', 'timeout_error'],
    ['modelStreamErrorException', 'api_error'],
  ])('%s is one of type %s', (name, type) => {
    expect(exceptionIn({ [name]: { message: 'No.' } })).toEqual({ type, message: 'No.' })
  })
})
