import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { codeOf, openBrowser } from './browser.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { codeFor } from './second-factor.ts'
import { KINDS, must, openGateway, PASSWORD, prove, sessionOf, signUp, STAGE_MS } from './stage.ts'

const OTHER_PASSWORD = 'another horse, another battery'
const signInAs = (email: string, password = PASSWORD) => ({ email, password })

describe.each([...KINDS])('the life of a person, on %s', (kind) => {
  let mailbox: Mailbox
  let gateway: Gateway
  beforeAll(async () => {
    mailbox = await openMailbox()
    gateway = await openGateway(kind, { sign_up: 'open', starting_credit_usd: '5' }, mailbox)
  }, STAGE_MS)
  afterAll(async () => {
    await gateway.stop()
    await mailbox.stop()
  })

  test('whoever signs up proves the address, signs in, and has an organisation with the starting credit', async () => {
    const browser = openBrowser(gateway.url)
    const wanted = { name: 'Ada Lovelace', ...signInAs('Ada@Example.com') }
    expect(must(200, await browser.post('/api/auth/sign-up/email', wanted))).toEqual({ status: true })
    const early = await browser.post('/api/auth/sign-in/email', signInAs('ada@example.com'))
    expect([early.status, codeOf(early), browser.cookies.size]).toEqual([403, 'email_not_verified', 0])
    await prove(browser, mailbox, 'ada@example.com')
    must(200, await browser.post('/api/auth/sign-in/email', signInAs('ada@example.com')))
    const session = await sessionOf(browser)
    expect(session.person).toMatchObject({ email: 'ada@example.com', email_verified: true, administrator: false })
    expect(session.organisations).toEqual([
      { id: expect.stringMatching(/^user_/), name: 'Ada Lovelace', role: 'owner' },
    ])
    expect(must(200, await browser.get('/api/me/balance'))).toMatchObject({ available_usd: '5.000000000' })
    const user = await gateway.call('GET', `/api/admin/users/${session.organisations[0]?.id}`)
    expect(user.body).toMatchObject({ email: 'ada@example.com' })
    must(204, await browser.send('DELETE', '/api/session'))
    expect(browser.cookies.size).toBe(0)
    expect((await browser.get('/api/me/balance')).status).toBe(401)
  })

  test('the cookie is for this site and no script', async () => {
    const browser = await signUp(gateway, 'cookie@example.com', { mailbox })
    const written = browser.set.find((one) => one.startsWith('tollgate.session_token='))
    expect(written?.toLowerCase()).toContain('httponly')
    expect(written?.toLowerCase()).toContain('samesite=lax')
    expect(written?.toLowerCase()).toContain('path=/')
    expect(written?.toLowerCase()).not.toContain('domain')
  })

  test('an account that is there, one that is not and a wrong password are answered alike', async () => {
    await signUp(gateway, 'known@example.com', { mailbox })
    const browser = openBrowser(gateway.url)
    const wrong = await browser.post('/api/auth/sign-in/email', signInAs('known@example.com', OTHER_PASSWORD))
    const unknown = await browser.post('/api/auth/sign-in/email', signInAs('nobody@example.com'))
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'invalid_email_or_password'])
    const told = ({ body }: typeof wrong) => ({ ...(body['error'] as object), request_id: '' })
    expect(told(unknown)).toEqual(told(wrong))
    const again = await browser.post('/api/auth/sign-up/email', { name: 'Known', ...signInAs('known@example.com') })
    const fresh = await browser.post('/api/auth/sign-up/email', { name: 'Known', ...signInAs('fresh@example.com') })
    expect([again.status, again.body]).toEqual([fresh.status, fresh.body])
    expect((await mailbox.next('known@example.com')).subject).toBe('You have a Tollgate account already')
    const reset = await browser.post('/api/auth/request-password-reset', { email: 'known@example.com' })
    const nobody = await browser.post('/api/auth/request-password-reset', { email: 'nobody@example.com' })
    expect([reset.status, reset.body]).toEqual([nobody.status, nobody.body])
  })

  test('sessions are listed, and one that is ended asks nothing any more', async () => {
    const phone = await signUp(gateway, 'sessions@example.com', { mailbox })
    const laptop = openBrowser(gateway.url)
    must(200, await laptop.post('/api/auth/sign-in/email', signInAs('sessions@example.com')))
    const listed = (await laptop.get('/api/auth/list-sessions')).body as unknown as { id: string; token: string }[]
    const own = (await sessionOf(laptop)).session_id
    expect([listed.length, listed.some(({ id }) => id === own)]).toEqual([2, true])
    const other = listed.find(({ id }) => id !== own)
    must(200, await laptop.post('/api/auth/revoke-session', { token: other?.token }))
    expect((await sessionOf(phone)).person).toBeNull()
    expect((await phone.get('/api/me/balance')).status).toBe(401)
    expect((await sessionOf(laptop)).person?.email).toBe('sessions@example.com')
    must(200, await phone.post('/api/auth/sign-in/email', signInAs('sessions@example.com')))
    must(200, await phone.post('/api/auth/revoke-other-sessions'))
    expect((await sessionOf(laptop)).person).toBeNull()
  })

  test('a session that somebody else planted is not the one that is signed in', async () => {
    const mallory = await signUp(gateway, 'mallory@example.com', { mailbox })
    const planted = mallory.cookies.get('tollgate.session_token') ?? ''
    const victim = openBrowser(gateway.url)
    victim.cookies.set('tollgate.session_token', planted)
    must(200, await victim.post('/api/auth/sign-up/email', { name: 'Eve', ...signInAs('eve@example.com') }))
    await prove(victim, mailbox, 'eve@example.com')
    must(200, await victim.post('/api/auth/sign-in/email', signInAs('eve@example.com')))
    expect(victim.cookies.get('tollgate.session_token')).not.toBe(planted)
    expect((await sessionOf(victim)).person?.email).toBe('eve@example.com')
    expect((await sessionOf(mallory)).person?.email).toBe('mallory@example.com')
    // What was made up, or signed by nobody, is no session.
    const token = decodeURIComponent(planted).split('.')[0]
    for (const value of [`${token}.c2lnbmF0dXJl`, `${token}`, 'x', '%', `${planted}x`]) {
      victim.cookies.set('tollgate.session_token', value)
      expect((await sessionOf(victim)).person).toBeNull()
    }
  })

  test('a second factor is asked for once it was entered, and each backup code counts once', async () => {
    const browser = await signUp(gateway, 'factor@example.com', { mailbox })
    const before = browser.cookies.get('tollgate.session_token')
    const enabled = must(200, await browser.post('/api/auth/two-factor/enable', { password: PASSWORD }))
    const uri = String(enabled['totpURI'])
    const [backup] = enabled['backupCodes'] as string[]
    expect((await sessionOf(browser)).person?.two_factor).toBe(false)
    must(200, await browser.post('/api/auth/two-factor/verify-totp', { code: codeFor(uri) }))
    expect((await sessionOf(browser)).person?.two_factor).toBe(true)
    expect(browser.cookies.get('tollgate.session_token')).not.toBe(before)
    const other = openBrowser(gateway.url)
    const half = must(200, await other.post('/api/auth/sign-in/email', signInAs('factor@example.com')))
    expect(half).toEqual({ twoFactorRedirect: true, twoFactorMethods: ['totp'] })
    expect((await sessionOf(other)).person).toBeNull()
    const wrong = await other.post('/api/auth/two-factor/verify-totp', { code: codeFor(uri, 1_000) })
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'invalid_code'])
    must(200, await other.post('/api/auth/two-factor/verify-totp', { code: codeFor(uri) }))
    expect((await sessionOf(other)).person?.email).toBe('factor@example.com')
    const third = openBrowser(gateway.url)
    must(200, await third.post('/api/auth/sign-in/email', signInAs('factor@example.com')))
    must(200, await third.post('/api/auth/two-factor/verify-backup-code', { code: backup }))
    const fourth = openBrowser(gateway.url)
    must(200, await fourth.post('/api/auth/sign-in/email', signInAs('factor@example.com')))
    const used = await fourth.post('/api/auth/two-factor/verify-backup-code', { code: backup })
    expect([used.status, (await sessionOf(fourth)).person]).toEqual([401, null])
  })

  test('a new password ends every session, and its link counts once', async () => {
    const browser = await signUp(gateway, 'reset@example.com', { mailbox })
    const forgetful = openBrowser(gateway.url)
    must(200, await forgetful.post('/api/auth/request-password-reset', { email: 'reset@example.com' }))
    const link = await mailbox.link('reset@example.com', '/reset')
    const token = link.searchParams.get('token')
    const short = await forgetful.post('/api/auth/reset-password', { newPassword: 'too short', token })
    expect([short.status, (short.body['error'] as { param: string }).param]).toEqual([400, 'newPassword'])
    must(200, await forgetful.post('/api/auth/reset-password', { newPassword: OTHER_PASSWORD, token }))
    expect((await sessionOf(browser)).person).toBeNull()
    expect((await forgetful.post('/api/auth/sign-in/email', signInAs('reset@example.com'))).status).toBe(401)
    must(200, await forgetful.post('/api/auth/sign-in/email', signInAs('reset@example.com', OTHER_PASSWORD)))
    const again = await forgetful.post('/api/auth/reset-password', { newPassword: PASSWORD, token })
    expect([again.status, codeOf(again)]).toEqual([400, 'invalid_token'])
  })

  test('whoever changes the password may end the other sessions with it', async () => {
    const browser = await signUp(gateway, 'change@example.com', { mailbox })
    const other = openBrowser(gateway.url)
    must(200, await other.post('/api/auth/sign-in/email', signInAs('change@example.com')))
    const change = { newPassword: OTHER_PASSWORD, currentPassword: PASSWORD, revokeOtherSessions: true }
    const wrong = await other.post('/api/auth/change-password', { ...change, currentPassword: OTHER_PASSWORD })
    expect(wrong.status).toBe(400)
    must(200, await other.post('/api/auth/change-password', change))
    expect([(await sessionOf(browser)).person, (await sessionOf(other)).person?.email]).toEqual([
      null,
      'change@example.com',
    ])
  })

  test('nothing failed, and nothing secret is in the log, or readable in the messages of the database', async () => {
    expect(gateway.output()).not.toContain('"level":"error"')
    expect(gateway.output()).not.toContain(PASSWORD)
    expect(gateway.output()).not.toContain(OTHER_PASSWORD)
  })
})
