import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import { called, placeFor, refusedWith, STAGE_MS, startOn, startVendor, statusOf, type Vendor } from './stage.ts'

const KEY = 'vendor-secret-of-two-replicas'
/** What a change made on one replica may take to be known on the other. */
const KNOWN_WITHIN_MS = 2_000

let vendor: Vendor
let first: Gateway
let other: Gateway
let key: string
beforeAll(async () => {
  vendor = startVendor()
  vendor.keys.add(KEY)
  const place = await placeFor('postgres')
  ;[first, other] = await Promise.all([startOn(place), startOn(place)])
  key = (await first.createCustomer('10')).key
}, STAGE_MS)
afterAll(async () => {
  await first?.stop()
  await other?.stop()
  vendor?.stop()
}, STAGE_MS)

/** When a gateway's own clock saw a request: what was changed two seconds before has to count for it. */
const settledOn = async (gateway: Gateway, status: number, changedAt: unknown): Promise<void> => {
  await until(`status ${status} on the other`, async () => {
    const askedAtMs = Date.now()
    const found = await statusOf(gateway, key, 'house/small')
    if (found !== status) expect(askedAtMs - Date.parse(String(changedAt))).toBeLessThan(KNOWN_WITHIN_MS)
    return found === status
  })
}

test('what is set on one replica counts on the other within two seconds, and is shown there at once', async () => {
  expect(await statusOf(other, key, 'house/small')).toBe(503)
  const made = await called(first, 201, 'POST', 'providers', {
    ...{ id: 'house', kind: 'openai-compatible', base_url: vendor.url, models: ['house/small'], keys: [KEY] },
  })
  expect(await called(other, 200, 'GET', 'providers/house')).toEqual(made)
  await settledOn(other, 200, made['created_at'])
  const changed = await called(other, 200, 'PATCH', 'providers/house', { models: ['house/large'] })
  await settledOn(first, 503, changed['updated_at'])
})

test('of changes on both at once none is lost, and together they leave a whole that is right', async () => {
  await called(first, 201, 'POST', 'channels', { id: 'both', provider: 'house' })
  const maps = Array.from({ length: 8 }, (_, index) => ({ [`m${index}`]: `n${index}` }))
  await Promise.all(
    maps.map((model_map, index) =>
      called(index % 2 === 0 ? first : other, 200, 'PATCH', 'channels/both', { model_map }),
    ),
  )
  expect((await called(other, 200, 'GET', 'channels/both'))['model_map']).toEqual(Object.assign({}, ...maps))
  // One deletes what the other begins to refer to.
  for (let round = 0; round < 5; round += 1) {
    await called(first, 201, 'POST', 'groups', { id: `g${round}`, multiplier: '1' })
    const [deleted, referred] = await Promise.all([
      first.call('DELETE', `/api/admin/groups/g${round}`),
      other.call('POST', '/api/admin/channels', { id: `c${round}`, provider: 'house', groups: [`g${round}`] }),
    ])
    expect([
      [200, 400],
      [409, 201],
    ]).toContainEqual([deleted.status, referred.status])
  }
})

test(
  'a replica that starts later has all of it; a file that takes a name over goes first',
  async () => {
    await called(first, 200, 'PATCH', 'providers/house', { models: null })
    const late = await startOn({ database: first.database }, { groups: { default: { multiplier: '2' }, g9: {} } })
    expect(await statusOf(late, key, 'house/small')).toBe(200)
    await called(first, 201, 'POST', 'groups', { id: 'g9', multiplier: '7' })
    expect(await called(late, 200, 'GET', 'groups/g9')).toMatchObject({ multiplier: '1', source: 'file' })
    expect((await refusedWith(late, 409, 'PATCH', 'groups/g9', { multiplier: '3' })).message).toContain('file')
    // What is shadowed may go.
    await called(late, 200, 'DELETE', 'groups/g9')
    expect((await refusedWith(first, 404, 'GET', 'groups/g9')).param).toBe('id')
    await late.stop()
  },
  STAGE_MS,
)
