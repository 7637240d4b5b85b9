import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { lateIdOf, type Receipt } from '../../canon/receipt.ts'
import { quantileOf } from '../../counters/durations.ts'
import { NO_USAGE } from '../../canon/usage.ts'
import { receiptOf } from '../../ledger/fixture.ts'
import { nanoUsd, tokens } from '../../units.ts'
import { openShelf, type Shelf, writeReceipt } from '../fixture.ts'
import { SERIES_DIMENSIONS, type SeriesFilter, type SeriesPoint } from '../types.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const FROM_MS = Date.UTC(2026, 10, 20)

const RECEIPTS: readonly Receipt[] = Array.from({ length: 120 }, (_, index) =>
  receiptOf({ userId: `user_${index % 2}`, keyId: `key_${index % 4}` }, `req_${index}`, {
    // Two days, to the last millisecond of an hour.
    atMs: FROM_MS + Math.floor(index / 3) * HOUR_MS + (index % 3 === 0 ? 0 : HOUR_MS - 1),
    projectId: index % 3 === 0 ? null : `project_${index % 3}`,
    modelServed: `model-${index % 3}`,
    provider: `provider-${index % 2}`,
    ended: index % 10 === 0 ? 'failed' : 'whole',
    latencyMs: 90 * (index + 1),
    ttftMs: index % 2 === 0 ? null : 10 * index,
    usage: { ...NO_USAGE, input: tokens(100 + index), cacheRead: tokens(index), output: tokens(7) },
    cost: nanoUsd(BigInt(index) * 9_000_000_000_000n),
  }),
)
// What ended too late is no second request, and its money counts.
const LATE = receiptOf({ userId: 'user_0', keyId: 'key_0' }, lateIdOf('req_0'), {
  ...{ atMs: FROM_MS, cost: nanoUsd(5n), modelServed: 'model-0', provider: 'provider-0', latencyMs: 1, ttftMs: 1 },
})

const nameOf = (receipt: Receipt, by: SeriesFilter['by']): string => {
  if (by === undefined) return ''
  return by === 'model' ? receipt.modelServed : (receipt[by] ?? '')
}

interface Expected {
  requests: number
  failed: number
  cost: bigint
  input: number
  latencies: number[]
  ttfts: number[]
}

/** Added up without any code of the counters. */
const expected = (filter: SeriesFilter): ReadonlyMap<string, Expected> => {
  const points = new Map<string, Expected>()
  const lengthMs = filter.interval === 'hour' ? HOUR_MS : DAY_MS
  for (const receipt of [...RECEIPTS, LATE]) {
    const { sinceMs, untilMs, userId, keyId, projectId, model, provider } = filter
    if (receipt.atMs < sinceMs || receipt.atMs >= untilMs) continue
    if (userId !== undefined && receipt.userId !== userId) continue
    if (keyId !== undefined && receipt.keyId !== keyId) continue
    if (projectId !== undefined && receipt.projectId !== projectId) continue
    if (model !== undefined && receipt.modelServed !== model) continue
    if (provider !== undefined && receipt.provider !== provider) continue
    const at = Math.floor(receipt.atMs / lengthMs) * lengthMs
    const name = `${at} ${nameOf(receipt, filter.by)}`
    const point = points.get(name) ?? { requests: 0, failed: 0, cost: 0n, input: 0, latencies: [], ttfts: [] }
    points.set(name, point)
    const isLate = receipt === LATE
    point.requests += isLate ? 0 : 1
    point.failed += receipt.ended === 'failed' ? 1 : 0
    point.cost += receipt.cost
    point.input += receipt.usage.input
    if (isLate || receipt.ended === 'failed') continue
    point.latencies.push(receipt.latencyMs)
    if (receipt.ttftMs !== null) point.ttfts.push(receipt.ttftMs)
  }
  return points
}

const shown = (points: readonly SeriesPoint[]) =>
  new Map(
    points.map((point) => [
      `${point.atMs} ${point.by}`,
      {
        requests: point.requests,
        failed: point.failed,
        cost: BigInt(point.cost),
        input: point.input,
        latencies: point.latency.reduce((sum, count) => sum + Number(count), 0),
        ttfts: point.ttft.reduce((sum, count) => sum + Number(count), 0),
      },
    ]),
  )
const counted = (points: ReadonlyMap<string, Expected>) =>
  new Map(
    [...points].map(([name, { latencies, ttfts, ...rest }]) => [
      name,
      { ...rest, latencies: latencies.length, ttfts: ttfts.length },
    ]),
  )

const ALL: SeriesFilter = { interval: 'day', sinceMs: FROM_MS, untilMs: FROM_MS + 2 * DAY_MS }
const FILTERS: readonly (readonly [what: string, SeriesFilter])[] = [
  ['days', ALL],
  ['hours', { ...ALL, interval: 'hour' }],
  ['hours of one user', { ...ALL, interval: 'hour', userId: 'user_0' }],
  [
    'some hours',
    { ...ALL, interval: 'hour', userId: 'user_1', sinceMs: FROM_MS + HOUR_MS, untilMs: FROM_MS + 3 * HOUR_MS },
  ],
  ['one day', { ...ALL, untilMs: FROM_MS + DAY_MS }],
  ['a key', { ...ALL, userId: 'user_1', keyId: 'key_3' }],
  ['a project', { ...ALL, interval: 'hour', projectId: 'project_2' }],
  ['a model', { ...ALL, model: 'model-1' }],
  ['a provider', { ...ALL, interval: 'hour', provider: 'provider-1' }],
  ...SERIES_DIMENSIONS.flatMap((by): (readonly [string, SeriesFilter])[] => [
    [`days by ${by}`, { ...ALL, by }],
    [`hours by ${by} of one user`, { ...ALL, interval: 'hour', userId: 'user_0', by }],
  ]),
]

describe.each([...DATABASES])('series on %s', (kind) => {
  let shelf: Shelf
  beforeAll(async () => {
    shelf = await openShelf(kind)
    for (const receipt of [...RECEIPTS, LATE]) await writeReceipt(shelf.database, receipt)
    while ((await shelf.store.counters.feed(50)) !== 0);
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  test.each([...FILTERS])('%s add up to what the receipts say', async (_what, filter) => {
    const wanted = counted(expected(filter))
    expect(wanted.size).toBeGreaterThan(0)
    expect(shown(await shelf.store.series.points(filter, 10_000))).toEqual(wanted)
  })

  test('durations are counted in steps that quantiles can be told from', async () => {
    const [point] = await shelf.store.series.points({ ...ALL, untilMs: FROM_MS + DAY_MS }, 10)
    const [exact] = expected({ ...ALL, untilMs: FROM_MS + DAY_MS }).values()
    const half =
      exact?.latencies.toSorted((one, other) => one - other)[Math.ceil((exact.latencies.length - 1) / 2)] ?? 0
    const told = quantileOf(point?.latency ?? [], 0.5) ?? 0
    expect(Math.abs(told - half) / half).toBeLessThan(0.15)
  })

  test('what is made anew is the same', async () => {
    expect(await shelf.store.counters.rebuild()).toBe(0)
  })

  test('points come in the order of time, and no more than are wanted', async () => {
    const points = await shelf.store.series.points({ ...ALL, interval: 'hour' }, 5)
    expect(points.map(({ atMs }) => atMs)).toEqual([0, 1, 2, 3, 4].map((hour) => FROM_MS + hour * HOUR_MS))
  })
})
