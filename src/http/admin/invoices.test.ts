import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { nanoUsd } from '../../units.ts'
import { NOON_MS, type Opened, openControlPlane } from './testing/open.ts'

const DAY_MS = 86_400_000
let plane: Opened
let userId: string
let key: string

/** Someone who came in September, asked something in October and in November, and was given something each month. */
beforeAll(async () => {
  plane = await openControlPlane()
  plane.clock.nowMs = Date.UTC(2026, 8, 15)
  userId = await plane.newUser()
  const made = await plane.newKey(userId)
  key = made.key
  const credit = (reference: string, amount: string) =>
    plane.admin('POST', `/api/admin/users/${userId}/credits`, {
      amount_usd: amount,
      reason: 'Top-up',
      idempotency_key: reference,
    })
  await credit('september', '10')
  plane.clock.nowMs = Date.UTC(2026, 9, 20)
  const mine = { userId, keyId: made.id }
  await plane.newReceipt({ ...mine, requestId: 'req_1', atMs: Date.UTC(2026, 9, 1), modelServed: 'small' })
  await plane.newReceipt({ ...mine, requestId: 'req_2', atMs: Date.UTC(2026, 10, 1) - 1, modelServed: 'large' })
  await credit('october', '-1.5')
  plane.clock.nowMs = NOON_MS
  await plane.newReceipt({ ...mine, requestId: 'req_3', atMs: Date.UTC(2026, 10, 1) })
})
afterAll(() => plane.close())

const invoice = (month: string) =>
  plane.app.fetch(new Request(`http://127.0.0.1/api/me/invoices/${month}.pdf`, { headers: { 'x-api-key': key } }), {
    ip: () => '127.0.0.1',
  })

describe('GET /api/me/invoices', () => {
  test('200: each month opens with what the one before closed with, and the last closes at the balance', async () => {
    const { status, json } = await plane.with(key, 'GET', '/api/me/invoices')
    expect(status).toBe(200)
    const balance = (await plane.with(key, 'GET', '/api/me/balance')).json
    expect(json.data).toEqual([
      {
        month: '2026-11',
        state: 'open',
        opening_usd: '8.493940000',
        charges_usd: '-0.003030000',
        others_usd: '0.000000000',
        closing_usd: balance.posted_usd,
        pdf: null,
      },
      {
        month: '2026-10',
        state: 'final',
        opening_usd: '10.000000000',
        charges_usd: '-0.006060000',
        others_usd: '-1.500000000',
        closing_usd: '8.493940000',
        pdf: '/api/me/invoices/2026-10.pdf',
      },
      {
        month: '2026-09',
        state: 'final',
        opening_usd: '0.000000000',
        charges_usd: '0.000000000',
        others_usd: '10.000000000',
        closing_usd: '10.000000000',
        pdf: '/api/me/invoices/2026-09.pdf',
      },
    ])
  })

  test('200: a month is preliminary for ten days after its end', async () => {
    plane.clock.nowMs = Date.UTC(2026, 11, 1) + 10 * DAY_MS - 1
    const states = async () =>
      ((await plane.with(key, 'GET', '/api/me/invoices')).json.data as { state: string }[]).map(({ state }) => state)
    expect((await states()).slice(0, 2)).toEqual(['open', 'preliminary'])
    plane.clock.nowMs += 1
    expect((await states()).slice(0, 2)).toEqual(['open', 'final'])
    plane.clock.nowMs = NOON_MS
  })
})

describe('GET /api/me/invoices/{month}.pdf', () => {
  test('200: the file of a month is the same whenever it is read, a later charge of another month or not', async () => {
    const first = await invoice('2026-10')
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/pdf'])
    expect(first.headers.get('content-disposition')).toBe('attachment; filename="invoice-2026-10.pdf"')
    const before = Buffer.from(await first.arrayBuffer())
    expect(before.subarray(0, 5).toString()).toBe('%PDF-')
    plane.clock.nowMs += 40 * DAY_MS
    const keys = (await plane.admin('GET', `/api/admin/keys?user_id=${userId}`)).json.data as { id: string }[]
    await plane.newReceipt({
      userId,
      keyId: keys[0]?.id ?? '',
      requestId: 'req_4',
      atMs: plane.clock.nowMs,
      cost: nanoUsd(1n),
    })
    expect(Buffer.from(await (await invoice('2026-10')).arrayBuffer()).equals(before)).toBe(true)
    plane.clock.nowMs = NOON_MS
  })

  test.each([
    ['2026-11', 409],
    ['2026-12', 404],
    ['2026-08', 404],
    ['2026-13', 404],
  ])('%s: %d', async (month, status) => {
    expect((await invoice(month)).status).toBe(status)
  })
})
