import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
let userId: string
beforeAll(async () => {
  plane = await openControlPlane()
  userId = await plane.newUser()
})
afterAll(() => plane.close())

const create = (more: object = {}) =>
  plane.admin('POST', '/api/admin/keys', { user_id: userId, name: 'build', ...more })
/** Whether a secret is accepted at this moment. */
const works = async (key: string): Promise<boolean> => (await plane.with(key, 'GET', '/api/me/key')).status === 200

describe('POST /api/admin/keys', () => {
  test('201: the secret is shown with the key, works, and is never shown again', async () => {
    const { status, json, headers } = await create()
    expect(status).toBe(201)
    expect(json).toEqual({
      id: expect.stringMatching(/^key_/),
      key: expect.stringMatching(/^sk-tg-/),
      prefix: String(json.key).slice(0, String(json.prefix).length),
      user_id: userId,
      project_id: null,
      name: 'build',
      group: 'default',
      state: 'active',
      models: null,
      rpm: null,
      tpm: null,
      itpm: null,
      otpm: null,
      concurrency: null,
      budget_usd: null,
      budgets: {},
      ip_allow: null,
      scopes: [],
      labels: [],
      created_at: '2026-11-21T12:00:00.000Z',
      expires_at: null,
      revoked_at: null,
      made_by: 'operator',
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(await works(String(json.key))).toBe(true)
    for (const path of [`/api/admin/keys/${json.id}`, `/api/admin/keys?user_id=${userId}`]) {
      const { text } = await plane.admin('GET', path)
      expect(text).toContain(String(json.prefix))
      expect(text).not.toContain(String(json.key))
    }
  })

  test('201: everything a key can have is kept as given', async () => {
    const wanted = {
      group: 'kiro',
      project_id: 'crawler',
      models: ['claude-sonnet-4-6', 'vendor/model'],
      rpm: 60,
      tpm: 100_000,
      itpm: 80_000,
      otpm: 20_000,
      concurrency: 4,
      budget_usd: '25.5',
      expires_at: '2027-01-31T13:00:00+01:00',
      ip_allow: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7'],
      scopes: ['generate', 'models'],
    }
    const { status, json } = await create(wanted)
    expect(status).toBe(201)
    const kept = { ...wanted, budget_usd: '25.500000000', expires_at: '2027-01-31T12:00:00.000Z' }
    expect(json).toMatchObject(kept)
    expect((await plane.admin('GET', `/api/admin/keys/${json.id}`)).json).toMatchObject(kept)
  })

  const refused: [string, object, string, string][] = [
    ['no user', { user_id: undefined }, 'user_id', 'is required'],
    ['no name', { name: undefined }, 'name', 'is required'],
    ['a group nobody configured', { group: 'vip' }, 'group', 'must be one of default, kiro'],
    ['an rpm of zero', { rpm: 0 }, 'rpm', 'above 0'],
    ['half an rpm', { rpm: 1.5 }, 'rpm', 'whole number'],
    ['an rpm that is text', { rpm: '60' }, 'rpm', 'whole number'],
    ['a tpm beyond reason', { tpm: 3_000_000_000 }, 'tpm', 'at most'],
    ['an itpm that is text', { itpm: '1' }, 'itpm', 'whole number'],
    ['an otpm of zero', { otpm: 0 }, 'otpm', 'above 0'],
    ['a concurrency below zero', { concurrency: -1 }, 'concurrency', 'above 0'],
    ['a budget that is a number', { budget_usd: 5 }, 'budget_usd', 'not a JSON number'],
    ['a budget of zero', { budget_usd: '0' }, 'budget_usd', 'above 0'],
    ['an expiry in the past', { expires_at: '2026-11-21T11:59:59Z' }, 'expires_at', 'must be in the future'],
    ['an expiry now', { expires_at: '2026-11-21T12:00:00Z' }, 'expires_at', 'must be in the future'],
    ['an expiry without an offset', { expires_at: '2027-01-01T00:00:00' }, 'expires_at', 'ISO 8601'],
    ['an expiry that is a number', { expires_at: 1_900_000_000 }, 'expires_at', 'must be a string'],
    ['a day that does not exist', { expires_at: '2027-02-30T00:00:00Z' }, 'expires_at', 'ISO 8601'],
    ['an address that is none', { ip_allow: ['10.0.0.1', '10.0.0.300'] }, 'ip_allow[1]', 'CIDR'],
    ['too long a prefix', { ip_allow: ['10.0.0.0/33'] }, 'ip_allow[0]', 'CIDR'],
    ['a host name', { ip_allow: ['example.com'] }, 'ip_allow[0]', 'CIDR'],
    ['addresses that are no list', { ip_allow: '10.0.0.1' }, 'ip_allow', 'must be a list'],
    ['an empty allow-list', { models: [] }, 'models', 'must not be an empty list'],
    ['a scope nobody knows', { scopes: ['admin'] }, 'scopes[0]', 'one of generate, embed, models, receipts'],
    ['a field that does not exist', { key: 'sk-tg-mine' }, 'key', 'is not a field'],
  ]
  test.each(refused)('400: %s is named', async (_what, change, field, issue) => {
    const { status, json } = await create(change)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ param: field, details: { field, issue: expect.stringContaining(issue) } })
  })

  test('404: a key cannot be made for a user who does not exist', async () => {
    const { status, json } = await create({ user_id: 'user_nobody' })
    expect(status).toBe(404)
    expect(json.error).toMatchObject({ param: 'user_id' })
  })
})

describe('GET /api/admin/keys', () => {
  test('200: only the keys of the user asked for, over all pages', async () => {
    const own = await openControlPlane()
    const [ada, eve] = [await own.newUser('ada@example.com'), await own.newUser('eve@example.com')]
    const keys = [await own.newKey(ada), await own.newKey(ada), await own.newKey(ada)]
    const other = await own.newKey(eve)
    const first = await own.admin('GET', `/api/admin/keys?user_id=${ada}&limit=2`)
    const second = await own.admin('GET', `/api/admin/keys?user_id=${ada}&limit=2&cursor=${first.json.next_cursor}`)
    expect(second.json.next_cursor).toBeNull()
    const ids = [first, second].flatMap(({ json }) => (json.data as { id: string }[]).map(({ id }) => id))
    expect(ids.toSorted()).toEqual(keys.map(({ id }) => id).toSorted())
    expect((await own.admin('GET', '/api/admin/keys')).text).toContain(other.id)
    await own.close()
  })

  test('404: there is no such key', async () => {
    expect((await plane.admin('GET', '/api/admin/keys/key_nobody')).status).toBe(404)
  })
})

describe('DELETE /api/admin/keys/{id}', () => {
  test('200: a revoked key is refused at once, though it was cached, and revoking twice changes nothing', async () => {
    const { id, key } = await plane.newKey(userId)
    expect(await works(key)).toBe(true)
    const first = await plane.admin('DELETE', `/api/admin/keys/${id}`)
    expect(first.status).toBe(200)
    expect(first.json).toMatchObject({ id, state: 'revoked', revoked_at: '2026-11-21T12:00:00.000Z' })
    expect(await works(key)).toBe(false)
    const again = await plane.admin('DELETE', `/api/admin/keys/${id}`)
    expect([again.status, again.json]).toEqual([200, first.json])
  })

  test('404: there is no such key', async () => {
    expect((await plane.admin('DELETE', '/api/admin/keys/key_nobody')).status).toBe(404)
  })
})

describe('POST /api/admin/keys/{id}/rotate', () => {
  const rotate = (id: string, body?: unknown) => plane.admin('POST', `/api/admin/keys/${id}/rotate`, body)

  const overlaps: [unknown, string][] = [
    [undefined, '2026-11-21T12:10:00.000Z'],
    ['', '2026-11-21T12:10:00.000Z'],
    [{}, '2026-11-21T12:10:00.000Z'],
    [{ overlap: '36h' }, '2026-11-23T00:00:00.000Z'],
    [{ overlap: 90 }, '2026-11-21T12:01:30.000Z'],
    [{ overlap: '30d' }, '2026-12-21T12:00:00.000Z'],
    [{ overlap: 0 }, '2026-11-21T12:00:00.000Z'],
  ]
  test.each(overlaps)('200: the body %p leaves the old secret valid until %s', async (body, until) => {
    const { id } = await plane.newKey(userId)
    const { status, json } = await rotate(id, body)
    expect(status).toBe(200)
    expect(json).toMatchObject({ id, old_valid_until: until })
    expect(String(json.key)).toStartWith(String(json.prefix))
  })

  test('200: both secrets work during the overlap and only the new one after it', async () => {
    const own = await openControlPlane()
    const { id, key: old } = await own.newKey(await own.newUser())
    const { json } = await own.admin('POST', `/api/admin/keys/${id}/rotate`, { overlap: '10m' })
    const accepted = async () =>
      Promise.all([old, String(json.key)].map(async (key) => (await own.with(key, 'GET', '/api/me/key')).status))
    expect(await accepted()).toEqual([200, 200])
    own.clock.nowMs += 600_000
    expect(await accepted()).toEqual([401, 200])
    await own.close()
  })

  test('200: an old secret is not kept beyond the expiry of its key', async () => {
    const { id } = await plane.newKey(userId, { expires_at: '2026-11-21T12:05:00Z' })
    expect((await rotate(id)).json).toMatchObject({ old_valid_until: '2026-11-21T12:05:00.000Z' })
  })

  test.each([['10 minutes'], ['10'], ['-10m'], ['31d'], [-1], [1.5], [null], [[]]])(
    '400: the overlap %p is no duration',
    async (overlap) => {
      const { id } = await plane.newKey(userId)
      const { status, json } = await rotate(id, { overlap })
      expect(status).toBe(400)
      expect(json.error).toMatchObject({ param: 'overlap', details: { issue: expect.stringContaining('duration') } })
    },
  )

  test('404: there is no such key', async () => {
    expect((await rotate('key_nobody')).status).toBe(404)
  })

  test('409: a revoked key gets no new secret', async () => {
    const { id } = await plane.newKey(userId)
    await plane.admin('DELETE', `/api/admin/keys/${id}`)
    const { status, json } = await rotate(id)
    expect(status).toBe(409)
    expect(json.error).toMatchObject({ code: 'conflict', message: expect.stringContaining('revoked') })
  })
})
