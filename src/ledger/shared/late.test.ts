import { afterEach, expect, test } from 'bun:test'
import { START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import type { Receipt } from '../../canon/receipt.ts'
import { ZERO_USD } from '../../units.ts'
import { holdRequest, makeUser, receiptFor, receiptOf, usd } from '../fixture.ts'
import { Headings } from '../headings.ts'
import type { HoldRequest } from '../types.ts'
import { applyOperations } from './apply.ts'
import { openReplicas, recompute, type Replica, rowsOf } from './fixture.ts'
import { lateReceiptOf, writeLateEnd } from './late.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

type Who = { readonly userId: string; readonly keyId: string }

/** A replica that serves, and another one that takes what it holds for that of the dead. */
const open = async (credit: bigint) => {
  const told: Receipt[] = []
  const { replicas, remove } = await openReplicas(2, { onSettled: (receipt) => void told.push(receipt) })
  cleanups.push(remove)
  const [serving, other = replicas[0]] = replicas
  const who = await makeUser(serving, credit)
  const holdAndLose = async (id: string, amount: bigint, more: Partial<HoldRequest> = {}): Promise<void> => {
    const held = await serving.ledger.hold(holdRequest(who, id, amount, { expiresAtMs: Date.now() - 1, ...more }))
    expect(held.ok).toBe(true)
    expect(await other.ledger.sweep(Date.now())).toBe(1)
  }
  return { serving, other, who, told, holdAndLose }
}

const settle = ({ ledger }: Replica, who: Who, id: string, cost: bigint) =>
  ledger.settle(id, usd(cost), receiptFor(who, id))

const expectSound = async (replica: Replica): Promise<void> => {
  await replica.ledger.flush()
  expect(await replica.ledger.check()).toMatchObject({ ok: true, faults: [], openHolds: 0, sum: 0n })
  const expected = await recompute(replica)
  for (const row of await rowsOf(replica, "SELECT * FROM accounts WHERE kind = 'user'"))
    expect([row['posted_nano'], row['held_nano']]).toEqual([...(expected.get(String(row['id'])) ?? [])])
}

test(
  'a request whose hold was given back while it was served is charged late, once, on a second receipt',
  async () => {
    const { serving, other, who, told, holdAndLose } = await open(10_000n)
    await holdAndLose('req_1', 4_000n)
    const abandoned = await other.store.receipts.find('req_1')
    expect(abandoned).toMatchObject({ ended: 'abandoned', cost: 0n })
    expect(await settle(serving, who, 'req_1', 3_000n)).toEqual({ charged: usd(3_000n), uncollected: ZERO_USD })
    await serving.ledger.flush()
    expect(await other.store.receipts.find('req_1')).toEqual(abandoned)
    const late = await other.store.receipts.find('req_1-late')
    expect(late).toEqual({ ...receiptOf(who, 'req_1-late'), cost: usd(3_000n) })
    expect(await other.ledger.balance(who.userId)).toMatchObject({ value: { posted: 7_000n, held: 0n } })
    // Said again, here or there, it changes nothing.
    expect(await settle(serving, who, 'req_1', 3_000n)).toEqual({ charged: usd(3_000n), uncollected: ZERO_USD })
    await settle(other, who, 'req_1', 3_000n)
    await expectSound(serving)
    await expectSound(other)
    expect(told.map(({ requestId, ended, cost }) => [requestId, ended, cost])).toEqual([
      ['req_1', 'abandoned', usd(0n)],
      ['req_1-late', 'whole', usd(3_000n)],
    ])
    expect(serving.faults.join('\n')).toContain('3000 nano-dollars were charged late and 0 could not be')
    const refund = { requestId: 'req_1-late', amount: undefined, reason: 'x', idempotencyKey: 'back' }
    expect(await other.ledger.refund(refund)).toMatchObject({ value: { amount: 3_000n } })
    await expectSound(other)
  },
  START_TIMEOUT_MS,
)

test(
  'what was spent meanwhile is not charged late; the rest stands on the second receipt as not collected',
  async () => {
    const { serving, other, who, holdAndLose } = await open(5_000n)
    await holdAndLose('req_1', 5_000n)
    await other.ledger.hold(holdRequest(who, 'req_2', 4_000n))
    await settle(other, who, 'req_2', 4_000n)
    await settle(serving, who, 'req_1', 3_000n)
    await serving.ledger.flush()
    expect(await other.store.receipts.find('req_1-late')).toMatchObject({ cost: 1_000n, uncollected: 2_000n })
    // A second one finds nothing left, and is on the books all the same.
    await other.ledger.credit({ userId: who.userId, amount: usd(100n), reason: 'x', idempotencyKey: 'y' })
    await holdAndLose('req_3', 100n)
    await other.ledger.hold(holdRequest(who, 'req_4', 100n))
    await settle(serving, who, 'req_3', 100n)
    await settle(other, who, 'req_4', 100n)
    await serving.ledger.flush()
    expect(await other.store.receipts.find('req_3-late')).toMatchObject({ cost: 0n, uncollected: 100n })
    await expectSound(other)
  },
  START_TIMEOUT_MS,
)

test(
  'a late charge counts in budgets, also above them',
  async () => {
    const { serving, other, who, holdAndLose } = await open(100_000n)
    const atMs = Date.now()
    const subject = `key:${who.keyId}`
    const budgets = [
      { subject, window: 'total' as const, limit: usd(5_000n) },
      { subject, window: 'day' as const, limit: usd(5_000n) },
    ]
    await holdAndLose('req_1', 4_000n, { budgets, atMs })
    await other.ledger.hold(holdRequest(who, 'req_2', 5_000n, { budgets, atMs }))
    await settle(other, who, 'req_2', 5_000n)
    const receipt = () => receiptOf(who, 'req_1', { atMs })
    await serving.ledger.settle('req_1', usd(4_000n), receipt)
    await serving.ledger.flush()
    const spent = await rowsOf(other, 'SELECT spent_nano, held_nano FROM spends')
    expect(spent.map((row) => [row['spent_nano'], row['held_nano']])).toEqual([
      [9_000n, 0n],
      [9_000n, 0n],
    ])
    expect(await other.ledger.hold(holdRequest(who, 'req_3', 1n, { budgets, atMs }))).toMatchObject({
      error: { kind: 'key-budget-exceeded' },
    })
    await expectSound(other)
  },
  START_TIMEOUT_MS,
)

test(
  'a request that cost nothing has no second receipt, and is nobody’s fault',
  async () => {
    const { serving, other, who, holdAndLose } = await open(5_000n)
    await holdAndLose('req_1', 5_000n)
    await holdAndLose('req_2', 5_000n)
    await settle(serving, who, 'req_1', 0n)
    serving.ledger.release('req_2', receiptOf(who, 'req_2', { ended: 'failed' }))
    await serving.ledger.flush()
    expect((await other.store.receipts.list({}, { limit: 10 })).rows.map(({ ended }) => ended)).toEqual([
      'abandoned',
      'abandoned',
    ])
    expect(serving.faults).toEqual([])
    await expectSound(other)
  },
  START_TIMEOUT_MS,
)

test(
  'many that end late at once, among others of the same account, are each charged their own',
  async () => {
    const { serving, other, who } = await open(1_000_000n)
    const ids = Array.from({ length: 60 }, (_, index) => `req_${index}`)
    const costOf = (id: string): bigint => 10n + BigInt(id.slice(4))
    const isLost = (id: string): boolean => costOf(id) % 3n === 0n
    for (const id of ids) {
      const expiresAtMs = Date.now() + (isLost(id) ? -1 : 900_000)
      await serving.ledger.hold(holdRequest(who, id, 100n, { expiresAtMs }))
    }
    expect(await other.ledger.sweep(Date.now())).toBe(ids.filter(isLost).length)
    const outcomes = await Promise.all(ids.map((id) => settle(serving, who, id, costOf(id))))
    expect(outcomes.map(({ charged }) => charged as bigint)).toEqual(ids.map(costOf))
    await serving.ledger.flush()
    const rows = await rowsOf(other, "SELECT reference, amount_nano FROM transactions WHERE kind = 'charge'")
    const expected = ids.map((id): [string, bigint] => [isLost(id) ? `${id}-late` : id, costOf(id)])
    expect(new Map(rows.map((row) => [String(row['reference']), row['amount_nano']]))).toEqual(new Map(expected))
    await expectSound(other)
  },
  START_TIMEOUT_MS,
)

test(
  'a late end whose answer was lost is said again and done once',
  async () => {
    const { serving, who, holdAndLose } = await open(5_000n)
    await holdAndLose('req_1', 5_000n)
    const late = lateReceiptOf(receiptOf(who, 'req_1'))
    const written = writeLateEnd(late, 2_000n, new Headings(1).find(late, undefined), [])
    const charged = { charged: 2_000n }
    expect(await applyOperations(serving.database, [written])).toMatchObject({ value: [{ is: 'ended', ...charged }] })
    expect(await applyOperations(serving.database, [written])).toMatchObject({ value: [{ is: 'gone', ...charged }] })
    await expectSound(serving)
  },
  START_TIMEOUT_MS,
)
