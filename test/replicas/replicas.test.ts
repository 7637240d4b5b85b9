import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ask, fixture, until } from '../faults/formats.ts'
import type { Customer } from '../harness/admin.ts'
import type { Gateway } from '../harness/gateway.ts'
import { REPLICAS_MS, type Replicas, startReplicas } from './replicas.ts'

const unary = fixture('own-openai-chat-text')
const streamed = fixture('own-openai-chat-stream-usage-asked')
const response = fixture('own-openai-responses-text')
/** What a change made on one replica may take to be known on the others. */
const KNOWN_WITHIN_MS = 2_000

let replicas: Replicas
let first: Gateway
let others: readonly Gateway[]
beforeAll(async () => {
  replicas = await startReplicas(3, [unary, streamed, response], {
    billing: { hold_timeout: '3s' },
    // What is cached of a key is believed for longer than any test takes.
    limits: { key_cache_ttl: '1h' },
  })
  ;[first, ...others] = replicas.gateways as [Gateway, ...Gateway[]]
}, REPLICAS_MS)
afterAll(() => replicas?.stop(), REPLICAS_MS)

const nano = (usd: string): bigint => BigInt(usd.replace('.', ''))
const usd = (amount: bigint): string => `${amount / 1_000_000_000n}.${String(amount % 1_000_000_000n).padStart(9, '0')}`

const statusOn = async (gateway: Gateway, { key }: Pick<Customer, 'key'>): Promise<number> => {
  const answer = await ask(gateway.url, unary, key)
  await answer.text()
  return answer.status
}

const statusesOn = (gateways: readonly Gateway[], customer: Pick<Customer, 'key'>): Promise<number[]> =>
  Promise.all(gateways.map((gateway) => statusOn(gateway, customer)))

const costs = async (userId: string): Promise<bigint> =>
  (await first.requests({ user_id: userId })).reduce((sum, { cost_usd: cost }) => sum + nano(cost), 0n)

/** Nothing is held any more: each replica may still be about to settle what it has answered. */
const nothingHeld = (): Promise<void> => until('nothing held', async () => (await first.ledgerCheck()).open_holds === 0)

const expectCleanBooks = async (): Promise<void> => {
  for (const gateway of replicas.gateways)
    expect(await gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
}

describe('three replicas that start at once on an empty database', () => {
  test(
    'have one admin key between them, which one of them shows',
    async () => {
      const fresh = await startReplicas(3, [unary], { admin_key: null })
      const shown = fresh.gateways.flatMap((gateway) => gateway.output().match(/sk-tg-admin-\w+/g) ?? [])
      expect(shown).toHaveLength(1)
      for (const { url } of fresh.gateways) {
        const answer = await fetch(`${url}/api/admin/ledger/check`, { headers: { 'x-api-key': shown[0] ?? '' } })
        expect(answer.status).toBe(200)
      }
      await fresh.stop()
    },
    REPLICAS_MS,
  )

  test('sign receipts with one key', async () => {
    const published = await Promise.all(
      replicas.gateways.map(async ({ url }) => (await fetch(`${url}/.well-known/tollgate-receipts.json`)).json()),
    )
    expect(published[0]).toMatchObject({ keys: [{ crv: 'Ed25519' }] })
    expect(published.slice(1)).toEqual([published[0], published[0]])
  })
})

describe('a key', () => {
  test('that was made on one replica is good on all of them at once, and so is its receipt', async () => {
    const customer = await first.createCustomer('10')
    expect(await statusesOn(replicas.gateways, customer)).toEqual([200, 200, 200])
    const answer = await ask(first.url, unary, customer.key)
    await answer.text()
    await nothingHeld()
    for (const gateway of replicas.gateways)
      expect(await gateway.receipt(answer.headers.get('x-request-id') ?? '', customer.key)).toMatchObject({
        status: 200,
      })
  })

  test('that was revoked on one replica is refused by all of them within two seconds', async () => {
    const customer = await first.createCustomer('10')
    expect(await statusesOn(replicas.gateways, customer)).toEqual([200, 200, 200])
    expect((await first.call('DELETE', `/api/admin/keys/${customer.keyId}`)).status).toBe(200)
    const revokedAtMs = Date.now()
    expect(await statusOn(first, customer)).toBe(401)
    await until('the refusal', async () => {
      const askedAtMs = Date.now()
      const statuses = await statusesOn(others, customer)
      const isRefused = statuses.every((status) => status === 401)
      if (!isRefused && askedAtMs - revokedAtMs > KNOWN_WITHIN_MS)
        throw new Error(`a revoked key is still good after ${askedAtMs - revokedAtMs} ms: ${statuses.join(', ')}`)
      return isRefused
    })
  })

  test('that was made when money was spent on one replica has what is left on the others', async () => {
    const customer = await first.createCustomer('10')
    await statusesOn(replicas.gateways, customer)
    await nothingHeld()
    const left = 10_000_000_000n - (await costs(customer.userId))
    for (const gateway of replicas.gateways) {
      const balance = await gateway.balance(customer.userId)
      expect([balance.posted_usd, balance.held_usd]).toEqual([usd(left), '0.000000000'])
    }
  })
})

test('a response that one replica gave is there on the others a moment later', async () => {
  const { key } = await first.createCustomer('100')
  const answer = await ask(first.url, response, key)
  const { id } = (await answer.json()) as { id: string }
  const headers = { authorization: `Bearer ${key}` }
  for (const { url } of replicas.gateways)
    await until('the response', async () => {
      const found = await fetch(`${url}/v1/responses/${id}`, { headers })
      return found.status === 200 && ((await found.json()) as { id: string }).id === id
    })
})

/** What one request holds. */
const quote = async (): Promise<bigint> => {
  const prober = await first.createCustomer('1')
  const probe = await ask(first.url, unary, prober.key)
  await probe.text()
  return nano((await first.receipt(probe.headers.get('x-request-id') ?? '', prober.key)).quote_usd)
}

const ASKED = 500
const PAID = 100

/** Customers with money for a hundred requests, each by another ceiling, and the code of the refusal. */
const CEILINGS: readonly (readonly [string, string, (amountUsd: string) => Promise<Customer>])[] = [
  ['the balance', 'insufficient_balance', (amountUsd) => first.createCustomer(amountUsd)],
  [
    'the budget of the key',
    'key_budget_exceeded',
    (amountUsd) => first.createCustomer('100000', { budget_usd: amountUsd }),
  ],
  [
    'the budget of the project by the day',
    'project_budget_exceeded',
    async (amountUsd) => {
      const created = await first.call('POST', '/api/admin/projects', { name: 'shared', budgets: { day: amountUsd } })
      expect(created.status).toBe(201)
      return first.createCustomer('100000', { project_id: (created.body as { id: string }).id })
    },
  ],
]

describe(`of ${ASKED} requests of one key at once, over three replicas,`, () => {
  test.each(CEILINGS)(
    `exactly the ${PAID} are granted that %s is enough for`,
    async (_what, code, customerWith) => {
      const customer = await customerWith(usd((await quote()) * BigInt(PAID)))
      const refused = Promise.withResolvers<void>()
      let refusals = 0
      replicas.replay.control({ released: refused.promise }, unary.id)
      const answers = await Promise.all(
        Array.from({ length: ASKED }, async (_, index) => {
          const gateway = replicas.gateways[index % replicas.gateways.length] ?? first
          const answer = await ask(gateway.url, unary, customer.key)
          if (answer.status !== 200 && ++refusals === ASKED - PAID) refused.resolve()
          return { status: answer.status, text: await answer.text() }
        }),
      )
      replicas.replay.control(undefined, unary.id)
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(PAID)
      const poor = answers.filter(({ status }) => status === 402)
      expect(poor).toHaveLength(ASKED - PAID)
      expect(new Set(poor.map(({ text }) => JSON.parse(text).error.code))).toEqual(new Set([code]))
      await nothingHeld()
      const before = code === 'insufficient_balance' ? (await quote()) * BigInt(PAID) : 100_000_000_000_000n
      for (const gateway of replicas.gateways) {
        const balance = await gateway.balance(customer.userId)
        expect([nano(balance.posted_usd), balance.held_usd]).toEqual([
          before - (await costs(customer.userId)),
          '0.000000000',
        ])
      }
      await expectCleanBooks()
    },
    90_000,
  )
})

test('what streams of a replica held that was killed is given back by another, and they cost nothing', async () => {
  const doomed = await replicas.another()
  const customer = await first.createCustomer('10000')
  replicas.replay.forget()
  replicas.replay.control({ pieceBytes: 60, betweenPiecesMs: 200 }, streamed.id)
  const streams = Array.from({ length: 10 }, async () => (await ask(doomed.url, streamed, customer.key)).text())
  const settled = Promise.allSettled(streams)
  await until('ten streams', () => replicas.replay.requests().filter(({ sentBytes }) => sentBytes > 100).length === 10)
  expect((await first.ledgerCheck()).open_holds).toBe(10)
  await doomed.kill9()
  await settled
  replicas.replay.control(undefined, streamed.id)
  await nothingHeld()
  await expectCleanBooks()
  const receipts = await first.requests({ user_id: customer.userId })
  expect(receipts.map(({ ended, cost_usd: cost }) => [ended, cost])).toEqual(
    Array.from({ length: 10 }, () => ['abandoned', '0.000000000']),
  )
  const balance = { posted_usd: '10000.000000000', held_usd: '0.000000000', available_usd: '10000.000000000' }
  for (const gateway of replicas.gateways) expect(await gateway.balance(customer.userId)).toMatchObject(balance)
}, 90_000)
