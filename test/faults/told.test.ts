import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Dialect, DIALECTS, reply, type Script, type Stage, START_MS, startStage } from './scripted.ts'

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

const { chat, gemini, messages, responses } = DIALECTS
const SAID = '{"error":{"message":"said by the vendor","type":"x"}}'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const never: Script = () => {
  throw new Error('this provider is not to be asked')
}

describe('x-tollgate-strict', () => {
  test.each(['1', 'True', 'TRUE', 'yes', 'on'])('as %j lets nothing with a loss be sent', async (word) => {
    const before = stage.upstream.asked.length
    const init = { headers: { 'x-tollgate-strict': word }, body: { model: 'claude', seed: 7 } }
    const answer = await stage.ask(chat, never, init)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      error: { message: expect.stringContaining('Strict mode'), param: '/seed' },
    })
    expect(stage.upstream.asked).toHaveLength(before)
  })

  test('as a word for neither is refused in every format, and no receipt is written', async () => {
    const before = (await stage.gateway.requests({})).length
    for (const dialect of Object.values(DIALECTS)) {
      const answer = await stage.ask(dialect, never, { headers: { 'x-tollgate-strict': 'maybe' } })
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('x-tollgate-strict')])
    }
    expect(await stage.gateway.requests({})).toHaveLength(before)
  })
})

describe('a token count that is reckoned here', () => {
  const counting = { ...messages, path: '/v1/messages/count_tokens' }
  const { max_tokens: _none, ...body } = messages.body('Hello') as { readonly max_tokens: number }
  const ask = (script: Script) =>
    stage.ask({ ...counting, body: () => body }, script, { body: { model: 'chat', top_k: 5 } })

  test('says what it could not count', async () => {
    const answer = await ask(never)
    expect([answer.status, answer.headers.get('x-tollgate-estimated')]).toEqual([200, 'true'])
    expect(answer.headers.get('x-tollgate-warnings')).toBe('/top_k;unsupported')
    expect((await stage.settled())?.warnings).toEqual(['/top_k;unsupported'])
  })
})

describe('a conflict upstream', () => {
  const conflict = reply(409, SAID)
  const shapes: readonly (readonly [string, Dialect, string, object])[] = [
    ['Messages', messages, 'chat', { type: 'error', error: { type: 'conflict_error' } }],
    ['Chat', chat, 'claude', { error: { type: 'upstream_error', code: 'conflict' } }],
    ['Responses', responses, 'claude', { error: { type: 'upstream_error', code: 'conflict' } }],
  ]
  test.each(shapes)('is one that may be tried again to a client of %s', async (_name, dialect, model, body) => {
    const answer = await stage.ask(dialect, conflict, { body: { model } })
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([409, null])
    expect(await answer.json()).toMatchObject(body)
  })

  test('is ABORTED to a client of Gemini', async () => {
    const answer = await stage.ask({ ...gemini, path: '/v1beta/models/claude:generateContent' }, conflict)
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([409, null])
    expect(await answer.json()).toMatchObject({ error: { code: 409, status: 'ABORTED' } })
  })
})

describe('an overload upstream', () => {
  const status = { 'retry-after-ms': '2500' }
  const rows: readonly (readonly [string, Dialect, string, number, number, object])[] = [
    ['Messages', messages, 'chat', 529, 529, { type: 'error', error: { type: 'overloaded_error' } }],
    ['Messages', messages, 'chat', 503, 529, { type: 'error', error: { type: 'overloaded_error' } }],
    ['Messages', messages, 'claude', 529, 529, { error: { message: 'said by the vendor' } }],
    ['Chat', chat, 'claude', 529, 503, { error: { code: 'overloaded' } }],
  ]
  test.each(rows)(
    'is told as the client’s own format has it, with the vendor’s wait: %s, %s, %d',
    async (_name, dialect, model, said, told, body) => {
      const answer = await stage.ask(dialect, reply(said, SAID, status), { body: { model } })
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([told, '3'])
      expect(await answer.json()).toMatchObject(body)
      expect(await stage.settled()).toMatchObject({ status: told, ended: 'failed' })
    },
  )
})

describe('an error of Google’s endpoint in OpenAI’s format', () => {
  test('is told in the shape that Chat clients read, with its own wait', async () => {
    const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '13.5s' }
    const error = { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED', details: [info] }
    const answer = await stage.ask(chat, reply(429, JSON.stringify([{ error }])))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '14'])
    expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' } })
  })
})
