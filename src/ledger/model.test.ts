import { afterAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openBench, holdRequest, makeUser, receiptFor, receiptOf, temporaryFolder, usd } from './fixture.ts'
import { openLedger } from './ledger.ts'
import type { Ledger } from './types.ts'

const folder = temporaryFolder()
const benchOpened = openBench(`${folder.path}/test.db`)
afterAll(async () => {
  await (await benchOpened).close()
  folder.remove()
})

type Step =
  | { readonly does: 'hold'; readonly user: number; readonly amount: bigint }
  | { readonly does: 'settle'; readonly pick: number; readonly cost: bigint }
  | { readonly does: 'release'; readonly pick: number }
  | { readonly does: 'credit'; readonly user: number; readonly amount: bigint }
  | { readonly does: 'flush' }

const amount = fc.bigInt({ min: 0n, max: 500n })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ does: fc.constant('hold' as const), user: fc.nat(1), amount }) },
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
  readonly open: { readonly id: string; readonly user: number; readonly amount: bigint }[]
}

const heldOf = (model: Model, user: number): bigint =>
  model.open.filter((hold) => hold.user === user).reduce((sum, hold) => sum + hold.amount, 0n)
const availableOf = (model: Model, user: number): bigint => (model.posted[user] ?? 0n) - heldOf(model, user)
const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other)

let made = 0
type Who = Awaited<ReturnType<typeof makeUser>>

const play = async (ledger: Ledger, model: Model, users: readonly Who[], step: Step): Promise<void> => {
  made += 1
  const whoOf = (user: number): Who => users[user] ?? { userId: '', keyId: '' }
  switch (step.does) {
    case 'hold': {
      const id = `req_${made}`
      const granted = await ledger.hold(holdRequest(whoOf(step.user), id, step.amount))
      expect(granted.ok).toBe(availableOf(model, step.user) >= step.amount)
      if (granted.ok) model.open.push({ id, user: step.user, amount: step.amount })
      return
    }
    case 'settle': {
      const [hold] = model.open.splice(step.pick, 1)
      if (!hold) return
      const charged = smaller(step.cost, hold.amount + availableOf(model, hold.user) - hold.amount)
      const outcome = ledger.settle(hold.id, usd(step.cost), receiptFor(whoOf(hold.user), hold.id))
      expect(outcome).toEqual({ charged: usd(charged), uncollected: usd(step.cost - charged) })
      model.posted[hold.user] = (model.posted[hold.user] ?? 0n) - charged
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

test('whatever is done in whatever order, memory, disk and the plainest model agree to the nano-dollar', async () => {
  const bench = await benchOpened
  const agrees = fc.asyncProperty(steps, async (script) => {
    const users = [await makeUser(bench, 1_000n), await makeUser(bench, 0n)]
    const model: Model = { posted: [1_000n, 0n], open: [] }
    for (const step of script) await play(bench.ledger, model, users, step)
    await expectAgreement(bench.ledger, model, users)
    await bench.ledger.flush()
    await expectAgreement(openLedger(bench.database), model, users)
    expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [] })
  })
  await fc.assert(agrees, { seed: 20_261_121, numRuns: 40 })
}, 60_000)
