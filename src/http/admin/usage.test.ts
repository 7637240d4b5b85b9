import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ZERO_USD } from '../../units.ts'
import { type Json, NOON_MS, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
let ada: { id: string; key: string; userId: string }
let eve: { id: string; key: string; userId: string }
const DAY_MS = 86_400_000

beforeAll(async () => {
  plane = await openControlPlane()
  ada = await account('ada@example.com')
  eve = await account('eve@example.com')
  const mine = { userId: ada.userId, keyId: ada.id }
  await plane.newReceipt({ ...mine, requestId: 'req_1', atMs: NOON_MS })
  await plane.newReceipt({ ...mine, requestId: 'req_2', ended: 'failed', status: 502, cost: ZERO_USD })
  await plane.newReceipt({ ...mine, requestId: 'req_3', atMs: NOON_MS - DAY_MS, modelServed: 'large-1' })
  await plane.newReceipt({ ...mine, requestId: 'req_4', atMs: NOON_MS - 40 * DAY_MS, modelServed: 'large-1' })
  await plane.newReceipt({ userId: eve.userId, keyId: eve.id, requestId: 'req_5', atMs: NOON_MS })
  await plane.store.counters.feed()
})
afterAll(() => plane.close())

const account = async (email: string) => {
  const userId = await plane.newUser(email)
  const credit = { amount_usd: '10', reason: 'Top-up', idempotency_key: email }
  await plane.admin('POST', `/api/admin/users/${userId}/credits`, credit)
  return { ...(await plane.newKey(userId)), userId }
}
const rowsIn = ({ json }: { readonly json: Json }) => json.data as readonly Json[]

describe('usage for the operator', () => {
  test('is by day for thirty days when nothing is asked for, with totals', async () => {
    const { status, json } = await plane.admin('GET', '/api/admin/usage')
    expect(status).toBe(200)
    expect(json).toMatchObject({ since: '2026-10-23', until: '2026-11-21', group_by: ['day'] })
    expect(json.data).toMatchObject([
      { day: '2026-11-20', requests: 1, cost_usd: '0.003030000' },
      { day: '2026-11-21', requests: 3, failed: 1, cost_usd: '0.006060000', provider_cost_usd: '0.009090000' },
    ])
    expect(json.totals).toMatchObject({ requests: 4, failed: 1, tokens: { input: 4_000, output: 40 } })
  })

  test('is told apart by what is asked for, in that order, and by nothing else', async () => {
    const rows = rowsIn(await plane.admin('GET', '/api/admin/usage?group_by=model,user_id&since=2026-01-01'))
    expect(rows.map(({ model, user_id: user, requests }) => [model, user, requests])).toEqual(
      [
        ['large-1', ada.userId, 2],
        ['small-1', ada.userId, 2],
        ['small-1', eve.userId, 1],
      ].sort((one, other) => (one.join() < other.join() ? -1 : 1)),
    )
    expect(rows[0]).not.toHaveProperty('day')
    const [projects] = rowsIn(await plane.admin('GET', '/api/admin/usage?group_by=project_id'))
    expect(projects).toMatchObject({ project_id: null, requests: 4 })
  })

  const narrowings = [
    ['since=2026-11-21&until=2026-11-21', 3],
    ['model=large-1&since=2026-01-01', 2],
    ['provider=nobody', 0],
    ['until=2026-10-12&since=2026-10-12', 1],
  ] as const
  test.each(narrowings)('narrowed by %s it has %d requests', async (query, requests) => {
    const { json } = await plane.admin('GET', `/api/admin/usage?${query}`)
    expect(json.totals).toMatchObject({ requests })
  })

  test('narrowed by user or key it is theirs', async () => {
    for (const query of [`user_id=${eve.userId}`, `key_id=${eve.id}`]) {
      const { json } = await plane.admin('GET', `/api/admin/usage?${query}`)
      expect(json.totals).toMatchObject({ requests: 1 })
    }
  })

  const mistakes = ['group_by=colour', 'group_by=day,day', 'since=2026-02-30', 'since=yesterday', 'colour=red']
  test.each(mistakes)('%s is refused by name', async (query) => {
    const { status, json } = await plane.admin('GET', `/api/admin/usage?${query}`)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ param: query.split('=')[0] })
  })
})

describe('usage for the owner of a key', () => {
  test('is of the own account alone, and without what the provider costs', async () => {
    const { json } = await plane.with(eve.key, 'GET', '/api/me/usage?group_by=key_id,model')
    expect(json.data).toMatchObject([{ key_id: eve.id, model: 'small-1', requests: 1, cost_usd: '0.003030000' }])
    expect(JSON.stringify(json)).not.toContain('provider_cost')
  })

  test("another's key or user narrows it to nothing, or is refused", async () => {
    const other = await plane.with(eve.key, 'GET', `/api/me/usage?key_id=${ada.id}`)
    expect(other.json.totals).toMatchObject({ requests: 0 })
    expect((await plane.with(eve.key, 'GET', `/api/me/usage?user_id=${ada.userId}`)).status).toBe(400)
    expect((await plane.with(eve.key, 'GET', '/api/me/usage?group_by=user_id')).status).toBe(400)
  })

  test('needs a key that may see receipts', async () => {
    const { key } = await plane.newKey(eve.userId, { scopes: ['generate'] })
    expect((await plane.with(key, 'GET', '/api/me/usage')).status).toBe(403)
    expect((await plane.send('GET', '/api/me/usage')).status).toBe(401)
  })
})
