import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

const credit = (amount: unknown, key: string) => ({ amount_usd: amount, reason: 'Top-up', idempotency_key: key })
const balanceOf = async (id: string) => (await plane.admin('GET', `/api/admin/users/${id}/balance`)).json
const twelve = {
  posted_usd: '12.500000000',
  held_usd: '0.000000000',
  available_usd: '12.500000000',
  credit_line_usd: '0.000000000',
}

describe('POST /api/admin/users/{id}/credits', () => {
  test('201: the answer is the balance with nine places, to the nano-dollar', async () => {
    const id = await plane.newUser('a@example.com')
    const first = await plane.admin('POST', `/api/admin/users/${id}/credits`, credit('12.5', 'a-1'))
    expect(first.status).toBe(201)
    expect(first.json).toEqual(twelve)
    const second = await plane.admin('POST', `/api/admin/users/${id}/credits`, credit('0.000000001', 'a-2'))
    expect(second.json).toMatchObject({ posted_usd: '12.500000001' })
  })

  test('201: the same key again gives the same answer and posts nothing', async () => {
    const id = await plane.newUser('b@example.com')
    const path = `/api/admin/users/${id}/credits`
    const first = await plane.admin('POST', path, credit('12.50', 'b-1'))
    await plane.admin('POST', path, credit('1', 'b-2'))
    const again = await plane.admin('POST', path, credit('12.5', 'b-1'))
    expect([again.status, again.json]).toEqual([201, first.json])
    expect(await balanceOf(id)).toMatchObject({ posted_usd: '13.500000000' })
  })

  test('201: twenty calls at once with one key post once', async () => {
    const id = await plane.newUser('c@example.com')
    const calls = Array.from({ length: 20 }, () =>
      plane.admin('POST', `/api/admin/users/${id}/credits`, credit('12.5', 'c-1')),
    )
    const answers = await Promise.all(calls)
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(await balanceOf(id)).toEqual(twelve)
  })

  test.each([
    ['another amount', { amount_usd: '2' }],
    ['another reason', { reason: 'Refund' }],
  ])('409: the same key with %s posts nothing', async (what, change) => {
    const id = await plane.newUser(`${what.replace(' ', '.')}@example.com`)
    const path = `/api/admin/users/${id}/credits`
    await plane.admin('POST', path, credit('1', what))
    const { status, json } = await plane.admin('POST', path, { ...credit('1', what), ...change })
    expect(status).toBe(409)
    expect(json.error).toMatchObject({ code: 'idempotency_conflict' })
    expect(await balanceOf(id)).toMatchObject({ posted_usd: '1.000000000' })
  })

  const refused: [string, object, string, string][] = [
    ['an amount that is a JSON number', { amount_usd: 10 }, 'amount_usd', 'floats cannot hold money'],
    ['an amount with an exponent', { amount_usd: '1e3' }, 'amount_usd', 'must be a decimal string'],
    ['an amount with ten places', { amount_usd: '0.0000000001' }, 'amount_usd', 'nine places'],
    ['an amount of zero', { amount_usd: '0.00' }, 'amount_usd', 'must be above 0'],
    ['too much to take back', { amount_usd: '-100000001' }, 'amount_usd', 'at least -100000000'],
    ['an amount no account could hold', { amount_usd: '100000000.01' }, 'amount_usd', 'at most 100000000'],
    ['an amount with a currency sign', { amount_usd: '$10' }, 'amount_usd', 'must be a decimal string'],
    ['no amount', { amount_usd: undefined }, 'amount_usd', 'is required'],
    ['no reason', { reason: undefined }, 'reason', 'is required'],
    ['an empty reason', { reason: '' }, 'reason', 'must not be empty'],
    ['a NUL in the reason', { reason: 'a\u0000b' }, 'reason', 'control characters'],
    ['half a surrogate pair in the reason', { reason: 'a\ud800b' }, 'reason', 'control characters'],
    ['no idempotency key', { idempotency_key: undefined }, 'idempotency_key', 'is required'],
    ['a long idempotency key', { idempotency_key: 'k'.repeat(201) }, 'idempotency_key', 'at most 200'],
    ['a currency field', { currency: 'EUR' }, 'currency', 'is not a field'],
  ]
  test.each(refused)('400: %s is named and nothing is posted', async (what, change, field, issue) => {
    const id = await plane.newUser(`${what.replaceAll(' ', '.')}@bad.example.com`)
    const body = { ...credit('1', what), ...change }
    const { status, json } = await plane.admin('POST', `/api/admin/users/${id}/credits`, body)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ param: field, details: { field, issue: expect.stringContaining(issue) } })
    expect(await balanceOf(id)).toMatchObject({ posted_usd: '0.000000000' })
  })

  test('201 and 402: a credit can be taken back, but not more than is there', async () => {
    const id = await plane.newUser('back@example.com')
    const path = `/api/admin/users/${id}/credits`
    await plane.admin('POST', path, credit('5', 'back-1'))
    expect((await plane.admin('POST', path, credit('-1.5', 'back-2'))).json).toMatchObject({
      posted_usd: '3.500000000',
    })
    const { status, json } = await plane.admin('POST', path, credit('-3.500000001', 'back-3'))
    expect(status).toBe(402)
    expect(json.error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_balance' })
    expect(await balanceOf(id)).toMatchObject({ posted_usd: '3.500000000' })
  })

  test('404: there is no such user', async () => {
    const { status, json } = await plane.admin('POST', '/api/admin/users/user_nobody/credits', credit('1', 'x'))
    expect(status).toBe(404)
    expect(json.error).toMatchObject({ param: 'id', message: 'There is no user with the id user_nobody.' })
  })
})

describe('GET /api/admin/users/{id}/balance', () => {
  test('200: a new account holds nothing', async () => {
    const id = await plane.newUser('new@example.com')
    expect(await balanceOf(id)).toEqual({
      posted_usd: '0.000000000',
      held_usd: '0.000000000',
      available_usd: '0.000000000',
      credit_line_usd: '0.000000000',
    })
  })

  test('404: there is no such user', async () => {
    expect((await plane.admin('GET', '/api/admin/users/user_nobody/balance')).status).toBe(404)
  })
})
