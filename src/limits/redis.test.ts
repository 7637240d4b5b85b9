import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../test/harness/redis.ts'
import { openRedis } from './redis-connection.ts'
import { createRedisLimiter, LIMIT_KEYS_PREFIX, type SharedLimiter } from './redis.ts'
import type { Ceiling } from './types.ts'

const REPLICAS = 3
const ASKED = 500

let server: RedisServer
let connections: readonly Redis[] = []
let replicas: readonly SharedLimiter[] = []

beforeAll(async () => {
  server = await startRedis()
  connections = Array.from({ length: REPLICAS }, () =>
    openRedis({ url: server.url, commandTimeoutMs: 10_000, onError: () => undefined }),
  )
  await Promise.all(connections.map((each) => new Promise((resolve) => each.once('ready', resolve))))
  replicas = connections.map((connection) => createRedisLimiter({ connection }))
})
afterAll(async () => {
  for (const connection of connections) connection.disconnect()
  await server.stop()
})

const replica = (index: number): SharedLimiter => {
  const limiter = replicas[index % REPLICAS]
  if (!limiter) throw new Error('no replica was started')
  return limiter
}

/** Replicas disagree about the time by hours, and share what they count all the same. */
const askAtOnce = (ceilings: readonly Ceiling[], tokens = 0) =>
  Promise.all(
    Array.from({ length: ASKED }, (_, index) =>
      replica(index).admit(ceilings, {
        id: `${ceilings[0]?.subject}-${index}`,
        inputTokens: tokens,
        outputTokens: tokens,
        nowMs: Date.now() + (index % REPLICAS) * 3_600_000,
      }),
    ),
  )

describe('five hundred requests at once over three replicas, with a limit for one hundred', () => {
  test.each<[string, Omit<Ceiling, 'subject'>, number]>([
    ['requests a minute', { rpm: 100 }, 0],
    ['requests a minute, twenty of them a burst', { rpm: 80, burst: 20 }, 0],
    ['input tokens a minute', { itpm: 700 }, 7],
    ['output tokens a minute', { otpm: 700 }, 7],
    ['tokens a minute', { tpm: 1_400 }, 7],
    ['concurrency', { concurrency: 100 }, 0],
    ['all of them', { rpm: 100, itpm: 700, otpm: 700, tpm: 1_400, concurrency: 100 }, 7],
  ])('%s: exactly one hundred are let in', async (name, limits, tokens) => {
    const admissions = await askAtOnce([{ subject: `key:${name}`, ...limits }], tokens)
    expect(admissions.filter(({ granted }) => granted)).toHaveLength(100)
    expect(admissions.filter(({ counted }) => counted)).toHaveLength(100)
    for (const { granted, retryAfterMs } of admissions) expect(retryAfterMs > 0).toBe(!granted)
  })

  test('one hundred for all keys of a project together, whichever key asks', async () => {
    const admissions = await Promise.all(
      Array.from({ length: ASKED }, (_, index) =>
        replica(index).admit(
          [
            { subject: `key:of-project-${index % 5}`, rpm: 90 },
            { subject: 'project:1', rpm: 100 },
          ],
          { id: `p-${index}`, inputTokens: 0, outputTokens: 0, nowMs: Date.now() },
        ),
      ),
    )
    expect(admissions.filter(({ granted }) => granted)).toHaveLength(100)
  })

  test('and a place given back on one replica is free on every other', async () => {
    const held = await askAtOnce([{ subject: 'key:places', concurrency: 100 }])
    const ended = held.flatMap(({ counted }) => (counted ? [counted] : [])).slice(0, 40)
    await Promise.all(ended.map((counted, index) => replica(index + 1).release(counted)))
    const next = await Promise.all(
      Array.from({ length: ASKED }, (_, index) =>
        replica(index).admit([{ subject: 'key:places', concurrency: 100 }], {
          ...{ id: `next-${index}`, inputTokens: 0, outputTokens: 0, nowMs: Date.now() },
        }),
      ),
    )
    expect(next.filter(({ granted }) => granted)).toHaveLength(40)
  })
})

describe('Redis', () => {
  const one = { id: 'one', inputTokens: 1, outputTokens: 1 }

  test('is told the script again after it has forgotten everything', async () => {
    const ceilings = [{ subject: 'key:flushed', rpm: 5 }]
    await replica(0).admit(ceilings, { ...one, nowMs: Date.now() })
    const [connection] = connections
    await server.flush()
    await connection?.script('FLUSH')
    expect(await replica(0).admit(ceilings, { ...one, nowMs: Date.now() })).toMatchObject({
      granted: true,
      requests: { remaining: 4 },
    })
  })

  test('keeps no key for good, and all under one tag, so that a cluster keeps them on one node', async () => {
    await replica(0).admit([{ subject: 'user:1', rpm: 1, itpm: 9, otpm: 9, tpm: 9, concurrency: 1 }], {
      ...{ ...one, nowMs: Date.now() },
    })
    await replica(0).present('replica-a', 15_000)
    const [connection] = connections
    const keys = (await connection?.keys('*')) ?? []
    expect(LIMIT_KEYS_PREFIX).toContain('{limits}')
    expect(keys.length).toBeGreaterThanOrEqual(6)
    for (const key of keys) {
      expect(key).toStartWith(LIMIT_KEYS_PREFIX)
      expect(await connection?.pttl(key)).toBeGreaterThan(0)
    }
  })

  test('shows the time of reset by the clock of whoever asks', async () => {
    const nowMs = Date.UTC(2020, 0, 1)
    const { requests } = await replica(0).admit([{ subject: 'key:late', rpm: 5 }], { ...one, nowMs })
    expect(requests?.resetAtMs).toBeGreaterThan(nowMs + 59_000)
    expect(requests?.resetAtMs).toBeLessThanOrEqual(nowMs + 61_000)
  })

  test('counts what others let in at the age it has', async () => {
    const prefix = 'carried:{limits}:'
    const [connection] = connections
    if (!connection) throw new Error('no connection')
    const limiter = createRedisLimiter({ connection, prefix, clock: 'caller' })
    const nowMs = 1_767_225_600_000
    const ceilings = [{ subject: 'key:1', rpm: 10, tpm: 100, concurrency: 3 }]
    const at = (agoMs: number) => ({ ceilings, ...one, countedAtMs: nowMs - agoMs })
    await limiter.carry([at(0), at(30_000), at(60_000), at(61_000), at(-5_000)], nowMs)
    const ask = { ...one, inputTokens: 0, outputTokens: 0 }
    expect(await limiter.admit(ceilings, { ...ask, nowMs })).toMatchObject({
      requests: { remaining: 5 },
      tokens: { remaining: 92 },
    })
    expect(await limiter.admit(ceilings, { ...ask, nowMs: nowMs + 1_000 })).toMatchObject({
      requests: { remaining: 5 },
      tokens: { remaining: 94 },
    })
  })

  test('says how many replicas live', async () => {
    await server.flush()
    expect(await replica(0).present('a', 15_000)).toBe(1)
    expect(await replica(1).present('b', 15_000)).toBe(2)
    expect(await replica(1).present('b', 15_000)).toBe(2)
    expect(await replica(2).present('', 0)).toBe(2)
  })

  test('that answers something else is an error, and nothing is guessed', async () => {
    const connection = { evalsha: async () => [1], eval: async () => 'OK' }
    const asked = createRedisLimiter({ connection }).admit([{ subject: 'a', rpm: 1 }], { ...one, nowMs: 0 })
    await expect(asked).rejects.toThrow('something else')
  })

  test('is not asked where nothing is limited', async () => {
    const never = () => Promise.reject(new Error('asked'))
    const limiter = createRedisLimiter({ connection: { evalsha: never, eval: never } })
    expect(await limiter.admit([{ subject: 'a', rpm: null }], { ...one, nowMs: 0 })).toMatchObject({
      granted: true,
      counted: undefined,
    })
  })
})
