import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Script, START_MS } from '../faults/scripted.ts'
import { answering, type Asking, askFor, COMPLETER, startWorld, type World } from './world.ts'

/// Requests as they have been documented: which field means what, and what every answer tells beside its body.

let world: World
beforeAll(async () => {
  world = await startWorld()
}, START_MS)
afterAll(() => world.stop(), START_MS)

/** Answers whatever is asked with this, at every path. */
const saying =
  (body: object): Script =>
  (socket) => {
    const text = JSON.stringify(body)
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`)
  }

const post = async (path: string, body: object) => {
  const answer = await fetch(world.gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.of('default').key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const said: unknown = await answer.json()
  await world.settled()
  return {
    ...{ status: answer.status, headers: answer.headers, said },
    sent: JSON.parse(world.upstream.asked.at(-1)?.text ?? '{}') as Readonly<Record<string, unknown>>,
    receipt: await world.gateway.receipt(answer.headers.get('x-request-id') ?? '', world.of('default').key),
  }
}

const completed = (texts: readonly string[]) => ({
  ...{ id: 'cmpl-1', object: 'text_completion', created: 1, model: COMPLETER },
  choices: texts.map((text, index) => ({ text, index, finish_reason: 'stop', logprobs: null })),
  usage: { prompt_tokens: 12, completion_tokens: 488, total_tokens: 500 },
})

describe('a completion', () => {
  test.each([
    ['one prompt', (mark: string) => mark],
    ['several prompts', (mark: string) => [mark, 'Explain tides.']],
    ['tokens', (mark: string) => [[1, 2, 3], mark].slice(0, 1)],
  ] as const)('takes %s, and answers as OpenAI does', async (_what, prompt) => {
    const answer = completed(['One', 'Two'])
    const mark = world.upstream.plays(saying(answer))
    const body = { model: COMPLETER, prompt: prompt(mark), max_tokens: 500, temperature: 0.7, suffix: mark }
    const { status, said, sent, headers, receipt } = await post('/v1/completions', body)
    expect([status, said]).toEqual([200, answer])
    expect(sent).toEqual(body)
    // The service names its vendor in the body; here the body is the vendor's own, and a header says it.
    expect(headers.get('x-tollgate-provider')).toBe('oa')
    expect(receipt).toMatchObject({ usage: { input: 12, output: 488 }, usage_source: 'upstream' })
  })

  test('without `max_tokens` is held for the sixteen that are generated then', async () => {
    const prompt = world.upstream.plays(saying(completed(['One'])))
    // Each member is as long as the others: the size of a request counts as well.
    const quoteOf = async (more: object): Promise<string> =>
      (await post('/v1/completions', { model: COMPLETER, prompt, ...more })).receipt.quote_usd
    expect(await quoteOf({ temperature: 1 })).toBe(await quoteOf({ max_tokens: 16 }))
    expect(Number(await quoteOf({ max_tokens: 17 }))).toBeGreaterThan(Number(await quoteOf({ temperature: 1 })))
  })

  test('of several prompts is held for what each of them may generate', async () => {
    const mark = world.upstream.plays(saying(completed(['One', 'Two', 'Three'])))
    const quoteOf = async (prompt: unknown): Promise<number> =>
      Number((await post('/v1/completions', { model: COMPLETER, prompt, max_tokens: 1_000 })).receipt.quote_usd)
    expect((await quoteOf([mark, 'x', 'y'])) / (await quoteOf(mark))).toBeWithin(2, 3.5)
  })
})

describe('an embedding', () => {
  test.each([
    ['one text', (mark: string) => mark],
    ['several texts', (mark: string) => [mark, 'The quick brown fox']],
  ])('takes %s and the size of the vector, and is charged for its input', async (_what, input) => {
    const answer = {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
      ...{ model: 'text-embedding-3-large', usage: { prompt_tokens: 1_000, total_tokens: 1_000 } },
    }
    const body = { model: 'text-embedding-3-large', input: input(world.upstream.plays(saying(answer))), dimensions: 2 }
    const { status, said, sent, receipt } = await post('/v1/embeddings', body)
    expect([status, said, sent]).toEqual([200, answer, body])
    expect(receipt).toMatchObject({ cost_usd: '0.000130000', usage: { input: 1_000, output: 0 } })
  })
})

describe('`provider` in the body', () => {
  test.each([
    ['oc', ['oc']],
    ['ge', ['ge']],
    ['openai-compatible', ['oc']],
    [['nobody', 'ge'], ['ge']],
  ] as const)('%j prefers it, and is not sent on', async (provider, served) => {
    for (let turn = 0; turn < 4; turn += 1) {
      const answer = await askFor(world, { format: 'chat', model: 'mixed', more: { provider } }, answering)
      expect([answer.status, answer.headers.get('x-tollgate-provider')]).toEqual([200, served[0]])
      expect(JSON.parse(world.upstream.asked.at(-1)?.text ?? '{}')).not.toHaveProperty('provider')
    }
  })

  test('left out, somebody who serves the model is chosen', async () => {
    const answer = await askFor(world, { format: 'chat', model: 'mixed' }, answering)
    expect(answer.headers.get('x-tollgate-provider')).toBeOneOf(['oc', 'ge'])
  })
})

/** Every documented path that asks a model. */
const PATHS: readonly Asking[] = [
  ...['/v1/chat/completions', '/openai/v1/chat/completions', '/v1/openai/chat/completions'].map(
    (path): Asking => ({ format: 'chat', model: 'gpt-4o', path }),
  ),
  { format: 'chat', model: 'claude-haiku-4-5', path: '/api/proxy/v1/chat/completions' },
  { format: 'responses', model: 'gpt-4o', path: '/v1/openai/responses' },
  ...['/v1/messages', '/claude/v1/messages', '/v1/anthropic/messages', '/api/proxy/v1/messages'].map(
    (path): Asking => ({ format: 'messages', model: 'claude-sonnet-4-6', path }),
  ),
]

describe('what every answer tells', () => {
  test.each(PATHS)('at $path: its limits, its request, who served it and what it cost', async (asking) => {
    const { status, headers } = await askFor(world, asking, answering)
    expect(status).toBe(200)
    const [limit, remaining, reset] = ['Limit', 'Remaining', 'Reset'].map((name) =>
      Number(headers.get(`X-RateLimit-${name}`) ?? Number.NaN),
    )
    expect([limit, remaining, reset].every(Number.isInteger)).toBe(true)
    expect(remaining).toBeLessThan(limit ?? 0)
    expect(reset).toBeGreaterThan(Math.floor(Date.now() / 1_000) - 1)
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(headers.get('x-tollgate-provider')).toBeTruthy()
    expect(headers.get('x-tollgate-cost-usd')).toMatch(/^0\.\d{9}$/)
  })

  test.each([
    ['application/json', 'application/json'],
    ['application/json; charset=utf-8', 'text/event-stream'],
    ['', 'text/event-stream'],
    ['text/plain', '*/*'],
  ])('whatever the content type (%j) and what is accepted (%j)', async (type, accept) => {
    const body = JSON.stringify({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: world.upstream.plays(answering) }],
    })
    const answer = await fetch(`${world.gateway.url}/v1/openai/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.of('default').key}`, 'content-type': type, accept },
      body: new TextEncoder().encode(body),
    })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
  })
})

test.each(['/api/proxy/chat/completions', '/chat/completions', '/messages', '/claude/messages'])(
  'without its version a path is not there',
  async (path) => {
    const answer = await askFor(world, { format: 'chat', model: 'gpt-4o', path }, answering)
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([404, 'false'])
  },
)
