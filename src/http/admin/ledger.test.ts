import { expect, test } from 'bun:test'
import { openControlPlane } from './testing/open.ts'

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
