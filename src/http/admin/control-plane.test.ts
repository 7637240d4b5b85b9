import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { fault } from '../../errors.ts'
import { err } from '../../result.ts'
import { ADMIN, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

const USERS = '/api/admin/users'

describe('who is let in', () => {
  const accepted: [string, Record<string, string>][] = [
    ['Authorization: Bearer', { authorization: `Bearer ${ADMIN}` }],
    ['the scheme in lower case', { authorization: `bearer ${ADMIN}` }],
    ['x-api-key', { 'x-api-key': ADMIN }],
  ]
  test.each(accepted)('200: the admin key by %s', async (_how, headers) => {
    expect((await plane.send('GET', USERS, undefined, headers)).status).toBe(200)
  })

  const refused: [string, string, Record<string, string>][] = [
    ['no credential', USERS, {}],
    ['a wrong one', USERS, { authorization: 'Bearer guess' }],
    ['another scheme', USERS, { authorization: `Basic ${ADMIN}` }],
    ['an empty one', USERS, { authorization: 'Bearer ' }],
    ['the admin key in the address', `${USERS}?key=${ADMIN}`, {}],
  ]
  test.each(refused)('401: %s', async (_what, path, headers) => {
    const { status, json, headers: answered } = await plane.send('GET', path, undefined, headers)
    expect(status).toBe(401)
    expect(json.error).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key' })
    expect(answered.get('www-authenticate')).toBe('Bearer realm="Tollgate"')
    expect(answered.get('x-should-retry')).toBe('false')
    expect(answered.get('cache-control')).toBe('no-store')
  })

  test('401: the key of a user is not the admin key, and nothing happens', async () => {
    const { key } = await plane.newKey(await plane.newUser())
    const { status } = await plane.send('POST', USERS, { email: 'x@example.com' }, { authorization: `Bearer ${key}` })
    expect(status).toBe(401)
    expect((await plane.admin('GET', `${USERS}?email=x@example.com`)).json.data).toEqual([])
  })

  test('429: who guesses too often is told to wait, and the right key still works', async () => {
    const own = await openControlPlane()
    own.guesses.left = 1
    const guess = () => own.send('GET', USERS, undefined, { 'x-api-key': 'guess' })
    expect((await guess()).status).toBe(401)
    const { status, headers } = await guess()
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toBe('5')
    expect((await own.admin('GET', USERS)).status).toBe(200)
    await own.close()
  })
})

describe('what is sent', () => {
  test.each([['{'], [''], ['{"email": undefined}'], ['['.repeat(60_000)]])('400: %.20s is not JSON', async (body) => {
    const { status, json } = await plane.admin('POST', USERS, body)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ code: 'invalid_json' })
  })

  test('413: a body above 64 KiB is refused, its length declared or not', async () => {
    const email = `${'a'.repeat(70_000)}@example.com`
    expect((await plane.admin('POST', USERS, { email })).status).toBe(413)
    const chunks = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(10_000))),
    })
    const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' }
    const request = new Request(`http://tollgate.test${USERS}`, { method: 'POST', headers, body: chunks })
    const response = await plane.app.fetch(request, { ip: () => '' })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: { code: 'request_too_large' } })
  })

  test.each([['application/x-www-form-urlencoded'], ['text/plain'], ['application/xml']])(
    '415: a body declared as %s is refused with the header to send',
    async (type) => {
      const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': type }
      const { status, json } = await plane.send('POST', USERS, '{"email":"t@example.com"}', headers)
      expect(status).toBe(415)
      expect(json.error).toMatchObject({ message: expect.stringContaining('content-type: application/json') })
    },
  )

  test('201: a charset beside the media type is fine', async () => {
    const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json; charset=utf-8' }
    expect((await plane.send('POST', USERS, { email: 'charset@example.com' }, headers)).status).toBe(201)
  })
})

describe('where it is sent', () => {
  test.each([['/api'], ['/api/'], ['/api/nothing'], ['/api/admin/users/a/b/c'], ['/api/admin//users'], ['/other']])(
    '404: there is nothing at %s',
    async (path) => {
      const { status, json } = await plane.admin('GET', path)
      expect(status).toBe(404)
      expect(json.error).toMatchObject({ type: 'not_found' })
    },
  )

  const methods: [string, string, string][] = [
    ['PUT', USERS, 'POST, GET, HEAD, OPTIONS'],
    ['DELETE', `${USERS}/user_1`, 'GET, PATCH, HEAD, OPTIONS'],
    ['GET', `${USERS}/user_1/credits`, 'POST, OPTIONS'],
    ['PUT', '/api/admin/keys/key_1', 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    ['POST', '/api/openapi.json', 'GET, HEAD, OPTIONS'],
  ]
  test.each(methods)('405: %s %s names the methods there are', async (method, path, allow) => {
    const { status, headers, json } = await plane.admin(method, path)
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe(allow)
    expect(json.error).toMatchObject({ code: 'method_not_allowed' })
  })

  test('204: OPTIONS names the methods, with no key', async () => {
    const { status, headers } = await plane.send('OPTIONS', '/api/admin/keys')
    expect(status).toBe(204)
    expect(headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
  })

  test('HEAD answers as GET does, without the body', async () => {
    const { status, text, headers } = await plane.admin('HEAD', USERS)
    expect([status, text]).toEqual([200, ''])
    expect(headers.get('content-type')).toStartWith('application/json')
  })
})

test('500: a failure of ours is reported and tells nothing of itself', async () => {
  const own = await openControlPlane()
  const boom = new Error('disk full at /var/lib')
  Object.assign(own.store.users, { list: () => Promise.reject(boom) })
  const { status, json, text, headers } = await own.admin('GET', USERS)
  expect(status).toBe(500)
  expect(json.error).toMatchObject({ type: 'internal_error', code: 'internal_error' })
  expect(text).not.toContain('disk')
  expect(own.failures).toEqual([boom])
  expect(json.error).toMatchObject({ request_id: headers.get('x-request-id') })
  await own.close()
})

test('503: a ledger that cannot take more says when to come back, and why reaches the log alone', async () => {
  const own = await openControlPlane()
  const busy = fault('overloaded', 'Too much is waiting.', { internal: 'queue at 10000', retryAfterMs: 2_000 })
  Object.assign(own.ledger, { credit: async () => err(busy) })
  const id = await own.newUser()
  const credit = { amount_usd: '1', reason: 'Top-up', idempotency_key: 'k' }
  const { status, text, headers } = await own.admin('POST', `${USERS}/${id}/credits`, credit)
  expect([status, headers.get('retry-after')]).toEqual([503, '2'])
  expect(text).not.toContain('queue')
  expect(own.failures).toEqual([busy])
  await own.close()
})
