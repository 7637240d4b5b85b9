import { afterEach, expect, test } from 'bun:test'
import { writeReceipt } from '../db/receipt-json.ts'
import { type Bench, holdRequest, makeUser, openBench, receiptFor, receiptOf, temporaryFolder, usd } from './fixture.ts'
import { openLedger } from './ledger.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A ledger with a user of 10,000 nano-dollars, and a hold of 4,000 of a process that died: another ledger. */
const openWithOrphan = async (more: { readonly abandonedReceipt?: string } = {}): Promise<Bench & { who: Who }> => {
  const folder = temporaryFolder()
  cleanups.push(() => folder.remove())
  const bench = await openBench(`${folder.path}/test.db`)
  cleanups.push(() => bench.close())
  const who = await makeUser(bench, 10_000n)
  await bench.ledger.hold(holdRequest(who, 'req_orphan', 4_000n, { expiresAtMs: 5_000, ...more }))
  await bench.ledger.flush()
  return { ...bench, ledger: openLedger(bench.database), who }
}

type Who = { readonly userId: string; readonly keyId: string }

test('what a dead process held stays held until its lease has run out, and is then given back', async () => {
  const { ledger, who } = await openWithOrphan()
  expect(await ledger.sweep(5_000)).toBe(0)
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 4_000n, available: 6_000n } })
  expect(await ledger.hold(holdRequest(who, 'req_1', 6_001n))).toMatchObject({
    error: { kind: 'insufficient-balance' },
  })
  expect(await ledger.sweep(5_001)).toBe(1)
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 0n, available: 10_000n } })
  expect(await ledger.sweep(5_001)).toBe(0)
  await ledger.flush()
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
})

test('an abandoned request leaves the receipt that was written when it was held', async () => {
  const receipt = writeReceipt(receiptOf({ userId: 'u', keyId: 'k' }, 'req_orphan', { ended: 'whole', cost: usd(9n) }))
  const { ledger, store, who } = await openWithOrphan({ abandonedReceipt: receipt })
  expect(await ledger.sweep(9_000)).toBe(1)
  const found = await store.receipts.find('req_orphan')
  expect(found).toMatchObject({ ended: 'abandoned', cost: 0n, usage: { input: 0, output: 0 }, modelServed: 'model-1' })
  const listed = await store.receipts.list({ userId: who.userId }, { limit: 5 })
  expect(listed.rows).toHaveLength(1)
  expect(await ledger.check()).toMatchObject({ ok: true })
})

test('a request this process is still working on is never swept, however old', async () => {
  const { ledger, who } = await openWithOrphan()
  await ledger.hold(holdRequest(who, 'req_slow', 1_000n, { expiresAtMs: 1 }))
  await ledger.flush()
  expect(await ledger.sweep(9_000)).toBe(1)
  expect(ledger.settle('req_slow', usd(700n), receiptFor(who, 'req_slow')).charged).toBe(usd(700n))
  expect(await ledger.sweep(9_000)).toBe(0)
  await ledger.flush()
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
})

test('a request that ends while the sweep reads of it is not given back twice', async () => {
  const { ledger, who } = await openWithOrphan()
  const hold = await ledger.hold(holdRequest(who, 'req_slow', 1_000n, { expiresAtMs: 1 }))
  expect(hold.ok && (await hold.value.durable).ok).toBe(true)
  const sweeping = ledger.sweep(9_000)
  ledger.settle('req_slow', usd(700n), receiptFor(who, 'req_slow'))
  expect(await sweeping).toBe(1)
  await ledger.flush()
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { posted: 9_300n, held: 0n } })
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
})

test('more expired holds than one query reads are all given back', async () => {
  const { database, ledger, who } = await openWithOrphan()
  const dead = openLedger(database)
  const requests = Array.from({ length: 1_203 }, (_, index) => holdRequest(who, `req_${index}`, 1n, { expiresAtMs: 1 }))
  await Promise.all(requests.map((request) => dead.hold(request)))
  await dead.flush()
  expect(await ledger.sweep(9_000)).toBe(1_204)
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 0n, available: 10_000n } })
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
})

/** Plants each fault straight into the tables: a check that cannot fail proves nothing. */
test.each([
  [
    'a posting without its other side',
    'INSERT INTO postings (transaction_seq, account_id, amount_nano) VALUES (1, (SELECT id FROM accounts LIMIT 1), 5)',
    'not to zero',
  ],
  [
    'a balance that its postings do not make',
    "UPDATE accounts SET posted_nano = posted_nano + 1 WHERE kind = 'user'",
    'its postings sum to',
  ],
  ['a held sum without its holds', "UPDATE holds SET state = 'abandoned'", 'its open holds sum to'],
  ['an account below its limit', "UPDATE accounts SET held_nano = 99999 WHERE kind = 'user'", 'below its limit'],
  ['a settled request that charged nothing and says nothing', "UPDATE holds SET state = 'settled'", 'neither or both'],
  ['a key that spent what it was not charged', 'UPDATE keys SET spent_nano = 5', 'its charges sum to'],
  ['a posting to nowhere', "UPDATE postings SET account_id = 'user:nobody' WHERE amount_nano > 0", 'does not exist'],
  [
    'a transaction without postings',
    "INSERT INTO transactions (kind, request_id, reason, at_ms) VALUES ('charge', 'x', 'y', 1)",
    'without being settled',
  ],
])('the check finds %s', async (_, sql, words) => {
  const { ledger, database } = await openWithOrphan()
  expect(await ledger.check()).toMatchObject({ ok: true })
  expect((await database.run([{ sql, parameters: [] }])).ok).toBe(true)
  const check = await ledger.check()
  expect(check.ok).toBe(false)
  expect(check.faults.join('\n')).toContain(words)
})
