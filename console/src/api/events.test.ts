import { describe, expect, test } from 'bun:test'
import { eventsOf, type StreamEvent } from './events.ts'

const read = async (...chunks: readonly string[]): Promise<StreamEvent[]> => {
  const bytes = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(bytes.encode(chunk))
      controller.close()
    },
  })
  return Array.fromAsync(eventsOf(body))
}

describe('a stream of events', () => {
  test.each([
    ['in one piece', ['event: receipt\ndata: {"a":1}\n\ndata: 2\n\n']],
    ['cut anywhere', ['event: rec', 'eipt\nda', 'ta: {"a":1}\n', '\ndata: 2\n', '\n']],
    ['with other line ends', ['event: receipt\r\ndata: {"a":1}\r', '\n\r\ndata: 2\r\n\r', '\n']],
  ])('is the same %s', async (_, chunks) => {
    expect(await read(...chunks)).toEqual([
      { name: 'receipt', data: '{"a":1}' },
      { name: 'message', data: '2' },
    ])
  })

  test('passes over comments that keep it open, and what is cut at the end', async () => {
    expect(await read(': still here\n\n', 'data: 1\ndata: 2\n\ndata: half')).toEqual([
      { name: 'message', data: '1\n2' },
    ])
  })
})
