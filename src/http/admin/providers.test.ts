import { afterAll, beforeAll, expect, test } from 'bun:test'
import { NOON_MS, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeAll(async () => {
  plane = await openControlPlane()
})
afterAll(() => plane.close())

const PROVIDERS = '/api/admin/providers'
const RUNNING = { id: 'openai', kind: 'openai', paused: false, since: null, paused_by: null, reason: null }

test('a provider is paused until it is resumed, with since when and why', async () => {
  const paused = await plane.admin('POST', `${PROVIDERS}/openai/pause`, { reason: 'invoice unpaid' })
  expect(paused.status).toBe(200)
  expect(paused.json).toMatchObject({
    ...RUNNING,
    paused: true,
    since: '2026-11-21T12:00:00.000Z',
    paused_by: 'admin_key',
    reason: 'invoice unpaid',
  })
  plane.clock.nowMs = NOON_MS + 60_000
  const again = await plane.admin('POST', `${PROVIDERS}/openai/pause`, { reason: 'another' })
  expect(again.json).toEqual(paused.json)
  const { json } = await plane.admin('GET', PROVIDERS)
  expect(json.data).toMatchObject([{ ...RUNNING, id: 'claude-main', kind: 'anthropic' }, paused.json])
  expect((await plane.admin('POST', `${PROVIDERS}/openai/resume`)).json).toMatchObject(RUNNING)
  expect((await plane.admin('POST', `${PROVIDERS}/openai/resume`, { reason: 'paid' })).json).toMatchObject(RUNNING)
  const anew = await plane.admin('POST', `${PROVIDERS}/openai/pause`)
  expect(anew.json).toMatchObject({ paused: true, since: '2026-11-21T12:01:00.000Z', reason: null })
})

test('404: a provider that the configuration does not have; 400: a field that is not known', async () => {
  expect((await plane.admin('POST', `${PROVIDERS}/nobody/pause`)).status).toBe(404)
  expect((await plane.admin('POST', `${PROVIDERS}/nobody/resume`)).status).toBe(404)
  const wrong = await plane.admin('POST', `${PROVIDERS}/openai/pause`, { because: 'x' })
  expect([wrong.status, wrong.json.error]).toMatchObject([400, { param: 'because' }])
})

test('401: only the operator lists, pauses and resumes', async () => {
  for (const [method, path] of [
    ['GET', PROVIDERS],
    ['POST', `${PROVIDERS}/openai/pause`],
    ['POST', `${PROVIDERS}/openai/resume`],
    ['PUT', '/api/admin/models/house%2Fmodel/price'],
  ] as const)
    expect((await plane.with('sk-tg-nobody', method, path)).status).toBe(401)
})
