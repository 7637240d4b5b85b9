import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

const PROJECTS = '/api/admin/projects'
const newProject = async (more: object = {}): Promise<string> =>
  String((await plane.admin('POST', PROJECTS, { name: 'search', ...more })).json.id)

test('201: a project is shown as it was asked for', async () => {
  const { status, json } = await plane.admin('POST', PROJECTS, {
    name: 'search',
    budget_usd: '25',
    budgets: { '5h': '0.5' },
  })
  expect(status).toBe(201)
  expect(json).toEqual({
    id: expect.stringMatching(/^project_/),
    name: 'search',
    user_id: null,
    budget_usd: '25.000000000',
    budgets: { '5h': '0.500000000' },
    created_at: '2026-11-21T12:00:00.000Z',
    archived_at: null,
  })
  expect((await plane.admin('GET', `${PROJECTS}/${json.id}`)).json).toEqual(json)
})

test('PATCH changes what is named, and null takes a budget away', async () => {
  const id = await newProject({ budget_usd: '25', budgets: { day: '1', month: '9' } })
  const { status, json } = await plane.admin('PATCH', `${PROJECTS}/${id}`, { budgets: { day: null, week: '4' } })
  expect(status).toBe(200)
  expect(json).toMatchObject({ name: 'search', budget_usd: '25.000000000' })
  expect(json.budgets).toEqual({ week: '4.000000000', month: '9.000000000' })
  const renamed = await plane.admin('PATCH', `${PROJECTS}/${id}`, { name: 'find', budget_usd: null })
  expect(renamed.json).toMatchObject({ name: 'find', budget_usd: null, budgets: json.budgets })
})

test('of two PATCHes at once that name other budgets neither is lost, of keys and of projects', async () => {
  const user = await plane.admin('POST', '/api/admin/users', { email: 'pairs@example.com' })
  for (let pair = 0; pair < 30; pair += 1) {
    const key = await plane.admin('POST', '/api/admin/keys', { user_id: user.json.id, name: `pair ${pair}` })
    for (const path of [`/api/admin/keys/${key.json.id}`, `${PROJECTS}/${await newProject()}`]) {
      await Promise.all([
        plane.admin('PATCH', path, { budget_usd: '5' }),
        plane.admin('PATCH', path, { budgets: { day: '1' } }),
      ])
      const { json } = await plane.admin('GET', path)
      expect(json).toMatchObject({ budget_usd: '5.000000000', budgets: { day: '1.000000000' } })
    }
  }
})

test.each([
  ['a window nobody knows', { budgets: { year: '1' } }, 'budgets.year'],
  ['a budget that is a number', { budgets: { day: 1 } }, 'budgets.day'],
  ['a budget of nothing', { budget_usd: '0' }, 'budget_usd'],
  ['no name', { name: '' }, 'name'],
])('400: %s is refused by name', async (_, more, param) => {
  const { status, json } = await plane.admin('POST', PROJECTS, { name: 'search', ...more })
  expect(status).toBe(400)
  expect(json.error).toMatchObject({ param })
})

test('404: a project of a user who is not there, and a project that is not there', async () => {
  expect((await plane.admin('POST', PROJECTS, { name: 'x', user_id: 'user_x' })).status).toBe(404)
  expect((await plane.admin('GET', `${PROJECTS}/project_x`)).status).toBe(404)
  expect((await plane.admin('PATCH', `${PROJECTS}/project_x`, { name: 'y' })).status).toBe(404)
  expect((await plane.admin('DELETE', `${PROJECTS}/project_x`)).status).toBe(404)
})

test('the list shows the newest first, and of one user only theirs', async () => {
  const user = await plane.newUser('lists@example.com')
  const id = await newProject({ user_id: user })
  const { json } = await plane.admin('GET', `${PROJECTS}?user_id=${user}`)
  expect(json.data).toMatchObject([{ id, user_id: user }])
})

test('a key may be of its own user’s project, of anyone’s, or carry a label, and of nothing else', async () => {
  const ada = await plane.newUser('ada.p@example.com')
  const bob = await plane.newUser('bob.p@example.com')
  const ended = await newProject()
  await plane.admin('DELETE', `${PROJECTS}/${ended}`)
  const make = (projectId: string) =>
    plane.admin('POST', '/api/admin/keys', { user_id: ada, name: 'k', project_id: projectId })
  const answers = [
    await newProject({ user_id: ada }),
    await newProject(),
    'a label',
    await newProject({ user_id: bob }),
    ended,
    `project_${'0'.repeat(26)}`,
  ]
  const statuses = await Promise.all(answers.map(async (id) => (await make(id)).status))
  expect(statuses).toEqual([201, 201, 201, 400, 400, 404])
})

test('ending a project revokes its keys at once, and changes no more', async () => {
  const user = await plane.newUser('ends@example.com')
  const id = await newProject()
  const { key } = await plane.newKey(user, { project_id: id })
  expect((await plane.with(key, 'GET', '/api/me/key')).status).toBe(200)
  const { status, json } = await plane.admin('DELETE', `${PROJECTS}/${id}`)
  expect([status, json.archived_at]).toEqual([200, '2026-11-21T12:00:00.000Z'])
  expect((await plane.with(key, 'GET', '/api/me/key')).status).toBe(401)
  expect((await plane.admin('DELETE', `${PROJECTS}/${id}`)).json).toEqual(json)
  expect((await plane.admin('PATCH', `${PROJECTS}/${id}`, { name: 'x' })).status).toBe(409)
})
