import { afterEach, describe, expect, test } from 'bun:test'
import type { Receipt } from '../canon/receipt.ts'
import { receiptOf } from '../ledger/fixture.ts'
import { createOwnFeed, createSharedFeed, type ReceiptFeed } from './live-feed.ts'
import { tailOf } from './live-tail.ts'

const WHO = { userId: 'user_1', keyId: 'key_1' }
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Receipts as a database numbers them. Those in `hidden` are there, and not committed yet. */
const openTable = () => {
  const rows: { readonly number: bigint; readonly receipt: Receipt }[] = []
  const hidden = new Set<bigint>()
  let isBroken = false
  const visible = () => {
    if (isBroken) throw new Error('the database is away')
    return rows.filter(({ number }) => !hidden.has(number))
  }
  return {
    hidden,
    break: (broken: boolean) => {
      isBroken = broken
    },
    write: (id: string, number = BigInt(rows.length + 1)) => rows.push({ number, receipt: receiptOf(WHO, id) }),
    receipts: {
      newest: async () => visible().at(-1)?.number ?? 0n,
      after: async (number: bigint, limit: number) =>
        visible()
          .filter((row) => row.number > number)
          .slice(0, limit),
    },
  }
}

const watch = (feed: ReceiptFeed) => {
  const ids: string[] = []
  let lost = 0
  const end = feed.follow({
    receipt: ({ requestId }) => ids.push(requestId),
    lost: () => {
      lost += 1
    },
    over: () => ids.push('over'),
  })
  cleanups.push(end)
  return { ids, end, lost: () => lost }
}

const until = async (isSo: () => boolean): Promise<void> => {
  for (let turns = 0; turns < 2_000 && !isSo(); turns += 1) await Bun.sleep(1)
  expect(isSo()).toBe(true)
}

const openShared = () => {
  const table = openTable()
  const failures: unknown[] = []
  const feed = createSharedFeed({ receipts: table.receipts, everyMs: 1, onFailure: (error) => failures.push(error) })
  cleanups.push(() => feed.stop())
  return { table, feed, failures }
}

describe('receipts of a database that others write too', () => {
  test('are told once each, from when somebody follows, however late they appear', async () => {
    const { table, feed } = openShared()
    table.write('before')
    const first = watch(feed)
    await Bun.sleep(10)
    table.hidden.add(2n)
    table.write('slow')
    table.write('fast')
    await until(() => first.ids.length === 1)
    table.hidden.clear()
    await until(() => first.ids.length === 2)
    await Bun.sleep(10)
    expect(first.ids).toEqual(['fast', 'slow'])
    expect(first.lost()).toBe(0)
  })

  test('are not asked for while nobody follows, and nothing of that time is told afterwards', async () => {
    const { table, feed } = openShared()
    const first = watch(feed)
    await Bun.sleep(10)
    first.end()
    await Bun.sleep(10)
    table.write('meanwhile')
    const second = watch(feed)
    await Bun.sleep(10)
    table.write('then')
    await until(() => second.ids.length > 0)
    expect([first.ids, second.ids]).toEqual([[], ['then']])
  })

  test('go on when the database comes back, which is told once', async () => {
    const { table, feed, failures } = openShared()
    const first = watch(feed)
    await Bun.sleep(10)
    table.break(true)
    await until(() => failures.length > 0)
    table.write('meanwhile')
    table.break(false)
    await until(() => first.ids.length > 0)
    expect([first.ids, failures.length]).toEqual([['meanwhile'], 1])
  })

  test('are passed over where more come than anybody reads, and that is said', async () => {
    const { table, feed } = openShared()
    const first = watch(feed)
    await Bun.sleep(10)
    for (let index = 0; index < 6_000; index += 1) table.write(`req_${index}`)
    await until(() => first.lost() > 0)
    table.write('after')
    await until(() => first.ids.includes('after'))
    expect(new Set(first.ids).size).toBe(first.ids.length)
  })
})

/** What a reader of a live view reads. */
const openTail = (feed: ReceiptFeed, more: Partial<Parameters<typeof tailOf>[0]> = {}) => {
  const hangUp = new AbortController()
  let ended = 0
  const stream = tailOf(
    {
      feed,
      isWanted: ({ requestId }) => !requestId.startsWith('other'),
      bufferMax: 2,
      keepAliveMs: 60_000,
      isStillAllowed: async () => true,
      onEnd: () => {
        ended += 1
      },
      ...more,
    },
    hangUp.signal,
  )
  const reader = stream.getReader()
  const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value)
  return { read, reader, hangUp, ended: () => ended }
}
const ids = (text: string): readonly string[] => [...text.matchAll(/^id: (.+)$/gm)].map(([, id = '']) => id)

describe('a live view', () => {
  test('begins at once, and says what is wanted as it comes', async () => {
    const feed = createOwnFeed()
    const tail = openTail(feed)
    expect(await tail.read()).toContain(': connected\n\n')
    feed.settled(receiptOf(WHO, 'other_1'))
    feed.settled(receiptOf(WHO, 'req_1'))
    const said = await tail.read()
    expect(ids(said)).toEqual(['req_1'])
    expect(said).toStartWith('event: receipt\nid: req_1\ndata: {"request_id":"req_1",')
    const waiting = tail.read()
    feed.settled(receiptOf(WHO, 'req_2'))
    expect(ids(await waiting)).toEqual(['req_2'])
  })

  test('keeps so many for a slow reader, and says how many it passed over', async () => {
    const feed = createOwnFeed()
    const tail = openTail(feed)
    await tail.read()
    for (const index of [1, 2, 3, 4, 5]) feed.settled(receiptOf(WHO, `req_${index}`))
    const said = await tail.read()
    expect(said).toStartWith('event: lost\ndata: {"count":3}\n\n')
    expect(ids(said)).toEqual(['req_1', 'req_2'])
  })

  test('gives signs of life, and ends when its reader may not see it any more', async () => {
    let isAllowed = true
    const tail = openTail(createOwnFeed(), { keepAliveMs: 2, isStillAllowed: async () => isAllowed })
    await tail.read()
    expect(await tail.read()).toBe(': keep-alive\n\n')
    isAllowed = false
    expect(await tail.read()).toBe('event: end\ndata: {"reason":"not_allowed"}\n\n')
    expect((await tail.reader.read()).done).toBe(true)
    expect(tail.ended()).toBe(1)
  })

  test.each([
    ['its reader leaves', (tail: ReturnType<typeof openTail>) => tail.reader.cancel()],
    ['its connection breaks', async (tail: ReturnType<typeof openTail>) => tail.hangUp.abort()],
  ])('is over once when %s', async (_what, leave) => {
    const feed = createOwnFeed()
    const tail = openTail(feed)
    await tail.read()
    await leave(tail)
    tail.hangUp.abort()
    feed.settled(receiptOf(WHO, 'req_1'))
    expect(tail.ended()).toBe(1)
  })

  test('ends with the server', async () => {
    const feed = createOwnFeed()
    const tail = openTail(feed)
    await tail.read()
    const waiting = tail.reader.read()
    await feed.stop()
    expect((await waiting).done).toBe(true)
    expect(tail.ended()).toBe(1)
  })
})
