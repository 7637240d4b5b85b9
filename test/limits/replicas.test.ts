import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  CHAT,
  chatAnswer,
  type Dialect,
  DIALECTS,
  reply,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  startStage,
  stream,
} from '../faults/scripted.ts'
import { sharedPostgres, START_TIMEOUT_MS } from '../harness/databases.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'
import { until } from '../harness/server-process.ts'

let redis: RedisServer
let stages: readonly [Stage, Stage]

beforeAll(async () => {
  redis = await startRedis()
  const config = {
    database: await (await sharedPostgres()).createDatabase(),
    redis: redis.url,
    plans: { single: { concurrency: 1 }, pair: { concurrency: 2 } },
    limits: { redis_timeout: '500ms', replicas_min: 2, models: { gem: { rpm: 3 } } },
  }
  const first = await startStage(config)
  stages = [first, await startStage(config)]
}, START_MS + START_TIMEOUT_MS)
afterAll(async () => {
  for (const stage of stages ?? []) await stage.stop()
  await redis?.stop()
}, START_MS)

const ANSWER = replyJson(chatAnswer())

/** A key of a new user, as a header. */
const newKey = async ({ plan, ...key }: { plan?: string; rpm?: number }, amountUsd = '10') => {
  const { gateway } = stages[0]
  const userId = await gateway.createUser(undefined, plan === undefined ? {} : { plan })
  if (amountUsd !== '0') await gateway.credit(userId, amountUsd)
  return { 'x-api-key': (await gateway.createKey({ user_id: userId, ...key })).key }
}

type Key = Awaited<ReturnType<typeof newKey>>

/** Asks both gateways in turn; the statuses. */
const askInTurn = async (times: number, headers: Key, dialect: Dialect = DIALECTS.chat, script: Script = ANSWER) => {
  const statuses: number[] = []
  for (let time = 0; time < times; time++) {
    const answer = await stages[time % 2 === 0 ? 0 : 1].ask(dialect, script, { headers })
    await answer.text()
    statuses.push(answer.status)
  }
  return statuses
}

const granted = (statuses: readonly number[]): number => statuses.filter((status) => status === 200).length

const readiness = async ({ gateway }: Stage): Promise<{ status: number; said: string; redis: string }> => {
  const answer = await fetch(`${gateway.url}/health/ready`)
  const body = (await answer.json()) as { status: string; checks: { redis: string } }
  return { status: answer.status, said: body.status, redis: body.checks.redis }
}

describe('two gateways with one Redis', () => {
  test('let in as many requests of a key as one does', async () => {
    const key = await newKey({ rpm: 6 })
    expect(await askInTurn(10, key)).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429, 429])
    const refused = await stages[1].ask(DIALECTS.chat, ANSWER, { headers: key })
    expect(Number(refused.headers.get('retry-after'))).toBeWithin(30, 62)
    expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('6')
    expect(await refused.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
  })

  test('let in as many requests for a model as one does, whose keys they are', async () => {
    const gem = { candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }
    const script = replyJson({ ...gem, usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } })
    const statuses = [
      ...(await askInTurn(2, await newKey({}), DIALECTS.gemini, script)),
      ...(await askInTurn(3, await newKey({}), DIALECTS.gemini, script)),
    ]
    expect(statuses).toEqual([200, 200, 200, 429, 429])
  })

  test('let in as many requests at once as one does, and the next when one has ended', async () => {
    const key = await newKey({ plan: 'pair' })
    const ends: (() => void)[] = []
    const held = stream(async (out) => {
      await out.write(CHAT.text('Hello'))
      await new Promise<void>((resolve) => ends.push(resolve))
      await out.write(CHAT.end(10, 5))
      out.end()
    })
    const running = await Promise.all(
      stages.map((stage) => stage.ask(DIALECTS.chat, held, { headers: key, body: { stream: true } })),
    )
    expect(running.map(({ status }) => status)).toEqual([200, 200])
    for (const stage of stages) {
      const refused = await stage.ask(DIALECTS.chat, ANSWER, { headers: key })
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2'])
      expect(await refused.json()).toMatchObject({
        error: { message: 'The limit of 2 requests at once is reached. Try again in 2 s.' },
      })
    }
    ends[0]?.()
    await Promise.race(running.map((answer) => answer.text()))
    await until('a place is free', async () => (await askInTurn(2, key)).every((status) => status === 200))
    for (const end of ends) end()
    await Promise.all(running.filter(({ bodyUsed }) => !bodyUsed).map((answer) => answer.text()))
  })
})

describe('the only place of a key is free on the other gateway as well after a request that', () => {
  const leave: Script = stream(async (out) => {
    await out.write(CHAT.text('Hello'))
  })
  interface Ending {
    readonly status: number
    readonly script?: Script
    readonly dialect?: Dialect
    readonly path?: string
    readonly body?: Readonly<Record<string, unknown>>
    readonly amountUsd?: string
    readonly hangsUp?: true
  }
  const endings: readonly (readonly [string, Ending])[] = [
    ['was answered whole', { status: 200 }],
    ['failed', { status: 502, script: reply(500, '{}') }],
    ['was refused by its provider', { status: 400, script: reply(400, '{"error":{"message":"no"}}') }],
    ['was left by its client', { status: 200, script: leave, body: { stream: true }, hangsUp: true }],
    ['could not be paid', { status: 402, amountUsd: '0' }],
    ['asked for no model there is', { status: 404, body: { model: 'nothing-of-the-kind' } }],
    [
      'counted tokens',
      {
        status: 200,
        dialect: DIALECTS.messages,
        path: '/v1/messages/count_tokens',
        script: replyJson({ input_tokens: 3 }),
        body: { max_tokens: undefined },
      },
    ],
  ]
  test.each(endings)('%s', async (_title, { status, script = ANSWER, dialect = DIALECTS.chat, ...ending }) => {
    const key = await newKey({ plan: 'single' }, ending.amountUsd ?? '10')
    const hangUp = new AbortController()
    const answer = await stages[0].ask(dialect, script, {
      headers: key,
      signal: hangUp.signal,
      ...(ending.path !== undefined && { path: ending.path }),
      ...(ending.body && { body: ending.body }),
    })
    expect(answer.status).toBe(status)
    if (ending.hangsUp) hangUp.abort()
    else await answer.text()
    const wanted = ending.amountUsd === '0' ? 402 : 200
    await until('the place is free', async () => {
      const next = await stages[1].ask(DIALECTS.chat, ANSWER, { headers: key })
      await next.text()
      return next.status === wanted
    })
  })
})

describe('while Redis is down', () => {
  test('each gateway lets in its part, says so, and what it let in counts when Redis is back', async () => {
    const [key, next] = [await newKey({ rpm: 6 }), await newKey({ rpm: 6 })]
    await redis.kill()
    expect(granted(await askInTurn(12, key))).toBe(6)
    for (const stage of stages) {
      expect(await readiness(stage)).toEqual({
        status: 200,
        said: 'degraded',
        redis: 'down: each replica counts limits by itself',
      })
      expect((await fetch(`${stage.gateway.url}/metrics`).then((answer) => answer.text())).split('\n')).toContain(
        'tollgate_limiter_redis_down 1',
      )
    }
    await redis.start()
    await until('limits are shared again', async () =>
      (await Promise.all(stages.map(readiness))).every(({ said, redis: check }) => said === 'ok' && check === 'ok'),
    )
    expect(granted(await askInTurn(2, key))).toBe(0)
    expect(granted(await askInTurn(10, next))).toBe(6)
  }, 60_000)
})

test(
  'with on_outage: refuse, what is limited is refused as long as Redis is away, and the rest is served',
  async () => {
    const stage = await startStage({
      redis: 'redis://127.0.0.1:1/0',
      limits: { on_outage: 'refuse', per_key: { rpm: null } },
    })
    try {
      const limited = await stage.gateway.createKey({ user_id: stage.customer.userId, rpm: 5 })
      const refused = await stage.ask(DIALECTS.chat, ANSWER, { headers: { 'x-api-key': limited.key } })
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await refused.json()).toMatchObject({ error: { code: 'overloaded' } })
      expect((await stage.ask(DIALECTS.chat, ANSWER)).status).toBe(200)
      expect(await readiness(stage)).toEqual({
        status: 503,
        said: 'not ready',
        redis: 'down: what is limited is refused',
      })
    } finally {
      await stage.stop()
    }
  },
  START_MS,
)
