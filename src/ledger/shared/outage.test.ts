import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { type PostgresServer, startPostgres } from '../../../test/harness/postgres.ts'
import { holdRequest, makeUser, receiptFor, usd } from '../fixture.ts'
import type { Ledger } from '../types.ts'
import { openReplica, openReplicas, recompute, type Replica, rowsOf } from './fixture.ts'

/** A server of its own: what is done to it here would disturb every other test. */
let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
}, START_TIMEOUT_MS)
afterAll(() => server.stop())

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const open = async (count: number, options: Parameters<typeof openReplica>[1] = {}) => {
  const opened = await openReplicas(count, options, await server.createDatabase())
  cleanups.push(() => opened.remove())
  return { ...opened, replica: opened.replicas[0] }
}

type Who = { readonly userId: string; readonly keyId: string }

/** Requests as they come, for as long as `goOn` says; gives back what each said: what it was charged, if granted. */
const traffic = async (ledger: Ledger, who: Who, name: string, goOn: () => boolean): Promise<Map<string, bigint>> => {
  const charged = new Map<string, bigint>()
  const work = async (lane: number): Promise<void> => {
    for (let index = 0; goOn(); index++) {
      const id = `req_${name}_${lane}_${index}`
      const hold = await ledger.hold(holdRequest(who, id, 100n))
      if (!hold.ok) {
        expect(hold.error).toMatchObject({ kind: 'overloaded' })
        expect(hold.error.retryAfterMs).toBeGreaterThan(0)
        await Bun.sleep(20)
        continue
      }
      const outcome = await ledger.settle(id, usd(70n), receiptFor(who, id))
      charged.set(id, outcome.charged)
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, lane) => work(lane)))
  return charged
}

/** Everything that was said to be charged is, once; nothing else is; nothing is held; every balance adds up. */
const expectAllAndNothingElse = async (
  { replicas, replica }: { readonly replicas: readonly Replica[]; readonly replica: Replica },
  said: readonly ReadonlyMap<string, bigint>[],
): Promise<void> => {
  await Promise.all(replicas.map(({ ledger }) => ledger.flush()))
  const rows = await rowsOf(replica, "SELECT reference, amount_nano FROM transactions WHERE kind = 'charge'")
  const charged = new Map(rows.map((row) => [String(row['reference']), BigInt(String(row['amount_nano']))]))
  expect(charged).toEqual(new Map(said.flatMap((one) => [...one])))
  expect(await replica.ledger.check()).toMatchObject({ ok: true, faults: [], openHolds: 0 })
  const expected = await recompute(replica)
  for (const row of await rowsOf(replica, "SELECT * FROM accounts WHERE kind = 'user'"))
    expect([row['posted_nano'], row['held_nano']]).toEqual([...(expected.get(String(row['id'])) ?? [])])
}

const QUICK = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_000, patienceMs: 500 }

test(
  'connections cut in the middle of everything lose no charge and make none twice',
  async () => {
    const opened = await open(2)
    const who = await makeUser(opened.replica, 1_000_000_000n)
    let isOver = false
    const running = opened.replicas.map(({ ledger }, index) => traffic(ledger, who, String(index), () => !isOver))
    // From outside, as an operator would.
    const operator = await openReplica(opened.address)
    let cuts = 0
    while (cuts < 40) {
      await Bun.sleep(25)
      const sql = `SELECT count(pg_terminate_backend(pid)) AS cut FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`
      cuts += Number((await rowsOf(operator, sql))[0]?.['cut'])
    }
    isOver = true
    const said = await Promise.all(running)
    await operator.database.close()
    await expectAllAndNothingElse(opened, said)
    expect(opened.replica.faults.join('\n')).toContain('The ledger cannot write to the database')
  },
  START_TIMEOUT_MS,
)

test(
  'while the server is away holds are refused at once and endings wait; when it is back they land',
  async () => {
    const opened = await open(1, QUICK)
    const { ledger } = opened.replica
    const who = await makeUser(opened.replica, 1_000_000n)
    for (const id of ['req_1', 'req_2', 'req_3']) await ledger.hold(holdRequest(who, id, 100n))
    await server.kill()
    const said = new Map<string, bigint>()
    said.set('req_1', (await ledger.settle('req_1', usd(70n), receiptFor(who, 'req_1'))).charged)
    // More than was held: only what was is certain now.
    const more = await ledger.settle('req_2', usd(150n), receiptFor(who, 'req_2'))
    expect(more).toEqual({ charged: usd(100n), uncollected: usd(50n) })
    for (let index = 0; index < 5; index++) {
      const refused = await ledger.hold(holdRequest(who, `req_no_${index}`, 100n))
      expect(refused).toMatchObject({ ok: false, error: { kind: 'overloaded' } })
    }
    expect(await ledger.balance(who.userId)).toMatchObject({ ok: false, error: { kind: 'overloaded' } })
    const credit = { userId: who.userId, amount: usd(5n), reason: 'x', idempotencyKey: 'late' }
    expect(await ledger.credit(credit)).toMatchObject({ ok: false, error: { kind: 'overloaded' } })
    await server.start()
    said.set('req_3', (await ledger.settle('req_3', usd(30n), receiptFor(who, 'req_3'))).charged)
    await ledger.flush()
    // It has landed, and was told as it turned out.
    said.set('req_2', (await ledger.settle('req_2', usd(150n), receiptFor(who, 'req_2'))).charged)
    expect(said.get('req_2')).toBe(150n)
    // Endings that waited are not taken for those of the dead.
    expect(await ledger.sweep(Date.now() + 10_000_000)).toBe(0)
    expect(await ledger.credit(credit)).toMatchObject({ ok: true })
    await expectAllAndNothingElse(opened, [said])
  },
  START_TIMEOUT_MS,
)

test(
  'a server that stalls keeps nobody waiting; what it grants to those who left is given back',
  async () => {
    const opened = await open(1, QUICK)
    const { ledger } = opened.replica
    const who = await makeUser(opened.replica, 1_000_000n)
    await ledger.hold(holdRequest(who, 'req_1', 100n))
    server.suspend()
    const asked = [0, 1, 2].map((index) => ledger.hold(holdRequest(who, `req_stalled_${index}`, 100n)))
    for (const answer of await Promise.all(asked))
      expect(answer).toMatchObject({ ok: false, error: { kind: 'overloaded' } })
    expect(await ledger.hold(holdRequest(who, 'req_behind', 100n))).toMatchObject({ error: { kind: 'overloaded' } })
    const { charged } = await ledger.settle('req_1', usd(70n), receiptFor(who, 'req_1'))
    server.resume()
    while ((await ledger.hold(holdRequest(who, 'req_again', 0n))).ok === false) await Bun.sleep(20)
    ledger.release('req_again', { ...receiptFor(who, 'req_again')({ charged: usd(0n), uncollected: usd(0n) }) })
    await expectAllAndNothingElse(opened, [new Map([['req_1', charged]])])
  },
  START_TIMEOUT_MS,
)

test(
  'a server killed and started again under traffic loses no charge and makes none twice',
  async () => {
    const opened = await open(2, QUICK)
    const who = await makeUser(opened.replica, 1_000_000_000n)
    let isOver = false
    const running = opened.replicas.map(({ ledger }, index) => traffic(ledger, who, String(index), () => !isOver))
    for (let round = 0; round < 2; round++) {
      await Bun.sleep(200)
      await server.kill()
      await Bun.sleep(200)
      await server.start()
      await Bun.sleep(200)
      server.suspend()
      await Bun.sleep(700)
      server.resume()
    }
    await Bun.sleep(200)
    isOver = true
    await expectAllAndNothingElse(opened, await Promise.all(running))
  },
  START_TIMEOUT_MS,
)

test('what cannot be waited for any longer is given up, counted, and told of with all that is lost', async () => {
  const faults: string[] = []
  const { replica } = await open(1, { onFault: (message) => void faults.push(message) })
  const { ledger } = replica
  const who = await makeUser(replica, 10_000n)
  for (const id of ['req_1', 'req_2']) expect((await ledger.hold(holdRequest(who, id, 100n))).ok).toBe(true)
  await server.kill()
  for (const id of ['req_1', 'req_2']) await ledger.settle(id, usd(70n), receiptFor(who, id))
  expect(ledger.abandon()).toBe(2)
  const lost = faults.filter((fault) => fault.includes('could not be written'))
  for (const [index, id] of ['req_1', 'req_2'].entries()) {
    expect(lost[index]).toContain(
      `The end of request ${id} could not be written: the database has been away for too long`,
    )
    expect(lost[index]).toContain('70')
  }
  expect([lost.length, ledger.abandon()]).toEqual([2, 0])
  await server.start()
})
