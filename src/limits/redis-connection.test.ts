import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../test/harness/redis.ts'
import { createMemoryCeilings } from './memory.ts'
import { createRedisLimiter } from './redis.ts'
import { openRedis } from './redis-connection.ts'
import { createResilientLimiter } from './resilient.ts'

const TIMEOUT_MS = 100
const HELD_UP_MS = 300

let server: RedisServer
let connection: Redis
let other: Redis
beforeAll(async () => {
  server = await startRedis()
  const open = (): Redis => openRedis({ url: server.url, commandTimeoutMs: TIMEOUT_MS, onError: () => undefined })
  connection = open()
  other = open()
  await Promise.all([connection, other].map((each) => new Promise((resolve) => each.once('ready', resolve))))
})
afterAll(async () => {
  connection.disconnect()
  other.disconnect()
  await server.stop()
})

/** Does nothing else, as a machine that has no time for this process would have it. */
const holdUp = (ms: number): void => {
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs);
}

/** Asks while an answer of somebody else is handled, and then holds the process up for longer than the time-out. */
const askedInTheMiddle = async <T>(question: () => T): Promise<Awaited<T>> => {
  await other.ping()
  const answer = question()
  holdUp(HELD_UP_MS)
  return await answer
}

test('an answer that arrived while the process was held up is no time-out', async () => {
  expect(await askedInTheMiddle(() => connection.ping())).toBe('PONG')
})

test('a limiter whose process was held up goes on sharing, and one whose Redis is frozen does not', async () => {
  const told: string[] = []
  const limiter = createResilientLimiter(
    createRedisLimiter({ connection }),
    createMemoryCeilings({ subjectsMax: 100 }),
    {
      ...{ onOutage: 'local', replica: 'a', requestMsMax: 600_000, nowMs: Date.now },
      onDown: (error) => void told.push(String(error)),
      onUp: () => void told.push('up'),
    },
  )
  const admit = (id: string) =>
    limiter.admit([{ subject: 'key:1', rpm: 100 }], { id, inputTokens: 0, outputTokens: 0, nowMs: Date.now() })
  for (const id of ['a', 'b', 'c']) {
    const admission = await askedInTheMiddle(() => admit(id))
    expect(admission.granted).toBe(true)
  }
  expect({ told, ...limiter.stats() }).toMatchObject({ told: [], down: false, decidedAlone: 0 })

  server.suspend()
  try {
    expect((await admit('d')).granted).toBe(true)
    expect(told).toEqual([`Error: no answer within ${TIMEOUT_MS} ms`])
    expect(limiter.stats()).toMatchObject({ down: true, decidedAlone: 1 })
  } finally {
    server.resume()
  }
})

test('what is asked where nobody answers fails, be it the last word', async () => {
  server.suspend()
  try {
    await expect(connection.ping()).rejects.toThrow('no answer within')
    await expect(other.quit()).rejects.toThrow('no answer within')
  } finally {
    server.resume()
  }
})
