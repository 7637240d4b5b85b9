import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { START_MS } from '../faults/scripted.ts'
import { CLAUDES, COMPLETER, startWorld, type World } from './world.ts'

/// The list of models as it has been documented: its shape, its filters, its prices.

let world: World
beforeAll(async () => {
  world = await startWorld()
}, START_MS)
afterAll(() => world.stop(), START_MS)

interface Listed {
  readonly id: string
  readonly object: string
  readonly provider: string
  readonly type: string
  readonly context_window: number
  readonly pricing: { readonly input: string; readonly output: string }
  readonly pricing_unit: string
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(world.gateway.url + path, { headers: { authorization: `Bearer ${world.of('default').key}`, ...headers } })

const list = async (query = '', root = '/v1'): Promise<readonly Listed[]> => {
  const answer = await get(`${root}/models${query}`)
  const { object, data } = (await answer.json()) as { object: string; data: readonly Listed[] }
  expect([answer.status, object]).toEqual([200, 'list'])
  return data
}

const ROOTS = ['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1']

describe('the list of models', () => {
  test.each(ROOTS)('at %s/models has every documented field of each model', async (root) => {
    const data = await list('', root)
    expect(data.length).toBeGreaterThan(10)
    for (const model of data)
      expect(model).toMatchObject({
        ...{ id: expect.any(String), object: 'model', provider: expect.any(String), type: expect.any(String) },
        ...{ context_window: expect.any(Number), pricing_unit: 'usd_per_million_tokens' },
      })
    const priced = data.filter(({ type }) => type === 'chat')
    for (const { pricing } of priced)
      expect(pricing).toMatchObject({ input: expect.stringMatching(/^\d+/), output: expect.stringMatching(/^\d+/) })
  })

  test.each([
    ['openai', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4-6'],
    ['deepseek', 'deepseek-chat'],
  ])('?provider=%s shows the models of that vendor, and no others', async (provider, one) => {
    const data = await list(`?provider=${provider}`)
    expect(data.map(({ id }) => id)).toContain(one)
    expect(new Set(data.map((model) => model.provider))).toEqual(new Set([provider]))
  })

  test('?provider=google is the vendor, and an empty list where nothing of it is served', async () => {
    expect(await list('?provider=google')).toEqual([])
  })

  test.each([
    ['chat', 'gpt-4-turbo'],
    ['completion', COMPLETER],
    ['embedding', 'text-embedding-3-large'],
  ])('?type=%s shows the models of that type, and no others', async (type, one) => {
    const data = await list(`?type=${type}`)
    expect(data.map(({ id }) => id)).toContain(one)
    expect(new Set(data.map((model) => model.type))).toEqual(new Set([type]))
  })

  test('both filters at once', async () => {
    const data = await list('?provider=openai&type=embedding')
    expect(data.map(({ id }) => id)).toEqual(['text-embedding-3-large'])
  })

  test.each(CLAUDES)('says of %s a window of 200,000 tokens or more', async (id) => {
    const model = (await list()).find((each) => each.id === id)
    expect(model?.context_window).toBeGreaterThanOrEqual(200_000)
  })

  test('is not shown to a wrong key', async () => {
    const answer = await get('/v1/models', { authorization: 'Bearer sk-tg-wrong' })
    expect([answer.status, await answer.json()]).toMatchObject([
      401,
      { error: { type: 'authentication_error', code: 'invalid_api_key', param: null } },
    ])
  })

  test('is in the shape of Anthropic for a client that says its version', async () => {
    const answer = await get('/v1/models', { 'anthropic-version': '2023-06-01' })
    const { data } = (await answer.json()) as { data: readonly { readonly id: string; readonly type: string }[] }
    expect(data.find(({ id }) => id === 'claude-sonnet-4-6')).toMatchObject({ type: 'model' })
  })
})
