import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { chatAnswer, type Dialect, DIALECTS, replyJson, type Stage, START_MS, startStage } from './scripted.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage({
    auth: 'none',
    public_url: 'http://gateway.home.example:8000',
    // Before the limit itself is looked at, many requests come from this one address.
    limits: { per_ip: { rpm: 60, burst: 10 } },
  })
}, START_MS)
afterAll(() => stage.stop(), START_MS)

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** Sends what fetch would not: any `Host`, and headers that only browsers set. */
const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(stage.gateway.url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n')
      const [first = '', ...lines] = head.split('\r\n')
      const received = new Headers(
        lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
      )
      resolve({ status: Number(first.split(' ')[1]), headers: received, body: JSON.parse(rest.join('\r\n\r\n')) })
    })
    const all = { ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  })

const ask = (dialect: Dialect, headers: Readonly<Record<string, string>>): Promise<Answer> =>
  send('POST', dialect.path, headers, JSON.stringify(dialect.body(stage.upstream.plays(replyJson(chatAnswer())))))

const SHAPES: Readonly<Record<string, object>> = {
  'openai-chat': { error: { type: 'forbidden', code: 'origin_not_allowed' } },
  'openai-responses': { error: { type: 'forbidden', code: 'origin_not_allowed' } },
  'anthropic-messages': { type: 'error', error: { type: 'permission_error' } },
  gemini: { error: { code: 403, status: 'PERMISSION_DENIED' } },
}

describe('a web page, where no key is asked for,', () => {
  const pages: readonly (readonly [string, Record<string, string>])[] = [
    ['under a name of its own that leads here', { host: 'evil.example:8000' }],
    ['of another origin', { host: '127.0.0.1', origin: 'https://evil.example' }],
    ['in a sandbox', { host: '127.0.0.1', origin: 'null' }],
    ['whose browser says it is another site', { host: '127.0.0.1', 'sec-fetch-site': 'cross-site' }],
    ['that sends a form', { host: '127.0.0.1', origin: 'https://evil.example', 'content-type': 'text/plain' }],
  ]
  for (const dialect of Object.values(DIALECTS)) {
    test.each(pages)(`%s is refused in the shape of ${dialect.name}, and nothing is sent`, async (_what, headers) => {
      const before = stage.upstream.asked.length
      const { status, body, headers: received } = await ask(dialect, headers)
      expect([status, body]).toMatchObject([403, SHAPES[dialect.name] ?? {}])
      expect(received.get('x-should-retry')).toBe('false')
      expect(stage.upstream.asked.length).toBe(before)
    })
  }

  test('learns nothing of the models either', async () => {
    expect(await send('GET', '/v1/models', { host: 'evil.example' }, '')).toMatchObject({ status: 403 })
  })
})

describe('a program, where no key is asked for,', () => {
  const names: readonly (readonly [Record<string, string>])[] = [
    [{ host: '127.0.0.1' }],
    [{ host: 'localhost:8000' }],
    [{ host: '[::1]:8000' }],
    [{ host: 'gateway.home.example:8000' }],
    [{ host: '127.0.0.1', origin: 'http://localhost:5173' }],
    [{ host: '127.0.0.1', authorization: 'Bearer anything' }],
  ]
  test.each(names)('is answered with %j', async (headers) => {
    expect((await ask(DIALECTS.chat, headers)).status).toBe(200)
  })

  test('gets sixty requests a minute and ten more from one address, and is told where it stands', async () => {
    const statuses: number[] = []
    let last: Answer | undefined
    while (last?.status !== 429 && statuses.length < 80) {
      last = await ask(DIALECTS.chat, { host: '127.0.0.1' })
      statuses.push(last.status)
      expect(last.headers.get('x-ratelimit-limit')).toBe('60')
    }
    // Refused pages are not counted, programs above are.
    expect(statuses.filter((status) => status === 200)).toHaveLength(70 - names.length)
    expect([last?.status, last?.headers.get('x-ratelimit-remaining')]).toEqual([429, '0'])
    expect(last?.headers.get('retry-after')).toMatch(/^[1-9]\d?$/)
    expect(Number(last?.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1_000)
  })
})
