import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { emailField } from '../http/admin/fields.ts'
import { type Opened, openControlPlane } from '../http/admin/testing/open.ts'
import { nanoUsd, ONE } from '../units.ts'
import { firstStart } from './first-start.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

describe('the operator', () => {
  test('is made once, found by later starts, and can be found through the admin API', async () => {
    const { operator } = await firstStart(plane.store, null)
    expect(emailField.safeParse(operator.email).data).toBe(operator.email)
    const found = await plane.admin('GET', `/api/admin/users?email=${operator.email}`)
    expect([found.status, found.json.data]).toMatchObject([200, [{ id: operator.id }]])
    const again = await firstStart(plane.store, null)
    expect([again.operator.id, again.adminKey, again.apiKey]).toEqual([operator.id, undefined, undefined])
  })

  test('of a database that knows one under another address stays who it is', async () => {
    const old = await openControlPlane()
    const user = { email: 'operator@localhost', plan: null, rateMultiplier: ONE, overdraft: nanoUsd(1n) }
    const created = await old.store.users.create(user)
    if (!created.ok) throw new Error('the operator could not be made')
    await old.store.settings.set('operator_user_id', created.value.id)
    expect((await firstStart(old.store, null)).operator.id).toBe(created.value.id)
    await old.close()
  })
})

test('secrets are shown by the first start alone, and a configured admin key is not', async () => {
  const fresh = await openControlPlane()
  const start = await firstStart(fresh.store, null)
  expect(start.isAdmin(start.adminKey ?? '')).toBe(true)
  expect(start.apiKey).toStartWith('sk-tg-')
  const later = await firstStart(fresh.store, null)
  expect([later.isAdmin(start.adminKey ?? ''), later.adminKey, later.localKeyId]).toEqual([
    true,
    undefined,
    start.localKeyId,
  ])
  const configured = await firstStart(fresh.store, 'a-key-of-their-own')
  expect([configured.isAdmin('a-key-of-their-own'), configured.adminKey]).toEqual([true, undefined])
  await fresh.close()
})
