import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { onEachDatabase, type OpenBench } from '../../test/harness/ledgers.ts'
import type { Database } from '../db/database.ts'
import { err } from '../result.ts'
import type { Budget, BudgetWindow } from './budgets.ts'
import { type Bench, holdRequest, makeUser, openBench, receiptOf, usd } from './fixture.ts'
import { openLedger } from './ledger.ts'
import { wrongWindows } from './test-windows.ts'
import type { HoldRequest, Ledger } from './types.ts'

const NOON_MS = Date.UTC(2026, 10, 21, 12)
const HOUR_MS = 3_600_000
const PROJECT = 'project_0123456789abcdefghjkmnpqrs'

interface Who {
  readonly userId: string
  readonly keyId: string
  readonly projectId: string | null
}

const newWho = async (bench: Pick<Bench, 'store' | 'ledger'>, projectId: string | null = null): Promise<Who> => ({
  ...(await makeUser(bench, 1_000_000n, 0n, projectId)),
  projectId,
})

const dayOf = (subject: string, limit: bigint): readonly Budget[] => [{ subject, window: 'day', limit: usd(limit) }]
const keyDay = ({ keyId }: Who, limit: bigint): readonly Budget[] => dayOf(`key:${keyId}`, limit)
const projectDay = (limit: bigint): readonly Budget[] => dayOf(`project:${PROJECT}`, limit)

const asking = (who: Who, id: string, amount: bigint, budgets: readonly Budget[] = [], atMs = NOON_MS): HoldRequest =>
  holdRequest(who, id, amount, { budgets, atMs, heading: receiptOf(who, id, { atMs, projectId: who.projectId }) })

const settle = (ledger: Ledger, who: Who, id: string, cost: bigint, atMs = NOON_MS) =>
  ledger.settle(id, usd(cost), ({ charged, uncollected }) =>
    receiptOf(who, id, { atMs, projectId: who.projectId, cost: charged, uncollected }),
  )

/** What is left of a limit: the largest amount that is granted. Leaves nothing behind but the asking. */
const leftOf = async (ledger: Ledger, who: Who, budgets: readonly Budget[], left: bigint): Promise<void> => {
  const refused = await ledger.hold(asking(who, `over_${left}`, left + 1n, budgets))
  expect([left, refused.ok]).toEqual([left, false])
  const granted = await ledger.hold(asking(who, `fits_${left}`, left, budgets))
  expect([left, granted.ok]).toEqual([left, true])
  ledger.release(`fits_${left}`, receiptOf(who, `fits_${left}`, { ended: 'failed', projectId: who.projectId }))
}

const expectSound = async ({ ledger, database }: Pick<OpenBench, 'ledger' | 'database'>): Promise<void> => {
  await ledger.flush()
  expect(await wrongWindows(database)).toEqual([])
  expect(await ledger.check()).toMatchObject({ ok: true, faults: [] })
}

interface Given {
  readonly title: string
  readonly who: (bench: OpenBench) => Promise<readonly [Who, Who]>
  readonly budgets: (who: Who, limit: bigint) => readonly Budget[]
}

const GIVEN: readonly Given[] = [
  {
    title: 'a key',
    who: async (bench) => {
      const who = await newWho(bench)
      return [who, who]
    },
    budgets: keyDay,
  },
  {
    title: 'a project of two users',
    who: async (bench) => [await newWho(bench, PROJECT), await newWho(bench, PROJECT)],
    budgets: (_, limit) => projectDay(limit),
  },
]

for (const { title, who: make, budgets } of GIVEN) {
  onEachDatabase(`a budget that ${title} is given in the middle of a window counts all of it`, async (open) => {
    const bench = await open()
    const { ledger } = bench
    const [one, other] = await make(bench)
    await ledger.hold(asking(one, 'yesterday', 5_000n, [], NOON_MS - 24 * HOUR_MS))
    await ledger.hold(asking(one, 'charged', 900n))
    await settle(ledger, one, 'charged', 200n)
    await ledger.hold(asking(other, 'open', 300n))
    await leftOf(ledger, one, budgets(one, 1_000n), 500n)
    // What was held before the budget was known is counted out of it when it ends.
    await settle(ledger, other, 'open', 100n)
    await leftOf(ledger, one, budgets(one, 1_000n), 700n)
    await settle(ledger, one, 'yesterday', 4_000n, NOON_MS - 24 * HOUR_MS)
    await leftOf(bench.reopen(), other, budgets(other, 1_001n), 701n)
    await expectSound(bench)
  })

  onEachDatabase(`a budget that is taken from ${title} and given back has missed nothing`, async (open) => {
    const bench = await open()
    const { ledger } = bench
    const [one, other] = await make(bench)
    await ledger.hold(asking(one, 'with', 100n, budgets(one, 1_000n)))
    await ledger.hold(asking(one, 'without', 200n))
    await ledger.hold(asking(other, 'left open', 300n))
    await settle(ledger, one, 'with', 50n)
    await settle(ledger, one, 'without', 60n)
    await leftOf(ledger, other, budgets(other, 1_000n), 590n)
    // Another process, which has not seen the budget, counts in it all the same.
    await ledger.flush()
    const again = bench.reopen()
    await again.hold(asking(one, 'after', 90n))
    await leftOf(again, other, budgets(other, 1_001n), 501n)
    await again.flush()
    await expectSound(bench)
  })
}

onEachDatabase('a hold that a dead process left is counted, and given back to a budget given since', async (open) => {
  const bench = await open()
  const who = await newWho(bench)
  await bench.ledger.hold({ ...asking(who, 'dead', 700n), expiresAtMs: Date.now() + 1 })
  await bench.ledger.flush()
  const fresh = bench.reopen({ sweepGraceMs: 0 })
  await leftOf(fresh, who, keyDay(who, 1_000n), 300n)
  expect(await fresh.sweep(Date.now() + 60_000)).toBe(1)
  await fresh.flush()
  await leftOf(fresh, who, keyDay(who, 1_001n), 1_001n)
  await fresh.flush()
  await expectSound({ ...bench, ledger: fresh })
})

interface Move {
  readonly who: number
  readonly hours: number
  readonly knows: boolean
  readonly amount: bigint
  readonly ends: 'settled' | 'released' | 'never'
  /** Turns of the event loop before it begins and before it ends. */
  readonly waits: readonly [number, number]
}

const moves = fc.array(
  fc.record<Move>({
    who: fc.nat(2),
    hours: fc.nat(30),
    knows: fc.boolean(),
    amount: fc.bigInt({ min: 0n, max: 500n }),
    ends: fc.constantFrom('settled', 'released', 'never'),
    waits: fc.tuple(fc.nat(6), fc.nat(6)),
  }),
  { minLength: 5, maxLength: 40 },
)

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const WINDOWS: readonly BudgetWindow[] = ['total', '5h', 'day', 'month']

onEachDatabase('windows that begin while requests come and go count every one of them, once', async (open) => {
  const bench = await open()
  let run = 0
  const agrees = fc.asyncProperty(moves, async (script) => {
    run += 1
    const project = `project_${run}`
    const people = [await newWho(bench, project), await newWho(bench, project), await newWho(bench)]
    const ledger = bench.reopen()
    const play = async ({ who: index, hours, knows, amount, ends, waits }: Move, step: number): Promise<void> => {
      const who = people[index] ?? { userId: '', keyId: '', projectId: null }
      const subjects = [`key:${who.keyId}`, ...(who.projectId === null ? [] : [`project:${who.projectId}`])]
      const limit = usd(1_000_000n)
      const all = subjects.flatMap((subject) => WINDOWS.map((window) => ({ subject, window, limit })))
      const atMs = NOON_MS + hours * HOUR_MS
      const id = `req_${run}_${step}`
      await turns(waits[0])
      const hold = await ledger.hold(asking(who, id, amount, knows ? all : [], atMs))
      expect(hold.ok).toBe(true)
      await turns(waits[1])
      const { projectId } = who
      if (ends === 'settled') await settle(ledger, who, id, amount / 2n, atMs)
      if (ends === 'released') ledger.release(id, receiptOf(who, id, { atMs, projectId, ended: 'failed' }))
    }
    await Promise.all(script.map(play))
    await ledger.flush()
    expect(await wrongWindows(bench.database)).toEqual([])
    // What is in memory is what is on disk: the same is left by both.
    for (const { userId, keyId, projectId } of people) {
      const row = await bench.database.run([
        { sql: `SELECT * FROM spends WHERE subject = 'key:${keyId}' AND "window" = 'day'`, parameters: [] },
      ])
      for (const spend of row.ok ? (row.value[0]?.rows ?? []) : []) {
        const used = BigInt(String(spend['spent_nano'])) + BigInt(String(spend['held_nano']))
        const day = dayOf(`key:${keyId}`, used)
        const who = { userId, keyId, projectId }
        const over = await ledger.hold(asking(who, `over_${run}_${keyId}`, 1n, day, Number(spend['start_ms'])))
        expect(over.ok).toBe(false)
        const atMs = Number(spend['start_ms'])
        const fits = await ledger.hold(asking(who, `fits_${run}_${keyId}_${atMs}`, 0n, day, atMs))
        expect(fits.ok).toBe(true)
      }
    }
  })
  await fc.assert(agrees, { seed: 20_261_121, numRuns: 30 })
  await bench.ledger.flush()
  expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [] })
})

/** A database whose disk can be full. */
const fillable = (database: Database) => {
  const disk = { full: false }
  const failure = err({ kind: 'full', message: 'no space' } as const)
  const faulty: Database = {
    dialect: database.dialect,
    run: async (statements) => (disk.full ? failure : database.run(statements)),
    prepare: (steps) => database.prepare(steps),
    call: async (...call) => (disk.full ? failure : database.call(...call)),
    lease: () => database.lease(),
    get saturated() {
      return database.saturated
    },
    get queued() {
      return database.queued
    },
    drained: () => database.drained(),
    close: () => database.close(),
  }
  return { disk, faulty }
}

test('a window that cannot begin on a full disk refuses, and begins right when there is space', async () => {
  const bench = await openBench(':memory:')
  const { disk, faulty } = fillable(bench.database)
  const ledger = openLedger(faulty)
  const who = await newWho({ ...bench, ledger })
  for (const id of ['ended before', 'ended while it begins', 'open']) await ledger.hold(asking(who, id, 100n))
  await ledger.flush()
  disk.full = true
  await settle(ledger, who, 'ended before', 70n)
  const refused = ledger.hold(asking(who, 'refused', 1n, keyDay(who, 1_000n)))
  await settle(ledger, who, 'ended while it begins', 40n)
  expect(await refused).toMatchObject({ ok: false, error: { kind: 'overloaded' } })
  disk.full = false
  // Both endings still wait to be written again: memory knows of them, and the disk does not.
  await leftOf(ledger, who, keyDay(who, 1_000n), 790n)
  await settle(ledger, who, 'open', 30n)
  await leftOf(ledger, who, keyDay(who, 1_001n), 861n)
  await expectSound({ ...bench, ledger })
  await leftOf(openLedger(bench.database), who, keyDay(who, 1_002n), 862n)
  await bench.close()
})
