import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { ask, type Customer, download, KINDS, must, openCustomer, openStage, STAGE_MS } from './stage.ts'

const CONFIG = {
  groups: { vip: { multiplier: '0.5' }, staff: {} },
  plans: { small: { discount: '0', rpm: 60 } },
  channels: [{ id: 'all', provider: 'demo', groups: ['default', 'vip', 'staff'] }],
}

describe.each([...KINDS])('keys and projects of an organisation, on %s', (kind) => {
  let gateway: Gateway
  let ada: Customer
  let eve: Customer
  beforeAll(async () => {
    gateway = await openStage(kind, CONFIG)
    ada = await openCustomer(gateway, 'ada@example.com')
    eve = await openCustomer(gateway, 'eve@example.com')
  }, STAGE_MS)
  afterAll(() => gateway.stop())

  test('a key that a member makes works, and its secret is shown once', async () => {
    expect((await ask(gateway, ada.key)).status).toBe(200)
    const listed = must(200, await ada.browser.get('/api/me/keys'))
    expect(listed).toMatchObject({ data: [{ id: ada.keyId, user_id: ada.userId, name: 'first', group: 'default' }] })
    expect(JSON.stringify(listed)).not.toContain(ada.key)
    expect(must(200, await ada.browser.get(`/api/me/keys/${ada.keyId}`))).toMatchObject({ id: ada.keyId })
  })

  test('is changed, rotated with an overlap, and revoked for good', async () => {
    const made = must(201, await ada.browser.post('/api/me/keys', { name: 'second', budget_usd: '1' }))
    const path = `/api/me/keys/${String(made['id'])}`
    const changed = must(200, await ada.browser.send('PATCH', path, { name: 'renamed', budget_usd: null, rpm: 5 }))
    expect(changed).toMatchObject({ name: 'renamed', budget_usd: null, rpm: 5 })
    const rotated = must(200, await ada.browser.post(`${path}/rotate`, { overlap: '10m' }))
    for (const key of [made['key'], rotated['key']]) expect((await ask(gateway, String(key))).status).toBe(200)
    expect(must(200, await ada.browser.send('DELETE', path))).toMatchObject({ state: 'revoked' })
    for (const key of [made['key'], rotated['key']]) expect((await ask(gateway, String(key))).status).toBe(401)
    const log = must(200, await ada.browser.get(`/api/organisations/${ada.userId}/audit-log`))
    const actions = (log['data'] as { action: string; subject: string }[]).filter(
      ({ subject }) => subject === made['id'],
    )
    expect(actions.map(({ action }) => action)).toEqual(['revokeKey', 'rotateKey', 'updateKey', 'createKey'])
  })

  test('what is somebody else’s is not told from what does not exist', async () => {
    const project = must(201, await eve.browser.post('/api/me/projects', { name: 'hers' }))['id']
    const everybodys = (await gateway.call('POST', '/api/admin/projects', { name: 'everybody’s' })).body as {
      id: string
    }
    const nobodys = `project_${'0'.repeat(26)}`
    const calls: readonly (readonly [method: string, path: (id: string) => string, body?: object])[] = [
      ['GET', (id) => `/api/me/keys/${id}`],
      ['PATCH', (id) => `/api/me/keys/${id}`, { name: 'mine' }],
      ['DELETE', (id) => `/api/me/keys/${id}`],
      ['POST', (id) => `/api/me/keys/${id}/rotate`, {}],
    ]
    for (const [method, path, body] of calls)
      for (const id of [eve.keyId, 'key_nobody'])
        expect([method, (await ada.browser.send(method, path(id), body)).status]).toEqual([method, 404])
    for (const id of [String(project), everybodys.id, nobodys]) {
      for (const [method, body] of [['GET'], ['PATCH', { name: 'mine' }], ['DELETE']] as const)
        expect([id, method, (await ada.browser.send(method, `/api/me/projects/${id}`, body)).status]).toEqual([
          id,
          method,
          404,
        ])
      const named = await ada.browser.post('/api/me/keys', { name: 'x', project_id: id })
      expect([named.status, named.body['error']]).toMatchObject([404, { param: 'project_id' }])
    }
    expect((await ask(gateway, eve.key)).status).toBe(200)
    expect(JSON.stringify(must(200, await ada.browser.get('/api/me/keys')))).not.toContain(eve.keyId)
    expect(must(200, await ada.browser.get('/api/me/projects'))).toMatchObject({ data: [] })
  })

  test('a label that other keys may share is no project, and labels are not for members to set', async () => {
    const calls = [
      [{ project_id: 'crawler' }, 404],
      [{ labels: ['internal'] }, 400],
      [{ user_id: eve.userId }, 400],
    ] as const
    for (const [more, status] of calls)
      expect([more, (await ada.browser.post('/api/me/keys', { name: 'x', ...more })).status]).toEqual([more, status])
    expect((await ada.browser.send('PATCH', `/api/me/keys/${ada.keyId}`, { labels: ['internal'] })).status).toBe(400)
  })

  test('a group is theirs once an administrator gave them a key of it', async () => {
    const groups = async () =>
      (must(200, await ada.browser.get('/api/me/groups'))['data'] as { id: string }[]).map(({ id }) => id)
    expect(await groups()).toEqual(['default'])
    const refused = await ada.browser.post('/api/me/keys', { name: 'x', group: 'vip' })
    expect([refused.status, refused.body['error']]).toMatchObject([400, { param: 'group' }])
    const given = await gateway.createKey({ user_id: ada.userId, group: 'vip' })
    expect(await groups()).toEqual(['default', 'vip'])
    const made = must(201, await ada.browser.post('/api/me/keys', { name: 'x', group: 'vip' }))
    expect(made).toMatchObject({ group: 'vip' })
    expect((await eve.browser.post('/api/me/keys', { name: 'x', group: 'vip' })).status).toBe(400)
    // Their own key of it keeps them no access to it.
    must(200, (await gateway.call('DELETE', `/api/admin/keys/${given.id}`)) as never)
    expect(await groups()).toEqual(['default'])
    expect((await ada.browser.post('/api/me/keys', { name: 'y', group: 'vip' })).status).toBe(400)
    await ada.browser.send('DELETE', `/api/me/keys/${made['id']}`)
  })

  test('of a key that an operator made members change the name, and nothing that was set', async () => {
    const limits = { rpm: 5, models: ['demo'], ip_allow: ['10.0.0.0/8'], budget_usd: '3', budgets: { day: '1.00' } }
    const { id } = await gateway.createKey({ user_id: ada.userId, expires_at: '2099-01-01T00:00:00Z', ...limits })
    const path = `/api/me/keys/${id}`
    const lifted = [
      ...[{ rpm: null }, { rpm: 6 }, { tpm: 9 }, { models: null }, { models: ['demo', 'x'] }, { ip_allow: null }],
      ...[{ budget_usd: null }, { budgets: { day: null } }, { budgets: { week: '9' } }, { expires_at: null }],
    ]
    for (const change of lifted) {
      const refused = await ada.browser.send('PATCH', path, { name: 'mine', ...change })
      const [param] = Object.keys(change).map((field) => (field === 'budget_usd' ? 'budgets' : field))
      expect([change, refused.status, refused.body['error']]).toMatchObject([change, 403, { param }])
    }
    const same = { ...limits, expires_at: '2099-01-01T00:00:00Z' }
    const renamed = must(200, await ada.browser.send('PATCH', path, { name: 'mine', ...same }))
    expect(renamed).toMatchObject({ name: 'mine', made_by: 'operator', rpm: 5, ip_allow: ['10.0.0.0/8'] })
    expect(must(200, await ada.browser.post(`${path}/rotate`, {}))).toMatchObject({ rpm: 5, made_by: 'operator' })
    expect(must(200, await ada.browser.send('DELETE', path))).toMatchObject({ state: 'revoked' })
    const own = must(200, await ada.browser.get(`/api/me/keys/${ada.keyId}`))
    expect(own).toMatchObject({ made_by: 'member' })
  })

  test('no limit of a key is above what the plan gives', async () => {
    await gateway.call('PATCH', `/api/admin/users/${eve.userId}`, { plan: 'small' })
    const above = await eve.browser.post('/api/me/keys', { name: 'x', rpm: 61 })
    expect([above.status, above.body['error']]).toMatchObject([400, { param: 'rpm' }])
    expect((await eve.browser.send('PATCH', `/api/me/keys/${eve.keyId}`, { rpm: 61 })).status).toBe(400)
    must(201, await eve.browser.post('/api/me/keys', { name: 'x', rpm: 60 }))
    await gateway.call('PATCH', `/api/admin/users/${eve.userId}`, { plan: null })
  })

  test('a project is made, changed, and ended with its keys', async () => {
    const project = must(201, await ada.browser.post('/api/me/projects', { name: 'search', budget_usd: '5' }))
    expect(project).toMatchObject({ name: 'search', user_id: ada.userId, budget_usd: '5.000000000' })
    const path = `/api/me/projects/${String(project['id'])}`
    expect(must(200, await ada.browser.send('PATCH', path, { name: 'found' }))).toMatchObject({ name: 'found' })
    const key = must(201, await ada.browser.post('/api/me/keys', { name: 'x', project_id: project['id'] }))
    expect((await ask(gateway, String(key['key']))).status).toBe(200)
    expect(must(200, await ada.browser.send('DELETE', path))).toMatchObject({ archived_at: expect.any(String) })
    expect((await ask(gateway, String(key['key']))).status).toBe(401)
    expect((await ada.browser.post('/api/me/keys', { name: 'x', project_id: project['id'] })).status).toBe(400)
  })

  test('a key makes no other, and changes none', async () => {
    const headers = { authorization: `Bearer ${ada.key}`, 'content-type': 'application/json' }
    const made = await fetch(`${gateway.url}/api/me/keys`, { method: 'POST', headers, body: '{"name":"x"}' })
    expect([made.status, await made.json()]).toMatchObject([403, { error: { code: 'scope_not_allowed' } }])
    expect((await fetch(`${gateway.url}/api/me/keys/${ada.keyId}`, { method: 'DELETE', headers })).status).toBe(403)
    expect((await fetch(`${gateway.url}/api/me/keys`, { headers })).status).toBe(200)
  })

  test('the models of each group are listed with what they cost there', async () => {
    interface Listed {
      readonly data: readonly {
        readonly id: string
        readonly own_pricing: readonly { readonly group: string; readonly pricing: { readonly input: string } }[]
      }[]
    }
    const priceIn = ({ data }: Listed) => data.find(({ id }) => id === 'demo')?.own_pricing[0]
    const signedIn = priceIn(must(200, await ada.browser.get('/api/me/models')) as unknown as Listed)
    const { key } = await gateway.createKey({ user_id: ada.userId, group: 'vip', models: ['demo'] })
    const listed = (await (await download(gateway, '/api/me/models', key)).json()) as Listed
    expect(listed.data.length).toBe(1)
    expect([signedIn?.group, priceIn(listed)?.group]).toEqual(['default', 'vip'])
    expect(Number(priceIn(listed)?.pricing.input) * 2).toBeCloseTo(Number(signedIn?.pricing.input), 9)
  })
})
