import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { pino } from 'pino'
import { DATABASES, START_TIMEOUT_MS } from '../../test/harness/databases.ts'
import type { ProviderConfig } from '../config/load.ts'
import { openShelf, writeReceipt } from '../db/fixture.ts'
import { openStore } from '../db/store.ts'
import { receiptOf } from '../ledger/fixture.ts'
import { Health } from '../routing/health.ts'
import { keySubject } from '../routing/subjects.ts'
import { nanoUsd, nanoUsdPerMtok, tokens } from '../units.ts'
import { createAdministered } from './administered.ts'
import { openSpendWatch } from './spend-watch.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const HOUR_MS = 3_600_000
const NOON_MS = Date.UTC(2026, 10, 21, 12)
const RULES = {
  failures: 5,
  failurePercent: 40,
  coolDownMs: 5_000,
  coolDownMaxMs: 300_000,
  waitMaxMs: HOUR_MS,
  disabledRetryMs: null,
  subjects: 100,
}
const usd = (whole: number | null) => (whole === null ? null : nanoUsd(BigInt(whole) * 1_000_000_000n))

interface Stops {
  readonly day?: number | null
  readonly month?: number | null
}
const stopOf = ({ day = null, month = null }: Stops) => ({ dayUsd: usd(day), monthUsd: usd(month) })

/** A provider `p` with keys `a` and `b`, whatever else a configuration says. */
const providersOf = (stop: Stops, keys: Readonly<Record<string, Stops>> = {}) => {
  const listed = ['a', 'b'].map((id) => ({ id, ...stopOf(keys[id] ?? {}) }))
  return new Map([['p', { spendStop: stopOf(stop), keys: listed } as unknown as ProviderConfig]])
}

const PRICE = nanoUsdPerMtok(1_000_000_000n)
let spent = 0

describe.each(DATABASES)('on %s', (kind) => {
  beforeAll(async () => (await openShelf(kind)).close(), START_TIMEOUT_MS)

  const stage = async (stop: Stops, keys: Readonly<Record<string, Stops>> = {}) => {
    const clock = { nowMs: NOON_MS }
    const nowMs = () => clock.nowMs
    const { database, store, close } = await openShelf(kind, nowMs)
    cleanups.push(close)
    let providers = providersOf(stop, keys)
    const replica = () => {
      const health = new Health(RULES, nowMs)
      const own = openStore(database, { nowMs })
      const administered = createAdministered(own, nowMs)
      const log = pino({ level: 'silent' })
      const watch = openSpendWatch({ ...administered, store: own, providers: () => providers, health, log, nowMs })
      const block = (key: string) => health.blockOf(keySubject('p', key))
      return { health, watch, block, administered }
    }
    const [one, other] = [replica(), replica()]
    return {
      ...{ clock, store, one, other },
      configure: (next: Stops, nextKeys: Readonly<Record<string, Stops>> = {}) => {
        providers = providersOf(next, nextKeys)
      },
      /** Spends whole dollars with a key, an hour ago or now, and counts them. */
      spend: async (dollars: number, providerKey = 'a', atMs = clock.nowMs) => {
        spent += 1
        const used = { input: tokens(dollars * 1_000_000), output: tokens(0), cacheRead: tokens(0) }
        const receipt = receiptOf({ userId: 'u', keyId: 'k' }, `req_${spent}`, { atMs, provider: 'p' })
        const usage = { ...receipt.usage, inputAudio: tokens(0), cacheWrite5m: tokens(0), cacheWrite1h: tokens(0) }
        const bill = {
          usage: { ...usage, ...used, outputAudio: tokens(0) },
          prices: { ...receipt.prices, input: PRICE },
        }
        await writeReceipt(database, { ...receipt, ...bill, providerKey })
        while ((await store.counters.feed()) !== 0);
      },
      check: async () => {
        await one.watch.check()
        await other.administered.readPauses()
        await other.watch.check()
      },
      resume: async () => {
        await store.pauses.resume('p', { by: 'admin_key', reason: null })
        for (const { administered } of [one, other]) await administered.readPauses()
      },
      reasons: async () => (await store.pauses.open()).map(({ by, reason }) => `${by}: ${reason}`),
    }
  }

  test('a provider is paused at its stop, and not before', async () => {
    const { spend, check, reasons, one, other } = await stage({ day: 10 })
    await spend(6)
    await spend(3, 'b')
    await check()
    expect(await reasons()).toEqual([])
    await spend(1)
    await check()
    await check()
    expect(await reasons()).toEqual(['spend-stop: spend stop: 10.00 of 10.00 USD in the day 2026-11-21 (UTC)'])
    expect([one.administered.isPaused('p'), other.administered.isPaused('p')]).toEqual([true, true])
  })

  test('resumed, it goes on until as much has been spent again', async () => {
    const { spend, check, reasons, resume } = await stage({ day: 10 })
    await spend(12)
    await check()
    await resume()
    await check()
    await spend(9)
    await check()
    expect(await reasons()).toEqual([])
    await spend(1)
    await check()
    expect(await reasons()).toEqual(['spend-stop: spend stop: 22.00 of 10.00 USD in the day 2026-11-21 (UTC)'])
  })

  test('a pause outlasts its day; in the next one it begins from nothing', async () => {
    const { spend, check, reasons, resume, clock } = await stage({ day: 10 })
    await spend(12)
    await check()
    clock.nowMs += 24 * HOUR_MS
    await check()
    expect(await reasons()).toHaveLength(1)
    await resume()
    await spend(9)
    await check()
    expect(await reasons()).toEqual([])
    await spend(1)
    await check()
    expect(await reasons()).toEqual(['spend-stop: spend stop: 10.00 of 10.00 USD in the day 2026-11-22 (UTC)'])
  })

  test('both stops that are reached at once are resumed at once', async () => {
    const { spend, check, reasons, resume } = await stage({ day: 10, month: 11 })
    await spend(12)
    await check()
    expect((await reasons())[0]).toContain(
      'in the day 2026-11-21 (UTC); spend stop: 12.00 of 11.00 USD in the month 2026-11',
    )
    await resume()
    await check()
    expect(await reasons()).toEqual([])
  })

  test('the month counts days of before, and what is noticed late of them', async () => {
    const { spend, check, reasons, clock } = await stage({ month: 10 })
    await spend(4, 'a', NOON_MS - 10 * 24 * HOUR_MS)
    // Of the month before.
    await spend(100, 'a', NOON_MS - 30 * 24 * HOUR_MS)
    await spend(3)
    await check()
    expect(await reasons()).toEqual([])
    await spend(3, 'a', NOON_MS - 5 * 24 * HOUR_MS)
    clock.nowMs += 60_000
    await check()
    expect((await reasons())[0]).toContain('10.00 of 10.00 USD in the month 2026-11')
  })

  test('what an administrator paused stays paused as it was', async () => {
    const { spend, check, reasons, store, one } = await stage({ day: 1 })
    await store.pauses.pause('p', { by: 'admin_key', reason: 'invoice unpaid' })
    await one.administered.readPauses()
    await spend(2)
    await check()
    expect(await reasons()).toEqual(['admin_key: invoice unpaid'])
  })

  test('a key is left alone at its stop until its window is over, by every replica for itself, and no other key is', async () => {
    const { spend, check, one, other, clock, reasons } = await stage({}, { a: { day: 5, month: 100 } })
    await spend(4)
    await spend(50, 'b')
    await check()
    expect(one.block('a')).toBeUndefined()
    await spend(1)
    await check()
    await check()
    for (const replica of [one, other]) {
      expect(replica.block('a')).toMatchObject({ kind: 'spent', reason: 'spend-stop' })
      expect(Math.abs((replica.block('a')?.untilMs ?? 0) - Date.UTC(2026, 10, 22))).toBeLessThan(5)
      expect(replica.block('b')).toBeUndefined()
    }
    // An answer that was under way says nothing of what was spent.
    one.health.succeeded(keySubject('p', 'a'))
    expect(one.block('a')).toBeDefined()
    expect(await reasons()).toEqual([])
    clock.nowMs += 12 * HOUR_MS
    await check()
    expect([one.block('a'), other.block('a')]).toEqual([undefined, undefined])
  })

  test('a key that is resumed goes on everywhere until it has cost as much again', async () => {
    const { spend, check, one, other } = await stage({}, { a: { day: 5 } })
    await spend(6)
    await check()
    await one.watch.resume('p', 'a', 'admin_key')
    await check()
    expect([one.block('a'), other.block('a')]).toEqual([undefined, undefined])
    await spend(4)
    await check()
    expect(one.block('a')).toBeUndefined()
    await spend(1)
    await check()
    expect([one.block('a')?.kind, other.block('a')?.kind]).toEqual(['spent', 'spent'])
  })

  test('a stop that is raised or taken away lets its key go on', async () => {
    const { spend, check, one, configure } = await stage({}, { a: { day: 5 }, b: { day: 5 } })
    await spend(6)
    await spend(6, 'b')
    await check()
    configure({}, { a: { day: 50 }, b: { day: 5 } })
    await check()
    expect([one.block('a'), one.block('b')?.kind]).toEqual([undefined, 'spent'])
    configure({})
    await check()
    expect(one.block('b')).toBeUndefined()
  })

  test('what keeps a key away for longer stays, and what does so for less gives way', async () => {
    const { spend, check, one } = await stage({}, { a: { day: 5 }, b: { day: 5 } })
    const refused = { reason: 'key-refused', effect: 'disable', retryAfterMs: undefined } as const
    one.health.failed(keySubject('p', 'a'), refused)
    one.health.failed(keySubject('p', 'b'), { ...refused, reason: 'rate-limited', effect: 'wait', retryAfterMs: 1_000 })
    await spend(6)
    await spend(6, 'b')
    await check()
    expect([one.block('a')?.kind, one.block('b')?.kind]).toEqual(['refused', 'spent'])
  })
})
