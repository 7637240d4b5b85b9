import { expect } from 'bun:test'
import { NO_USAGE } from '../canon/usage.ts'
import { holdRequest, makeUser, receiptFor, receiptOf, usd } from './fixture.ts'
import { onEachDatabase, type OpenBench } from '../../test/harness/ledgers.ts'

/** A ledger with a user of 10,000 nano-dollars, and a hold of 4,000 of a process that died: another ledger. */
const openWithOrphan = async (open: () => Promise<OpenBench>): Promise<OpenBench & { who: Who }> => {
  const bench = await open()
  const who = await makeUser(bench, 10_000n)
  await bench.ledger.hold(holdRequest(who, 'req_orphan', 4_000n, { expiresAtMs: 5_000 }))
  await bench.ledger.flush()
  return { ...bench, ledger: bench.reopen(), who }
}

type Who = { readonly userId: string; readonly keyId: string }

onEachDatabase(
  'what a dead process held stays held until its lease has run out, and is then given back',
  async (open) => {
    const { ledger, who } = await openWithOrphan(open)
    expect(await ledger.sweep(4_000)).toBe(0)
    expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 4_000n, available: 6_000n } })
    expect(await ledger.hold(holdRequest(who, 'req_1', 6_001n))).toMatchObject({
      error: { kind: 'insufficient-balance' },
    })
    expect(await ledger.sweep(6_000)).toBe(1)
    expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 0n, available: 10_000n } })
    expect(await ledger.sweep(6_000)).toBe(0)
    await ledger.flush()
    expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
  },
)

onEachDatabase('an abandoned request leaves a receipt of how it was to be served, at no cost', async (open) => {
  const { ledger, store, who } = await openWithOrphan(open)
  expect(await ledger.sweep(9_000)).toBe(1)
  const { attempts: _, ...expected } = receiptOf(who, 'req_orphan', {
    ended: 'abandoned',
    status: 0,
    usage: NO_USAGE,
    usageSource: 'estimated',
    rawUsage: null,
    quote: usd(4_000n),
    latencyMs: 0,
    ttftMs: null,
    overheadMs: 0,
  })
  expect(await store.receipts.find('req_orphan')).toEqual({ ...expected, attempts: [] })
  const listed = await store.receipts.list({ userId: who.userId }, { limit: 5 })
  expect(listed.rows).toHaveLength(1)
  expect(await ledger.check()).toMatchObject({ ok: true })
})

onEachDatabase('a request this process is still working on is never swept, however old', async (open) => {
  const { ledger, who } = await openWithOrphan(open)
  await ledger.hold(holdRequest(who, 'req_slow', 1_000n, { expiresAtMs: 1 }))
  await ledger.flush()
  expect(await ledger.sweep(9_000)).toBe(1)
  expect(await ledger.settle('req_slow', usd(700n), receiptFor(who, 'req_slow'))).toMatchObject({ charged: usd(700n) })
  expect(await ledger.sweep(9_000)).toBe(0)
  await ledger.flush()
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
})

onEachDatabase('a request that ends while the sweep reads of it is not given back twice', async (open) => {
  const { ledger, who } = await openWithOrphan(open)
  const hold = await ledger.hold(holdRequest(who, 'req_slow', 1_000n, { expiresAtMs: 1 }))
  expect(hold.ok && (await hold.value.durable).ok).toBe(true)
  const sweeping = ledger.sweep(9_000)
  await ledger.settle('req_slow', usd(700n), receiptFor(who, 'req_slow'))
  expect(await sweeping).toBe(1)
  await ledger.flush()
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { posted: 9_300n, held: 0n } })
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
})

onEachDatabase('more expired holds than one query reads are all given back', async (open) => {
  const { ledger, who, reopen } = await openWithOrphan(open)
  const dead = reopen()
  const requests = Array.from({ length: 1_203 }, (_, index) => holdRequest(who, `req_${index}`, 1n, { expiresAtMs: 1 }))
  await Promise.all(requests.map((request) => dead.hold(request)))
  await dead.flush()
  expect(await ledger.sweep(9_000)).toBe(1_204)
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 0n, available: 10_000n } })
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
})

const ENDED = `INSERT INTO receipts (request_id, at_ms, user_id, key_id, heading_id, status, ended, cost_nano, body)
  SELECT request_id, 1, '', key_id, heading_id, 0, 'failed', 0, '' FROM holds`

/** Plants each fault straight into the tables: a check that cannot fail proves nothing. */
const FAULTS = [
  [
    'a transaction of an account with itself',
    'UPDATE transactions SET from_account_id = to_account_id',
    'to and from one account',
  ],
  [
    'a balance that its postings do not make',
    "UPDATE accounts SET posted_nano = posted_nano + 1 WHERE kind = 'user'",
    'its postings sum to',
  ],
  ['a held sum without its holds', 'DELETE FROM holds', 'its open holds sum to'],
  ['an account below its limit', "UPDATE accounts SET held_nano = 99999 WHERE kind = 'user'", 'below its limit'],
  ['a request that ended and still holds', ENDED, 'though it has ended'],
  ['a hold without a heading', 'DELETE FROM headings', 'whose heading does not exist'],
  ['a key that spent what it was not charged', 'UPDATE keys SET spent_nano = 5', 'its charges sum to'],
  ['a posting to nowhere', "UPDATE transactions SET to_account_id = 'user:nobody'", 'does not exist'],
  [
    'a charge without a receipt',
    `INSERT INTO transactions SELECT 'charge', 'x', to_account_id, from_account_id, 5, 1, NULL, NULL, NULL, NULL FROM transactions`,
    'has no receipt',
  ],
  [
    'a refund of more than was charged',
    `INSERT INTO transactions SELECT 'refund', 'x', to_account_id, from_account_id, 0, 1, NULL, NULL, NULL, 'req_1' FROM transactions
      UNION ALL SELECT 'refund', 'y', to_account_id, from_account_id, 5, 1, NULL, NULL, NULL, 'req_1' FROM transactions`,
    'was refunded, and 0.000000000 USD was charged',
  ],
] as const

for (const [what, sql, words] of FAULTS) {
  onEachDatabase(`the check finds ${what}`, async (open) => {
    const { ledger, database } = await openWithOrphan(open)
    expect(await ledger.check()).toMatchObject({ ok: true })
    expect((await database.run([{ sql, parameters: [] }])).ok).toBe(true)
    const check = await ledger.check()
    expect(check.ok).toBe(false)
    expect(check.faults.join('\n')).toContain(words)
  })
}
