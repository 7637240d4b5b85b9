import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { type Browser, codeOf, type Json, openBrowser } from './browser.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { codeFor } from './second-factor.ts'
import { KINDS, must, openGateway, PASSWORD, prove, sessionOf, signUp, STAGE_MS } from './stage.ts'

/// What administrators do for people who cannot sign in any more, or should not.

const OTHER_PASSWORD = 'another horse, another battery'
const signIn = (browser: Browser, email: string, password = PASSWORD) =>
  browser.post('/api/auth/sign-in/email', { email, password })

describe.each([...KINDS])('without mail, on %s', (kind) => {
  let gateway: Gateway
  beforeAll(async () => {
    gateway = await openGateway(kind, { sign_up: 'open' })
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const asOperator = async (method: string, path: string, body?: object) => {
    const answer = await gateway.call(method, `/api/admin/${path}`, body)
    return { status: answer.status, body: (answer.body ?? {}) as Json }
  }
  const idOf = async (browser: Browser): Promise<string> => (await sessionOf(browser)).person?.id ?? ''
  const logOf = async (id: string, action: string) =>
    ((await asOperator('GET', `audit-log?subject=${id}&action=${action}`)).body['data'] as Json[])[0]

  test('who signed up and never signed in is among the people, who acts for a user is named there', async () => {
    const email = 'never@example.com'
    must(
      200,
      await openBrowser(gateway.url).post('/api/auth/sign-up/email', { name: 'Never', email, password: PASSWORD }),
    )
    const listed = (await asOperator('GET', `people?q=${email}`)).body
    expect(listed).toMatchObject({ data: [{ email, organisations: [] }] } as never)
    const browser = await signUp(gateway, 'member@example.com')
    const userId = (await sessionOf(browser)).organisations[0]?.id ?? ''
    expect((await asOperator('GET', `users/${userId}/members`)).body).toMatchObject({
      data: [{ email: 'member@example.com', role: 'owner', two_factor: false, disabled: false }],
    } as never)
    expect((await asOperator('GET', `users/${userId}`)).body).toMatchObject({ name: 'Ada Lovelace', operator: false })
    expect((await asOperator('GET', 'users/nothing/members')).status).toBe(404)
  })

  test('sessions of somebody are seen without what would let others use them, and ended, one or all', async () => {
    const phone = await signUp(gateway, 'everywhere@example.com')
    const laptop = openBrowser(gateway.url)
    must(200, await signIn(laptop, 'everywhere@example.com'))
    const id = await idOf(phone)
    const { data } = (await asOperator('GET', `people/${id}/sessions`)).body as { data: Json[] }
    expect(data.length).toBe(2)
    expect(Object.keys(data[0] ?? {}).sort()).toEqual([
      'address',
      'created_at',
      'expires_at',
      'id',
      'last_used_at',
      'user_agent',
    ])
    const own = (await sessionOf(phone)).session_id ?? ''
    expect((await asOperator('DELETE', `people/${id}/sessions/${own}`)).status).toBe(204)
    expect((await asOperator('DELETE', `people/${id}/sessions/${own}`)).status).toBe(404)
    expect([(await sessionOf(phone)).person, (await sessionOf(laptop)).person?.id]).toEqual([null, id])
    // A session is ended under its own person alone.
    const other = await signUp(gateway, 'elsewhere@example.com')
    const theirs = (await sessionOf(other)).session_id ?? ''
    expect((await asOperator('DELETE', `people/${id}/sessions/${theirs}`)).status).toBe(404)
    expect((await asOperator('DELETE', `people/${id}/sessions`)).status).toBe(204)
    expect((await sessionOf(laptop)).person).toBeNull()
    expect((await sessionOf(other)).person).not.toBeNull()
    expect(await logOf(id, 'endSessionsOfPerson')).toMatchObject({
      after: { email: 'everywhere@example.com', ended: 1 },
    })
  })

  test('who lost their phone and codes gets in by the password, once an administrator reset the second factor', async () => {
    const browser = await signUp(gateway, 'phone@example.com')
    const id = await idOf(browser)
    const uri = String(must(200, await browser.post('/api/auth/two-factor/enable', { password: PASSWORD }))['totpURI'])
    must(200, await browser.post('/api/auth/two-factor/verify-totp', { code: codeFor(uri) }))
    const half = openBrowser(gateway.url)
    expect(must(200, await signIn(half, 'phone@example.com'))).toMatchObject({ twoFactorRedirect: true })
    expect((await asOperator('DELETE', `people/${id}/second-factor`)).status).toBe(204)
    // What waited for a code of the app that is gone gets in by none.
    expect((await half.post('/api/auth/two-factor/verify-totp', { code: codeFor(uri) })).status).toBeGreaterThan(399)
    const fresh = openBrowser(gateway.url)
    must(200, await signIn(fresh, 'phone@example.com'))
    expect((await sessionOf(fresh)).person?.two_factor).toBe(false)
    expect(await logOf(id, 'resetSecondFactor')).toMatchObject({ before: { two_factor: true } } as never)
    must(200, await fresh.post('/api/auth/two-factor/enable', { password: PASSWORD }))
  })

  test('an administrator proves an address by hand, and gives somebody another, which is proven only if they say so', async () => {
    const browser = await signUp(gateway, 'typo@exmaple.com')
    const id = await idOf(browser)
    const link = (await asOperator('POST', `people/${id}/reset-link`)).body
    const before = await asOperator('PATCH', `people/${id}`, { email_verified: true })
    expect(before.body).toMatchObject({ email: 'typo@exmaple.com', email_verified: true })
    const moved = await asOperator('PATCH', `people/${id}`, { email: 'Typo@Example.com', reason: 'a typing error' })
    expect(moved.body).toMatchObject({ email: 'typo@example.com', email_verified: false })
    expect(await logOf(id, 'updatePerson')).toMatchObject({
      before: { email: 'typo@exmaple.com' },
      after: { email: 'typo@example.com' },
      reason: 'a typing error',
    })
    // What was made for the address before counts no more, and it signs in nobody.
    const token = new URL(String(link['url'])).searchParams.get('token')
    const used = await openBrowser(gateway.url).post('/api/auth/reset-password', { newPassword: OTHER_PASSWORD, token })
    expect([used.status, codeOf(used)]).toEqual([400, 'invalid_token'])
    expect((await signIn(openBrowser(gateway.url), 'typo@exmaple.com')).status).toBe(401)
    must(200, await signIn(openBrowser(gateway.url), 'typo@example.com'))
    const [own] = (await sessionOf(browser)).organisations
    expect((await asOperator('GET', `users/${own?.id}`)).body).toMatchObject({ email: 'typo@example.com' })
    await signUp(gateway, 'holder@example.com')
    const taken = await asOperator('PATCH', `people/${id}`, { email: 'holder@example.com' })
    expect([taken.status, (taken.body['error'] as Json)['param']]).toEqual([409, 'email'])
    expect((await asOperator('PATCH', `people/${id}`, { email_verified: false })).status).toBe(400)
  })

  test('nobody changes an address by themselves, and no link is sent', async () => {
    const browser = await signUp(gateway, 'stays@example.com')
    const asked = await browser.post('/api/auth/change-email', { newEmail: 'goes@example.com', password: PASSWORD })
    expect([asked.status, codeOf(asked)]).toEqual([409, 'conflict'])
    const id = await idOf(browser)
    expect((await asOperator('POST', `people/${id}/reset-link`, { send: true })).status).toBe(409)
  })

  test('the organisation of somebody who is disabled goes on, with its keys', async () => {
    const browser = await signUp(gateway, 'gone@example.com')
    const userId = (await sessionOf(browser)).organisations[0]?.id ?? ''
    await gateway.credit(userId, '5')
    const { key } = must(201, await browser.post('/api/me/keys', { name: 'server' }))
    const id = await idOf(browser)
    expect((await asOperator('PATCH', `people/${id}`, { disabled: true })).body).toMatchObject({ disabled: true })
    expect((await sessionOf(browser)).person).toBeNull()
    const mine = await fetch(`${gateway.url}/api/me/balance`, { headers: { authorization: `Bearer ${String(key)}` } })
    expect(mine.status).toBe(200)
  })

  test('links to a new password end with the standing of whoever they are for', async () => {
    const id = await idOf(await signUp(gateway, 'stolen@example.com'))
    const link = (await asOperator('POST', `people/${id}/reset-link`)).body
    await asOperator('PATCH', `people/${id}`, { disabled: true })
    await asOperator('PATCH', `people/${id}`, { disabled: false })
    const token = new URL(String(link['url'])).searchParams.get('token')
    const used = await openBrowser(gateway.url).post('/api/auth/reset-password', { newPassword: OTHER_PASSWORD, token })
    expect([used.status, codeOf(used)]).toEqual([400, 'invalid_token'])
    must(200, await signIn(openBrowser(gateway.url), 'stolen@example.com'))
  })

  test('a credit line is no balance: the operator’s account says which is which', async () => {
    const { data } = (await asOperator('GET', 'users?limit=200')).body as { data: Json[] }
    const operator = data.find((user) => user['operator'] === true)
    expect(operator).toMatchObject({
      balance: { posted_usd: '0.000000000', credit_line_usd: '1000000000.000000000' },
    } as never)
    expect(data.filter((user) => user['operator'] === true).length).toBe(1)
    const userId = await gateway.createUser('prepaid@example.com')
    await gateway.credit(userId, '3')
    expect((await asOperator('GET', `users/${userId}/balance`)).body).toMatchObject({
      available_usd: '3.000000000',
      credit_line_usd: '0.000000000',
    })
  })
})

describe.each([...KINDS])('with mail, on %s', (kind) => {
  let mailbox: Mailbox
  let gateway: Gateway
  beforeAll(async () => {
    mailbox = await openMailbox()
    gateway = await openGateway(kind, { sign_up: 'open' }, mailbox)
  }, STAGE_MS)
  afterAll(async () => {
    await gateway.stop()
    await mailbox.stop()
  })
  const asOperator = (method: string, path: string, body?: object) => gateway.call(method, `/api/admin/${path}`, body)

  test('a link to a new password is sent to the person, and shown to nobody else', async () => {
    const browser = await signUp(gateway, 'sent@example.com', { mailbox })
    const id = (await sessionOf(browser)).person?.id
    const made = (await asOperator('POST', `people/${id}/reset-link`, { send: true })).body as Json
    expect([made['url'], made['sent']]).toEqual([null, true])
    const token = (await mailbox.link('sent@example.com', '/reset')).searchParams.get('token')
    must(200, await browser.post('/api/auth/reset-password', { newPassword: OTHER_PASSWORD, token }))
    must(200, await signIn(openBrowser(gateway.url), 'sent@example.com', OTHER_PASSWORD))
    expect((await mailbox.next('sent@example.com')).subject).toBe('Your password for Tollgate was changed')
  })

  test('no link to a new password is sent to somebody who is disabled', async () => {
    const [blocked, other] = ['blocked@example.com', 'unblocked@example.com']
    const id = (await sessionOf(await signUp(gateway, blocked, { mailbox }))).person?.id
    await signUp(gateway, other, { mailbox })
    await asOperator('PATCH', `people/${id}`, { disabled: true })
    for (const email of [blocked, other])
      must(200, await openBrowser(gateway.url).post('/api/auth/request-password-reset', { email }))
    // Answered alike, and written behind the answer: what was asked for later has come.
    await mailbox.link(other, '/reset')
    expect(mailbox.letters.filter(({ to, text }) => to === blocked && text.includes('/reset'))).toEqual([])
  })

  test('who is given another address by an administrator is told at the old one, and proves the new one', async () => {
    const browser = await signUp(gateway, 'old@example.com', { mailbox })
    const id = (await sessionOf(browser)).person?.id
    expect((await asOperator('PATCH', `people/${id}`, { email: 'new@example.com' })).status).toBe(200)
    const told = await mailbox.next('old@example.com')
    expect([told.subject, told.text.includes('new@example.com')]).toEqual([
      'Your address for Tollgate was changed',
      true,
    ])
    const fresh = openBrowser(gateway.url)
    expect(codeOf(await signIn(fresh, 'new@example.com'))).toBe('email_not_verified')
    await prove(fresh, mailbox, 'new@example.com')
    must(200, await signIn(fresh, 'new@example.com'))
    expect((await sessionOf(fresh)).person?.id).toBe(id ?? '')
  })

  test('who signed up and never read the mail is let in by an administrator who proves the address', async () => {
    const email = 'unread@example.com'
    const browser = openBrowser(gateway.url)
    must(200, await browser.post('/api/auth/sign-up/email', { name: 'Unread', email, password: PASSWORD }))
    expect(codeOf(await signIn(browser, email))).toBe('email_not_verified')
    const { data } = (await asOperator('GET', `people?q=${email}`)).body as { data: Json[] }
    expect((await asOperator('PATCH', `people/${String(data[0]?.['id'])}`, { email_verified: true })).status).toBe(200)
    must(200, await signIn(browser, email))
  })
})
