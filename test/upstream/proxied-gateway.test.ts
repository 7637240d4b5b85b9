import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { connect } from 'node:net'
import { createServer } from 'node:tls'
import { chatAnswer, DIALECTS, replyJson, type Stage, START_MS, startStage } from '../faults/scripted.ts'
import { createAuthority } from './authority.ts'
import { everyChanged, FORGIVING } from './providers.ts'
import { startProxy, type TestProxy } from './proxy.ts'
import { listenOn } from './sockets.ts'

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

const { chat, gemini, messages, responses } = DIALECTS
const PASSWORD = 'proxy-password-0123456789'

const authority = createAuthority()
const stops: (() => unknown)[] = [authority.remove]
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
}, START_MS)

/** TLS in front of a server that speaks none. `before` says of which. */
const startFront = async () => {
  let behind = 0
  const server = createServer({ key: authority.key, cert: authority.cert }, (socket) => {
    const onward = connect(behind, '127.0.0.1')
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
    socket.pipe(onward).pipe(socket)
  })
  const { port, stop } = await listenOn(server)
  stops.push(stop)
  const before = (address: string): string => {
    const { port: own, pathname } = new URL(address)
    behind = Number(own)
    return `https://localhost:${port}${pathname.replace(/\/$/, '')}`
  }
  return { before }
}

/** A gateway whose providers are all reached over TLS, each by what `change` says. */
const start = async (change: object, env: Record<string, string> = {}): Promise<Stage> => {
  const front = await startFront()
  const stage = await startStage(
    (own) => ({
      ...own,
      ...FORGIVING,
      providers: everyChanged(own, ({ base_url }) => ({ base_url: front.before(base_url), ...change })),
    }),
    { NODE_EXTRA_CA_CERTS: authority.caFile, ...env },
  )
  stops.push(stage.stop)
  return stage
}

const GEMINI_ANSWER = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
}
const MESSAGES_ANSWER = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, output_tokens: 5 },
}
const RESPONSES_ANSWER = {
  id: 'r',
  object: 'response',
  status: 'completed',
  output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello', annotations: [] }] }],
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
}
const ANSWERS = [
  [chat, chatAnswer()],
  [responses, RESPONSES_ANSWER],
  [messages, MESSAGES_ANSWER],
  [gemini, GEMINI_ANSWER],
] as const

describe('a provider with a proxy', () => {
  let proxy: TestProxy
  let stage: Stage
  beforeAll(async () => {
    proxy = await startProxy(`operator:${PASSWORD}`)
    stops.push(proxy.stop)
    stage = await start({ proxy: proxy.url })
  }, START_MS)

  test.each(ANSWERS)('is asked through it and TLS, whatever the format: %#', async (dialect, body) => {
    const before = proxy.lines.length
    const answer = await stage.ask(dialect, replyJson(body))
    expect([answer.status, await answer.json()]).toEqual([200, expect.anything()])
    expect(await stage.settled()).toMatchObject({ usage: { input: 10, output: 5 }, ended: 'whole' })
    // One tunnel for all of them, as they all are the same server.
    expect(proxy.lines.length - before).toBeLessThanOrEqual(1)
    expect(proxy.lines[0]).toMatch(/^CONNECT localhost:\d+ HTTP\/1\.1$/)
    expect(JSON.stringify(stage.upstream.asked.at(-1)?.headers)).not.toMatch(/proxy/i)
  })

  const FAULTS = [
    ['refuses the gateway’s credentials', { answer: 'HTTP/1.1 407 x\r\nproxy-authenticate: Basic\r\n\r\n' }],
    ['cannot reach the provider', { answer: 'HTTP/1.1 502 Bad Gateway\r\n\r\n' }],
    ['hangs up', 'hang-up'],
  ] as const
  test.each(FAULTS)('that %s is one that cannot be reached, and its password is nowhere', async (_what, behaviour) => {
    // Connections that are open go on: it is a new one that fails.
    const other = await startProxy(`operator:${PASSWORD}`)
    stops.push(other.stop)
    other.behaviour = behaviour
    const broken = await start({ proxy: other.url })
    for (const [dialect] of ANSWERS) {
      const answer = await broken.ask(dialect, 'Hello')
      const text = await answer.text()
      expect([answer.status, text]).toEqual([502, expect.stringContaining('could not be reached. Nothing was charged')])
      const receipt = await broken.settled()
      expect(receipt).toMatchObject({ cost_usd: '0.000000000', ended: 'failed' })
      expect(receipt?.attempts.map(({ error }) => error)).toEqual(['connect'])
      expect(text + JSON.stringify(receipt)).not.toMatch(new RegExp(`${PASSWORD}|operator|127\\.0\\.0\\.1`))
    }
    const encoded = Buffer.from(`operator:${PASSWORD}`).toString('base64')
    expect(broken.gateway.output()).not.toContain(PASSWORD)
    expect(broken.gateway.output()).not.toContain(encoded)
    expect(broken.upstream.asked).toEqual([])
  })
})

describe('the environment’s proxy', () => {
  let proxy: TestProxy
  beforeAll(async () => {
    proxy = await startProxy(`operator:${PASSWORD}`)
    stops.push(proxy.stop)
  })
  const WAYS = [
    ['is used where a provider says nothing', {}, {}, true],
    ['is used where only that for all is named', {}, { HTTPS_PROXY: '', ALL_PROXY: 'given' }, true],
    ['is not used where the provider goes direct', { proxy: 'direct' }, {}, false],
    ['is not used for a host it excepts', {}, { NO_PROXY: 'localhost' }, false],
  ] as const
  test.each(WAYS)(
    '%s',
    async (_what, change, env, isUsed) => {
      const before = proxy.seen.connections
      const given = Object.entries({ HTTPS_PROXY: 'given', ...env }).map(([name, value]) => [
        name,
        value === 'given' ? proxy.url : value,
      ])
      const stage = await start(change, Object.fromEntries(given))
      const answer = await stage.ask(chat, replyJson(chatAnswer()))
      expect([answer.status, await answer.json()]).toEqual([200, expect.anything()])
      expect(proxy.seen.connections > before).toBe(isUsed)
      expect(stage.gateway.output()).not.toContain(PASSWORD)
    },
    START_MS,
  )

  test(
    'that cannot be used is told at the start, and nobody is asked without it',
    async () => {
      const stage = await start({}, { HTTPS_PROXY: `socks5://operator:${PASSWORD}@127.0.0.1:1` })
      const answer = await stage.ask(chat, replyJson(chatAnswer()))
      expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('could not be reached')])
      expect(stage.upstream.asked).toEqual([])
      expect(stage.gateway.output()).toContain('HTTPS_PROXY is an address that starts with `socks5://`')
      expect(stage.gateway.output()).not.toContain(PASSWORD)
    },
    START_MS,
  )
})
