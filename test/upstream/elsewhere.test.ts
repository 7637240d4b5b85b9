import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import {
  chatAnswer,
  DIALECTS,
  reply,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  startStage,
  VENDOR_KEY,
} from '../faults/scripted.ts'
import { headerOf } from '../replay/http.ts'
import { FORGIVING } from './providers.ts'
import { type Listening, listenOn } from './sockets.ts'

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

const { chat, gemini } = DIALECTS
const ALL = Object.values(DIALECTS)

/** Nobody may ever be led there. */
let trap: Listening
let stage: Stage
beforeAll(async () => {
  trap = await listenOn(createServer((socket) => void socket.resume()))
  stage = await startStage(FORGIVING)
}, START_MS)
afterAll(async () => {
  await stage.stop()
  trap.stop()
}, START_MS)

const trapped = () => `http://127.0.0.1:${trap.port}/latest/meta-data`

describe('an upstream that redirects', () => {
  for (const dialect of ALL)
    test.each([301, 302, 303, 307, 308, 300, 304, 399])(
      `with %i is a failed one to a client of ${dialect.name}: nobody follows, and nobody is told where to`,
      async (status) => {
        const location = trapped()
        const body = JSON.stringify({ error: { message: `moved to ${location}` } })
        const script = reply(status, status === 304 ? '' : body, { location, refresh: `0; url=${location}` })
        const answer = await stage.ask(dialect, script)
        const text = await answer.text()
        expect([answer.status, text]).toEqual([502, expect.stringContaining(`failed with status ${status}`)])
        expect(text + JSON.stringify([...answer.headers])).not.toContain(String(trap.port))
        expect(answer.headers.get('location')).toBeNull()
        expect(await stage.settled()).toMatchObject({ cost_usd: '0.000000000', ended: 'failed' })
        expect(trap.seen.connections).toBe(0)
      },
    )
})

describe('a header of an upstream', () => {
  const hostile = (): Record<string, string> => ({
    location: trapped(),
    'content-location': trapped(),
    refresh: `0; url=${trapped()}`,
    'set-cookie': 'session=evil',
    connection: 'x-hop',
    'x-hop': 'of the hop',
    'access-control-allow-origin': '*',
    'x-tollgate-cost-usd': '0',
    'www-authenticate': 'Basic realm="evil"',
    'proxy-authenticate': 'Basic realm="evil"',
  })
  const said = JSON.stringify({ error: { message: 'said by the vendor' } })
  const cases: readonly (readonly [string, () => Script, number])[] = [
    ['an answer', () => reply(200, JSON.stringify(chatAnswer()), hostile()), 200],
    ['a refusal', () => reply(400, said, hostile()), 400],
    ['a 201', () => reply(201, JSON.stringify(chatAnswer()), hostile()), 201],
    ['a stream', () => reply(200, 'data: [DONE]\n\n', { ...hostile(), 'content-type': 'text/event-stream' }), 200],
  ]
  test.each(cases)(
    'on %s that is for the hop, for a browser or ours to say does not reach a client',
    async (_what, script, status) => {
      const answer = await stage.ask(chat, script())
      const text = await answer.text()
      expect([answer.status, text]).toEqual([status, expect.any(String)])
      for (const name of Object.keys(hostile()).filter((one) => one !== 'x-tollgate-cost-usd' && one !== 'connection'))
        expect([name, answer.headers.get(name)]).toEqual([name, null])
      expect(answer.headers.get('x-tollgate-cost-usd')).not.toBe('0')
    },
  )

  const BROKEN: readonly (readonly [string, string])[] = [
    ['a bare CR', 'x-a: b\rset-cookie: evil=1'],
    ['a bare LF', 'x-a: b\nset-cookie: evil=1'],
    ['a NUL', 'x-a: b\0c'],
    ['a folded line', 'x-a: b\r\n set-cookie: evil=1'],
    ['two lengths', 'content-length: 2\r\ncontent-length: 40'],
    ['a length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked'],
  ]
  test.each(BROKEN)('with %s makes an answer unreadable, and its connection is not used again', async (_what, line) => {
    const broken: Script = (socket) => void socket.write(`HTTP/1.1 200 OK\r\n${line}\r\n\r\n{}`)
    const answer = await stage.ask(chat, broken)
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('not readable')])
    expect(answer.headers.get('set-cookie')).toBeNull()
    const next = await stage.ask(chat, replyJson(chatAnswer()))
    expect([next.status, await next.json()]).toMatchObject([200, { usage: { prompt_tokens: 10 } }])
  })

  test('and its body have an end', async () => {
    const endless: Script = (socket, asked) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const more = (): void => {
        while (!asked.gone) if (!socket.write(`x-a: ${'y'.repeat(1_000)}\r\n`)) return void socket.once('drain', more)
      }
      more()
    }
    const answer = await stage.ask(chat, endless)
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('not readable')])
    expect(await stage.settled()).toMatchObject({ cost_usd: '0.000000000', ended: 'failed' })
  })
})

/** Sends these bytes to the gateway and gives all that comes back before the connection ends or is silent. */
const sendRaw = (bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const socket: Socket = connect(Number(new URL(stage.gateway.url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    // A gateway that refuses may well break the connection.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(text))
    socket.write(Buffer.from(bytes, 'latin1'))
  })

const requestOf = (
  body: string,
  { line = `POST ${chat.path} HTTP/1.1`, headers = [] as readonly string[], host = 'gateway' } = {},
): string =>
  [
    line,
    `host: ${host}`,
    `x-api-key: ${stage.customer.key}`,
    'connection: close',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')

const chatBody = (): string => JSON.stringify(chat.body(stage.upstream.plays(replyJson(chatAnswer()))))

describe('a client that names another place', () => {
  const last = () => stage.upstream.asked.at(-1)
  const ways = (): readonly (readonly [string, Parameters<typeof requestOf>[1]])[] => [
    ['in its host', { host: `127.0.0.1:${trap.port}` }],
    ['in its request line', { line: `POST http://127.0.0.1:${trap.port}${chat.path} HTTP/1.1` }],
    [
      'in headers of proxies',
      { headers: ['x-forwarded-host', 'x-original-host', 'x-host'].map((name) => `${name}: 127.0.0.1:${trap.port}`) },
    ],
    [
      'in headers of rewriters',
      { headers: ['x-original-url', 'x-rewrite-url'].map((name) => `${name}: ${trapped()}`) },
    ],
  ]
  test.each([0, 1, 2, 3])('is led to the configured one all the same: %i', async (at) => {
    const way = ways()[at]
    const before = stage.upstream.asked.length
    await sendRaw(requestOf(chatBody(), way?.[1]))
    const asked = stage.upstream.asked.slice(before)
    expect(asked).toHaveLength(1)
    for (const { target, ...request } of asked) {
      expect(target).toBe(chat.path)
      expect(`http://${headerOf(request, 'host')}`).toBe(stage.upstream.url)
    }
    expect(trap.seen.connections).toBe(0)
  })

  const NAMES = [
    '../../../x',
    '..%2f..%2fx',
    '%2e%2e/x',
    'gem@127.0.0.1',
    'gem%00',
    'gem%0d%0aevil:1',
    'gem?x=',
    'gem%23',
    'gem%5c..%5cx',
  ]
  test.each(NAMES)('in the name of a model reaches no other path: %s', async (name) => {
    const before = stage.upstream.asked.length
    await sendRaw(
      requestOf(JSON.stringify(gemini.body('Hello')), { line: `POST /v1beta/models/${name}:generateContent HTTP/1.1` }),
    )
    expect(stage.upstream.asked.slice(before).map(({ target }) => target)).toEqual([])
    expect(trap.seen.connections).toBe(0)
  })

  test('is answered as anyone else', async () => {
    expect(await sendRaw(requestOf(chatBody()))).toStartWith('HTTP/1.1 200')
    expect(last()?.target).toBe(chat.path)
  })
})

describe('a client that hides a request or a header in another', () => {
  const smuggled = 'GET /evil HTTP/1.1\r\nhost: x\r\n\r\n'
  /** How many requests of each may go upstream: what is plain is served, what two readers could cut apart is not. */
  const attempts: readonly (readonly [string, number, (body: string) => string])[] = [
    [
      'a length and chunks',
      0,
      (body) =>
        requestOf(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n${smuggled}`, {
          headers: ['transfer-encoding: chunked'],
        }),
    ],
    ['two lengths', 0, (body) => requestOf(body + smuggled, { headers: [`content-length: ${body.length}`] })],
    [
      'a length that is too small',
      1,
      (body) => requestOf(body).replace(/content-length: \d+/, `content-length: ${body.length}`) + smuggled,
    ],
    ['a bare CR', 0, (body) => requestOf(body, { headers: ['x-a: b\rx-api-key: evil'] })],
    ['a bare LF', 0, (body) => requestOf(body, { headers: ['x-a: b\nx-evil: 1\n\n'] })],
    ['a folded line', 0, (body) => requestOf(body, { headers: ['x-a: b', ' transfer-encoding: chunked'] })],
    ['a space before the colon', 0, (body) => requestOf(body, { headers: ['transfer-encoding : chunked'] })],
    ['another coding', 0, (body) => requestOf(body, { headers: ['transfer-encoding: xchunked'] })],
    [
      'a header of the hop',
      1,
      (body) =>
        requestOf(body, {
          headers: ['connection: x-evil', 'x-evil: 1', 'te: trailers', 'upgrade: h2c', 'expect: 100-continue'],
        }),
    ],
    [
      'our own credentials',
      1,
      (body) => requestOf(body, { headers: ['proxy-authorization: Basic evil', 'cookie: evil=1'] }),
    ],
  ]
  test.each(attempts)('by %s sends upstream nothing but a request of ours: %i', async (_what, count, attempt) => {
    const before = stage.upstream.asked.length
    await sendRaw(attempt(chatBody()))
    const asked = stage.upstream.asked.slice(before)
    expect(asked).toHaveLength(count)
    for (const request of asked) {
      expect(`${request.method} ${request.target}`).toBe(`POST ${chat.path}`)
      const names = request.headers.map(([name]) => name.toLowerCase())
      expect(new Set(names).size).toBe(names.length)
      expect(JSON.stringify(request.headers)).not.toContain('evil')
      expect(Number(headerOf(request, 'content-length'))).toBe(request.body.length)
      expect(
        names.filter((name) => ['transfer-encoding', 'te', 'upgrade', 'expect', 'connection'].includes(name)),
      ).toEqual([])
      expect(headerOf(request, 'authorization')).toBe(`Bearer ${VENDOR_KEY}`)
    }
    const next = await stage.ask(chat, replyJson(chatAnswer()))
    expect([next.status, await next.json()]).toMatchObject([200, { usage: { prompt_tokens: 10 } }])
  })
})

test('after all of this nothing is held, and no key was told to anyone', async () => {
  expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
  expect(stage.gateway.output()).not.toContain(VENDOR_KEY)
  expect(trap.seen.connections).toBe(0)
})
