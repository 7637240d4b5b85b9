import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Json, NOON_MS, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeEach(async () => {
  plane = await openControlPlane()
})
afterEach(() => plane.close())

const SONNET = '/api/admin/models/claude-sonnet-4-5'
const HOUSE = '/api/admin/models/house%2Fmodel'
const set = (body: object, model = SONNET) => plane.admin('PUT', `${model}/price`, body)
const pricesOf = async (model = SONNET): Promise<readonly Json[]> =>
  (await plane.admin('GET', `${model}/prices`)).json.data as Json[]
/** Source, state and price of input, newest first. */
const history = async (model?: string) =>
  (await pricesOf(model)).map(({ source, state, price }) => [source, state, (price as Json).input])

const usd = (whole: number) => `${whole}.000000000`

describe('a price that is set', () => {
  test('counts from now, is shown as it was given with all that follows from it, and says who set it and why', async () => {
    const { status, json } = await set({ input: '10', output: '20', reason: 'as of the new list' })
    expect(status).toBe(200)
    expect(json).toEqual({
      id: expect.stringMatching(/^price_/),
      model: 'claude-sonnet-4-5',
      source: 'administrator',
      state: 'in_force',
      effective_from: '2026-11-21T12:00:00.000Z',
      price: {
        input: usd(10),
        output: usd(20),
        cache_read: usd(1),
        cache_write_5m: '12.500000000',
        cache_write_1h: usd(20),
      },
      set_at: '2026-11-21T12:00:00.000Z',
      set_by: 'admin_key',
      reason: 'as of the new list',
      withdrawn_at: null,
      withdrawn_by: null,
      withdrawn_reason: null,
    })
  })

  test('has tiers, tiers of service and fees as in the catalogue file; what is shown can be set again as it is', async () => {
    const body = {
      input: '2',
      output: '8',
      tiers: [{ above_input_tokens: 200_000, input: '4', output: '12' }],
      service_tiers: { flex: '0.5', priority: { input: '5', output: '20' } },
      per_request: '0.005',
      per_web_search: '0.01',
      per_second: '0.0001',
      per_million_characters: '15',
    }
    const first = (await set(body, HOUSE)).json
    expect(first).toMatchObject({
      model: 'house/model',
      price: {
        tiers: [{ above_input_tokens: 200_000, input: usd(4), output: usd(12), cache_read: '0.400000000' }],
        service_tiers: {
          flex: { input: usd(1), output: usd(4), tiers: [{ input: usd(2) }] },
          priority: { input: usd(5), output: usd(20) },
        },
        per_request: '0.005000000',
        per_web_search: '0.010000000',
        per_input_second: '0.000100000',
        per_output_second: '0.000100000',
        per_million_characters: usd(15),
      },
    })
    const again = (await set(first.price as object, HOUSE)).json
    expect(again.price).toEqual(first.price)
  })

  test('replaces the one before, and every later one that the catalogue states', async () => {
    expect(await history()).toEqual([
      ['catalogue file', 'to_come', usd(4)],
      ['built-in', 'in_force', usd(3)],
    ])
    await set({ input: '10' })
    plane.clock.nowMs += 60_000
    await set({ input: '11' })
    expect(await history()).toEqual([
      ['administrator', 'in_force', usd(11)],
      ['administrator', 'past', usd(10)],
      ['catalogue file', 'replaced', usd(4)],
      ['built-in', 'past', usd(3)],
    ])
  })

  test('may be one to come, until when the one before counts', async () => {
    await set({ input: '10', effective_from: '2027-01-01T00:00:00Z' })
    expect(await history()).toEqual([
      ['administrator', 'to_come', usd(10)],
      ['catalogue file', 'replaced', usd(4)],
      ['built-in', 'in_force', usd(3)],
    ])
    // Of two from the same moment the later one counts.
    await set({ input: '12', effective_from: '2027-01-01T00:00:00Z' })
    expect((await history()).slice(0, 2)).toEqual([
      ['administrator', 'to_come', usd(12)],
      ['administrator', 'replaced', usd(10)],
    ])
    plane.clock.nowMs = Date.UTC(2027, 0, 1)
    expect((await history()).map(([, state]) => state)).toEqual(['in_force', 'past', 'replaced', 'past'])
  })
})

describe('refused', () => {
  const yesterday = new Date(NOON_MS - 86_400_000).toISOString()
  test.each([
    ['a moment in the past', { input: '1', effective_from: yesterday }, 'effective_from'],
    ['a moment without an offset', { input: '1', effective_from: '2027-01-01' }, 'effective_from'],
    ['no price of input', { output: '1' }, 'input'],
    ['a number', { input: 1 }, 'input'],
    ['a price below zero', { input: '-1' }, 'input'],
    ['a price beyond all', { input: '1000001' }, 'input'],
    ['a field that is not known', { input: '1', ouput: '2' }, 'ouput'],
    ['a tier without a price', { input: '1', tiers: [{ above_input_tokens: 5 }] }, 'tiers[0].input'],
    [
      'a tier of nothing',
      { input: '1', tiers: [{ above_input_tokens: 0, input: '1' }] },
      'tiers[0].above_input_tokens',
    ],
    ['a tier of service that is neither', { input: '1', service_tiers: { flex: 'half' } }, 'service_tiers.flex'],
  ])('400: %s, by name', async (_, body, param) => {
    const { status, json } = await set(body)
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ param })
    expect(await history()).toHaveLength(2)
  })

  test('404: a model that is not in the catalogue, with a hint; a name that is not an id', async () => {
    const answers = [
      await set({ input: '1' }, '/api/admin/models/claude-sonnet-4-55'),
      await plane.admin('GET', '/api/admin/models/nothing/prices'),
      await set({ input: '1' }, '/api/admin/models/sonnet'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
    const messages = answers.map(({ json }) => (json.error as Json).message)
    expect(messages[0]).toContain('"claude-sonnet-4-5"')
    expect(messages[2]).toContain('another name of claude-sonnet-4-5')
  })

  test('409: more prices to come than a catalogue file may have', async () => {
    for (let day = 1; day <= 100; day += 1)
      await set({ input: '1', effective_from: new Date(NOON_MS + day * 86_400_000).toISOString() }, HOUSE)
    const more = await set({ input: '1', effective_from: '2030-01-01T00:00:00Z' }, HOUSE)
    expect(more.status).toBe(409)
    const first = (await plane.admin('GET', `${HOUSE}/prices?limit=60`)).json
    const second = (await plane.admin('GET', `${HOUSE}/prices?limit=60&cursor=${first.next_cursor}`)).json
    expect([(first.data as Json[]).length, (second.data as Json[]).length, second.next_cursor]).toEqual([60, 41, null])
    expect((second.data as Json[]).at(-1)).toMatchObject({ source: 'catalogue file', state: 'in_force' })
  })
})

describe('a price is withdrawn', () => {
  const withdraw = (id: unknown, model = SONNET, query = '') =>
    plane.admin('DELETE', `${model}/prices/${String(id)}${query}`)

  test('before it comes into force, once, and the one that it would have replaced counts again', async () => {
    const { id } = (await set({ input: '10', effective_from: '2027-01-01T00:00:00Z' })).json
    const { status, json } = await withdraw(id, SONNET, '?reason=a%20mistake')
    expect([status, json.state, json.withdrawn_at]).toEqual([200, 'withdrawn', '2026-11-21T12:00:00.000Z'])
    expect([json.withdrawn_by, json.withdrawn_reason]).toEqual(['admin_key', 'a mistake'])
    plane.clock.nowMs += 1_000
    expect((await withdraw(id)).json).toEqual(json)
    expect(await history()).toEqual([
      ['administrator', 'withdrawn', usd(10)],
      ['catalogue file', 'to_come', usd(4)],
      ['built-in', 'in_force', usd(3)],
    ])
  })

  test('409: not once it is in force, nor when a replica could take it for in force before it hears', async () => {
    const now = (await set({ input: '10' })).json
    const soon = (await set({ input: '11', effective_from: new Date(NOON_MS + 1_999).toISOString() })).json
    const later = (await set({ input: '12', effective_from: new Date(NOON_MS + 2_000).toISOString() })).json
    const statuses = [await withdraw(now.id), await withdraw(soon.id), await withdraw(later.id)]
    expect(statuses.map(({ status }) => status)).toEqual([409, 409, 200])
  })

  test('404: not by the path of another model, and not one that never was', async () => {
    const { id } = (await set({ input: '10', effective_from: '2027-01-01T00:00:00Z' })).json
    expect((await withdraw(id, HOUSE)).status).toBe(404)
    expect((await withdraw('price_x')).status).toBe(404)
  })
})
