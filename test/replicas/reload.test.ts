import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, fixture, until } from '../faults/formats.ts'
import type { Customer } from '../harness/admin.ts'
import type { Gateway } from '../harness/gateway.ts'
import { REPLICAS_MS, type Replicas, startReplicas } from './replicas.ts'

const chat = fixture('own-openai-chat-text')

type Tree = { readonly [name: string]: unknown }

let replicas: Replicas
let first: Gateway
let other: Gateway
let customer: Customer
/** The configuration both were started with, but for the path of the catalogue. */
let started: Tree
beforeAll(async () => {
  replicas = await startReplicas(2, [chat], { log: { level: 'info' } })
  ;[first, other] = replicas.gateways as [Gateway, Gateway]
  customer = await first.createCustomer('1000')
  started = readConfig(first)
}, REPLICAS_MS)
afterAll(() => replicas?.stop(), REPLICAS_MS)
beforeEach(async () => {
  for (const gateway of replicas.gateways) writeConfig(gateway, {})
  expect((await reload(first)).status).toBe(200)
  for (const gateway of replicas.gateways)
    await until('the first configuration', async () => (await statusOf(gateway, 'house/fast')) === 404)
})

const fileOf = ({ dataFolder }: Gateway): string => join(dataFolder, 'tollgate.yaml')
const readConfig = (gateway: Gateway): Tree => JSON.parse(readFileSync(fileOf(gateway), 'utf8')) as Tree
const writeConfig = (gateway: Gateway, changes: Tree): void => {
  const catalogue = join(gateway.dataFolder, 'model_catalog.json')
  writeFileSync(fileOf(gateway), JSON.stringify({ ...started, catalogue, ...changes }))
}
const reload = (gateway: Gateway) => gateway.call('POST', '/api/admin/reload')

const asking = (gateway: Gateway, model: string): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${customer.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  })
const statusOf = async (gateway: Gateway, model: string): Promise<number> => {
  const answer = await asking(gateway, model)
  await answer.text()
  return answer.status
}
const costOf = async (gateway: Gateway): Promise<number> => {
  const answer = await ask(gateway.url, chat, customer.key)
  await answer.text()
  return Number((await gateway.receipt(answer.headers.get('x-request-id') ?? '', customer.key)).cost_usd)
}

const ALIAS = { aliases: { 'house/fast': chat.id } }

test('what may change counts at once, on every replica by its own file; what needs a restart is named', async () => {
  const [before] = [await costOf(first), await costOf(other)]
  writeConfig(first, { ...ALIAS, groups: { default: { multiplier: '2' } }, listen: { host: '127.0.0.1', port: 1 } })
  writeConfig(other, { groups: { default: { multiplier: '3' } } })
  const { status, body } = await reload(first)
  expect([status, body]).toEqual([
    200,
    { file: fileOf(first), changed: ['groups', 'aliases'], needs_restart: ['listen'], warnings: [] },
  ])
  expect(await statusOf(first, 'house/fast')).not.toBe(404)
  expect(await costOf(first)).toBeCloseTo(before * 2, 9)
  await until('the change on the other', async () => Math.abs((await costOf(other)) - before * 3) < 1e-9)
  expect(await statusOf(other, 'house/fast')).toBe(404)
  // A change of a price over the catalogue lives on over a configuration that is read again.
  await first.call('PUT', `/api/admin/models/${chat.id}/price`, { input: '1000', output: '1000' })
  const dear = await costOf(first)
  expect(dear).toBeGreaterThan(before * 3)
  expect((await reload(first)).status).toBe(200)
  expect(await costOf(first)).toBe(dear)
})

test('a file with mistakes changes nothing; the answer and the log have all of them', async () => {
  writeConfig(first, { ...ALIAS, plans: { pro: { rpm: 'none' } }, listn: {} })
  const { status, body } = await reload(first)
  const { details } = (body as { error: { details: { mistakes: { field: string }[] } } }).error
  expect([status, details.mistakes.map(({ field }) => field).toSorted()]).toEqual([400, ['listn', 'plans.pro.rpm']])
  expect(await statusOf(first, 'house/fast')).toBe(404)
  expect(first.output()).toMatch(/plans\.pro\.rpm.*nothing has changed/)
  writeFileSync(fileOf(first), '{ not: [yaml')
  expect((await reload(first)).status).toBe(400)
  expect(await costOf(first)).toBeGreaterThan(0)
})

test('SIGHUP does the same for one replica', async () => {
  writeConfig(first, ALIAS)
  writeConfig(other, ALIAS)
  process.kill(first.pid, 'SIGHUP')
  await until('the alias', async () => (await statusOf(first, 'house/fast')) !== 404)
  expect(await statusOf(other, 'house/fast')).toBe(404)
})

test('requests under way are finished as they were begun, though their channel is gone', async () => {
  const held = Promise.withResolvers<void>()
  replicas.replay.forget()
  replicas.replay.control({ released: held.promise }, chat.id)
  const underWay = ask(first.url, chat, customer.key)
  await until('the request', () => replicas.replay.requests().length === 1)
  writeConfig(first, { providers: { idle: { kind: 'openai', keys: ['x'] } }, channels: [] })
  expect((await reload(first)).body).toMatchObject({ changed: ['providers', 'channels'] })
  expect(await statusOf(first, chat.id)).toBe(503)
  held.resolve()
  replicas.replay.control(undefined, chat.id)
  const answer = await underWay
  await answer.text()
  expect(answer.status).toBe(200)
  const receipt = await first.receipt(answer.headers.get('x-request-id') ?? '', customer.key)
  expect([receipt.ended, Number(receipt.cost_usd) > 0]).toEqual(['whole', true])
})
