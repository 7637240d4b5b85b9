import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../../test/harness/databases.ts'
import type { Ended, Receipt } from '../../canon/receipt.ts'
import { receiptOf } from '../../ledger/fixture.ts'
import { openShelf, type Shelf, writeReceipt } from '../fixture.ts'
import type { ReceiptFilter } from '../types.ts'
import { isFound } from './receipts-filter.ts'

const ENDED: readonly Ended[] = ['whole', 'client_cut', 'failed', 'abandoned']
const FORMATS = ['openai-chat', 'anthropic-messages'] as const

/** Receipts that differ in everything they are looked for by, two to a millisecond. */
const RECEIPTS: readonly Receipt[] = Array.from({ length: 48 }, (_, index) =>
  receiptOf({ userId: `user_${index % 2}`, keyId: `key_${index % 4}` }, `req_0${index.toString(36).padStart(4, '0')}`, {
    atMs: 1_000 + Math.floor(index / 2),
    projectId: index % 3 === 0 ? null : `project_${index % 3}`,
    modelRequested: index % 5 === 0 ? 'Fast' : `model-${index % 3}`,
    modelServed: `model-${index % 3}`,
    provider: `provider-${index % 2}`,
    clientFormat: FORMATS[index % 2] ?? 'openai-chat',
    ended: ENDED[index % 4] ?? 'whole',
    status: [200, 200, 404, 502][index % 4] ?? 200,
  }),
)

const FILTERS: readonly (readonly [what: string, ReceiptFilter, least: number])[] = [
  ['nothing', {}, 48],
  ['a user', { userId: 'user_1' }, 24],
  ['a key of a user', { userId: 'user_1', keyId: 'key_3' }, 12],
  ['a key of another user', { userId: 'user_0', keyId: 'key_3' }, 0],
  ['a project', { userId: 'user_0', projectId: 'project_1' }, 8],
  ['a model', { model: 'model-2' }, 16],
  ['an alias', { userId: 'user_0', model: 'Fast' }, 5],
  ['a provider', { provider: 'provider-1' }, 24],
  ['a format', { clientFormat: 'anthropic-messages' }, 24],
  ['an ending', { ended: 'abandoned' }, 12],
  ['a status', { status: 404 }, 12],
  ['a class of statuses', { statusClass: 4 }, 12],
  ['failures of a user', { userId: 'user_1', statusClass: 5 }, 12],
  ['a time', { sinceMs: 1_004, untilMs: 1_006 }, 4],
  ['a request', { userId: 'user_1', text: 'req_00001' }, 1],
  ['a request of somebody else', { userId: 'user_0', text: 'req_00001' }, 0],
  ['the beginning of a request', { text: 'req_0000' }, 36],
  ['a part of a model, in any case', { text: 'DEL-1' }, 16],
  ['a part of an alias', { text: 'fas' }, 10],
  ['signs that mean something in patterns', { text: 'model_1' }, 0],
  ['a per cent sign', { text: '%' }, 0],
  ['a quote', { text: "'" }, 0],
  ['a backslash', { text: '\\' }, 0],
  ['nothing there is', { userId: 'user_0', model: 'nothing' }, 0],
  ['all at once', { userId: 'user_0', keyId: 'key_2', statusClass: 4, model: 'model-2', sinceMs: 1_001 }, 4],
]

describe.each([...DATABASES])('receipts on %s', (kind) => {
  let shelf: Shelf
  beforeAll(async () => {
    shelf = await openShelf(kind)
    for (const receipt of RECEIPTS) await writeReceipt(shelf.database, receipt)
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  const all = async (filter: ReceiptFilter, limit: number): Promise<readonly string[]> => {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const listing = await shelf.store.receipts.list(filter, { limit, cursor })
      found.push(...listing.rows.map(({ requestId }) => requestId))
      cursor = listing.nextCursor ?? undefined
    } while (cursor !== undefined)
    return found
  }

  test.each([...FILTERS])('the filter by %s finds the same over pages as one by one', async (_what, filter, count) => {
    const expected = RECEIPTS.filter((receipt) => isFound(filter, receipt)).map(({ requestId }) => requestId)
    expect(await all(filter, 5)).toEqual(expected.toReversed())
    expect(expected.length).toBe(count)
  })

  test('a page says all that was written', async () => {
    const { rows } = await shelf.store.receipts.list({ text: 'req_00007' }, { limit: 1 })
    expect(rows).toEqual(RECEIPTS.slice(7, 8))
  })

  test('who follows them is given each that is newer, oldest first', async () => {
    const newest = await shelf.store.receipts.newest()
    const some = await shelf.store.receipts.after(newest - 10n, 4)
    expect(some.map(({ receipt }) => receipt)).toEqual(RECEIPTS.slice(38, 42))
    expect(some.at(-1)?.number).toBe(newest - 6n)
    expect(await shelf.store.receipts.after(newest, 4)).toEqual([])
  })
})
