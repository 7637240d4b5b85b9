import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { type Browser, codeOf, type Json, openBrowser } from './browser.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { CHANGES, EVERYONE, LOOKS, type Role, ROLES } from './permissions.ts'
import { KINDS, must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

/** Streams that do not end by themselves. */
const ENDLESS = ['GET /api/me/requests/live']
const CLOSING = 'DELETE /api/organisations/{id}'

describe.each([...KINDS])('organisations, on %s', (kind) => {
  let mailbox: Mailbox
  let gateway: Gateway
  let owner: Browser
  let id: string
  const members = new Map<Role, Browser>()
  beforeAll(async () => {
    mailbox = await openMailbox()
    gateway = await openGateway(kind, { sign_up: 'invited' }, mailbox)
    const invitation = (await gateway.call('POST', '/api/admin/invitations', { email: 'owner@example.com' }))
      .body as Json
    const token = String(invitation['url']).split('/').at(-1) ?? ''
    expect((await mailbox.link('owner@example.com', '/invite/')).pathname).toBe(`/invite/${token}`)
    owner = await signUp(gateway, 'owner@example.com', { mailbox, invitation: token, name: 'Olive Owner' })
    id = String(must(201, await owner.post('/api/organisations', { name: 'Analytical Engines' }))['id'])
    members.set('owner', owner)
    for (const role of ROLES.slice(1)) members.set(role, await joined(role))
  }, STAGE_MS)
  afterAll(async () => {
    await gateway.stop()
    await mailbox.stop()
  })

  /** Invited by mail, signed up by its link, proven, accepted. */
  const joined = async (role: Role, email = `${role}@example.com`): Promise<Browser> => {
    must(201, await owner.post(`/api/organisations/${id}/invitations`, { email, role }))
    const token = (await mailbox.link(email, '/invite/')).pathname.split('/').at(-1) ?? ''
    const browser = openBrowser(gateway.url)
    expect(must(200, await browser.get(`/api/invitations/${token}`))).toMatchObject({
      organisation: { id, name: 'Analytical Engines' },
      ...{ email, role },
    })
    const wanted = { name: `The ${role}`, email, password: PASSWORD, callbackURL: `/invite/${token}` }
    must(200, await browser.post('/api/auth/sign-up/email', wanted, { 'x-tollgate-invitation': token }))
    const verify = await mailbox.link(email, '/verify')
    expect(verify.searchParams.get('next')).toBe(`/invite/${token}`)
    must(200, await browser.get(`/api/auth/verify-email?token=${verify.searchParams.get('token')}`))
    must(200, await browser.post('/api/auth/sign-in/email', { email, password: PASSWORD }))
    must(200, await browser.post(`/api/invitations/${token}/accept`))
    return browser
  }

  const as = (role: Role): Browser => members.get(role) ?? owner
  const inIt = { 'x-tollgate-organisation': '' }

  test('nobody signs up without an invitation, with one for another address, or with one that was used', async () => {
    const browser = openBrowser(gateway.url)
    const wanted = { name: 'Mallory', email: 'mallory@example.com', password: PASSWORD }
    const refused = await browser.post('/api/auth/sign-up/email', wanted)
    expect([refused.status, codeOf(refused)]).toEqual([403, 'role_not_allowed'])
    const other = (await gateway.call('POST', '/api/admin/invitations', { email: 'eve@example.com' })).body as Json
    const token = String(other['url']).split('/').at(-1) ?? ''
    const withOther = await browser.post('/api/auth/sign-up/email', wanted, { 'x-tollgate-invitation': token })
    expect(withOther.status).toBe(403)
    const open = (await gateway.call('POST', '/api/admin/invitations', {})).body as Json
    const once = String(open['url']).split('/').at(-1) ?? ''
    const linda = { ...wanted, email: 'linda@example.com' }
    const withLink = await browser.post('/api/auth/sign-up/email', linda, { 'x-tollgate-invitation': once })
    expect(withLink.status).toBe(200)
    const again = await browser.post('/api/auth/sign-up/email', wanted, { 'x-tollgate-invitation': once })
    expect(again.status).toBe(403)
  })

  test(
    'each role may do what it may, in every call there is',
    async () => {
      inIt['x-tollgate-organisation'] = id
      const { paths } = (await (await fetch(`${gateway.url}/api/openapi.json`)).json()) as {
        paths: Record<string, object>
      }
      const viewer = (await sessionOf(as('viewer'))).person?.id ?? ''
      const calls = Object.entries(paths).flatMap(([path, methods]) =>
        /^\/api\/(?:me|organisations)(?:\/|$)/.test(path)
          ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
          : [],
      )
      expect(calls.length).toBeGreaterThan(15)
      const changing = calls.filter((call) => !call.startsWith('GET ') && CHANGES[call] === undefined)
      expect(changing).toEqual([])
      const wrong: string[] = []
      for (const call of calls.filter((one) => !ENDLESS.includes(one)))
        for (const role of ROLES.filter((one) => call !== CLOSING || one !== 'owner')) {
          const [method = '', template = ''] = call.split(' ')
          const [roles, body] = CHANGES[call] ?? [LOOKS[call] ?? EVERYONE]
          // The viewer is who is removed, by whoever may: what others may is tried on somebody who is not there.
          const person = method === 'GET' ? viewer : 'person_of_nobody'
          const path = template
            .replace('/organisations/{id}', `/organisations/${id}`)
            .replace('{person_id}', person)
            .replace(/\{[^}]+\}/g, 'nothing')
          const { status } = await as(role).send(method, path, body, inIt)
          const isRefused = status === 403
          if (isRefused === roles.includes(role) || status === 401 || status >= 500)
            wrong.push(`${role} ${call}: ${status}`)
        }
      expect(wrong).toEqual([])
    },
    STAGE_MS,
  )

  test('only owners make owners, and there is always one', async () => {
    const people = new Map<Role, string>()
    for (const role of ROLES) people.set(role, (await sessionOf(as(role))).person?.id ?? '')
    const member = (role: Role) => `/api/organisations/${id}/members/${people.get(role)}`
    expect((await as('admin').send('PATCH', member('admin'), { role: 'owner' })).status).toBe(403)
    expect((await as('admin').send('PATCH', member('owner'), { role: 'viewer' })).status).toBe(403)
    expect((await as('admin').send('DELETE', member('owner'))).status).toBe(403)
    const invited = await as('admin').post(`/api/organisations/${id}/invitations`, { role: 'owner' })
    expect(invited.status).toBe(403)
    const last = await as('owner').send('DELETE', member('owner'))
    expect([last.status, codeOf(last)]).toEqual([409, 'conflict'])
    expect((await as('owner').send('PATCH', member('owner'), { role: 'admin' })).status).toBe(409)
    must(200, await as('owner').send('PATCH', member('admin'), { role: 'owner' }))
    must(200, await as('admin').send('PATCH', member('owner'), { role: 'viewer' }))
    expect((await as('owner').get(`/api/organisations/${id}/invitations`)).status).toBe(403)
    must(200, await as('admin').send('PATCH', member('owner'), { role: 'owner' }))
    must(200, await as('owner').send('PATCH', member('admin'), { role: 'admin' }))
  })

  test('an organisation is there for its members alone, and a key enters none', async () => {
    const open = (await gateway.call('POST', '/api/admin/invitations', {})).body as Json
    const token = String(open['url']).split('/').at(-1) ?? ''
    const stranger = await signUp(gateway, 'stranger@example.com', { mailbox, invitation: token })
    for (const path of ['', '/members', '/invitations', '/audit-log'])
      expect((await stranger.get(`/api/organisations/${id}${path}`)).status).toBe(404)
    const balance = await stranger.get('/api/me/balance', { 'x-tollgate-organisation': id })
    expect([balance.status, codeOf(balance)]).toEqual([403, 'role_not_allowed'])
    const { key } = await gateway.createKey({ user_id: id })
    const byKey = openBrowser(gateway.url)
    expect((await byKey.get(`/api/organisations/${id}`, { authorization: `Bearer ${key}` })).status).toBe(401)
    expect((await byKey.get('/api/me/balance', { authorization: `Bearer ${key}` })).status).toBe(200)
  })

  test('an invitation is for one address, counts once, and can be taken back', async () => {
    const path = `/api/organisations/${id}/invitations`
    const made = must(201, await as('admin').post(path, { email: 'late@example.com', role: 'viewer' }))
    expect(made).toMatchObject({ sent: true, role: 'viewer', invited_by: 'admin@example.com' })
    const token = String(made['url']).split('/').at(-1)
    const wrongPerson = await as('viewer').post(`/api/invitations/${token}/accept`)
    expect([wrongPerson.status, codeOf(wrongPerson)]).toEqual([403, 'role_not_allowed'])
    must(204, await as('admin').send('DELETE', `${path}/${String(made['id'])}`))
    expect((await as('viewer').get(`/api/invitations/${token}`)).status).toBe(404)
    const late = await joined('viewer', 'later@example.com')
    const letter = mailbox.letters
      .filter(({ to, text }) => to === 'later@example.com' && text.includes('/invite/'))
      .at(-1)
    const used = /\/invite\/([\w-]+)/.exec(letter?.text ?? '')?.[1]
    expect((await late.post(`/api/invitations/${used}/accept`)).status).toBe(404)
    const person = (await sessionOf(late)).person?.id
    must(204, await late.send('DELETE', `/api/organisations/${id}/members/${person}`))
    expect((await late.get(`/api/organisations/${id}`)).status).toBe(404)
  })

  test('what members did is in the log, by whom and from where', async () => {
    const { data } = must(200, await as('admin').get(`/api/organisations/${id}/audit-log?limit=200`)) as {
      data: Json[]
    }
    const actions = new Set(data.map((entry) => entry['action']))
    for (const action of ['createOrganisation', 'createInvitation', 'acceptInvitation', 'updateMember', 'removeMember'])
      expect(actions).toContain(action)
    const change = data.find((entry) => entry['action'] === 'updateMember')
    expect(change).toMatchObject({ actor_name: 'owner@example.com', address: '127.0.0.1', user_id: id })
    expect(change?.['before']).toEqual({ role: 'owner' })
    expect(change?.['after']).toEqual({ role: 'admin' })
  })

  test('an organisation that has ended has no members and no keys', async () => {
    const { key } = await gateway.createKey({ user_id: id })
    must(204, await as('owner').send('DELETE', `/api/organisations/${id}`))
    expect((await as('owner').get(`/api/organisations/${id}`)).status).toBe(404)
    expect((await sessionOf(as('viewer'))).organisations.map((one) => one.id)).not.toContain(id)
    const byKey = openBrowser(gateway.url)
    expect((await byKey.get('/api/me/balance', { authorization: `Bearer ${key}` })).status).toBe(401)
    expect(gateway.output()).not.toContain('"level":"error"')
  })
})
