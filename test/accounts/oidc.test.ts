import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { freePort } from '../harness/server-process.ts'
import { type Browser, type Json, openBrowser } from './browser.ts'
import { type OidcServer, startOidc } from './oidc-server.ts'
import { KINDS, must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

const TRUTH = { sub: 'u-1', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' }

describe.each([...KINDS])('signing in elsewhere, on %s', (kind) => {
  let oidc: OidcServer
  let gateway: Gateway
  // Takes connections, and says nothing.
  const nobody = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
  beforeAll(async () => {
    oidc = await startOidc()
    const port = await freePort()
    const place = { id: 'house', name: 'The house', issuer: oidc.issuer }
    const client = { client_id: oidc.clientId, client_secret: oidc.clientSecret }
    const address = { public_url: `http://127.0.0.1:${port}`, listen: { host: '127.0.0.1', port } }
    const silent = { ...client, id: 'away', name: 'Away', issuer: `http://127.0.0.1:${nobody.port}` }
    gateway = await openGateway(kind, { oidc: [{ ...place, ...client }, silent] }, undefined, address)
  }, STAGE_MS)
  afterAll(async () => {
    await gateway.stop()
    await oidc.stop()
    nobody.stop(true)
  })

  /** Goes there, signs in, comes back; where it leads to. */
  const comeBack = async (browser: Browser, headers = {}): Promise<string> => {
    const wanted = { provider: 'house', callbackURL: '/console', errorCallbackURL: '/login' }
    const { url } = must(200, await browser.post('/api/auth/sign-in/social', wanted, headers))
    const back = new URL(await oidc.signIn(String(url)))
    expect(back.origin).toBe(gateway.url)
    return browser.leads(back.pathname + back.search)
  }

  const invitationFor = async (email?: string): Promise<string> => {
    const made = (await gateway.call('POST', '/api/admin/invitations', email === undefined ? {} : { email }))
      .body as Json
    return String(made['url']).split('/').at(-1) ?? ''
  }

  test('the page of the sign-in says where', async () => {
    expect(await sessionOf(openBrowser(gateway.url))).toMatchObject({
      oidc: [
        { id: 'house', name: 'The house' },
        { id: 'away', name: 'Away' },
      ],
    })
  })

  test('who was not invited gets in by no other door', async () => {
    oidc.subject = { ...TRUTH, sub: 'u-0', email: 'mallory@example.com' }
    const browser = openBrowser(gateway.url)
    expect(await comeBack(browser)).toStartWith('/login?error=')
    expect((await sessionOf(browser)).person).toBeNull()
  })

  test('who was invited signs up by the proven address, and signs in again as the same person', async () => {
    await invitationFor('ada@example.com')
    oidc.subject = TRUTH
    const browser = openBrowser(gateway.url)
    expect(await comeBack(browser)).toBe('/console')
    const { person, organisations } = await sessionOf(browser)
    expect(person).toMatchObject({ email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' })
    expect(organisations).toMatchObject([{ name: 'Ada Lovelace', role: 'owner' }])
    const again = openBrowser(gateway.url)
    // Who somebody is goes by the provider's own id, whatever address it says today.
    oidc.subject = { ...TRUTH, email: 'ada.lovelace@example.com' }
    expect(await comeBack(again)).toBe('/console')
    expect((await sessionOf(again)).person?.id).toBe(person?.id ?? '')
    expect(must(200, await again.get('/api/auth/list-accounts'))).toMatchObject([{ providerId: 'house' }] as never)
  })

  test('who has the link of an invitation signs up with it', async () => {
    const token = await invitationFor()
    oidc.subject = { ...TRUTH, sub: 'u-2', email: 'bob@example.com', name: 'Bob' }
    const browser = openBrowser(gateway.url)
    expect(await comeBack(browser, { 'x-tollgate-invitation': token })).toBe('/console')
    expect((await sessionOf(browser)).person?.email).toBe('bob@example.com')
  })

  test.each<[string, Json]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'somebody-else' }],
    ['another nonce', { nonce: 'made-up' }],
    ['a time that has passed', { exp: 1_000 }],
  ])('a token for %s is believed by nobody', async (_, lie) => {
    oidc.subject = TRUTH
    oidc.lie = lie
    const browser = openBrowser(gateway.url)
    expect(await comeBack(browser)).toStartWith('/login?error=')
    expect((await sessionOf(browser)).person).toBeNull()
    oidc.lie = {}
  })

  test('a token that somebody else signed is believed by nobody', async () => {
    oidc.subject = TRUTH
    oidc.usesForeignKey = true
    const browser = openBrowser(gateway.url)
    expect(await comeBack(browser)).toStartWith('/login?error=')
    expect((await sessionOf(browser)).person).toBeNull()
    oidc.usesForeignKey = false
  })

  test('a place that does not answer keeps nobody from signing in otherwise', async () => {
    const wanted = { provider: 'away', callbackURL: '/console' }
    expect((await openBrowser(gateway.url).post('/api/auth/sign-in/social', wanted)).status).toBe(404)
  })

  test('what another browser began is finished by none', async () => {
    oidc.subject = TRUTH
    const wanted = { provider: 'house', callbackURL: '/console', errorCallbackURL: '/login' }
    const mallory = openBrowser(gateway.url)
    const { url } = must(200, await mallory.post('/api/auth/sign-in/social', wanted))
    const back = new URL(await oidc.signIn(String(url)))
    const victim = openBrowser(gateway.url)
    expect(await victim.leads(back.pathname + back.search)).not.toBe('/console')
    expect((await sessionOf(victim)).person).toBeNull()
  })

  test.each<[string, Json, boolean]>([
    ['the word false', { email_verified: 'false' }, false],
    ['another word', { email_verified: 'no' }, false],
    ['a number', { email_verified: 1 }, false],
    ['nothing', { email_verified: undefined }, false],
    ['yes by a name that no standard has', { email_verified: false, emailVerified: true }, false],
    ['the word true', { email_verified: 'true' }, true],
  ])('an address is proven by a clear yes alone: %s', async (what, claims, isProven) => {
    const email = `${what.replaceAll(' ', '-')}@example.com`
    // Whoever has proven the address is invited by it, and nobody else.
    await invitationFor(email)
    oidc.subject = { ...TRUTH, sub: `of ${email}`, email }
    oidc.lie = claims
    const browser = openBrowser(gateway.url)
    const to = await comeBack(browser)
    expect(to.startsWith('/login?error=')).toBe(!isProven)
    expect((await sessionOf(browser)).person !== null).toBe(isProven)
    oidc.lie = {}
    if (isProven) return
    const owner = openBrowser(gateway.url)
    expect(await comeBack(owner)).toBe('/console')
    // A person who has proven it is taken over by nobody who has not.
    oidc.subject = { ...TRUTH, sub: `not of ${email}`, email }
    oidc.lie = claims
    const other = openBrowser(gateway.url)
    expect(await comeBack(other)).toStartWith('/login?error=')
    expect((await sessionOf(other)).person).toBeNull()
    oidc.lie = {}
  })

  test('an account with a password is not taken over by somebody who claims its address elsewhere', async () => {
    const email = 'carol@example.com'
    const carol = await signUp(gateway, email, { invitation: await invitationFor() })
    for (const verified of [false, true]) {
      oidc.subject = { ...TRUTH, sub: 'u-3', email, email_verified: verified }
      const browser = openBrowser(gateway.url)
      expect(await comeBack(browser)).toStartWith('/login?error=')
      expect((await sessionOf(browser)).person).toBeNull()
    }
    must(200, await carol.post('/api/auth/sign-in/email', { email, password: PASSWORD }))
    expect(gateway.output()).not.toContain(oidc.clientSecret)
    expect(gateway.output()).not.toContain('an-access-token')
  })
})
