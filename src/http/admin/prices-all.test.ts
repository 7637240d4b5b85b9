import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Json, NOON_MS, type Opened, openControlPlane } from './testing/open.ts'

let plane: Opened
beforeEach(async () => {
  plane = await openControlPlane()
})
afterEach(() => plane.close())

const PRICES = '/api/admin/prices'
const SONNET = 'claude-sonnet-4-5'
const NEW_YEAR = '2027-01-01T00:00:00.000Z'
const usd = (whole: number) => `${whole}.000000000`

const create = async (body: object) => (await plane.admin('POST', PRICES, { model: SONNET, ...body })).json
const one = (method: string, id: unknown, body?: object, query = '') =>
  plane.admin(method, `${PRICES}/${String(id)}${query}`, body)
const listed = async (query = ''): Promise<readonly Json[]> =>
  (await plane.admin('GET', `${PRICES}${query}`)).json.data as Json[]
const brief = (prices: readonly Json[]) =>
  prices.map(({ model, source, state, price }) => [model, source, state, (price as Json).input])

describe('a price that is posted', () => {
  test('is set as by its path, and found by its id, whatever becomes of it', async () => {
    const created = await plane.admin('POST', PRICES, { model: SONNET, input: '10', output: '20', reason: 'new list' })
    expect(created.status).toBe(201)
    expect(created.json).toMatchObject({ model: SONNET, state: 'in_force', set_by: 'admin_key', reason: 'new list' })
    expect((await one('GET', created.json.id)).json).toEqual(created.json)
    plane.clock.nowMs += 1_000
    await plane.admin('PUT', `/api/admin/models/${SONNET}/price`, { input: '11' })
    expect((await one('GET', created.json.id)).json).toEqual({ ...created.json, state: 'past' })
  })

  test('404 and 400: for a model that is not there, for another name of one, and without a model', async () => {
    const answers = await Promise.all(
      [{ model: 'nothing', input: '1' }, { model: 'sonnet', input: '1' }, { input: '1' }, { model: SONNET }].map(
        (body) => plane.admin('POST', PRICES, body),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 400])
    expect(answers.map(({ json }) => (json.error as Json).param)).toEqual(['model', 'model', 'model', 'input'])
    expect((await one('GET', 'price_nothing')).status).toBe(404)
  })
})

describe('the list of prices', () => {
  test('has what stands of every model, newest first', async () => {
    await create({ input: '10' })
    plane.clock.nowMs += 60_000
    await create({ input: '11' })
    await create({ input: '12', effective_from: NEW_YEAR })
    const gone = await create({ input: '13', effective_from: '2027-02-01T00:00:00Z' })
    await one('DELETE', gone.id)
    const all = await listed('?limit=200')
    expect(brief(all.filter(({ model }) => model === SONNET))).toEqual([
      [SONNET, 'administrator', 'to_come', usd(12)],
      [SONNET, 'administrator', 'in_force', usd(11)],
    ])
    const moments = all.map(({ effective_from }) => (effective_from === null ? 0 : Date.parse(String(effective_from))))
    expect(moments).toEqual(moments.toSorted((a, b) => b - a))
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['in_force', 'to_come']))
    const inForce = all.filter(({ state }) => state === 'in_force').map(({ model }) => model)
    expect(new Set(inForce).size).toBe(inForce.length)
  })

  test('is narrowed by model, source and state', async () => {
    await create({ input: '10', effective_from: NEW_YEAR })
    expect(brief(await listed(`?model=${SONNET}`))).toEqual([
      [SONNET, 'administrator', 'to_come', usd(10)],
      [SONNET, 'built-in', 'in_force', usd(3)],
    ])
    expect(brief(await listed('?source=administrator'))).toEqual([[SONNET, 'administrator', 'to_come', usd(10)]])
    const toCome = await listed('?state=to_come')
    expect(new Set(toCome.map(({ state }) => state))).toEqual(new Set(['to_come']))
    expect(brief(toCome)).toContainEqual([SONNET, 'administrator', 'to_come', usd(10)])
    expect(brief(await listed('?source=catalogue%20file&model=house/model'))).toEqual([
      ['house/model', 'catalogue file', 'in_force', expect.any(String)],
    ])
    expect(await listed('?model=nothing')).toEqual([])
    expect((await plane.admin('GET', `${PRICES}?state=withdrawn`)).status).toBe(400)
  })

  test('comes in pages, of which none has a price twice or leaves one out', async () => {
    await create({ input: '10', effective_from: NEW_YEAR })
    const whole: unknown[] = []
    let cursor: unknown = ''
    for (let pages = 0; cursor !== null && pages < 100; pages += 1) {
      const query: string = cursor === '' ? '' : `&cursor=${String(cursor)}`
      const { json } = await plane.admin('GET', `${PRICES}?limit=100${query}`)
      whole.push(...(json.data as Json[]))
      cursor = json.next_cursor
    }
    const keys = whole.map((price) => JSON.stringify(price))
    expect(keys.length).toBeGreaterThan(200)
    expect(new Set(keys).size).toBe(keys.length)
    expect(brief(whole as Json[])).toContainEqual(['house/model', 'catalogue file', 'in_force', expect.any(String)])
    expect(await listed('?cursor=bm90aGluZw')).toEqual([])
  })
})

describe('a price to come', () => {
  test('is changed by another in its place, and stays as it was written', async () => {
    const tiers = [{ above_input_tokens: 200_000, input: '20' }]
    const before = await create({ input: '10', output: '20', tiers, effective_from: NEW_YEAR, reason: 'as agreed' })
    const { status, json } = await one('PATCH', before.id, { output: '25', cache_read: '2', tiers: null })
    expect(status).toBe(200)
    expect(json).toMatchObject({ model: SONNET, state: 'to_come', effective_from: NEW_YEAR, reason: 'as agreed' })
    expect(json.id).not.toBe(before.id)
    expect(json.price).toEqual({ ...without(before.price as Json, 'tiers'), output: usd(25), cache_read: usd(2) })
    expect((await one('GET', before.id)).json).toMatchObject({
      ...{ state: 'withdrawn', price: before.price, withdrawn_by: 'admin_key' },
      withdrawn_reason: `replaced by ${String(json.id)}`,
    })
    expect(brief(await listed('?source=administrator'))).toEqual([[SONNET, 'administrator', 'to_come', usd(10)]])
  })

  test('may come at another moment, or now, and what followed from a price follows again where it is taken away', async () => {
    const before = await create({ input: '10', effective_from: NEW_YEAR })
    const later = (await one('PATCH', before.id, { input: '20', effective_from: '2027-02-01T00:00:00Z' })).json
    expect([later.effective_from, (later.price as Json).cache_read]).toEqual(['2027-02-01T00:00:00.000Z', usd(1)])
    const now = (await one('PATCH', later.id, { cache_read: null, effective_from: null, reason: 'sooner' })).json
    expect([now.state, now.reason, (now.price as Json).cache_read]).toEqual(['in_force', 'sooner', usd(2)])
  })

  test('400: by what is no price, by name; nothing is changed then', async () => {
    const { id } = await create({ input: '10', effective_from: NEW_YEAR })
    const wrong: readonly (readonly [object, string])[] = [
      [{ input: null }, 'input'],
      [{ input: 5 }, 'input'],
      [{ ouput: '5' }, 'ouput'],
      [{ model: 'other' }, 'model'],
      [{ effective_from: new Date(NOON_MS - 1).toISOString() }, 'effective_from'],
    ]
    for (const [body, param] of wrong) {
      const { status, json } = await one('PATCH', id, body)
      expect([status, (json.error as Json).param]).toEqual([400, param])
    }
    expect((await one('GET', id)).json).toMatchObject({ state: 'to_come' })
  })

  test('409: one that is in force, about to be, replaced or withdrawn is not changed, and in force not withdrawn', async () => {
    const inForce = await create({ input: '10' })
    const soon = await create({ input: '11', effective_from: new Date(NOON_MS + 1_999).toISOString() })
    const replaced = await create({ input: '12', effective_from: NEW_YEAR })
    await create({ input: '13', effective_from: NEW_YEAR })
    const withdrawn = await create({ input: '14', effective_from: '2027-02-01T00:00:00Z' })
    expect((await one('DELETE', withdrawn.id, undefined, '?reason=a%20mistake')).json).toMatchObject({
      state: 'withdrawn',
      withdrawn_reason: 'a mistake',
    })
    for (const { id } of [inForce, soon, replaced, withdrawn])
      expect((await one('PATCH', id, { input: '1' })).status).toBe(409)
    expect((await one('DELETE', inForce.id)).status).toBe(409)
  })

  test('changed by two at once is changed by one', async () => {
    const { id } = await create({ input: '10', effective_from: NEW_YEAR })
    const answers = await Promise.all([one('PATCH', id, { input: '11' }), one('PATCH', id, { input: '12' })])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(await listed('?source=administrator')).toHaveLength(1)
  })
})

const without = (table: Json, name: string): Json =>
  Object.fromEntries(Object.entries(table).filter(([key]) => key !== name))
