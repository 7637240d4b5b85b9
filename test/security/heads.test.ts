import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { connect } from 'node:net'
import { DIALECTS, START_MS } from '../faults/scripted.ts'
import { answering } from './repeats.ts'
import { type Session, startSession } from './session.ts'

/// Clients whose requests are not what HTTP allows, or more of it than anybody needs. What two readers could cut apart
/// differently is not served; whatever is served goes upstream as one request of ours. That lengths, codings and folded
/// lines hide nothing is held in `test/upstream/elsewhere.test.ts`.

setDefaultTimeout(60_000)

let session: Session
beforeAll(async () => {
  session = await startSession()
}, START_MS)
afterAll(() => session.stop(), START_MS)

const SILENCE_MS = 2_000

/** Sends bytes, and gives all that comes back until the gateway ends the connection or has nothing more to say. */
const sendRaw = (bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(session.gateway.url).port), '127.0.0.1')
    let text = ''
    socket.setTimeout(SILENCE_MS, () => socket.destroy())
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    // A gateway that refuses may well break the connection.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(text))
    socket.write(Buffer.from(bytes, 'latin1'))
  })

interface Parts {
  readonly line?: string
  readonly headers?: readonly string[]
  readonly length?: string
  readonly body?: (body: string) => string
  readonly lineEnd?: string
}

const requestOf = ({ line, headers = [], length, body: written = (body) => body, lineEnd = '\r\n' }: Parts): string => {
  const body = written(JSON.stringify(DIALECTS.chat.body(session.upstream.plays(answering('nothing')))))
  const head = [
    line ?? `POST ${DIALECTS.chat.path} HTTP/1.1`,
    'host: gateway',
    `x-api-key: ${session.customer.key}`,
    'connection: close',
    ...(length === '' ? [] : [length ?? `content-length: ${Buffer.byteLength(body)}`]),
    ...headers,
  ]
  return `${head.join(lineEnd)}${lineEnd}${lineEnd}${body}`
}

const chunked = (size: (length: number) => string) => (body: string) =>
  `${size(body.length)}\r\n${body}\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nhost: x\r\n\r\n`

/** What may be served is one request and no more; the rest is refused, and nothing of it goes upstream. */
const REFUSED: readonly (readonly [what: string, parts: Parts])[] = [
  ['a length that is negative', { length: 'content-length: -1' }],
  ['a length with a sign', { length: 'content-length: +10' }],
  ['a length in hexadecimal', { length: 'content-length: 0x10' }],
  ['a length that overflows', { length: 'content-length: 18446744073709551617' }],
  ['a length that is a list', { length: 'content-length: 5, 6' }],
  ['a chunk whose size is none', { length: 'transfer-encoding: chunked', body: chunked(() => 'zz') }],
  ['a chunk whose size overflows', { length: 'transfer-encoding: chunked', body: chunked(() => 'ffffffffffffffff1') }],
  [
    'a chunk whose size is negative',
    { length: 'transfer-encoding: chunked', body: chunked((n) => `-${n.toString(16)}`) },
  ],
  ['a chunk longer than it says', { length: 'transfer-encoding: chunked', body: chunked((n) => (n - 3).toString(16)) }],
  [
    'chunks before another coding',
    { length: 'transfer-encoding: chunked, identity', body: chunked((n) => n.toString(16)) },
  ],
  ['a header without a colon', { headers: ['x-nothing'] }],
  ['a header without a name', { headers: [': value'] }],
  ['a NUL in a header', { headers: ['x-a: b\0c'] }],
  ['a name with a space', { headers: ['x a: b'] }],
  ['a version that is none', { line: `POST ${DIALECTS.chat.path} HTTP/9.9` }],
  ['a path that is none', { line: 'POST chat HTTP/1.1' }],
  ['a line with too many words', { line: `POST ${DIALECTS.chat.path} HTTP/1.1 HTTP/1.1` }],
  ['a header of 1 MB', { headers: [`x-a: ${'y'.repeat(1_000_000)}`] }],
  ['fifty thousand headers', { headers: Array.from({ length: 50_000 }, (_, at) => `x-${at}: y`) }],
  ['an address of 1 MB', { line: `POST ${DIALECTS.chat.path}?${'a'.repeat(1_000_000)} HTTP/1.1` }],
]

/** What every server takes, whatever it holds: served once. */
const SERVED: readonly (readonly [what: string, parts: Parts])[] = [
  ['nothing strange', {}],
  [
    'chunks',
    { length: 'transfer-encoding: chunked', body: (body) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` },
  ],
  ['a hundred headers', { headers: Array.from({ length: 100 }, (_, at) => `x-${at}: y`) }],
  ['a header of 4 KB', { headers: [`x-a: ${'y'.repeat(4_096)}`] }],
  ['bytes above ASCII in a header', { headers: ['x-a: b\xe9\xff'] }],
]

const asksFrom = (from: number) => session.upstream.asked.slice(from)

describe('a request with', () => {
  test.each(REFUSED)('%s is not served, and nothing of it goes upstream', async (_what, parts) => {
    const from = session.upstream.asked.length
    const answer = await sendRaw(requestOf(parts))
    expect(answer.slice(0, 12)).toMatch(/^(?:HTTP\/1\.1 [45]\d\d)?$/)
    expect(asksFrom(from)).toEqual([])
  })

  test.each(SERVED)('%s is served once', async (_what, parts) => {
    const from = session.upstream.asked.length
    expect(await sendRaw(requestOf(parts))).toStartWith('HTTP/1.1 200')
    const asked = asksFrom(from)
    expect(asked.map(({ method, target }) => `${method} ${target}`)).toEqual([`POST ${DIALECTS.chat.path}`])
    const names = (asked[0]?.headers ?? []).map(([name]) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
  })
})

test('after all of this the gateway answers, and nothing is held', async () => {
  expect(await sendRaw(requestOf({}))).toStartWith('HTTP/1.1 200')
  expect(await session.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
})
