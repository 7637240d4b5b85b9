import { afterEach, expect, test } from 'bun:test'
import { START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import type { PostgresOptions } from '../../runtime/postgres.ts'
import { holdRequest, makeUser, receiptFor, receiptOf, usd } from '../fixture.ts'
import type { Ledger } from '../types.ts'
import { openReplicas, recompute, type Replica, rowsOf } from './fixture.ts'
import type { SharedLedgerOptions } from './ledger.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const open = async (count: number, options: SharedLedgerOptions & PostgresOptions = {}) => {
  const opened = await openReplicas(count, options)
  cleanups.push(() => opened.remove())
  return opened.replicas
}

const ledgerAt = (replicas: readonly Replica[], index: number): Ledger => {
  const replica = replicas[index % replicas.length]
  if (!replica) throw new Error('no replica')
  return replica.ledger
}

const expectSound = async (replicas: readonly [Replica, ...Replica[]]): Promise<void> => {
  for (const { ledger } of replicas) await ledger.flush()
  expect(await replicas[0].ledger.check()).toMatchObject({ ok: true, faults: [], sum: 0n })
}

test(
  'of 500 parallel requests over three replicas on a balance for 100, exactly 100 are granted',
  async () => {
    const replicas = await open(3)
    const who = await makeUser(replicas[0], 100_000n)
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        ledgerAt(replicas, index).hold(holdRequest(who, `req_${index}`, 1_000n)),
      ),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(100)
    for (const answer of answers) if (!answer.ok) expect(answer.error.kind).toBe('insufficient-balance')
    for (const { ledger } of replicas)
      expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 100_000n, available: 0n } })
    await expectSound(replicas)
  },
  START_TIMEOUT_MS,
)

test.each(['total', '5h', 'day', 'week', 'month'] as const)(
  'two users on three replicas hold together no more than the budget by %s of their project',
  async (window) => {
    const replicas = await open(3)
    const users = [await makeUser(replicas[0], 1_000_000n), await makeUser(replicas[0], 1_000_000n)]
    const budgets = [{ subject: 'project:p', window, limit: usd(60_000n) }]
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) => {
        const who = users[Math.floor(index / 3) % 2] ?? { userId: '', keyId: '' }
        return ledgerAt(replicas, index).hold(holdRequest(who, `req_${index}`, 1_000n, { budgets }))
      }),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(60)
    for (const answer of answers) if (!answer.ok) expect(answer.error.kind).toBe('project-budget-exceeded')
    await expectSound(replicas)
  },
  START_TIMEOUT_MS,
)

test(
  'a hold made by one replica can be ended by another, once',
  async () => {
    const replicas = await open(3)
    const who = await makeUser(replicas[0], 10_000n)
    const budgets = [{ subject: `key:${who.keyId}`, window: 'day' as const, limit: usd(5_000n) }]
    await ledgerAt(replicas, 0).hold(holdRequest(who, 'req_1', 4_000n, { budgets }))
    const settling = [1, 2, 0].map((index) => {
      const cost = usd(1_000n * BigInt(index + 1))
      return ledgerAt(replicas, index).settle('req_1', cost, receiptFor(who, 'req_1'))
    })
    const [first, second] = await Promise.all(settling)
    await expectSound(replicas)
    expect(second).toEqual(first)
    const [receipt] = await rowsOf(replicas[0], 'SELECT cost_nano FROM receipts')
    const charged = BigInt(String(receipt?.['cost_nano']))
    expect([1_000n, 2_000n, 3_000n]).toContain(charged)
    expect(await ledgerAt(replicas, 2).balance(who.userId)).toMatchObject({
      value: { posted: 10_000n - charged, held: 0n },
    })
    expect(await rowsOf(replicas[0], 'SELECT spent_nano, held_nano FROM spends')).toEqual([
      { spent_nano: charged, held_nano: 0n },
    ])
  },
  START_TIMEOUT_MS,
)

test(
  'a budget set in the middle of a window counts what was charged since it began',
  async () => {
    const replicas = await open(2)
    const who = await makeUser(replicas[0], 100_000n)
    await ledgerAt(replicas, 0).hold(holdRequest(who, 'req_1', 4_000n))
    await ledgerAt(replicas, 0).settle('req_1', usd(3_000n), receiptFor(who, 'req_1'))
    // Said in the same turn: the window begins when the charge is in.
    const budgets = (['day', 'total'] as const).map((window) => ({
      ...{ subject: `key:${who.keyId}`, window, limit: usd(5_000n) },
    }))
    const [over, fits] = await Promise.all([
      ledgerAt(replicas, 0).hold(holdRequest(who, 'req_2', 2_001n, { budgets })),
      ledgerAt(replicas, 0).hold(holdRequest(who, 'req_3', 2_000n, { budgets })),
    ])
    expect([over?.ok, fits?.ok]).toEqual([false, true])
    const nextDay = holdRequest(who, 'req_4', 1n, { budgets, atMs: 1_760_000_000_000 + 86_400_000 })
    expect(await ledgerAt(replicas, 1).hold(nextDay)).toMatchObject({ error: { kind: 'key-budget-exceeded' } })
    expect(
      await ledgerAt(replicas, 1).hold({ ...nextDay, budgets: budgets.filter(({ window }) => window === 'day') }),
    ).toMatchObject({ ok: true })
    await expectSound(replicas)
  },
  START_TIMEOUT_MS,
)

test(
  'one credit sent to every replica at once is posted once, and so are a refund and a plan',
  async () => {
    const replicas = await open(3)
    const who = await makeUser(replicas[0], 10_000n)
    const everywhere = <T>(ask: (ledger: Ledger, number: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: 30 }, (_, index) => ask(ledgerAt(replicas, index), index)))
    const credit = { userId: who.userId, amount: usd(500n), reason: 'x', idempotencyKey: 'once' }
    for (const answer of await everywhere((ledger) => ledger.credit(credit)))
      expect(answer).toMatchObject({ ok: true, value: { posted: 10_500n } })

    await ledgerAt(replicas, 0).hold(holdRequest(who, 'req_1', 4_000n))
    await ledgerAt(replicas, 0).settle('req_1', usd(3_000n), receiptFor(who, 'req_1'))
    await ledgerAt(replicas, 0).flush()
    const refund = { requestId: 'req_1', amount: usd(2_000n), reason: 'x', idempotencyKey: 'refund' }
    for (const answer of await everywhere((ledger) => ledger.refund(refund)))
      expect(answer).toMatchObject({ ok: true, value: { amount: 2_000n, balance: { posted: 9_500n } } })
    const more = await everywhere((ledger, number) =>
      ledger.refund({ ...refund, amount: usd(400n), idempotencyKey: `more-${number}` }),
    )
    expect(more.filter(({ ok }) => ok)).toHaveLength(2)

    const plan = { userId: who.userId, plan: 'gold', price: usd(1_000n), idempotencyKey: 'plan' }
    const bought = await everywhere((ledger, number) => ledger.buyPlan({ ...plan, idempotencyKey: `plan-${number}` }))
    expect(bought.filter(({ ok }) => ok)).toHaveLength(1)
    for (const answer of bought) if (!answer.ok) expect(answer.error.kind).toBe('state-conflict')
    expect(await ledgerAt(replicas, 1).balance(who.userId)).toMatchObject({ value: { posted: 9_300n } })
    await expectSound(replicas)
  },
  START_TIMEOUT_MS,
)

test(
  'a random crowd over three replicas leaves every account where its own transactions put it',
  async () => {
    const replicas = await open(3)
    const users = await Promise.all(Array.from({ length: 12 }, () => makeUser(replicas[0], 20_000n)))
    // A fixed seed: Numerical Recipes' generator.
    let state = 20_261_121
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    let made = 0
    const work = async (): Promise<void> => {
      for (let round = 0; round < 40; round++) {
        made += 1
        const id = `req_${made}`
        const who = users[random(users.length)] ?? { userId: '', keyId: '' }
        const ledger = ledgerAt(replicas, random(3))
        if (random(10) === 0) {
          const amount = usd(BigInt(random(3_000) - 1_000) || 1n)
          await ledger.credit({ userId: who.userId, amount, reason: 'x', idempotencyKey: id })
        }
        const limit = usd(BigInt(40_000))
        const budgets = random(2) === 0 ? [] : [{ subject: `project:${random(2)}`, window: 'day' as const, limit }]
        const hold = await ledger.hold(holdRequest(who, id, BigInt(random(4_000)), { budgets }))
        if (!hold.ok) continue
        const ending = random(6) === 0 ? ledgerAt(replicas, random(3)) : ledger
        if (random(5) === 0) ending.release(id, receiptOf(who, id, { ended: 'failed' }))
        else if (random(20) > 0) await ending.settle(id, usd(BigInt(random(6_000))), receiptFor(who, id))
      }
    }
    await Promise.all(Array.from({ length: 24 }, work))
    await expectSound(replicas)
    const expected = await recompute(replicas[0])
    for (const row of await rowsOf(replicas[0], "SELECT * FROM accounts WHERE kind = 'user'")) {
      const [posted, held] = expected.get(String(row['id'])) ?? [0n, 0n]
      expect([row['posted_nano'], row['held_nano']]).toEqual([posted, held])
      expect(posted - held >= 0n).toBe(true)
    }
    const total = [...expected.values()].reduce((sum, [posted]) => sum + posted, 0n)
    expect(total).toBe(0n)
    for (const { faults } of replicas) expect(faults).toEqual([])
  },
  START_TIMEOUT_MS,
)

test(
  'a replica renews what it works on, so that the others sweep only what nobody does',
  async () => {
    let nowMs = Date.now()
    const replicas = await open(2, { nowMs: () => nowMs, renewEveryMs: 20 })
    const [alive, other] = [ledgerAt(replicas, 0), ledgerAt(replicas, 1)]
    const who = await makeUser(replicas[0], 10_000n)
    await alive.hold(holdRequest(who, 'req_slow', 1_000n, { expiresAtMs: nowMs + 10_000 }))
    // The holder's clock goes on by what is due; its lease begins anew, by the database's clock.
    await rowsOf(replicas[0], 'UPDATE holds SET expires_at_ms = 1')
    nowMs += 5_000
    const isRenewed = async () =>
      Number((await rowsOf(replicas[0], 'SELECT expires_at_ms FROM holds'))[0]?.['expires_at_ms']) > 1
    while (!(await isRenewed())) await Bun.sleep(10)
    expect(await other.sweep(nowMs)).toBe(0)
    expect(await alive.settle('req_slow', usd(700n), receiptFor(who, 'req_slow'))).toMatchObject({ charged: 700n })
    await expectSound(replicas)
    expect(await other.balance(who.userId)).toMatchObject({ value: { posted: 9_300n, held: 0n } })
  },
  START_TIMEOUT_MS,
)

test(
  'a hold that lasts shorter than renewals are apart is renewed in time all the same',
  async () => {
    const replicas = await open(2)
    const [alive, other] = [ledgerAt(replicas, 0), ledgerAt(replicas, 1)]
    const who = await makeUser(replicas[0], 10_000n)
    const leaseMs = 3_000
    await alive.hold(holdRequest(who, 'req_brief', 1_000n, { expiresAtMs: Date.now() + leaseMs }))
    const expiry = async () =>
      Number((await rowsOf(replicas[0], 'SELECT expires_at_ms FROM holds'))[0]?.['expires_at_ms'])
    const first = await expiry()
    while ((await expiry()) === first) {
      expect(await other.sweep(Date.now())).toBe(0)
      await Bun.sleep(20)
    }
    expect(await alive.settle('req_brief', usd(700n), receiptFor(who, 'req_brief'))).toMatchObject({ charged: 700n })
    await expectSound(replicas)
  },
  START_TIMEOUT_MS,
)

test(
  'a hold that expired is given back by one of many sweeps, and what its owner served is charged late',
  async () => {
    const replicas = await open(3)
    const who = await makeUser(replicas[0], 10_000n)
    const budgets = [{ subject: `key:${who.keyId}`, window: 'total' as const, limit: usd(9_000n) }]
    for (let index = 0; index < 50; index++)
      await ledgerAt(replicas, 0).hold(holdRequest(who, `req_${index}`, 100n, { expiresAtMs: 1, budgets }))
    const sweeps = await Promise.all([1, 2, 1, 2].map((index) => ledgerAt(replicas, index).sweep(Date.now())))
    expect(sweeps.reduce((sum, released) => sum + released, 0)).toBe(50)
    expect(await ledgerAt(replicas, 0).balance(who.userId)).toMatchObject({ value: { held: 0n, available: 10_000n } })
    await ledgerAt(replicas, 0).settle('req_7', usd(70n), receiptFor(who, 'req_7'))
    await expectSound(replicas)
    expect(replicas[0].faults.join('\n')).toContain('Request req_7 ended after its hold had expired')
    expect(await ledgerAt(replicas, 0).settle('req_7', usd(70n), receiptFor(who, 'req_7'))).toMatchObject({
      charged: 70n,
    })
    expect(await replicas[0].store.receipts.find('req_7')).toMatchObject({ ended: 'abandoned', cost: 0n })
    expect(await ledgerAt(replicas, 2).balance(who.userId)).toMatchObject({ value: { posted: 9_930n, held: 0n } })
  },
  START_TIMEOUT_MS,
)
