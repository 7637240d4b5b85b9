import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { ask, called, type Json, placeFor, STAGE_MS, startOn, startVendor, type Vendor } from './stage.ts'

interface Preview extends Json {
  readonly by_group: readonly Json[]
  readonly by_user: readonly Json[]
  readonly by_day: readonly Json[]
}
interface Limits {
  readonly data: readonly Json[]
  readonly next_cursor: string | null
}

describe.each(DATABASES)('on %s', (kind) => {
  let vendor: Vendor
  let gateway: Gateway
  let plain: { userId: string; key: string; keyId: string }
  let dear: { userId: string; key: string; keyId: string }
  beforeAll(async () => {
    vendor = startVendor()
    gateway = await startOn(await placeFor(kind), vendor, {
      groups: { dear: { multiplier: '1.5', limits: { rpm: 900 } }, default: {} },
      channels: [{ id: 'one', provider: 'house', groups: ['default', 'dear'] }],
      limits: { per_user: { rpm: 5_000 }, models: { 'house/large': { concurrency: 7 } } },
      plans: { basic: { rpm: 300 } },
    })
    plain = await gateway.createCustomer('10')
    dear = await gateway.createCustomer('10', { group: 'dear', rpm: 77, budgets: { day: '5' } })
    for (let turn = 0; turn < 3; turn += 1) expect(await ask(gateway, plain.key)).toBe(200)
    for (let turn = 0; turn < 2; turn += 1) expect(await ask(gateway, dear.key)).toBe(200)
    expect(await ask(gateway, plain.key, 'house/large')).toBe(200)
    vendor.isWell = false
    await ask(gateway, plain.key)
    vendor.isWell = true
  }, STAGE_MS)
  afterAll(async () => {
    await gateway?.stop()
    vendor?.stop()
  }, STAGE_MS)

  const preview = (price: object, model = 'house%2Fsmall') =>
    called<Preview>(gateway, 200, 'POST', `models/${model}/price/preview`, price)

  test('a price is previewed exactly, by whom it would have cost more', async () => {
    const same = await preview({ input: '1', output: '2' })
    // Ten tokens in at a millionth, five out at two: twice that with the multiplier and half.
    expect(same).toMatchObject({
      ...{ model: 'house/small', requests: 6, unpriced: 0, whole: true },
      ...{ cost_usd_then: '0.000120000', cost_usd_with: '0.000120000', difference_usd: '0.000000000' },
    })
    const other = await preview({ input: '0.000000001', output: '3' })
    // 5 × 3 = 15 millionths, and what is below a nano-dollar is rounded up, once for each request.
    expect(other).toMatchObject({ cost_usd_with: '0.000090005', difference_usd: '-0.000029995' })
    expect(other.by_group).toEqual([
      {
        group: 'dear',
        ...{ requests: 2, cost_usd_then: '0.000060000', cost_usd_with: '0.000045002', difference_usd: '-0.000014998' },
      },
      {
        group: 'default',
        ...{ requests: 4, cost_usd_then: '0.000060000', cost_usd_with: '0.000045003', difference_usd: '-0.000014997' },
      },
    ])
    expect(other.by_user.map(({ user_id }) => user_id)).toEqual([dear.userId, plain.userId])
    expect(other.by_day).toHaveLength(1)
  })

  test('a preview says what would have no price, and changes nothing', async () => {
    const without = await preview({ input: '1' })
    expect(without).toMatchObject({ requests: 1, unpriced: 5, cost_usd_with: '0.000000000' })
    const prices = await called<{ data: Json[] }>(gateway, 200, 'GET', 'models/house%2Fsmall/prices')
    expect(prices.data).toHaveLength(1)
    await called(gateway, 404, 'POST', 'models/nothing/price/preview', { input: '1' })
    await called(gateway, 400, 'POST', 'models/house%2Fsmall/price/preview', { input: 1 })
  })

  test('what is previewed is what is charged once it is set', async () => {
    const price = { input: '7.123456789', output: '0.987654321' }
    await called(gateway, 200, 'PUT', 'models/house%2Flarge/price', price)
    const before = (await gateway.balance(dear.userId)).posted_usd
    expect(await ask(gateway, dear.key, 'house/large')).toBe(200)
    const [receipt] = await gateway.requests({ user_id: dear.userId, model: 'house/large' })
    const { by_group } = await preview(price, 'house%2Flarge')
    expect(by_group[0]).toMatchObject({ group: 'dear', cost_usd_with: receipt?.cost_usd })
    const nano = (usd: string): bigint => BigInt(usd.replace('.', ''))
    expect(nano(before) - nano((await gateway.balance(dear.userId)).posted_usd)).toBe(nano(receipt?.cost_usd ?? ''))
  })

  test('limits are listed together, with what budgets have spent', async () => {
    const first = await called<Limits>(gateway, 200, 'GET', 'limits')
    expect(first.data).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'every_user', rpm: 5_000 }),
        expect.objectContaining({ kind: 'model', id: 'house/large', concurrency: 7 }),
        expect.objectContaining({ kind: 'group', id: 'dear', rpm: 900 }),
        expect.objectContaining({ kind: 'plan', id: 'basic', rpm: 300 }),
      ]),
    )
    const project = await called<{ id: string }>(gateway, 201, 'POST', 'projects', { name: 'search', budget_usd: '2' })
    const limits: Json[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Limits = await called<Limits>(gateway, 200, 'GET', `limits?limit=1${cursor && `&cursor=${cursor}`}`)
      limits.push(...page.data)
      cursor = page.next_cursor
    }
    expect(limits.filter((limit) => limit['kind'] === 'project')).toMatchObject([
      { id: project.id, name: 'search', budgets: [{ window: 'total', limit_usd: '2.000000000', resets_at: null }] },
    ])
    const keys = limits.filter((limit) => limit['kind'] === 'key')
    expect(keys).toMatchObject([
      {
        ...{ id: dear.keyId, user_id: dear.userId, rpm: 77, tpm: null },
        budgets: [{ window: 'day', limit_usd: '5.000000000', held_usd: '0.000000000', resets_at: expect.any(String) }],
      },
    ])
    const only = await called<Limits>(gateway, 200, 'GET', 'limits?kind=key')
    expect(only.data.map(({ id }) => id)).toEqual([dear.keyId])
    expect((await called<Limits>(gateway, 200, 'GET', 'limits?kind=plan')).next_cursor).toBeNull()
  })
})
