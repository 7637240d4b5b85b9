import { describe, expect, test } from 'bun:test'
import { crc32 } from './crc32.ts'
import { createEventStreamDecoder, type EventMessage } from './eventstream.ts'
import { messagesEventOf } from './messages-events.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

const big = (bytes: number, value: number): number[] =>
  Array.from({ length: bytes }, (_, index) => (value >>> (8 * (bytes - 1 - index))) & 0xff)

const textHeader = (name: string, value: string): number[] => {
  const [nameBytes, valueBytes] = [bytesOf(name), bytesOf(value)]
  return [nameBytes.length, ...nameBytes, 7, ...big(2, valueBytes.length), ...valueBytes]
}

/** Writes a message, by the same specification. */
const message = (headers: readonly number[], payload: Uint8Array): Uint8Array => {
  const lengths = [...big(4, 16 + headers.length + payload.length), ...big(4, headers.length)]
  const start = [...lengths, ...big(4, crc32(Uint8Array.from(lengths))), ...headers, ...payload]
  return Uint8Array.from([...start, ...big(4, crc32(Uint8Array.from(start)))])
}

const event = (type: string, json: unknown): Uint8Array =>
  message(
    [
      ...textHeader(':message-type', 'event'),
      ...textHeader(':event-type', type),
      ...textHeader(':content-type', 'application/json'),
    ],
    bytesOf(JSON.stringify(json)),
  )

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

const decoded = (chunks: readonly Uint8Array[], messageBytesMax?: number) => {
  const decoder = createEventStreamDecoder(messageBytesMax)
  const messages: EventMessage[] = []
  for (const chunk of chunks) {
    const result = decoder.push(chunk)
    if (!result.ok) return { messages, error: result.error }
    messages.push(...result.value)
  }
  const end = decoder.end()
  return { messages, error: end.ok ? undefined : end.error }
}

test('CRC-32 is the usual one', () => {
  expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926)
  expect(crc32(new Uint8Array())).toBe(0)
})

describe('the messages of Amazon’s own examples', () => {
  test.each([
    ['an empty message', '00000010 00000000 05c248eb 7d98c8ff', {}, ''],
    [
      'a payload without headers',
      '0000001d 00000000 fd528c5a 7b27666f6f273a27626172277d c3653936',
      {},
      "{'foo':'bar'}",
    ],
    [
      'a header of 32 bits, left out, and a payload',
      '0000002d 00000010 41c424b8 0a6576656e742d74797065 04 0000a00c 7b27666f6f273a27626172277d 36f480a0',
      {},
      "{'foo':'bar'}",
    ],
  ])('%s', (_, hex, headers, payload) => {
    const { messages, error } = decoded([fromHex(hex)])
    expect(error).toBeUndefined()
    expect(messages.map((one) => [one.headers, new TextDecoder().decode(one.payload)])).toEqual([[headers, payload]])
  })
})

const PARTS = [
  event('messageStart', { role: 'assistant' }),
  event('contentBlockDelta', { delta: { text: 'Grüße' }, contentBlockIndex: 0 }),
  message([...textHeader(':message-type', 'event'), 3, 97, 97, 97, 0], new Uint8Array()),
  event('messageStop', { stopReason: 'end_turn' }),
]
const STREAM = joined(...PARTS)
const WHOLE = decoded([STREAM])

describe('a stream cut into pieces', () => {
  test('has four messages, with their text headers', () => {
    expect(WHOLE.error).toBeUndefined()
    expect(WHOLE.messages.map(({ headers }) => headers[':event-type'])).toEqual([
      'messageStart',
      'contentBlockDelta',
      undefined,
      'messageStop',
    ])
  })

  test('reads the same wherever it is cut', () => {
    for (let at = 0; at <= STREAM.length; at++)
      expect(decoded([STREAM.subarray(0, at), STREAM.subarray(at)])).toEqual(WHOLE)
    expect(decoded(Array.from(STREAM, (byte) => Uint8Array.of(byte)))).toEqual(WHOLE)
  })

  test('that ends within a message is said to be cut, and one that ends between two is not', () => {
    const ends = PARTS.map((_, index) => joined(...PARTS.slice(0, index + 1)).length)
    const whole = Array.from({ length: STREAM.length + 1 }, (_, at) => at).filter(
      (at) => decoded([STREAM.subarray(0, at)]).error === undefined,
    )
    expect(whole).toEqual([0, ...ends])
  })

  test('any byte altered is found out, and nothing after it is read', () => {
    for (let at = 0; at < STREAM.length; at++) {
      const altered = STREAM.slice()
      altered[at] = (altered[at] ?? 0) ^ 0x10
      const { messages, error } = decoded([altered])
      expect([at, error === undefined]).toEqual([at, false])
      expect(messages.length).toBeLessThan(WHOLE.messages.length)
    }
  })
})

describe('what is refused', () => {
  const lengths = (total: number, headers: number): Uint8Array => {
    const both = [...big(4, total), ...big(4, headers)]
    return Uint8Array.from([...both, ...big(4, crc32(Uint8Array.from(both)))])
  }

  test.each([
    ['a message above the limit, before it has come', lengths(5_000, 0), 'a message has 5000 bytes, more than 4096'],
    ['more headers than message', lengths(20, 10), 'a message of 20 bytes cannot have 10 bytes of headers'],
    ['a message shorter than its frame', lengths(3, 0), 'a message of 3 bytes cannot have 0 bytes of headers'],
    [
      'a header of no known type',
      message([1, 97, 12], new Uint8Array()),
      'a header has no type, or the unknown type 12',
    ],
    [
      'a header without a type',
      message([5, 97], new Uint8Array()),
      'a header has no type, or the unknown type undefined',
    ],
    ['a header longer than the headers', message([1, 97, 7, 0, 9, 97], new Uint8Array()), 'a header is cut off'],
    ['a number that is cut off', message([1, 97, 5, 0], new Uint8Array()), 'a header is cut off'],
  ])('%s', (_, bytes, error) => {
    expect(decoded([bytes], 4_096)).toEqual({ messages: [], error })
  })

  test('whole messages before a fault are given out, and the fault for ever after', () => {
    const decoder = createEventStreamDecoder()
    const first = decoder.push(joined(event('messageStart', {}), lengths(3, 0)))
    expect(first.ok && first.value.length).toBe(1)
    expect(decoder.push(event('messageStop', {})).ok).toBe(false)
    expect(decoder.end().ok).toBe(false)
  })
})

describe('InvokeModel’s stream as Messages', () => {
  const chunk = (json: unknown): Uint8Array =>
    event('chunk', { bytes: Buffer.from(JSON.stringify(json)).toString('base64'), p: 'abcd' })
  const exception = (type: string, json: string): Uint8Array =>
    message([...textHeader(':message-type', 'exception'), ...textHeader(':exception-type', type)], bytesOf(json))
  const said = (bytes: Uint8Array): string => decoded([bytes]).messages.map(messagesEventOf).join('')

  test.each([
    ['a chunk is the event it carries', chunk({ type: 'ping' }), 'event: ping\ndata: {"type":"ping"}\n\n'],
    [
      'an exception is an error of the nearest type',
      exception('throttlingException', '{"message":"Too many tokens"}'),
      'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"Too many tokens"}}\n\n',
    ],
    [
      'an exception without words still is one',
      exception('modelStreamErrorException', 'x'),
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Bedrock broke off the stream."}}\n\n',
    ],
    ['an event of another kind is nothing', event('other', { bytes: '' }), ''],
    ['a chunk that is no JSON is nothing', event('chunk', { bytes: 'AAAA' }), ''],
  ])('%s', (_, bytes, expected) => {
    expect(said(bytes)).toBe(expected)
  })
})
