import { expect } from 'bun:test'
import { onEachDatabase, type OpenBench } from '../../../test/harness/ledgers.ts'
import { makeUser } from '../../ledger/fixture.ts'
import { openStore } from '../store.ts'
import type { BatchRecord, FileRecord } from '../types.ts'

const LEASE_MS = 60_000

const batchOf = (who: { readonly userId: string; readonly keyId: string }, requestId: string): BatchRecord => ({
  requestId,
  scope: `user:${who.userId}`,
  id: null,
  api: 'openai',
  provider: 'openai',
  channel: 'openai',
  providerKey: '1',
  ...who,
  inputFile: 'file-1',
  sentFile: null,
  createdAtMs: 1_000,
  settledAtMs: null,
  body: '',
  shares: '[]',
  lines: null,
})

/** Two batches that run and are due, and the stores of two replicas. */
const openDue = async (open: () => Promise<OpenBench>) => {
  const bench = await open()
  const who = await makeUser(bench, 0n)
  for (const id of ['one', 'two']) {
    await bench.store.batches.open(batchOf(who, `req_${id}`), 10, 0)
    await bench.store.batches.made(`req_${id}`, `batch_${id}`, '{}', 0)
  }
  return { who, first: bench.store.batches, second: openStore(bench.database).batches }
}

onEachDatabase('of several replicas that look at once, one has each batch that is due', async (open) => {
  const { first, second } = await openDue(open)
  const seen = await Promise.all([first.due(1, LEASE_MS), second.due(5, LEASE_MS), first.due(5, LEASE_MS)])
  const ids = seen.flat().map(({ requestId }) => requestId)
  expect(ids.toSorted((a, b) => a.localeCompare(b))).toEqual(['req_one', 'req_two'])
  expect(await second.due(5, LEASE_MS)).toEqual([])
  expect(await second.claim('req_one', LEASE_MS)).toBe(false)
  await first.free('req_one', 0)
  expect(await second.claim('req_one', LEASE_MS)).toBe(true)
})

onEachDatabase('what is charged is not looked at again, and another may be made in its place', async (open) => {
  const { who, first } = await openDue(open)
  expect(await first.open(batchOf(who, 'req_three'), 2, 0)).toBe(false)
  await first.settled('req_one')
  expect(await first.open(batchOf(who, 'req_three'), 2, 0)).toBe(true)
  expect((await first.unsettled()).map(({ requestId }) => requestId).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'req_three',
    'req_two',
  ])
  expect(await first.claim('req_one', LEASE_MS)).toBe(false)
})

onEachDatabase('a batch is found by its owner alone, and listed when the provider has named it', async (open) => {
  const { who, first } = await openDue(open)
  await first.open(batchOf(who, 'req_unnamed'), 10, 0)
  const scope = `user:${who.userId}`
  expect(await first.find(scope, 'batch_one')).toMatchObject({ requestId: 'req_one', id: 'batch_one' })
  expect(await first.find('user:other', 'batch_one')).toBeUndefined()
  expect((await first.list('user:other', 'openai', { limit: 5 })).rows).toEqual([])
  const page = await first.list(scope, 'openai', { limit: 1 })
  expect([page.rows.map(({ id }) => id), page.hasMore]).toEqual([['batch_two'], true])
  const rest = await first.list(scope, 'openai', { limit: 1, after: 'batch_two' })
  expect([rest.rows.map(({ id }) => id), rest.hasMore]).toEqual([['batch_one'], false])
  const before = await first.list(scope, 'openai', { limit: 1, before: 'batch_one' })
  expect(before.rows.map(({ id }) => id)).toEqual(['batch_two'])
  expect(await first.known('openai', ['batch_one', 'batch_none'])).toEqual(new Set(['batch_one']))
})

onEachDatabase('files are listed newest first, and one that is known already stays as it was', async (open) => {
  const { store } = await open()
  const file = (id: string, createdAtMs: number): FileRecord => ({
    scope: 'user:1',
    id,
    api: 'openai',
    provider: 'openai',
    channel: 'openai',
    providerKey: '1',
    userId: '1',
    keyId: '1',
    purpose: id === 'c' ? 'batch' : 'vision',
    bytes: 1,
    batch: null,
    createdAtMs,
    body: `"${id}"`,
  })
  await store.files.add([file('a', 1), file('b', 2), file('c', 2)])
  await store.files.add([{ ...file('a', 9), body: '"other"' }])
  const ids = async (part: Parameters<typeof store.files.list>[2], purpose?: string) =>
    (await store.files.list('user:1', 'openai', part, purpose)).rows.map(({ id }) => id)
  expect(await ids({ limit: 9 })).toEqual(['c', 'b', 'a'])
  expect(await ids({ limit: 9, oldestFirst: true, after: 'b' })).toEqual(['c'])
  expect(await ids({ limit: 9 }, 'batch')).toEqual(['c'])
  expect(await ids({ limit: 9, after: 'nobody' })).toEqual([])
  expect(await store.files.find('user:1', 'a')).toMatchObject({ body: '"a"', createdAtMs: 1 })
  expect(await store.files.newest('user:1', 'openai')).toMatchObject({ id: 'c' })
  expect(await store.files.newest('user:1', 'anthropic')).toBeUndefined()
  await store.files.remove('user:1', 'a')
  expect(await store.files.find('user:1', 'a')).toBeUndefined()
})
