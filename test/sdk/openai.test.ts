import { afterAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type { Customer } from '../harness/admin.ts'
import { expectBilled, startStand } from './stand.ts'
import { ofCompletion, ofInput } from './usage.ts'

const stand = await startStand()
afterAll(() => stand.stop())

const clientOf = (customer: Customer): OpenAI =>
  new OpenAI({ baseURL: `${stand.url}/v1`, apiKey: customer.key, maxRetries: 0 })

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Which way to the harbour?' }]
const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

describe('the OpenAI SDK on Chat Completions', () => {
  test('gets a whole answer, billed by the usage it shows', async () => {
    const customer = await stand.customer()
    const asked = clientOf(customer).chat.completions.create({ model: 'demo', messages })
    const { data, request_id } = await asked.withResponse()
    expect(data.choices[0]?.message.content).toContain('Which way to the harbour?')
    expect(data).toHaveProperty('_request_id', request_id)
    expectBilled(await stand.receipt(request_id, customer.key), ofCompletion(data.usage))
  })

  test.each([
    ['own-openai-chat-text', '“cité corsaire”'],
    ['own-openai-chat-text-cached', ''],
    ['own-openai-chat-reasoning', ''],
  ])('gets what the vendor sent for %s, and its receipt has every bucket of it', async (model, text) => {
    const customer = await stand.customer()
    const { data, request_id } = await clientOf(customer).chat.completions.create({ model, messages }).withResponse()
    if (text) expect(data.choices[0]?.message.content?.replaceAll('«', '“')).toContain(text.slice(1, -1))
    expectBilled(await stand.receipt(request_id, customer.key), ofCompletion(data.usage))
  })

  test('streams chunk by chunk, and without asking for usage is sent none, though it is billed', async () => {
    const customer = await stand.customer()
    const asked = clientOf(customer).chat.completions.create({ model: 'demo', messages, stream: true })
    const { data, request_id } = await asked.withResponse()
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of data) chunks.push(chunk)
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toContain('Which way to the harbour?')
    expect(chunks.every((chunk) => chunk.choices.length > 0)).toBe(true)
    expect(chunks.some((chunk) => chunk.usage)).toBe(false)
    expect(chunks.length).toBeGreaterThan(5)
    const receipt = await stand.receipt(request_id, customer.key)
    expectBilled(receipt, { ...ofInput(5), output: text.match(/\S+/g)?.length ?? 0 })
    expect(receipt.stream).toBe(true)
  })

  test('streams usage when it asks for it, as billed', async () => {
    const customer = await stand.customer()
    const asked = clientOf(customer).chat.completions.create({
      model: 'demo',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const { data, request_id } = await asked.withResponse()
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of data) usage = chunk.usage ?? usage
    expectBilled(await stand.receipt(request_id, customer.key), ofCompletion(usage))
  })

  test.each(['own-openai-chat-stream-cached', 'own-openai-chat-stream-usage-asked'])(
    'streams what the vendor sent for %s',
    async (model) => {
      const customer = await stand.customer()
      const stream = clientOf(customer).chat.completions.stream({
        model,
        messages,
        stream_options: { include_usage: true },
      })
      const completion = await stream.finalChatCompletion()
      expect(completion.choices[0]?.finish_reason).toBe('stop')
      const [receipt] = await stand.receipts(customer, 1)
      if (receipt) expectBilled(receipt, ofCompletion(completion.usage))
    },
  )

  test('accumulates with its stream helper', async () => {
    const customer = await stand.customer()
    const stream = clientOf(customer).chat.completions.stream({
      model: 'demo',
      messages,
      stream_options: { include_usage: true },
    })
    const completion = await stream.finalChatCompletion()
    expect(completion.choices[0]?.message.content).toBe(await stream.finalContent())
    const [receipt] = await stand.receipts(customer, 1)
    if (receipt) expectBilled(receipt, ofCompletion(completion.usage))
  })

  test.each([true, false])('runs tools to the end of the conversation, stream: %p', async (stream) => {
    const customer = await stand.customer()
    const tool = {
      ...weather,
      parse: JSON.parse as (text: string) => { city: string },
      function: () => 'sunny, 22 degrees',
    }
    const tools = [{ type: 'function' as const, function: tool }]
    const said = [{ role: 'user' as const, content: 'TOOLTEST: how is the weather?' }]
    const { completions } = clientOf(customer).chat
    const runner = stream
      ? completions.runTools({ model: 'demo', messages: said, tools, stream: true })
      : completions.runTools({ model: 'demo', messages: said, tools })
    const content = await runner.finalContent()
    expect(content).toContain('Tollgate')
    expect(runner.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
    const receipts = await stand.receipts(customer, 2)
    expect(receipts.map(({ ended }) => ended)).toEqual(['whole', 'whole'])
  })
})

describe('the OpenAI SDK on Completions and Embeddings', () => {
  test('completes, whole and streamed', async () => {
    const customer = await stand.customer()
    const { completions } = clientOf(customer)
    const { data, request_id } = await completions
      .create({ model: 'demo', prompt: 'Ahoy there', max_tokens: 9 })
      .withResponse()
    expect(data.choices[0]?.text.length).toBeGreaterThan(5)
    expectBilled(await stand.receipt(request_id, customer.key), ofCompletion(data.usage))
    const streamed = await completions.create({ model: 'demo', prompt: 'Ahoy there', stream: true }).withResponse()
    let text = ''
    for await (const chunk of streamed.data) text += chunk.choices[0]?.text ?? ''
    expect(text).toContain('Ahoy there')
    const receipt = await stand.receipt(streamed.request_id, customer.key)
    expectBilled(receipt, { ...ofInput(2), output: text.match(/\S+/g)?.length ?? 0 })
  })

  test('gets the same embedding as numbers and in the base64 it asks for by itself', async () => {
    const customer = await stand.customer()
    const client = clientOf(customer)
    const ask = (encoding?: 'float') =>
      client.embeddings
        .create({
          model: 'demo-embedding',
          input: ['a red boat', 'a blue boat'],
          dimensions: 16,
          ...(encoding && { encoding_format: encoding }),
        })
        .withResponse()
    const numbers = await ask('float')
    const packed = await ask()
    expect(numbers.data.data.map(({ embedding }) => embedding.length)).toEqual([16, 16])
    for (const [row, { embedding }] of packed.data.data.entries()) {
      const wanted = numbers.data.data[row]?.embedding ?? []
      for (const [at, value] of embedding.entries()) expect(value).toBeCloseTo(wanted[at] ?? Number.NaN, 5)
    }
    for (const { data, request_id } of [numbers, packed]) {
      expectBilled(await stand.receipt(request_id, customer.key), ofInput(data.usage.prompt_tokens))
    }
  })
})

describe('the OpenAI SDK on Models', () => {
  test('lists what its key can use, and retrieves each of some', async () => {
    const client = clientOf(await stand.customer())
    const ids: string[] = []
    for await (const model of client.models.list()) ids.push(model.id)
    expect(ids).toContain('demo')
    expect(ids).toContain('claude-sonnet-4-6')
    for (const id of ['demo', 'claude-sonnet-4-6']) {
      expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model' })
    }
  })

  test('is told of a model that is not there as by the vendor', async () => {
    const client = clientOf(await stand.customer())
    // The SDK's promises are of its own class, which `rejects` does not follow.
    const failure: unknown = await client.models.retrieve('no-such-model').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OpenAI.NotFoundError)
  })

  test('sees only the models its key is allowed', async () => {
    const client = clientOf(await stand.customer({ models: ['demo'] }))
    const ids: string[] = []
    for await (const model of client.models.list()) ids.push(model.id)
    expect(ids).toEqual(['demo'])
  })
})
