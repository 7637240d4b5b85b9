import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Browser, codeOf, type Json, openBrowser } from './browser.ts'
import { KINDS, must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

describe.each([...KINDS])('administrators, on %s', (kind) => {
  let gateway: Gateway
  let operator: Browser
  let viewer: Browser
  beforeAll(async () => {
    gateway = await openGateway(kind, { sign_up: 'open' })
    operator = openBrowser(gateway.url)
    must(200, await operator.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
    viewer = await signUp(gateway, 'viewer@example.com')
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const personOf = async (browser: Browser): Promise<string> => (await sessionOf(browser)).person?.id ?? ''

  test('the admin key opens everything to a browser it was entered in, and the operator’s own account', async () => {
    const session = await sessionOf(operator)
    expect([session.operator, session.person]).toEqual([true, null])
    expect(session.organisations).toMatchObject([{ role: 'owner' }])
    expect((await operator.get('/api/admin/users')).status).toBe(200)
    expect((await operator.get('/api/me/balance')).status).toBe(200)
    const wrong = openBrowser(gateway.url)
    const refused = await wrong.post('/api/session/admin-key', { admin_key: 'not the key of this server' })
    expect([refused.status, wrong.cookies.size]).toEqual([401, 0])
    wrong.cookies.set('tollgate.operator', 'made-up')
    expect((await wrong.get('/api/admin/users')).status).toBe(401)
  })

  test(
    'nobody else gets into any admin call, whoever they are',
    async () => {
      const { paths } = (await (await fetch(`${gateway.url}/api/openapi.json`)).json()) as {
        paths: Record<string, object>
      }
      const calls = Object.entries(paths).flatMap(([path, methods]) =>
        path.startsWith('/api/admin/')
          ? Object.keys(methods).map((method) => [method.toUpperCase(), path] as const)
          : [],
      )
      expect(calls.length).toBeGreaterThan(40)
      for (const [method, template] of calls) {
        const path = template.replace(/\{[^}]+\}/g, 'nothing')
        const body = method === 'GET' || method === 'DELETE' ? undefined : {}
        const refused = await viewer.send(method, path, body)
        expect([method, path, refused.status, codeOf(refused)]).toEqual([method, path, 403, 'role_not_allowed'])
        const stranger = await openBrowser(gateway.url).send(method, path, body)
        expect([method, path, stranger.status]).toEqual([method, path, 401])
      }
    },
    STAGE_MS,
  )

  test('a person who is made administrator may, by name in the log; and may no more once it is taken back', async () => {
    const admin = await signUp(gateway, 'admin@example.com')
    const id = await personOf(admin)
    expect((await admin.get('/api/admin/users')).status).toBe(403)
    must(200, await operator.send('PATCH', `/api/admin/people/${id}`, { administrator: true }))
    expect((await sessionOf(admin)).person).toMatchObject({ administrator: true })
    const made = must(201, await admin.post('/api/admin/users', { email: 'made@example.com' }))
    const log = must(200, await admin.get(`/api/admin/audit-log?subject=${String(made['id'])}`)) as { data: Json[] }
    expect(log.data).toMatchObject([{ actor: id, actor_name: 'admin@example.com', action: 'createUser' }])
    must(200, await operator.send('PATCH', `/api/admin/people/${id}`, { administrator: false }))
    expect((await admin.get('/api/admin/users')).status).toBe(403)
  })

  test('whoever is disabled is signed out everywhere, and signs in no more, answered as for a wrong password', async () => {
    const person = await signUp(gateway, 'leaver@example.com')
    const id = await personOf(person)
    must(200, await operator.send('PATCH', `/api/admin/people/${id}`, { disabled: true }))
    expect((await sessionOf(person)).person).toBeNull()
    const again = await person.post('/api/auth/sign-in/email', { email: 'leaver@example.com', password: PASSWORD })
    expect([again.status, codeOf(again)]).toEqual([401, 'invalid_email_or_password'])
    must(200, await operator.send('PATCH', `/api/admin/people/${id}`, { disabled: false }))
    must(200, await person.post('/api/auth/sign-in/email', { email: 'leaver@example.com', password: PASSWORD }))
  })

  test('without mail, an administrator hands over the link to a new password', async () => {
    const person = await signUp(gateway, 'forgetful@example.com')
    const made = must(201, await operator.post(`/api/admin/people/${await personOf(person)}/reset-link`))
    const token = new URL(String(made['url'])).searchParams.get('token')
    const newPassword = 'another horse, another battery'
    const fresh = openBrowser(gateway.url)
    must(200, await fresh.post('/api/auth/reset-password', { newPassword, token }))
    expect((await sessionOf(person)).person).toBeNull()
    must(200, await fresh.post('/api/auth/sign-in/email', { email: 'forgetful@example.com', password: newPassword }))
    expect((await fresh.post('/api/auth/reset-password', { newPassword: PASSWORD, token })).status).toBe(400)
  })

  test('an account that the operator opened is handed over by an invitation', async () => {
    const userId = await gateway.createUser('customer@example.com')
    await gateway.credit(userId, '7')
    const made = must(201, await operator.post('/api/admin/invitations', { user_id: userId }))
    const token = String(made['url']).split('/').at(-1)
    const person = await signUp(gateway, 'boss@example.com')
    must(200, await person.post(`/api/invitations/${token}/accept`))
    const balance = await person.get('/api/me/balance', { 'x-tollgate-organisation': userId })
    expect(must(200, balance)).toMatchObject({ available_usd: '7.000000000' })
    // An address that nobody has proven takes over nothing.
    const claimed = await signUp(gateway, 'customer@example.com')
    expect((await sessionOf(claimed)).organisations.map(({ id }) => id)).not.toContain(userId)
  })

  test('an organisation is looked at as its members see it, and nothing in it can be changed', async () => {
    const member = await signUp(gateway, 'seen@example.com')
    const [organisation] = (await sessionOf(member)).organisations
    const id = organisation?.id ?? ''
    expect((await operator.post(`/api/admin/users/${id}/impersonate`, { reason: 'they asked' })).status).toBeLessThan(
      300,
    )
    expect((await sessionOf(operator)).impersonating).toEqual({
      ...{ user_id: id, email: 'seen@example.com', name: 'Ada Lovelace' },
    })
    expect((await operator.get('/api/me/balance')).status).toBe(200)
    expect((await operator.get(`/api/organisations/${id}/members`)).status).toBe(200)
    for (const [method, path, body] of [
      ['POST', '/api/me/keys', { name: 'mine' }],
      ['POST', '/api/me/redeem', { code: 'TG-AAAA-BBBB-CCCC-DDDD' }],
      ['PATCH', `/api/organisations/${id}`, { name: 'Mine' }],
      ['POST', `/api/organisations/${id}/invitations`, { role: 'owner' }],
      ['DELETE', `/api/organisations/${id}`],
      ['POST', '/api/organisations', { name: 'Mine' }],
    ] as const) {
      const refused = await operator.send(method, path, body)
      expect([path, refused.status]).toEqual([path, 403])
    }
    // The cookie alone, without the administrator behind it, is worth nothing.
    const thief = openBrowser(gateway.url)
    thief.cookies.set('tollgate.view', operator.cookies.get('tollgate.view') ?? '')
    expect((await thief.get('/api/me/balance')).status).toBe(401)
    viewer.cookies.set('tollgate.view', operator.cookies.get('tollgate.view') ?? '')
    expect((await sessionOf(viewer)).impersonating).toBeNull()
    viewer.cookies.delete('tollgate.view')
    must(204, await operator.send('DELETE', '/api/session/impersonation'))
    expect((await sessionOf(operator)).impersonating).toBeNull()
    must(204, await operator.send('DELETE', '/api/session'))
    expect((await operator.get('/api/admin/users')).status).toBe(401)
    expect(gateway.output()).not.toContain('"level":"error"')
  })
})

describe('the admin key in a browser', () => {
  test(
    'is forgotten where another takes its place',
    async () => {
      const dataFolder = mkdtempSync(join(tmpdir(), 'tollgate-accounts-'))
      const first = await startGateway({ dataFolder })
      const browser = openBrowser(first.url)
      must(200, await browser.post('/api/session/admin-key', { admin_key: first.adminKey }))
      expect((await browser.get('/api/admin/users')).status).toBe(200)
      await first.stop()
      const second = await startGateway({ dataFolder, config: { admin_key: 'another-key-of-the-tests-9876543210' } })
      const again = openBrowser(second.url)
      again.cookies.set('tollgate.operator', browser.cookies.get('tollgate.operator') ?? '')
      expect((await again.get('/api/admin/users')).status).toBe(401)
      await second.stop()
      rmSync(dataFolder, { recursive: true })
    },
    STAGE_MS,
  )
})
