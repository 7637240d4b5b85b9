import { afterEach, expect, test } from 'bun:test'
import { NO_USAGE } from '../canon/usage.ts'
import { type Bench, holdRequest, makeUser, openBench, receiptFor, receiptOf, temporaryFolder, usd } from './fixture.ts'
import { openLedger } from './ledger.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A ledger with a user of 10,000 nano-dollars, and a hold of 4,000 of a process that died: another ledger. */
const openWithOrphan = async (): Promise<Bench & { who: Who }> => {
  const folder = temporaryFolder()
  cleanups.push(() => folder.remove())
  const bench = await openBench(`${folder.path}/test.db`)
  cleanups.push(() => bench.close())
  const who = await makeUser(bench, 10_000n)
  await bench.ledger.hold(holdRequest(who, 'req_orphan', 4_000n, { expiresAtMs: 5_000 }))
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

test('an abandoned request leaves a receipt of how it was to be served, at no cost', async () => {
  const { ledger, store, who } = await openWithOrphan()
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

const ENDED = `INSERT INTO receipts (request_id, at_ms, user_id, key_id, heading_id, status, ended, cost_nano, body)
  SELECT request_id, 1, '', key_id, heading_id, 0, 'failed', 0, '' FROM holds`

/** Plants each fault straight into the tables: a check that cannot fail proves nothing. */
test.each([
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
    `INSERT INTO transactions SELECT 'charge', 'x', to_account_id, from_account_id, 5, 1, NULL, NULL, NULL FROM transactions`,
    'has no receipt',
  ],
])('the check finds %s', async (_, sql, words) => {
  const { ledger, database } = await openWithOrphan()
  expect(await ledger.check()).toMatchObject({ ok: true })
  expect((await database.run([{ sql, parameters: [] }])).ok).toBe(true)
  const check = await ledger.check()
  expect(check.ok).toBe(false)
  expect(check.faults.join('\n')).toContain(words)
})
