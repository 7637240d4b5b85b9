import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { type Browser, codeOf, type Json, openBrowser } from './browser.ts'
import { KINDS, must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

/// What somebody handed out ends with the right to hand it out; who signs out, or in as another, leaves nothing open.

const OTHER_PASSWORD = 'another horse, another battery'
type Role = 'owner' | 'admin' | 'viewer'

describe.each([...KINDS])('what was handed out, on %s', (kind) => {
  let gateway: Gateway
  let owner: Browser
  let id: string
  let count = 0
  beforeAll(async () => {
    gateway = await openGateway(kind, { sign_up: 'open' })
    owner = await signUp(gateway, 'owner@example.com')
    id = (await sessionOf(owner)).organisations[0]?.id ?? ''
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  const stranger = (): Promise<Browser> => {
    count += 1
    return signUp(gateway, `person${count}@example.com`)
  }
  const personOf = async (browser: Browser): Promise<string> => (await sessionOf(browser)).person?.id ?? ''
  const tokenOf = (made: Json): string => String(made['url']).split('/').at(-1) ?? ''
  const invite = async (by: Browser, role: Role): Promise<string> =>
    tokenOf(must(201, await by.post(`/api/organisations/${id}/invitations`, { role })))
  const accept = (browser: Browser, token: string) => browser.post(`/api/invitations/${token}/accept`)
  const member = async (role: Role): Promise<readonly [Browser, string]> => {
    const browser = await stranger()
    must(200, await accept(browser, await invite(owner, role)))
    return [browser, `/api/organisations/${id}/members/${await personOf(browser)}`]
  }

  test.each<[string, Role, Role, (path: string) => Promise<number>]>([
    ['admin who was removed', 'admin', 'admin', async (path) => (await owner.send('DELETE', path)).status],
    ['owner who was made an admin', 'owner', 'owner', async (path) => setRole(path, 'admin')],
    ['admin who was made a viewer', 'admin', 'viewer', async (path) => setRole(path, 'viewer')],
  ])('the invitation of an %s is none', async (_, role, given, lose) => {
    const [browser, path] = await member(role)
    const token = await invite(browser, given)
    expect(await lose(path)).toBeLessThan(300)
    const other = await stranger()
    expect((await other.get(`/api/invitations/${token}`)).status).toBe(404)
    expect((await accept(browser, token)).status).toBe(404)
    expect((await accept(other, token)).status).toBe(404)
  })

  const setRole = async (path: string, role: Role): Promise<number> =>
    (await owner.send('PATCH', path, { role })).status

  test('what a member may still give counts still', async () => {
    const [browser, path] = await member('owner')
    const token = await invite(browser, 'viewer')
    expect(await setRole(path, 'admin')).toBe(200)
    must(200, await accept(await stranger(), token))
  })

  test.each<[string, object]>([
    ['who is one no more', { administrator: false }],
    ['who is disabled', { disabled: true }],
  ])('invitations and links to a new password of an administrator %s are none', async (_, change) => {
    const [administrator, other] = [await stranger(), await stranger()]
    const [own, theirs] = [await personOf(administrator), await personOf(other)]
    must(200, (await asOperator('PATCH', `/api/admin/people/${own}`, { administrator: true })) as never)
    const link = must(201, await administrator.post(`/api/admin/people/${theirs}/reset-link`))
    const handOver = await administrator.post('/api/admin/invitations', { user_id: id })
    const token = tokenOf(must(201, handOver))
    must(200, (await asOperator('PATCH', `/api/admin/people/${own}`, change)) as never)
    expect((await accept(other, token)).status).toBe(404)
    const used = await reset(String(link['url']))
    expect([used.status, codeOf(used)]).toEqual([400, 'invalid_token'])
  })

  const asOperator = (method: string, path: string, body?: object) => gateway.call(method, path, body)
  const reset = (url: string) =>
    openBrowser(gateway.url).post('/api/auth/reset-password', {
      newPassword: OTHER_PASSWORD,
      token: new URL(url).searchParams.get('token'),
    })

  test('a new link to a new password, a new password, and a changed one end the links before', async () => {
    const person = await stranger()
    const path = `/api/admin/people/${await personOf(person)}/reset-link`
    const link = async () => String(((await asOperator('POST', path)).body as Json)['url'])
    const [first, second] = [await link(), await link()]
    expect((await reset(first)).status).toBe(400)
    expect((await reset(second)).status).toBe(200)
    const third = await link()
    const { email } = (await gateway.call('GET', path.replace('/reset-link', ''))).body as { email: string }
    must(200, await person.post('/api/auth/sign-in/email', { email, password: OTHER_PASSWORD }))
    const change = { currentPassword: OTHER_PASSWORD, newPassword: PASSWORD }
    must(200, await person.post('/api/auth/change-password', change))
    expect((await reset(third)).status).toBe(400)
  })

  test('of many organisations made at once, no more are there than one may own; being invited counts for none', async () => {
    const person = await stranger()
    const made = await Promise.all(
      Array.from({ length: 70 }, (_, each) => person.post('/api/organisations', { name: `Number ${each}` })),
    )
    expect(made.filter(({ status }) => status === 201).length).toBe(49)
    must(200, await accept(person, await invite(owner, 'viewer')))
    expect((await sessionOf(person)).organisations.length).toBe(51)
    const [busy] = await member('viewer')
    must(201, await busy.post('/api/organisations', { name: 'One' }))
  })

  test('one person makes so many invitations in a day, taken back or not', async () => {
    const person = await stranger()
    const own = (await sessionOf(person)).organisations[0]?.id ?? ''
    const path = `/api/organisations/${own}/invitations`
    const atOnce = await Promise.all(Array.from({ length: 110 }, () => person.post(path, { role: 'viewer' })))
    const made = atOnce.filter(({ status }) => status === 201)
    expect(made.length).toBe(100)
    must(204, await person.send('DELETE', `${path}/${String(made[0]?.body['id'])}`))
    expect((await person.post(path, { role: 'viewer' })).status).toBe(429)
    expect((await person.get(`${path}?limit=200`)).body['data']).toHaveLength(99)
  })

  test.each(['/api/auth/sign-out', '/api/auth/revoke-sessions'])('%s ends what the admin key opened', async (path) => {
    const browser = await stranger()
    must(200, await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
    const operated = browser.cookies.get('tollgate.operator') ?? ''
    must(200, await browser.post(path))
    expect([browser.cookies.has('tollgate.operator'), (await browser.get('/api/admin/users')).status]).toEqual([
      false,
      401,
    ])
    browser.cookies.set('tollgate.operator', operated)
    expect((await browser.get('/api/admin/users')).status).toBe(401)
  })

  test('who signs in as another gets nothing that the admin key opened; one’s own new password ends nothing', async () => {
    const browser = await stranger()
    must(200, await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
    must(200, await browser.post(`/api/admin/users/${id}/impersonate`, { reason: 'they asked' }))
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD }
    must(200, await browser.post('/api/auth/change-password', change))
    expect((await sessionOf(browser)).operator).toBe(true)
    must(200, await browser.post('/api/auth/sign-in/email', { email: 'owner@example.com', password: PASSWORD }))
    const session = await sessionOf(browser)
    expect([session.person?.email, session.operator, session.impersonating]).toEqual(['owner@example.com', false, null])
    expect((await browser.get('/api/admin/users')).status).toBe(403)
  })
})
