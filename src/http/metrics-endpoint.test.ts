import { describe, expect, test } from 'bun:test'
import { readExposition } from '../../test/harness/exposition.ts'
import { fault } from '../errors.ts'
import { callOf } from '../gateway/test-parts.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { err, ok } from '../result.ts'
import { createMetricsEndpoint } from './metrics-endpoint.ts'

const ADMIN_KEY = 'the-admin-key'
const AWAY = '203.0.113.9'

/** Asks as a program on this machine does, unless told otherwise. `turnsAway`: the address has had too much of it. */
const ask = async (headers: Record<string, string> = {}, ip = '127.0.0.1', turnsAway = false) => {
  const counted: string[] = []
  const endpoint = createMetricsEndpoint({
    metrics: createMetrics({ version: '0', isKnownModel: () => true, providerOf: () => undefined }),
    isAdmin: async (secret) => secret === ADMIN_KEY,
    admitUnauthenticated: (address) => {
      counted.push(address)
      return turnsAway ? err(fault('rate-limit-exceeded', 'too many', { retryAfterMs: 2_000 })) : ok(undefined)
    },
  })
  const request = new Request('http://127.0.0.1:8000/metrics', { headers: { host: '127.0.0.1:8000', ...headers } })
  const answer = await endpoint({ ...callOf(), request, ip: () => ip }, '/metrics')
  if (!answer) throw new Error('no answer')
  return { status: answer.status, headers: answer.headers, text: await answer.text(), counted }
}

describe('a program on this machine', () => {
  test('is told the metrics without a key, in a text that Prometheus reads', async () => {
    const { status, headers, text, counted } = await ask()
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-request-id')).toBe('req_1')
    expect(readExposition(text).get('tollgate_build_info')?.samples).toEqual([
      { name: 'tollgate_build_info', labels: { version: '0' }, value: 1 },
    ])
    expect(counted).toEqual([])
  })

  test.each([
    ['127.0.0.1', { host: 'localhost:8000' }],
    ['127.8.7.6', { host: '127.0.0.1' }],
    ['::1', { host: '[::1]:8000' }],
    ['127.0.0.1', { host: '127.0.0.1', 'sec-fetch-site': 'none' }],
    ['127.0.0.1', { host: '127.0.0.1', authorization: 'Bearer not-the-admin-key' }],
  ])('from %s with %j too', async (ip, headers) => {
    expect((await ask(headers, ip)).status).toBe(200)
  })
})

describe('without the admin key it is refused', () => {
  const cases: readonly (readonly [string, Record<string, string>, string?])[] = [
    ['from elsewhere', {}, AWAY],
    ['from elsewhere, calling itself local', { host: 'localhost' }, AWAY],
    ['from an address that begins like loopback', {}, '127.0.0.1.evil.example'],
    ['from nobody knows where', {}, ''],
    ['through a proxy on this machine', { 'x-forwarded-for': AWAY }],
    ['through one that says the client is local', { 'x-forwarded-for': '127.0.0.1' }],
    ['through one that says so by the standard', { forwarded: 'for=127.0.0.1' }],
    ['through one that tells an empty address', { 'x-forwarded-for': '' }],
    ['through one that tells X-Real-IP', { 'x-real-ip': '127.0.0.1' }],
    ['through one that tells the scheme alone', { 'x-forwarded-proto': 'https' }],
    ['through one that tells itself', { via: '1.1 proxy' }],
    ['through a tunnel', { 'cf-connecting-ip': AWAY }],
    ['by the public name, through a proxy that tells nothing', { host: 'gateway.example' }],
    ['by a page that made its name point here', { host: 'evil.example:8000' }],
    ['by a page of another site', { origin: 'https://evil.example' }],
    ['by a page of this machine', { origin: 'http://localhost:3000' }],
    ['by a page of this machine that sends no origin', { 'sec-fetch-site': 'same-site' }],
    ['by a page of this very address', { 'sec-fetch-site': 'same-origin' }],
    ['by a page that sends no origin', { 'sec-fetch-site': 'cross-site' }],
    ['with another key', { authorization: 'Bearer tg-1' }, AWAY],
    ['with another scheme', { authorization: 'Basic dGhlOmFkbWluLWtleQ==' }, AWAY],
  ]
  test.each(cases)('%s', async (_, headers, ip = '127.0.0.1') => {
    const answer = await ask(headers, ip)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Tollgate"')
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(JSON.parse(answer.text)).toMatchObject({
      error: { type: 'authentication_error', code: 'invalid_api_key', param: null, request_id: 'req_1' },
    })
    expect(answer.text).not.toContain('tollgate_')
    expect(answer.counted).toEqual([ip])
  })

  test('and where an address has tried too often, with its wait', async () => {
    const { status, headers, text } = await ask({ authorization: 'Bearer a-guess' }, AWAY, true)
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toBe('2')
    expect(headers.get('www-authenticate')).toBeNull()
    expect(JSON.parse(text).error.code).toBe('rate_limit_exceeded')
  })

  test('and two different keys are a mistake to be named', async () => {
    const { status, text, counted } = await ask({ authorization: `Bearer ${ADMIN_KEY}`, 'x-api-key': 'other' }, AWAY)
    expect(status).toBe(400)
    expect(JSON.parse(text).error.code).toBe('invalid_request')
    expect(counted).toEqual([])
  })
})

describe('with the admin key it is told', () => {
  test.each([
    [{ authorization: `Bearer ${ADMIN_KEY}` }, AWAY],
    [{ 'x-api-key': ADMIN_KEY }, AWAY],
    [{ authorization: `Bearer ${ADMIN_KEY}`, 'x-forwarded-for': AWAY, host: 'gateway.example' }, '127.0.0.1'],
    [{ authorization: `Bearer ${ADMIN_KEY}`, origin: 'http://localhost:3000' }, '127.0.0.1'],
  ])('%j from %s', async (headers, ip) => {
    const answer = await ask(headers, ip, true)
    expect(answer.status).toBe(200)
    expect(readExposition(answer.text).size).toBeGreaterThan(10)
    expect(answer.counted).toEqual([])
  })
})

test('other paths and methods are left to others', () => {
  const deps = { metrics: { text: async () => '', contentType: '' }, isAdmin: () => false }
  const endpoint = createMetricsEndpoint({ ...deps, admitUnauthenticated: () => ok(undefined) })
  const request = new Request('http://127.0.0.1/metrics', { method: 'POST' })
  expect(endpoint({ ...callOf(), request }, '/metrics')).toBeUndefined()
  expect(endpoint({ ...callOf(), request: new Request('http://127.0.0.1/') }, '/metrics/')).toBeUndefined()
})
