import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createMemoryCeilings, type MemoryLimiterOptions } from './memory.ts'
import type { Ceiling } from './types.ts'

const START_MS = 1_767_225_600_000

/** A request of one subject. */
interface LimitRequest extends Required<Pick<Ceiling, 'subject' | 'rpm' | 'burst' | 'tpm'>> {
  readonly tokens: number
  readonly nowMs: number
}

/** The limiter as one subject at a time meets it, requests and tokens together. */
const createMemoryLimiter = (options: MemoryLimiterOptions) => {
  const ceilings = createMemoryCeilings(options)
  return {
    admit: ({ subject, rpm, burst, tpm, tokens, nowMs }: LimitRequest) =>
      ceilings.admit([{ subject, rpm, burst, tpm }], { id: '', inputTokens: tokens, outputTokens: 0, nowMs }),
    correct(subject: string, countedAtMs: number, reservedTokens: number, usedTokens: number) {
      const reserved = { inputTokens: reservedTokens, outputTokens: 0 }
      const counted = { ceilings: [{ subject, tpm: 0 }], id: '', countedAtMs, ...reserved }
      ceilings.correct(counted, { inputTokens: usedTokens, outputTokens: 0 })
    },
    stats: ceilings.stats,
  }
}

const asked = (changes: Partial<LimitRequest> = {}): LimitRequest => ({
  subject: 'key:1',
  rpm: 10,
  burst: 0,
  tpm: null,
  tokens: 0,
  nowMs: START_MS,
  ...changes,
})

describe('an admission', () => {
  test('shows the limit, what remains, and when the window will be empty', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    expect(limiter.admit(asked({ tpm: 1_000, tokens: 300, nowMs: START_MS + 250 }))).toEqual({
      granted: true,
      refusedBy: undefined,
      retryAfterMs: 0,
      windowWaitMs: 0,
      placeWaitMs: 0,
      requests: { limit: 10, remaining: 9, resetAtMs: START_MS + 61_000 },
      tokens: { limit: 1_000, remaining: 700, resetAtMs: START_MS + 61_000 },
      inputTokens: undefined,
      outputTokens: undefined,
      counted: {
        ceilings: [{ subject: 'key:1', rpm: 10, burst: 0, tpm: 1_000 }],
        id: '',
        countedAtMs: START_MS + 250,
        inputTokens: 300,
        outputTokens: 0,
      },
    })
  })

  test('of a subject without limits counts nothing and remembers nobody', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 2 })
    const admission = limiter.admit(asked({ rpm: null, tpm: null, tokens: 5 }))
    expect(admission).toMatchObject({ granted: true, requests: undefined, tokens: undefined })
    expect(limiter.stats()).toEqual({ subjects: 0, evictedEarly: 0, leases: 0 })
  })

  test('shows only the limits there are', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    expect(limiter.admit(asked()).tokens).toBeUndefined()
    expect(limiter.admit(asked({ subject: 'key:2', rpm: null, tpm: 10, tokens: 1 })).requests).toBeUndefined()
  })

  test('counts each subject for itself', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    expect(limiter.admit(asked({ rpm: 1 })).granted).toBe(true)
    expect(limiter.admit(asked({ rpm: 1 })).granted).toBe(false)
    expect(limiter.admit(asked({ rpm: 1, subject: 'key:2' })).granted).toBe(true)
  })

  test('follows a limit that is changed while requests are counted', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    for (let index = 0; index < 3; index++) limiter.admit(asked())
    expect(limiter.admit(asked({ rpm: 2 }))).toMatchObject({ granted: false, requests: { limit: 2, remaining: 0 } })
    expect(limiter.admit(asked({ rpm: 4 }))).toMatchObject({ granted: true, requests: { limit: 4, remaining: 0 } })
  })

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('of %p tokens is a broken invariant', (tokens) => {
    expect(() => createMemoryLimiter({ subjectsMax: 2 }).admit(asked({ tokens }))).toThrow(RangeError)
  })
})

describe('sixty a minute for an address, with a burst of ten', () => {
  test('admits seventy at once, shows sixty, and floors what remains at zero', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    const admissions = Array.from({ length: 71 }, () =>
      limiter.admit(asked({ subject: 'ip:127.0.0.1', rpm: 60, burst: 10 })),
    )
    expect(admissions.filter(({ granted }) => granted)).toHaveLength(70)
    expect(admissions.map(({ requests }) => requests?.limit)).toEqual(admissions.map(() => 60))
    expect([0, 58, 59, 60, 69, 70].map((index) => admissions[index]?.requests?.remaining)).toEqual([59, 1, 0, 0, 0, 0])
    expect(admissions[70]).toMatchObject({ granted: false, refusedBy: { measure: 'requests' }, retryAfterMs: 61_000 })
  })
})

describe('a refusal', () => {
  test('by tokens counts no request, and one by requests no tokens', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    const both = { rpm: 2, tpm: 100 }
    expect(limiter.admit(asked({ ...both, tokens: 90 })).granted).toBe(true)
    expect(limiter.admit(asked({ ...both, tokens: 20 }))).toMatchObject({
      granted: false,
      refusedBy: { measure: 'tokens' },
      requests: { remaining: 1 },
      tokens: { remaining: 10 },
    })
    expect(limiter.admit(asked({ ...both, tokens: 10 })).granted).toBe(true)
    expect(limiter.admit(asked({ ...both, tokens: 0 }))).toMatchObject({
      granted: false,
      refusedBy: { measure: 'requests' },
      requests: { remaining: 0 },
      tokens: { remaining: 0 },
    })
  })

  test('names the ceiling that takes longest, and the wait covers both', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    const both = { rpm: 2, tpm: 100 }
    limiter.admit(asked({ ...both, tokens: 1 }))
    limiter.admit(asked({ ...both, tokens: 99, nowMs: START_MS + 10_000 }))
    const nowMs = START_MS + 20_000
    expect(limiter.admit(asked({ ...both, tokens: 2, nowMs }))).toMatchObject({
      refusedBy: { measure: 'tokens' },
      retryAfterMs: 51_000,
    })
    expect(limiter.admit(asked({ ...both, tokens: 1, nowMs }))).toMatchObject({
      refusedBy: { measure: 'requests' },
      retryAfterMs: 41_000,
    })
  })

  test('tells the truth about when the same request is admitted', () => {
    const request = fc.record({ gapMs: fc.nat(4_000), tokens: fc.nat(150) })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        // One subject lives through the traffic; at a refusal, twins are taken through the same traffic and then wait.
        const past: LimitRequest[] = []
        const limiter = createMemoryLimiter({ subjectsMax: 10 })
        let nowMs = START_MS
        for (const { gapMs, tokens } of requests) {
          nowMs += gapMs
          const current = asked({ rpm: 5, burst: 1, tpm: 100, tokens, nowMs })
          const admission = limiter.admit(current)
          if (admission.granted) {
            past.push(current)
            continue
          }
          const twin = createMemoryLimiter({ subjectsMax: 10 })
          for (const earlier of past) twin.admit(earlier)
          expect(twin.admit({ ...current, nowMs: nowMs + admission.retryAfterMs - 1_000 }).granted).toBe(false)
          expect(twin.admit({ ...current, nowMs: nowMs + admission.retryAfterMs }).granted).toBe(true)
        }
      }),
      { seed: 20_260_102, numRuns: 100 },
    )
  })
})

describe('tokens', () => {
  test('that were reserved and not used are given back in the second of admission', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    const tpm = { rpm: null, tpm: 100 }
    limiter.admit(asked({ ...tpm, tokens: 100 }))
    expect(limiter.admit(asked({ ...tpm, tokens: 60, nowMs: START_MS + 5_000 })).granted).toBe(false)
    limiter.correct('key:1', START_MS, 100, 40)
    expect(limiter.admit(asked({ ...tpm, tokens: 60, nowMs: START_MS + 5_000 }))).toMatchObject({
      granted: true,
      tokens: { remaining: 0 },
    })
    expect(limiter.admit(asked({ ...tpm, tokens: 40, nowMs: START_MS + 61_000 })).granted).toBe(true)
  })

  test('above the whole limit are admitted to an empty window, counted whole, and corrected to what was used', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    const tpm = { rpm: null, tpm: 100 }
    expect(limiter.admit(asked({ ...tpm, tokens: 5_000 }))).toMatchObject({
      granted: true,
      tokens: { limit: 100, remaining: 0 },
    })
    expect(limiter.admit(asked({ ...tpm, tokens: 1 }))).toMatchObject({ granted: false, retryAfterMs: 61_000 })
    limiter.correct('key:1', START_MS, 5_000, 90)
    expect(limiter.admit(asked({ ...tpm, tokens: 10 })).granted).toBe(true)
    expect(limiter.admit(asked({ ...tpm, tokens: 5_000 })).granted).toBe(false)
  })

  test('of a subject nobody remembers are corrected without harm', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 10 })
    limiter.correct('key:9', START_MS, 10, 5)
    limiter.admit(asked())
    limiter.correct('key:1', START_MS, 10, 5)
    expect(limiter.stats().subjects).toBe(1)
  })
})

describe('the number of subjects is bounded', () => {
  test('those left alone the longest give way, and that it was early is told', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 2 })
    for (const subject of ['a', 'b', 'a', 'c']) limiter.admit(asked({ subject, rpm: 5 }))
    expect(limiter.stats()).toEqual({ subjects: 2, evictedEarly: 1, leases: 0 })
    expect(limiter.admit(asked({ subject: 'a', rpm: 5 })).requests?.remaining).toBe(2)
    expect(limiter.admit(asked({ subject: 'b', rpm: 5 })).requests?.remaining).toBe(4)
  })

  test('a flood of new ones never passes it, and spares whoever keeps coming', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 100 })
    for (let index = 0; index < 1_000; index++) {
      limiter.admit(asked({ subject: `ip:${index}` }))
      if (index % 40 === 0) limiter.admit(asked({ subject: 'key:1', rpm: 1_000 }))
      expect(limiter.stats().subjects).toBeLessThanOrEqual(100)
    }
    expect(limiter.admit(asked({ subject: 'key:1', rpm: 1_000 })).requests?.remaining).toBe(1_000 - 26)
    expect(limiter.stats().evictedEarly).toBeGreaterThan(800)
  })

  test('idle ones are forgotten after two minutes, and not sooner, and are not counted as evicted', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 1_000 })
    for (let index = 0; index < 50; index++) limiter.admit(asked({ subject: `ip:${index}`, nowMs: START_MS + index }))
    limiter.admit(asked({ nowMs: START_MS + 120_000 }))
    expect(limiter.stats().subjects).toBe(51)
    limiter.admit(asked({ nowMs: START_MS + 240_000 }))
    expect(limiter.stats()).toEqual({ subjects: 1, evictedEarly: 0, leases: 0 })
  })

  test('no traffic of others makes anybody forgotten sooner', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 1_000 })
    limiter.admit(asked())
    for (const atMs of [40_000, 80_000, 119_999]) limiter.admit(asked({ subject: 'other', nowMs: START_MS + atMs }))
    expect(limiter.stats().subjects).toBe(2)
  })

  test('what still counts is not forgotten with the idle, and can still be corrected', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 1_000 })
    const tpm = { rpm: null, tpm: 100 }
    limiter.admit(asked({ subject: 'other' }))
    limiter.admit(asked({ ...tpm, tokens: 100, nowMs: START_MS + 119_000 }))
    limiter.admit(asked({ subject: 'other', nowMs: START_MS + 120_000 }))
    limiter.correct('key:1', START_MS + 119_000, 100, 80)
    const later = { ...tpm, nowMs: START_MS + 121_000 }
    expect(limiter.admit(asked({ ...later, tokens: 21 })).granted).toBe(false)
    expect(limiter.admit(asked({ ...later, tokens: 20 })).granted).toBe(true)
  })

  test('a clock set back by years does not stop the forgetting', () => {
    const limiter = createMemoryLimiter({ subjectsMax: 1_000 })
    limiter.admit(asked({ subject: 'future', nowMs: START_MS + 10 * 365 * 86_400_000 }))
    for (const atMs of [0, 120_000, 240_000]) limiter.admit(asked({ nowMs: START_MS + atMs }))
    expect(limiter.stats().subjects).toBe(1)
  })

  test.each([1, 0, -1, 2.5, Number.NaN])('and %p is no bound', (subjectsMax) => {
    expect(() => createMemoryLimiter({ subjectsMax })).toThrow(RangeError)
  })
})

describe('places where concurrency is limited', () => {
  const LEASE_MS = 10_000
  const limiterOfTwo = () => {
    const limiter = createMemoryCeilings({ subjectsMax: 10, leaseMs: LEASE_MS })
    const admit = (subject: string, id: string, nowMs = START_MS) =>
      limiter.admit([{ subject, concurrency: 2 }], { id, inputTokens: 0, outputTokens: 0, nowMs })
    return { limiter, admit }
  }

  test('are not forgotten with the idle, nor pushed out by a flood of others', () => {
    const { limiter, admit } = limiterOfTwo()
    admit('key:1', 'a')
    admit('key:1', 'b')
    for (let index = 0; index < 100; index++)
      limiter.admit([{ subject: `ip:${index}`, rpm: 5 }], { id: '', inputTokens: 0, outputTokens: 0, nowMs: START_MS })
    expect(admit('key:1', 'c')).toMatchObject({ granted: false, retryAfterMs: LEASE_MS })
  })

  test('are forgotten when they are given back or have run out, so that nothing is kept of who has none', () => {
    const { limiter, admit } = limiterOfTwo()
    for (let index = 0; index < 50; index++) {
      const { counted } = admit(`key:${index}`, 'a')
      if (counted && index % 2 === 0) limiter.release(counted)
    }
    expect(limiter.stats().leases).toBe(25)
    for (const atMs of [START_MS, START_MS + 120_000])
      limiter.admit([{ subject: 'key:1', rpm: 5 }], { id: '', inputTokens: 0, outputTokens: 0, nowMs: atMs })
    expect(limiter.stats().leases).toBe(0)
  })

  test('last no longer for a clock that was set back by years', () => {
    const { admit } = limiterOfTwo()
    const futureMs = START_MS + 10 * 365 * 86_400_000
    admit('key:1', 'a', futureMs)
    admit('key:1', 'b', futureMs)
    expect(admit('key:1', 'c')).toMatchObject({ granted: false, retryAfterMs: LEASE_MS })
    expect(admit('key:1', 'c', START_MS + LEASE_MS).granted).toBe(true)
  })
})

test('of several ceilings of a measure the one with the least remaining is shown', () => {
  const limiter = createMemoryCeilings({ subjectsMax: 10 })
  const ceilings = [
    { subject: 'key:1', rpm: 100, tpm: 50 },
    { subject: 'project:1', rpm: 20 },
    { subject: 'model:a', rpm: 60, tpm: 900 },
  ]
  const nowMs = START_MS
  const admission = limiter.admit(ceilings, { id: 'one', inputTokens: 5, outputTokens: 5, nowMs })
  expect(admission.requests).toMatchObject({ limit: 20, remaining: 19 })
  expect(admission.tokens).toMatchObject({ limit: 50, remaining: 40 })
})

test('what was counted anyway leaves less room, and may leave none', () => {
  const limiter = createMemoryCeilings({ subjectsMax: 10 })
  const ceilings = [{ subject: 'key:1', rpm: 2 }]
  const reservation = { id: 'one', inputTokens: 0, outputTokens: 0, nowMs: START_MS }
  for (let index = 0; index < 3; index++) limiter.countAnyway(ceilings, reservation)
  expect(limiter.admit(ceilings, reservation)).toMatchObject({ granted: false, requests: { remaining: 0 } })
})
