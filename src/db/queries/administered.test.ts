import { beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import type { PriceVersion } from '../../canon/price.ts'
import { completePrices } from '../../providers/prices.ts'
import { nanoUsd } from '../../units.ts'
import { openShelf } from '../fixture.ts'
import { openStore } from '../store.ts'
import type { Change, Store } from '../types.ts'

const prices = (input: bigint) =>
  completePrices({
    input,
    output: input * 5n,
    cacheRead: undefined,
    cacheWrite5m: undefined,
    cacheWrite1h: undefined,
    inputAudio: undefined,
    outputAudio: 7n,
    units: { request: nanoUsd(1n), webSearches: nanoUsd(10_000_000n) },
  })

/** Everything that a price can have, with numbers that no float holds. */
const version = (effectiveFromMs: number, input = 9_007_199_254_740_993n): PriceVersion => ({
  effectiveFromMs,
  prices: prices(input),
  tiers: [{ aboveInputTokens: 200_000, prices: prices(input * 2n) }],
  serviceTiers: { flex: { prices: prices(3n), tiers: [{ aboveInputTokens: 5, prices: prices(4n) }] } },
})

const BY = 'admin_key'
const DAY_MS = 86_400_000

describe.each(DATABASES)('on %s', (kind) => {
  beforeAll(async () => (await openShelf(kind)).close(), START_TIMEOUT_MS)

  const withStores = async (use: (store: Store, other: Store, clock: { ms: number }) => Promise<void>) => {
    const clock = { ms: 1_000 * DAY_MS }
    const shelf = await openShelf(kind, () => clock.ms)
    try {
      await use(shelf.store, openStore(await shelf.place.open(), { nowMs: () => clock.ms }), clock)
    } finally {
      await shelf.close()
    }
  }
  const changesSince = async (store: Store, position: Awaited<ReturnType<Store['changes']['position']>>) => {
    const { changes } = await store.changes.after(position)
    return changes as readonly Change[]
  }

  test('a price is read as it was written, to the last digit, and other processes hear of it', () =>
    withStores(async (store, other, clock) => {
      const position = await other.changes.position()
      const set = await store.prices.add({ model: 'a/b', version: version(clock.ms), reason: 'why' }, BY)
      expect(await other.prices.find(set.id)).toEqual(set)
      expect(await other.prices.from(clock.ms)).toEqual([set])
      expect(await changesSince(other, position)).toEqual([{ kind: 'price', subjectId: 'a/b' }])
    }))

  test('of each model the price in force and all later ones are found, without those before and those withdrawn', () =>
    withStores(async (store, _, clock) => {
      const add = async (model: string, days: number) =>
        (await store.prices.add({ model, version: version(clock.ms + days * DAY_MS), reason: null }, BY)).id
      await add('one', -3)
      const inForce = [await add('one', -2), await add('one', -2)]
      const gone = await add('one', -1)
      const toCome = await add('one', 2)
      const onlyToCome = await add('two', 1)
      const price = await store.prices.find(gone)
      if (!price) throw new Error('a price is not there')
      await store.prices.withdraw(price, { by: BY, reason: null })
      const found = async (model?: string) => (await store.prices.from(clock.ms, model)).map(({ id }) => id)
      expect(await found()).toEqual([...inForce, onlyToCome, toCome])
      expect(await found('one')).toEqual([...inForce, toCome])
      expect(await found('two')).toEqual([onlyToCome])
      const listed = (await store.prices.list('one', { limit: 10 })).rows
      expect(listed.map(({ withdrawn }) => withdrawn !== null)).toEqual([false, true, false, false, false])
    }))

  test('a price is withdrawn once: the first act stands', () =>
    withStores(async (store, other, clock) => {
      const set = await store.prices.add({ model: 'm', version: version(clock.ms + DAY_MS), reason: null }, BY)
      const position = await other.changes.position()
      const first = await store.prices.withdraw(set, { by: BY, reason: 'first' })
      expect(first).toEqual({ ...set, withdrawn: { atMs: clock.ms, by: BY, reason: 'first' } })
      clock.ms += 1
      expect(await other.prices.withdraw(set, { by: 'command_line', reason: 'second' })).toEqual(first)
      expect((await changesSince(other, position)).map(({ kind: what }) => what)).toContain('price')
    }))

  test('a provider is paused once, however often and by whoever at once, and resumed once', () =>
    withStores(async (store, other, clock) => {
      const position = await other.changes.position()
      const pauses = await Promise.all(
        [store, other, store, other].map((each, index) => each.pauses.pause('p', { by: BY, reason: `${index}` })),
      )
      expect(new Set(pauses.map(({ reason }) => reason)).size).toBe(1)
      expect(await other.pauses.open()).toEqual([pauses[0] as never])
      clock.ms += 1
      const act = { by: 'command_line', reason: null }
      const resumed = await Promise.all([store, other].map((each) => each.pauses.resume('p', act)))
      expect(resumed.toSorted()).toEqual([false, true])
      expect(await store.pauses.open()).toEqual([])
      expect(await store.pauses.pause('p', act)).toEqual({ providerId: 'p', atMs: clock.ms, ...act })
      const told = await changesSince(other, position)
      expect(new Set(told.map(({ kind: what, subjectId }) => `${what} ${subjectId}`))).toEqual(new Set(['pause p']))
    }))
})
