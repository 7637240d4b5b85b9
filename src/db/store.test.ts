import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES, START_TIMEOUT_MS } from '../../test/harness/databases.ts'
import type { KeyRecord } from '../keys/types.ts'
import { receiptOf, usd } from '../ledger/fixture.ts'
import { nanoUsd, partsPerMillion } from '../units.ts'
import { openShelf, type Shelf, writeReceipt } from './fixture.ts'
import type { Listing, Page, ReceiptFilter } from './types.ts'

const newUser = (email: string) => ({
  email,
  plan: 'pro',
  rateMultiplier: partsPerMillion(1_250_000n),
  overdraft: usd(5n),
})

const newKey = (userId: string): Omit<KeyRecord, 'id' | 'createdAtMs' | 'revokedAtMs' | 'madeBy'> => ({
  userId,
  projectId: 'project-1',
  name: 'laptop',
  group: 'kiro',
  prefix: 'sk-tg-abc',
  models: ['model-1', 'model-2'],
  ipAllow: ['10.0.0.0/8'],
  scopes: ['generate', 'receipts'],
  labels: ['ci'],
  rpm: 60,
  tpm: null,
  itpm: 80_000,
  otpm: null,
  concurrency: 4,
  budgets: [{ window: 'total', limit: nanoUsd(9_007_199_254_740_993n) }],
  expiresAtMs: 1_900_000_000_000,
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

let made = 0

/** A user with a key. */
const makeWho = async ({ store }: Shelf): Promise<{ readonly userId: string; readonly keyId: string }> => {
  made += 1
  const user = await store.users.create(newUser(`user${made}@example.com`))
  if (!user.ok) throw new Error(user.error.message)
  const userId = user.value.id
  return { userId, keyId: (await store.keys.create(newKey(userId), `hash-${userId}`)).id }
}

describe.each(DATABASES)('on %s', (kind) => {
  let shelf: Shelf
  beforeAll(async () => {
    shelf = await openShelf(kind)
  }, START_TIMEOUT_MS)
  afterAll(() => shelf.close())

  test('a user is found again by id and by e-mail, whatever its case, and has an account', async () => {
    const created = await shelf.store.users.create(newUser('Ada@Example.com'))
    if (!created.ok) throw new Error(created.error.message)
    expect(created.value).toMatchObject({
      email: 'Ada@Example.com',
      plan: 'pro',
      rateMultiplier: 1_250_000n,
      overdraft: 5n,
    })
    expect(created.value.id).toStartWith('user_')
    expect(await shelf.store.users.find(created.value.id)).toEqual(created.value)
    expect(await shelf.store.users.findByEmail('ada@example.COM')).toEqual(created.value)
    expect(await shelf.store.users.find('user_nobody')).toBeUndefined()
    const sql = 'SELECT kind, posted_nano, held_nano, overdraft_nano FROM accounts WHERE user_id = ?'
    const account = await shelf.database.run([{ sql, parameters: [created.value.id] }])
    expect(account).toMatchObject({
      value: [{ rows: [{ kind: 'user', posted_nano: 0n, held_nano: 0n, overdraft_nano: 5n }] }],
    })
  })

  test('an e-mail is good for one user', async () => {
    await shelf.store.users.create(newUser('twice@example.com'))
    const second = await shelf.store.users.create(newUser('TWICE@example.com'))
    expect(second).toMatchObject({ ok: false, error: { kind: 'conflict' } })
  })

  test('letters beyond ASCII have no case in an e-mail', async () => {
    const small = await shelf.store.users.create(newUser('émile@example.com'))
    expect((await shelf.store.users.create(newUser('Émile@example.com'))).ok).toBe(true)
    expect(await shelf.store.users.findByEmail('éMILE@example.com')).toEqual(small.ok ? small.value : undefined)
  })

  test('a key comes back as it was given, by id and by the hash of its secret', async () => {
    const { userId } = await makeWho(shelf)
    const key = await shelf.store.keys.create(newKey(userId), 'hash-a')
    expect(key).toMatchObject({ ...newKey(userId), revokedAtMs: null })
    expect(key.id).toStartWith('key_')
    expect(await shelf.store.keys.find(key.id)).toEqual(key)
    expect(await shelf.store.keys.findByHash('hash-a')).toMatchObject({ key, user: { id: userId }, validUntilMs: null })
    expect(await shelf.store.keys.findByHash('hash-nobody')).toBeUndefined()
  })

  test('after a rotation both secrets lead to the key, the old one with its end', async () => {
    const { userId } = await makeWho(shelf)
    const key = await shelf.store.keys.create(newKey(userId), 'hash-old')
    const rotated = await shelf.store.keys.rotate(key.id, 'hash-new', 'sk-tg-new', 1_800_000_000_000)
    expect(rotated).toEqual({ ...key, prefix: 'sk-tg-new' })
    expect((await shelf.store.keys.findByHash('hash-new'))?.validUntilMs).toBeNull()
    expect((await shelf.store.keys.findByHash('hash-old'))?.validUntilMs).toBe(1_800_000_000_000)
    await shelf.store.keys.rotate(key.id, 'hash-newer', 'sk-tg-newer', 1_800_000_000_000)
    expect(await shelf.store.keys.findByHash('hash-old')).toBeUndefined()
    expect(await shelf.store.keys.rotate('key_nobody', 'h', 'p', 0)).toBeUndefined()
  })

  test('revoking a key twice keeps the first time', async () => {
    const { keyId } = await makeWho(shelf)
    const revoked = await shelf.store.keys.revoke(keyId)
    expect(revoked?.revokedAtMs).toBeNumber()
    await Bun.sleep(2)
    expect(await shelf.store.keys.revoke(keyId)).toEqual(revoked)
    expect(await shelf.store.keys.revoke('key_nobody')).toBeUndefined()
  })

  test('a setting is what it was last set to', async () => {
    expect(await shelf.store.settings.get('colour')).toBeUndefined()
    await shelf.store.settings.set('colour', 'red')
    await shelf.store.settings.set('colour', 'blue')
    expect(await shelf.store.settings.get('colour')).toBe('blue')
  })

  test('pages of receipts show each once, newest first, even of one millisecond', async () => {
    const who = await makeWho(shelf)
    const ids = Array.from({ length: 25 }, (_, index) => `req_page_${String(index).padStart(2, '0')}`)
    for (const [index, id] of ids.entries()) {
      // Five to a millisecond.
      const atMs = 1_760_000_000_000 + Math.floor(index / 5)
      await writeReceipt(shelf.database, receiptOf(who, id, { atMs, cost: usd(7n) }))
    }
    const listed = await pages((page) => shelf.store.receipts.list({ userId: who.userId }, page), 4)
    expect(listed.map(({ requestId }) => requestId)).toEqual(ids.toReversed())
    expect(await shelf.store.receipts.find('req_page_07')).toEqual(
      receiptOf(who, 'req_page_07', { atMs: 1_760_000_000_001, cost: usd(7n) }),
    )
    expect(await shelf.store.receipts.find('req_nobody')).toBeUndefined()
  })

  test('a cursor that nobody was given leads to an empty page', async () => {
    for (const nonsense of ['nonsense', '12:req_x', `12:${'9'.repeat(30)}`]) {
      const listing = await shelf.store.receipts.list({}, { cursor: btoa(nonsense), limit: 5 })
      expect(listing).toEqual({ rows: [], nextCursor: null })
    }
  })

  test('users and keys are paged like receipts', async () => {
    const users = await pages((page) => shelf.store.users.list(page), 3)
    expect(new Set(users.map(({ id }) => id)).size).toBe(users.length)
    expect(users.length).toBeGreaterThan(5)
    const { userId, keyId } = await makeWho(shelf)
    const keys = await pages((page) => shelf.store.keys.list({ userId }, page), 1)
    expect(keys.map(({ id }) => id)).toEqual([keyId])
  })

  test('a filter shows only the receipts that match it', async () => {
    const who = await makeWho(shelf)
    const write = (id: string, more: object) => writeReceipt(shelf.database, receiptOf(who, id, more))
    await write('req_f1', { modelRequested: 'fast', modelServed: 'model-9', status: 200, atMs: 100 })
    await write('req_f2', { modelRequested: 'model-9', modelServed: 'model-9', status: 502, atMs: 200 })
    await write('req_f3', { modelRequested: 'other', modelServed: 'other', status: 200, atMs: 300 })
    const rows: readonly (readonly [ReceiptFilter, readonly string[]])[] = [
      [{ userId: who.userId }, ['req_f3', 'req_f2', 'req_f1']],
      [{ keyId: who.keyId, status: 502 }, ['req_f2']],
      [{ userId: who.userId, model: 'model-9' }, ['req_f2', 'req_f1']],
      [{ userId: who.userId, model: 'fast' }, ['req_f1']],
      [{ userId: who.userId, sinceMs: 200 }, ['req_f3', 'req_f2']],
      [{ userId: 'user_nobody' }, []],
    ]
    for (const [filter, expected] of rows) {
      const listing = await shelf.store.receipts.list(filter, { limit: 10 })
      expect(listing.rows.map(({ requestId }) => requestId)).toEqual([...expected])
    }
  })
})
