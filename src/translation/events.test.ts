import { describe, expect, test } from 'bun:test'
import { createEventReader, type NamedEvent } from './events.ts'

const read = (text: string, size: number): readonly (NamedEvent | 'broken')[] => {
  const bytes = Buffer.from(text)
  const reader = createEventReader(1_000)
  const events: NamedEvent[] = []
  for (let from = 0; from < bytes.length; from += size) {
    events.push(...reader.push(Uint8Array.from(bytes.subarray(from, from + size))))
  }
  return [...events, ...reader.rest(), ...(reader.isBroken ? ['broken' as const] : [])]
}

const AB = [
  { name: 'a', data: '{"x":"é"}' },
  { name: '', data: '{"y":1}' },
]
const STREAMS: readonly (readonly [string, string, readonly NamedEvent[]])[] = [
  ['LF', 'event: a\ndata: {"x":"é"}\n\n: comment\n\ndata: {"y":1}\n\n', AB],
  ['121 CRLF and a byte order mark', '\ufeffevent: a\r\ndata:{"x":"é"}\r\n\r\ndata: {"y":1}\r\n\r\n', AB],
  ['122 a last event without its blank line', 'event: a\ndata: {"x":"é"}\n\ndata: {"y":1}', AB],
  [
    'a JSON array',
    '[{"x":"é"}\n,\r\n{"y":1}]',
    [
      { name: '', data: '{"x":"é"}' },
      { name: '', data: '{"y":1}' },
    ],
  ],
]

describe('events are the same however the bytes are cut', () => {
  test.each(STREAMS)('%s', (_, text, expected) => {
    for (let size = 1; size <= Buffer.byteLength(text); size += 1)
      expect([size, read(text, size)]).toEqual([size, [...expected]])
  })
})

test('of a stream with an event above the limit is read what comes before it, and nothing else', () => {
  const long = `data: 1\n\ndata: "${'x'.repeat(1_100)}"\n\ndata: 2\n\n`
  for (const size of [1, 7, 4_096]) expect(read(long, size)).toEqual([{ name: '', data: '1' }, 'broken'])
})
