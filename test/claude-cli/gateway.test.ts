import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { isRunning, until } from '../harness/server-process.ts'
import { installStandIn } from './installed.ts'

const START_MS = 60_000
const SECRET = 'sk-vendor-secret-of-this-test-0123456789'
const standIn = installStandIn()

const startWith = (claudeCli: object, more: object = {}): Promise<Gateway> =>
  startGateway({
    config: {
      auth: 'none',
      limits: { per_ip: { rpm: 10_000 } },
      // What fails here is asked again at once.
      health: { failures: 1_000, failure_percent: 100, cool_down: '1ms', cool_down_max: '1ms', wait_max: '1ms' },
      providers: { local: { kind: 'claude-cli', claude_cli: { environment: ['STAND_IN_LOG'], ...claudeCli } } },
      ...more,
    },
    env: { STAND_IN_LOG: standIn.logFile, OPENAI_API_KEY: SECRET, TOLLGATE_UNRELATED: SECRET },
  })

let gateway: Gateway
beforeAll(async () => {
  gateway = await startWith({ command: standIn.command, processes_max: 1, queue_max: 1, stop_timeout: '200ms' })
}, START_MS)
afterAll(async () => {
  standIn.remove()
  await gateway.stop()
}, START_MS)

const MODEL = 'claude-3-5-sonnet-20241022'
/** The catalogue's name for it. */
const LISTED = 'claude-3-5-sonnet'

const post = (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, max_tokens: 1_000, ...body }),
    ...(signal && { signal }),
  })

const says = (prompt: string) => ({ messages: [{ role: 'user', content: prompt }] })

describe('a command that is logged in', () => {
  test.each([
    ['/v1/messages', { type: 'message', content: [{ type: 'text' }] }],
    ['/v1/chat/completions', { object: 'chat.completion', choices: [{ finish_reason: 'stop' }] }],
    ['/openai/v1/chat/completions', { object: 'chat.completion', choices: [{ finish_reason: 'stop' }] }],
  ])('answers %s without a key, with what is left of the limit', async (path, shape) => {
    const response = await post(path, says('Hello!'))
    expect([response.status, await response.json()]).toMatchObject([200, shape])
    for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])
      expect(Number(response.headers.get(name))).toBeGreaterThan(0)
  })

  test.each(['/v1/models', '/openai/v1/models'])('lists its models at %s', async (path) => {
    const { data } = (await (await fetch(gateway.url + path)).json()) as { data: readonly { readonly id: string }[] }
    expect(data.map(({ id }) => id)).toContain(LISTED)
  })

  test('is billed by the catalogue, on what it says it used', async () => {
    const response = await post('/v1/messages', says('What does it cost?'))
    await response.text()
    const id = response.headers.get('request-id') ?? ''
    const found = async () => (await gateway.requests({})).find(({ request_id }) => request_id === id)
    await until('the receipt is there', async () => (await found()) !== undefined)
    const receipt = await found()
    // 31 at $3 a million, 9 at $15, 20 read at $0.30, 8 written at $3.75 and 4 at $6.
    expect(receipt).toMatchObject({ provider: 'local', cost_usd: '0.000288000' })
  })

  test('says in a header what it could not be asked', async () => {
    const response = await post('/v1/messages', { ...says('Hello!'), temperature: 0.3 })
    expect(response.headers.get('x-tollgate-warnings')).toBe('/temperature;unsupported')
  })

  test('says so too of betas, which the command chooses by itself', async () => {
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'anthropic-beta': 'interleaved-thinking-2025-05-14' },
      body: JSON.stringify({ model: MODEL, max_tokens: 10, ...says('Hello!') }),
    })
    expect(response.headers.get('x-tollgate-warnings')).toBe('/anthropic_beta;unsupported')
  })

  test('refuses tools in the words of each format', async () => {
    const chat = await post('/v1/chat/completions', {
      ...says('Hello!'),
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
    })
    expect([chat.status, await chat.json()]).toMatchObject([400, { error: { code: 'unsupported_parameter' } }])
    const messages = await post('/v1/messages', {
      ...says('Hello!'),
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
    })
    expect([messages.status, await messages.json()]).toMatchObject([400, { error: { details: { field: 'tools' } } }])
  })

  test('counts tokens without being asked', async () => {
    const before = standIn.notes().length
    const response = await post('/v1/messages/count_tokens', says('Hello there, harbour!'))
    const { input_tokens } = (await response.json()) as { input_tokens: number }
    expect(input_tokens).toBeGreaterThan(3)
    expect(standIn.notes().length).toBe(before)
  })

  test('sees no secret of the gateway', async () => {
    await (await post('/v1/messages', says('Hello!'))).text()
    expect(JSON.stringify(standIn.notes().map(({ environment }) => environment))).not.toContain(SECRET)
  })
})

describe('a command that fails', () => {
  test('at its limit answers 429 with when to come back, and 503 where it is logged out', async () => {
    const reset = Math.floor(Date.now() / 1_000) + 600
    const limited = await post('/v1/messages', says(`play: limit ${reset}`))
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeWithin(1, 601)
    const out = await post('/v1/chat/completions', says('play: login'))
    expect([out.status, await out.text()]).toEqual([503, expect.stringContaining('claude auth login')])
  })

  test('amid a stream ends it with an error, and nothing is told of its standard error', async () => {
    const response = await post('/v1/messages', { ...says('play: crash'), stream: true })
    const text = await response.text()
    expect(text).toContain('event: error')
    expect(text).not.toContain('panic')
    await until('the log says it', () => gateway.output().includes('panic'))
  })
})

const hanging = async (signal: AbortSignal): Promise<readonly number[]> => {
  const before = standIn.notes().length
  void post('/v1/messages', { ...says('play: hang'), stream: true }, signal).catch(() => undefined)
  await until('it hangs', () =>
    standIn
      .notes()
      .slice(before)
      .some(({ child }) => child !== undefined),
  )
  return standIn
    .notes()
    .slice(before)
    .flatMap(({ pid, child }) => (child === undefined ? [] : [pid, child]))
}

describe('processes behind the gateway', () => {
  test('end with the client, children and all, and the next in the queue is served', async () => {
    const controller = new AbortController()
    const pids = await hanging(controller.signal)
    expect(pids.filter(isRunning)).toHaveLength(2)
    const waiting = post('/v1/messages', says('I wait'))
    // The queue holds one; of two more at once, at least one is too many.
    const more = await Promise.race([post('/v1/messages', says('x')), post('/v1/messages', says('y'))])
    controller.abort()
    // 429 where the gateway was told so a moment ago, and leaves it alone.
    expect([429, 503]).toContain(more.status)
    expect(more.headers.get('retry-after')).toBe('1')
    await until('they are gone', () => pids.every((pid) => !isRunning(pid)))
    expect((await waiting).status).toBe(200)
  })
})

describe('a command that is not there', () => {
  test(
    'makes the only provider unhealthy, and says what to do',
    async () => {
      const without = await startWith({ command: '/nonexistent/claude' })
      try {
        for (const path of ['/health', '/health/ready']) {
          const response = await fetch(without.url + path)
          expect([response.status, await response.text()]).toEqual([
            503,
            expect.stringContaining('install Claude Code'),
          ])
        }
        const asked = await fetch(`${without.url}/v1/messages`, {
          method: 'POST',
          body: JSON.stringify({ model: MODEL, max_tokens: 10, ...says('Hello!') }),
        })
        expect([asked.status, await asked.text()]).toEqual([503, expect.stringContaining('install Claude Code')])
      } finally {
        await without.stop()
      }
    },
    START_MS,
  )

  test(
    'does not matter to health beside a provider that is there, which answers in its place',
    async () => {
      const beside = await startWith(
        { command: '/nonexistent/claude' },
        {
          providers: {
            local: { kind: 'claude-cli', claude_cli: { command: '/nonexistent/claude' } },
            spare: { kind: 'demo' },
          },
          channels: [
            { id: 'local', provider: 'local', models: [LISTED], priority: 10 },
            { id: 'spare', provider: 'spare', models: [LISTED], model_map: { [LISTED]: 'demo' } },
          ],
        },
      )
      try {
        expect((await fetch(`${beside.url}/health`)).status).toBe(200)
        const asked = await fetch(`${beside.url}/v1/messages`, {
          method: 'POST',
          body: JSON.stringify({ model: MODEL, max_tokens: 10, ...says('Hello!') }),
        })
        expect([asked.status, asked.headers.get('x-tollgate-provider')]).toEqual([200, 'spare'])
      } finally {
        await beside.stop()
      }
    },
    START_MS,
  )

  test(
    'stops with the gateway, whatever runs',
    async () => {
      const other = await startWith({ command: standIn.command, stop_timeout: '200ms' }, { shutdown_timeout: '300ms' })
      const before = standIn.notes().length
      void fetch(`${other.url}/v1/messages`, {
        method: 'POST',
        body: JSON.stringify({ model: MODEL, max_tokens: 10, ...says('play: hang') }),
      }).catch(() => undefined)
      await until('it hangs', () =>
        standIn
          .notes()
          .slice(before)
          .some(({ child }) => child !== undefined),
      )
      await other.stop()
      const pids = standIn
        .notes()
        .slice(before)
        .flatMap(({ pid, child }) => [pid, ...(child === undefined ? [] : [child])])
      await until('they are gone', () => !pids.some(isRunning))
    },
    START_MS,
  )
})
