import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Framing, chooseFraming } from './framing.ts'
import { jsonFraming, readJsonValue } from './json-values.ts'
import { readSseEvent, sseFraming } from './sse.ts'

/** Cuts bytes into pieces of one size and returns the events the framing finds, each whole. */
const eventsOf = (framing: Framing, bytes: Buffer, cut: number): readonly string[] => {
  const events: string[] = []
  let pending = ''
  for (let at = 0; at < bytes.length; at += cut) {
    const chunk = bytes.subarray(at, at + cut)
    let from = 0
    for (let end = framing.next(chunk, 0); end !== -1; end = framing.next(chunk, from)) {
      events.push(pending + chunk.toString('latin1', from, end))
      pending = ''
      from = end
    }
    pending += chunk.toString('latin1', from)
  }
  return events
}

const dataOf = (events: readonly string[]): readonly (string | undefined)[] =>
  events.map((event) => readSseEvent(Buffer.from(event, 'latin1')).data).filter((data) => data !== undefined)

const SSE: readonly { readonly name: string; readonly text: string; readonly data: readonly string[] }[] = [
  { name: 'LF line ends', text: 'data: a\n\ndata: b\n\n', data: ['a', 'b'] },
  { name: 'CRLF line ends', text: 'event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n', data: ['a', 'b'] },
  { name: 'CR line ends', text: 'data: a\r\rdata: b\r\r', data: ['a', 'b'] },
  { name: 'mixed line ends', text: 'data: a\r\n\ndata: b\n\r\ndata: c\r\rdata: d\n\n', data: ['a', 'b', 'c', 'd'] },
  { name: 'a byte order mark', text: '\u00ef\u00bb\u00bfdata: a\n\n', data: ['a'] },
  { name: 'several data lines', text: 'data: a\ndata: b\n\n', data: ['a\nb'] },
  { name: 'comments', text: ': busy\n\ndata: a\n: still busy\n\n', data: ['a'] },
  { name: 'no space after the colon', text: 'data:a\n\n', data: ['a'] },
  { name: 'blank lines before the first event', text: '\n\n\n\ndata: a\n\n', data: ['a'] },
  { name: 'an event without its blank line', text: 'data: a\n\ndata: b\n', data: ['a'] },
]

for (const { name, text, data } of SSE)
  for (const cut of [1, 2, 3, 7, 4_096])
    test(`events with ${name} are found in ${cut}-byte pieces`, () => {
      expect(dataOf(eventsOf(sseFraming(), Buffer.from(text, 'latin1'), cut))).toEqual(data)
    })

test('wherever a stream is cut, the same events come out of it', () => {
  const lines = fc.array(fc.constantFrom('data: {"a":1}', 'event: x', ': c', '', '', 'id: 7'), { maxLength: 20 })
  const stream = fc.tuple(lines, fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 20, maxLength: 20 }))
  const property = fc.property(stream, fc.integer({ min: 1, max: 9 }), ([texts, ends], cut) => {
    const bytes = Buffer.from(texts.map((text, at) => text + (ends[at] ?? '\n')).join(''))
    expect(dataOf(eventsOf(sseFraming(), bytes, cut))).toEqual(dataOf(eventsOf(sseFraming(), bytes, bytes.length || 1)))
  })
  fc.assert(property, { seed: 7, numRuns: 500 })
})

test('an event tells its name, and a comment has no data', () => {
  expect(readSseEvent(Buffer.from('event: error\ndata: {}\n\n'))).toEqual({ name: 'error', data: '{}' })
  expect(readSseEvent(Buffer.from(': hello\n\n'))).toEqual({ name: '', data: undefined })
})

const JSON_TEXTS: readonly { readonly name: string; readonly text: string; readonly values: readonly unknown[] }[] = [
  { name: 'an array', text: '[{"a":1}\n,\r\n{"b":[{"c":"]}"}]}\n]', values: [{ a: 1 }, { b: [{ c: ']}' }] }] },
  { name: 'one object', text: '  {"a":{"b":[1,2]}}', values: [{ a: { b: [1, 2] } }] },
  {
    name: 'strings with quotes and backslashes',
    text: '[{"a":"\\"}{\\\\"},{"b":"\\\\\\""}]',
    values: [{ a: '"}{\\' }, { b: '\\"' }],
  },
  { name: 'an unfinished object', text: '[{"a":1},{"b":', values: [{ a: 1 }] },
]

for (const { name, text, values } of JSON_TEXTS)
  for (const cut of [1, 3, 7, 4_096])
    test(`the objects of ${name} are found in ${cut}-byte pieces`, () => {
      const events = eventsOf(jsonFraming(), Buffer.from(text), cut)
      expect(events.map((event) => JSON.parse(readJsonValue(Buffer.from(event))))).toEqual([...values])
    })

test('the first byte that is not white space decides the framing', () => {
  const kinds = ['data: {}', ': hi', '\ufeffdata: x', ' [{', '\n{"a"', ' \r\n\t'].map(
    (text) => chooseFraming(Buffer.from(text))?.kind,
  )
  expect(kinds).toEqual(['sse', 'sse', 'sse', 'json', 'json', undefined])
})
