import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

const rich = async (email: string, amount = '20'): Promise<string> => {
  const id = await plane.newUser(email)
  const credit = { amount_usd: amount, reason: 'Top-up', idempotency_key: `credit ${email}` }
  await plane.admin('POST', `/api/admin/users/${id}/credits`, credit)
  return id
}
const buy = (id: string, plan: string, key: string) =>
  plane.admin('POST', `/api/admin/users/${id}/plan-purchase`, { plan, idempotency_key: key })
const planOf = async (id: string) => (await plane.admin('GET', `/api/admin/users/${id}`)).json.plan

test('the plans there are, with what each brings, are shown to the operator and to owners of keys', async () => {
  const { key } = await plane.newKey(await plane.newUser('plans@example.com'))
  const none = { tpm: null, itpm: null, otpm: null, concurrency: null }
  const expected = [
    {
      ...{ id: 'basic', discount: '0.7', price_usd: '0.000000000', for_sale: true, rpm: 200 },
      ...{ ...none, on_disconnect: 'delivered' },
    },
    {
      ...{ id: 'pro', discount: '0.7', price_usd: '19.000000000', for_sale: true, rpm: 500 },
      ...{ ...none, on_disconnect: 'drain' },
    },
  ]
  const mine = await plane.with(key, 'GET', '/api/me/plans')
  const offered = expected.map((plan) => ({ ...plan, current: false }))
  expect([mine.status, mine.json]).toEqual([200, { data: offered, next_cursor: null }])
  const all = await plane.admin('GET', '/api/admin/plans')
  expect([all.status, all.json]).toMatchObject([200, { data: expected, next_cursor: null }])
})

describe('buying a plan', () => {
  test('201: the price leaves the balance once, and the plan is there', async () => {
    const id = await rich('a@example.com')
    const first = await buy(id, 'pro', 'a-1')
    expect([first.status, first.json]).toEqual([
      201,
      {
        ...{ plan: 'pro', posted_usd: '1.000000000', held_usd: '0.000000000', available_usd: '1.000000000' },
        credit_line_usd: '0.000000000',
      },
    ])
    expect(await planOf(id)).toBe('pro')
    expect((await buy(id, 'pro', 'a-1')).json).toEqual(first.json)
    expect((await plane.ledger.check()).faults).toEqual([])
  })

  test('whoever has a plan is told which of those offered it is', async () => {
    const id = await rich('has@example.com', '40')
    const { key } = await plane.newKey(id)
    await buy(id, 'pro', 'has-1')
    const { json } = await plane.with(key, 'GET', '/api/me/plans')
    const offered = json.data as readonly { readonly id: string; readonly current: boolean }[]
    expect(offered.filter(({ current }) => current).map((plan) => plan.id)).toEqual(['pro'])
  })

  test('402: what the balance does not cover is not charged, and the plan is not given', async () => {
    const id = await rich('b@example.com', '18.999999999')
    const { status, json } = await buy(id, 'pro', 'b-1')
    expect(status).toBe(402)
    expect(json.error).toMatchObject({ code: 'insufficient_balance', message: expect.stringContaining('19.000000000') })
    expect(await planOf(id)).toBe(null)
  })

  test('409: nobody pays for the plan they have', async () => {
    const id = await rich('c@example.com', '40')
    await buy(id, 'pro', 'c-1')
    expect((await buy(id, 'pro', 'c-2')).status).toBe(409)
    expect((await plane.admin('GET', `/api/admin/users/${id}/balance`)).json).toMatchObject({
      posted_usd: '21.000000000',
    })
  })

  test('409: a key that bought one plan buys no other', async () => {
    const id = await rich('d@example.com')
    await buy(id, 'pro', 'd-1')
    expect((await buy(id, 'basic', 'd-1')).json.error).toMatchObject({ code: 'idempotency_conflict' })
  })

  test('201: a plan that costs nothing needs no balance', async () => {
    const id = await plane.newUser('e@example.com')
    expect((await buy(id, 'basic', 'e-1')).status).toBe(201)
    expect(await planOf(id)).toBe('basic')
    expect((await plane.ledger.check()).faults).toEqual([])
  })

  test.each([
    ['a plan nobody configured', 'gold', 400],
    ['no plan', undefined, 400],
  ])('%s is refused', async (_, plan, status) => {
    const id = await rich(`${plan}@example.com`)
    expect(
      (await plane.admin('POST', `/api/admin/users/${id}/plan-purchase`, { plan, idempotency_key: `x ${plan}` }))
        .status,
    ).toBe(status)
  })

  test('twenty purchases at once charge once', async () => {
    const id = await rich('f@example.com', '100')
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => buy(id, 'pro', `f-${index}`)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect((await plane.admin('GET', `/api/admin/users/${id}/balance`)).json).toMatchObject({
      posted_usd: '81.000000000',
    })
  })
})

describe('POST /api/me/plan', () => {
  test('201: the owner of a key buys for their own account, under idempotency keys of their own', async () => {
    const [one, other] = [await rich('g@example.com'), await rich('h@example.com')]
    for (const id of [one, other]) {
      const { key } = await plane.newKey(id)
      expect((await plane.with(key, 'POST', '/api/me/plan', { plan: 'pro', idempotency_key: 'mine' })).status).toBe(201)
      expect(await planOf(id)).toBe('pro')
    }
  })

  test.each([
    ['without the scope', { scopes: ['generate', 'receipts'] }],
    ['with a budget', { budgets: { day: '1' } }],
  ])('403: a key %s buys nothing', async (what, more) => {
    const id = await rich(`${what.replaceAll(' ', '.')}@example.com`)
    const { key } = await plane.newKey(id, more)
    const answer = await plane.with(key, 'POST', '/api/me/plan', { plan: 'pro', idempotency_key: 'x' })
    expect([answer.status, await planOf(id)]).toEqual([403, null])
  })
})

describe('PATCH /api/admin/users/{id}', () => {
  test('200: what is named is changed and counts at once, the rest stays', async () => {
    const id = await plane.newUser('i@example.com')
    const { key } = await plane.newKey(id)
    await plane.with(key, 'GET', '/api/me/key')
    const { status, json } = await plane.admin('PATCH', `/api/admin/users/${id}`, {
      plan: 'pro',
      rate_multiplier: '0.5',
    })
    expect(status).toBe(200)
    expect(json).toMatchObject({ id, email: 'i@example.com', plan: 'pro', rate_multiplier: '0.5' })
    const renamed = await plane.admin('PATCH', `/api/admin/users/${id}`, { email: 'I2@example.com', plan: null })
    expect(renamed.json).toMatchObject({ email: 'i2@example.com', plan: null, rate_multiplier: '0.5' })
  })

  test.each([
    [400, { plan: 'gold' }],
    [400, { name: 'x' }],
    [409, { email: 'taken@example.com' }],
  ])('%p: %p is refused', async (status, changes) => {
    const [id] = [await plane.newUser(`patch${JSON.stringify(changes).length}@example.com`)]
    await plane.admin('POST', '/api/admin/users', { email: 'taken@example.com' })
    expect((await plane.admin('PATCH', `/api/admin/users/${id}`, changes)).status).toBe(status)
  })

  test('404: nobody is changed who is not there', async () => {
    expect((await plane.admin('PATCH', '/api/admin/users/user_x', { plan: 'pro' })).status).toBe(404)
  })
})

describe('PATCH /api/admin/keys/{id}', () => {
  test('200: limits are changed, null takes them away, and the key works on', async () => {
    const id = await plane.newUser('k@example.com')
    const key = await plane.newKey(id, { rpm: 5, budget_usd: '3', budgets: { day: '1' }, models: ['m'] })
    const path = `/api/admin/keys/${key.id}`
    const { status, json } = await plane.admin('PATCH', path, {
      name: 'renamed',
      rpm: null,
      tpm: 7,
      models: null,
      budgets: { week: '2' },
      expires_at: '2026-11-22T12:00:00Z',
    })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      name: 'renamed',
      rpm: null,
      tpm: 7,
      models: null,
      budget_usd: '3.000000000',
      budgets: { day: '1.000000000', week: '2.000000000' },
      expires_at: '2026-11-22T12:00:00.000Z',
    })
    expect((await plane.with(key.key, 'GET', '/api/me/key')).json).toEqual(json)
    // What is cached of a key counts no longer.
    await plane.admin('PATCH', path, { ip_allow: ['198.51.100.1'] })
    expect((await plane.with(key.key, 'GET', '/api/me/key')).status).toBe(403)
  })

  test.each([
    [400, { expires_at: '2026-11-21T11:59:59Z' }],
    [400, { scopes: ['generate'] }],
    [400, { name: null }],
    [400, { budgets: { hour: '1' } }],
  ])('%p: %p is refused', async (status, changes) => {
    const { id } = await plane.newKey(await plane.newUser(`key${JSON.stringify(changes).length}@example.com`))
    expect((await plane.admin('PATCH', `/api/admin/keys/${id}`, changes)).status).toBe(status)
  })

  test('409: a revoked key stays as it is', async () => {
    const { id } = await plane.newKey(await plane.newUser('revoked@example.com'))
    await plane.admin('DELETE', `/api/admin/keys/${id}`)
    expect((await plane.admin('PATCH', `/api/admin/keys/${id}`, { rpm: 1 })).status).toBe(409)
    expect((await plane.admin('PATCH', '/api/admin/keys/key_x', { rpm: 1 })).status).toBe(404)
  })
})
