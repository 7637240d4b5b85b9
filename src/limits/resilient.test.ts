import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type RedisServer, startRedis } from '../../test/harness/redis.ts'
import { createMemoryCeilings } from './memory.ts'
import { openRedis } from './redis-connection.ts'
import { createRedisLimiter, type SharedLimiter } from './redis.ts'
import { createResilientLimiter, type ResilientOptions } from './resilient.ts'
import type { Admission, Ceiling } from './types.ts'

const START_MS = 1_767_225_600_000
const CEILINGS: readonly Ceiling[] = [{ subject: 'key:1', rpm: 9, burst: 3, tpm: 900, concurrency: 30 }]

/** A shared limiter in memory that can be broken, and how often it was asked. */
const createStage = (changes: Partial<ResilientOptions> = {}) => {
  const memory = createMemoryCeilings({ subjectsMax: 100 })
  const told: string[] = []
  let broken = false
  let nowMs = START_MS
  let lastId = 0
  const asked = { admit: 0, present: 0 }
  const unlessBroken = async <T>(act: () => T): Promise<T> => {
    if (broken) throw new Error('Command timed out')
    return act()
  }
  const shared: SharedLimiter = {
    admit: (ceilings, reservation) => {
      asked.admit++
      return unlessBroken(() => memory.admit(ceilings, reservation))
    },
    correct: (counted, used) => unlessBroken(() => memory.correct(counted, used)),
    release: (counted) => unlessBroken(() => memory.release(counted)),
    renew: (counted, atMs) => unlessBroken(() => memory.renew(counted, atMs)),
    carry: (counted) =>
      unlessBroken(() => {
        for (const one of counted) memory.countAnyway(one.ceilings, { ...one, nowMs: one.countedAtMs })
      }),
    present: () => {
      asked.present++
      return unlessBroken(() => 3)
    },
  }
  const limiter = createResilientLimiter(shared, createMemoryCeilings({ subjectsMax: 100 }), {
    ...{ onOutage: 'local', replica: 'a', requestMsMax: 600_000, cooldownMs: 1_000, nowMs: () => nowMs },
    onDown: (error) => void told.push(String(error)),
    onUp: () => void told.push('up'),
    ...changes,
  })
  const admit = (tokens = 0): Admission | Promise<Admission> =>
    limiter.admit(CEILINGS, { id: `request-${++lastId}`, inputTokens: tokens, outputTokens: 0, nowMs })
  return {
    ...{ limiter, memory, told, asked, admit },
    break() {
      broken = true
    },
    mend() {
      broken = false
    },
    pass(byMs: number) {
      nowMs += byMs
    },
  }
}

const granted = async (admissions: readonly (Admission | Promise<Admission>)[]): Promise<number> =>
  (await Promise.all(admissions)).filter((admission) => admission.granted).length

const times = <T>(count: number, act: () => T): readonly T[] => Array.from({ length: count }, act)

describe('while the shared limiter answers', () => {
  test('it decides, and corrections and places given back reach it', async () => {
    const stage = createStage()
    const admission = await stage.admit(500)
    expect(admission).toMatchObject({ granted: true, tokens: { remaining: 400 } })
    const { counted } = admission
    if (!counted) throw new Error('nothing was counted')
    expect(stage.memory.stats().leases).toBe(1)
    await stage.limiter.correct(counted, { inputTokens: 100, outputTokens: 0 })
    await stage.limiter.release(counted)
    await stage.limiter.release(counted)
    expect(stage.memory.stats().leases).toBe(0)
    expect((await stage.admit()).tokens?.remaining).toBe(800)
    expect(stage.limiter.stats()).toMatchObject({ down: false, decidedAlone: 0, places: 1 })
  })

  test('a beat keeps the places of what is under way, but not for longer than a request may last', async () => {
    const stage = createStage()
    const { counted } = await stage.admit()
    await stage.limiter.beat()
    expect(stage.limiter.stats()).toMatchObject({ replicas: 3, places: 1 })
    stage.pass(600_001)
    await stage.limiter.beat()
    expect(stage.limiter.stats().places).toBe(0)
    if (counted) await stage.limiter.release(counted)
  })
})

describe('when it fails', () => {
  test('the requests under way notice, no later one waits, and one question a second asks whether it is back', async () => {
    const stage = createStage()
    await stage.limiter.beat()
    stage.break()
    expect(await granted(times(5, () => stage.admit()))).toBe(4)
    expect(stage.asked.admit).toBe(5)
    for (const admission of times(50, () => stage.admit())) expect(admission).not.toBeInstanceOf(Promise)
    expect(stage.asked).toEqual({ admit: 5, present: 1 })
    for (let second = 0; second < 3; second++) {
      stage.pass(1_000)
      times(20, () => stage.admit())
      await Bun.sleep(0)
    }
    expect(stage.asked).toEqual({ admit: 5, present: 4 })
    expect(stage.told).toEqual(['Error: Command timed out'])
    expect(stage.limiter.stats()).toMatchObject({ down: true, decidedAlone: 115 })
  })

  test('a replica lets in its part of every limit, what it had let in before counted in', async () => {
    const stage = createStage()
    await stage.limiter.beat()
    await stage.admit()
    await stage.admit()
    stage.break()
    // A third of nine requests and a burst of three is four.
    expect(await granted(times(10, () => stage.admit()))).toBe(2)
    const alone = await stage.admit()
    expect(alone).toMatchObject({
      refusedBy: { subject: 'key:1', measure: 'requests', limit: 3 },
      tokens: { limit: 300 },
    })
  })

  test('and is back, it is told what was let in meanwhile before anybody asks it', async () => {
    const stage = createStage()
    await stage.limiter.beat()
    stage.break()
    const alone = await Promise.all(times(4, () => stage.admit(10)))
    expect(await granted(alone)).toBe(4)
    stage.mend()
    stage.pass(1_000)
    await stage.limiter.beat()
    expect(stage.told).toEqual(['Error: Command timed out', 'up'])
    expect(stage.memory.stats().leases).toBe(4)
    expect(await stage.admit(10)).toMatchObject({ requests: { remaining: 4 }, tokens: { limit: 900, remaining: 850 } })
    for (const { counted } of alone) if (counted) await stage.limiter.release(counted)
    expect(stage.memory.stats().leases).toBe(1)
    expect(await granted(times(20, () => stage.admit()))).toBe(7)
  })

  test('and is back after a minute, it is told of the last minute only', async () => {
    const stage = createStage()
    stage.break()
    await Promise.all(times(4, () => stage.admit()))
    stage.pass(40_000)
    await stage.admit()
    stage.pass(40_000)
    stage.mend()
    await stage.limiter.beat()
    expect(await stage.admit()).toMatchObject({ requests: { remaining: 7 } })
  })

  test('and nobody should guess, what is limited is refused, and what is not passes', async () => {
    const stage = createStage({ onOutage: 'refuse' })
    stage.break()
    expect(await stage.admit()).toMatchObject({ granted: false, refusedBy: 'outage', retryAfterMs: 1_000 })
    stage.pass(400)
    expect(await stage.admit()).toMatchObject({ granted: false, refusedBy: 'outage', retryAfterMs: 600 })
    const unlimited = { id: 'free', inputTokens: 1, outputTokens: 1, nowMs: START_MS }
    expect(await stage.limiter.admit([{ subject: 'key:2', rpm: null }], unlimited)).toMatchObject({ granted: true })
    stage.mend()
    stage.pass(600)
    await stage.limiter.beat()
    expect(await stage.admit()).toMatchObject({ granted: true })
  })

  test('telling it of an end that it does not hear harms nobody', async () => {
    const stage = createStage()
    const { counted } = await stage.admit(10)
    stage.break()
    if (!counted) throw new Error('nothing was counted')
    await stage.limiter.correct(counted, { inputTokens: 1, outputTokens: 0 })
    await stage.limiter.release(counted)
    expect(stage.limiter.stats()).toMatchObject({ down: true, places: 0 })
  })

  test('a clock set back by years does not keep it away for years', async () => {
    const stage = createStage()
    stage.break()
    await stage.admit()
    stage.mend()
    stage.pass(-86_400_000)
    await stage.limiter.beat()
    expect(stage.limiter.stats().down).toBe(false)
  })

  test('amounts that are none are still a broken invariant, not an outage', async () => {
    const stage = createStage()
    expect(() => stage.admit(-1)).toThrow(RangeError)
    expect(stage.limiter.stats().down).toBe(false)
  })
})

describe('with a real Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  const openStage = async (name: string) => {
    const connection = openRedis({ url: server.url, commandTimeoutMs: 100, onError: () => undefined })
    await new Promise((resolve) => connection.once('ready', resolve))
    const shared = createRedisLimiter({ connection, prefix: `${name}:{limits}:` })
    let failures = 0
    const limiter = createResilientLimiter(shared, createMemoryCeilings({ subjectsMax: 100 }), {
      ...{ onOutage: 'local', replica: 'a', requestMsMax: 600_000, cooldownMs: 50, nowMs: Date.now },
      onDown: () => void failures++,
      onUp: () => undefined,
    })
    const admit = () =>
      limiter.admit([{ subject: 'key:1', rpm: 100 }], {
        ...{ id: crypto.randomUUID(), inputTokens: 0, outputTokens: 0, nowMs: Date.now() },
      })
    const untilBack = async (): Promise<void> => {
      while (limiter.stats().down) {
        await limiter.beat()
        await Bun.sleep(20)
      }
    }
    return { limiter, admit, untilBack, failures: () => failures, close: () => connection.disconnect() }
  }

  test.each<[string, () => void | Promise<void>, () => void | Promise<void>]>([
    ['frozen', () => server.suspend(), () => server.resume()],
    ['killed', () => server.kill(), () => server.start()],
  ])(
    'that is %s: requests go on, none above the limit, and it is used again when it is back',
    async (name, cut, mend) => {
      const stage = await openStage(name)
      await stage.limiter.beat()
      expect(await granted(times(40, stage.admit))).toBe(40)
      await cut()
      expect(await granted(times(40, stage.admit))).toBe(40)
      expect(stage.limiter.stats()).toMatchObject({ down: true, decidedAlone: 40 })
      expect(stage.admit()).not.toBeInstanceOf(Promise)
      await mend()
      await stage.untilBack()
      expect(stage.failures()).toBe(1)
      // It has lost what it knew when it was killed; it has been told of the last forty-one, at the least.
      expect(await granted(times(500, stage.admit))).toBeLessThanOrEqual(name === 'killed' ? 59 : 19)
      stage.close()
    },
    30_000,
  )
})
