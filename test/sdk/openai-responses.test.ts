import { afterAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type { Customer } from '../harness/admin.ts'
import { expectBilled, startStand } from './stand.ts'
import { ofResponse } from './usage.ts'

const stand = await startStand()
afterAll(() => stand.stop())

const clientOf = (customer: Customer): OpenAI =>
  new OpenAI({ baseURL: `${stand.url}/v1`, apiKey: customer.key, maxRetries: 0 })

const input = 'Which way to the harbour?'
const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

describe('the OpenAI SDK on Responses', () => {
  test.each([
    ['demo', 'Which way to the harbour?'],
    ['own-openai-responses-text', ''],
    ['own-openai-responses-reasoning-cached', ''],
  ])('gets a whole answer of %s, billed by the usage it shows', async (model, text) => {
    const customer = await stand.customer()
    const { data, request_id } = await clientOf(customer).responses.create({ model, input }).withResponse()
    expect(data.output_text).toContain(text)
    expect(data.output_text.length).toBeGreaterThan(0)
    expect(data).toHaveProperty('_request_id', request_id)
    expectBilled(await stand.receipt(request_id, customer.key), ofResponse(data.usage))
  })

  test.each(['demo', 'own-openai-responses-stream-text', 'own-openai-responses-stream-reasoning'])(
    'streams %s event by event to its end',
    async (model) => {
      const customer = await stand.customer()
      const asked = clientOf(customer).responses.create({ model, input, stream: true })
      const { data, request_id } = await asked.withResponse()
      let text = ''
      let final: OpenAI.Responses.Response | undefined
      const sequence: number[] = []
      for await (const event of data) {
        sequence.push(event.sequence_number)
        if (event.type === 'response.output_text.delta') text += event.delta
        if (event.type === 'response.completed') final = event.response
      }
      expect(sequence).toEqual(sequence.toSorted((a, b) => a - b))
      const parts = final?.output.flatMap((item) => (item.type === 'message' ? item.content : [])) ?? []
      expect(parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('')).toBe(text)
      expectBilled(await stand.receipt(request_id, customer.key), ofResponse(final?.usage))
    },
  )

  test.each(['demo', 'own-openai-responses-stream-text'])('accumulates %s with its stream helper', async (model) => {
    const customer = await stand.customer()
    const final = await clientOf(customer).responses.stream({ model, input }).finalResponse()
    expect(final.status).toBe('completed')
    expect(final.output_text.length).toBeGreaterThan(0)
    const [receipt] = await stand.receipts(customer, 1)
    if (receipt) expectBilled(receipt, ofResponse(final.usage))
  })

  test('calls a tool, takes its result back, and answers', async () => {
    const customer = await stand.customer()
    const client = clientOf(customer)
    const said: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'TOOLTEST: how is the weather?' }]
    const first = await client.responses.create({ model: 'demo', input: said, tools: [weather], store: false })
    const call = first.output.find((item) => item.type === 'function_call')
    if (!call) throw new Error('the tool was not called')
    expect(JSON.parse(call.arguments)).toHaveProperty('city')
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' }
    const second = await client.responses.create({
      model: 'demo',
      input: [...said, call, result],
      tools: [weather],
      store: false,
    })
    expect(second.output_text).toContain('Tollgate')
    const receipts = await stand.receipts(customer, 2)
    for (const [at, response] of [first, second].entries()) {
      const receipt = receipts[at]
      if (receipt) expectBilled(receipt, ofResponse(response.usage))
    }
  })

  test('accumulates the call of a tool with its stream helper', async () => {
    const client = clientOf(await stand.customer())
    const said = 'TOOLTEST: how is the weather?'
    const final = await client.responses.stream({ model: 'demo', input: said, tools: [weather] }).finalResponse()
    const call = final.output.find((item) => item.type === 'function_call')
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"demo"}', status: 'completed' })
  })

  test.each(['demo', 'own-openai-responses-input-tokens'])(
    'counts the tokens of an input for nothing, with %s',
    async (model) => {
      const customer = await stand.customer()
      const { data, request_id } = await clientOf(customer).responses.inputTokens.count({ model, input }).withResponse()
      expect(data.input_tokens).toBeGreaterThan(0)
      const receipt = await stand.receipt(request_id, customer.key)
      expect(receipt).toMatchObject({ ended: 'whole', cost_usd: '0.000000000' })
    },
  )
})
