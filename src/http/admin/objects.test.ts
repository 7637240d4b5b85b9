import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mergePatch } from './objects.ts'
import { type Json, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeEach(async () => {
  plane = await openControlPlane()
})
afterEach(() => plane.close())

const KINDS = ['providers', 'channels', 'groups', 'plans', 'aliases', 'retired']
const idsOf = ({ json }: { readonly json: Json }) => (json.data as Json[]).map(({ id }) => id)

test('entries of the file and those that were set are listed together, by id, in pages', async () => {
  for (const id of ['b', 'z', 'a']) await plane.admin('POST', '/api/admin/groups', { id })
  const first = await plane.admin('GET', '/api/admin/groups?limit=3')
  const second = await plane.admin('GET', `/api/admin/groups?limit=3&cursor=${String(first.json.next_cursor)}`)
  expect([idsOf(first), idsOf(second), second.json.next_cursor]).toEqual([['a', 'b', 'default'], ['kiro', 'z'], null])
  const sources = [...(first.json.data as Json[]), ...(second.json.data as Json[])].map(({ source }) => source)
  expect(sources).toEqual(['api', 'api', 'implied', 'file', 'api'])
})

test('401: none of it is for anybody but the operator', async () => {
  for (const kind of KINDS)
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', '/x'],
      ['PATCH', '/x'],
      ['DELETE', '/x'],
    ])
      expect((await plane.with('sk-tg-nobody', method ?? '', `/api/admin/${kind}${path}`)).status).toBe(401)
})

test('404 and 409: what is not there, what is there already, and what is there by itself', async () => {
  for (const kind of KINDS) {
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect(
        (await plane.admin(method, `/api/admin/${kind}/nothing`, method === 'PATCH' ? {} : undefined)).status,
      ).toBe(404)
  }
  expect((await plane.admin('PATCH', '/api/admin/groups/default', { multiplier: '2' })).status).toBe(409)
  expect((await plane.admin('POST', '/api/admin/groups', { id: 'default', multiplier: '2' })).status).toBe(201)
  expect((await plane.admin('POST', '/api/admin/groups', { id: 'default', multiplier: '2' })).status).toBe(409)
  expect((await plane.admin('DELETE', '/api/admin/groups/default')).json).toEqual({ id: 'default', deleted: true })
  expect((await plane.admin('PATCH', '/api/admin/aliases/house%2Ffast', { model: 'gpt-5' })).status).toBe(409)
})

test('a group that keys are of, and a plan that users have, stay', async () => {
  await plane.admin('POST', '/api/admin/plans', { id: 'gold', discount: '0.5' })
  await plane.store.users.update(await plane.newUser(), { plan: 'gold' })
  expect((await plane.admin('DELETE', '/api/admin/plans/gold')).status).toBe(409)
  await plane.admin('POST', '/api/admin/groups', { id: 'team' })
  expect((await plane.admin('DELETE', '/api/admin/groups/team')).status).toBe(200)
})

test('a change that is not of the version there is is refused, in whichever way it is named', async () => {
  const made = await plane.admin('POST', '/api/admin/groups', { id: 'team' })
  expect([made.json.version, made.headers.get('etag')]).toEqual([1, '"1"'])
  const statuses = [
    await plane.admin('PATCH', '/api/admin/groups/team', { multiplier: '2', version: 2 }),
    await plane.admin('PATCH', '/api/admin/groups/team', { multiplier: '2', version: 1 }),
    await plane.admin('DELETE', '/api/admin/groups/team?version=1'),
    await plane.send('DELETE', '/api/admin/groups/team', undefined, {
      authorization: 'Bearer the-admin-key',
      'if-match': 'x',
    }),
    await plane.send('DELETE', '/api/admin/groups/team', undefined, {
      authorization: 'Bearer the-admin-key',
      'if-match': '"2"',
    }),
  ]
  expect(statuses.map(({ status }) => status)).toEqual([409, 200, 409, 409, 200])
})

test('a patch leaves what it does not name, goes into sections, and takes away what is null', () => {
  const before = { a: 1, section: { b: 2, c: 3 }, list: [1, 2] }
  expect(mergePatch(before, { section: { b: null, d: 4 }, list: [3], e: { f: null, g: 5 } })).toEqual({
    ...{ a: 1, section: { c: 3, d: 4 }, list: [3], e: { g: 5 } },
  })
  expect(mergePatch(before, { section: null, __proto__: null })).toEqual({ a: 1, list: [1, 2] })
})
