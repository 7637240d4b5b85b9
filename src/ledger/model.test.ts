import { expect } from 'bun:test'
import fc from 'fast-check'
import { type Budget, type BudgetWindow, windowStartMs } from './budgets.ts'
import type { Database } from '../db/database.ts'
import { holdRequest, makeUser, receiptFor, receiptOf, usd } from './fixture.ts'
import { onEachDatabase } from '../../test/harness/ledgers.ts'
import type { Ledger } from './types.ts'

type Step =
  | {
      readonly does: 'hold'
      readonly user: number
      readonly amount: bigint
      readonly atHours: number
      readonly isBudgeted: boolean
    }
  | { readonly does: 'settle'; readonly pick: number; readonly cost: bigint }
  | { readonly does: 'release'; readonly pick: number }
  | { readonly does: 'credit'; readonly user: number; readonly amount: bigint }
  | { readonly does: 'flush' }

const amount = fc.bigInt({ min: 0n, max: 500n })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('hold' as const),
        user: fc.nat(1),
        amount,
        atHours: fc.nat(60),
        isBudgeted: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('settle' as const), pick: fc.nat(9), cost: amount }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('release' as const), pick: fc.nat(9) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        does: fc.constant('credit' as const),
        user: fc.nat(1),
        amount: fc.bigInt({ min: -400n, max: 800n }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ does: 'flush' as const }) },
  ),
  { maxLength: 60 },
)

/** The rules in their simplest form: totals, and lists of what is held and what was charged. */
interface Model {
  readonly posted: bigint[]
  readonly open: OpenHold[]
  readonly charged: OpenHold[]
}

interface OpenHold {
  readonly id: string
  readonly user: number
  readonly amount: bigint
  readonly atMs: number
}

const FIRST_MS = Date.UTC(2026, 10, 21, 12)
const LIMITS: readonly [BudgetWindow, bigint][] = [
  ['total', 3_000n],
  ['5h', 300n],
  ['day', 700n],
  ['week', 1_500n],
]

/** Both users' keys share one project; each has windows of its own beside. */
const budgetsFor = ({ keyId }: Who, run: number): readonly Budget[] =>
  LIMITS.map(([window, limit], index) => ({
    subject: index % 2 === 0 ? `project:${run}` : `key:${keyId}`,
    window,
    limit: usd(limit),
  }))

const sumOf = (holds: readonly OpenHold[]): bigint => holds.reduce((sum, { amount }) => sum + amount, 0n)

/** What was held or charged in a window, whether or not the request knew of its budget. */
const inWindow = (holds: readonly OpenHold[], user: number, budget: Budget, atMs: number): readonly OpenHold[] =>
  holds.filter(
    (hold) =>
      (hold.user === user || budget.subject.startsWith('project:')) &&
      windowStartMs(budget.window, hold.atMs) === windowStartMs(budget.window, atMs),
  )

const heldOf = (model: Model, user: number): bigint => sumOf(model.open.filter((hold) => hold.user === user))
const availableOf = (model: Model, user: number): bigint => (model.posted[user] ?? 0n) - heldOf(model, user)
const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other)

let made = 0
type Who = Awaited<ReturnType<typeof makeUser>>

const play = async (ledger: Ledger, model: Model, users: readonly Who[], run: number, step: Step): Promise<void> => {
  made += 1
  const whoOf = (user: number): Who => users[user] ?? { userId: '', keyId: '' }
  switch (step.does) {
    case 'hold': {
      const id = `req_${made}`
      const who = whoOf(step.user)
      const atMs = FIRST_MS + step.atHours * 3_600_000
      const budgets = step.isBudgeted ? budgetsFor(who, run) : []
      const used = (budget: Budget): bigint =>
        sumOf(inWindow([...model.open, ...model.charged], step.user, budget, atMs))
      const fits = budgets.every((budget) => used(budget) + step.amount <= budget.limit)
      const heading = receiptOf(who, id, { projectId: `${run}` })
      const granted = await ledger.hold(holdRequest(who, id, step.amount, { budgets, atMs, heading }))
      expect(granted.ok).toBe(fits && availableOf(model, step.user) >= step.amount)
      if (granted.ok) model.open.push({ id, user: step.user, amount: step.amount, atMs })
      return
    }
    case 'settle': {
      const [hold] = model.open.splice(step.pick, 1)
      if (!hold) return
      const charged = smaller(step.cost, hold.amount + availableOf(model, hold.user) - hold.amount)
      const receipt = receiptFor(whoOf(hold.user), hold.id)
      const outcome = await ledger.settle(hold.id, usd(step.cost), (told) => ({
        ...receipt(told),
        ...{ atMs: hold.atMs, projectId: `${run}` },
      }))
      expect(outcome).toEqual({ charged: usd(charged), uncollected: usd(step.cost - charged) })
      model.posted[hold.user] = (model.posted[hold.user] ?? 0n) - charged
      model.charged.push({ ...hold, amount: charged })
      return
    }
    case 'release': {
      const [hold] = model.open.splice(step.pick, 1)
      const ending = { ended: 'failed', projectId: `${run}` } as const
      if (hold) ledger.release(hold.id, receiptOf(whoOf(hold.user), hold.id, ending))
      return
    }
    case 'credit': {
      const { userId } = whoOf(step.user)
      const given = await ledger.credit({
        userId,
        amount: usd(step.amount),
        reason: 'x',
        idempotencyKey: `credit-${made}`,
      })
      const may = step.amount > 0n || (step.amount < 0n && availableOf(model, step.user) + step.amount >= 0n)
      expect(given.ok).toBe(may)
      if (given.ok) model.posted[step.user] = (model.posted[step.user] ?? 0n) + step.amount
      return
    }
    case 'flush':
      await ledger.flush()
  }
}

const expectAgreement = async (ledger: Ledger, model: Model, users: readonly Who[]): Promise<void> => {
  for (const [user, { userId }] of users.entries()) {
    const expected = { posted: model.posted[user], held: heldOf(model, user), available: availableOf(model, user) }
    expect(await ledger.balance(userId)).toEqual({ ok: true, value: expected as never })
  }
}

/** The rows of every window that has begun say what the model counted. */
const expectSpends = async (database: Database, model: Model, run: number, users: readonly Who[]): Promise<void> => {
  const answer = await database.run([{ sql: 'SELECT * FROM spends', parameters: [] }])
  if (!answer.ok) throw new Error(answer.error.message)
  const owners = new Map([[`project:${run}`, 0], ...users.map(({ keyId }, user) => [`key:${keyId}`, user] as const)])
  for (const row of answer.value[0]?.rows ?? []) {
    const subject = String(row['subject'])
    const user = owners.get(subject)
    if (user === undefined) continue
    const budget = { subject, window: row['window'] as BudgetWindow, limit: usd(0n) }
    const counted = (holds: readonly OpenHold[]) => sumOf(inWindow(holds, user, budget, Number(row['start_ms'])))
    expect([budget, BigInt(String(row['held_nano']))]).toEqual([budget, counted(model.open)])
    expect([budget, BigInt(String(row['spent_nano']))]).toEqual([budget, counted(model.charged)])
  }
}

onEachDatabase(
  'whatever is done in whatever order, ledger, disk and the plainest model agree to the nano-dollar',
  async (open) => {
    const bench = await open()
    const agrees = fc.asyncProperty(steps, async (script) => {
      made += 1
      const run = made
      const users = [await makeUser(bench, 2_000n, 0n, `${run}`), await makeUser(bench, 0n, 0n, `${run}`)]
      const model: Model = { posted: [2_000n, 0n], open: [], charged: [] }
      for (const step of script) await play(bench.ledger, model, users, run, step)
      await expectAgreement(bench.ledger, model, users)
      await bench.ledger.flush()
      await expectAgreement(bench.reopen(), model, users)
      await expectSpends(bench.database, model, run, users)
      expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [] })
    })
    await fc.assert(agrees, { seed: 20_261_121, numRuns: 40 })
  },
)
