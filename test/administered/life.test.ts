import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DATABASES } from '../harness/databases.ts'
import type { Gateway } from '../harness/gateway.ts'
import { until } from '../harness/server-process.ts'
import {
  askModel,
  called,
  placeFor,
  refusedWith,
  STAGE_MS,
  startOn,
  startVendor,
  statusOf,
  type Vendor,
} from './stage.ts'

const FIRST = 'vendor-secret-number-one-aaaa'
const SECOND = 'vendor-secret-number-two-bbbb'
const REFUSED = 'vendor-secret-nobody-knows-cccc'

describe.each(DATABASES)('administered while the gateway runs, on %s', (kind) => {
  let vendor: Vendor
  let gateway: Gateway
  let key: string
  /** All that any answer of the admin API said. */
  const said: string[] = []
  beforeAll(async () => {
    vendor = startVendor()
    for (const known of [FIRST, SECOND]) vendor.keys.add(known)
    gateway = await startOn(await placeFor(kind))
    const started = gateway
    gateway = {
      ...started,
      call: async (...asked) => {
        const answer = await started.call(...asked)
        said.push(JSON.stringify(answer.body))
        return answer
      },
    }
    key = (await gateway.createCustomer('10')).key
  }, STAGE_MS)
  afterAll(async () => {
    await gateway?.stop()
    vendor?.stop()
  }, STAGE_MS)

  test('a provider that is added with a key serves its models at once', async () => {
    expect(await statusOf(gateway, key, 'house/small')).toBe(503)
    const made = await called(gateway, 201, 'POST', 'providers', {
      ...{ id: 'house', kind: 'openai-compatible', base_url: vendor.url, models: ['house/small', 'house/large'] },
      keys: [FIRST],
    })
    expect(made).toMatchObject({
      ...{ id: 'house', kind: 'openai-compatible', base_url: vendor.url, source: 'api', version: 1, paused: false },
      keys: [{ id: '1', last4: 'aaaa', weight: 1, rpm: null, version: 1 }],
    })
    expect(await statusOf(gateway, key, 'house/small')).toBe(200)
    expect(vendor.asked.at(-1)).toBe(FIRST)
    expect(await called(gateway, 200, 'GET', 'providers/house')).toEqual(made)
    expect((await called(gateway, 200, 'GET', 'channels'))['data']).toMatchObject([
      { id: 'filed', source: 'implied' },
      { id: 'house', source: 'implied', models: ['house/small', 'house/large'] },
    ])
  })

  test('keys are added, changed, replaced and deleted, each with its limits', async () => {
    const added = await called(gateway, 201, 'POST', 'providers/house/keys', {
      key: `${SECOND}\n`,
      id: 'second',
      weight: 3,
    })
    expect(added).toMatchObject({ id: 'second', last4: 'bbbb', weight: 3, version: 1 })
    expect(await called(gateway, 200, 'PATCH', 'providers/house/keys/second', { rpm: 7 })).toMatchObject({
      ...{ id: 'second', last4: 'bbbb', weight: 3, rpm: 7, version: 2 },
    })
    await called(gateway, 200, 'DELETE', 'providers/house/keys/1')
    expect(await statusOf(gateway, key, 'house/small')).toBe(200)
    expect(vendor.asked.at(-1)).toBe(SECOND)
    expect(await called(gateway, 200, 'PATCH', 'providers/house/keys/second', { key: FIRST, rpm: null })).toMatchObject(
      {
        ...{ last4: 'aaaa', weight: 3, rpm: null, version: 3 },
      },
    )
    expect(await statusOf(gateway, key, 'house/small')).toBe(200)
    expect(vendor.asked.at(-1)).toBe(FIRST)
    expect(await refusedWith(gateway, 400, 'POST', 'providers/house/keys', { key: SECOND, weight: 0 })).toMatchObject({
      param: 'weight',
    })
    expect(await refusedWith(gateway, 400, 'POST', 'providers/house/keys', { key: '' })).toMatchObject({ param: 'key' })
    expect(
      await refusedWith(gateway, 409, 'POST', 'providers/house/keys', { key: SECOND, id: 'second' }),
    ).toMatchObject({
      param: 'id',
    })
  })

  test('each key of a provider is tested at its vendor, and what that says of a key is not repeated', async () => {
    const added = await called(gateway, 201, 'POST', 'providers/house/keys', { key: REFUSED, id: 'wrong' })
    expect(added).toMatchObject({ id: 'wrong' })
    const tested = await called(gateway, 200, 'POST', 'providers/house/test')
    expect(tested).toMatchObject({
      ...{ id: 'house', ok: false },
      keys: [
        { id: 'second', ok: true, status: 200, error: null },
        { id: 'wrong', ok: false, status: 401, error: expect.stringContaining('refuses this key') },
      ],
    })
    await called(gateway, 200, 'DELETE', 'providers/house/keys/wrong')
    expect(await called(gateway, 200, 'POST', 'providers/house/test', { model: 'house/small' })).toMatchObject({
      ok: true,
    })
    vendor.hasList = false
    expect(await called(gateway, 200, 'POST', 'providers/house/test')).toMatchObject({
      ok: true,
      keys: [{ status: 200 }],
    })
    vendor.hasList = true
    expect((await refusedWith(gateway, 404, 'POST', 'providers/nobody/test')).message).toContain('no provider')
  })

  test('channels, groups, plans and names of models count at once', async () => {
    await called(gateway, 201, 'POST', 'groups', { id: 'team', multiplier: '3', limits: { rpm: 1_000 } })
    await called(gateway, 201, 'POST', 'channels', {
      id: 'team-1',
      provider: 'house',
      groups: ['team'],
      models: ['house/large'],
    })
    const team = await gateway.createCustomer('10', { group: 'team' })
    const answer = await askModel(gateway, team.key, 'house/large')
    await answer.text()
    expect([answer.status, answer.headers.get('x-tollgate-cost-usd')]).toEqual([200, '0.000600000'])
    // The provider has a channel of its own now, so the one that it had by itself is gone.
    expect(await statusOf(gateway, key, 'house/small')).toBe(503)
    await called(gateway, 200, 'PATCH', 'channels/team-1', { groups: ['team', 'default'], models: null })
    expect(await statusOf(gateway, key, 'house/small')).toBe(200)
    await called(gateway, 201, 'POST', 'aliases', { id: 'team/größe', model: 'house/small' })
    expect(await statusOf(gateway, key, 'team/größe')).toBe(200)
    await called(gateway, 201, 'POST', 'retired', { id: 'small-of-last-year', successor: 'house/small' })
    const gone = await askModel(gateway, key, 'small-of-last-year')
    expect([gone.status, await gone.text()]).toEqual([503, expect.stringContaining('house/small')])
    await called(gateway, 201, 'POST', 'plans', { id: 'half', discount: '0.5', price_usd: '1' })
    await called(gateway, 200, 'PATCH', `users/${team.userId}`, { plan: 'half' })
    const cheaper = await askModel(gateway, team.key, 'house/large')
    await cheaper.text()
    expect(cheaper.headers.get('x-tollgate-cost-usd')).toBe('0.000300000')
    const rules = `[{"name": "no large ones", "when": {"models": ["house/large"]}, "do": {"refuse": "Ask for a small one."}}]`
    await called(gateway, 200, 'PATCH', 'groups/team', { rules: JSON.parse(rules) as unknown })
    expect((await called(gateway, 200, 'GET', 'groups/team'))['rules']).toMatchObject([
      { name: 'no large ones', when: { models: ['house/large'] } },
    ])
  })

  test('what is referred to cannot be deleted, and what it refers to must be there', async () => {
    const refusals: [string, string, unknown, string | null][] = [
      ['DELETE', 'providers/house', undefined, 'channel team-1'],
      ['DELETE', 'groups/team', undefined, 'team'],
      ['DELETE', 'plans/half', undefined, '1 users have it'],
    ]
    for (const [method, path, body, words] of refusals)
      expect((await refusedWith(gateway, 409, method, path, body)).message).toContain(words ?? '')
    const wrong: [string, string, unknown, string][] = [
      ['POST', 'channels', { id: 'x', provider: 'nobody' }, 'provider'],
      ['POST', 'channels', { id: 'x', provider: 'house', groups: ['team', 'nobody'] }, 'groups[1]'],
      ['PATCH', 'channels/team-1', { weight: 'much' }, 'weight'],
      ['PATCH', 'channels/team-1', { provider: 'nobody' }, 'provider'],
      ['POST', 'aliases', { id: 'x', model: 'team/größe' }, 'model'],
      ['POST', 'groups', { id: 'a group' }, 'id'],
      ['POST', 'groups', { id: 'x', multiplier: '-1' }, 'multiplier'],
      ['POST', 'groups', { id: 'x', limits: { rpm: 'many' } }, 'limits.rpm'],
      ['POST', 'plans', { id: 'x', discout: '1' }, 'discout'],
      ['POST', 'providers', { id: 'x', kind: 'nothing' }, 'kind'],
      ['POST', 'providers', { id: 'x' }, 'kind'],
      ['POST', 'providers', { id: 'x', kind: 'openai', base_url: 'http://user:password@127.0.0.1/v1' }, 'base_url'],
      ['POST', 'providers', { id: 'x', kind: 'openai', proxy: 'http://user:password@127.0.0.1:1' }, 'proxy'],
      ['POST', 'providers', { id: 'x', kind: 'claude-cli' }, 'kind'],
      ['POST', 'providers', { id: 'x', kind: 'openai', keys: [{ key: FIRST, rpm: 0 }] }, 'keys[0].rpm'],
    ]
    for (const [method, path, body, param] of wrong)
      expect([path, body, (await refusedWith(gateway, 400, method, path, body)).param]).toEqual([path, body, param])
  })

  test('what the file has is read-only, but for pauses', async () => {
    for (const [method, path, body] of [
      ['PATCH', 'providers/filed', { models: [] }],
      ['DELETE', 'providers/filed', undefined],
      ['POST', 'providers', { id: 'filed', kind: 'openai' }],
      ['POST', 'providers/filed/keys', { key: FIRST }],
    ] as const)
      expect((await refusedWith(gateway, 409, method, path, body)).message).toContain('is in the configuration file')
    expect(await called(gateway, 200, 'POST', 'providers/filed/pause')).toMatchObject({ paused: true, source: 'file' })
    expect(await called(gateway, 200, 'POST', 'providers/house/pause')).toMatchObject({ paused: true, source: 'api' })
    expect(await statusOf(gateway, key, 'house/small')).toBe(429)
    await called(gateway, 200, 'POST', 'providers/house/resume')
    expect(await statusOf(gateway, key, 'house/small')).toBe(200)
    expect((await called(gateway, 200, 'GET', 'providers/filed'))['keys']).toMatchObject([{ id: '1', last4: '2a9c' }])
  })

  test('of changes at once none is lost, and one of a state that is gone is refused', async () => {
    const weights = Array.from({ length: 5 }, (_, index) => ({ [`house/alias-${index}`]: `vendor-${index}` }))
    await Promise.all(weights.map((model_map) => called(gateway, 200, 'PATCH', 'channels/team-1', { model_map })))
    const { model_map: map, version } = await called(gateway, 200, 'GET', 'channels/team-1')
    expect(map).toEqual(Object.assign({}, ...weights))
    expect(version).toBe(7)
    expect(await refusedWith(gateway, 409, 'PATCH', 'channels/team-1', { weight: 2, version: 6 })).toMatchObject({
      param: 'version',
    })
    const at = (etag: string) =>
      fetch(`${gateway.url}/api/admin/channels/team-1`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json', 'if-match': etag },
        body: JSON.stringify({ weight: 2 }),
      })
    expect((await at('"6"')).status).toBe(409)
    const changed = await at('"7"')
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"8"'])
    const made = await Promise.all(
      [1, 2, 3].map(() => gateway.call('POST', '/api/admin/groups', { id: 'once', multiplier: '1' })),
    )
    expect(made.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 409, 409])
  })

  test('a request under way is finished with what it began with, though its provider is deleted', async () => {
    const held = Promise.withResolvers<void>()
    vendor.hold = held.promise
    const before = vendor.asked.length
    const underWay = askModel(gateway, key, 'house/small')
    await until('the request', () => vendor.asked.length > before)
    await called(gateway, 200, 'DELETE', 'channels/team-1')
    await called(gateway, 200, 'DELETE', 'providers/house')
    expect(await statusOf(gateway, key, 'house/small')).toBe(503)
    held.resolve()
    vendor.hold = undefined
    expect((await underWay).status).toBe(200)
    expect(await refusedWith(gateway, 404, 'GET', 'providers/house')).toMatchObject({ param: 'id' })
  })

  test('no key is anywhere but in memory: not in what is stored, answered or logged', async () => {
    const secrets = [FIRST, SECOND, REFUSED]
    await called(gateway, 201, 'POST', 'providers', {
      id: 'again',
      kind: 'openai',
      base_url: vendor.url,
      keys: secrets,
    })
    const files = readdirSync(gateway.dataFolder).map((name) => join(gateway.dataFolder, name))
    const stored = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path).toString('latin1'))
    const rows = kind === 'postgres' ? [await dump(gateway.database)] : []
    const everything = [...stored, ...rows, ...said, gateway.output()].join('\n')
    expect(everything).toContain('cccc')
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
    expect(secrets.filter((secret) => everything.includes(Buffer.from(secret).toString('base64')))).toEqual([])
  })
})

/** All rows of both tables. */
const dump = async (database: string): Promise<string> => {
  const sql = new Bun.SQL(database)
  const rows = [await sql`SELECT * FROM provider_keys`, await sql`SELECT * FROM administered_objects`]
  await sql.close()
  return JSON.stringify(rows satisfies unknown)
}
