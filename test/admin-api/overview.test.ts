import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DATABASES } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { ask, called, type Json, placeFor, STAGE_MS, startOn, startVendor, type Vendor } from './stage.ts'

/** Nano-dollars of an amount in USD with nine places. */
const nano = (usd: unknown): bigint => BigInt(String(usd).replace('.', ''))
const SUMS = ['cost_usd', 'uncollected_usd', 'provider_cost_usd', 'margin_usd']

interface Tops {
  readonly data: readonly Json[]
  readonly rest: Json
}
interface Overview {
  readonly totals: Json
  readonly previous: Json
  readonly series: readonly Json[]
  readonly by_provider: Tops
  readonly by_model: Tops
  readonly by_user: Tops
  readonly users: Json
}

describe.each(DATABASES)('the overview, on %s', (kind) => {
  let vendor: Vendor
  let gateway: Gateway
  const customers: string[] = []
  beforeAll(async () => {
    vendor = startVendor()
    gateway = await startOn(await placeFor(kind), vendor, { groups: { dear: { multiplier: '3' } } })
    // More users than are shown one by one.
    for (let index = 0; index < 12; index += 1) {
      const { key, userId } = await gateway.createCustomer('10', index % 2 === 0 ? { group: 'default' } : {})
      customers.push(userId)
      for (let turn = 0; turn <= index; turn += 1)
        expect(await ask(gateway, key, turn % 2 === 0 ? 'house/small' : 'house/large')).toBe(200)
    }
    vendor.isWell = false
    const unlucky = await gateway.createCustomer('10')
    expect(await ask(gateway, unlucky.key)).toBeGreaterThanOrEqual(500)
    await until('the counters', async () => {
      const { totals } = await called<{ totals: Json }>(gateway, 200, 'GET', 'usage')
      return totals['requests'] === 79
    })
  }, STAGE_MS)
  afterAll(async () => {
    await gateway?.stop()
    vendor?.stop()
  }, STAGE_MS)

  const overview = (query = '') => called<Overview>(gateway, 200, 'GET', `overview${query}`)

  test('says what usage says, to the nano-dollar', async () => {
    const [{ totals }, usage] = await Promise.all([
      overview(),
      called<{ totals: Json }>(gateway, 200, 'GET', 'usage?group_by=day'),
    ])
    expect(totals).toMatchObject({
      ...{ requests: 79, errors: 1, cost_usd: usage.totals['cost_usd'] },
      provider_cost_usd: usage.totals['provider_cost_usd'],
    })
    expect(nano(totals['margin_usd'])).toBe(nano(totals['cost_usd']) - nano(totals['provider_cost_usd']))
  })

  test('adds up: days, and whoever is named with everybody else, are the whole', async () => {
    const { totals, series, by_provider, by_model, by_user } = await overview()
    expect(series).toHaveLength(30)
    for (const parts of [series, ...[by_provider, by_model, by_user].map(({ data, rest }) => [...data, rest])])
      for (const name of SUMS) expect(parts.reduce((sum, part) => sum + nano(part[name]), 0n)).toBe(nano(totals[name]))
    expect(by_user.data).toHaveLength(10)
    expect(by_user.rest['requests']).toBe(79 - [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].reduce((a, b) => a + b))
    expect(by_user.data[0]).toMatchObject({ user_id: customers[11], email: expect.stringContaining('@') })
    expect(by_model.data.map(({ model }) => model)).toEqual(['house/large', 'house/small'])
    expect(by_provider.data).toMatchObject([{ provider: 'house', errors: 1 }])
  })

  test('is of the days that are asked for, and refuses what is no span', async () => {
    const earlier = await overview('?since=2020-01-01&until=2020-01-31')
    expect(earlier.series).toHaveLength(31)
    expect(earlier.totals).toMatchObject({ requests: 0, cost_usd: '0.000000000' })
    const today = new Date().toISOString().slice(0, 10)
    expect((await overview(`?since=${today}`)).series).toMatchObject([{ day: today, requests: 79 }])
    for (const query of ['?since=2026-02-01&until=2026-01-01', '?since=2020-01-01&until=2026-01-01', '?since=x'])
      expect((await gateway.call('GET', `/api/admin/overview${query}`)).status).toBe(400)
  })

  test('shows users page by page with what is theirs', async () => {
    const listed = await called<{ data: Json[]; next_cursor: string | null }>(gateway, 200, 'GET', 'users?limit=5')
    expect(listed.data).toHaveLength(5)
    const found = await called<{ data: Json[] }>(gateway, 200, 'GET', `users?q=${customers[3]}`)
    expect(found.data).toMatchObject([
      { id: customers[3], keys: 1, last_used_at: expect.any(String), balance: { held_usd: '0.000000000' } },
    ])
    const { balance } = found.data[0] as { balance: Json }
    expect(balance).toEqual({ ...(await gateway.balance(customers[3] ?? '')) })
    expect((await called<{ data: Json[] }>(gateway, 200, 'GET', 'users?q=nobody%25')).data).toEqual([])
  })

  test('shows what it runs on', async () => {
    const system = await called<Json & { replicas: Json[]; database: Json; configuration: Json }>(
      ...([gateway, 200, 'GET', 'system'] as const),
    )
    expect(system).toMatchObject({
      ...{ version: expect.any(String), redis: null, requests_open: 0 },
      database: { kind, fault: null, holds_open: 0, saturated: false },
      replicas: [{ self: true, host: expect.any(String) }],
      configuration: { file: 'tollgate.yaml' },
    })
    const { size_bytes: size, migrations } = system.database as { size_bytes: number; migrations: Json[] }
    expect(size).toBeGreaterThan(10_000)
    expect(migrations[0]).toMatchObject({ number: 1, name: 'start' })
    expect(JSON.stringify(system)).not.toContain(gateway.dataFolder)
  })
})
