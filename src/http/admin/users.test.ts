import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

describe('POST /api/admin/users', () => {
  test('201: a user is created with what was asked and the defaults for the rest', async () => {
    const { status, json, headers } = await plane.admin('POST', '/api/admin/users', { email: ' Grace@Example.COM ' })
    expect(status).toBe(201)
    expect(json).toEqual({
      id: expect.stringMatching(/^user_/),
      email: 'grace@example.com',
      name: null,
      operator: false,
      plan: null,
      rate_multiplier: '1',
      created_at: '2026-11-21T12:00:00.000Z',
    })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('201: plan and multiplier are kept exactly', async () => {
    const body = { email: 'linus@example.com', plan: 'pro', rate_multiplier: '0.850001' }
    const { status, json } = await plane.admin('POST', '/api/admin/users', body)
    expect(status).toBe(201)
    expect(json).toMatchObject({ plan: 'pro', rate_multiplier: '0.850001' })
  })

  const refused: [string, unknown, string, string][] = [
    ['no e-mail', {}, 'email', 'is required'],
    ['an e-mail that is none', { email: 'ada' }, 'email', 'must be an e-mail address such as ada@example.com'],
    ['an e-mail of another type', { email: 7 }, 'email', 'must be a string'],
    ['a plan nobody configured', { email: 'a@example.com', plan: 'gold' }, 'plan', 'must be one of basic, pro'],
    [
      'a multiplier that is a number',
      { email: 'a@example.com', rate_multiplier: 0.9 },
      'rate_multiplier',
      'not a JSON number',
    ],
    [
      'a negative multiplier',
      { email: 'a@example.com', rate_multiplier: '-1' },
      'rate_multiplier',
      'from "0" to "1000"',
    ],
    [
      'too fine a multiplier',
      { email: 'a@example.com', rate_multiplier: '0.1234567' },
      'rate_multiplier',
      'six places',
    ],
    [
      'an absurd multiplier',
      { email: 'a@example.com', rate_multiplier: '1000.1' },
      'rate_multiplier',
      'from "0" to "1000"',
    ],
    [
      'a field that does not exist',
      { email: 'a@example.com', role: 'owner' },
      'role',
      'is not a field of this request',
    ],
  ]
  test.each(refused)('400: %s is named', async (_what, body, field, issue) => {
    const { status, json } = await plane.admin('POST', '/api/admin/users', body)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_request', param: field })
    expect(json.error).toMatchObject({ details: { field, issue: expect.stringContaining(issue) } })
  })

  test('400: several mistakes are all named at once', async () => {
    const { status, json } = await plane.admin('POST', '/api/admin/users', {
      email: 'x',
      rate_multiplier: 1,
      role: 'y',
    })
    expect(status).toBe(400)
    expect(json.error).toMatchObject({
      param: 'email',
      message: expect.stringMatching(/email .*; rate_multiplier .*; role /),
      details: { mistakes: [{ field: 'email' }, { field: 'rate_multiplier' }, { field: 'role' }] },
    })
  })

  test.each([['[]'], ['null'], ['"text"'], ['7']])('400: a body that is %s is no object', async (body) => {
    const { status, json } = await plane.admin('POST', '/api/admin/users', body)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ message: expect.stringMatching(/^The body must be a JSON object/) })
  })

  test('409: an e-mail that is taken, however written, is refused with the id of who has it', async () => {
    const id = await plane.newUser('taken@example.com')
    const { status, json } = await plane.admin('POST', '/api/admin/users', { email: 'TAKEN@example.com' })
    expect(status).toBe(409)
    expect(json.error).toMatchObject({ code: 'conflict', param: 'email', message: expect.stringContaining(id) })
  })
})

describe('GET /api/admin/users', () => {
  test('200: pages hold every user once', async () => {
    const own = await openControlPlane()
    const made = []
    for (let n = 0; n < 5; n++) made.push(await own.newUser(`user${n}@example.com`))
    const seen: unknown[] = []
    let cursor: unknown
    for (let pages = 0; pages < 5; pages++) {
      const { status, json } = await own.admin('GET', `/api/admin/users?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      expect(status).toBe(200)
      seen.push(...(json.data as { id: string }[]).map(({ id }) => id))
      cursor = json.next_cursor
      if (cursor === null) break
    }
    expect(seen.toSorted()).toEqual(made.toSorted())
    await own.close()
  })

  test('200: a user is found by e-mail', async () => {
    const id = await plane.newUser('found@example.com')
    const { json } = await plane.admin('GET', '/api/admin/users?email=Found@example.com')
    expect(json).toMatchObject({ data: [{ id }], next_cursor: null })
    expect((await plane.admin('GET', '/api/admin/users?email=nobody@example.com')).json).toEqual({
      data: [],
      next_cursor: null,
    })
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=', 'limit'],
    ['cursor=', 'cursor'],
    ['page=2', 'page'],
  ])('400: the query %s is refused by name', async (query, field) => {
    const { status, json } = await plane.admin('GET', `/api/admin/users?${query}`)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ param: field })
  })
})

describe('GET /api/admin/users/{id}', () => {
  test('200: a user is shown as it was created', async () => {
    const id = await plane.newUser('one@example.com')
    const { status, json } = await plane.admin('GET', `/api/admin/users/${id}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ id, email: 'one@example.com' })
  })

  test.each([['user_nobody'], ['%00'], ['a%20b'], ['%zz'], [`${'x'.repeat(300)}`]])(
    '404: there is no user %s',
    async (id) => {
      const { status, json } = await plane.admin('GET', `/api/admin/users/${id}`)
      expect(status).toBe(404)
      expect(json.error).toMatchObject({ type: 'not_found', code: 'not_found' })
    },
  )
})
