import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { type Json, openBrowser } from './browser.ts'
import { must, openGateway, PASSWORD, sessionOf, signUp, STAGE_MS } from './stage.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway('sqlite', { sign_up: 'open' })
}, STAGE_MS)
afterAll(() => gateway.stop(), STAGE_MS)

interface Entry {
  readonly action: string
  readonly actor: string
  readonly address: string
  readonly subject: string | null
  readonly user_id: string | null
}

const entries = async (): Promise<readonly Entry[]> => {
  const answer = await gateway.call('GET', '/api/admin/audit-log?limit=200')
  return (answer.body as { data: Entry[] }).data
}

/** What is written down of an act, oldest first. */
const written = async (act: () => Promise<unknown>): Promise<readonly Entry[]> => {
  const before = (await entries()).length
  await act()
  const after = await entries()
  return after.slice(0, after.length - before).toReversed()
}

const asOperator = async () => {
  const browser = openBrowser(gateway.url)
  must(200, await browser.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
  return browser
}

test('a wrong admin key is written down, from where, and so many in a minute at most', async () => {
  const stranger = openBrowser(gateway.url)
  const wrong = () => stranger.post('/api/session/admin-key', { admin_key: 'wrong-wrong-wrong' })
  const [first] = await written(async () => must(401, await wrong()))
  expect(first).toMatchObject({ action: 'refuseAdminKey', actor: 'nobody', address: '127.0.0.1', user_id: null })
  const more = await written(async () => {
    for (let turn = 0; turn < 40; turn += 1) must(401, await wrong())
  })
  expect(more.length).toBeLessThan(40)
})

test('who ends looking at an organisation is written down where that can see it, and signing out is', async () => {
  const owner = await signUp(gateway, 'looked-at@example.com')
  const id = (await sessionOf(owner)).organisations[0]?.id ?? ''
  const operator = await asOperator()
  const look = async () => must(200, await operator.post(`/api/admin/users/${id}/impersonate`, {}))
  const ended = await written(async () => {
    await look()
    await operator.send('DELETE', '/api/session/impersonation')
    await operator.send('DELETE', '/api/session/impersonation')
  })
  const about = { user_id: id, subject: id, actor: 'admin_key' }
  expect(ended).toMatchObject([{ action: 'impersonateUser' }, { action: 'endImpersonation', ...about }])
  const left = await written(async () => {
    await look()
    await operator.send('DELETE', '/api/session')
    await openBrowser(gateway.url).send('DELETE', '/api/session')
  })
  expect(left.map(({ action }) => action)).toEqual(['impersonateUser', 'endImpersonation', 'signOut'])
  const seen = must(200, await owner.get(`/api/organisations/${id}/audit-log`)) as { data: Json[] }
  expect(seen.data.filter(({ action }) => action === 'endImpersonation')).toHaveLength(2)
})

test("an administrator's export of everybody's requests is written down, one's own is not", async () => {
  const owner = await signUp(gateway, 'exports@example.com')
  const made = await written(async () => {
    const headers = { authorization: `Bearer ${gateway.adminKey}` }
    expect((await fetch(`${gateway.url}/api/admin/requests.csv`, { headers })).status).toBe(200)
    await owner.get('/api/me/requests.csv')
  })
  expect(made).toMatchObject([{ action: 'exportRequests', actor: 'admin_key', user_id: null }])
})

test('what people do to their password and second factor is written down, and what is refused is not', async () => {
  const person = await signUp(gateway, 'changes@example.com')
  const id = (await sessionOf(person)).person?.id ?? ''
  const changed = await written(async () => {
    const wanted = { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` }
    await person.post('/api/auth/change-password', { ...wanted, currentPassword: 'not this one at all' })
    must(200, await person.post('/api/auth/change-password', wanted))
    must(200, await person.post('/api/auth/two-factor/enable', { password: `${PASSWORD} 2` }))
  })
  const who = { actor: id, subject: id, user_id: null }
  expect(changed).toMatchObject([
    { action: 'changePassword', ...who },
    { action: 'enableTwoFactor', ...who },
  ])
  expect(JSON.stringify(changed)).not.toContain(PASSWORD)
})

test('the use of a link to a new password is written down', async () => {
  const person = await signUp(gateway, 'forgets@example.com')
  const id = (await sessionOf(person)).person?.id ?? ''
  const used = await written(async () => {
    const { url } = (await gateway.call('POST', `/api/admin/people/${id}/reset-link`)).body as { url: string }
    const token = new URL(url).searchParams.get('token')
    must(
      200,
      await openBrowser(gateway.url).post('/api/auth/reset-password', { newPassword: 'another one it is', token }),
    )
  })
  expect(used).toMatchObject([
    { action: 'createResetLink', subject: id },
    { action: 'resetPassword', actor: id, subject: id, address: '127.0.0.1' },
  ])
})
