import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ask, FORMATS, until } from '../faults/formats.ts'
import type { Customer } from '../harness/admin.ts'
import type { Gateway } from '../harness/gateway.ts'
import type { Interaction } from '../replay/interaction.ts'
import { REPLICAS_MS, type Replicas, startReplicas } from './replicas.ts'

/** What a change made on one replica may take to be known on the others. */
const KNOWN_WITHIN_MS = 2_000
const UNARY = FORMATS.map(({ unary }) => unary)
const [chat] = UNARY as [Interaction]

let replicas: Replicas
let first: Gateway
let other: Gateway
let customer: Customer
beforeAll(async () => {
  replicas = await startReplicas(2, UNARY)
  ;[first, other] = replicas.gateways as [Gateway, Gateway]
  customer = await first.createCustomer('1000')
}, REPLICAS_MS)
afterAll(() => replicas?.stop(), REPLICAS_MS)

type Receipt = {
  readonly at: string
  readonly cost_usd: string
  readonly usage: Readonly<Record<string, number>>
  readonly prices: Readonly<Record<string, string>>
}

/** The receipt of a request to a replica; `undefined` where it was refused. */
const receiptOf = async (gateway: Gateway, interaction = chat): Promise<Receipt | undefined> => {
  const answer = await ask(gateway.url, interaction, customer.key)
  await answer.text()
  if (answer.status !== 200) return undefined
  const id = answer.headers.get('x-request-id') ?? ''
  return (await gateway.receipt(id, customer.key)) as unknown as Receipt
}

const called = async (method: string, path: string, body?: unknown, gateway = first) => {
  const answer = await gateway.call(method, path, body)
  expect([path, answer.status]).toEqual([path, 200])
  return answer.body as Readonly<Record<string, string>> & { data: Readonly<Record<string, unknown>>[] }
}

/** Whether the product's own clock says that what was done at a time has to be known everywhere. */
const mustBeKnown = (doneAt: string | undefined, at: string): boolean =>
  Date.parse(at) - Date.parse(doneAt ?? '') >= KNOWN_WITHIN_MS

describe('a price that is set on one replica', () => {
  const pathOf = ({ id }: Interaction): string => `/api/admin/models/${encodeURIComponent(id)}`
  const listedOn = async (gateway: Gateway): Promise<string> => {
    const headers = { authorization: `Bearer ${customer.key}` }
    const answer = await fetch(`${gateway.url}/v1/models/${encodeURIComponent(chat.id)}`, { headers })
    return ((await answer.json()) as { pricing: { input: string } }).pricing.input
  }

  test('is charged at once there and within two seconds by the other, and no receipt of before changes', async () => {
    const answer = await ask(other.url, chat, customer.key)
    await answer.text()
    const beforeId = answer.headers.get('x-request-id') ?? ''
    const before = await other.receipt(beforeId, customer.key)
    const set = await called('PUT', `${pathOf(chat)}/price`, { input: '77', output: '88', reason: 'dearer' })
    expect((await receiptOf(first))?.prices).toMatchObject({ input: '77.000000000', output: '88.000000000' })
    let after: Receipt | undefined
    await until('the new price', async () => {
      const receipt = await receiptOf(other)
      const isNew = receipt?.prices['input'] === '77.000000000'
      if (receipt && !isNew) expect([receipt.at, mustBeKnown(set['set_at'], receipt.at)]).toEqual([receipt.at, false])
      if (isNew) after = receipt
      return isNew
    })
    const { input = 0, output = 0 } = after?.usage ?? {}
    expect(Number(after?.cost_usd)).toBeCloseTo((input * 77 + output * 88) / 1_000_000, 9)
    expect([await listedOn(first), await listedOn(other)]).toEqual(['77', '77'])
    expect(await other.receipt(beforeId, customer.key)).toEqual(before)
    expect((await called('GET', `${pathOf(chat)}/prices`, undefined, other)).data).toMatchObject([
      { source: 'administrator', state: 'in_force', reason: 'dearer', set_by: 'admin_key' },
      { source: 'catalogue file', state: 'past' },
    ])
  })

  test('is not charged for a request that was under way', async () => {
    const held = Promise.withResolvers<void>()
    replicas.replay.control({ released: held.promise }, chat.id)
    replicas.replay.forget()
    const was = await listedOn(other)
    const underWay = [receiptOf(first), receiptOf(other)]
    await until('both requests', () => replicas.replay.requests().length === 2)
    await called('PUT', `${pathOf(chat)}/price`, { input: '99', output: '99' })
    await until('the new price', async () => (await listedOn(other)) === '99')
    held.resolve()
    for (const receipt of await Promise.all(underWay)) expect(receipt?.prices['input']).toBe(`${was}.000000000`)
    replicas.replay.control(undefined, chat.id)
    expect((await receiptOf(other))?.prices['input']).toBe('99.000000000')
  })

  test('and withdrawn on the other before its time never counts', async () => {
    const [, second] = UNARY as [Interaction, Interaction]
    const effectiveFrom = new Date(Date.now() + 3_600_000).toISOString()
    const { id } = await called('PUT', `${pathOf(second)}/price`, { input: '5', effective_from: effectiveFrom })
    await called('DELETE', `${pathOf(second)}/prices/${id}`, undefined, other)
    const { data } = await called('GET', `${pathOf(second)}/prices`)
    expect(data).toMatchObject([{ id, state: 'withdrawn' }, { state: 'in_force' }])
  })

  test('and changed on both before its time is changed once', async () => {
    const [, , third] = UNARY as [Interaction, Interaction, Interaction]
    const effectiveFrom = new Date(Date.now() + 3_600_000).toISOString()
    const { id } = await called('PUT', `${pathOf(third)}/price`, { input: '5', effective_from: effectiveFrom })
    const changes = await Promise.all(
      [first, other].map((gateway, index) =>
        gateway.call('PATCH', `/api/admin/prices/${String(id)}`, { input: String(6 + index) }),
      ),
    )
    expect(changes.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409])
    const changed = changes.find(({ status }) => status === 200)?.body
    const { data } = await called('GET', `/api/admin/prices?state=to_come&model=${encodeURIComponent(third.id)}`)
    expect(data).toEqual([changed as (typeof data)[number]])
  })
})

describe('providers that are paused on one replica', () => {
  const providersOn = async (gateway: Gateway) => (await called('GET', '/api/admin/providers', undefined, gateway)).data
  const onAll = async (action: 'pause' | 'resume') =>
    Promise.all(
      (await providersOn(first)).map(({ id }) => called('POST', `/api/admin/providers/${String(id)}/${action}`)),
    )

  test('are asked nothing by either until they are resumed, and a refusal says so in every format', async () => {
    const [paused] = await onAll('pause')
    expect(await receiptOf(first)).toBeUndefined()
    await until('the pause', async () => {
      const receipt = await receiptOf(other)
      if (receipt) expect([receipt.at, mustBeKnown(paused?.['since'], receipt.at)]).toEqual([receipt.at, false])
      return receipt === undefined
    })
    await until('all pauses', async () =>
      (await Promise.all(UNARY.map((each) => receiptOf(other, each)))).every((receipt) => receipt === undefined),
    )
    replicas.replay.forget()
    const late = await replicas.another()
    const openAi = { error: { type: 'rate_limit_error', code: 'provider_paused' } }
    const expected: Readonly<Record<string, object>> = {
      'openai-chat': openAi,
      'openai-responses': openAi,
      'anthropic-messages': { type: 'error', error: { type: 'rate_limit_error' } },
      gemini: { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } },
    }
    for (const gateway of [first, other, late]) {
      for (const { name, unary } of FORMATS) {
        const answer = await ask(gateway.url, unary, customer.key)
        const body = await answer.json()
        expect([name, answer.status, answer.headers.get('retry-after'), body]).toMatchObject([
          name,
          429,
          '30',
          expected[name],
        ])
      }
      expect((await providersOn(gateway)).every(({ paused: isPaused }) => isPaused)).toBe(true)
    }
    expect(replicas.replay.requests()).toEqual([])
    await onAll('resume')
    expect(await receiptOf(first)).toBeDefined()
    for (const gateway of [other, late])
      for (const each of UNARY)
        await until('the end of the pause', async () => (await receiptOf(gateway, each)) !== undefined)
  }, 90_000)
})
