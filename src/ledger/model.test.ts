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

/** The rules in their simplest form: totals, and a list of what is held. */
interface Model {
  readonly posted: bigint[]
  readonly open: OpenHold[]
  /** What each window of a budget has spent. */
  readonly spent: Map<string, bigint>
  readonly charged: { readonly user: number; readonly atMs: number; readonly amount: bigint }[]
}

/** The first time a window is asked about, it has spent what its key was charged in it without a budget. */
const beginWindow = (model: Model, user: number, budget: Budget, atMs: number): string => {
  const window = windowOf(budget, atMs)
  const before = model.charged
    .filter((charge) => charge.user === user && windowOf(budget, charge.atMs) === window)
    .reduce((sum, charge) => sum + charge.amount, 0n)
  if (!model.spent.has(window)) model.spent.set(window, budget.subject.startsWith('key:') ? before : 0n)
  return window
}

interface OpenHold {
  readonly id: string
  readonly user: number
  readonly amount: bigint
  readonly atMs: number
  readonly windows: readonly string[]
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

const windowOf = ({ subject, window }: Budget, atMs: number): string =>
  `${subject} ${window} ${windowStartMs(window, atMs)}`

const usedOf = (model: Model, window: string): bigint =>
  model.open
    .filter((hold) => hold.windows.includes(window))
    .reduce((sum, hold) => sum + hold.amount, model.spent.get(window) ?? 0n)

const heldOf = (model: Model, user: number): bigint =>
  model.open.filter((hold) => hold.user === user).reduce((sum, hold) => sum + hold.amount, 0n)
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
      const windows = budgets.map((budget) => beginWindow(model, step.user, budget, atMs))
      const fits = budgets.every((budget, index) => usedOf(model, windows[index] ?? '') + step.amount <= budget.limit)
      const granted = await ledger.hold(holdRequest(who, id, step.amount, { budgets, atMs }))
      expect(granted.ok).toBe(fits && availableOf(model, step.user) >= step.amount)
      if (granted.ok) model.open.push({ id, user: step.user, amount: step.amount, atMs, windows })
      return
    }
    case 'settle': {
      const [hold] = model.open.splice(step.pick, 1)
      if (!hold) return
      const charged = smaller(step.cost, hold.amount + availableOf(model, hold.user) - hold.amount)
      const receipt = receiptFor(whoOf(hold.user), hold.id)
      const outcome = await ledger.settle(hold.id, usd(step.cost), (told) => ({ ...receipt(told), atMs: hold.atMs }))
      expect(outcome).toEqual({ charged: usd(charged), uncollected: usd(step.cost - charged) })
      model.posted[hold.user] = (model.posted[hold.user] ?? 0n) - charged
      model.charged.push({ user: hold.user, atMs: hold.atMs, amount: charged })
      for (const window of hold.windows) model.spent.set(window, (model.spent.get(window) ?? 0n) + charged)
      return
    }
    case 'release': {
      const [hold] = model.open.splice(step.pick, 1)
      if (hold) ledger.release(hold.id, receiptOf(whoOf(hold.user), hold.id, { ended: 'failed' }))
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

/** The rows of every window say what the model counted; a window that was never held in may have none. */
const expectSpends = async (database: Database, model: Model, run: number, users: readonly Who[]): Promise<void> => {
  const answer = await database.run([{ sql: 'SELECT * FROM spends', parameters: [] }])
  if (!answer.ok) throw new Error(answer.error.message)
  const subjects = new Set([`project:${run}`, ...users.map(({ keyId }) => `key:${keyId}`)])
  for (const row of answer.value[0]?.rows ?? []) {
    if (!subjects.has(String(row['subject']))) continue
    const window = `${row['subject']} ${row['window']} ${row['start_ms']}`
    const open = model.open.filter((hold) => hold.windows.includes(window))
    expect(BigInt(String(row['held_nano']))).toBe(open.reduce((sum, hold) => sum + hold.amount, 0n))
    expect(BigInt(String(row['spent_nano']))).toBe(model.spent.get(window) ?? -1n)
  }
}

onEachDatabase(
  'whatever is done in whatever order, ledger, disk and the plainest model agree to the nano-dollar',
  async (open) => {
    const bench = await open()
    const agrees = fc.asyncProperty(steps, async (script) => {
      const users = [await makeUser(bench, 2_000n), await makeUser(bench, 0n)]
      const model: Model = { posted: [2_000n, 0n], open: [], spent: new Map(), charged: [] }
      made += 1
      const run = made
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
