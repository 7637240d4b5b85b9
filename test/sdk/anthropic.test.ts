import { afterAll, describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import AnthropicZero from '@anthropic-ai/sdk-0'
import type { Customer } from '../harness/admin.ts'
import { expectBilled, startStand } from './stand.ts'
import { ofMessage } from './usage.ts'

const stand = await startStand()
afterAll(() => stand.stop())

// Both majors have the calls these tests make; they differ in how they present the key and which version they claim.
const MAJORS: readonly [string, typeof Anthropic][] = [
  ['1.x', Anthropic],
  ['0.x', AnthropicZero as unknown as typeof Anthropic],
]

const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Which way to the harbour?' }]
const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const textOf = (message: Anthropic.Message): string =>
  message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')

describe.each(MAJORS)('the Anthropic SDK %s', (_major, Sdk) => {
  const clientOf = (customer: Pick<Customer, 'key'>, baseURL = stand.url): Anthropic =>
    new Sdk({ baseURL, apiKey: customer.key, maxRetries: 0 })

  test.each([
    'demo',
    'own-anthropic-messages-text',
    'own-anthropic-messages-cached',
    'own-anthropic-messages-cached-old-shape',
  ])('gets a whole message of %s, billed by the usage it shows', async (model) => {
    const customer = await stand.customer()
    const { data, request_id } = await clientOf(customer)
      .messages.create({ model, max_tokens: 100, messages })
      .withResponse()
    expect(textOf(data).length).toBeGreaterThan(0)
    expect(data).toHaveProperty('_request_id', request_id)
    expectBilled(await stand.receipt(request_id, customer.key), ofMessage(data.usage))
  })

  test.each([
    'demo',
    'own-anthropic-messages-stream-text',
    'own-anthropic-messages-stream-cached',
    'own-anthropic-messages-stream-thinking',
  ])('accumulates %s with its stream helper', async (model) => {
    const customer = await stand.customer()
    const stream = clientOf(customer).messages.stream({ model, max_tokens: 100, messages })
    const message = await stream.finalMessage()
    expect(message.stop_reason).toBe('end_turn')
    expect(textOf(message)).toBe(await stream.finalText())
    expectBilled(await stand.receipt(stream.request_id, customer.key), ofMessage(message.usage))
  })

  test('streams raw events from start to stop', async () => {
    const customer = await stand.customer()
    const types: string[] = []
    for await (const event of await clientOf(customer).messages.create({
      model: 'demo',
      max_tokens: 100,
      messages,
      stream: true,
    }))
      types.push(event.type)
    expect(types[0]).toBe('message_start')
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
  })

  test('calls a tool while streaming, takes its result back, and answers', async () => {
    const customer = await stand.customer()
    const client = clientOf(customer)
    const said: Anthropic.MessageParam[] = [{ role: 'user', content: 'TOOLTEST: how is the weather?' }]
    const asked = await client.messages
      .stream({ model: 'demo', max_tokens: 100, messages: said, tools: [weather] })
      .finalMessage()
    const call = asked.content.find((block) => block.type === 'tool_use')
    if (!call) throw new Error('the tool was not called')
    expect(call.input).toEqual({ city: 'demo' })
    const result: Anthropic.MessageParam = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }],
    }
    const answered = await client.messages.create({
      model: 'demo',
      max_tokens: 100,
      messages: [...said, { role: 'assistant', content: asked.content }, result],
      tools: [weather],
    })
    expect(textOf(answered)).toContain('Tollgate')
    const receipts = await stand.receipts(customer, 2)
    for (const [at, message] of [asked, answered].entries()) {
      const receipt = receipts[at]
      if (receipt) expectBilled(receipt, ofMessage(message.usage))
    }
  })

  test('runs its tool runner to the end of the conversation', async () => {
    const runner = clientOf(await stand.customer()).beta.messages.toolRunner({
      model: 'demo',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'TOOLTEST: how is the weather?' }],
      tools: [{ ...weather, type: 'custom', run: () => 'sunny', parse: (value: unknown) => value }],
    })
    const message = await runner
    expect(message.stop_reason).toBe('end_turn')
  })

  test.each(['demo', 'own-anthropic-count-tokens'])('counts tokens for nothing, with %s', async (model) => {
    const customer = await stand.customer()
    const { data, request_id } = await clientOf(customer).messages.countTokens({ model, messages }).withResponse()
    expect(data.input_tokens).toBeGreaterThan(0)
    const receipt = await stand.receipt(request_id, customer.key)
    expect(receipt).toMatchObject({ ended: 'whole', cost_usd: '0.000000000' })
  })

  test('lists models page by page and retrieves one', async () => {
    const client = clientOf(await stand.customer())
    const ids: string[] = []
    for await (const model of client.models.list({ limit: 5 })) ids.push(model.id)
    expect(ids).toContain('claude-sonnet-4-6')
    expect(new Set(ids).size).toBe(ids.length)
    expect(await client.models.retrieve('claude-sonnet-4-6')).toMatchObject({ type: 'model', id: 'claude-sonnet-4-6' })
  })

  test.each(['', '/claude', '/api/proxy', '/v1/anthropic'])('is answered under base URL "%s"', async (root) => {
    const customer = await stand.customer()
    const client = clientOf(customer, stand.url + root)
    expect(textOf(await client.messages.create({ model: 'demo', max_tokens: 100, messages }))).toContain('Tollgate')
    expect((await client.messages.countTokens({ model: 'demo', messages })).input_tokens).toBe(5)
  })

  test('is answered whether its key is an API key or an auth token', async () => {
    const { key } = await stand.customer()
    const client = new Sdk({ baseURL: stand.url, authToken: key, apiKey: null, maxRetries: 0 })
    expect(textOf(await client.messages.create({ model: 'demo', max_tokens: 100, messages }))).toContain('Tollgate')
  })

  test.each([
    ['a wrong key', async () => ({ key: 'sk-tg-00000000' }), {}, 401, 'authentication_error'],
    ['no money', () => stand.gateway.createCustomer('0'), {}, 402, 'billing_error'],
    ['a model its key may not use', () => stand.customer({ models: ['gpt-4o'] }), {}, 403, 'permission_error'],
    ['a model nobody knows', () => stand.customer(), { model: 'no-such-model' }, 404, 'not_found_error'],
    ['no limit of tokens at all', () => stand.customer(), { max_tokens: 'many' }, 400, 'invalid_request_error'],
  ])('is refused for %s, with the type, status and request id it knows', async (_what, make, body, status, type) => {
    const client = clientOf(await make())
    const asked = { model: 'demo', max_tokens: 100, messages, ...body } as Anthropic.MessageCreateParamsNonStreaming
    const failure: unknown = await client.messages.create(asked).catch((error: unknown) => error)
    if (!(failure instanceof Sdk.APIError)) throw new Error(`expected an error of the API, not ${String(failure)}`)
    expect(failure.status).toBe(status)
    expect(failure.error).toMatchObject({ type: 'error', error: { type }, request_id: failure.requestID })
    expect(failure.requestID).toMatch(/^req_/)
    expect(failure.headers?.get('x-should-retry')).toBe('false')
  })

  test('has error classes for what it meets', async () => {
    const ask = (client: Anthropic) => client.messages.create({ model: 'demo', max_tokens: 1, messages })
    const refused: unknown = await ask(clientOf({ key: 'sk-tg-00000000' })).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Sdk.AuthenticationError)
    const limited = clientOf(await stand.customer({ rpm: 1 }))
    await ask(limited)
    const failure: unknown = await ask(limited).catch((error: unknown) => error)
    if (!(failure instanceof Sdk.RateLimitError))
      throw new Error(`expected a refusal for the limit, not ${String(failure)}`)
    expect(failure.headers.get('retry-after')).toMatch(/^[1-9][0-9]?$/)
    expect(failure.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
  })
})
