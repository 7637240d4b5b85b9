import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { openMailbox } from '../accounts/mailbox.ts'
import { DATABASES, execute } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { ask, called, type Json, placeFor, STAGE_MS, startOn, startVendor, type Vendor } from './stage.ts'

interface Hook {
  readonly url: string
  readonly got: { readonly body: string; readonly signature: string; readonly json: Json }[]
  status: number
  stop(): void
}

const startHook = (): Hook => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const body = await request.text()
      if (hook.status === 200)
        hook.got.push({
          body,
          signature: request.headers.get('x-tollgate-signature') ?? '',
          json: JSON.parse(body) as Json,
        })
      return new Response(null, { status: hook.status, headers: { location: 'http://127.0.0.1:1/' } })
    },
  })
  const hook: Hook = {
    url: `http://127.0.0.1:${server.port}/services/secret`,
    got: [],
    status: 200,
    stop: () => void server.stop(true),
  }
  return hook
}

describe.each(DATABASES)('alerts, on %s', (kind) => {
  let vendor: Vendor
  let hook: Hook
  let gateways: readonly Gateway[] = []
  let gateway: Gateway
  let key: string
  beforeAll(async () => {
    vendor = startVendor()
    hook = startHook()
    const place = await placeFor(kind)
    gateways = await Promise.all((kind === 'sqlite' ? [1] : [1, 2]).map(() => startOn(place, vendor)))
    const [first] = gateways
    if (!first) throw new Error('no gateway')
    gateway = first
    key = (await gateway.createCustomer('10')).key
  }, STAGE_MS)
  afterAll(async () => {
    await Promise.all(gateways.map((each) => each.stop()))
    hook?.stop()
    vendor?.stop()
  }, STAGE_MS)
  afterEach(async () => {
    const { data } = await called<{ data: { id: string }[] }>(gateway, 200, 'GET', 'alerts')
    for (const { id } of data) await called(gateway, 200, 'DELETE', `alerts/${id}`)
    hook.got.splice(0)
    hook.status = 200
    vendor.isWell = true
  })

  const rule = (wanted: object) =>
    called<{ id: string; secret: string }>(gateway, 201, 'POST', 'alerts', {
      ...{ name: 'a rule', webhook_url: hook.url, ...wanted },
    })
  const events = async (query = '') =>
    (await called<{ data: (Json & { id: string })[] }>(gateway, 200, 'GET', `alerts/events${query}`)).data
  const told = (count: number) => until(`${count} messages`, () => hook.got.length >= count)
  /** Some turns more, in which nothing may happen. */
  const turns = () => Bun.sleep(600)

  test('a paused provider is told once, signed, for as long as it lasts, and that it is over', async () => {
    const { id, secret } = await rule({ kind: 'provider_paused', name: 'Paused' })
    expect(secret).toMatch(/^whsec_/)
    await called(gateway, 200, 'POST', 'providers/house/pause', { reason: 'invoice unpaid' })
    await told(1)
    await turns()
    expect(hook.got).toHaveLength(1)
    const [{ body, signature, json } = { body: '', signature: '', json: {} }] = hook.got
    expect(json).toMatchObject({
      ...{ type: 'alert.fired', subject: 'house', rule: { id, name: 'Paused', kind: 'provider_paused' } },
      summary: 'Provider house is paused by the operator: invoice unpaid.',
      text: expect.stringContaining('invoice unpaid'),
    })
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
    expect(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')).toBe(hex ?? '')
    const [open] = await events(`?rule_id=${id}&state=open`)
    expect(open).toMatchObject({ open: true, told: 'fired', acknowledged_by: null, failure: null })
    const acknowledged = await called(gateway, 200, 'POST', `alerts/events/${open?.id}/acknowledge`)
    expect(acknowledged).toMatchObject({ acknowledged_by: 'admin_key', open: true })
    await called(gateway, 404, 'POST', 'alerts/events/event_of_nobody/acknowledge')
    await called(gateway, 200, 'POST', 'providers/house/resume')
    await told(2)
    await turns()
    expect(hook.got.map(({ json: { type } }) => type)).toEqual(['alert.fired', 'alert.resolved'])
    expect(await events(`?rule_id=${id}`)).toMatchObject([{ open: false, told: 'resolved', value: null }])
    expect(await events(`?rule_id=${id}&state=open`)).toEqual([])
  })

  test('every replica is seen by each of them', async () => {
    const seen = async (at: Gateway) => (await called<{ replicas: Json[] }>(at, 200, 'GET', 'system')).replicas
    for (const each of gateways) {
      await until('the replicas', async () => (await seen(each)).length === gateways.length)
      expect((await seen(each)).filter(({ self }) => self)).toHaveLength(1)
    }
  })

  test('a share of requests that fail is told from its threshold on', async () => {
    await rule({ kind: 'error_rate', condition: { percent: 50, window: '1h', requests_min: 4, provider: 'house' } })
    const other = await rule({ kind: 'error_rate', condition: { percent: 1, requests_min: 1, model: 'house/large' } })
    vendor.isWell = false
    for (let turn = 0; turn < 6; turn += 1) expect(await ask(gateway, key)).toBeGreaterThanOrEqual(500)
    await told(1)
    expect(hook.got[0]?.json).toMatchObject({ subject: 'house', threshold: '50' })
    expect(await events(`?rule_id=${other.id}`)).toEqual([])
  })

  test('a low balance is told, and its end when money comes', async () => {
    const poor = await gateway.createCustomer('1')
    const { id } = await rule({ kind: 'balance_low', condition: { user_id: poor.userId, amount_usd: '2' } })
    await told(1)
    expect(hook.got[0]?.json).toMatchObject({ subject: poor.userId, value: '1.000000000', threshold: '2.000000000' })
    await gateway.credit(poor.userId, '5')
    await told(2)
    expect(hook.got[1]?.json).toMatchObject({ type: 'alert.resolved', resolved_at: expect.any(String) })
    expect(await events(`?rule_id=${id}&state=open`)).toEqual([])
  })

  test('spending above an amount in a day is told', async () => {
    const spender = await gateway.createCustomer('1')
    await rule({ kind: 'spend_above', condition: { amount_usd: '0.00001', user_id: spender.userId } })
    await rule({ kind: 'spend_above', condition: { amount_usd: '1000', of: 'provider_cost' } })
    expect(await ask(gateway, spender.key)).toBe(200)
    await told(1)
    await turns()
    expect(hook.got.map(({ json }) => json)).toMatchObject([{ value: '0.000020000', threshold: '0.000010000' }])
  })

  test('a ledger that does not add up is told', async () => {
    await rule({ kind: 'ledger_fault' })
    await turns()
    expect(hook.got.map(({ json }) => json)).toEqual([])
    const wrong = 'UPDATE accounts SET posted_nano = posted_nano'
    const { userId } = await gateway.createCustomer('1')
    await execute(gateway.database, `${wrong} + 1 WHERE user_id = '${userId}'`, [])
    await told(1)
    expect(hook.got[0]?.json).toMatchObject({ subject: '', summary: expect.stringContaining('do not add up') })
    await execute(gateway.database, `${wrong} - 1 WHERE user_id = '${userId}'`, [])
    await told(2)
  })

  test('a provider none of whose keys can be used is told', async () => {
    await rule({ kind: 'provider_unhealthy', condition: { provider: 'other' } })
    await called(gateway, 201, 'POST', 'providers', {
      ...{ id: 'other', kind: 'openai-compatible', base_url: `${hook.url}/nothing`, models: ['x'], keys: ['b'] },
    })
    hook.status = 401
    await called(gateway, 200, 'POST', 'providers/other/test')
    hook.status = 200
    // The replica that was asked may not be the one that looks at the rules, and health is its own without Redis.
    if (gateways.length === 1) {
      await told(1)
      expect(hook.got[0]?.json).toMatchObject({ subject: 'other', summary: expect.stringContaining('key-refused') })
    }
    await called(gateway, 200, 'DELETE', 'providers/other')
  })

  test('what cannot be told is tried again, and the event says why', async () => {
    hook.status = 302
    const { id } = await rule({ kind: 'provider_paused' })
    await called(gateway, 200, 'POST', 'providers/house/pause')
    await until('a failure', async () => typeof (await events(`?rule_id=${id}`))[0]?.['failure'] === 'string')
    expect(await events(`?rule_id=${id}`)).toMatchObject([
      { told: 'nothing', failure: 'webhook: it answered 302', next_attempt_at: expect.any(String) },
    ])
    await called(gateway, 200, 'POST', 'providers/house/resume')
  })

  test('rules are tested, changed, switched off and deleted; where they post to is never shown whole', async () => {
    const made = await rule({ kind: 'provider_paused', enabled: false })
    expect(made).toMatchObject({ webhook_url: `${new URL(hook.url).origin}/…`, enabled: false, emails: [] })
    expect(await called(gateway, 200, 'POST', `alerts/${made.id}/test`)).toEqual({
      webhook: { ok: true, error: null },
      mail: null,
    })
    expect(hook.got[0]?.json).toMatchObject({ type: 'alert.test' })
    const changed = await called(gateway, 200, 'PATCH', `alerts/${made.id}`, {
      ...{ name: 'another', condition: { provider: 'house' }, rotate_secret: true },
    })
    expect(changed).toMatchObject({ name: 'another', condition: { provider: 'house' }, enabled: false })
    expect(changed['secret']).not.toBe(made.secret)
    const shown = await called(gateway, 200, 'GET', `alerts/${made.id}`)
    expect(JSON.stringify(shown)).not.toContain('services/secret')
    expect(shown['secret']).toBeUndefined()
    await called(gateway, 200, 'POST', 'providers/house/pause')
    await turns()
    expect(await events(`?rule_id=${made.id}`)).toEqual([])
    await called(gateway, 200, 'POST', 'providers/house/resume')
    await called(gateway, 200, 'DELETE', `alerts/${made.id}`)
    await called(gateway, 404, 'GET', `alerts/${made.id}`)
  })

  test.each([
    ['an address of the machine itself', { webhook_url: 'http://169.254.169.254/latest' }, 'webhook_url'],
    ['the same, written otherwise', { webhook_url: 'http://[::ffff:a9fe:a9fe]/' }, 'webhook_url'],
    ['the same, as a number', { webhook_url: 'http://2852039166/' }, 'webhook_url'],
    ['a password in it', { webhook_url: 'https://user:secret@hooks.example.com/' }, 'webhook_url'],
    ['another scheme', { webhook_url: 'file:///etc/passwd' }, 'webhook_url'],
    ['a field of another kind', { kind: 'ledger_fault', condition: { percent: 3 } }, 'condition.percent'],
    ['no threshold', { kind: 'error_rate' }, 'condition.percent'],
    ['a number for money', { kind: 'spend_above', condition: { amount_usd: 3 } }, 'condition.amount_usd'],
    ['a kind there is not', { kind: 'weather' }, 'kind'],
  ])('a rule with %s is refused', async (_, wanted, field) => {
    const answer = await gateway.call('POST', '/api/admin/alerts', { name: 'x', kind: 'provider_paused', ...wanted })
    expect([answer.status, (answer.body as { error: Json }).error['param']]).toEqual([400, field])
    expect(JSON.stringify(answer.body)).not.toContain('secret@')
  })
})

test(
  'what rules find is told by mail, to each who is named, and tested so',
  async () => {
    const [vendor, mailbox] = [startVendor(), await openMailbox()]
    const mail = { from: 'Tollgate <tollgate@example.com>', smtp_url: mailbox.url }
    const gateway = await startOn({}, vendor, { mail })
    try {
      const emails = ['ada@example.com', 'grace@example.com']
      const { id } = await called<{ id: string }>(gateway, 201, 'POST', 'alerts', {
        ...{ name: 'Paused', kind: 'provider_paused', emails },
      })
      expect(await called(gateway, 200, 'POST', `alerts/${id}/test`)).toEqual({
        webhook: null,
        mail: { ok: true, error: null },
      })
      for (const to of emails) expect((await mailbox.next(to)).subject).toStartWith('Test: Paused.')
      await called(gateway, 200, 'POST', 'providers/house/pause', { reason: 'invoice unpaid' })
      for (const to of emails)
        expect(await mailbox.next(to)).toMatchObject({
          ...{ from: 'tollgate@example.com', subject: expect.stringContaining('Alert: Paused.') },
          text: expect.stringContaining('About: house'),
        })
      await called(gateway, 200, 'POST', 'providers/house/resume')
      for (const to of emails) expect((await mailbox.next(to)).subject).toStartWith('Over: Paused.')
    } finally {
      await gateway.stop()
      await mailbox.stop()
      vendor.stop()
    }
  },
  STAGE_MS,
)

test(
  'a webhook in a private network is refused, when it is set and when it is told, until that is configured',
  async () => {
    const vendor = startVendor()
    const hook = startHook()
    const gateway = await startOn({}, vendor, { alerts: { every: '100ms' } })
    try {
      const wanted = { name: 'Paused', kind: 'provider_paused' }
      for (const webhook_url of [hook.url, 'http://localhost:1/', 'http://[::1]/', 'http://10.0.0.1/']) {
        const answer = await gateway.call('POST', '/api/admin/alerts', { ...wanted, webhook_url })
        expect([answer.status, (answer.body as { error: Json }).error['param']]).toEqual([400, 'webhook_url'])
      }
      const { id } = await called<{ id: string }>(gateway, 201, 'POST', 'alerts', wanted)
      await called(gateway, 400, 'PATCH', `alerts/${id}`, { webhook_url: hook.url })
      // As one that was set before the configuration was changed.
      await execute(gateway.database, `UPDATE alert_rules SET webhook_url = '${hook.url}' WHERE id = '${id}'`, [])
      expect(await called(gateway, 200, 'POST', `alerts/${id}/test`)).toEqual({
        webhook: { ok: false, error: 'it is in a private network, and alerts.private_addresses is false' },
        mail: null,
      })
      expect(hook.got).toEqual([])
    } finally {
      await gateway.stop()
      hook.stop()
      vendor.stop()
    }
  },
  STAGE_MS,
)
