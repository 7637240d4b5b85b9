import { describe, expect, test } from 'bun:test'
import type { KeptResponse } from '../db/types.ts'
import { callOf, PRINCIPAL } from '../gateway/test-parts.ts'
import { err, ok } from '../result.ts'
import { createResponsesEndpoint } from './responses.ts'

const KEPT: KeptResponse = {
  id: 'resp_1',
  scope: 'user:user_1',
  previousId: null,
  model: 'm1',
  createdAtMs: 0,
  expiresAtMs: 1,
  input: JSON.stringify(Array.from({ length: 30 }, (_, at) => ({ type: 'message', role: 'user', id: `msg_${at}` }))),
  body: '{"id":"resp_1","n":1.0}',
}

const stage = (principal: Partial<typeof PRINCIPAL> | undefined = {}) => {
  const needs: string[] = []
  const looked: string[] = []
  const endpoint = createResponsesEndpoint({
    enter: async (_call, need) => {
      needs.push(need)
      if (principal.userId === '') return err(new Response('invalid-api-key', { status: 401 }))
      return ok({ principal: { ...PRINCIPAL, ...principal }, headers: { 'x-limit': '1' } })
    },
    refuse: (_call, { kind, param, message }) => Response.json({ kind, param, message }, { status: 599 }),
    responses: {
      find: async (scope, id) => {
        looked.push(scope)
        return scope === KEPT.scope && id === KEPT.id ? KEPT : undefined
      },
      remove: async (scope, id) => scope === KEPT.scope && id === KEPT.id,
    },
  })
  const ask = (target: string, method = 'GET') => {
    const [path = '', query = ''] = target.split('?')
    const request = new Request('http://127.0.0.1/', { method })
    return endpoint({ ...callOf(), request, search: new URLSearchParams(query) }, path)
  }
  return { ask, needs, looked }
}
const told = async (answer: Response | Promise<Response> | undefined) => (await answer)?.json()

const ids = (from: number, to: number): readonly string[] => {
  const step = from < to ? 1 : -1
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => `msg_${from + at * step}`)
}

describe('a kept response', () => {
  test.each(['/v1', '/openai/v1', '/v1/openai', '/api/proxy/v1'])('is given as it was kept, under %s', async (root) => {
    const { ask, needs } = stage()
    const answer = await ask(`${root}/responses/resp_1?stream=false`)
    expect(await answer?.text()).toBe(KEPT.body)
    expect(answer?.headers.get('content-type')).toBe('application/json')
    expect(answer?.headers.get('cache-control')).toBe('no-store')
    expect(answer?.headers.get('x-limit')).toBe('1')
    expect(needs).toEqual(['generate'])
  })

  test.each([
    ['?order=asc&limit=3', ids(0, 2), true],
    ['?limit=3', ids(29, 27), true],
    ['', ids(29, 10), true],
    ['?order=asc&after=msg_26', ids(27, 29), false],
    ['?order=desc&after=msg_1', ids(0, 0), false],
    ['?order=desc&after=msg_0', [], false],
  ])('lists its input: %s', async (query, expected, hasMore) => {
    const list = await told(stage().ask(`/v1/responses/resp_1/input_items${query}`))
    expect(list.data.map(({ id }: { id: string }) => id)).toEqual(expected)
    const ends = { first_id: expected[0] ?? null, last_id: expected.at(-1) ?? null }
    expect(list).toMatchObject({ object: 'list', has_more: hasMore, ...ends })
  })

  test('is looked for by whatever its upstream calls it', async () => {
    const { ask } = stage()
    expect(await told(ask('/v1/responses/gen-1.a%3D%2F'))).toMatchObject({
      message: expect.stringContaining("'gen-1.a=/'"),
    })
  })

  test('is deleted', async () => {
    const deleted = { id: 'resp_1', object: 'response.deleted', deleted: true }
    expect(await told(stage().ask('/v1/responses/resp_1', 'DELETE'))).toEqual(deleted)
  })

  test.each([
    ['GET', 'resp_1?stream=true', 'unsupported-parameter', 'stream'],
    ['POST', 'resp_1/cancel', 'invalid-request', undefined],
    ['GET', 'resp_1/input_items?limit=0', 'invalid-request', 'limit'],
    ['GET', 'resp_1/input_items?limit=101', 'invalid-request', 'limit'],
    ['GET', 'resp_1/input_items?limit=x', 'invalid-request', 'limit'],
    ['GET', 'resp_1/input_items?order=up', 'invalid-request', 'order'],
    ['GET', 'resp_1/input_items?after=x', 'invalid-request', 'after'],
  ])('%s %s is refused', async (method, target, kind, param) => {
    expect(await told(stage().ask(`/v1/responses/${target}`, method))).toMatchObject({ kind, ...(param && { param }) })
  })

  test.each([
    ['GET', ''],
    ['GET', '/input_items'],
    ['DELETE', ''],
    ['POST', '/cancel'],
  ])('of somebody else is refused to %s%s in the very words of one that does not exist', async (method, rest) => {
    const others = await told(stage({ userId: 'user_2' }).ask(`/v1/responses/resp_1${rest}`, method))
    const nobodys = await told(stage().ask(`/v1/responses/resp_2${rest}`, method))
    expect(others).toMatchObject({ kind: 'not-found' })
    expect(JSON.stringify(others).replaceAll('resp_1', 'resp_2')).toBe(JSON.stringify(nobodys))
  })

  test('is looked for under the project of a key that has one', async () => {
    const { ask, looked } = stage({ projectId: 'p' })
    await ask('/v1/responses/resp_1')
    expect(looked).toEqual(['project:p'])
  })

  test('is not looked for without a key', async () => {
    const { ask, looked } = stage({ userId: '' })
    expect((await ask('/v1/responses/resp_1'))?.status).toBe(401)
    expect(looked).toEqual([])
  })

  test.each([
    ['GET', '/v1/responses'],
    ['GET', '/v1/responses/'],
    ['GET', '/v1/responses/a/b'],
    ['GET', '/v1/responses/a/cancel'],
    ['POST', '/v1/responses/a'],
    ['POST', '/v1/responses/a/input_items'],
    ['GET', '/v2/responses/a'],
    ['GET', '/v1/responses/%ff'],
    ['GET', `/v1/responses/${'a'.repeat(257)}`],
  ])('%s %s is left to other endpoints', (method, path) => {
    const { ask, needs } = stage()
    expect(ask(path, method)).toBeUndefined()
    expect(needs).toEqual([])
  })
})
