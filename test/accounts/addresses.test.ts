import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { codeOf, type Json, openBrowser } from './browser.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { KINDS, must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

/// What strangers can do with an address that is not theirs.

const OTHER_PASSWORD = 'the password of the person'

describe.each([...KINDS])('an address of somebody else, on %s', (kind) => {
  let mailbox: Mailbox
  let gateway: Gateway
  beforeAll(async () => {
    mailbox = await openMailbox()
    gateway = await openGateway(kind, { sign_up: 'open', sign_in: { per_address: 100_000, per_account: 10 } }, mailbox)
  }, STAGE_MS)
  afterAll(async () => {
    await gateway.stop()
    await mailbox.stop()
  })

  const signUpAs = (email: string, password: string) =>
    openBrowser(gateway.url).post('/api/auth/sign-up/email', { name: 'Somebody', email, password })
  const signInAs = async (email: string, password: string) => {
    const browser = openBrowser(gateway.url)
    return { browser, answer: await browser.post('/api/auth/sign-in/email', { email, password }) }
  }

  test('is confirmed for the sign-up that its link was sent for: who signed up before has nothing of it', async () => {
    const email = 'victim@example.com'
    const user = (await gateway.call('POST', '/api/admin/users', { email })).body as Json
    must(200, await signUpAs(email, PASSWORD))
    const older = await mailbox.link(email, '/verify')
    must(200, await signUpAs(email, OTHER_PASSWORD))
    const newer = await mailbox.link(email, '/verify')
    const verify = (link: URL) =>
      openBrowser(gateway.url).get(`/api/auth/verify-email?token=${link.searchParams.get('token')}`)
    const refused = await verify(older)
    expect([refused.status, codeOf(refused)]).toEqual([401, 'invalid_token'])
    // Nor by the part of it that names the address alone.
    const bare = new URL(newer)
    bare.searchParams.set('token', newer.searchParams.get('token')?.split('.').slice(0, 3).join('.') ?? '')
    expect((await verify(bare)).status).toBe(401)
    must(200, await verify(newer))
    expect((await signInAs(email, PASSWORD)).answer.status).toBe(401)
    const own = await signInAs(email, OTHER_PASSWORD)
    must(200, own.answer)
    expect((await sessionOf(own.browser)).organisations.map(({ id }) => id)).toEqual([String(user['id'])])
    // Once it is proven nobody takes it by signing up.
    must(200, await signUpAs(email, PASSWORD))
    expect((await signInAs(email, PASSWORD)).answer.status).toBe(401)
  })

  test('gets a few messages of each kind, and its owner signs in, and gets a new password, all the same', async () => {
    const email = 'known@example.com'
    await signUp(gateway, email, { mailbox })
    for (let time = 0; time < 12; time += 1) await signUpAs(email, OTHER_PASSWORD)
    must(200, (await signInAs(email, PASSWORD)).answer)
    must(200, await openBrowser(gateway.url).post('/api/auth/request-password-reset', { email }))
    const subjects = new Set<string>()
    for (let time = 0; time < 6; time += 1) subjects.add((await mailbox.next(email)).subject)
    expect(subjects).toContain('A new password for Tollgate')
    const told = mailbox.letters.filter(({ to, subject }) => to === email && subject.includes('already'))
    expect(told.length).toBe(5)
  })

  test('gets three invitations a day, whoever invites; no text of a stranger is a link in them', async () => {
    const email = 'invited@example.com'
    const sent: unknown[] = []
    for (const inviter of ['one@example.com', 'two@example.com']) {
      const browser = await signUp(gateway, inviter, { mailbox })
      const id = (await sessionOf(browser)).organisations[0]?.id ?? ''
      must(200, await browser.send('PATCH', `/api/organisations/${id}`, { name: 'Parcel at evil.example/pay' }))
      for (let time = 0; time < 2; time += 1)
        sent.push(
          must(201, await browser.post(`/api/organisations/${id}/invitations`, { email, role: 'viewer' }))['sent'],
        )
    }
    expect(sent).toEqual([true, true, true, false])
    for (let time = 0; time < 3; time += 1) {
      const { subject, text } = await mailbox.next(email)
      expect(`${subject} ${text}`).not.toContain('evil.example')
      expect(text).toContain('@example.com invites you to Parcel at evil. example/pay')
    }
  })
})
