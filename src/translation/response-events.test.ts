import { describe, expect, test } from 'bun:test'
import { createResponseEvents, editResponse, type ResponseEdits } from './response-events.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (chunk: Uint8Array): string => new TextDecoder().decode(chunk)
const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 1, ...more })}\n\n`

const response = (more: object = {}) => ({ id: 'resp_1', previous_response_id: null, output: [], ...more })
const CREATED = event('response.created', { response: response() })
const DELTA = event('response.output_text.delta', { delta: 'hi' })
const COMPLETED = event('response.completed', { response: response({ status: 'completed' }) })

const pass = (chunks: readonly string[], edits: ResponseEdits = {}) => {
  const ended: string[] = []
  const events = createResponseEvents(edits, (body) => void ended.push(body))
  return { passed: chunks.map((chunk) => textOf(events.push(bytes(chunk)))).join(''), ended }
}

describe('a stream of the Responses API', () => {
  test('passes as the very same bytes where nothing is to be said in it, and its response is told once', () => {
    const events = createResponseEvents({}, () => undefined)
    for (const chunk of [bytes(CREATED), bytes(DELTA)]) expect(events.push(chunk)).toBe(chunk)
    const { passed, ended } = pass([CREATED, DELTA + COMPLETED])
    expect(passed).toBe(CREATED + DELTA + COMPLETED)
    expect(ended).toEqual([JSON.stringify(response({ status: 'completed' }))])
  })

  test('says of every response what it was told to, and nothing else changes', () => {
    const edits = { previous_response_id: '"resp_0"', store: 'true' }
    const { passed, ended } = pass([CREATED + DELTA, COMPLETED], edits)
    const told = { previous_response_id: 'resp_0', output: [] }
    expect(passed).toBe(
      event('response.created', { response: { id: 'resp_1', ...told, store: true } }) +
        DELTA +
        event('response.completed', { response: { id: 'resp_1', ...told, status: 'completed', store: true } }),
    )
    expect(JSON.parse(ended[0] ?? '')).toMatchObject({ previous_response_id: 'resp_0', store: true })
  })

  test.each('created in_progress queued failed completed incomplete'.split(' '))(
    'says what it was told to in response.%s',
    (name) => {
      const { passed } = pass([event(`response.${name}`, { response: response() })], { store: 'true' })
      expect(passed).toBe(event(`response.${name}`, { response: response({ store: true }) }))
    },
  )

  test.each([
    ['its text names the event', event('response.output_text.delta', { delta: 'response.completed' })],
    ['a tool is called like it', event('response.created', { response: response({ tools: ['response.completed'] }) })],
    ['it has no response', event('response.completed', {})],
    ['it is no JSON', 'event: response.completed\ndata: {"type":"response.completed","response":{\n\n'],
    ['it is a comment', ': response.completed\n\n'],
    ['it failed', event('response.failed', { response: response({ status: 'failed' }) })],
  ])('has not ended well where %s', (_what, text) => {
    expect(pass([text])).toEqual({ passed: text, ended: [] })
  })

  test.each([
    ['unnamed', `data: ${JSON.stringify({ type: 'response.incomplete', response: response() })}\n\n`],
    ['without its blank line', event('response.incomplete', { response: response() }).trimEnd()],
    ['with CRLF', event('response.incomplete', { response: response() }).replaceAll('\n', '\r\n')],
  ])('is read to its end where that event is %s', (_what, text) => {
    expect(pass([DELTA + text]).ended).toEqual([JSON.stringify(response())])
    expect(pass([text], { store: 'true' }).passed).toEndWith(',"store":true}}\n\n')
  })

  test('keeps the lines of an event that is written in several', () => {
    const text = 'data: {"type":"response.completed",\ndata: "response":{"id":"a",\ndata: "store":false}}\n\n'
    const { passed, ended } = pass([text], { store: 'true' })
    expect(passed).toBe(text.replace('false', 'true'))
    expect(ended).toEqual(['{"id":"a",\n"store":true}'])
  })
})

test('a response object is edited where it is one', () => {
  const edits = { store: 'true' }
  expect(textOf(editResponse(bytes('{"id":"a"}'), edits))).toBe('{"id":"a","store":true}')
  expect(textOf(editResponse(bytes('no object'), edits))).toBe('no object')
  const same = bytes('{}')
  expect(editResponse(same, {})).toBe(same)
})
