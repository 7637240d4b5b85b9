import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../test/harness/redis.ts'
import { createMemoryCeilings } from './memory.ts'
import { openRedis } from './redis-connection.ts'
import { createRedisLimiter } from './redis.ts'
import { createModel } from './test-model.ts'
import type { Admission, Ceiling, CeilingLimiter, Counted, Measure, Reservation, TokensUsed } from './types.ts'

const START_MS = 1_767_225_600_000
const LEASE_MS = 15_000

let server: RedisServer
let connection: Redis
let runs = 0

beforeAll(async () => {
  server = await startRedis()
  connection = openRedis({ url: server.url, commandTimeoutMs: 5_000, onError: () => undefined })
  await new Promise((resolve) => connection.once('ready', resolve))
})
afterAll(async () => {
  connection.disconnect()
  await server.stop()
})

/** A limiter on Redis that nobody else counts in, and that goes by the clock of its requests. */
const freshRedis = (): CeilingLimiter =>
  createRedisLimiter({ connection, prefix: `run-${++runs}:{limits}:`, leaseMs: LEASE_MS, clock: 'caller' })
const freshMemory = (): CeilingLimiter => createMemoryCeilings({ subjectsMax: 1_000, leaseMs: LEASE_MS })

const SUBJECTS = ['key:1', 'user:1', 'model:a'] as const

const limit = (max: number): fc.Arbitrary<number | null> =>
  fc.option(fc.integer({ min: 1, max }), { nil: null, freq: 2 })
const ceiling = (subject: string): fc.Arbitrary<Ceiling> =>
  fc.record({
    subject: fc.constant(subject),
    rpm: limit(6),
    burst: fc.nat(2),
    itpm: limit(100),
    otpm: limit(100),
    tpm: limit(150),
    concurrency: limit(4),
  })
const ceilings = fc.tuple(...SUBJECTS.map(ceiling)).chain((all) => fc.subarray(all, { minLength: 1 }))

const tokens = fc.oneof(fc.nat(30), fc.nat(120))
const used = fc.record({ inputTokens: tokens, outputTokens: tokens })
type Step =
  | { readonly kind: 'admit'; readonly ceilings: readonly Ceiling[]; readonly tokens: TokensUsed }
  /** Admits, and when refused comes back a millisecond too early, then in time. */
  | { readonly kind: 'return'; readonly ceilings: readonly Ceiling[]; readonly tokens: TokensUsed }
  | { readonly kind: 'pass'; readonly byMs: number }
  | { readonly kind: 'setback'; readonly byMs: number }
  | { readonly kind: 'correct'; readonly which: number; readonly tokens: TokensUsed }
  | { readonly kind: 'release'; readonly which: number }
  | { readonly kind: 'renew'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('admit' as const), ceilings, tokens: used }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('return' as const), ceilings, tokens: used }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      byMs: fc.oneof(fc.nat(1_500), fc.nat(20_000), fc.nat(70_000)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('setback' as const),
      byMs: fc.oneof(fc.nat(2_000), fc.nat(70_000), fc.nat(9_999_999)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('correct' as const), which: fc.nat(99), tokens: used }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('renew' as const), which: fc.nat(99) }) },
)

/** All limiters, taken through the same: what the first says, the others must say. */
const createChorus = () => {
  const all: readonly CeilingLimiter[] = [createModel(LEASE_MS), freshMemory(), freshRedis()]
  const open: (readonly Counted[])[] = []
  const chosen = (which: number): readonly Counted[] => open[which % Math.max(1, open.length)] ?? []
  let lastId = 0
  const admit = async (asked: readonly Ceiling[], spent: TokensUsed, nowMs: number): Promise<Admission> => {
    const reservation: Reservation = { id: `request-${++lastId}`, ...spent, nowMs }
    const admissions = await Promise.all(all.map((limiter) => limiter.admit(asked, reservation)))
    const [first, ...others] = admissions
    if (!first) throw new Error('nobody was asked')
    for (const other of others) expect(other).toEqual(first)
    if (first.counted) open.push(admissions.flatMap(({ counted }) => (counted ? [counted] : [])))
    return first
  }
  const each = async (which: number, act: (limiter: CeilingLimiter, counted: Counted) => void | Promise<void>) => {
    const parts = chosen(which)
    for (const [index, limiter] of all.entries()) {
      const counted = parts[index]
      if (counted) await act(limiter, counted)
    }
  }
  return { admit, each }
}

const EVERYTHING: readonly Ceiling[] = SUBJECTS.map((subject) => ({
  ...{ subject, rpm: 1_000, itpm: 1_000, otpm: 1_000, tpm: 1_000, concurrency: 1_000 },
}))
const NOTHING: TokensUsed = { inputTokens: 0, outputTokens: 0 }

const sing = async (steps: readonly Step[]): Promise<void> => {
  const chorus = createChorus()
  let nowMs = START_MS + 250
  for (const each of steps) {
    if (each.kind === 'pass') nowMs += each.byMs
    else if (each.kind === 'setback') {
      // Nobody is idle when it happens: the idle are forgotten by everybody but the model.
      await chorus.admit(EVERYTHING, NOTHING, nowMs)
      nowMs -= each.byMs
    } else if (each.kind === 'admit') await chorus.admit(each.ceilings, each.tokens, nowMs)
    else if (each.kind === 'return') {
      const refused = await chorus.admit(each.ceilings, each.tokens, nowMs)
      if (refused.granted) continue
      nowMs += refused.retryAfterMs - 1
      expect((await chorus.admit(each.ceilings, each.tokens, nowMs)).granted).toBe(false)
      nowMs += 1
      expect((await chorus.admit(each.ceilings, each.tokens, nowMs)).granted).toBe(true)
    } else if (each.kind === 'correct')
      await chorus.each(each.which, (limiter, counted) => limiter.correct(counted, each.tokens))
    else if (each.kind === 'release') await chorus.each(each.which, (limiter, counted) => limiter.release(counted))
    else await chorus.each(each.which, (limiter, counted) => limiter.renew([counted], nowMs))
  }
}

test('memory and Redis say at every step what the model says, and a refusal comes true to the millisecond', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), sing)
  await fc.assert(property, { seed: 20_260_103, numRuns: 150 })
}, 120_000)

interface Taken {
  readonly atMs: number
  readonly cost: number
}

const mostInAnyMinute = (taken: readonly Taken[]): number =>
  Math.max(
    0,
    ...taken.map(({ atMs: endMs }) =>
      taken.filter(({ atMs }) => atMs <= endMs && atMs >= endMs - 60_000).reduce((sum, { cost }) => sum + cost, 0),
    ),
  )

const LIMITS: Ceiling & Record<'rpm' | 'itpm' | 'otpm' | 'tpm', number> = {
  ...{ subject: 'key:1', rpm: 5, itpm: 60, otpm: 50, tpm: 90, concurrency: null },
}
const COSTS: Record<Exclude<Measure, 'concurrency'>, (used: TokensUsed) => Taken['cost']> = {
  requests: () => 1,
  inputTokens: ({ inputTokens }) => inputTokens,
  outputTokens: ({ outputTokens }) => outputTokens,
  tokens: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
}

describe.each<[string, () => CeilingLimiter]>([
  ['memory', freshMemory],
  ['Redis', freshRedis],
])('%s', (_, fresh) => {
  test('never lets more in than the limit in any sixty seconds, of any measure, whoever else is asked', async () => {
    const arrival = fc.record({
      gapMs: fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(70_000)),
      inputTokens: fc.nat(50),
      outputTokens: fc.nat(40),
      other: fc.boolean(),
    })
    const property = fc.asyncProperty(fc.array(arrival, { maxLength: 80 }), fc.nat(999), async (arrivals, offsetMs) => {
      const limiter = fresh()
      const taken: { readonly atMs: number; readonly used: TokensUsed }[] = []
      let nowMs = START_MS + offsetMs
      for (const [index, { gapMs, other, ...spent }] of arrivals.entries()) {
        nowMs += gapMs
        const asked = other ? [LIMITS, { subject: 'user:1', rpm: 3, tpm: 80 }] : [LIMITS]
        const admission = await limiter.admit(asked, { id: String(index), ...spent, nowMs })
        if (admission.granted) taken.push({ atMs: nowMs, used: spent })
      }
      const most = (cost: (used: TokensUsed) => number): number =>
        mostInAnyMinute(taken.map(({ atMs, used: spent }) => ({ atMs, cost: cost(spent) })))
      expect(most(COSTS.requests)).toBeLessThanOrEqual(LIMITS.rpm)
      expect(most(COSTS.inputTokens)).toBeLessThanOrEqual(LIMITS.itpm)
      expect(most(COSTS.outputTokens)).toBeLessThanOrEqual(LIMITS.otpm)
      expect(most(COSTS.tokens)).toBeLessThanOrEqual(LIMITS.tpm)
    })
    await fc.assert(property, { seed: 20_260_104, numRuns: 60 })
  }, 60_000)

  test('keeps the places of the living, and gives back those of the dead when they run out', async () => {
    const limiter = fresh()
    const two = [{ subject: 'key:1', concurrency: 2 }]
    const admit = (id: string, atMs: number) =>
      limiter.admit(two, { id, inputTokens: 0, outputTokens: 0, nowMs: START_MS + atMs })
    const { counted: living } = await admit('living', 0)
    await admit('dead', 1_000)
    const refusal = { subject: 'key:1', measure: 'concurrency', limit: 2 }
    expect(await admit('third', 2_000)).toMatchObject({ granted: false, refusedBy: refusal, retryAfterMs: 13_000 })
    await limiter.renew(living ? [living] : [], START_MS + 10_000)
    expect(await admit('third', 15_999)).toMatchObject({ granted: false, retryAfterMs: 1 })
    expect(await admit('third', 16_000)).toMatchObject({ granted: true })
    for (let times = 0; times < 3; times++) if (living) await limiter.release(living)
    expect(await admit('fourth', 16_001)).toMatchObject({ granted: true })
    expect(await admit('fifth', 16_002)).toMatchObject({ granted: false })
  })

  test.each([
    ['a place that lasts longer than the window', 60_500, 61_000],
    ['a place that runs out before it', 50_000, 61_000],
  ])('names the window where one is full beside %s, and tells both waits', async (_what, tookAtMs, fullUntilMs) => {
    const limiter = fresh()
    const both = [{ subject: 'key:1', rpm: 2, concurrency: 1 }]
    const admit = (id: string, atMs: number) =>
      limiter.admit(both, { id, inputTokens: 0, outputTokens: 0, nowMs: START_MS + atMs })
    const { counted } = await admit('first', 0)
    if (counted) await limiter.release(counted)
    const nowMs = tookAtMs
    expect(await admit('second', nowMs)).toMatchObject({ granted: true, windowWaitMs: 0, placeWaitMs: 0 })
    expect(await admit('third', nowMs)).toMatchObject({
      granted: false,
      refusedBy: { subject: 'key:1', measure: 'requests', limit: 2 },
      windowWaitMs: fullUntilMs - nowMs,
      placeWaitMs: LEASE_MS,
      retryAfterMs: Math.max(fullUntilMs - nowMs, LEASE_MS),
    })
  })

  test('counts nothing for anybody when one refuses', async () => {
    const limiter = fresh()
    const asked: readonly Ceiling[] = [
      { subject: 'key:1', rpm: 2, tpm: 1_000, concurrency: 5 },
      { subject: 'user:1', rpm: 5, itpm: 500 },
      { subject: 'model:a', otpm: 10 },
    ]
    const admit = (outputTokens: number) =>
      limiter.admit(asked, { id: crypto.randomUUID(), inputTokens: 100, outputTokens, nowMs: START_MS })
    expect(await admit(10)).toMatchObject({ granted: true, requests: { limit: 2, remaining: 1 } })
    for (let times = 0; times < 9; times++)
      expect(await admit(1)).toMatchObject({
        granted: false,
        refusedBy: { subject: 'model:a', measure: 'outputTokens', limit: 10 },
        requests: { limit: 2, remaining: 1 },
        inputTokens: { limit: 500, remaining: 400 },
        outputTokens: { limit: 10, remaining: 0 },
        tokens: { limit: 1_000, remaining: 890 },
        counted: undefined,
      })
    expect(await admit(0)).toMatchObject({ granted: true, requests: { remaining: 0 } })
  })

  test('corrects a request once, however often it is told the same', async () => {
    const limiter = fresh()
    const asked = [{ subject: 'key:1', itpm: 100, otpm: 100, tpm: 150 }]
    const admit = (inputTokens: number, outputTokens: number) =>
      limiter.admit(asked, { id: 'one', inputTokens, outputTokens, nowMs: START_MS })
    const { counted } = await admit(40, 100)
    for (let times = 0; times < 3; times++)
      if (counted) await limiter.correct(counted, { inputTokens: 50, outputTokens: 20 })
    expect(await admit(0, 0)).toMatchObject({
      inputTokens: { remaining: 50 },
      outputTokens: { remaining: 80 },
      tokens: { remaining: 80 },
    })
  })

  test.each([
    [60_000, 40],
    [61_000, 100],
  ])('corrects what was counted %p ms ago as long as it counts: %p remain', async (agoMs, remaining) => {
    const limiter = fresh()
    const admit = (inputTokens: number, atMs: number) =>
      limiter.admit([{ subject: 'key:1', tpm: 100 }], {
        id: 'one',
        inputTokens,
        outputTokens: 0,
        nowMs: START_MS + atMs,
      })
    const { counted } = await admit(100, 0)
    await admit(0, agoMs)
    if (counted) await limiter.correct(counted, { inputTokens: 60, outputTokens: 0 })
    expect(await admit(0, agoMs)).toMatchObject({ tokens: { remaining } })
  })

  test.each([-1, 0.5, Number.NaN])('%p tokens are a broken invariant', async (amount) => {
    const admit = async (spent: TokensUsed) =>
      fresh().admit([{ subject: 'key:1', tpm: 1 }], { id: 'one', nowMs: START_MS, ...spent })
    await expect(admit({ inputTokens: amount, outputTokens: 0 })).rejects.toThrow(RangeError)
    await expect(admit({ inputTokens: 0, outputTokens: amount })).rejects.toThrow(RangeError)
  })
})
