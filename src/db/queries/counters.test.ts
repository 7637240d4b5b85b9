import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { type DatabaseKind, DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { lateIdOf, type Receipt } from '../../canon/receipt.ts'
import { COUNTS, type Daily, DIMENSIONS } from '../../counters/daily.ts'
import { receiptOf } from '../../ledger/fixture.ts'
import { nanoUsd, partsPerMillion, tokens } from '../../units.ts'
import type { Database } from '../database.ts'
import { openKysely } from '../dialect.ts'
import { openShelf, type Shelf, writeReceipt } from '../fixture.ts'
import { openStore } from '../store.ts'
import type { Tables } from '../tables.ts'
import type { Store } from '../types.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Numbers that look random and are the same each time. */
const sequenceOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const MIDNIGHT_MS = Date.UTC(2026, 10, 21)
const ENDED = ['whole', 'whole', 'client_cut', 'upstream_cut', 'failed', 'abandoned'] as const

const randomReceipts = (count: number, seed: number): readonly Receipt[] => {
  const next = sequenceOf(seed)
  return Array.from({ length: count }, (_, index) => {
    const who = { userId: `user_${next(3)}`, keyId: `key_${next(4)}` }
    return receiptOf(who, `req_${seed}_${index}`, {
      // Around midnight, to the millisecond.
      atMs: MIDNIGHT_MS - 2 + next(5),
      projectId: next(3) === 0 ? `project_${next(2)}` : null,
      modelServed: `model ${next(2)} "é"`,
      provider: `provider-${next(2)}`,
      ended: ENDED[next(ENDED.length)] ?? 'whole',
      usage: {
        input: tokens(next(1_000_000)),
        inputAudio: tokens(next(50)),
        cacheRead: tokens(next(9_000)),
        cacheWrite5m: tokens(next(900)),
        cacheWrite1h: tokens(next(90)),
        output: tokens(next(100_000)),
        outputAudio: tokens(next(7)),
        reasoning: tokens(next(5)),
      },
      multipliers: {
        user: partsPerMillion(1_500_000n),
        model: partsPerMillion(1_000_000n),
        group: partsPerMillion(900_000n),
        planDiscount: partsPerMillion(300_000n),
      },
      // More than what a double holds exactly, once they are added up.
      cost: nanoUsd(BigInt(next(1_000_000_000)) * 9_007_199n),
      uncollected: nanoUsd(BigInt(next(1_000))),
    })
  })
}

/** The counters as they should be, made without any code of theirs. */
const expected = (receipts: readonly Receipt[]): Readonly<Record<string, readonly string[]>> => {
  const sums: Record<string, bigint[]> = {}
  for (const one of receipts) {
    const day = one.atMs < MIDNIGHT_MS ? '2026-11-20' : '2026-11-21'
    const name = [day, one.userId, one.keyId, one.projectId ?? '', one.modelServed, one.provider].join('|')
    const { input, inputAudio, cacheRead, cacheWrite5m, cacheWrite1h, output, outputAudio, reasoning } = one.usage
    const buckets = [input, inputAudio, cacheRead, cacheWrite5m, cacheWrite1h, output, outputAudio].map(BigInt)
    // All cost the same in the fixture: $3 a million, so 3000 nano-dollars each.
    const listed = buckets.reduce((sum, count) => sum + count, 0n) * 3_000n
    // What a process that died had asked for is priced by nobody.
    const isUnpriced = one.ended === 'abandoned' ? 1n : 0n
    const isFailed = one.ended === 'failed' || one.ended === 'abandoned' ? 1n : 0n
    const own = [1n, isFailed, isUnpriced, ...buckets, BigInt(reasoning), BigInt(one.cost), BigInt(one.uncollected)]
    own.push(isUnpriced ? 0n : listed)
    sums[name] = (sums[name] ?? own.map(() => 0n)).map((sum, index) => sum + (own[index] ?? 0n))
  }
  return Object.fromEntries(Object.entries(sums).map(([name, values]) => [name, values.map(String)]))
}

const shown = (rows: readonly Daily[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    rows.map((row) => [
      DIMENSIONS.map((dimension) => row[dimension]).join('|'),
      COUNTS.map((count) => row[count].toString()),
    ]),
  )

const ALWAYS = { since: '2000-01-01', until: '2100-01-01' }
const all = async (store: Store) => shown(await store.counters.usage(ALWAYS, DIMENSIONS, 10_000))

const feedAll = async (counters: Store['counters'], limit = 7): Promise<number> => {
  for (let fed = 0; ; ) {
    const more = await counters.feed(limit)
    if (more === 0) return fed
    if (more !== 'busy') fed += more
  }
}

const writeAll = async (database: Database, receipts: readonly Receipt[]): Promise<void> => {
  for (const receipt of receipts) await writeReceipt(database, receipt)
}

/** From now on nothing can be written to the counters. */
const breakCounters: Readonly<Record<DatabaseKind, (db: Kysely<Tables>) => Promise<unknown>>> = {
  sqlite: (db) =>
    sql`CREATE TRIGGER on_purpose AFTER UPDATE ON daily_usage BEGIN SELECT RAISE(ABORT, 'on purpose'); END`.execute(db),
  postgres: async (db) => {
    await sql`CREATE FUNCTION on_purpose() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN RAISE EXCEPTION 'on purpose'; END $$`.execute(db)
    await sql`CREATE TRIGGER on_purpose AFTER UPDATE ON daily_usage
      FOR EACH ROW EXECUTE FUNCTION on_purpose()`.execute(db)
  },
}

const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'not rejected',
    (error: unknown) => String(error),
  )

describe.each(DATABASES)('on %s', (kind) => {
  const open = async (): Promise<Shelf> => {
    const shelf = await openShelf(kind)
    cleanups.push(() => shelf.close())
    return shelf
  }
  beforeAll(async () => (await openShelf(kind)).close(), START_TIMEOUT_MS)

  test('counters are what receipts add up to, to the nano-dollar, by every dimension', async () => {
    const { database, store } = await open()
    const receipts = randomReceipts(150, 1)
    await writeAll(database, receipts.slice(0, 100))
    expect(await feedAll(store.counters)).toBe(100)
    await writeAll(database, receipts.slice(100))
    expect(await feedAll(store.counters)).toBe(50)
    expect(await feedAll(store.counters)).toBe(0)
    expect(await all(store)).toEqual(expected(receipts))
    // What providers are owed is the same, request by request, as it is by day.
    const owed = sql<{ account: string; amount: bigint }>`SELECT account_id AS account, SUM(amount_nano) AS amount
      FROM provider_postings GROUP BY account_id ORDER BY account_id`
    const { rows } = await owed.execute(openKysely(database))
    const posted = rows.map(({ account, amount }) => [account, String(amount)])
    const house = await store.balances.house()
    const counted = house.filter(({ account }) => account.startsWith('provider:') || account.endsWith('-costs'))
    expect(posted).toEqual(counted.map(({ account, balance }) => [account, balance.toString()]))
    expect(house.reduce((sum, { balance }) => sum + balance, 0n)).toBe(0n)
  })

  test('a crash between reading receipts and committing loses none and counts none twice', async () => {
    const { database, store } = await open()
    const receipts = randomReceipts(40, 2)
    await writeAll(database, receipts)
    await store.counters.feed(15)
    const db = openKysely(database)
    await breakCounters[kind](db)
    expect(await rejection(store.counters.feed(15))).toContain('on purpose')
    await sql.raw(`DROP TRIGGER on_purpose${kind === 'sqlite' ? '' : ' ON daily_usage'}`).execute(db)
    await feedAll(store.counters)
    expect(await all(store)).toEqual(expected(receipts))
  })

  test('what a vendor may write of a usage does not stop the counting', async () => {
    const { database, store } = await open()
    const receipts = randomReceipts(6, 8).map((receipt, index) => {
      const hostile = ['\0', '\ud800', '\udfff', 'a\\u0000', '\\\0\\\\\0', '"\0"}'][index] ?? ''
      return { ...receipt, rawUsage: { [`name${hostile}`]: hostile, usage: { input: 'no' } }, warnings: [hostile] }
    })
    await writeAll(database, receipts)
    expect(await feedAll(store.counters)).toBe(6)
    expect(await all(store)).toEqual(expected(receipts))
  })

  test('amounts beyond what 64 bits hold stop neither the counting nor what is asked of it', async () => {
    const { database, store } = await open()
    const [first, ...others] = randomReceipts(12, 10)
    if (!first) throw new Error('no receipt')
    const absurd = { ...first, cost: nanoUsd(2n ** 63n - 1n), uncollected: nanoUsd(10n ** 22n) }
    await writeAll(database, [absurd, { ...absurd, requestId: 'req_absurd_2' }, ...others])
    expect(await feedAll(store.counters)).toBe(13)
    const ten = 10_000_000_000_000_000n
    const [none] = await store.counters.usage(ALWAYS, [], 1)
    const sum = others.reduce((all, { cost }) => all + cost, 0n)
    expect([none?.requests, none?.costNanoUsd]).toEqual([13n, 2n * ten + sum])
    // Counters that are full already.
    await sql`UPDATE daily_usage SET cost_nano = 8999999999999999999, provider_cost_nano = 8999999999999999999`.execute(
      openKysely(database),
    )
    const rows = (await store.counters.usage(ALWAYS, DIMENSIONS, 100)).length
    expect(rows).toBeGreaterThan(2)
    await writeAll(database, [{ ...absurd, requestId: 'req_absurd_3' }])
    expect(await feedAll(store.counters)).toBe(1)
    const [all] = await store.counters.usage(ALWAYS, [], 1)
    expect(all?.costNanoUsd).toBe(8_999_999_999_999_999_999n * BigInt(rows) + 1n)
    expect((await store.balances.house()).reduce((total, { balance }) => total + balance, 0n)).toBe(0n)
    expect(await store.counters.rebuild()).toBeGreaterThan(0)
    expect((await store.counters.usage(ALWAYS, [], 1))[0]?.costNanoUsd).toBe(3n * ten + sum)
  })

  test('the second receipt of a request that ended too late adds what it cost, and no request', async () => {
    const { database, store } = await open()
    const [first] = randomReceipts(1, 9)
    if (!first) throw new Error('no receipt')
    await writeAll(database, [
      { ...first, ended: 'abandoned', cost: nanoUsd(0n) },
      { ...first, ended: 'whole', requestId: lateIdOf(first.requestId), cost: nanoUsd(7n) },
    ])
    expect(await feedAll(store.counters)).toBe(2)
    const [day] = await store.counters.usage(ALWAYS, [], 1)
    expect(day).toMatchObject({ requests: 1n, failed: 1n, costNanoUsd: 7n })
  })

  test('of two processes that count at once, each receipt is counted by one', async () => {
    const { place, database, store } = await open()
    const other = openStore(await place.open())
    const receipts = randomReceipts(120, 3)
    await writeAll(database, receipts.slice(0, 80))
    const writing = writeAll(database, receipts.slice(80))
    const [own, others] = await Promise.all([feedAll(store.counters, 4), feedAll(other.counters, 4), writing])
    const rest = await feedAll(store.counters)
    expect(own + others + rest).toBe(120)
    expect(await all(other)).toEqual(expected(receipts))
  })

  test('counting anew finds nothing wrong with right counters, and mends wrong, missing and superfluous ones', async () => {
    const { database, store } = await open()
    const receipts = randomReceipts(60, 4)
    await writeAll(database, receipts)
    await feedAll(store.counters)
    expect(await store.counters.rebuild()).toBe(0)
    const db = openKysely(database)
    const [wrong, missing] = await store.counters.usage(
      ALWAYS,
      ['day', 'userId', 'keyId', 'projectId', 'model', 'provider'],
      2,
    )
    const where = (row: Daily | undefined) =>
      sql`day = ${row?.day} AND user_id = ${row?.userId} AND key_id = ${row?.keyId} AND project_id = ${row?.projectId}
        AND model = ${row?.model} AND provider = ${row?.provider}`
    await sql`UPDATE daily_usage SET cost_nano = cost_nano + 1 WHERE ${where(wrong)}`.execute(db)
    await sql`DELETE FROM daily_usage WHERE ${where(missing)}`.execute(db)
    const others =
      sql.raw(`user_id, key_id, project_id, model, provider, requests, failed, unpriced, input, input_audio,
      cache_read, cache_write_5m, cache_write_1h, output, output_audio, reasoning, cost_nano, uncollected_nano,
      provider_cost_nano`)
    await sql`INSERT INTO daily_usage (day, ${others}) SELECT '1999-01-01', ${others} FROM daily_usage WHERE ${where(wrong)}`.execute(
      db,
    )
    expect(await store.counters.rebuild()).toBe(3)
    expect(await all(store)).toEqual(expected(receipts))
    expect(await store.counters.usage({ since: '1999-01-01', until: '1999-01-01' }, ['day'], 10)).toEqual([])
    expect(await store.counters.rebuild()).toBe(0)
  })

  test('counting anew while receipts are written and counted counts each once', async () => {
    const { place, database, store } = await open()
    const other = openStore(await place.open())
    const receipts = randomReceipts(300, 5)
    await writeAll(database, receipts.slice(0, 250))
    await feedAll(store.counters, 60)
    const busy = (async () => {
      for (const receipt of receipts.slice(250)) {
        await writeReceipt(database, receipt)
        await store.counters.feed(3)
      }
    })()
    const [differing] = await Promise.all([other.counters.rebuild(), busy])
    expect(differing).toBe(0)
    await feedAll(store.counters)
    expect(await all(store)).toEqual(expected(receipts))
    expect(await other.counters.rebuild()).toBe(0)
  })

  test('usage is summed by what is asked for, narrowed, and in order', async () => {
    const { database, store } = await open()
    const receipts = randomReceipts(90, 6)
    await writeAll(database, receipts)
    await feedAll(store.counters)
    const byModel = await store.counters.usage({ ...ALWAYS, userId: 'user_1' }, ['model', 'day'], 100)
    const own = receipts.filter(({ userId }) => userId === 'user_1')
    expect(byModel.reduce((sum, { requests }) => sum + requests, 0n)).toBe(BigInt(own.length))
    expect(byModel.map(({ model, day }) => `${model} ${day}`)).toEqual(
      byModel.map(({ model, day }) => `${model} ${day}`).sort(),
    )
    expect(byModel.every(({ userId, keyId }) => userId === '' && keyId === '')).toBe(true)
    const [day] = await store.counters.usage({ since: '2026-11-21', until: '2026-11-21' }, ['day'], 100)
    expect(Number(day?.requests)).toBe(receipts.filter(({ atMs }) => atMs >= MIDNIGHT_MS).length)
    const [none] = await store.counters.usage({ ...ALWAYS, provider: 'nobody' }, [], 100)
    expect(none?.costNanoUsd).toBe(0n)
  })
})

test(
  'on postgres, a receipt whose transaction commits late is counted, and once',
  async () => {
    const shelf = await openShelf('postgres')
    cleanups.push(() => shelf.close())
    const { place, database, store } = shelf
    const receipts = randomReceipts(4, 7)
    const [late, ...others] = receipts
    if (!late) throw new Error('no receipt')
    const slow = openKysely(await place.open())
    const isWritten = Promise.withResolvers<void>()
    const mayCommit = Promise.withResolvers<void>()
    const committing = slow.transaction().execute(async (transaction) => {
      await writeReceipt(database, { ...late, requestId: 'template' })
      await sql`INSERT INTO receipts (request_id, at_ms, user_id, key_id, heading_id, status, ended, cost_nano, body)
      SELECT ${late.requestId}, at_ms, user_id, key_id, heading_id, status, ended, cost_nano, body
      FROM receipts WHERE request_id = 'template'`.execute(transaction)
      isWritten.resolve()
      await mayCommit.promise
    })
    await isWritten.promise
    await writeAll(database, others)
    expect(await feedAll(store.counters)).toBe(4)
    expect(await store.counters.rebuild()).toBe(0)
    mayCommit.resolve()
    await committing
    expect(await store.counters.rebuild()).toBe(0)
    expect(await feedAll(store.counters)).toBe(1)
    expect(await all(store)).toEqual(expected([late, ...receipts]))
    expect(await store.counters.rebuild()).toBe(0)
  },
  START_TIMEOUT_MS,
)
