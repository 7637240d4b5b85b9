import { afterAll, beforeAll, expect, test } from 'bun:test'
import { nanoUsd } from '../../units.ts'
import { type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
let userId: string
let keyId: string
beforeAll(async () => {
  plane = await openControlPlane()
  userId = await plane.newUser()
  keyId = (await plane.newKey(userId)).id
  const credit = { amount_usd: '1', reason: 'Top-up', idempotency_key: 'credit' }
  await plane.admin('POST', `/api/admin/users/${userId}/credits`, credit)
})
afterAll(() => plane.close())

let made = 0
/** A request that was charged 0.004 USD. */
const charged = async (cost = 4_000_000n): Promise<string> => {
  const requestId = `paid_${++made}`
  await plane.newReceipt({ requestId, userId, keyId, cost: nanoUsd(cost) })
  return requestId
}
const refund = (id: string, key: string, more: object = {}) =>
  plane.admin('POST', `/api/admin/requests/${id}/refund`, { reason: 'Wrong model', idempotency_key: key, ...more })
const posted = async () => (await plane.admin('GET', `/api/admin/users/${userId}/balance`)).json.posted_usd

test('201: without an amount all of a charge is given back, once', async () => {
  const before = await posted()
  const id = await charged()
  const first = await refund(id, 'a-1')
  expect(first.status).toBe(201)
  expect(first.json).toMatchObject({ request_id: id, refunded_usd: '0.004000000', posted_usd: before })
  expect((await refund(id, 'a-1')).json).toEqual(first.json)
  expect((await refund(id, 'a-2')).status).toBe(409)
  expect(await posted()).toBe(before)
})

test('201: parts are given back until nothing is left of the charge', async () => {
  const id = await charged()
  expect((await refund(id, 'b-1', { amount_usd: '0.003' })).json).toMatchObject({ refunded_usd: '0.003000000' })
  const tooMuch = await refund(id, 'b-2', { amount_usd: '0.001000001' })
  expect(tooMuch.status).toBe(400)
  expect(tooMuch.json.error).toMatchObject({ param: 'amount_usd', message: expect.stringContaining('0.001000000') })
  expect((await refund(id, 'b-3')).json).toMatchObject({ refunded_usd: '0.001000000' })
})

test('twenty refunds at once give back no more than was charged', async () => {
  const before = await posted()
  const id = await charged()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => refund(id, `c-${index}`, { amount_usd: '0.001' })),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(4)
  expect(await posted()).toBe(before)
})

test('409: an idempotency key is good for one posting, of whatever kind', async () => {
  const id = await charged()
  await refund(id, 'd-1', { amount_usd: '0.001' })
  expect((await refund(id, 'd-1', { amount_usd: '0.002' })).json.error).toMatchObject({ code: 'idempotency_conflict' })
  expect((await refund(id, 'credit')).json.error).toMatchObject({ code: 'idempotency_conflict' })
})

test('409: a request that was charged nothing has nothing to give back', async () => {
  expect((await refund(await charged(0n), 'e-1')).status).toBe(409)
})

test('404: there is no refund of a request nobody made', async () => {
  expect((await refund('req_x', 'f-1')).status).toBe(404)
})

test('credits of other kinds are kept apart, and the books balance', async () => {
  const path = `/api/admin/users/${userId}/credits`
  const credit = (kind: string, amount: string) =>
    plane.admin('POST', path, { kind, amount_usd: amount, reason: 'r', idempotency_key: `${kind} ${amount}` })
  const kinds = [
    ['promotional-credit', '0.5', 201],
    ['correction', '-0.5', 201],
    ['correction', '0.25', 201],
    ['promotional-credit', '-0.5', 400],
    ['gift', '1', 400],
  ] as const
  for (const [kind, amount, status] of kinds) expect((await credit(kind, amount)).status).toBe(status)
  const otherKind = { kind: 'correction', amount_usd: '0.5', reason: 'r', idempotency_key: 'promotional-credit 0.5' }
  expect((await plane.admin('POST', path, otherKind)).status).toBe(409)
  expect(await plane.ledger.check()).toMatchObject({ ok: true, faults: [] })
})
