import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { KeyRecord } from '../keys/types.ts'
import {
  type Bench,
  holdRequest,
  makeUser,
  openBench,
  receiptFor,
  receiptOf,
  temporaryFolder,
  usd,
} from '../ledger/fixture.ts'
import { nanoUsd, partsPerMillion } from '../units.ts'
import type { Listing, Page, ReceiptFilter } from './types.ts'

const folder = temporaryFolder()
let bench: Bench
beforeAll(async () => {
  bench = await openBench(`${folder.path}/test.db`)
})
afterAll(async () => {
  await bench.close()
  folder.remove()
})

const newUser = (email: string) => ({
  email,
  plan: 'pro',
  rateMultiplier: partsPerMillion(1_250_000n),
  overdraft: usd(5n),
})

const newKey = (userId: string): Omit<KeyRecord, 'id' | 'createdAtMs' | 'revokedAtMs'> => ({
  userId,
  projectId: 'project-1',
  name: 'laptop',
  group: 'kiro',
  prefix: 'sk-tg-abc',
  models: ['model-1', 'model-2'],
  ipAllow: ['10.0.0.0/8'],
  scopes: ['generate', 'receipts'],
  rpm: 60,
  tpm: null,
  budget: nanoUsd(9_007_199_254_740_993n),
  expiresAtMs: 1_900_000_000_000,
})

test('a user is found again by id and by e-mail, whatever its case, and has an account', async () => {
  const created = await bench.store.users.create(newUser('Ada@Example.com'))
  if (!created.ok) throw new Error(created.error.message)
  expect(created.value).toMatchObject({
    email: 'Ada@Example.com',
    plan: 'pro',
    rateMultiplier: 1_250_000n,
    overdraft: 5n,
  })
  expect(created.value.id).toStartWith('user_')
  expect(await bench.store.users.find(created.value.id)).toEqual(created.value)
  expect(await bench.store.users.findByEmail('ada@example.COM')).toEqual(created.value)
  expect(await bench.store.users.find('user_nobody')).toBeUndefined()
  expect(await bench.ledger.balance(created.value.id)).toEqual({
    ok: true,
    value: { posted: usd(0n), held: usd(0n), available: usd(5n) },
  })
})

test('an e-mail is good for one user', async () => {
  await bench.store.users.create(newUser('twice@example.com'))
  const second = await bench.store.users.create(newUser('TWICE@example.com'))
  expect(second).toMatchObject({ ok: false, error: { kind: 'conflict' } })
})

test('a key comes back as it was given, by id and by the hash of its secret', async () => {
  const { userId } = await makeUser(bench, 0n)
  const key = await bench.store.keys.create(newKey(userId), 'hash-a')
  expect(key).toMatchObject({ ...newKey(userId), revokedAtMs: null })
  expect(key.id).toStartWith('key_')
  expect(await bench.store.keys.find(key.id)).toEqual(key)
  expect(await bench.store.keys.findByHash('hash-a')).toMatchObject({ key, user: { id: userId }, validUntilMs: null })
  expect(await bench.store.keys.findByHash('hash-nobody')).toBeUndefined()
})

test('after a rotation both secrets lead to the key, the old one with its end', async () => {
  const { userId } = await makeUser(bench, 0n)
  const key = await bench.store.keys.create(newKey(userId), 'hash-old')
  const rotated = await bench.store.keys.rotate(key.id, 'hash-new', 'sk-tg-new', 1_800_000_000_000)
  expect(rotated).toEqual({ ...key, prefix: 'sk-tg-new' })
  expect((await bench.store.keys.findByHash('hash-new'))?.validUntilMs).toBeNull()
  expect((await bench.store.keys.findByHash('hash-old'))?.validUntilMs).toBe(1_800_000_000_000)
  await bench.store.keys.rotate(key.id, 'hash-newer', 'sk-tg-newer', 1_800_000_000_000)
  expect(await bench.store.keys.findByHash('hash-old')).toBeUndefined()
  expect(await bench.store.keys.rotate('key_nobody', 'h', 'p', 0)).toBeUndefined()
})

test('revoking a key twice keeps the first time', async () => {
  const { keyId } = await makeUser(bench, 0n)
  const revoked = await bench.store.keys.revoke(keyId)
  expect(revoked?.revokedAtMs).toBeNumber()
  await Bun.sleep(2)
  expect(await bench.store.keys.revoke(keyId)).toEqual(revoked)
  expect(await bench.store.keys.revoke('key_nobody')).toBeUndefined()
})

test('a setting is what it was last set to', async () => {
  expect(await bench.store.settings.get('colour')).toBeUndefined()
  await bench.store.settings.set('colour', 'red')
  await bench.store.settings.set('colour', 'blue')
  expect(await bench.store.settings.get('colour')).toBe('blue')
})

const pages = async <T>(fetchPage: (page: Page) => Promise<Listing<T>>, limit: number): Promise<readonly T[]> => {
  const rows: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < 50; page++) {
    const listing = await fetchPage({ cursor, limit })
    expect(listing.rows.length).toBeLessThanOrEqual(limit)
    rows.push(...listing.rows)
    if (listing.nextCursor === null) return rows
    cursor = listing.nextCursor
  }
  throw new Error('the pages never end')
}

test('pages of receipts show each once, newest first, even of one millisecond', async () => {
  const who = await makeUser(bench, 1_000_000n)
  const ids = Array.from({ length: 25 }, (_, index) => `req_page_${String(index).padStart(2, '0')}`)
  for (const [index, id] of ids.entries()) {
    await bench.ledger.hold(holdRequest(who, id, 10n))
    // Five to a millisecond.
    const atMs = 1_760_000_000_000 + Math.floor(index / 5)
    bench.ledger.settle(id, usd(7n), (outcome) => ({ ...receiptFor(who, id)(outcome), atMs }))
  }
  const listed = await pages((page) => bench.store.receipts.list({ userId: who.userId }, page), 4)
  expect(listed.map(({ requestId }) => requestId)).toEqual(ids.toReversed())
  expect(await bench.store.receipts.find('req_page_07')).toEqual(
    receiptOf(who, 'req_page_07', { atMs: 1_760_000_000_001, cost: usd(7n) }),
  )
  expect(await bench.store.receipts.find('req_nobody')).toBeUndefined()
})

test('a cursor that nobody was given leads to an empty page', async () => {
  const listing = await bench.store.receipts.list({}, { cursor: 'bm9uc2Vuc2U', limit: 5 })
  expect(listing).toEqual({ rows: [], nextCursor: null })
})

test('users and keys are paged like receipts', async () => {
  const users = await pages((page) => bench.store.users.list(page), 3)
  expect(new Set(users.map(({ id }) => id)).size).toBe(users.length)
  expect(users.length).toBeGreaterThan(5)
  const { userId, keyId } = await makeUser(bench, 0n)
  const keys = await pages((page) => bench.store.keys.list({ userId }, page), 1)
  expect(keys.map(({ id }) => id)).toEqual([keyId])
})

test('a filter shows only the receipts that match it', async () => {
  const who = await makeUser(bench, 1_000_000n)
  const write = (id: string, more: object) => {
    bench.ledger.release(id, receiptOf(who, id, more))
  }
  write('req_f1', { modelRequested: 'fast', modelServed: 'model-9', status: 200, atMs: 100 })
  write('req_f2', { modelRequested: 'model-9', modelServed: 'model-9', status: 502, atMs: 200 })
  write('req_f3', { modelRequested: 'other', modelServed: 'other', status: 200, atMs: 300 })
  const rows: readonly (readonly [ReceiptFilter, readonly string[]])[] = [
    [{ userId: who.userId }, ['req_f3', 'req_f2', 'req_f1']],
    [{ keyId: who.keyId, status: 502 }, ['req_f2']],
    [{ userId: who.userId, model: 'model-9' }, ['req_f2', 'req_f1']],
    [{ userId: who.userId, model: 'fast' }, ['req_f1']],
    [{ userId: who.userId, sinceMs: 200 }, ['req_f3', 'req_f2']],
    [{ userId: 'user_nobody' }, []],
  ]
  for (const [filter, expected] of rows) {
    const listing = await bench.store.receipts.list(filter, { limit: 10 })
    expect(listing.rows.map(({ requestId }) => requestId)).toEqual([...expected])
  }
})
