import { afterEach, expect, test } from 'bun:test'
import { type Bench, holdRequest, makeUser, openBench, receiptFor, receiptOf, temporaryFolder, usd } from './fixture.ts'
import { openLedger } from './ledger.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const open = async (onFault: (message: string) => void = () => undefined): Promise<Bench> => {
  const folder = temporaryFolder()
  cleanups.push(() => folder.remove())
  const bench = await openBench(`${folder.path}/test.db`, { onFault })
  cleanups.push(() => bench.close())
  return bench
}

const fillDisk = async ({ database }: Bench): Promise<void> => {
  const pages = await database.run([{ sql: 'PRAGMA page_count', parameters: [] }])
  const count = pages.ok ? pages.value[0]?.rows[0]?.['page_count'] : undefined
  await database.run([{ sql: `PRAGMA max_page_count = ${String(count)}`, parameters: [] }])
}

const makeSpace = ({ database }: Bench) => database.run([{ sql: 'PRAGMA max_page_count = 1000000', parameters: [] }])

/** Receipts this big need a page each, so that a full disk shows at once. */
const BIG = { warnings: ['x'.repeat(9_000)] }
/** Stored with the first hold that names it. */
const BIG_HEADING = { heading: receiptOf({ userId: 'u', keyId: 'k' }, 'req_1', { group: 'x'.repeat(20_000) }) }

test('on a full disk holds are refused and undone; when there is space again they work', async () => {
  const bench = await open()
  const { ledger } = bench
  const who = await makeUser(bench, 10_000n)
  await fillDisk(bench)
  const hold = await ledger.hold(holdRequest(who, 'req_1', 4_000n, BIG_HEADING))
  if (!hold.ok) throw new Error(hold.error.message)
  const durable = await hold.value.durable
  expect(durable).toMatchObject({ ok: false, error: { kind: 'overloaded' } })
  if (!durable.ok) expect(durable.error.message).toContain('disk is full')
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 0n, available: 10_000n } })
  await makeSpace(bench)
  const again = await ledger.hold(holdRequest(who, 'req_2', 10_000n, BIG_HEADING))
  expect(again.ok && (await again.value.durable).ok).toBe(true)
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 1 })
})

test('a settlement that meets a full disk waits in memory and lands when there is space', async () => {
  const faults: string[] = []
  const bench = await open((message) => faults.push(message))
  const { ledger, database, store } = bench
  const who = await makeUser(bench, 10_000n)
  const ids = Array.from({ length: 20 }, (_, index) => `req_${index}`)
  for (const id of ids) await ledger.hold(holdRequest(who, id, 100n))
  await ledger.flush()
  await fillDisk(bench)
  for (const id of ids) ledger.settle(id, usd(70n), (outcome) => ({ ...receiptFor(who, id)(outcome), ...BIG }))
  await database.drained()
  await Bun.sleep(150)
  expect(faults.join('\n')).toContain('Settlements wait')
  // Memory is the authority: what was said counts, though the disk does not have it yet.
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { posted: 8_600n, held: 0n } })
  // Its own requests are not abandoned, though the disk still shows their holds open.
  expect(await ledger.sweep(Date.now() + 10_000_000)).toBe(0)
  await makeSpace(bench)
  await ledger.flush()
  expect(await openLedger(database).balance(who.userId)).toMatchObject({ value: { posted: 8_600n, held: 0n } })
  expect(await ledger.check()).toMatchObject({ ok: true, openHolds: 0 })
  expect((await store.receipts.find('req_19'))?.cost).toBe(usd(70n))
})

test('a request settled before its hold was known to have failed is charged nothing, and its receipt says so', async () => {
  const bench = await open()
  const { ledger, store } = bench
  const who = await makeUser(bench, 10_000n)
  await fillDisk(bench)
  const hold = await ledger.hold(holdRequest(who, 'req_1', 4_000n, BIG_HEADING))
  if (!hold.ok) throw new Error(hold.error.message)
  ledger.settle('req_1', usd(700n), (outcome) => ({ ...receiptFor(who, 'req_1')(outcome), ...BIG }))
  expect((await hold.value.durable).ok).toBe(false)
  await makeSpace(bench)
  await ledger.flush()
  expect(ledger.settle('req_1', usd(700n), receiptFor(who, 'req_1'))).toEqual({
    charged: usd(0n),
    uncollected: usd(700n),
  })
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { posted: 10_000n, held: 0n } })
  expect(await store.receipts.find('req_1')).toMatchObject({ cost: 0n, uncollected: 700n })
  expect(await ledger.check()).toMatchObject({ ok: true })
})

test.each(['settle', 'release'] as const)(
  'a hold that failed can be ended by %s, which leaves its receipt',
  async (end) => {
    const bench = await open()
    const { ledger, store } = bench
    const who = await makeUser(bench, 10_000n)
    await fillDisk(bench)
    const hold = await ledger.hold(holdRequest(who, 'req_1', 4_000n, BIG_HEADING))
    expect(hold.ok && (await hold.value.durable).ok).toBe(false)
    await makeSpace(bench)
    if (end === 'settle') ledger.settle('req_1', usd(7n), receiptFor(who, 'req_1'))
    else ledger.release('req_1', receiptOf(who, 'req_1', { ended: 'failed', status: 503 }))
    await ledger.flush()
    expect(await store.receipts.find('req_1')).toMatchObject({ cost: 0n, uncollected: end === 'settle' ? 7n : 0n })
    expect(await ledger.check()).toMatchObject({ ok: true })
  },
)

test('a credit that meets a full disk is not there, and its key stays free', async () => {
  const bench = await open()
  const { ledger } = bench
  const who = await makeUser(bench, 100n)
  const credit = (amount: bigint) =>
    ledger.credit({
      userId: who.userId,
      amount: usd(amount),
      reason: 'x'.repeat(1_000),
      idempotencyKey: `key-${amount}`,
    })
  await fillDisk(bench)
  const refused: bigint[] = []
  for (let amount = 1n; amount <= 20n; amount++) if (!(await credit(amount)).ok) refused.push(amount)
  for (let amount = -1n; amount >= -20n; amount--) if (!(await credit(amount)).ok) refused.push(amount)
  expect(refused.length).toBeGreaterThan(10)
  await makeSpace(bench)
  for (const amount of refused) expect((await credit(amount)).ok).toBe(true)
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { posted: 100n } })
  expect(await ledger.check()).toMatchObject({ ok: true })
})

test('when the account was changed behind its back, the disk refuses and memory is read again', async () => {
  const bench = await open()
  const { ledger, database } = bench
  const who = await makeUser(bench, 10_000n)
  await ledger.balance(who.userId)
  await database.run([{ sql: "UPDATE accounts SET overdraft_nano = -9000 WHERE kind = 'user'", parameters: [] }])
  const hold = await ledger.hold(holdRequest(who, 'req_1', 4_000n))
  expect(hold.ok && (await hold.value.durable)).toMatchObject({ ok: false, error: { kind: 'insufficient-balance' } })
  expect(await ledger.balance(who.userId)).toMatchObject({ value: { held: 0n, available: 1_000n } })
})

test('after the database is closed everything is refused and nothing hangs', async () => {
  const bench = await open()
  const { ledger, database } = bench
  const who = await makeUser(bench, 10_000n)
  const hold = await ledger.hold(holdRequest(who, 'req_1', 1n))
  await database.close()
  expect(hold.ok && (await hold.value.durable).ok).toBe(true)
  ledger.settle('req_1', usd(1n), receiptFor(who, 'req_1'))
  await ledger.flush()
  const late = await ledger.hold(holdRequest(who, 'req_2', 1n))
  expect(late).toMatchObject({ ok: false, error: { kind: 'internal' } })
  expect(
    await ledger.credit({ userId: who.userId, amount: usd(1n), reason: 'x', idempotencyKey: 'late' }),
  ).toMatchObject({ ok: false })
})

test('what cannot be waited for any longer is given up, counted, and told of with all that is lost', async () => {
  const faults: string[] = []
  const bench = await open((message) => faults.push(message))
  const { ledger, database } = bench
  const who = await makeUser(bench, 10_000n)
  const ids = ['req_1', 'req_2', 'req_3']
  for (const id of ids) await ledger.hold(holdRequest(who, id, 100n))
  await ledger.flush()
  await fillDisk(bench)
  for (const id of ids) ledger.settle(id, usd(70n), (outcome) => ({ ...receiptFor(who, id)(outcome), ...BIG }))
  await database.drained()
  const flushed = ledger.flush()
  expect(ledger.abandon()).toBe(3)
  await flushed
  const lost = faults.filter((fault) => fault.includes('could not be written'))
  expect(lost).toHaveLength(3)
  for (const [index, id] of ids.entries()) {
    expect(lost[index]).toContain(
      `The end of request ${id} could not be written: the database has been away for too long`,
    )
    expect(lost[index]).toContain(`"${id}"`)
    expect(lost[index]).toContain('"70"')
  }
  expect(ledger.abandon()).toBe(0)
  await makeSpace(bench)
})
