import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { lateIdOf, type Receipt } from '../../canon/receipt.ts'
import { providerCostOf } from '../../counters/provider-cost.ts'
import { receiptOf } from '../../ledger/fixture.ts'
import { nanoUsd, partsPerMillion } from '../../units.ts'
import { openKysely } from '../dialect.ts'
import { openShelf, type Shelf, writeReceipt } from '../fixture.ts'
import { COLUMN_WORDS } from '../migrations/index.ts'
import { spendStops } from '../migrations/0011-spend-stops.ts'
import { widenProviderUsage } from '../migrations/0016-logs.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const MIDNIGHT_MS = Date.UTC(2026, 10, 21)
const WHO = { userId: 'user_1', keyId: 'key_1' }

/** Two providers, two keys and none, two models, around midnight, at two prices of the account. */
const RECEIPTS: readonly Receipt[] = Array.from({ length: 48 }, (_, index) => ({
  ...receiptOf(WHO, `req_${index}`, {
    atMs: MIDNIGHT_MS - 2 + (index % 4),
    provider: `provider-${index % 2}`,
    modelServed: `model "${index % 3 === 0 ? 'é' : 'e'}"`,
  }),
  ...(index % 3 === 2 ? {} : { providerKey: `key ${index % 3}` }),
  ...(index % 5 === 0 ? { providerMultiplier: partsPerMillion(333_333n) } : {}),
}))

/** What the costs should add up to, made without any code of theirs. */
const expectedCosts = (receipts: readonly Receipt[]): Readonly<Record<string, string>> => {
  const sums: Record<string, bigint> = {}
  for (const one of receipts) {
    const name = `${one.atMs < MIDNIGHT_MS ? '2026-11-20' : '2026-11-21'}|${one.provider}|${one.providerKey ?? ''}`
    sums[name] = (sums[name] ?? 0n) + (providerCostOf(one) ?? 0n)
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum.toString()]))
}

const costsIn = async ({ store }: Shelf): Promise<Readonly<Record<string, string>>> => {
  const costs = await store.providerUsage.costs('2026-01-01', '2026-12-31')
  return Object.fromEntries(
    costs.map(({ day, provider, providerKey, cost }) => [`${day}|${provider}|${providerKey}`, cost.toString()]),
  )
}

const feedAll = async ({ store }: Shelf): Promise<void> => {
  while ((await store.counters.feed(7)) !== 0);
}

const writeAll = async ({ database }: Shelf, receipts: readonly Receipt[]): Promise<void> => {
  for (const receipt of receipts) await writeReceipt(database, receipt)
}

describe.each(DATABASES)('on %s', (kind) => {
  const open = async (): Promise<Shelf> => {
    const shelf = await openShelf(kind)
    cleanups.push(() => shelf.close())
    return shelf
  }
  beforeAll(async () => (await openShelf(kind)).close(), START_TIMEOUT_MS)

  test('providers cost by day and key what the receipts say, and counting anew finds the same', async () => {
    const shelf = await open()
    await writeAll(shelf, RECEIPTS.slice(0, 30))
    await feedAll(shelf)
    await writeAll(shelf, RECEIPTS.slice(30))
    await feedAll(shelf)
    expect(await costsIn(shelf)).toEqual(expectedCosts(RECEIPTS))
    expect(await shelf.store.counters.rebuild()).toBe(0)
    expect(await shelf.store.providerUsage.costs('2026-11-22', '2026-12-31')).toEqual([])
    await sql`UPDATE daily_provider_usage SET provider_cost_nano = 1 WHERE provider = 'provider-0'`.execute(
      openKysely(shelf.database),
    )
    await sql`DELETE FROM daily_provider_usage WHERE provider_key = 'key 1'`.execute(openKysely(shelf.database))
    expect(await shelf.store.counters.rebuild()).toBeGreaterThan(1)
    expect(await costsIn(shelf)).toEqual(expectedCosts(RECEIPTS))
  })

  test('a counter beside the largest number there is goes on, and is read to the last digit', async () => {
    const shelf = await open()
    await writeAll(shelf, RECEIPTS.slice(0, 1))
    await feedAll(shelf)
    await sql`UPDATE daily_provider_usage SET provider_cost_nano = 8999999999999999999`.execute(
      openKysely(shelf.database),
    )
    await writeAll(shelf, [{ ...(RECEIPTS[0] as Receipt), requestId: 'req_more' }])
    await feedAll(shelf)
    const [full] = await shelf.store.providerUsage.costs('2026-01-01', '2026-12-31')
    expect(full?.cost).toBeGreaterThan(8_999_999_999_999_999_999n)
  })

  test('who was left without an answer is counted by model, but not who sent or did something wrong', async () => {
    const shelf = await open()
    const endings: readonly (readonly [Receipt['ended'], number, number])[] = [
      ['whole', 200, 0],
      ['client_cut', 499, 0],
      ['upstream_cut', 200, 1],
      ['abandoned', 0, 1],
      ['failed', 400, 0],
      ['failed', 404, 0],
      ['failed', 408, 1],
      ['failed', 429, 1],
      ['failed', 499, 0],
      ['failed', 502, 1],
      ['failed', 503, 1],
      ['failed', 504, 1],
    ]
    await writeAll(
      shelf,
      endings.map(([ended, status], index) => receiptOf(WHO, `req_${index}`, { atMs: MIDNIGHT_MS, ended, status })),
    )
    // The second receipt of one that was given up.
    await writeAll(shelf, [receiptOf(WHO, lateIdOf('req_3'), { atMs: MIDNIGHT_MS, ended: 'upstream_cut' })])
    await feedAll(shelf)
    const broken = endings.reduce((sum, [, , each]) => sum + each, 0)
    const [{ model } = { model: '' }] = await shelf.store.providerUsage.served('2026-11-21')
    expect(await shelf.store.providerUsage.served('2026-11-21')).toEqual([
      { day: '2026-11-21', model, requests: endings.length, broken },
    ])
    expect(await shelf.store.providerUsage.served('2026-11-22')).toEqual([])
    expect(await shelf.store.counters.rebuild()).toBe(0)
  })

  test('what had been counted before these counters were there is in them, as counting anew has it', async () => {
    const shelf = await open()
    const before = RECEIPTS.map(({ providerKey: _, ...receipt }, index) => ({
      ...receipt,
      ...(index % 7 === 0 && { ended: 'failed' as const, status: 502 }),
    }))
    await writeAll(shelf, before.slice(0, 40))
    await feedAll(shelf)
    const db = openKysely(shelf.database)
    await sql`DROP TABLE daily_provider_usage`.execute(db)
    await sql`DROP TABLE daily_provider_usage_rebuilt`.execute(db)
    await sql`DROP TABLE spend_resumes`.execute(db)
    await sql`ALTER TABLE provider_pauses DROP COLUMN spent`.execute(db)
    // Not counted yet: that is for the feeder.
    await writeAll(shelf, before.slice(40))
    await spendStops.up(db as never, COLUMN_WORDS[kind])
    await widenProviderUsage(db as never, COLUMN_WORDS[kind])
    expect(await costsIn(shelf)).toEqual(expectedCosts(before.slice(0, 40)))
    // All but how long they took, which nobody had counted.
    const counted = sql`SELECT day, provider, provider_key, model, requests, broken, failed, unpriced, input, output,
      cache_read, cost_nano, uncollected_nano, provider_cost_nano FROM daily_provider_usage ORDER BY 1, 2, 3, 4`
    const { rows: widened } = await counted.execute(db)
    await shelf.store.counters.rebuild()
    expect((await counted.execute(db)).rows).toEqual(widened)
    await feedAll(shelf)
    expect(await costsIn(shelf)).toEqual(expectedCosts(before))
    expect(await shelf.store.counters.rebuild()).toBe(0)
  })

  test('what was resumed is known with what had been spent by then, of providers and of keys', async () => {
    const shelf = await open()
    const { pauses, spendStops: stops } = shelf.store
    const spent = { day: { from: '2026-11-21', spent: nanoUsd(10n ** 19n) } }
    const sinceMs = Date.now() - 60_000
    await pauses.pause('provider-0', { by: 'spend-stop', reason: 'because', spent })
    await pauses.pause('provider-1', { by: 'admin_key', reason: null })
    expect(await stops.resumed(sinceMs)).toEqual([])
    for (const id of ['provider-0', 'provider-1']) await pauses.resume(id, { by: 'admin_key', reason: null })
    await stops.resume('provider-0', 'key 1', { month: { from: '2026-11-01', spent: nanoUsd(5n) } }, 'admin_key')
    await stops.resume('provider-0', 'key 1', spent, 'admin_key')
    const found = await stops.resumed(sinceMs)
    expect(found.toSorted((one, other) => one.providerKey.localeCompare(other.providerKey))).toEqual([
      { provider: 'provider-0', providerKey: '', spent },
      { provider: 'provider-0', providerKey: 'key 1', spent },
    ])
    expect((await stops.resumed(Date.now() + 60_000)).map(({ providerKey }) => providerKey)).toEqual(['key 1'])
  })
})
