import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { JSON_TYPE, post, sawTollgateKey, type Stand, startStand, VENDOR_KEY } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand()
})
afterAll(() => stand.stop())
beforeEach(() => {
  stand.vendor.answers.clear()
  stand.vendor.seen.length = 0
})

describe('credentials', () => {
  const ways: readonly (readonly [string, (key: string) => readonly [string, Record<string, string>]])[] = [
    ['Authorization', (key) => ['', { authorization: `Bearer ${key}` }]],
    ['x-api-key', (key) => ['', { 'x-api-key': key }]],
    ['x-goog-api-key', (key) => ['', { 'x-goog-api-key': key }]],
    ['the query', (key) => [`&key=${key}`, {}]],
  ]
  test.each(ways)('in %s are swapped for those of the provider', async (_place, put) => {
    stand.vendor.answers.set('any/echo', () => Response.json({ ok: true }))
    const [query, headers] = put(stand.customer.key)
    const answer = await fetch(`${stand.gateway.url}/v1/vendor/any/echo?a=1${query}`, { headers })
    expect(answer.status).toBe(200)
    expect(stand.vendor.seen[0]?.headers.get('authorization')).toBe(`Bearer ${VENDOR_KEY}`)
    expect(stand.vendor.seen[0]?.headers.get('x-api-key')).toBeNull()
    expect(stand.vendor.seen[0]?.headers.get('x-goog-api-key')).toBeNull()
    expect(stand.vendor.seen[0]?.path).toBe('/base/v1/any/echo?a=1')
    expect(sawTollgateKey(stand.vendor)).toBe(false)
  })

  test('of the provider come back in no answer, whatever echoes them', async () => {
    const echo = (status: number) => (seen: { readonly headers: Headers }) =>
      Response.json({ error: { message: seen.headers.get('authorization') } }, { status })
    for (const status of [200, 400, 401, 500]) {
      stand.vendor.answers.set('any/echo', echo(status))
      const answer = await stand.ask('/v1/vendor/any/echo')
      expect(await answer.text()).not.toContain(VENDOR_KEY)
    }
  })

  test.each([
    ['no key', {}, 401, 'invalid_api_key'],
    ['a wrong key', { authorization: 'Bearer sk-tg-wrong' }, 401, 'invalid_api_key'],
  ])('are asked for: %s', async (_what, headers, status, code) => {
    const answer = await fetch(`${stand.gateway.url}/v1/vendor/any/echo`, {
      headers: headers as Record<string, string>,
    })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { code } })
    expect(stand.vendor.seen).toHaveLength(0)
  })

  test('need the scope, where the key has any', async () => {
    const without = await stand.gateway.createKey({ user_id: stand.customer.userId, scopes: ['generate'] })
    const within = await stand.gateway.createKey({ user_id: stand.customer.userId, scopes: ['pass-through'] })
    stand.vendor.answers.set('any/x', () => new Response('ok'))
    const ask = (key: string) => stand.ask('/v1/vendor/any/x', { headers: { authorization: `Bearer ${key}` } })
    expect((await ask(without.key)).status).toBe(403)
    expect((await ask(within.key)).status).toBe(200)
  })
})

describe('what is not open', () => {
  const refusals: readonly (readonly [string, string, RequestInit, number, string])[] = [
    ['a path without a rule', '/v1/vendor/organization/users', { method: 'GET' }, 404, 'not_found'],
    ['a method without a rule', '/v1/vendor/infer', { method: 'GET' }, 405, 'method_not_allowed'],
    ['an account without rules', '/v1/other/infer', post({ model: 'writer' }), 404, 'not_found'],
    ['a model without a price', '/v1/vendor/infer', post({ model: 'unpriced' }), 400, 'unknown_model_pricing'],
    ['no model where a price is needed', '/v1/vendor/infer', post({ x: 1 }), 400, 'unknown_model_pricing'],
    ['a reading that names no model', '/v1/vendor/listed', { method: 'GET' }, 400, 'unknown_model_pricing'],
    ['a name that nobody knows', '/v1/vendor/infer', post({ model: 'nobody' }), 404, 'model_not_found'],
    ['two models', '/v1/vendor/infer?model=writer', post({ model: 'unpriced' }), 400, 'invalid_request'],
    ['two models, one in the path', '/v1/vendor/models/writer:predict', post({ model: 'x' }), 400, 'invalid_request'],
    [
      'JSON under another name',
      '/v1/vendor/infer?model=writer',
      post('{"model":"x"}', { 'content-type': 'text/plain' }),
      415,
      'unsupported_media_type',
    ],
    ['a list of models', '/v1/vendor/infer', post({ model: 'writer', models: ['x'] }), 400, 'invalid_request'],
    [
      'work in the background',
      '/v1/vendor/infer',
      post({ model: 'writer', background: true }),
      400,
      'unsupported_parameter',
    ],
    [
      'a compressed body',
      '/v1/vendor/infer',
      post('{}', { ...JSON_TYPE, 'content-encoding': 'gzip' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a limit that is no number',
      '/v1/vendor/infer',
      post({ model: 'writer', max_tokens: '9' }),
      400,
      'invalid_request',
    ],
    ['a model of another provider', '/v1/claude/infer', post({ model: 'writer' }), 503, 'model_not_found'],
  ]
  test.each(refusals)('is refused, and nothing is sent: %s', async (_what, path, init, status, code) => {
    const answer = await stand.ask(path, init)
    const body = (await answer.json()) as { error: { code?: string; type?: string } }
    expect({ status: answer.status, code: body.error.code ?? code }).toEqual({ status, code })
    expect(stand.vendor.seen).toHaveLength(0)
  })

  test('a provider that is not there is a path that is not there', async () => {
    expect((await stand.ask('/v1/nobody/infer', post({ model: 'writer' }))).status).toBe(404)
  })

  test('a redirect is neither followed nor passed on', async () => {
    const headers = { location: `http://127.0.0.1:${stand.vendor.port}/base/v1/any/secret` }
    stand.vendor.answers.set('any/moved', () => new Response(null, { status: 307, headers }))
    const answer = await stand.ask('/v1/vendor/any/moved', { redirect: 'manual' })
    expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({ status: 502, location: null })
    expect(stand.vendor.seen).toHaveLength(1)
  })
})

/** Sends a request head as it is, which no HTTP client would. */
const raw = (head: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(stand.gateway.url)
    const socket = connect(Number(port), hostname, () => socket.write(head))
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })

describe('a hostile request', () => {
  const auth = () => `authorization: Bearer ${stand.customer.key}\r\nconnection: close\r\n`

  test.each([
    ...['any/../organization', 'any/%2e%2e/organization', 'any/..%2forganization', 'any/%2e%2e%2forganization'],
    ...['any/..%5corganization', 'any/..\\organization', 'any/%252e%252e/organization', 'any/..;/organization'],
    ...['any/./x', 'any//x', '/any', '//127.0.0.1:1/any', 'any/x%00', 'any/x%0d%0aX-Evil:%201', 'any/%c0%ae%c0%ae/x'],
    ...['@127.0.0.1:1/any', 'any@127.0.0.1:1', '../../../any', '..%2f..%2f..%2fany', '%2e%2e/any'],
    ...['http://127.0.0.1:1/any', 'any;x=1', 'any/%40evil', 'any%2fx'],
  ])('%p leads nowhere but to the endpoints that are open', async (path) => {
    const answer = await raw(`GET /v1/vendor/${path} HTTP/1.1\r\nhost: x\r\n${auth()}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400|404) /)
    for (const seen of stand.vendor.seen) expect(seen.path).toMatch(/^\/base\/v1\/any(?:\/|$)/)
  })

  test.each([
    ['a Host header', 'GET /v1/vendor/any/x HTTP/1.1\r\nhost: evil.example\r\n'],
    [
      'a forwarded host',
      'GET /v1/vendor/any/x HTTP/1.1\r\nhost: x\r\nx-forwarded-host: evil.example\r\nforwarded: host=evil.example\r\n',
    ],
    ['an absolute form', 'GET http://evil.example/v1/vendor/any/x HTTP/1.1\r\nhost: evil.example\r\n'],
    [
      'an original address',
      'GET /v1/vendor/any/x HTTP/1.1\r\nhost: x\r\nx-original-url: /admin\r\nx-rewrite-url: /admin\r\n',
    ],
    ['another method', 'GET /v1/vendor/any/x HTTP/1.1\r\nhost: x\r\nx-http-method-override: DELETE\r\n'],
  ])('does not choose the host: %s', async (_what, head) => {
    stand.vendor.answers.set('any/x', () => new Response('ok'))
    const answer = await raw(`${head}${auth()}\r\n`)
    // An address of another host may be refused as a whole.
    if (stand.vendor.seen.length === 0) expect(answer).toMatch(/^HTTP\/1\.1 4/)
    for (const { headers, path, method } of stand.vendor.seen) {
      expect({ host: headers.get('host'), path, method }).toEqual({
        host: `127.0.0.1:${stand.vendor.port}`,
        path: '/base/v1/any/x',
        method: 'GET',
      })
      for (const name of ['x-forwarded-host', 'forwarded', 'x-http-method-override'])
        expect(headers.get(name)).toBeNull()
    }
  })
})
