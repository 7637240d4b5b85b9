import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openBrowser } from '../accounts/browser.ts'
import { CHANGES, ROLES } from '../accounts/permissions.ts'
import { openGateway, STAGE_MS } from '../accounts/stage.ts'
import type { Gateway } from '../harness/gateway.ts'
import { otherwise, type Send } from './calls.ts'
import { contentsOf } from './contents.ts'
import { type Operation, operationsOf } from './description.ts'
import { FORMS } from './forms.ts'
import { CONFIG, inOrganisation, openWorld, type World } from './world.ts'

let gateway: Gateway
let world: World
let operations: readonly Operation[]
beforeAll(async () => {
  gateway = await openGateway('sqlite', { sign_up: 'open' }, undefined, CONFIG)
  world = await openWorld(gateway)
  operations = await operationsOf(gateway.url)
}, STAGE_MS)
afterAll(() => gateway.stop())

const adminCalls = () => operations.filter(({ path }) => path.startsWith('/api/admin/'))
const changesBy = (pattern: RegExp) => operations.filter(({ path, changes }) => changes && pattern.test(path))

describe('nobody who is not meant to', () => {
  test.each([...ROLES])(
    'gets anything by a call of administrators: a member as %s',
    async (role) => {
      const before = contentsOf(gateway)
      const send: Send = (method, path, body) => world.members[role].send(method, path, body, inOrganisation(world))
      expect(adminCalls().length).toBeGreaterThan(70)
      expect(await otherwise(world, adminCalls(), send, [403, 'role_not_allowed'])).toEqual([])
      expect(contentsOf(gateway)).toEqual(before)
    },
    STAGE_MS,
  )

  test.each([
    ['a Tollgate key', () => ({ authorization: `Bearer ${world.key}` })],
    ['a wrong admin key', () => ({ authorization: 'Bearer not-the-key-of-this-server' })],
    ['nothing', () => ({})],
  ] as const)(
    'gets anything by a call of administrators: with %s',
    async (_, headersOf) => {
      const before = contentsOf(gateway)
      const stranger = openBrowser(gateway.url)
      const send: Send = (method, path, body) => stranger.send(method, path, body, headersOf())
      expect(await otherwise(world, adminCalls(), send, [401, 'invalid_api_key'])).toEqual([])
      expect(contentsOf(gateway)).toEqual(before)
    },
    STAGE_MS,
  )

  test.each(['developer', 'billing', 'viewer'] as const)(
    'changes anything of an organisation: a member as %s, beyond that role',
    async (role) => {
      const calls = changesBy(/^\/api\/(?:me|organisations)(?:\/|$)/)
      const forbidden = calls.filter(({ call }) => !CHANGES[call]?.[0].includes(role))
      expect(forbidden.length).toBeGreaterThan(6)
      const before = contentsOf(gateway)
      const send: Send = (method, path, body) => world.members[role].send(method, path, body, inOrganisation(world))
      expect(await otherwise(world, forbidden, send, [403, 'role_not_allowed'])).toEqual([])
      expect(contentsOf(gateway)).toEqual(before)
    },
    STAGE_MS,
  )

  test(
    'changes anything by looking at an organisation as its members see it',
    async () => {
      const looker = openBrowser(gateway.url)
      await looker.post('/api/session/admin-key', { admin_key: gateway.adminKey })
      const { organisationId } = world.named
      await looker.post(`/api/admin/users/${organisationId}/impersonate`, { reason: 'they asked' })
      const before = contentsOf(gateway)
      const calls = changesBy(/^\/api\/(?:me|organisations)(?:\/|$)/)
      const send: Send = (method, path, body) => looker.send(method, path, body)
      expect(await otherwise(world, calls, send, [403, 'role_not_allowed'])).toEqual([])
      expect(contentsOf(gateway)).toEqual(before)
    },
    STAGE_MS,
  )

  test(
    'makes or changes keys, projects or organisations with a Tollgate key',
    async () => {
      const before = contentsOf(gateway)
      const stranger = openBrowser(gateway.url)
      const send: Send = (method, path, body) =>
        stranger.send(method, path, body, { authorization: `Bearer ${world.key}` })
      expect(
        await otherwise(world, changesBy(/^\/api\/me\/(?:keys|projects)/), send, [403, 'scope_not_allowed']),
      ).toEqual([])
      expect(await otherwise(world, changesBy(/^\/api\/organisations/), send, [401, 'invalid_api_key'])).toEqual([])
      expect(contentsOf(gateway)).toEqual(before)
    },
    STAGE_MS,
  )
})

describe('what this rests on', () => {
  test('every call with a body has one here that is right', () => {
    const missing = operations.filter(({ call, texts }) => texts.length > 0 && FORMS[call] === undefined)
    expect(missing.map(({ call }) => call)).toEqual([])
    const known = new Set(operations.map(({ call }) => call))
    expect(Object.keys(FORMS).filter((call) => !known.has(call))).toEqual([])
  })

  test('a change would be seen', async () => {
    const before = contentsOf(gateway)
    const path = `/api/me/keys/${world.named.keyId}`
    const renamed = await world.members.owner.send('PATCH', path, { name: 'another name' }, inOrganisation(world))
    expect(renamed.status).toBe(200)
    expect(contentsOf(gateway)).not.toEqual(before)
  })
})
