import { afterEach, expect, test } from 'bun:test'
import { retryHeaders } from '../errors.ts'
import { type Budget, type BudgetRule, type BudgetWindow, windowEndMs, windowStartMs } from './budgets.ts'
import { type Bench, holdRequest, makeUser, openBench, receiptFor, receiptOf, usd } from './fixture.ts'
import { openLedger } from './ledger.ts'
import type { HoldRequest } from './types.ts'

const NOON_MS = Date.UTC(2026, 10, 21, 12)
const DAY_MS = 86_400_000

test.each<[BudgetWindow, string, string, string | undefined]>([
  ['total', '2026-11-21T12:00:00Z', '1970-01-01T00:00:00Z', undefined],
  ['5h', '1970-01-01T04:59:59Z', '1970-01-01T00:00:00Z', '1970-01-01T05:00:00Z'],
  ['5h', '1970-01-02T00:00:00Z', '1970-01-01T20:00:00Z', '1970-01-02T01:00:00Z'],
  ['day', '2026-11-21T23:59:59Z', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'],
  ['day', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['week', '2026-11-22T23:59:59Z', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['week', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
  ['month', '2024-02-29T12:00:00Z', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
  ['month', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
])('the window %s of %s goes from %s to %s', (window, at, start, end) => {
  const atMs = Date.parse(at)
  expect(windowStartMs(window, atMs)).toBe(Date.parse(start))
  expect(windowEndMs(window, atMs)).toBe(end === undefined ? undefined : Date.parse(end))
})

const opened: Bench[] = []
afterEach(async () => {
  for (const bench of opened.splice(0)) await bench.close()
})

const open = async (credit = 1_000_000n) => {
  const clock = { nowMs: NOON_MS }
  const bench = await openBench(':memory:', { nowMs: () => clock.nowMs })
  opened.push(bench)
  return { ...bench, clock, who: await makeUser(bench, credit) }
}

type Who = { readonly userId: string; readonly keyId: string }

const ofKey = ({ keyId }: Who, ...rules: readonly [BudgetWindow, bigint][]): readonly Budget[] =>
  rules.map(([window, limit]) => ({ subject: `key:${keyId}`, window, limit: usd(limit) }))

const asking = (who: Who, id: string, amount: bigint, budgets: readonly Budget[], atMs = NOON_MS): HoldRequest =>
  holdRequest(who, id, amount, { budgets, atMs, heading: receiptOf(who, id, { atMs }) })

const spendsIn = async ({ database }: Pick<Bench, 'database'>) => {
  const rows = await database.run([
    { sql: 'SELECT * FROM spends ORDER BY subject, "window", start_ms', parameters: [] },
  ])
  if (!rows.ok) throw new Error(rows.error.message)
  return (rows.value[0]?.rows ?? []).map((row) => [row['window'], Number(row['spent_nano']), Number(row['held_nano'])])
}

test.each<BudgetWindow>(['total', '5h', 'day', 'week', 'month'])(
  'of 500 parallel requests a budget %s for 100 lets exactly 100 in',
  async (window) => {
    const { ledger, who } = await open()
    const budgets = ofKey(who, [window, 10_050n])
    const ids = Array.from({ length: 500 }, (_, index) => `req_${index}`)
    const holds = await Promise.all(ids.map(async (id) => ledger.hold(asking(who, id, 100n, budgets))))
    expect(holds.filter(({ ok }) => ok)).toHaveLength(100)
    await ledger.flush()
    expect(await ledger.check()).toMatchObject({ ok: true, faults: [], openHolds: 100 })
  },
)

test('a budget of a window begins anew with the next, and the refusal before says when', async () => {
  const { ledger, clock, who } = await open()
  const budgets = ofKey(who, ['day', 1_000n])
  expect(await ledger.hold(asking(who, 'req_1', 900n, budgets))).toMatchObject({ ok: true })
  ledger.settle('req_1', usd(900n), receiptFor(who, 'req_1'))
  const refused = await ledger.hold(asking(who, 'req_2', 101n, budgets))
  expect(refused).toMatchObject({
    error: {
      kind: 'key-budget-exceeded',
      retryAfterMs: DAY_MS / 2,
      message: expect.stringContaining('2026-11-22T00:00:00'),
    },
  })
  expect(refused.ok || retryHeaders(refused.error)).toEqual({ 'x-should-retry': 'false', 'retry-after': '43200' })
  clock.nowMs += DAY_MS / 2
  expect(await ledger.hold(asking(who, 'req_3', 1_000n, budgets, clock.nowMs))).toMatchObject({ ok: true })
})

test('the tightest of several budgets decides, and a refusal leaves nothing behind in the others', async () => {
  const { ledger, database, who } = await open()
  const project = { subject: 'project:p1', window: 'month', limit: usd(500n) } as const
  const budgets = [...ofKey(who, ['total', 2_000n], ['day', 1_000n]), project]
  const refused = await ledger.hold(asking(who, 'req_1', 501n, budgets))
  expect(refused).toMatchObject({ error: { kind: 'project-budget-exceeded' } })
  expect(await ledger.hold(asking(who, 'req_2', 500n, budgets))).toMatchObject({ ok: true })
  ledger.settle('req_2', usd(123n), (outcome) => ({ ...receiptFor(who, 'req_2')(outcome), atMs: NOON_MS }))
  await ledger.flush()
  // The key's total is its own column.
  expect(await spendsIn({ database })).toEqual([
    ['day', 123, 0],
    ['month', 123, 0],
  ])
  expect(await ledger.check()).toMatchObject({ ok: true, faults: [] })
})

test('a hold that outlives its window is counted out of the one it began in', async () => {
  const { ledger, database, clock, who } = await open()
  const budgets = ofKey(who, ['day', 1_000n])
  await ledger.hold(asking(who, 'req_1', 700n, budgets))
  clock.nowMs += DAY_MS
  await ledger.hold(asking(who, 'req_2', 400n, budgets, clock.nowMs))
  ledger.settle('req_1', usd(600n), receiptFor(who, 'req_1'))
  await ledger.flush()
  expect(await spendsIn({ database })).toEqual([
    ['day', 600, 0],
    ['day', 0, 400],
  ])
  expect(await ledger.check()).toMatchObject({ ok: true, faults: [] })
})

test('a budget given in the middle of its window counts what the key had spent in it', async () => {
  const { ledger, database, who } = await open()
  const spend = async (id: string, cost: bigint, atMs: number): Promise<void> => {
    await ledger.hold(asking(who, id, cost, [], atMs))
    ledger.settle(id, usd(cost), (outcome) => ({ ...receiptFor(who, id)(outcome), atMs }))
  }
  await spend('req_old', 5_000n, NOON_MS - DAY_MS)
  await spend('req_new', 300n, NOON_MS - 1)
  const budgets = ofKey(who, ['day', 1_000n])
  expect(await ledger.hold(asking(who, 'req_1', 701n, budgets))).toMatchObject({ ok: false })
  expect(await ledger.hold(asking(who, 'req_2', 700n, budgets))).toMatchObject({ ok: true })
  await ledger.flush()
  expect(await spendsIn({ database })).toEqual([['day', 300, 700]])
})

test('a project counts what all of its keys spend', async () => {
  const { ledger, store, who } = await open()
  const rules: readonly BudgetRule[] = [{ window: 'day', limit: usd(1_000n) }]
  const project = await store.projects.create({ name: 'p', userId: null, budgets: rules })
  const found = await store.keys.find(who.keyId)
  if (!found) throw new Error('no key')
  const { id: _, createdAtMs: __, revokedAtMs: ___, ...like } = found
  const key = await store.keys.create({ ...like, projectId: project.id }, 'another hash')
  const other = { userId: who.userId, keyId: key.id }
  await ledger.hold(asking(other, 'req_1', 800n, []))
  ledger.settle('req_1', usd(800n), (outcome) => ({ ...receiptFor(other, 'req_1')(outcome), atMs: NOON_MS }))
  const budgets = [{ subject: `project:${project.id}`, window: 'day', limit: usd(1_000n) }] as const
  expect(await ledger.hold(asking(other, 'req_2', 201n, budgets))).toMatchObject({ ok: false })
  expect(await ledger.hold(asking(other, 'req_3', 200n, budgets))).toMatchObject({ ok: true })
})

test('what a dead process held is counted out of its budgets by the sweep', async () => {
  const { ledger, database, who } = await open()
  const budgets = ofKey(who, ['day', 1_000n], ['week', 2_000n])
  await ledger.hold({ ...asking(who, 'req_1', 700n, budgets), expiresAtMs: 1 })
  await ledger.flush()
  const fresh = openLedger(database)
  expect(await fresh.hold(asking(who, 'req_2', 400n, budgets))).toMatchObject({ ok: false })
  expect(await fresh.sweep(NOON_MS)).toBe(1)
  expect(await fresh.hold(asking(who, 'req_2', 1_000n, budgets))).toMatchObject({ ok: true })
  await fresh.flush()
  expect(await spendsIn({ database })).toEqual([
    ['day', 0, 1_000],
    ['week', 0, 1_000],
  ])
  expect(await fresh.check()).toMatchObject({ ok: true, faults: [] })
})

test('a hold that cannot be written leaves its budgets as they were', async () => {
  const { ledger, database, who } = await open()
  const budgets = ofKey(who, ['day', 1_000n])
  await ledger.hold(asking(who, 'req_1', 100n, budgets))
  await ledger.flush()
  // Somebody takes the money behind this process' back: the disk refuses what memory grants.
  await database.run([{ sql: 'UPDATE accounts SET posted_nano = 500 WHERE user_id = ?', parameters: [who.userId] }])
  const hold = await ledger.hold(asking(who, 'req_2', 900n, budgets))
  expect(hold.ok && (await hold.value.durable)).toMatchObject({ ok: false })
  expect(await ledger.hold(asking(who, 'req_3', 200n, budgets))).toMatchObject({ ok: true })
  await ledger.flush()
  expect(await spendsIn({ database })).toEqual([['day', 0, 300]])
})

test('windows long past are forgotten, and what is held in them is not', async () => {
  const { ledger, database, who } = await open()
  const longAgoMs = NOON_MS - 40 * DAY_MS
  for (const [id, window] of [
    ['req_1', 'day'],
    ['req_2', 'total'],
    ['req_3', 'week'],
  ] as const) {
    await ledger.hold(asking(who, id, 1n, [{ subject: 'project:p1', window, limit: usd(9n) }], longAgoMs))
  }
  ledger.settle('req_1', usd(1n), receiptFor(who, 'req_1'))
  ledger.settle('req_2', usd(1n), receiptFor(who, 'req_2'))
  await ledger.flush()
  await ledger.sweep(NOON_MS)
  expect(await spendsIn({ database })).toEqual([
    ['total', 1, 0],
    ['week', 0, 1],
  ])
})

test('the check finds a budget whose holds do not add up', async () => {
  const { ledger, database, who } = await open()
  await ledger.hold(asking(who, 'req_1', 100n, ofKey(who, ['day', 1_000n])))
  await ledger.flush()
  await database.run([{ sql: 'UPDATE spends SET held_nano = 7, spent_nano = -1', parameters: [] }])
  const { faults } = await ledger.check()
  expect(faults).toEqual([
    expect.stringContaining('less than nothing'),
    expect.stringMatching(/a budget of key:.* shows 0\.000000007 USD held .* sum to 0\.000000100 USD/),
  ])
})
