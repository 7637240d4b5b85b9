import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../test/harness/redis.ts'
import { createBoard } from '../limits/board.ts'
import { openRedis } from '../limits/redis-connection.ts'
import { Health, type Mishap } from '../routing/health.ts'
import { createHealthShare, HEALTH_KEYS_PREFIX, type HealthShare } from './health-share.ts'

const START_MS = 60_000
const HOUR_MS = 3_600_000
const RULES = {
  failures: 1,
  failurePercent: 40,
  coolDownMs: 600_000,
  coolDownMaxMs: 600_000,
  waitMaxMs: HOUR_MS,
  disabledRetryMs: null,
  subjects: 50,
}
const FAILED: Mishap = { reason: 'server-error', effect: 'count', retryAfterMs: undefined }
const REFUSED: Mishap = { reason: 'key-refused', effect: 'disable', retryAfterMs: undefined }
const LIMITED: Mishap = { reason: 'rate-limited', effect: 'wait', retryAfterMs: 30_000 }

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
}, START_MS)
afterAll(() => redis?.stop(), START_MS)

interface Replica {
  readonly health: Health
  readonly share: HealthShare
  readonly told: string[]
  readonly connection: Redis
}

const replicas: Replica[] = []
beforeEach(async () => {
  for (const { share, connection } of replicas.splice(0)) {
    await share.close()
    connection.disconnect()
  }
  await redis.flush()
})
afterAll(async () => {
  for (const { share, connection } of replicas.splice(0)) {
    await share.close()
    connection.disconnect()
  }
})

let made = 0

/** A replica whose clock is so much ahead of the others'. */
const start = async (aheadMs = 0): Promise<Replica> => {
  made += 1
  const nowMs = () => Date.now() + aheadMs
  const connection = openRedis({ url: redis.url, commandTimeoutMs: 1_000, onError: () => undefined })
  await new Promise<void>((resolve) => connection.once('ready', () => resolve()))
  const told: string[] = []
  const share = createHealthShare({
    board: createBoard({ connection, prefix: HEALTH_KEYS_PREFIX, subjectsMax: RULES.subjects }),
    replica: `replica-${made}`,
    subjectsMax: RULES.subjects,
    onDown: () => told.push('down'),
    onUp: () => told.push('up'),
    nowMs,
  })
  const health = new Health(RULES, nowMs, (change) => share.tell(change))
  await share.begin(health)
  const replica = { health, share, told, connection }
  replicas.push(replica)
  return replica
}

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  const deadlineMs = Date.now() + 20_000
  while (!isSo()) {
    if (Date.now() > deadlineMs) throw new Error(`waited for ${what}`)
    await Bun.sleep(10)
  }
}
const standing = (of: readonly Replica[], subject: string) => of.map(({ health }) => health.standingOf(subject))
const all = (of: readonly Replica[], subject: string, wanted: string) => () =>
  standing(of, subject).every((each) => each === wanted)

describe('replicas that share a Redis', () => {
  test('leave alone what one of them found failing, for as long as it said, and ask again once one found it well', async () => {
    const three = [await start(), await start(), await start()] as const
    const [one, two, three_] = three
    one.health.failed('channel:c', FAILED)
    await until('the block', all(three, 'channel:c', 'blocked'))
    for (const { health } of three)
      expect(health.blockOf('channel:c')).toMatchObject({ kind: 'failing', reason: 'server-error' })
    two.health.succeeded('channel:c')
    await until('the lift', all(three, 'channel:c', 'ready'))
    three_.health.failed('channel:c', FAILED)
    await until('the next block', all(three, 'channel:c', 'blocked'))
  })

  test('agree on how long though their clocks differ by an hour', async () => {
    const [one, ahead, behind] = [await start(), await start(HOUR_MS), await start(-HOUR_MS)]
    one.health.failed('key:p/1', LIMITED)
    const others = [ahead, behind]
    await until('the block', all(others, 'key:p/1', 'blocked'))
    const left = (replica: Replica, aheadMs: number) =>
      (replica.health.blockOf('key:p/1')?.untilMs ?? 0) - (Date.now() + aheadMs)
    for (const leftMs of [left(ahead, HOUR_MS), left(behind, -HOUR_MS)]) {
      expect(leftMs).toBeGreaterThan(0)
      expect(leftMs).toBeLessThanOrEqual(31_000)
    }
    behind.health.lift('key:p/1')
    await until('the lift', all([one, ahead, behind], 'key:p/1', 'ready'))
  })

  test('tell one that comes later, also of what is blocked until somebody lifts it', async () => {
    const one = await start()
    const two = await start()
    one.health.failed('key:p/1', REFUSED)
    await until('the block', all([two], 'key:p/1', 'blocked'))
    const late = await start()
    expect(late.health.blockOf('key:p/1')).toMatchObject({ kind: 'refused', untilMs: Number.POSITIVE_INFINITY })
    late.health.lift('key:p/1')
    await until('the lift', all([one, two], 'key:p/1', 'ready'))
  })

  test('tell a Redis that forgot everything again, and one that comes after that', async () => {
    const two = [await start(), await start()] as const
    two[0].health.failed('key:p/1', REFUSED)
    two[0].health.failed('channel:c', FAILED)
    await until('the blocks', all(two, 'channel:c', 'blocked'))
    two[1].health.lift('channel:c')
    await until('the lift', all(two, 'channel:c', 'ready'))
    await redis.flush()
    const connection = two[0].connection
    // Somebody has noticed, and said it again.
    let isSaid = false
    while (!isSaid) isSaid = (await connection.hexists(`${HEALTH_KEYS_PREFIX}said`, 'key:p/1')) === 1
    const late = await start()
    expect(standing([late, ...two], 'key:p/1')).toEqual(['blocked', 'blocked', 'blocked'])
    expect(standing([late, ...two], 'channel:c')).toEqual(['ready', 'ready', 'ready'])
  })

  test('go on each by itself while Redis is frozen, and know everything when it is back', async () => {
    const two = [await start(), await start()] as const
    redis.suspend()
    try {
      two[0].health.failed('channel:a', FAILED)
      two[1].health.failed('channel:b', FAILED)
      // At once, whoever says it: nothing waits.
      expect([standing(two, 'channel:a'), standing(two, 'channel:b')]).toEqual([
        ['blocked', 'ready'],
        ['ready', 'blocked'],
      ])
      await until('it is noticed', () => two.every(({ told }) => told.includes('down')))
    } finally {
      redis.resume()
    }
    await until('what the other found', () => all(two, 'channel:a', 'blocked')() && all(two, 'channel:b', 'blocked')())
    await until('that it is told', () => two.every(({ told }) => told.at(-1) === 'up'))
    for (const { told } of two) expect(told).toEqual(['down', 'up'])
  })

  test('tell a Redis that comes back empty what they knew before and found out meanwhile', async () => {
    const two = [await start(), await start()] as const
    two[0].health.failed('key:p/1', REFUSED)
    await until('the block', all(two, 'key:p/1', 'blocked'))
    await redis.kill()
    two[1].health.failed('channel:b', FAILED)
    await until('it is noticed', () => two.every(({ told }) => told.includes('down')))
    await redis.start()
    await until('what was found meanwhile', all(two, 'channel:b', 'blocked'))
    await until('it is told again', () => two.every(({ told }) => told.at(-1) === 'up'))
    const late = await start()
    await until('the late one knows', () => standing([late], 'key:p/1')[0] === 'blocked')
    expect(standing([late], 'channel:b')).toEqual(['blocked'])
  })

  test('pass over words that no version of theirs has written', async () => {
    const one = await start()
    const board = createBoard({ connection: one.connection, prefix: HEALTH_KEYS_PREFIX, subjectsMax: 50 })
    const strange = ['not json', '{"by":"x","block":{"kind":"haunted","reason":"?","forMs":1000}}']
    await board.post(strange.map((text, index) => ({ subject: `channel:${index}`, text, ageMs: 0, keptMs: 60_000 })))
    const two = await start()
    two.health.failed('channel:c', FAILED)
    await until('what can be read', all([one], 'channel:c', 'blocked'))
    expect(one.health.list().map(({ subject }) => subject)).toEqual(['channel:c'])
    expect(one.told).toEqual([])
  })
})
