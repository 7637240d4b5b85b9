import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { freePort } from '../harness/server-process.ts'
import { type Browser, codeOf, type Json, openBrowser } from './browser.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { type OidcServer, startOidc } from './oidc-server.ts'
import { codeFor } from './second-factor.ts'
import { KINDS, must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

/// Who changes their own address keeps their account, and nobody else gets in by it.

const OTHER_PASSWORD = 'another horse, another battery'

describe.each([...KINDS])('another address, on %s', (kind) => {
  let mailbox: Mailbox
  let oidc: OidcServer
  let gateway: Gateway
  beforeAll(async () => {
    mailbox = await openMailbox()
    oidc = await startOidc()
    const port = await freePort()
    const client = { client_id: oidc.clientId, client_secret: oidc.clientSecret }
    const house = { id: 'house', name: 'The house', issuer: oidc.issuer, ...client }
    const address = { public_url: `http://127.0.0.1:${port}`, listen: { host: '127.0.0.1', port } }
    gateway = await openGateway(kind, { sign_up: 'open', oidc: [house] }, mailbox, address)
  }, STAGE_MS)
  afterAll(async () => {
    await gateway.stop()
    await oidc.stop()
    await mailbox.stop()
  })

  const signIn = async (email: string, password = PASSWORD) => {
    const browser = openBrowser(gateway.url)
    return { browser, answer: await browser.post('/api/auth/sign-in/email', { email, password }) }
  }
  const ask = (browser: Browser, newEmail: string, password = PASSWORD) =>
    browser.post('/api/auth/change-email', { newEmail, password })
  const tokenFor = async (email: string): Promise<string> =>
    (await mailbox.link(email, '/verify')).searchParams.get('change') ?? ''
  const confirm = (browser: Browser, token: string) => browser.post('/api/auth/change-email/confirm', { token })
  const idOf = async (browser: Browser) => (await sessionOf(browser)).person?.id

  test('is taken once its link was opened by whoever asked for it; the old one is told, and signs in no more', async () => {
    const browser = await signUp(gateway, 'first@example.com', { mailbox })
    const id = await idOf(browser)
    must(200, await ask(browser, 'Second@Example.com'))
    expect((await sessionOf(browser)).person?.email).toBe('first@example.com')
    const token = await tokenFor('second@example.com')
    must(200, await confirm(browser, token))
    const told = await mailbox.next('first@example.com')
    expect([told.subject, told.text.includes('second@example.com')]).toEqual([
      'Your address for Tollgate was changed',
      true,
    ])
    expect((await sessionOf(browser)).person).toMatchObject({
      email: 'second@example.com',
      email_verified: true,
    } as never)
    expect((await signIn('first@example.com')).answer.status).toBe(401)
    const again = await signIn('second@example.com')
    must(200, again.answer)
    expect(await idOf(again.browser)).toBe(id ?? '')
    expect(codeOf(await confirm(browser, token))).toBe('invalid_address_token')
    const userId = (await sessionOf(browser)).organisations[0]?.id
    expect((await gateway.call('GET', `/api/admin/users/${userId}`)).body).toMatchObject({
      email: 'second@example.com',
    })
    const log = await gateway.call('GET', `/api/admin/audit-log?subject=${id}`)
    expect((log.body as { data: Json[] }).data).toMatchObject([
      { action: 'confirmEmail', before: { email: 'first@example.com' }, after: { email: 'second@example.com' } },
      { action: 'changeEmail', actor_name: 'first@example.com', before: null },
    ])
  })

  test('is asked for with the password alone, by somebody who is signed in', async () => {
    const browser = await signUp(gateway, 'guarded@example.com', { mailbox })
    expect(codeOf(await ask(browser, 'thief@example.com', OTHER_PASSWORD))).toBe('invalid_password')
    expect((await ask(openBrowser(gateway.url), 'thief@example.com')).status).toBe(401)
    expect(codeOf(await ask(browser, 'Guarded@example.com'))).toBe('same_email')
    expect((await ask(browser, 'no address')).status).toBe(400)
    expect(mailbox.letters.filter(({ to }) => to === 'thief@example.com')).toEqual([])
  })

  test('is confirmed for nobody else: who is sent a link for a stranger’s account does not come to share it', async () => {
    const mallory = await signUp(gateway, 'mallory@example.com', { mailbox })
    must(200, await ask(mallory, 'victim@example.com'))
    const token = await tokenFor('victim@example.com')
    expect((await confirm(openBrowser(gateway.url), token)).status).toBe(401)
    const bystander = await signUp(gateway, 'bystander@example.com', { mailbox })
    expect(codeOf(await confirm(bystander, token))).toBe('invalid_address_token')
    expect((await sessionOf(bystander)).person?.email).toBe('bystander@example.com')
    // Whoever has the address signs up with it as if nobody had asked.
    const victim = await signUp(gateway, 'victim@example.com', { mailbox })
    expect(await idOf(victim)).not.toBe(await idOf(mallory))
    const late = await confirm(mallory, token)
    expect([late.status, codeOf(late)]).toEqual([409, 'email_taken'])
    expect((await sessionOf(mallory)).person?.email).toBe('mallory@example.com')
  })

  test('that somebody has is answered alike, and its owner alone is told', async () => {
    await signUp(gateway, 'holder@example.com', { mailbox })
    const browser = await signUp(gateway, 'asker@example.com', { mailbox })
    const known = await ask(browser, 'holder@example.com')
    const unknown = await ask(browser, 'nobody-has@example.com')
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body])
    const { subject, text } = await mailbox.next('holder@example.com')
    expect(subject).toBe('This address has a Tollgate account already')
    expect(text).not.toContain('change=')
  })

  test('that two take in the same instant is one’s', async () => {
    const both = [
      await signUp(gateway, 'left@example.com', { mailbox }),
      await signUp(gateway, 'right@example.com', { mailbox }),
    ]
    const tokens: string[] = []
    for (const browser of both) {
      must(200, await ask(browser, 'wanted@example.com'))
      tokens.push(await tokenFor('wanted@example.com'))
    }
    const answers = await Promise.all(both.map((browser, place) => confirm(browser, tokens[place] ?? '')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('ends what was sent to the old one: links to a new password, and to other addresses', async () => {
    const browser = await signUp(gateway, 'lost@example.com', { mailbox })
    must(200, await openBrowser(gateway.url).post('/api/auth/request-password-reset', { email: 'lost@example.com' }))
    const reset = (await mailbox.link('lost@example.com', '/reset')).searchParams.get('token')
    must(200, await ask(browser, 'wrong@example.com'))
    const wrong = await tokenFor('wrong@example.com')
    must(200, await ask(browser, 'found@example.com'))
    expect(codeOf(await confirm(browser, wrong))).toBe('invalid_address_token')
    must(200, await confirm(browser, await tokenFor('found@example.com')))
    const used = await openBrowser(gateway.url).post('/api/auth/reset-password', {
      ...{ newPassword: OTHER_PASSWORD, token: reset },
    })
    expect(codeOf(used)).toBe('invalid_token')
  })

  test('leaves nothing of the account to whoever has the old one next', async () => {
    const browser = await signUp(gateway, 'moves@example.com', { mailbox })
    const [own] = (await sessionOf(browser)).organisations
    must(200, await ask(browser, 'moved@example.com'))
    must(200, await confirm(browser, await tokenFor('moved@example.com')))
    await mailbox.next('moves@example.com')
    const next = await signUp(gateway, 'moves@example.com', { mailbox })
    expect(await idOf(next)).not.toBe(await idOf(browser))
    expect((await sessionOf(next)).organisations.map(({ id }) => id)).not.toContain(own?.id)
    // Nor by a place that proves the old address.
    oidc.subject = { sub: 'of-moves', email: 'moves@example.com', email_verified: true, name: 'Next' }
    const elsewhere = openBrowser(gateway.url)
    await comeBack(elsewhere, '/api/auth/sign-in/social')
    expect(await idOf(elsewhere)).toBe((await idOf(next)) ?? '')
  })

  test('accepts the invitations for it, and those for the old one no more', async () => {
    const owner = await signUp(gateway, 'inviter@example.com', { mailbox })
    const id = (await sessionOf(owner)).organisations[0]?.id ?? ''
    const invite = async (email: string): Promise<string> => {
      const made = must(201, await owner.post(`/api/organisations/${id}/invitations`, { email, role: 'viewer' }))
      await mailbox.next(email)
      return String(made['url']).split('/').at(-1) ?? ''
    }
    const person = await signUp(gateway, 'before@example.com', { mailbox })
    const [toOld, toNew] = [await invite('before@example.com'), await invite('after@example.com')]
    expect((await person.post(`/api/invitations/${toNew}/accept`)).status).toBe(403)
    must(200, await ask(person, 'after@example.com'))
    expect((await person.post(`/api/invitations/${toNew}/accept`)).status).toBe(403)
    must(200, await confirm(person, await tokenFor('after@example.com')))
    expect((await person.post(`/api/invitations/${toOld}/accept`)).status).toBe(403)
    must(200, await person.post(`/api/invitations/${toNew}/accept`))
  })

  test('changes nothing about the second factor, and its link signs nobody in', async () => {
    const browser = await signUp(gateway, 'factor@example.com', { mailbox })
    const uri = String(must(200, await browser.post('/api/auth/two-factor/enable', { password: PASSWORD }))['totpURI'])
    must(200, await browser.post('/api/auth/two-factor/verify-totp', { code: codeFor(uri) }))
    must(200, await ask(browser, 'factor2@example.com'))
    const token = await tokenFor('factor2@example.com')
    const half = await signIn('factor@example.com')
    expect(must(200, half.answer)).toMatchObject({ twoFactorRedirect: true })
    expect((await confirm(half.browser, token)).status).toBe(401)
    must(200, await confirm(browser, token))
    expect(must(200, (await signIn('factor2@example.com')).answer)).toMatchObject({ twoFactorRedirect: true })
  })

  /** Goes there, signs in, comes back; where it leads to. */
  const comeBack = async (browser: Browser, path: string): Promise<string> => {
    const wanted = { provider: 'house', callbackURL: '/console', errorCallbackURL: '/console/settings' }
    const { url } = must(200, await browser.post(path, wanted))
    const back = new URL(await oidc.signIn(String(url)))
    return browser.leads(back.pathname + back.search)
  }
  const placesOf = async (browser: Browser) =>
    ((await browser.get('/api/auth/list-accounts')).body as unknown as { providerId: string }[])
      .map(({ providerId }) => providerId)
      .sort()

  test('a place to sign in at is added and taken away by its owner, but the last way is not', async () => {
    const browser = await signUp(gateway, 'linked@example.com', { mailbox })
    oidc.subject = { sub: 'of-linked', email: 'linked@example.com', email_verified: true, name: 'Linked' }
    expect(codeOf(await browser.post('/api/auth/unlink-account', { providerId: 'credential' }))).toBe(
      'failed_to_unlink_last_account',
    )
    expect(await comeBack(browser, '/api/auth/link-social')).toBe('/console')
    expect(await placesOf(browser)).toEqual(['credential', 'house'])
    // It goes on signing in the same person once the address is another: by its own id.
    must(200, await ask(browser, 'relinked@example.com'))
    must(200, await confirm(browser, await tokenFor('relinked@example.com')))
    const elsewhere = openBrowser(gateway.url)
    expect(await comeBack(elsewhere, '/api/auth/sign-in/social')).toBe('/console')
    expect(await idOf(elsewhere)).toBe((await idOf(browser)) ?? '')
    const both = await Promise.all(
      ['credential', 'house'].map((providerId) => browser.post('/api/auth/unlink-account', { providerId })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect((await placesOf(browser)).length).toBe(1)
    expect((await browser.post('/api/auth/unlink-account', { providerId: 'nowhere' })).status).toBe(404)
  })

  test('a place where the address is another’s is not added', async () => {
    const browser = await signUp(gateway, 'mine@example.com', { mailbox })
    for (const claims of [
      { email: 'theirs@example.com', email_verified: true },
      { email: 'mine@example.com', email_verified: false },
    ]) {
      oidc.subject = { sub: `of-${claims.email}`, name: 'Somebody', ...claims }
      expect(await comeBack(browser, '/api/auth/link-social')).toStartWith('/console/settings?error=')
      expect(await placesOf(browser)).toEqual(['credential'])
    }
  })

  test('who has no password here asks an administrator for another address', async () => {
    oidc.subject = { sub: 'of-only', email: 'only@example.com', email_verified: true, name: 'Only' }
    const browser = openBrowser(gateway.url)
    expect(await comeBack(browser, '/api/auth/sign-in/social')).toBe('/console')
    const refused = await ask(browser, 'other@example.com')
    expect([refused.status, codeOf(refused)]).toEqual([409, 'no_password'])
    expect(codeOf(await browser.post('/api/auth/unlink-account', { providerId: 'house' }))).toBe(
      'failed_to_unlink_last_account',
    )
  })
})
