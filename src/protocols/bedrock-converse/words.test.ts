import { describe, expect, test } from 'bun:test'
import { createLosses } from '../../canon/losses.ts'
import { exceptionIn } from './exceptions.ts'
import { CARRIED, messagesCitation, readStop } from './parse-blocks.ts'
import { createContentWriter } from './render-content.ts'

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

describe('a place in a document', () => {
  test.each([
    ['documentChar', 'char_location', 'start_char_index', 'end_char_index'],
    ['documentPage', 'page_location', 'start_page_number', 'end_page_number'],
    ['documentChunk', 'content_block_location', 'start_block_index', 'end_block_index'],
  ])('of the kind %s is a %s', (kind, type, first, last) => {
    const location = { [kind]: { documentIndex: 1, start: 2, end: 3 } }
    expect(messagesCitation({ location })).toMatchObject({ type, document_index: 1, [first]: 2, [last]: 3 })
  })
})

describe('a block of Messages', () => {
  const source = { type: 'base64', media_type: 'image/png', data: 'AA==' }
  test.each([
    [{ type: 'text', text: 'x' }, { text: 'x' }],
    [{ type: 'image', source }, { image: { format: 'png', source: { bytes: 'AA==' } } }],
    [{ type: 'redacted_thinking', data: 'AA==' }, { reasoningContent: { redactedContent: 'AA==' } }],
    [{ type: CARRIED, block: { novel: { a: 1 } } }, { novel: { a: 1 } }],
  ])('%j is written as %j', (block, written) => {
    expect(createContentWriter(createLosses(), new Map()).contentOf([block])).toEqual([written])
  })
})
