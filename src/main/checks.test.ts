import { describe, expect, test } from 'bun:test'
import { pino } from 'pino'
import type { KeyTest } from '../http/admin/deps.ts'
import { Health } from '../routing/health.ts'
import { plainKeys } from '../routing/provider-keys.ts'
import { channelSubject, keyModelSubject, keySubject } from '../routing/subjects.ts'
import { channelOf } from '../routing/test-parts.ts'
import type { Checked } from '../upstream/check.ts'
import { checkAll, notingTests, outcomeOf, startChecks } from './checks.ts'

const RULES = {
  failures: 3,
  failurePercent: 40,
  coolDownMs: 5_000,
  coolDownMaxMs: 300_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: null,
  subjects: 100,
}
const REFUSED = { effect: 'disable', retryAfterMs: undefined } as const
const OTHER = 'other'

const stage = (answers: Readonly<Record<string, Checked>> = {}) => {
  const health = new Health(RULES, () => 1_000)
  const asked: string[] = []
  const paused = new Set<string>()
  const channels = [
    channelOf('c1', { provider: 'p', keys: plainKeys('s1', 's2') }),
    channelOf('c2', { provider: 'p', keys: plainKeys('s1', 's2') }),
    channelOf('c3', { provider: OTHER, keys: plainKeys('s3') }),
    channelOf('c4', { provider: 'inside', kind: 'demo' }),
  ]
  const parts = {
    health,
    channels: () => channels,
    isPaused: (id: string) => paused.has(id),
    check: async ({ id }: { id: string }, secret: string): Promise<Checked> => {
      asked.push(`${id} ${secret}`)
      return answers[secret] ?? { status: 200 }
    },
  }
  const never = new AbortController().signal
  const key = (id: string) => health.blockOf(keySubject('p', id))
  const channel = (id: string) => health.blockOf(channelSubject(id))
  return { health, asked, paused, parts, key, channel, round: () => checkAll(parts, never) }
}

test.each<[Checked, ReturnType<typeof outcomeOf>]>([
  [{ status: 200 }, 'well'],
  [{ status: 401 }, 'key-refused'],
  [{ status: 402 }, 'quota-exhausted'],
  // No right to the list is no fault of the key.
  [{ status: 403 }, undefined],
  [{ status: 404 }, undefined],
  [{ status: 429 }, undefined],
  [{ status: 302 }, undefined],
  [{ status: 500 }, 'server-error'],
  [{ status: 529 }, 'server-error'],
  [{ fault: 'connect' }, 'no-connection'],
  [{ fault: 'reset' }, 'no-connection'],
  [{ fault: 'timeout-connect' }, 'no-connection'],
  [{ fault: 'timeout-first-byte' }, 'timeout'],
  [{ fault: 'timeout-total' }, 'timeout'],
  [{ fault: 'unreadable' }, 'unreadable'],
  [{ fault: 'no-token' }, 'key-refused'],
  [{ fault: 'aborted' }, undefined],
  [{ fault: 'nothing-to-ask' }, undefined],
])('that a test came to %j says: %s', (checked, outcome) => {
  expect(outcomeOf(checked)).toBe(outcome)
})

describe('a round of tests', () => {
  test('asks with each key of each provider once, but of none that is paused or inside this process', async () => {
    const { asked, paused, round } = stage()
    await round()
    expect(asked).toEqual(['p s1', 'p s2', `${OTHER} s3`])
    paused.add('p')
    await round()
    expect(asked.slice(3)).toEqual([`${OTHER} s3`])
  })

  test('leaves a refused key alone, and lifts what another was blocked for', async () => {
    const { health, round, key } = stage({ s1: { status: 401 } })
    health.failed(keySubject('p', '2'), { ...REFUSED, reason: 'key-refused' })
    await round()
    expect(key('1')).toMatchObject({ kind: 'refused', reason: 'key-refused' })
    expect(key('2')).toBeUndefined()
  })

  test('lifts neither a block for want of money, nor a spend stop, nor a wait: a list proves nothing there', async () => {
    const { health, round, key } = stage()
    const other = keySubject(OTHER, '1')
    health.failed(keySubject('p', '1'), { ...REFUSED, reason: 'quota-exhausted' })
    health.block(keySubject('p', '2'), 'spent', 'spend-stop', 1_000_000)
    health.failed(other, { reason: 'rate-limited', effect: 'wait', retryAfterMs: 60_000 })
    await round()
    expect([key('1')?.kind, key('2')?.kind, health.blockOf(other)?.kind]).toEqual(['refused', 'spent', 'told-to-wait'])
  })

  test('counts a provider that cannot be reached once for its channels, and not against its keys', async () => {
    const { asked, round, key, channel } = stage({ s1: { fault: 'connect' }, s2: { fault: 'connect' } })
    for (let time = 0; time < 3; time += 1) {
      expect(channel('c1')).toBeUndefined()
      await round()
    }
    expect(asked.filter((one) => one.startsWith('p '))).toEqual(['p s1', 'p s1', 'p s1'])
    expect([channel('c1')?.reason, channel('c2')?.reason, channel('c3')]).toEqual([
      'no-connection',
      'no-connection',
      undefined,
    ])
    expect([key('1'), key('2')]).toEqual([undefined, undefined])
    const untilMs = channel('c1')?.untilMs
    await round()
    // It is left alone already.
    expect(channel('c1')?.untilMs).toBe(untilMs ?? 0)
  })

  test('lifts channels that could not be reached, and none that failed otherwise', async () => {
    const { health, round, channel } = stage()
    const failed = { effect: 'count', retryAfterMs: undefined } as const
    for (let time = 0; time < 3; time += 1) {
      health.failed(channelSubject('c1'), { ...failed, reason: 'no-connection' })
      health.failed(channelSubject('c2'), { ...failed, reason: 'server-error' })
    }
    await round()
    expect([channel('c1'), channel('c2')?.reason]).toEqual([undefined, 'server-error'])
  })
})

describe('the schedule', () => {
  test('goes round again and again, one key at a time, and stops in the middle of a test', async () => {
    const { parts } = stage()
    let [underWay, most, count] = [0, 0, 0]
    const held = Promise.withResolvers<void>()
    const checks = startChecks({
      ...parts,
      everyMs: 1,
      random: () => 0.5,
      log: pino({ level: 'silent' }),
      check: async (_provider, _secret, stopped) => {
        underWay += 1
        most = Math.max(most, underWay)
        count += 1
        if (count === 7) {
          held.resolve()
          await new Promise((resolve) => stopped.addEventListener('abort', resolve))
        }
        underWay -= 1
        return { status: 401 }
      },
    })
    await held.promise
    await checks.stop()
    expect([count, most, underWay]).toEqual([7, 1, 0])
  })

  test('goes on after a test that failed for a defect', async () => {
    const { parts } = stage()
    const again = Promise.withResolvers<void>()
    let count = 0
    const checks = startChecks({
      ...parts,
      everyMs: 1,
      random: Math.random,
      log: pino({ level: 'silent' }),
      check: async () => {
        count += 1
        if (count > 2) again.resolve()
        throw new Error('on purpose')
      },
    })
    await again.promise
    await checks.stop()
  })

  test('stops at once where it waits for its next round', async () => {
    const { parts, asked } = stage()
    const checks = startChecks({ ...parts, everyMs: 2 ** 40, random: () => 1, log: pino({ level: 'silent' }) })
    await checks.stop()
    expect(asked).toEqual([])
  })
})

describe("an administrator's test", () => {
  const testOf = (more: Partial<KeyTest>): KeyTest => ({
    id: '1',
    ok: true,
    status: 200,
    latencyMs: 1,
    error: null,
    ...more,
  })
  const run = (health: Health, tests: readonly KeyTest[] | undefined, model?: string) =>
    notingTests(health, async () => tests)('p', model)

  test('that goes well lets a key be used again, whatever it was blocked for', async () => {
    const { health, key } = stage()
    health.failed(keySubject('p', '1'), { ...REFUSED, reason: 'quota-exhausted' })
    health.failed(keyModelSubject('p', '1', 'm'), { ...REFUSED, reason: 'model-refused' })
    expect(await run(health, [testOf({})], 'm')).toEqual([testOf({})])
    expect([key('1'), health.blockOf(keyModelSubject('p', '1', 'm'))]).toEqual([undefined, undefined])
  })

  test('that goes well does not end a spend stop', async () => {
    const { health, key } = stage()
    health.block(keySubject('p', '1'), 'spent', 'spend-stop', 1_000_000)
    await run(health, [testOf({})])
    expect(key('1')?.kind).toBe('spent')
  })

  test('that finds the key refused leaves it alone; any other failure says nothing of it', async () => {
    const { health, key } = stage()
    await run(health, [testOf({ ok: false, status: 500 }), testOf({ id: '2', ok: false, status: 401 })])
    expect([key('1'), key('2')?.kind]).toEqual([undefined, 'refused'])
    expect(await run(health, undefined)).toBeUndefined()
  })
})
