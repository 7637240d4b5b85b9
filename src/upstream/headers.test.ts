import { describe, expect, test } from 'bun:test'
import { newSecret } from '../keys/secret.ts'
import { copyAnswerHeaders, upstreamHeaders } from './headers.ts'

const BEARER = { header: 'authorization', prefix: 'Bearer ' }
const sent = (client: Record<string, string>, key = 'sk-vendor', defaults: Record<string, string> = {}) =>
  upstreamHeaders(new Headers(client), BEARER, key, defaults)

/** What every request upstream has, whatever the client sent. */
const ALWAYS = { 'content-type': 'application/json', 'accept-encoding': 'identity', authorization: 'Bearer sk-vendor' }

describe('a header of the client', () => {
  test.each([
    ...['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'cookie', 'proxy-authorization'],
    ...['host', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
    ...['content-length', 'content-encoding', 'accept-encoding'],
    ...['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'true-client-ip', 'cf-connecting-ip'],
    ...['x-client-ip', 'x-azure-clientip', 'fly-client-ip', 'remote-addr', 'x-original-forwarded-for', 'x-forwarded'],
    ...['cookie2', 'x-csrf-token', 'x-original-url', 'x-rewrite-url', 'proxy-authenticate', 'proxy-connection'],
    ...['origin', 'referer', 'sec-fetch-mode', 'sec-ch-ua', 'access-control-request-method', 'priority', 'dnt'],
    ...['openai-organization', 'openai-project', 'x-goog-user-project'],
    ...['x-request-id', 'x-tollgate-anything'],
  ])('%s stays here', (name) => {
    expect(sent({ [name]: 'of-the-client' })).toEqual(ALWAYS)
  })

  test.each([
    ...['accept', 'user-agent', 'idempotency-key', 'traceparent', 'x-stainless-lang', 'x-stainless-retry-count'],
    ...['anthropic-version', 'anthropic-beta', 'openai-beta', 'x-goog-api-client', 'http-referer', 'x-title'],
    ...['a-header-that-a-vendor-makes-up-tomorrow'],
  ])('%s passes', (name) => {
    expect(sent({ [name]: 'of-the-client' })).toEqual({ ...ALWAYS, [name]: 'of-the-client' })
  })

  test('of any name stays here where its value is a key of ours', () => {
    const { secret } = newSecret()
    expect(sent({ 'x-of-another-gateway': `Bearer ${secret}`, token: secret, 'x-other': 'b' })).toEqual({
      ...ALWAYS,
      'x-other': 'b',
    })
  })

  test('that `connection` names is of the hop to us, and stays here', () => {
    const client = {
      connection: 'keep-alive, X-Secret ,content-type',
      'x-secret': 'a',
      'x-other': 'b',
      'content-type': 'c',
    }
    expect(sent(client)).toEqual({ ...ALWAYS, 'x-other': 'b' })
  })

  test('goes before a default of the kind, and a default fills what is missing', () => {
    const defaults = { 'anthropic-version': '2023-06-01' }
    expect(sent({}, 'k', defaults)['anthropic-version']).toBe('2023-06-01')
    expect(sent({ 'anthropic-version': '2026-10-21' }, 'k', defaults)['anthropic-version']).toBe('2026-10-21')
  })
})

describe('the key of the provider', () => {
  test.each([
    [{ header: 'authorization', prefix: 'Bearer ' }, 'authorization', 'Bearer sk-vendor'],
    [{ header: 'x-api-key', prefix: '' }, 'x-api-key', 'sk-vendor'],
    [{ header: 'x-goog-api-key', prefix: '' }, 'x-goog-api-key', 'sk-vendor'],
  ])('goes where its vendor wants it: %o', (auth, name, value) => {
    expect(upstreamHeaders(new Headers(), auth, 'sk-vendor', {})[name]).toBe(value)
  })

  test('is not sent at all where there is none, and no key of the client in its place', () => {
    const client = { authorization: 'Bearer sk-tg-client', 'x-api-key': 'sk-tg-client' }
    expect(sent(client, '')).toEqual({ 'content-type': 'application/json', 'accept-encoding': 'identity' })
  })
})

const copied = (upstream: Record<string, string>): Record<string, string> => {
  const target: Record<string, string> = {}
  copyAnswerHeaders(new Headers(upstream), target)
  return target
}

describe('a header of the answer', () => {
  test('of any name stays here where its value is a key of ours', () => {
    const { secret } = newSecret()
    expect(sent({ 'x-of-another-gateway': `Bearer ${secret}`, token: secret, 'x-other': 'b' })).toEqual({
      ...ALWAYS,
      'x-other': 'b',
    })
  })

  test('that `connection` names is of the hop to us, and stays here', () => {
    expect(copied({ connection: 'close, X-Hop', 'x-hop': 'a', 'x-other': 'b' })).toEqual({ 'x-other': 'b' })
  })

  test.each([
    ...['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding', 'trailer', 'upgrade'],
    ...['location', 'content-location', 'refresh', 'set-cookie2'],
    ...['set-cookie', 'date', 'server', 'via', 'alt-svc', 'strict-transport-security', 'nel', 'report-to', 'vary'],
    ...['x-request-id', 'request-id', 'cf-ray', 'www-authenticate', 'proxy-authenticate'],
    ...['openai-organization', 'openai-project', 'anthropic-organization-id'],
    ...['x-ratelimit-remaining-requests', 'anthropic-ratelimit-tokens-limit'],
    ...['access-control-allow-origin', 'x-tollgate-cost-usd', 'retry-after'],
  ])('%s stays here', (name) => {
    expect(copied({ [name]: 'of-the-vendor' })).toEqual({})
  })

  test.each([
    ...['content-type', 'cache-control', 'x-should-retry', 'openai-processing-ms', 'openai-version'],
    ...['openai-model', 'x-robots-tag', 'a-header-that-a-vendor-makes-up-tomorrow'],
  ])('%s passes', (name) => {
    expect(copied({ [name]: 'of-the-vendor' })).toEqual({ [name]: 'of-the-vendor' })
  })
})
