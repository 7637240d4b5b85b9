import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { makePlace, START_TIMEOUT_MS } from '../../test/harness/databases.ts'
import { migrate } from '../db/migrate.ts'
import { openStore } from '../db/store.ts'
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

test(
  'several replicas that start at once on an empty database find the same, and each secret is shown by one of them',
  async () => {
    const place = await makePlace('postgres')
    const databases = await Promise.all(Array.from({ length: 4 }, () => place.open()))
    const migrated = await Promise.all(databases.map((database) => migrate(database)))
    expect(migrated.filter(({ ok }) => !ok)).toEqual([])
    const stores = databases.map((database) => openStore(database))
    const starts = await Promise.all(stores.map((store) => firstStart(store, null)))
    const found = starts.map(({ operator, localKeyId, carrierSecret }) => [
      operator.id,
      localKeyId,
      Buffer.from(carrierSecret).toString('hex'),
    ])
    expect(new Set(found.map(String)).size).toBe(1)
    const shown = starts.flatMap(({ adminKey }) => adminKey ?? [])
    expect([shown.length, starts.flatMap(({ apiKey }) => apiKey ?? []).length]).toEqual([1, 1])
    expect(starts.map(({ isAdmin }) => isAdmin(shown[0] ?? ''))).toEqual([true, true, true, true])
    const keys = await stores[0]?.keys.list({}, { limit: 100 })
    expect(
      keys?.rows
        .filter(({ revokedAtMs }) => revokedAtMs === null)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['first key', 'local mode'])
    await place.remove()
  },
  START_TIMEOUT_MS,
)
