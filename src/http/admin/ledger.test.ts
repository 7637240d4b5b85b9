import { expect, test } from 'bun:test'
import { openControlPlane } from './testing/open.ts'

test('GET /api/admin/ledger/accounts shows what the books say, customers and providers included, and sums to zero', async () => {
  const plane = await openControlPlane()
  const id = await plane.newUser()
  const key = await plane.newKey(id)
  const credit = { amount_usd: '3', reason: 'Top-up', idempotency_key: 'once' }
  await plane.admin('POST', `/api/admin/users/${id}/credits`, credit)
  await plane.newReceipt({ requestId: 'req_1', userId: id, keyId: key.id })
  await plane.store.counters.feed()
  const { status, json } = await plane.admin('GET', '/api/admin/ledger/accounts')
  expect(status).toBe(200)
  // 1,010 tokens at $3 a million: $0.00303. The customer was charged it, and its provider should bill it.
  expect(json).toEqual({
    accounts: [
      { account: 'customers', balance_usd: '2.996970000' },
      { account: 'platform:funding', balance_usd: '-3.000000000' },
      { account: 'platform:promotions', balance_usd: '0.000000000' },
      { account: 'platform:revenue', balance_usd: '0.003030000' },
      { account: 'platform:provider-costs', balance_usd: '-0.003030000' },
      { account: 'provider:demo', balance_usd: '0.003030000' },
    ],
    sum_usd: '0.000000000',
  })
  await plane.close()
})

test('GET /api/admin/ledger/check answers with a finding that a script can act on', async () => {
  const plane = await openControlPlane()
  const id = await plane.newUser()
  const credit = { amount_usd: '3', reason: 'Top-up', idempotency_key: 'once' }
  await plane.admin('POST', `/api/admin/users/${id}/credits`, credit)
  const { status, json } = await plane.admin('GET', '/api/admin/ledger/check')
  expect(status).toBe(200)
  expect(json).toEqual({
    ok: true,
    accounts: expect.any(Number),
    postings: expect.any(Number),
    open_holds: 0,
    sum_usd: '0.000000000',
    faults: [],
  })
  await plane.close()
})
