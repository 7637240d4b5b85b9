import { expect, test } from 'bun:test'
import { ERRORS, type ErrorKind, fault } from '../errors.ts'
import { readSseEvent } from '../streams/sse.ts'
import * as anthropic from './anthropic-messages/error.ts'
import * as gemini from './gemini/error.ts'
import * as chat from './openai-chat/error.ts'
import * as completions from './openai-completions/error.ts'
import * as embeddings from './openai-embeddings/error.ts'
import * as responses from './openai-responses/error.ts'

const BAD_FIELD = fault('invalid-request', 'max_tokens must be a whole number.', {
  param: 'max_tokens',
  issue: 'is a string',
})
const SOON = fault('rate-limit-exceeded', 'Wait.', { retryAfterMs: 12_300 })

test('OpenAI formats name type, code, field and request', () => {
  expect(JSON.parse(chat.renderError(BAD_FIELD, 'req_1'))).toEqual({
    error: {
      message: BAD_FIELD.message,
      type: 'invalid_request_error',
      param: 'max_tokens',
      code: 'invalid_request',
      details: { field: 'max_tokens', issue: 'is a string' },
      request_id: 'req_1',
    },
  })
  expect(JSON.parse(chat.renderError(fault('invalid-api-key', 'No.'), 'r')).error.param).toBeNull()
})

test('Messages names type, details and request', () => {
  expect(JSON.parse(anthropic.renderError(BAD_FIELD, 'req_1'))).toEqual({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message: BAD_FIELD.message,
      details: { field: 'max_tokens', issue: 'is a string' },
    },
    request_id: 'req_1',
  })
})

test('a refused thread carries the code that makes the SDK resend the whole conversation', () => {
  const { error } = JSON.parse(
    anthropic.renderError(fault('thread-unsupported', 'No threads.', { param: 'thread' }), 'r'),
  )
  expect(error.details).toEqual({ field: 'thread', issue: 'No threads.', error_code: 'thread_unsupported_request' })
})

test('Gemini names code, status, field violations and the wait', () => {
  const bad = JSON.parse(gemini.renderError(BAD_FIELD, 'req_1')).error
  expect([bad.code, bad.status, bad.message]).toEqual([400, 'INVALID_ARGUMENT', BAD_FIELD.message])
  expect(bad.details[1]).toEqual({
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field: 'max_tokens', description: 'is a string' }],
  })
  const soon = JSON.parse(gemini.renderError(SOON, 'req_1')).error
  expect(soon.details[1]).toEqual({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '13s' })
})

test('what only the log may know appears in no format', () => {
  const error = fault('upstream-failed', 'Try again.', { internal: 'SECRET' })
  for (const format of [chat, completions, embeddings, responses, anthropic, gemini]) {
    expect(format.renderError(error, 'r')).not.toContain('SECRET')
    expect(format.renderStreamError(error, 'r')).not.toContain('SECRET')
  }
})

test('every kind of error is one parseable event of its own after half an event, in every format', () => {
  for (const kind of Object.keys(ERRORS) as ErrorKind[])
    for (const format of [chat, completions, embeddings, responses, anthropic, gemini]) {
      const bytes = `data: {"half": "an eve${format.renderStreamError(fault(kind, 'A\nline.'), 'r')}`
      const [, error = '', rest] = bytes.split('\n\n')
      const { name, data = '' } = readSseEvent(Buffer.from(`${error}\n\n`))
      // Claude Code recognises a full context by Anthropic's own words only.
      const said =
        format === anthropic && kind === 'context-length-exceeded' ? 'prompt is too long: A\nline.' : 'A\nline.'
      expect(JSON.parse(data).error.message).toBe(said)
      expect([name, rest]).toEqual([format === anthropic || format === responses ? 'error' : '', ''])
    }
})

test('a Responses error event has its fields flat and nested, for clients of either reading', () => {
  const { data = '' } = readSseEvent(Buffer.from(responses.renderStreamError(SOON, 'r').trimStart()))
  const event = JSON.parse(data)
  expect([event.type, event.code, event.message, event.param]).toEqual(['error', 'rate_limit_exceeded', 'Wait.', null])
  expect(event.error.code).toBe('rate_limit_exceeded')
})

test('signs of life mean nothing to a client', () => {
  expect(
    [chat, completions, embeddings, responses].map(({ KEEP_ALIVE }) => readSseEvent(Buffer.from(KEEP_ALIVE)).data),
  ).toEqual(Array(4).fill(undefined))
  expect(readSseEvent(Buffer.from(anthropic.KEEP_ALIVE))).toEqual({ name: 'ping', data: '{"type":"ping"}' })
  expect(gemini.KEEP_ALIVE).toBe('')
})
