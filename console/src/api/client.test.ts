import { afterEach, describe, expect, test } from 'bun:test'
import { addressOf, call, callAs, callBy, watchSignedOut } from './client.ts'
import { ApiError } from './error.ts'

const realFetch = globalThis.fetch
const asked: { url: string; init: RequestInit }[] = []
const answerWith = (status: number, body: string, headers: Record<string, string> = {}): void => {
  asked.length = 0
  globalThis.fetch = Object.assign(
    async (url: string | URL | Request, init: RequestInit = {}) => {
      asked.push({ url: url instanceof Request ? url.url : String(url), init })
      return new Response(status === 204 ? null : body, { status, headers })
    },
    { preconnect: () => undefined },
  )
}
afterEach(() => {
  globalThis.fetch = realFetch
  callAs(undefined)
  callBy(undefined)
})

const failureOf = async (promise: Promise<unknown>): Promise<ApiError> => {
  const thrown = await promise.then(
    () => undefined,
    (error) => error,
  )
  if (!(thrown instanceof ApiError)) throw new Error('it did not fail as it should')
  return thrown
}

describe('an address', () => {
  test('has its places filled and escaped, and empty filters left out', () => {
    const options = { path: { id: 'a/b?c' }, query: { model: 'x y', status: '', key: undefined, limit: 5 } }
    expect(addressOf('/api/me/keys/{id}', options)).toBe('/api/me/keys/a%2Fb%3Fc?model=x+y&limit=5')
  })

  test('with a place that nobody filled is a mistake', () => {
    expect(() => addressOf('/api/me/keys/{id}')).toThrow('needs id')
  })
})

describe('a call', () => {
  test('says that it comes from the console, for which organisation, and sends JSON', async () => {
    answerWith(200, '{"id":"key_1"}')
    callAs('user_1')
    expect(await call<unknown>('post', '/api/me/keys', { body: { name: 'x' } })).toEqual({ id: 'key_1' })
    expect(asked[0]?.init).toMatchObject({
      method: 'POST',
      body: '{"name":"x"}',
      headers: {
        'x-tollgate-console': '1',
        'x-tollgate-organisation': 'user_1',
        'content-type': 'application/json',
      },
    })
  })

  test('that changes something says for whom the page was drawn, and one that reads does not', async () => {
    answerWith(200, '{}')
    callBy('person_1')
    await call<unknown>('patch', '/api/me/keys/{id}', { path: { id: 'key_1' }, body: {} })
    await call<unknown>('get', '/api/me/keys')
    const sent = asked.map(({ init }) => new Headers(init.headers).get('x-tollgate-person'))
    expect(sent).toEqual(['person_1', null])
  })

  test('that is refused fails with the words, the code, the field and the id of the refusal', async () => {
    answerWith(422, '{"error":{"message":"Too long.","code":"invalid","param":"name","request_id":"req_1"}}')
    const error = await failureOf(call('post', '/api/me/keys', { body: {} }))
    expect(error).toMatchObject({
      message: 'Too long.',
      status: 422,
      code: 'invalid',
      param: 'name',
      requestId: 'req_1',
    })
  })

  test('that was answered by somebody else fails with the status alone', async () => {
    answerWith(502, '<h1>Bad gateway</h1>', { 'x-request-id': 'req_2' })
    expect(await failureOf(call('get', '/api/me'))).toMatchObject({ status: 502, code: 'http_502', requestId: 'req_2' })
  })

  test('that nobody answered fails with status 0', async () => {
    globalThis.fetch = Object.assign(async () => Promise.reject(new TypeError('no network')), {
      preconnect: () => undefined,
    })
    expect(await failureOf(call('get', '/api/me'))).toMatchObject({ status: 0, code: 'no_answer' })
  })

  test('that is not allowed to anybody any more is told to whom it concerns', async () => {
    let told = 0
    watchSignedOut(() => told++)
    answerWith(401, '{"error":{"message":"Sign in."}}')
    await failureOf(call('get', '/api/me'))
    expect(told).toBe(1)
  })

  test('without an answer to read has none', async () => {
    answerWith(204, '')
    expect(await call<unknown>('delete', '/api/session')).toBeUndefined()
  })
})
