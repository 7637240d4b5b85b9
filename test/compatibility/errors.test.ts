import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { reply, START_MS } from '../faults/scripted.ts'
import { answering, type Asking, askFor, PATHS, startWorld, type World } from './world.ts'

/// Errors as they have been documented, in the shape of each format. The same statuses in OpenAI's, one by one, are in
/// `test/faults/documented-refusals.test.ts`.

let world: World
beforeAll(async () => {
  world = await startWorld()
}, START_MS)
afterAll(() => world.stop(), START_MS)

const FORMATS = Object.keys(PATHS) as Asking['format'][]
const MODELS = { chat: 'gpt-4o', responses: 'gpt-4o', messages: 'claude-sonnet-4-6', gemini: 'gem' } as const

const refusalOf = async (answer: Response) => {
  const body = (await answer.json()) as { readonly type?: string; readonly error: Readonly<Record<string, unknown>> }
  return { status: answer.status, type: body.type, error: body.error }
}

interface Case {
  readonly what: string
  readonly status: number
  /** In the shape of Messages. */
  readonly anthropicType: string
  readonly ask: () => Promise<Response>
}

const messages = (more: object = {}, script = answering, key?: string): Promise<Response> =>
  askFor(world, { format: 'messages', model: 'claude-sonnet-4-6', path: '/api/proxy/v1/messages', more }, script, key)

const keyOf = async (amountUsd: string, options: object = {}): Promise<string> =>
  (await world.gateway.createCustomer(amountUsd, { ...options })).key

/** The table that users of an Anthropic-compatible service have been given. */
const TABLE: readonly Case[] = [
  {
    what: 'a wrong key',
    status: 401,
    anthropicType: 'authentication_error',
    ask: () => messages({}, answering, 'sk-tg-x'),
  },
  {
    what: 'a malformed request',
    status: 400,
    anthropicType: 'invalid_request_error',
    ask: () => messages({ messages: 7 }),
  },
  // `insufficient_balance` was its type there; here it is the official one of that status.
  {
    what: 'a balance of zero',
    status: 402,
    anthropicType: 'billing_error',
    ask: async () => messages({}, answering, await keyOf('0')),
  },
  {
    what: 'too many requests',
    status: 429,
    anthropicType: 'rate_limit_error',
    ask: async () => {
      const key = await keyOf('1', { rpm: 1 })
      await (await messages({}, answering, key)).text()
      return messages({}, answering, key)
    },
  },
  {
    what: 'a model that fails upstream',
    status: 502,
    anthropicType: 'api_error',
    ask: () => messages({}, reply(500, '')),
  },
  // An unknown model was a 400 there; it is a 404 at the vendor, and here.
  { what: 'an unknown model', status: 404, anthropicType: 'not_found_error', ask: () => messages({ model: 'nobody' }) },
]

describe('an error in the shape of Messages', () => {
  test.each(TABLE)('$what: $status $anthropicType', async ({ status, anthropicType, ask }) => {
    const refused = await refusalOf(await ask())
    expect(refused).toMatchObject({
      status,
      type: 'error',
      error: { type: anthropicType, message: expect.any(String) },
    })
  })
})

/** What is wrong with a request of any format, and the field that is named. */
const WRONG: Readonly<Record<Asking['format'], readonly (readonly [field: string, more: object])[]>> = {
  chat: [
    ['messages', { messages: 'Ahoy' }],
    ['model', { model: 7 }],
    ['stream', { stream: 'yes' }],
    ['max_tokens', { max_tokens: -1 }],
  ],
  responses: [
    ['model', { model: 7 }],
    ['max_output_tokens', { max_output_tokens: 'many' }],
  ],
  messages: [
    ['messages', { messages: 'Ahoy' }],
    ['max_tokens', { max_tokens: 'many' }],
  ],
  gemini: [['contents', { contents: 'Ahoy' }]],
}

describe('a request with a wrong field', () => {
  const rows = FORMATS.flatMap((format) => WRONG[format].map(([field, more]) => ({ format, field, more })))
  test.each(rows)('in $format names it: $field', async ({ format, field, more }) => {
    const { status, error } = await refusalOf(await askFor(world, { format, model: MODELS[format], more }, answering))
    const { details, param } = error
    expect(status).toBe(400)
    if (format === 'gemini') return expect(JSON.stringify(details)).toContain(`"field":"${field}"`)
    if (format !== 'messages') expect(param).toBe(field)
    return expect(details).toMatchObject({ field, issue: expect.any(String) })
  })

  test('that is no fault of a field has `param: null`, as documented', async () => {
    const { error } = await refusalOf(await askFor(world, { format: 'chat', model: 'gpt-4o' }, answering, 'sk-tg-x'))
    expect(error).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key', param: null })
  })
})

describe('a balance that does not cover a request', () => {
  test.each(FORMATS)('is refused with 402 in %s, before anything is sent', async (format) => {
    const before = world.upstream.asked.length
    const answer = await askFor(world, { format, model: MODELS[format] }, answering, await keyOf('0'))
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([402, 'false'])
    expect(world.upstream.asked).toHaveLength(before)
  })
})
