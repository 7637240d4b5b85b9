import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AnswerHead } from './answer-head.ts'
import { AnswerReader } from './answer-reader.ts'

interface Seen {
  status: number | undefined
  headers: Headers | undefined
  body: string
  /** `whole`, `cut`, or why it is unreadable. */
  end: string
  reusable: boolean
  /** What was told after the end, which must be nothing. */
  late: number
}

/** Reads `text` in the pieces given, then the connection's end. */
const readPieces = (pieces: readonly string[], method = 'GET'): Seen => {
  const seen: Seen = { status: undefined, headers: undefined, body: '', end: 'cut', reusable: false, late: 0 }
  const told = () => {
    if (seen.end !== 'cut') seen.late += 1
  }
  const reader = new AnswerReader(method, {
    head(head: AnswerHead) {
      told()
      seen.status = head.status
      seen.headers = head.headers
    },
    body(bytes) {
      told()
      seen.body += Buffer.from(bytes).toString('latin1')
    },
    ended() {
      told()
      seen.end = 'whole'
    },
    unreadable(detail) {
      told()
      seen.end = detail
    },
  })
  for (const piece of pieces) reader.push(Buffer.from(piece, 'latin1'))
  seen.reusable = reader.reusable
  reader.close()
  return seen
}

const cutEvery = (text: string, bytes: number): string[] => text.match(new RegExp(`[^]{1,${bytes}}`, 'g')) ?? []

const OK_HEAD = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = 'transfer-encoding: chunked\r\n'

interface Good {
  readonly name: string
  readonly text: string
  readonly body: string
  readonly reusable: boolean
  readonly status?: number
  readonly method?: string
}

const GOOD: readonly Good[] = [
  {
    name: 'a length',
    text: `${OK_HEAD}Content-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello`,
    body: 'hello',
    reusable: true,
  },
  { name: 'an empty body', text: `${OK_HEAD}content-length: 0\r\n\r\n`, body: '', reusable: true },
  {
    name: 'the same length twice',
    text: `${OK_HEAD}content-length: 2\r\ncontent-length: 2\r\n\r\nhi`,
    body: 'hi',
    reusable: true,
  },
  { name: 'the same length in a list', text: `${OK_HEAD}content-length: 2, 2\r\n\r\nhi`, body: 'hi', reusable: true },
  {
    name: 'chunks',
    text: `${OK_HEAD}${CHUNKED}\r\n5\r\nhello\r\nA \r\n, my world\r\n0\r\n\r\n`,
    body: 'hello, my world',
    reusable: true,
  },
  {
    name: 'chunk extensions and trailers',
    text: `${OK_HEAD}${CHUNKED}\r\n005;a=b;c="d e"\r\nhello\r\n0;last\r\nx-sum: 1\r\nx-more: 2\r\n\r\n`,
    body: 'hello',
    reusable: true,
  },
  {
    name: 'line ends inside chunks',
    text: `${OK_HEAD}${CHUNKED}\r\n6\r\n\r\n0\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n`,
    body: '\r\n0\r\n\r\n',
    reusable: true,
  },
  { name: 'the end of the connection', text: `${OK_HEAD}a: b\r\n\r\nall of it`, body: 'all of it', reusable: false },
  {
    name: 'interim answers before',
    text: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK_HEAD}content-length: 2\r\n\r\nhi`,
    body: 'hi',
    reusable: true,
  },
  { name: 'no body by status 204', text: 'HTTP/1.1 204 No Content\r\n\r\n', body: '', reusable: true, status: 204 },
  {
    name: 'no body by status 304',
    text: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n',
    body: '',
    reusable: true,
    status: 304,
  },
  {
    name: 'no body by HEAD',
    text: `${OK_HEAD}content-length: 9\r\n\r\n`,
    body: '',
    reusable: true,
    method: 'HEAD',
  },
  { name: 'HTTP/1.0', text: 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi', body: 'hi', reusable: false },
  {
    name: 'HTTP/1.0 that keeps the connection',
    text: 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\ncontent-length: 2\r\n\r\nhi',
    body: 'hi',
    reusable: true,
  },
  {
    name: 'a connection to be closed',
    text: `${OK_HEAD}connection: x, Close\r\ncontent-length: 2\r\n\r\nhi`,
    body: 'hi',
    reusable: false,
  },
  { name: 'no reason phrase', text: 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nhi', body: 'hi', reusable: true },
  {
    name: 'spaces around a value',
    text: `${OK_HEAD}content-length:\t 2 \t\r\nx:\r\n\r\nhi`,
    body: 'hi',
    reusable: true,
  },
]

describe('an answer reads the same however it is cut', () => {
  for (const { name, text, body, reusable, status = 200, method } of GOOD)
    test(name, () => {
      const cuts = Array.from({ length: text.length - 1 }, (_, at) => [text.slice(0, at + 1), text.slice(at + 1)])
      for (const pieces of [[text], cutEvery(text, 1), cutEvery(text, 7), ...cuts]) {
        const seen = readPieces(pieces, method)
        expect({ ...seen, headers: undefined }).toEqual({
          status,
          headers: undefined,
          body,
          end: 'whole',
          reusable,
          late: 0,
        })
      }
    })

  test('any body in any chunks in any pieces', () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 12 }), fc.integer({ min: 1, max: 60 }), (chunks, bytes) => {
        const bodies = chunks.map((each) => Buffer.from(each).toString('latin1'))
        const coded = bodies.map((each) => `${each.length.toString(16)}\r\n${each}\r\n`).join('')
        const seen = readPieces(cutEvery(`${OK_HEAD}${CHUNKED}\r\n${coded}0\r\n\r\n`, bytes))
        expect([seen.body, seen.end, seen.reusable]).toEqual([bodies.join(''), 'whole', true])
      }),
      { seed: 11, numRuns: 300 },
    )
  })
})

const HEADERS_201 = Array.from({ length: 201 }, (_, index) => `x-${index}: 1\r\n`).join('')

const BAD: readonly (readonly [string, string])[] = [
  ['not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['an error page without a head', '<html>bad</html>'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 099 X\r\n\r\n'],
  ['a switch of protocols', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n'],
  ['interim answers without end', 'HTTP/1.1 103 X\r\n\r\n'.repeat(40)],
  ['lines that end without CR', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nhi'],
  ['one line that ends without CR', `${OK_HEAD}a: b\ncontent-length: 2\r\n\r\nhi`],
  ['a line that continues the one before', `${OK_HEAD}a: b\r\n c\r\ncontent-length: 2\r\n\r\nhi`],
  ['a space before the colon', `${OK_HEAD}content-length : 2\r\n\r\nhi`],
  ['a header without a colon', `${OK_HEAD}content-length\r\n\r\nhi`],
  ['a NUL in a value', `${OK_HEAD}a: b\0c\r\ncontent-length: 2\r\n\r\nhi`],
  ['two different lengths', `${OK_HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\nhi!`],
  ['two different lengths in a list', `${OK_HEAD}content-length: 2, 3\r\n\r\nhi!`],
  ['a negative length', `${OK_HEAD}content-length: -2\r\n\r\nhi`],
  ['a length that is no number', `${OK_HEAD}content-length: 0x2\r\n\r\nhi`],
  ['a length beyond all measure', `${OK_HEAD}content-length: 99999999999999999999\r\n\r\nhi`],
  ['a length and chunks', `${OK_HEAD}content-length: 2\r\n${CHUNKED}\r\n2\r\nhi\r\n0\r\n\r\n`],
  ['chunks and a length', `${OK_HEAD}${CHUNKED}content-length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n`],
  ['a coding that is not known', `${OK_HEAD}transfer-encoding: gzip, chunked\r\n\r\n`],
  ['chunks twice over', `${OK_HEAD}${CHUNKED}${CHUNKED}\r\n2\r\nhi\r\n0\r\n\r\n`],
  ['chunks in HTTP/1.0', `HTTP/1.0 200 OK\r\n${CHUNKED}\r\n2\r\nhi\r\n0\r\n\r\n`],
  ['too many headers', `${OK_HEAD}${HEADERS_201}\r\n`],
  ['a head that is too long', `${OK_HEAD}a: ${'x'.repeat(70_000)}`],
  ['a chunk without a size', `${OK_HEAD}${CHUNKED}\r\n\r\nhi\r\n0\r\n\r\n`],
  ['a chunk size that is no number', `${OK_HEAD}${CHUNKED}\r\n2x\r\nhi\r\n0\r\n\r\n`],
  ['a signed chunk size', `${OK_HEAD}${CHUNKED}\r\n+2\r\nhi\r\n0\r\n\r\n`],
  ['a chunk size beyond all measure', `${OK_HEAD}${CHUNKED}\r\nffffffffffffffff\r\nhi`],
  ['a chunk longer than its size', `${OK_HEAD}${CHUNKED}\r\n2\r\nhim\r\n0\r\n\r\n`],
  ['a chunk size line without CR', `${OK_HEAD}${CHUNKED}\r\n2\nhi\r\n0\r\n\r\n`],
  ['a chunk extension that is too long', `${OK_HEAD}${CHUNKED}\r\n2;${'x'.repeat(5_000)}\r\nhi\r\n0\r\n\r\n`],
  ['a chunk extension with a line end', `${OK_HEAD}${CHUNKED}\r\n2;a\nb\r\nhi\r\n0\r\n\r\n`],
  ['trailers without end', `${OK_HEAD}${CHUNKED}\r\n0\r\n${`a: ${'x'.repeat(1_000)}\r\n`.repeat(70)}`],
  ['a trailer line without CR', `${OK_HEAD}${CHUNKED}\r\n0\r\na: b\n\r\n`],
]

describe('an answer that two readers could understand differently is refused', () => {
  for (const [name, text] of BAD)
    test(name, () => {
      const piecesOf =
        text.length > 10_000 ? [[text], cutEvery(text, 1_000)] : [[text], cutEvery(text, 1), cutEvery(text, 7)]
      for (const pieces of piecesOf) {
        const seen = readPieces(pieces)
        expect(seen.end).not.toBe('whole')
        expect(seen.end).not.toBe('cut')
        expect([seen.reusable, seen.late]).toEqual([false, 0])
      }
    })
})

describe('an answer that is cut short never ends cleanly', () => {
  for (const { name, text, method } of GOOD.filter(({ name }) => name !== 'the end of the connection'))
    test(name, () => {
      for (let at = 0; at < text.length; at += 1)
        expect([at, readPieces([text.slice(0, at)], method).end]).toEqual([at, 'cut'])
    })
})

describe('a connection with bytes behind the answer carries nothing more', () => {
  const next = `${OK_HEAD}content-length: 4\r\n\r\nevil`
  for (const { name, text, method, body } of GOOD.filter(({ reusable }) => reusable))
    test(name, () => {
      for (const pieces of [[text + next], [text, next], cutEvery(text + next, 1), cutEvery(`${text}\r`, 7)]) {
        const seen = readPieces(pieces, method)
        expect([seen.body, seen.end, seen.reusable, seen.late]).toEqual([body, 'whole', false, 0])
      }
    })
})

test('headers are kept as they came, repeated ones together', () => {
  const seen = readPieces([
    `${OK_HEAD}X-A: 1\r\nx-a: \xe9\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 0\r\n\r\n`,
  ])
  expect(seen.headers?.get('x-a')).toBe('1, \xe9')
  expect(seen.headers?.getSetCookie()).toEqual(['a', 'b'])
})

test('a server that says how long it keeps the connection is heard', () => {
  const sink = { head: () => undefined, body: () => undefined, ended: () => undefined, unreadable: () => undefined }
  for (const [value, keepAliveMs] of [
    ['timeout=5, max=100', 5_000],
    ['max=100,Timeout = 75', 75_000],
    ['max=100', undefined],
  ] as const) {
    const reader = new AnswerReader('GET', sink)
    reader.push(Buffer.from(`${OK_HEAD}keep-alive: ${value}\r\ncontent-length: 0\r\n\r\n`))
    expect(reader.keepAliveMs).toBe(keepAliveMs)
  }
})
