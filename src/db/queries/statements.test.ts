import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import { holdRequest, ledgerOf, makeUser, receiptFor, receiptOf, usd } from '../../ledger/fixture.ts'
import type { Ledger } from '../../ledger/types.ts'
import { openShelf, type Shelf } from '../fixture.ts'
import type { StatementFilter, StatementRow } from '../types.ts'

const START_MS = Date.UTC(2026, 9, 30)
const DAY_MS = 86_400_000

type Who = Awaited<ReturnType<typeof makeUser>>

describe.each([...DATABASES])('statements on %s', (kind) => {
  let shelf: Shelf
  let ledger: Ledger
  let ada: Who
  const clock = { nowMs: START_MS }

  const charge = async (who: Who, id: string, atMs: number, cost: bigint, model = 'model-1') => {
    const hold = await ledger.hold(holdRequest(who, id, 1_000_000n, { atMs }))
    if (!hold.ok) throw new Error(hold.error.message)
    await ledger.settle(id, usd(cost), (outcome) =>
      receiptOf(who, id, { ...receiptFor(who, id)(outcome), atMs, modelServed: model }),
    )
    await ledger.flush()
  }
  const credit = async (who: Who, key: string, atMs: number, amount: bigint) => {
    clock.nowMs = atMs
    const given = await ledger.credit({
      userId: who.userId,
      amount: usd(amount),
      reason: `why ${key}`,
      idempotencyKey: key,
    })
    if (!given.ok) throw new Error(given.error.message)
  }

  beforeAll(async () => {
    shelf = await openShelf(kind)
    ledger = ledgerOf(shelf.database, { nowMs: () => clock.nowMs })
    const parts = { store: shelf.store, ledger }
    ada = await makeUser(parts, 50_000_000n)
    const eve = await makeUser(parts, 50_000_000n)
    // Out of order, several to a millisecond, over the end of a month.
    await charge(ada, 'req_s4', START_MS + 4, 400n)
    await charge(ada, 'req_s1', START_MS + 1, 100n, 'model-2')
    await charge(ada, 'req_s4b', START_MS + 4, 44n)
    await credit(ada, 'top-up', START_MS + 4, 7_000n)
    await credit(ada, 'top-up 2', START_MS + 4, 70n)
    await charge(ada, 'req_s5', START_MS + 3 * DAY_MS, 500n)
    clock.nowMs = START_MS + 3 * DAY_MS + 5
    await ledger.refund({ requestId: 'req_s5', amount: usd(20n), reason: 'sorry', idempotencyKey: 'refund' })
    await credit(ada, 'back', START_MS + 4 * DAY_MS, -3_000n)
    await charge(ada, 'req_free', START_MS + 4 * DAY_MS, 0n)
    await charge(eve, 'req_eve', START_MS + 2, 999n)
    await credit(eve, 'eve', START_MS + 4, 999n)
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  const all = async (filter: Omit<StatementFilter, 'userId'>, limit: number): Promise<readonly StatementRow[]> => {
    const rows: StatementRow[] = []
    let cursor: string | undefined
    do {
      const listing = await shelf.store.statements.list({ userId: ada.userId, ...filter }, { limit, cursor })
      rows.push(...listing.rows)
      cursor = listing.nextCursor ?? undefined
    } while (cursor !== undefined)
    return rows
  }
  const shown = ({ kind, requestId, amount, reason }: StatementRow) => [kind, requestId ?? reason, amount]

  const WHOLE = [
    ['credit', 'why back', -3_000n],
    ['refund', 'req_s5', 20n],
    ['charge', 'req_s5', -500n],
    ['credit', 'why top-up 2', 70n],
    ['credit', 'why top-up', 7_000n],
    ['charge', 'req_s4b', -44n],
    ['charge', 'req_s4', -400n],
    ['charge', 'req_s1', -100n],
    ['credit', 'test', 50_000_000n],
  ] as const

  test.each([1, 2, 3, 100])('pages of %d show every posting of the account once, newest first', async (limit) => {
    expect((await all({}, limit)).map(shown) as unknown).toEqual(WHOLE)
  })

  test.each([1, 2, 100])('each balance is the one before with the posting, on pages of %d', async (limit) => {
    const rows = await all({}, limit)
    const balance = await ledger.balance(ada.userId)
    expect(rows[0]?.balance).toBe(balance.ok ? balance.value.posted : usd(-1n))
    for (const [index, row] of rows.entries()) {
      const before = rows[index + 1]?.balance ?? 0n
      expect(row.balance - before).toBe(row.amount)
    }
  })

  test.each([
    ['charges', 1],
    ['charges', 3],
    ['others', 2],
    ['others', 100],
  ] as const)('only %s have the same balances as among all, on pages of %d', async (only, limit) => {
    const among = (await all({}, 100)).filter(({ kind }) => (kind === 'charge') === (only === 'charges'))
    expect(await all({ only }, limit)).toEqual(among)
  })

  test('a stretch of time has the same balances as among all', async () => {
    const stretch = { sinceMs: START_MS + 4, untilMs: START_MS + 3 * DAY_MS + 5 }
    const among = (await all({}, 100)).filter(({ atMs }) => atMs >= stretch.sinceMs && atMs < stretch.untilMs)
    expect(among.length).toBe(5)
    expect(await all(stretch, 2)).toEqual(among)
  })

  test('a cursor that nobody was given leads to an empty page', async () => {
    for (const nonsense of ['nonsense', '12:x', `12:c${'9'.repeat(30)}`]) {
      const page = { limit: 5, cursor: btoa(nonsense) }
      expect(await shelf.store.statements.list({ userId: ada.userId }, page)).toEqual({ rows: [], nextCursor: null })
    }
  })

  test('a month opens with what the one before closed with, and what is in it adds up', async () => {
    const [october, november] = [Date.UTC(2026, 9, 1), Date.UTC(2026, 10, 1)]
    const before = await shelf.store.statements.sums(ada.userId, october, november)
    expect(before).toEqual({
      opening: usd(0n),
      charges: [
        { model: 'model-1', requests: 2, amount: usd(444n) },
        { model: 'model-2', requests: 1, amount: usd(100n) },
      ],
      others: [{ kind: 'credit', postings: 3, amount: usd(50_007_070n) }],
      closing: usd(50_006_526n),
    })
    const after = await shelf.store.statements.sums(ada.userId, november, Date.UTC(2026, 11, 1))
    expect(after).toMatchObject({
      opening: before.closing,
      charges: [{ model: 'model-1', requests: 1, amount: usd(500n) }],
      others: [
        { kind: 'credit', postings: 1, amount: usd(-3_000n) },
        { kind: 'refund', postings: 1, amount: usd(20n) },
      ],
      closing: usd(50_003_046n),
    })
    const moments = [october, november, Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1)]
    expect(await shelf.store.statements.totals(ada.userId, moments)).toEqual([
      { charged: usd(544n), others: usd(50_007_070n) },
      { charged: usd(500n), others: usd(-2_980n) },
      { charged: usd(0n), others: usd(0n) },
    ])
    const balance = await ledger.balance(ada.userId)
    expect(after.closing).toBe(balance.ok ? balance.value.posted : usd(-1n))
  })

  test('who has no postings has an empty statement', async () => {
    const nobody = await makeUser({ store: shelf.store, ledger }, 0n)
    expect(await shelf.store.statements.list({ userId: nobody.userId }, { limit: 5 })).toEqual({
      rows: [],
      nextCursor: null,
    })
    expect(await shelf.store.statements.sums(nobody.userId, 0, START_MS)).toMatchObject({ opening: 0n, closing: 0n })
  })
})
