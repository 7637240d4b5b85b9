import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { type Customer, KINDS, must, openCustomer, openStage, STAGE_MS } from './stage.ts'

describe.each([...KINDS])('what is offered, on %s', (kind) => {
  let gateway: Gateway
  let ada: Customer
  beforeAll(async () => {
    gateway = await openStage(kind, {
      plans: { staff: { discount: '1', for_sale: false }, pro: { discount: '0.1', price_usd: '1' } },
    })
    ada = await openCustomer(gateway, 'ada@example.com')
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const offered = async () =>
    (must(200, await ada.browser.get('/api/me/plans'))['data'] as { id: string }[]).map(({ id }) => id)

  test('a plan that is not for sale is neither shown nor sold, and an administrator gives it', async () => {
    expect(await offered()).toEqual(['pro'])
    const refused = await ada.browser.post('/api/me/plan', { plan: 'staff', idempotency_key: 'a' })
    expect([refused.status, JSON.stringify(refused.body).match(/staff/g)?.length]).toEqual([400, 1])
    expect((await gateway.call('PATCH', `/api/admin/users/${ada.userId}`, { plan: 'staff' })).status).toBe(200)
    expect((await offered()).toSorted()).toEqual(['pro', 'staff'])
    const made = await gateway.call('POST', '/api/admin/plans', { id: 'free', for_sale: false })
    expect([made.status, made.body]).toMatchObject([201, { for_sale: false }])
  })

  test('a person redeems a code once, for whichever of their organisations and by whichever key', async () => {
    const made = await gateway.call('POST', '/api/admin/redemption-codes', { amount_usd: '5', uses_max: 50 })
    const { code, id } = (made.body as { data: { code: string; id: string }[] }).data[0] ?? { code: '', id: '' }
    must(201, await ada.browser.post('/api/me/redeem', { code }))
    const second = String(must(201, await ada.browser.post('/api/organisations', { name: 'Second' }))['id'])
    const there = { 'x-tollgate-organisation': second }
    expect((await ada.browser.post('/api/me/redeem', { code }, there)).status).toBe(409)
    const { key } = must(201, await ada.browser.post('/api/me/keys', { name: 'x' }, there))
    const byKey = await fetch(`${gateway.url}/api/me/redeem`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    expect(byKey.status).toBe(409)
    const eve = await openCustomer(gateway, 'eve@example.com')
    must(201, await eve.browser.post('/api/me/redeem', { code }))
    const redemptions = await gateway.call('GET', `/api/admin/redemption-codes/${id}/redemptions`)
    expect((redemptions.body as { data: unknown[] }).data).toHaveLength(2)
  })
})
