import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { keyOn, type Stage, START_MS, startStage, untilKeys } from './stage.ts'
import { fails, well } from './vendor.ts'

setDefaultTimeout(60_000)

const A = 'vendor-key-a-0123456789'
const B = 'vendor-key-b-0123456789'

/** `dear` has two ways, `other` one of them; keys are tested every second. */
let stage: Stage
let gateway: Gateway
beforeAll(async () => {
  stage = await startStage(1, (url) => {
    const provider = (key: string) => ({ kind: 'openai-compatible', base_url: url, keys: [key] })
    return {
      providers: { 'secret-a': provider(A), 'secret-b': provider(B) },
      channels: [
        { id: 'way-a', provider: 'secret-a', models: ['dear', 'other'], priority: 1 },
        { id: 'way-b', provider: 'secret-b', models: ['dear'] },
      ],
      health: { check_every: '1s', failures: 2, cool_down: '2s', cool_down_max: '2s', disabled_retry: null },
    }
  })
  gateway = stage.gateways[0] as Gateway
}, START_MS)
afterAll(() => stage?.stop(), START_MS)

interface Status {
  readonly status: string
  readonly models: readonly { readonly id: string; readonly status: string; readonly since: string | null }[]
  readonly uptime: { readonly today: number | null }
}

const statusNow = async (): Promise<Status> => (await fetch(`${gateway.url}/api/status`)).json() as Promise<Status>

const untilStatus = (status: string, models: Readonly<Record<string, string>>): Promise<void> =>
  until(`the status is ${status}`, async () => {
    const now = await statusNow()
    const found = Object.fromEntries(now.models.map(({ id, status: of }) => [id, of]))
    return now.status === status && Object.entries(models).every(([id, of]) => found[id] === of)
  })

const ready = async (): Promise<unknown> => (await fetch(`${gateway.url}/health/ready`)).json()
const chats = (): number => stage.vendor.asked.filter((one) => one.endsWith('/chat/completions')).length

test('keys are tested by schedule: what is refused is shown and left alone, and used again once it is well', async () => {
  await untilStatus('operational', { dear: 'available', other: 'available' })
  stage.vendor.behave(A, fails(401))
  await until('the key is left alone', async () => (await keyOn(gateway, '1', 'secret-a')).standing === 'blocked')
  await untilStatus('degraded', { dear: 'degraded', other: 'unavailable' })
  expect(await ready()).toMatchObject({ status: 'ok' })
  expect((await stage.ask(gateway, 'other')).code).toBe('no_active_keys')
  expect((await stage.ask()).status).toBe(200)
  stage.vendor.behave(B, fails(401))
  await untilStatus('down', { dear: 'unavailable', other: 'unavailable' })
  expect(await ready()).toMatchObject({ status: 'degraded', checks: { providers: 'every channel is left alone' } })
  const before = chats()
  stage.vendor.behave(A, well)
  stage.vendor.behave(B, well)
  await untilStatus('operational', { dear: 'available', other: 'available' })
  expect(await ready()).toMatchObject({ status: 'ok' })
  // That was found out without a request of a customer.
  expect(chats()).toBe(before)
})

test('the status names no provider, no channel and no key, and nobody has to say who they are', async () => {
  const answer = await fetch(`${gateway.url}/api/status`)
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=5'])
  const text = await answer.text()
  for (const secret of ['secret-', 'way-', A, B]) expect(text).not.toContain(secret)
})

test('metrics count what is left alone by why, and failures by provider and how', async () => {
  const read = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text()
  stage.vendor.behave(A, (path) => (path.endsWith('/models') ? well(path) : fails(503)(path)))
  await until('a failure', async () => {
    expect((await stage.ask()).status).toBe(200)
    return (await read()).includes('tollgate_upstream_failures_total{provider="secret-a",failure="overloaded"}')
  })
  expect(await read()).toMatch(/^tollgate_health_blocks\{subject="key",kind="refused"\} 0$/m)
  stage.vendor.behave(A, fails(401))
  await until('the block', async () =>
    (await read()).includes('tollgate_health_blocks{subject="key",kind="refused"} 1'),
  )
  stage.vendor.behave(A, well)
})

test('an administrator’s test of a provider has a key used again without waiting for the schedule', async () => {
  stage.vendor.behave(B, fails(402))
  await until('it has no money left', async () => (await keyOn(gateway, '1', 'secret-b')).standing === 'blocked')
  stage.vendor.behave(B, well)
  // The list of models is no proof of money; somebody who looks is.
  const tested = await gateway.call('POST', '/api/admin/providers/secret-b/test', {})
  expect(tested).toMatchObject({ status: 200, body: { ok: true } })
  expect((await keyOn(gateway, '1', 'secret-b')).standing).toBe('ready')
})

test('what becomes of a key is in the log once, and no key is', async () => {
  await untilKeys([], '1', 'ready')
  const lines = gateway
    .output()
    .split('\n')
    .filter((line) => line.includes('"subject":"key:secret-b/1"') && line.includes('quota-exhausted'))
  expect(lines).toHaveLength(1)
  for (const key of [A, B]) expect(gateway.output()).not.toContain(key)
})

/** How the keys of providers stand in their list and each by itself, which say the same. */
const standings = async (): Promise<unknown> => {
  const listed = (await gateway.call('GET', '/api/admin/providers')).body as unknown as { readonly data: Listed[] }
  for (const { id, keys } of listed.data)
    expect((await gateway.call('GET', `/api/admin/providers/${id}`)).body).toMatchObject({ keys })
  return Object.fromEntries(
    listed.data.map(({ id, keys }) => [id, keys.map(({ standing, block }) => ({ standing, block }))]),
  )
}

interface Listed {
  readonly id: string
  readonly keys: readonly { readonly standing: string; readonly block: unknown }[]
}

test('the list of providers says how each of their keys stands, why and until when', async () => {
  stage.vendor.behave(B, fails(402))
  await until('it has no money left', async () => (await keyOn(gateway, '1', 'secret-b')).standing === 'blocked')
  const since = expect.stringMatching(/^20\d\d-.*Z$/)
  expect(await standings()).toEqual({
    'secret-a': [{ standing: 'ready', block: null }],
    'secret-b': [{ standing: 'blocked', block: { kind: 'refused', reason: 'quota-exhausted', since, until: null } }],
  })
  stage.vendor.behave(B, well)
  await gateway.call('POST', '/api/admin/health/resume', { subject: 'key:secret-b/1' })
  expect(await standings()).toMatchObject({ 'secret-b': [{ standing: 'ready', block: null }] })
})
