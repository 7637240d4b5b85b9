import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { openControlPlane } from '../../src/http/admin/testing/open.ts'
import { AUTH_CALLS } from '../../src/http/admin/session-calls.ts'
import { openBrowser } from '../accounts/browser.ts'
import { sessionOf, signUp } from '../accounts/stage.ts'
import { DATABASES } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { sourceFiles } from '../tidy/files.ts'
import { ask, called, type Json, placeFor, STAGE_MS, startOn, startVendor, type Vendor } from './stage.ts'

interface Call {
  /** With what stands in braces filled in. */
  readonly path: string
  readonly body?: unknown
}
/** What earlier calls made, by whoever made it. */
type Made = Map<string, Json>
type Plan = (made: Made) => Call

const id = (made: Made, by: string, member = 'id'): string => String(made.get(by)?.[member])
/** The one code that was made. */
const codeIn = (made: Made): Json => (made.get('createRedemptionCodes')?.['data'] as Json[] | undefined)?.[0] ?? {}
const LATER = '2099-01-01T00:00:00Z'
const VENDOR_KEY = 'vendor-secret-that-nobody-may-read'

/**
 * How each call that changes something is made, in an order in which they succeed. What is not here fails the test: whoever
 * adds a call says here how it is made, and finds that it is written down.
 */
const CALLS: Readonly<Record<string, Plan>> = {
  createUser: () => ({ path: 'users', body: { email: 'audited@example.com' } }),
  updateUser: (made) => ({ path: `users/${id(made, 'createUser')}`, body: { rate_multiplier: '0.9' } }),
  addCredit: (made) => ({
    path: `users/${id(made, 'createUser')}/credits`,
    body: { amount_usd: '50', reason: 'invoice 1', idempotency_key: 'invoice-1' },
  }),
  createPlan: () => ({ path: 'plans', body: { id: 'gold', discount: '0.1', price_usd: '5' } }),
  updatePlan: () => ({ path: 'plans/gold', body: { rpm: 100 } }),
  purchasePlan: (made) => ({
    path: `users/${id(made, 'createUser')}/plan-purchase`,
    body: { plan: 'gold', idempotency_key: 'gold-1' },
  }),
  createRedemptionCodes: () => ({ path: 'redemption-codes', body: { amount_usd: '1' } }),
  revokeRedemptionCode: (made) => ({
    path: `redemption-codes/${String(codeIn(made)['id'])}`,
  }),
  createProject: (made) => ({ path: 'projects', body: { name: 'search', user_id: id(made, 'createUser') } }),
  updateProject: (made) => ({ path: `projects/${id(made, 'createProject')}`, body: { budget_usd: '3' } }),
  createKey: (made) => ({ path: 'keys', body: { user_id: id(made, 'createUser'), name: 'laptop' } }),
  updateKey: (made) => ({ path: `keys/${id(made, 'createKey')}`, body: { rpm: 60 } }),
  rotateKey: (made) => ({ path: `keys/${id(made, 'createKey')}/rotate`, body: { overlap: '1h' } }),
  refundRequest: (made) => ({
    path: `requests/${id(made, 'a request', 'request_id')}/refund`,
    body: { reason: 'wrong model', idempotency_key: 'refund-1' },
  }),
  revokeKey: (made) => ({ path: `keys/${id(made, 'createKey')}` }),
  archiveProject: (made) => ({ path: `projects/${id(made, 'createProject')}` }),
  rotateReceiptKey: () => ({ path: 'receipt-keys' }),
  createReconciliation: () => ({
    path: 'reconciliations',
    body: {
      provider: 'house',
      content: JSON.stringify({
        ...{ object: 'page', has_more: false, next_page: null },
        data: [
          {
            ...{ object: 'bucket', start_time: 1_794_960_000, end_time: 1_795_046_400 },
            results: [
              { object: 'organization.usage.completions.result', model: 'x', input_tokens: 1, output_tokens: 1 },
            ],
          },
        ],
      }),
    },
  }),
  setModelPrice: () => ({
    path: 'models/house%2Fsmall/price',
    body: { input: '3', output: '4', effective_from: LATER },
  }),
  withdrawModelPrice: (made) => ({ path: `models/house%2Fsmall/prices/${id(made, 'setModelPrice')}` }),
  createPrice: () => ({
    path: 'prices',
    body: { model: 'house/large', input: '3', output: '4', effective_from: LATER, reason: 'a new list' },
  }),
  updatePrice: (made) => ({ path: `prices/${id(made, 'createPrice')}`, body: { input: '5' } }),
  withdrawPrice: (made) => ({ path: `prices/${id(made, 'updatePrice')}` }),
  createProvider: () => ({
    path: 'providers',
    body: { id: 'other', kind: 'openai-compatible', base_url: 'http://127.0.0.1:1/v1', keys: [VENDOR_KEY] },
  }),
  updateProvider: () => ({ path: 'providers/other', body: { models: ['x'] } }),
  addProviderKey: () => ({ path: 'providers/other/keys', body: { id: 'second', key: `${VENDOR_KEY}-2` } }),
  updateProviderKey: () => ({ path: 'providers/other/keys/second', body: { weight: 2, key: `${VENDOR_KEY}-3` } }),
  testProvider: () => ({ path: 'providers/other/test' }),
  deleteProviderKey: () => ({ path: 'providers/other/keys/second' }),
  pauseProvider: () => ({ path: 'providers/house/pause', body: { reason: 'invoice unpaid' } }),
  acknowledgeAlertEvent: (made) => ({ path: `alerts/events/${id(made, 'an event')}/acknowledge` }),
  resumeProvider: () => ({ path: 'providers/house/resume' }),
  resumeSubject: () => ({ path: 'health/resume', body: { subject: 'key:house/1' } }),
  createGroup: () => ({ path: 'groups', body: { id: 'team', multiplier: '2' } }),
  updateGroup: () => ({ path: 'groups/team', body: { multiplier: '3' } }),
  createChannel: () => ({ path: 'channels', body: { id: 'one', provider: 'house', groups: ['team', 'default'] } }),
  updateChannel: () => ({ path: 'channels/one', body: { weight: 2 } }),
  deleteChannel: () => ({ path: 'channels/one' }),
  deleteGroup: () => ({ path: 'groups/team' }),
  deleteProvider: () => ({ path: 'providers/other' }),
  createAlias: () => ({ path: 'aliases', body: { id: 'fast', model: 'house/small' } }),
  updateAlias: () => ({ path: 'aliases/fast', body: { model: 'house/large' } }),
  deleteAlias: () => ({ path: 'aliases/fast' }),
  createRetiredName: () => ({ path: 'retired', body: { id: 'old', successor: 'house/small' } }),
  updateRetiredName: () => ({ path: 'retired/old', body: { successor: 'house/large' } }),
  deleteRetiredName: () => ({ path: 'retired/old' }),
  reloadConfiguration: () => ({ path: 'reload' }),
  createAlert: () => ({ path: 'alerts', body: { name: 'Paused', kind: 'provider_paused' } }),
  updateAlert: (made) => ({
    path: `alerts/${id(made, 'createAlert')}`,
    body: { name: 'A pause', rotate_secret: true },
  }),
  testAlert: (made) => ({ path: `alerts/${id(made, 'createAlert')}/test` }),
  deleteAlert: (made) => ({ path: `alerts/${id(made, 'createAlert')}` }),
  updatePerson: (made) => ({
    path: `people/${id(made, 'a person')}`,
    body: { administrator: true, reason: 'on call' },
  }),
  createResetLink: (made) => ({ path: `people/${id(made, 'a person')}/reset-link` }),
  resetSecondFactor: (made) => ({ path: `people/${id(made, 'a person')}/second-factor` }),
  endSessionOfPerson: (made) => ({
    path: `people/${id(made, 'somebody else')}/sessions/${id(made, 'somebody else', 'session_id')}`,
  }),
  endSessionsOfPerson: (made) => ({ path: `people/${id(made, 'somebody else')}/sessions` }),
  createOperatorInvitation: () => ({ path: 'invitations', body: { email: 'new@example.com' } }),
  removeOperatorInvitation: (made) => ({ path: `invitations/${id(made, 'createOperatorInvitation')}` }),
  impersonateUser: (made) => ({ path: `users/${id(made, 'createUser')}/impersonate`, body: { reason: 'ticket 4711' } }),
  // Somebody has the plan until then.
  deletePlan: () => ({ path: 'plans/gold' }),
}
/** Calls that only look, although they are made by `POST`. */
const LOOKS = ['previewPrice', 'tryRules']

interface Operation {
  readonly operationId: string
  readonly method: string
  readonly path: string
}

describe.each(DATABASES)('the audit log, on %s', (kind) => {
  let vendor: Vendor
  let gateway: Gateway
  let operations: readonly Operation[] = []
  const made: Made = new Map()
  const browsers: { admin?: ReturnType<typeof openBrowser>; person?: ReturnType<typeof openBrowser> } = {}
  beforeAll(async () => {
    vendor = startVendor()
    gateway = await startOn(await placeFor(kind), vendor, { accounts: { sign_up: 'open' } })
    const described = (await (await fetch(`${gateway.url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>
    }
    operations = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { operationId }]) =>
        path.startsWith('/api/admin/') && method !== 'get' ? [{ operationId, method: method.toUpperCase(), path }] : [],
      ),
    )
    browsers.admin = openBrowser(gateway.url)
    const entered = await browsers.admin.post('/api/session/admin-key', { admin_key: gateway.adminKey })
    expect([entered.status, entered.body['operator']]).toEqual([200, true])
    browsers.person = await signUp(gateway, 'grace@example.com', { name: 'Grace' })
  }, STAGE_MS)
  afterAll(async () => {
    await gateway?.stop()
    vendor?.stop()
  }, STAGE_MS)

  /** Needs of a call that no call of the list makes. */
  const prepare = async (operationId: string): Promise<void> => {
    if (operationId === 'refundRequest') {
      const { key } = await gateway.createKey({ user_id: id(made, 'createUser') })
      expect(await ask(gateway, key)).toBe(200)
      const [receipt] = await gateway.requests({ user_id: id(made, 'createUser') })
      made.set('a request', { request_id: receipt?.request_id })
    }
    if (operationId === 'acknowledgeAlertEvent') {
      await called(gateway, 201, 'POST', 'alerts', { name: 'Another', kind: 'provider_paused' })
      const events = async () => (await called<{ data: Json[] }>(gateway, 200, 'GET', 'alerts/events')).data
      await until('an event', async () => (await events()).length > 0)
      made.set('an event', (await events())[0] ?? {})
    }
    if (operationId === 'updatePerson') {
      const { data } = await called<{ data: Json[] }>(gateway, 200, 'GET', 'people?q=grace')
      made.set('a person', data[0] ?? {})
    }
    if (operationId === 'endSessionOfPerson') {
      const browser = await signUp(gateway, 'elsewhere@example.com')
      const { person, session_id } = await sessionOf(browser)
      made.set('somebody else', { id: person?.id, session_id })
    }
    if (operationId === 'deletePlan')
      await called(gateway, 200, 'PATCH', `users/${id(made, 'createUser')}`, { plan: null })
  }

  test('has an entry for every call that changes something, and every such call is tried here', async () => {
    const known = operations.map(({ operationId }) => operationId).filter((name) => !LOOKS.includes(name))
    expect(known.toSorted()).toEqual(Object.keys(CALLS).toSorted())
    const untold: string[] = []
    for (const [operationId, plan] of Object.entries(CALLS)) {
      await prepare(operationId)
      const { path, body } = plan(made)
      const operation = operations.find((each) => each.operationId === operationId)
      // By cookie, as the console calls: only so can a browser be made to look through somebody's eyes.
      const answer = await browsers.admin?.send(operation?.method ?? '', `/api/admin/${path}`, body)
      if (!answer || answer.status >= 300) throw new Error(`${operationId}: ${JSON.stringify(answer?.body)}`)
      made.set(operationId, answer.body)
      const requestId = answer.headers.get('x-request-id')
      const { data } = await called<{ data: Json[] }>(gateway, 200, 'GET', 'audit-log?limit=5')
      const entry = data.find((each) => each['request_id'] === requestId)
      if (!entry || entry['actor'] !== 'admin_key' || entry['address'] !== '127.0.0.1') untold.push(operationId)
      if (operationId === 'impersonateUser') await browsers.admin?.send('DELETE', '/api/session/impersonation')
    }
    expect(untold).toEqual([])
  }, 120_000)

  const entries = async (query: string) =>
    (await called<{ data: Json[] }>(gateway, 200, 'GET', `audit-log?${query}`)).data

  test('says what it was before and after, and why', async () => {
    expect(await entries('action=updateUser&limit=200')).toContainEqual(
      expect.objectContaining({
        ...{ subject: id(made, 'createUser'), user_id: id(made, 'createUser') },
        ...{ before: { rate_multiplier: '1' }, after: { rate_multiplier: '0.9' } },
      }),
    )
    expect(await entries('action=updateGroup')).toMatchObject([
      { subject: 'team', before: { multiplier: '2' }, after: { multiplier: '3' } },
    ])
    expect(await entries('action=updateProviderKey')).toMatchObject([
      { subject: 'other/second', before: { weight: 1 }, after: { weight: 2 } },
    ])
    expect(await entries('action=pauseProvider')).toMatchObject([{ subject: 'house', reason: 'invoice unpaid' }])
    expect(await entries('action=addCredit')).toMatchObject([
      { after: { amount_usd: '50.000000000', posted_usd: '50.000000000' }, reason: 'invoice 1' },
    ])
    expect(await entries('action=updatePerson')).toMatchObject([
      { before: { administrator: false }, after: { administrator: true }, reason: 'on call' },
    ])
    expect(await entries('action=updatePrice')).toMatchObject([
      { before: { price: { input: '3.000000000' } }, after: { price: { input: '5.000000000' } } },
    ])
    expect(await entries(`subject=${id(made, 'createKey')}&action=updateKey`)).toMatchObject([
      { before: { rpm: null }, after: { rpm: 60 } },
    ])
    expect(await entries(`since=${LATER}`)).toEqual([])
  })

  test('holds no secret of anybody', async () => {
    const log = JSON.stringify(await entries('limit=200'))
    expect(log).toContain('createProvider')
    const secrets = [
      ...[
        VENDOR_KEY,
        gateway.adminKey,
        codeIn(made)['code'],
        made.get('createKey')?.['key'],
        made.get('rotateKey')?.['key'],
      ],
      ...[
        made.get('createAlert')?.['secret'],
        made.get('updateAlert')?.['secret'],
        made.get('createResetLink')?.['url'],
      ],
      made.get('createOperatorInvitation')?.['url'],
    ]
    for (const secret of secrets) {
      expect(secret).toEqual(expect.any(String))
      expect(log).not.toContain(String(secret))
    }
  })

  test('names the administrator who signed in, and tells nothing to whoever is none', async () => {
    const { person } = browsers
    const made = await person?.send('POST', '/api/admin/groups', { id: 'hers', multiplier: '2' })
    expect(made?.status).toBe(201)
    expect(await entries('action=createGroup&limit=1')).toMatchObject([
      { actor: expect.stringMatching(/^person_/), actor_name: 'grace@example.com' },
    ])
    const actor = String((await entries('action=createGroup&limit=1'))[0]?.['actor'])
    const herself = await person?.send('PATCH', `/api/admin/people/${actor}`, { administrator: false })
    expect(herself?.status).toBe(409)
    await called(gateway, 200, 'PATCH', `people/${actor}`, { administrator: false })
    for (const path of ['audit-log', 'overview', 'people', 'alerts', 'redemption-codes', 'limits', 'system'])
      expect((await person?.get(`/api/admin/${path}`))?.status).toBe(403)
    const stranger = await fetch(`${gateway.url}/api/admin/audit-log`)
    expect(stranger.status).toBe(401)
  })

  test('an organisation that is looked at is read, not changed, and sees who looked', async () => {
    const { admin } = browsers
    const { userId } = await gateway.createCustomer('3')
    const begun = await admin?.send('POST', `/api/admin/users/${userId}/impersonate`, { reason: 'ticket 4712' })
    expect(begun).toMatchObject({ status: 200, body: { impersonating: { user_id: userId } } })
    expect((await admin?.get('/api/session'))?.body).toMatchObject({ impersonating: { user_id: userId } })
    expect((await admin?.get('/api/me/balance'))?.body).toMatchObject({ posted_usd: '3.000000000' })
    const redeemed = await admin?.send('POST', '/api/me/redeem', { code: 'TG-0000-0000-0000-0000' })
    expect(redeemed?.status).toBe(403)
    expect(await entries(`user_id=${userId}&action=impersonateUser`)).toMatchObject([{ reason: 'ticket 4712' }])
    await admin?.send('DELETE', '/api/session/impersonation')
    expect((await admin?.get('/api/session'))?.body).toMatchObject({ impersonating: null })
    // A bare key has no browser to look with.
    expect((await gateway.call('POST', `/api/admin/users/${userId}/impersonate`)).status).toBe(409)
  })
})

/** Every name that an entry of the log may have: of calls that change something, and what code writes down by itself. */
const namesOfActs = async (): Promise<readonly string[]> => {
  const plane = await openControlPlane()
  const { json } = await plane.send('GET', '/api/openapi.json')
  await plane.close()
  const paths = json['paths'] as Record<string, Record<string, { operationId: string }>>
  const ofCalls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      // What is below `/api/proxy` asks models: it stands in the log of requests.
      /^\/api\/(?!proxy\/)/.test(path) && method !== 'get' ? [operationId] : [],
    ),
  )
  const ofAuth = AUTH_CALLS.filter(({ method }) => method !== 'GET').map(({ operationId }) => operationId)
  const ofCode = sourceFiles('src')
    .map((path) => readFileSync(path, 'utf8'))
    .filter((source) => /\baudit\b/.test(source))
    .flatMap((source) => [...source.matchAll(/\baction: '(\w+)'/g)].map(([, name = '']) => name))
  return [...new Set([...ofCalls, ...ofAuth, ...ofCode])].toSorted()
}

describe('the words of the console for what was done', () => {
  test.each([['en'], ['zh-CN'], ['vi']])('are all there in %s: no entry shows the name of a call', async (language) => {
    const names = await namesOfActs()
    for (const name of ['createKey', 'changePassword', 'refuseAdminKey', 'resetPassword']) expect(names).toContain(name)
    const { actions } = JSON.parse(readFileSync(`console/src/locales/${language}/admin-audit.json`, 'utf8')) as {
      actions: Record<string, string>
    }
    expect(names.filter((name) => (actions[name] ?? name) === name)).toEqual([])
  })
})
