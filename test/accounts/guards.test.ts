import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Browser, codeOf, openBrowser } from './browser.ts'
import { must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

const EVIL = 'https://evil.example'

describe('what other sites make a browser do', () => {
  let gateway: Gateway
  let browser: Browser
  let operator: Browser
  beforeAll(async () => {
    gateway = await openGateway('sqlite', { sign_up: 'open' })
    browser = await signUp(gateway, 'ada@example.com')
    operator = openBrowser(gateway.url)
    must(200, await operator.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const FORGERIES: readonly (readonly [string, Readonly<Record<string, string | null>>])[] = [
    ['a form of another site', { origin: EVIL, 'x-tollgate-console': null, 'sec-fetch-site': 'cross-site' }],
    ['a script of another site', { origin: EVIL, 'sec-fetch-site': 'cross-site' }],
    ['a page without a name', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a page of a neighbour', { origin: EVIL, 'sec-fetch-site': 'same-site' }],
    ['an old browser', { origin: EVIL }],
    ['no origin at all', { origin: null }],
    ['no header of the console', { 'x-tollgate-console': null }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ]
  const CALLS: readonly (readonly [string, string, object?])[] = [
    ['POST', '/api/auth/sign-in/email', { email: 'ada@example.com', password: PASSWORD }],
    ['POST', '/api/auth/sign-up/email', { email: 'eve@example.com', password: PASSWORD, name: 'Eve' }],
    ['POST', '/api/auth/sign-out'],
    ['POST', '/api/session/admin-key', { admin_key: 'x' }],
    ['DELETE', '/api/session'],
    ['POST', '/api/organisations', { name: 'Evil' }],
    ['POST', '/api/me/redeem', { code: 'TG-AAAA-BBBB-CCCC-DDDD' }],
    ['POST', '/api/admin/users', { email: 'evil@example.com' }],
  ]

  test.each([...FORGERIES])('%s changes nothing, whatever call it makes', async (_, headers) => {
    for (const [method, path, body] of CALLS) {
      const by = path.startsWith('/api/admin') ? operator : browser
      const refused = await by.send(method, path, body, headers)
      expect([path, refused.status, codeOf(refused)]).toEqual([path, 403, 'origin_not_allowed'])
    }
    expect((await sessionOf(browser)).person?.email).toBe('ada@example.com')
    expect((await sessionOf(operator)).operator).toBe(true)
  })

  test('the same calls of a page of ours are taken', async () => {
    const made = await operator.post('/api/admin/users', { email: 'honest@example.com' })
    expect(made.status).toBe(201)
    const own = { 'sec-fetch-site': 'same-origin' }
    expect((await browser.send('POST', '/api/organisations', { name: 'Honest' }, own)).status).toBe(201)
  })

  test('a page that was drawn for somebody else changes nothing, and reads what it may', async () => {
    const { person } = await sessionOf(browser)
    const drawnFor = (id: string) => ({ 'x-tollgate-person': id })
    const changes: readonly (readonly [Browser, string, string, object])[] = [
      [browser, 'POST', '/api/auth/update-user', { name: 'Renamed' }],
      [browser, 'POST', '/api/auth/two-factor/verify-totp', { code: '123456' }],
      [browser, 'POST', '/api/me/keys', { name: 'Not mine' }],
      [browser, 'POST', '/api/organisations', { name: 'Not mine' }],
      [operator, 'POST', '/api/admin/users', { email: 'not-mine@example.com' }],
    ]
    for (const [by, method, path, body] of changes) {
      const refused = await by.send(method, path, body, drawnFor('person_other'))
      expect([path, refused.status, codeOf(refused)]).toEqual([path, 409, 'conflict'])
    }
    expect((await browser.get('/api/me/keys', drawnFor('person_other'))).status).toBe(200)
    const own = drawnFor(person?.id ?? '')
    expect((await browser.post('/api/auth/update-user', { name: 'Ada' }, own)).status).toBe(200)
    expect((await browser.post('/api/me/keys', { name: 'Mine' }, own)).status).toBe(201)
    // Whoever signs in says by that who they are, whoever it was before.
    const again = { email: 'ada@example.com', password: PASSWORD }
    expect((await browser.post('/api/auth/sign-in/email', again, drawnFor('person_other'))).status).toBe(200)
  })

  test('a program with a key needs neither, and a cookie beside it decides nothing', async () => {
    const headers = { authorization: `Bearer ${gateway.adminKey}`, origin: EVIL, 'x-tollgate-console': null }
    expect((await browser.send('POST', '/api/admin/users', { email: 'made@example.com' }, headers)).status).toBe(201)
    const wrong = { authorization: 'Bearer sk-tg-admin-wrong' }
    expect((await operator.get('/api/admin/users', wrong)).status).toBe(401)
  })

  test.each([
    `${EVIL}/`,
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    'data:text/html,x',
    '/%09/\u0000',
  ])('nobody is sent on to %j', async (callbackURL) => {
    const signIn = { email: 'ada@example.com', password: PASSWORD, callbackURL }
    const fresh = openBrowser(gateway.url)
    expect((await fresh.post('/api/auth/sign-in/email', signIn)).status).toBe(400)
    const encoded = encodeURIComponent(callbackURL)
    for (const path of ['verify-email?token=x', 'callback/nowhere?state=x', 'reset-password/x?y=z']) {
      const to = await fresh.leads(`/api/auth/${path}&callbackURL=${encoded}&errorCallbackURL=${encoded}`)
      expect(to === '' || /^\/(?![/\\])/.test(to)).toBe(true)
    }
  })

  test.each([
    ['POST', '/api/auth/delete-user'],
    ['POST', '/api/auth/update-session'],
    ['POST', '/api/auth/set-password'],
    ['POST', '/api/auth/two-factor/send-otp'],
    ['POST', '/api/auth/two-factor/view-backup-codes'],
    ['GET', '/api/auth/get-session'],
    ['GET', '/api/auth/get-access-token'],
    ['GET', '/api/auth/error'],
    ['GET', '/api/auth/ok'],
  ])('%s %s is not there: what is not listed gets to no library', async (method, path) => {
    expect([404, 405]).toContain((await browser.send(method, path, method === 'POST' ? {} : undefined)).status)
  })

  test('a person makes nobody an administrator, nor proves an address, by fields nobody asked for', async () => {
    for (const more of [{ administrator: true }, { emailVerified: true }, { disabled: 0 }, { id: 'person_x' }]) {
      const wanted = { name: 'Eve', email: 'eve@example.com', password: PASSWORD, ...more }
      expect((await browser.post('/api/auth/sign-up/email', wanted)).status).toBe(400)
      expect((await browser.post('/api/auth/update-user', { name: 'Ada', ...more })).status).toBe(400)
    }
    const bodies = ['', '[]', 'null', '"x"', '{"email":1}', '{"email":"a@b.example","password":{}}', 'not json']
    for (const body of bodies) expect((await browser.post('/api/auth/sign-in/email', body)).status).toBe(400)
  })
})

describe('attempts', () => {
  test(
    'are counted by address and by person, and unknown people are counted alike',
    async () => {
      const gateway = await startGateway({
        config: {
          providers: { demo: { kind: 'demo' } },
          accounts: { sign_up: 'open', sign_in: { per_address: 12, per_account: 3 } },
        },
      })
      const browser = openBrowser(gateway.url)
      const attempt = async (email: string) => {
        const answer = await browser.post('/api/auth/sign-in/email', { email, password: PASSWORD })
        return [answer.status, answer.headers.has('retry-after')]
      }
      for (let time = 0; time < 3; time += 1) expect(await attempt('nobody@example.com')).toEqual([401, false])
      expect(await attempt('Nobody@example.com')).toEqual([429, true])
      expect(await attempt('other@example.com')).toEqual([401, false])
      const seen: unknown[] = []
      for (let time = 0; time < 12; time += 1) seen.push((await attempt(`person${time}@example.com`))[0])
      expect(seen).toContain(429)
      expect((await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey })).status).toBe(429)
      // Whoever has the key is not locked out by guesses of others.
      expect((await gateway.call('GET', '/api/admin/users')).status).toBe(200)
      await gateway.stop()
    },
    STAGE_MS,
  )
})

describe('with an address that is reached by TLS', () => {
  test(
    'cookies are for this very host, and by TLS alone',
    async () => {
      const gateway = await openGateway('sqlite', { sign_up: 'open' }, undefined, {
        public_url: 'https://gate.example',
      })
      const browser = openBrowser(gateway.url)
      const from = { origin: 'https://gate.example' }
      const person = { email: 'ada@example.com', password: PASSWORD }
      must(200, await browser.post('/api/auth/sign-up/email', { name: 'Ada', ...person }, from))
      must(200, await browser.post('/api/auth/sign-in/email', person, from))
      const written = [...browser.set]
      must(200, await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey }, from))
      for (const cookie of [...written, ...browser.set]) {
        expect(cookie).toStartWith('__Host-tollgate.')
        const attributes = cookie.toLowerCase().split('; ').slice(1)
        expect(attributes).toContain('secure')
        expect(attributes).toContain('httponly')
        expect(attributes).toContain('samesite=lax')
        expect(attributes).toContain('path=/')
        expect(cookie.toLowerCase()).not.toContain('domain=')
      }
      const session = await sessionOf(browser)
      expect([session.person?.email, session.operator]).toEqual(['ada@example.com', true])
      await gateway.stop()
    },
    STAGE_MS,
  )
})
