import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readTrustedKeys, verifySignature } from '../../receipts/signature.ts'
import { SignedReceiptSchema } from './receipt-schema.ts'
import { type Json, NOON_MS, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
let ada: { id: string; key: string; userId: string }
let eve: { id: string; key: string; userId: string }
const MINUTE_MS = 60_000

beforeAll(async () => {
  plane = await openControlPlane()
  ada = await account('ada@example.com')
  eve = await account('eve@example.com')
  const mine = { userId: ada.userId, keyId: ada.id }
  await plane.newReceipt({ ...mine, requestId: 'req_1', atMs: NOON_MS })
  await plane.newReceipt({ ...mine, requestId: 'req_2', atMs: NOON_MS + MINUTE_MS, status: 502, ended: 'failed' })
  await plane.newReceipt({ ...mine, requestId: 'req_3', atMs: NOON_MS + 2 * MINUTE_MS, modelServed: 'large-1' })
  await plane.newReceipt({ userId: eve.userId, keyId: eve.id, requestId: 'req_4', atMs: NOON_MS + 3 * MINUTE_MS })
})
afterAll(() => plane.close())

const account = async (email: string) => {
  const userId = await plane.newUser(email)
  const credit = { amount_usd: '10', reason: 'Top-up', idempotency_key: email }
  await plane.admin('POST', `/api/admin/users/${userId}/credits`, credit)
  return { ...(await plane.newKey(userId)), userId }
}
const idsIn = (data: unknown): string[] => (data as { request_id: string }[]).map(({ request_id: id }) => id)

describe('GET /api/admin/requests', () => {
  const filters: [string, () => string, string[]][] = [
    ['everything, newest first', () => '', ['req_4', 'req_3', 'req_2', 'req_1']],
    ['a user', () => `user_id=${ada.userId}`, ['req_3', 'req_2', 'req_1']],
    ['a key', () => `key_id=${eve.id}`, ['req_4']],
    ['a model', () => 'model=large-1', ['req_3']],
    ['a status', () => 'status=502', ['req_2']],
    ['a time', () => 'since=2026-11-21T12:02:00Z', ['req_4', 'req_3']],
    ['a time with an offset', () => 'since=2026-11-21T14:02:00%2B02:00', ['req_4', 'req_3']],
    ['several at once', () => `user_id=${ada.userId}&status=200&model=large-1`, ['req_3']],
    ['a user nobody is', () => 'user_id=user_nobody', []],
  ]
  test.each(filters)('200: the filter by %s gives exactly those', async (_what, query, expected) => {
    const { status, json } = await plane.admin('GET', `/api/admin/requests?${query()}`)
    expect(status).toBe(200)
    expect(idsIn(json.data)).toEqual(expected)
    expect(json.next_cursor).toBeNull()
  })

  test('200: pages follow one another without a gap', async () => {
    const first = await plane.admin('GET', '/api/admin/requests?limit=3')
    const second = await plane.admin('GET', `/api/admin/requests?limit=3&cursor=${first.json.next_cursor}`)
    expect([idsIn(first.json.data), idsIn(second.json.data)]).toEqual([['req_4', 'req_3', 'req_2'], ['req_1']])
  })

  test.each([
    ['status=ok', 'status'],
    ['status=99', 'status'],
    ['since=yesterday', 'since'],
    ['since=2026-11-21T12:00:00+02:00', 'since'],
    ['limit=1000', 'limit'],
    ['user=x', 'user'],
  ])('400: the query %s is refused by name', async (query, field) => {
    const { status, json } = await plane.admin('GET', `/api/admin/requests?${query}`)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ param: field })
  })
})

describe('GET /api/admin/requests/{request_id}', () => {
  test('200: the receipt says what it cost and why', async () => {
    const { status, json } = await plane.admin('GET', '/api/admin/requests/req_1')
    expect(status).toBe(200)
    expect(json).toMatchObject({
      request_id: 'req_1',
      user_id: ada.userId,
      usage: { input: 1000, output: 10 },
      multipliers: { plan_discount: '0.3' },
      cost_usd: '0.003030000',
    })
  })

  test('404: there is no such request', async () => {
    const { status, json } = await plane.admin('GET', '/api/admin/requests/req_nobody')
    expect(status).toBe(404)
    expect(json.error).toMatchObject({ param: 'request_id' })
  })
})

describe('signed receipts', () => {
  const keys = async () => readTrustedKeys((await plane.admin('GET', '/api/admin/receipt-keys')).json)

  test.each([
    ['an administrator', () => plane.admin('GET', '/api/admin/requests/req_1')],
    ['the owner', () => plane.with(ada.key, 'GET', '/api/me/requests/req_1')],
  ])('200: what %s reads is proven by the published keys', async (_who, read) => {
    const { json } = await read()
    expect(verifySignature(json, await keys()).ok).toBe(true)
    expect(SignedReceiptSchema.strict().safeParse(json).error).toBeUndefined()
  })

  test('201: a new key signs from now on, and the old one stays listed', async () => {
    const before = (await plane.admin('GET', '/api/admin/requests/req_1')).json
    const { status, json } = await plane.admin('POST', '/api/admin/receipt-keys')
    expect(status).toBe(201)
    expect(json.keys).toHaveLength(2)
    const after = (await plane.admin('GET', '/api/admin/requests/req_1')).json
    expect((after.signature as Json).key_id).not.toBe((before.signature as Json).key_id)
    for (const receipt of [before, after]) expect(verifySignature(receipt, await keys()).ok).toBe(true)
  })

  test('401: keys are not made for whoever asks', async () => {
    expect((await plane.with(ada.key, 'POST', '/api/admin/receipt-keys')).status).toBe(401)
  })
})

describe('/api/me', () => {
  test('200: the balance is that of the account the key belongs to', async () => {
    const { status, json, headers } = await plane.with(eve.key, 'GET', '/api/me/balance')
    expect(status).toBe(200)
    expect(json).toEqual((await plane.admin('GET', `/api/admin/users/${eve.userId}/balance`)).json)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('200: the key is described, without its secret', async () => {
    const { status, json, text } = await plane.with(ada.key, 'GET', '/api/me/key')
    expect(status).toBe(200)
    expect(json).toMatchObject({ id: ada.id, user_id: ada.userId, state: 'active' })
    expect(text).not.toContain(ada.key)
  })

  test('200: only what is theirs is listed, whatever is asked for', async () => {
    expect(idsIn((await plane.with(ada.key, 'GET', '/api/me/requests')).json.data)).toEqual(['req_3', 'req_2', 'req_1'])
    expect(idsIn((await plane.with(ada.key, 'GET', `/api/me/requests?key_id=${eve.id}`)).json.data)).toEqual([])
    expect((await plane.with(ada.key, 'GET', `/api/me/requests?user_id=${eve.userId}`)).status).toBe(400)
  })

  test('404: the receipt of somebody else is not told from one that does not exist', async () => {
    expect((await plane.with(eve.key, 'GET', '/api/me/requests/req_4')).status).toBe(200)
    const [theirs, nobodys] = await Promise.all(
      ['req_1', 'req_0'].map((id) => plane.with(eve.key, 'GET', `/api/me/requests/${id}`)),
    )
    expect([theirs?.status, nobodys?.status]).toEqual([404, 404])
    const said = [theirs, nobodys].map((answer) => answer?.json.error)
    expect(said).toMatchObject([
      { message: 'There is no request with the id req_1.' },
      { message: 'There is no request with the id req_0.' },
    ])
  })

  test('403: a key without the scope for receipts sees neither balance nor requests', async () => {
    const { key } = await plane.newKey(ada.userId, { scopes: ['generate'] })
    for (const path of ['/api/me/balance', '/api/me/requests', '/api/me/requests/req_1']) {
      const { status, json } = await plane.with(key, 'GET', path)
      expect(status).toBe(403)
      expect(json.error).toMatchObject({ code: 'scope_not_allowed' })
    }
  })

  test('401: neither no key, nor a wrong one, nor the admin key opens it', async () => {
    expect((await plane.send('GET', '/api/me/balance')).status).toBe(401)
    expect((await plane.with('sk-tg-wrong', 'GET', '/api/me/balance')).status).toBe(401)
    expect((await plane.admin('GET', '/api/me/balance')).status).toBe(401)
  })
})
