import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { DIALECTS, replyJson, START_MS } from '../faults/scripted.ts'
import { answering } from './repeats.ts'
import { findSecrets } from './scanner.ts'
import { ADMIN_KEY, asking, MODELS, PROVIDERS, secretPart, type Session, startSession } from './session.ts'

/// What a client, and whoever stands before the gateway, say to the gateway alone: none of it reaches a vendor.

setDefaultTimeout(60_000)

let session: Session
beforeAll(async () => {
  session = await startSession()
}, START_MS)
afterAll(() => session.stop(), START_MS)

const COOKIE = 'mark-cookie-7d9f1b3a5c'
const ADDRESS = '203.0.113.77'
const NETWORK = '2001:db8:77:1:2:3:4:5'
const HOST = 'mark-host.example.org'

/** Names under which proxies and networks pass on whose request it is. */
const ADDRESS_HEADERS = [
  ...['x-forwarded-for', 'x-forwarded', 'forwarded-for', 'x-original-forwarded-for', 'x-real-ip', 'x-client-ip'],
  ...['x-cluster-client-ip', 'x-forwarded-client-ip', 'true-client-ip', 'cf-connecting-ip', 'cf-connecting-ipv6'],
  ...['fastly-client-ip', 'fly-client-ip', 'do-connecting-ip', 'x-azure-clientip', 'x-azure-socketip'],
  ...['x-envoy-external-address', 'x-appengine-user-ip', 'x-nf-client-connection-ip', 'x-vercel-forwarded-for'],
  ...['x-originating-ip', 'x-remote-ip', 'x-remote-addr', 'remote-addr', 'client-ip', 'wl-proxy-client-ip'],
  ...['proxy-client-ip', 'x-proxyuser-ip', 'x-sucuri-clientip', 'ali-cdn-real-ip', 'cdn-src-ip', 'x-host-ip'],
]

/** Headers of other gateways and vendors in which clients put the one key they have. */
const KEY_HEADERS = [
  ...['api-key', 'x-auth-token', 'x-auth-key', 'x-access-token', 'token', 'apikey', 'x-apikey', 'x-openai-api-key'],
  ...['anthropic-api-key', 'x-anthropic-api-key', 'openai-api-key', 'ocp-apim-subscription-key', 'x-litellm-api-key'],
  ...['x-portkey-api-key', 'helicone-auth', 'x-authorization', 'x-original-authorization', 'xi-api-key', 'x-token'],
  ...['x-functions-key', 'x-amz-security-token', 'x-goog-iam-authorization-token', 'dg-token', 'x-custom-anything'],
]

const PLACES: readonly (readonly [
  place: string,
  (key: string) => { readonly headers?: object; readonly query?: string },
])[] = [
  ['Authorization', (key) => ({ headers: { authorization: `Bearer ${key}` } })],
  ['x-api-key', (key) => ({ headers: { 'x-api-key': key } })],
  ['x-goog-api-key', (key) => ({ headers: { 'x-goog-api-key': key } })],
  ['the query', (key) => ({ query: `key=${key}` })],
  [
    'two places at once',
    (key) => ({ headers: { authorization: `Bearer ${key}`, 'x-api-key': key }, query: `key=${key}` }),
  ],
]

/** Everything else that nobody but the gateway should hear of. */
const privateHeaders = (): Record<string, string> => ({
  ...Object.fromEntries(ADDRESS_HEADERS.map((name) => [name, `${ADDRESS}, ${NETWORK}`])),
  ...Object.fromEntries(
    KEY_HEADERS.map((name, at) => [name, at % 2 ? session.customer.key : `Bearer ${session.customer.key}`]),
  ),
  forwarded: `for=${ADDRESS};host=${HOST};proto=https`,
  via: `1.1 ${HOST}`,
  cookie: `session=${COOKIE}; other=1`,
  cookie2: COOKIE,
  'x-csrf-token': COOKIE,
  'x-forwarded-host': HOST,
  'x-forwarded-server': HOST,
  'x-original-host': HOST,
  'x-original-url': `https://${HOST}/`,
  'x-rewrite-url': `https://${HOST}/`,
  'x-forwarded-prefix': `/${HOST}`,
  'x-tollgate-anything': COOKIE,
  origin: `https://${HOST}`,
  referer: `https://${HOST}/?token=${COOKIE}`,
  'proxy-authorization': `Basic ${COOKIE}`,
  'proxy-authenticate': COOKIE,
})

/** What of all that is in a request that a vendor got. */
const heardBy = (asked: Session['upstream']['asked']): readonly string[] => {
  const secrets = [secretPart(session.customer.key), ADMIN_KEY, COOKIE, ADDRESS, NETWORK, HOST]
  return asked.flatMap(({ target, headers, text }) =>
    [['target', target], ...headers, ['body', text]].flatMap(([name = '', value = '']) =>
      findSecrets(`${name}: ${value}`, secrets).map(({ form }) => `${name} (${form}): ${value}`),
    ),
  )
}

const rows = PROVIDERS.flatMap((provider) => PLACES.map(([place, put]) => ({ provider, place, put })))

describe('no vendor hears', () => {
  test.each(rows)('a key in $place, a cookie, or who the client is: provider $provider', async ({ provider, put }) => {
    const from = session.upstream.asked.length
    const { headers = {}, query = '' } = put(session.customer.key)
    for (const dialect of Object.values(DIALECTS)) {
      const script = answering('nothing')
      const [path, init] = asking(session, dialect, MODELS[provider], false, script)
      const own = { 'content-type': 'application/json', ...privateHeaders(), ...headers }
      const text = await session.tell(
        place(path),
        query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`,
        {
          ...init,
          headers: own,
        },
      )
      expect(text).toStartWith('200')
    }
    const asked = session.upstream.asked.slice(from)
    expect(asked.length).toBeGreaterThanOrEqual(Object.keys(DIALECTS).length)
    expect(heardBy(asked)).toEqual([])
  })

  const place = (path: string): string => `asking ${path}`

  test.each(PLACES)('it by a pass-through, with a key in %s', async (_place, put) => {
    const from = session.upstream.asked.length
    const { headers = {}, query = 'a=1' } = put(session.customer.key)
    const tokens = ['token', 'access_token', 'apikey', 'auth', 'x-api-key'].map(
      (name) => `${name}=${session.customer.key}`,
    )
    const text = await session.tell('a pass-through', `/v1/pa/any/thing?${[query, ...tokens].join('&')}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', ...privateHeaders(), ...headers },
      body: session.upstream.plays(replyJson({ ok: true })),
    })
    expect(text.slice(0, 3)).toBe('200')
    const asked = session.upstream.asked.slice(from)
    expect(asked).toHaveLength(1)
    expect(heardBy(asked)).toEqual([])
  })

  test('anything of a request that is refused', async () => {
    const from = session.upstream.asked.length
    const [path, init] = asking(session, DIALECTS.chat, 'chat', false, answering('nothing'))
    for (const authorization of [`Bearer ${ADMIN_KEY}`, `Bearer ${session.customer.key}x`, `Basic ${COOKIE}`])
      expect((await session.tell('a refusal', path, { ...init, headers: { authorization } })).slice(0, 3)).toBe('401')
    expect(session.upstream.asked.slice(from)).toEqual([])
  })
})
