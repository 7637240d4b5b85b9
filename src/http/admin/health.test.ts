import { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, describe, expect, test } from 'bun:test'
import { Health } from '../../routing/health.ts'
import { createLoad } from '../../routing/load.ts'
import { plainKeys } from '../../routing/provider-keys.ts'
import { channelSubject, keyModelSubject, keySubject, modelSubject } from '../../routing/subjects.ts'
import { channelOf } from '../../routing/test-parts.ts'
import { nanoUsd } from '../../units.ts'
import type { ControlPlaneEnv } from './deps.ts'
import { registerHealth } from './health.ts'
import { type HealthDeps, isConfigured, viewOf } from './health-view.ts'
import { openControlPlane } from './testing/open.ts'

const NOON_MS = Date.UTC(2026, 10, 21, 12)
const RULES = {
  failures: 1,
  failurePercent: 40,
  coolDownMs: 60_000,
  coolDownMaxMs: 300_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: null,
  subjects: 100,
}
const LONG = 'vendor-key-that-is-long-4f2a'
const FILE = `{"type":"service_account","private_key":"${'x'.repeat(40)}"}`

const stage = () => {
  const keys = plainKeys(LONG, 'short', FILE)
  const channels = [
    channelOf('c1', { provider: 'p', keys, models: ['m'] }),
    channelOf('c2', { provider: 'p', keys, groups: ['vip'] }),
    channelOf('d1', { provider: 'q' }),
  ]
  const health = new Health(RULES, () => NOON_MS)
  const load = createLoad(60_000, () => NOON_MS)
  const resumed: string[] = []
  const deps: HealthDeps = {
    health,
    load,
    channels,
    pauseOf: (id) =>
      id === 'q'
        ? { providerId: 'q', atMs: NOON_MS, by: 'spend-stop', reason: 'spend stop: 2.00 of 1.00 USD' }
        : undefined,
    stopOf: (provider, key) => ({
      dayUsd: provider === 'p' && key === '1' ? nanoUsd(5_000_000_000n) : null,
      monthUsd: null,
    }),
    spending: async () => (provider, key) => ({
      day: nanoUsd(provider === 'p' && key === '1' ? 4_000_000_000n : 7_000_000_000n),
      month: nanoUsd(9_000_000_000n),
    }),
    resumeSpent: async (provider, key, by) => {
      resumed.push(`${provider} ${key} ${by}`)
    },
  }
  const app = new OpenAPIHono<ControlPlaneEnv>()
  app.use('*', async (c, next) => {
    c.set('actor', 'admin_key')
    await next()
  })
  registerHealth(app, deps, { store: { audit: { add: async () => undefined } }, nowMs: () => NOON_MS })
  const call = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await app.request('/api/admin/health/resume', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return [answer.status, await answer.json()]
  }
  return { ...{ deps, health, load, channels, resumed }, call }
}

const failed = (effect: 'count' | 'disable', reason: string) => ({ effect, reason, retryAfterMs: undefined }) as const

describe('the view of administrators', () => {
  test('shows each provider once, with keys by their ends, channels, spending and pause', async () => {
    const { deps, load } = stage()
    load.begin('c1')
    load.noteLatency('c1', true, 412.4)
    const [p, q] = await viewOf(deps)
    expect([p?.id, q?.id]).toEqual(['p', 'q'])
    expect(p?.keys.map(({ id, last4, standing, block }) => ({ id, last4, standing, block }))).toEqual([
      { id: '1', last4: '4f2a', standing: 'ready', block: null },
      { id: '2', last4: null, standing: 'ready', block: null },
      { id: '3', last4: null, standing: 'ready', block: null },
    ])
    expect(p?.channels).toMatchObject([
      { id: 'c1', groups: ['default'], under_way: 1, first_content_ms: 412, whole_answer_ms: null, models: [] },
      { id: 'c2', groups: ['vip'], under_way: 0, first_content_ms: null },
    ])
    expect(p?.keys[0]?.spend).toEqual({
      day_usd: '4.000000000',
      day_stop_usd: '5.000000000',
      month_usd: '9.000000000',
      month_stop_usd: null,
    })
    expect(p?.spend).toMatchObject({ day_usd: '7.000000000', day_stop_usd: null })
    expect(q).toMatchObject({
      paused: true,
      paused_since: '2026-11-21T12:00:00.000Z',
      paused_by: 'spend-stop',
      pause_reason: 'spend stop: 2.00 of 1.00 USD',
    })
  })

  test('shows a provider and its keys that no channel uses, and has them asked again', async () => {
    const { deps, health } = stage()
    const { provider } = channelOf('none', { provider: 'idle', keys: plainKeys(LONG) })
    const known = { ...deps, providers: [provider] }
    health.failed(keySubject('idle', '1'), failed('disable', 'key-refused'))
    const [idle, ...others] = await viewOf(known)
    expect(idle).toMatchObject({ id: 'idle', channels: [], keys: [{ id: '1', standing: 'blocked' }] })
    expect(others.map(({ id }) => id)).toEqual(['p', 'q'])
    expect([isConfigured(deps, 'key:idle/1'), isConfigured(known, 'key:idle/1')]).toEqual([false, true])
  })

  test('shows what is left alone, why, since when and until when, at whom it is held against', async () => {
    const { deps, health, channels } = stage()
    const [c1] = channels
    if (!c1) throw new Error('no channel')
    health.failed(keySubject('p', '1'), failed('disable', 'key-refused'))
    health.failed(keyModelSubject('p', '2', 'vendor/m'), failed('count', 'rate-limited'))
    health.failed(channelSubject('c2'), failed('count', 'timeout'))
    health.failed(modelSubject({ channel: c1, upstreamModel: 'vendor/m' }), failed('count', 'overloaded'))
    const [p] = await viewOf(deps)
    expect(p?.keys[0]).toMatchObject({
      subject: 'key:p/1',
      standing: 'blocked',
      block: { kind: 'refused', reason: 'key-refused', since: '2026-11-21T12:00:00.000Z', until: null },
      recent: { outcomes: 1, failures: 1 },
    })
    expect(p?.keys[1]?.models).toMatchObject([{ model: 'vendor/m', standing: 'blocked' }])
    expect(p?.channels[0]?.models).toMatchObject([{ model: 'vendor/m', block: { reason: 'overloaded' } }])
    expect(p?.channels[1]?.block).toMatchObject({ kind: 'failing', until: '2026-11-21T12:01:00.000Z' })
  })

  test('holds nothing of a key but its last four characters', async () => {
    const text = JSON.stringify(await viewOf(stage().deps))
    for (const secret of [LONG.slice(0, -4), 'short', 'xxxx']) expect(text).not.toContain(secret)
  })
})

describe('resuming', () => {
  test('lifts the block of a key, a channel or a model, and says whether there was one', async () => {
    const { call, health } = stage()
    for (const subject of ['key:p/2', 'channel:c2', 'model:c1/vendor/m', 'key-model:p/1/vendor/m']) {
      health.failed(subject, failed('disable', 'key-refused'))
      expect(await call({ subject })).toEqual([200, { subject, resumed: true }])
      expect(health.standingOf(subject)).toBe('ready')
      expect(await call({ subject })).toEqual([200, { subject, resumed: false }])
    }
  })

  test('of a key that reached its stop allows it as much again; of another key it does not', async () => {
    const { call, health, resumed } = stage()
    health.block(keySubject('p', '1'), 'spent', 'spend-stop', NOON_MS + 60_000)
    health.failed(keySubject('p', '2'), failed('disable', 'key-refused'))
    for (const subject of ['key:p/1', 'key:p/2']) expect((await call({ subject }))[0]).toBe(200)
    expect(resumed).toEqual(['p 1 admin_key'])
  })

  test.each(['key:p/9', 'key:nobody/1', 'channel:c9', 'model:c9/m', 'provider:p', 'x'])(
    'of %s, which is nothing that is configured, is a 404',
    async (subject) => {
      const { call, deps } = stage()
      expect(isConfigured(deps, subject)).toBe(false)
      expect((await call({ subject }))[0]).toBe(404)
    },
  )

  test('needs a subject', async () => {
    const { call } = stage()
    for (const body of [{}, { subject: '' }, { subject: 5 }, { subject: 'key:p/1', more: 1 }])
      expect((await call(body))[0]).toBe(400)
  })
})

describe('in the control plane', async () => {
  const plane = await openControlPlane()
  afterAll(() => plane.close())

  test('health is for administrators, and the status for everybody, who may keep it five seconds', async () => {
    expect((await plane.send('GET', '/api/admin/health')).status).toBe(401)
    expect((await plane.send('POST', '/api/admin/health/resume', { subject: 'channel:openai' })).status).toBe(401)
    const shown = await plane.admin('GET', '/api/admin/health')
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const status = await plane.send('GET', '/api/status')
    expect([status.status, status.headers.get('cache-control')]).toEqual([200, 'public, max-age=5'])
    expect(status.json).toMatchObject({ status: 'operational' })
    const ids = (status.json as unknown as { models: { id: string }[] }).models.map(({ id }) => id)
    expect(ids.toSorted()).toEqual(['claude-haiku-4-5', 'gpt-5.1'])
  })
})
