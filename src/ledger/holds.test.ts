import { expect } from 'bun:test'
import { holdRequest, makeUser, receiptFor, receiptOf, usd } from './fixture.ts'
import { onEachDatabase, type OpenBench } from '../../test/harness/ledgers.ts'
import type { Hold, Ledger } from './types.ts'

type Who = { readonly userId: string; readonly keyId: string }

const take = async (ledger: Ledger, who: Who, id: string, amount: bigint, more = {}): Promise<Hold> => {
  const hold = await ledger.hold(holdRequest(who, id, amount, more))
  if (!hold.ok) throw new Error(hold.error.message)
  return hold.value
}

const balanceOf = async (ledger: Ledger, { userId }: Who) => {
  const balance = await ledger.balance(userId)
  if (!balance.ok) throw new Error(balance.error.message)
  return [balance.value.posted, balance.value.held, balance.value.available].map(BigInt)
}

const expectSound = async (ledger: Ledger): Promise<void> => {
  await ledger.flush()
  expect(await ledger.check()).toMatchObject({ ok: true, faults: [], sum: 0n })
}

/** What a ledger opened afresh on the same database knows: what is on disk. */
const expectDiskAgrees = async (bench: OpenBench, who: Who): Promise<void> => {
  await bench.ledger.flush()
  expect(await balanceOf(bench.reopen(), who)).toEqual(await balanceOf(bench.ledger, who))
}

onEachDatabase('of 200 parallel requests on a balance for 50, exactly 50 are granted', async (open) => {
  const bench = await open()
  const { ledger, store } = bench
  const who = await makeUser({ ledger, store }, 50_000n)
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => ledger.hold(holdRequest(who, `req_${index}`, 1_000n))),
  )
  const granted = answers.flatMap((answer) => (answer.ok ? [answer.value] : []))
  expect(granted).toHaveLength(50)
  for (const answer of answers) if (!answer.ok) expect(answer.error.kind).toBe('insufficient-balance')
  const durable = await Promise.all(granted.map((hold) => hold.durable))
  expect(durable.every(({ ok }) => ok)).toBe(true)
  expect(await balanceOf(ledger, who)).toEqual([50_000n, 50_000n, 0n])
  for (const { requestId } of granted) await ledger.settle(requestId, usd(400n), receiptFor(who, requestId))
  expect(await balanceOf(ledger, who)).toEqual([30_000n, 0n, 30_000n])
  await expectSound(ledger)
  await expectDiskAgrees(bench, who)
})

onEachDatabase('a refusal names both amounts and what to do', async (open) => {
  const { ledger, store } = await open()
  const who = await makeUser({ ledger, store }, 50_000_000n)
  const refused = await ledger.hold(holdRequest(who, 'req_1', 123_000_000n))
  expect(refused).toMatchObject({ ok: false, error: { kind: 'insufficient-balance' } })
  if (refused.ok) throw new Error('granted')
  expect(refused.error.message).toContain('0.123000000 USD')
  expect(refused.error.message).toContain('0.050000000 USD')
  expect(refused.error.message).toContain('Add credit')
})

const COSTS = [
  ['below the hold: what it cost', 1_000n, 700n, [700n, 0n]],
  ['as much as the hold', 1_000n, 1_000n, [1_000n, 0n]],
  ['above the hold, and the account can pay: what it cost', 1_000n, 4_000n, [4_000n, 0n]],
  ['above what the account has: all of it, and the rest uncollected', 1_000n, 12_000n, [10_000n, 2_000n]],
  ['nothing', 1_000n, 0n, [0n, 0n]],
  ['something on a hold of nothing', 0n, 500n, [500n, 0n]],
  ['nothing on a hold of nothing', 0n, 0n, [0n, 0n]],
] as const

for (const [what, held, cost, [charged, uncollected]] of COSTS) {
  onEachDatabase(`a request that cost ${what} is charged that`, async (open) => {
    const bench = await open()
    const { ledger, store } = bench
    const who = await makeUser({ ledger, store }, 10_000n)
    await (await take(ledger, who, 'req_1', held)).durable
    expect(await ledger.settle('req_1', usd(cost), receiptFor(who, 'req_1'))).toEqual({
      charged: usd(charged),
      uncollected: usd(uncollected),
    })
    expect(await balanceOf(ledger, who)).toEqual([10_000n - charged, 0n, 10_000n - charged])
    await expectSound(ledger)
    await expectDiskAgrees(bench, who)
    expect(await store.receipts.find('req_1')).toMatchObject({ cost: charged, uncollected })
  })
}

onEachDatabase('what others have set aside is never charged', async (open) => {
  const { ledger, store } = await open()
  const who = await makeUser({ ledger, store }, 10_000n)
  await take(ledger, who, 'req_1', 1_000n)
  await take(ledger, who, 'req_2', 6_000n)
  const outcome = await ledger.settle('req_1', usd(9_000n), receiptFor(who, 'req_1'))
  expect(outcome).toEqual({ charged: usd(4_000n), uncollected: usd(5_000n) })
  await ledger.settle('req_2', usd(6_000n), receiptFor(who, 'req_2'))
  await expectSound(ledger)
})

onEachDatabase('an overdraft can be spent to its end and no further', async (open) => {
  const { ledger, store } = await open()
  const who = await makeUser({ ledger, store }, 0n, 5_000n)
  await take(ledger, who, 'req_1', 5_000n)
  expect(await ledger.hold(holdRequest(who, 'req_2', 1n))).toMatchObject({ error: { kind: 'insufficient-balance' } })
  await ledger.settle('req_1', usd(8_000n), receiptFor(who, 'req_1'))
  expect(await balanceOf(ledger, who)).toEqual([-5_000n, 0n, 0n])
  await expectSound(ledger)
})

/** A receipt that cannot be written: JSON has no such number. */
const unwritable = (who: Who, id: string) => receiptOf(who, id, { rawUsage: 1n })

onEachDatabase(
  'a receipt that cannot be made or written leaves the hold and the balance as they were',
  async (open) => {
    const bench = await open()
    const { ledger, store } = bench
    const who = await makeUser({ ledger, store }, 10_000n)
    await take(ledger, who, 'req_1', 1_000n)
    await take(ledger, who, 'req_2', 1_000n)
    const makeNone = () => {
      throw new Error('no receipt')
    }
    expect(() => ledger.settle('req_1', usd(700n), makeNone)).toThrow('no receipt')
    for (const id of ['req_1', 'req_2']) {
      expect(() => ledger.settle(id, usd(700n), () => unwritable(who, id))).toThrow(TypeError)
      expect(() => ledger.release(id, unwritable(who, id))).toThrow(TypeError)
    }
    expect(await balanceOf(ledger, who)).toEqual([10_000n, 2_000n, 8_000n])
    await expectDiskAgrees(bench, who)

    ledger.release('req_1', receiptOf(who, 'req_1', { ended: 'failed' }))
    expect(await ledger.settle('req_2', usd(400n), receiptFor(who, 'req_2'))).toMatchObject({ charged: usd(400n) })
    expect(await balanceOf(ledger, who)).toEqual([9_600n, 0n, 9_600n])
    await expectSound(ledger)
    await expectDiskAgrees(bench, who)
    expect(await store.receipts.find('req_1')).toMatchObject({ ended: 'failed', cost: 0n })
  },
)

onEachDatabase(
  'settling again, or releasing what was settled, changes nothing and gives the first outcome',
  async (open) => {
    const { ledger, store } = await open()
    const who = await makeUser({ ledger, store }, 10_000n)
    await take(ledger, who, 'req_1', 1_000n)
    const first = await ledger.settle('req_1', usd(700n), receiptFor(who, 'req_1'))
    expect(await ledger.settle('req_1', usd(999n), receiptFor(who, 'req_1'))).toEqual(first)
    await ledger.flush()
    expect(await ledger.settle('req_1', usd(999n), receiptFor(who, 'req_1'))).toEqual(first)
    ledger.release('req_1', receiptOf(who, 'req_1', { ended: 'failed' }))
    expect(await balanceOf(ledger, who)).toEqual([9_300n, 0n, 9_300n])
    await expectSound(ledger)
    expect(await store.receipts.find('req_1')).toMatchObject({ cost: 700n, ended: 'whole' })
  },
)

onEachDatabase('a released hold is available again and its receipt says why', async (open) => {
  const { ledger, store } = await open()
  const who = await makeUser({ ledger, store }, 10_000n)
  await take(ledger, who, 'req_1', 10_000n)
  ledger.release('req_1', receiptOf(who, 'req_1', { ended: 'failed', status: 502 }))
  expect(await ledger.settle('req_1', usd(50n), receiptFor(who, 'req_1'))).toEqual({
    charged: usd(0n),
    uncollected: usd(0n),
  })
  expect(await balanceOf(ledger, who)).toEqual([10_000n, 0n, 10_000n])
  await expectSound(ledger)
  expect(await store.receipts.find('req_1')).toMatchObject({ ended: 'failed', status: 502, cost: 0n })
})

onEachDatabase('a receipt that misstates the charge is put right', async (open) => {
  const { ledger, store } = await open()
  const who = await makeUser({ ledger, store }, 10_000n)
  await take(ledger, who, 'req_1', 1_000n)
  await ledger.settle('req_1', usd(700n), () => receiptOf(who, 'req_1', { cost: usd(1n) }))
  await expectSound(ledger)
  expect((await store.receipts.find('req_1'))?.cost).toBe(usd(700n))
})

onEachDatabase('settling what was never held is a broken invariant', async (open) => {
  const { ledger, store } = await open()
  const who = await makeUser({ ledger, store }, 0n)
  const settling = async () => ledger.settle('req_x', usd(1n), receiptFor(who, 'req_x'))
  await expect(settling()).rejects.toThrow('holds nothing')
  expect(() => ledger.hold(holdRequest(who, 'req_x', -1n))).toThrow(RangeError)
})

onEachDatabase('a request id is good for one request', async (open) => {
  const { ledger, store } = await open()
  const who = await makeUser({ ledger, store }, 10_000n)
  await take(ledger, who, 'req_1', 1_000n)
  expect(await ledger.hold(holdRequest(who, 'req_1', 1n))).toMatchObject({ error: { kind: 'conflict' } })
  await ledger.settle('req_1', usd(1n), receiptFor(who, 'req_1'))
  expect(await ledger.hold(holdRequest(who, 'req_1', 1n))).toMatchObject({ error: { kind: 'conflict' } })
  await expectSound(ledger)
})

onEachDatabase('a key spends and sets aside no more than its budget, whatever the balance', async (open) => {
  const bench = await open()
  const { ledger, store } = bench
  const who = await makeUser({ ledger, store }, 1_000_000n)
  const budget = { budgets: [{ subject: `key:${who.keyId}`, window: 'total' as const, limit: usd(1_000n) }] }
  await take(ledger, who, 'req_1', 600n, budget)
  const refused = await ledger.hold(holdRequest(who, 'req_2', 500n, budget))
  expect(refused).toMatchObject({ ok: false, error: { kind: 'key-budget-exceeded' } })
  await ledger.settle('req_1', usd(400n), receiptFor(who, 'req_1'))
  await take(ledger, who, 'req_3', 600n, budget)
  expect(await ledger.hold(holdRequest(who, 'req_4', 1n, budget))).toMatchObject({
    error: { kind: 'key-budget-exceeded' },
  })
  await ledger.flush()
  // A ledger opened afresh counts what was spent, and what is still held, from the disk.
  const fresh = bench.reopen()
  expect(await fresh.hold(holdRequest(who, 'req_5', 1n, budget))).toMatchObject({
    error: { kind: 'key-budget-exceeded' },
  })
  await expectSound(ledger)
})

onEachDatabase('nobody can hold for a user that does not exist', async (open) => {
  const { ledger } = await open()
  const who = { userId: 'user_nobody', keyId: 'key_nobody' }
  expect(await ledger.hold(holdRequest(who, 'req_1', 0n))).toMatchObject({ error: { kind: 'not-found' } })
  expect(await ledger.balance('user_nobody')).toMatchObject({ error: { kind: 'not-found' } })
})

onEachDatabase('a key without a row, as in local mode, works', async (open) => {
  const { ledger, store } = await open()
  const { userId } = await makeUser({ ledger, store }, 10_000n)
  const who = { userId, keyId: 'local' }
  await take(ledger, who, 'req_1', 1_000n)
  await ledger.settle('req_1', usd(700n), receiptFor(who, 'req_1'))
  await expectSound(ledger)
})

onEachDatabase('above the limit of open holds new ones are refused, and ending one makes room', async (open) => {
  const { ledger, store } = await open({ liveMax: 2 })
  const who = await makeUser({ ledger, store }, 10_000n)
  await take(ledger, who, 'req_1', 1n)
  await take(ledger, who, 'req_2', 1n)
  expect(await ledger.hold(holdRequest(who, 'req_3', 1n))).toMatchObject({ error: { kind: 'overloaded' } })
  await ledger.settle('req_1', usd(1n), receiptFor(who, 'req_1'))
  await ledger.flush()
  await take(ledger, who, 'req_3', 1n)
})

onEachDatabase('accounts pushed out of memory keep what they hold and have', async (open) => {
  const { ledger, store } = await open({ accountsMax: 3 })
  const users = await Promise.all(Array.from({ length: 12 }, () => makeUser({ ledger, store }, 10_000n)))
  const expected = new Map(users.map(({ userId }) => [userId, 10_000n]))
  for (let round = 0; round < 5; round++) {
    const requests = users.map((who, index) => ({ who, id: `req_${round}_${index}`, cost: BigInt(index + round) }))
    await Promise.all(requests.map(({ who, id }) => take(ledger, who, id, 1_000n)))
    for (const { who, id, cost } of requests) {
      await ledger.settle(id, usd(cost), receiptFor(who, id))
      expected.set(who.userId, (expected.get(who.userId) ?? 0n) - cost)
    }
    await Bun.sleep(5)
  }
  for (const who of users) expect((await balanceOf(ledger, who))[0]).toBe(expected.get(who.userId) ?? -1n)
  await expectSound(ledger)
})

onEachDatabase('an account with an open hold stays in memory until the hold has ended', async (open) => {
  const { ledger, store } = await open({ accountsMax: 2 })
  const who = await makeUser({ ledger, store }, 10_000n)
  await take(ledger, who, 'req_1', 4_000n)
  for (let index = 0; index < 8; index++) await makeUser({ ledger, store }, 1n)
  await Bun.sleep(5)
  expect(await balanceOf(ledger, who)).toEqual([10_000n, 4_000n, 6_000n])
  await ledger.settle('req_1', usd(1_000n), receiptFor(who, 'req_1'))
  expect(await balanceOf(ledger, who)).toEqual([9_000n, 0n, 9_000n])
  await expectSound(ledger)
})
