import { afterAll, describe, expect, test } from 'bun:test'
import { ChatAnthropic } from '@langchain/anthropic'
import type { AIMessageChunk, UsageMetadata } from '@langchain/core/messages'
import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { z } from 'zod'
import type { ReceiptJson } from '../harness/admin.ts'
import { startStand } from './stand.ts'

const stand = await startStand()
afterAll(() => stand.stop())

const openAi = (apiKey: string, useResponsesApi: boolean) =>
  new ChatOpenAI({
    model: 'demo',
    apiKey,
    configuration: { baseURL: `${stand.url}/v1` },
    useResponsesApi,
    maxRetries: 0,
  })

const MODELS = [
  ['ChatOpenAI', (apiKey: string) => openAi(apiKey, false), 'openai-chat'],
  ['ChatOpenAI on Responses', (apiKey: string) => openAi(apiKey, true), 'openai-responses'],
  [
    'ChatAnthropic',
    (apiKey: string) => new ChatAnthropic({ model: 'demo', apiKey, anthropicApiUrl: stand.url, maxRetries: 0 }),
    'anthropic-messages',
  ],
] as const

const weather = tool(async () => 'sunny', {
  name: 'get_weather',
  description: 'The weather of a city',
  schema: z.object({ city: z.string() }),
})

const expectSame = (receipt: ReceiptJson | undefined, usage: UsageMetadata | undefined): void => {
  expect(receipt).toMatchObject({ ended: 'whole', usage_source: 'upstream' })
  const { input = 0, cache_read = 0, cache_write_5m = 0, cache_write_1h = 0, output = 0 } = receipt?.usage ?? {}
  expect([usage?.input_tokens, usage?.output_tokens]).toEqual([
    input + cache_read + cache_write_5m + cache_write_1h,
    output,
  ])
}

describe.each(MODELS)('LangChain with %s', (_name, model, format) => {
  test('invokes, billed by the usage it shows', async () => {
    const customer = await stand.customer()
    const message = await model(customer.key).invoke('Which way to the harbour?')
    expect(message.text).toContain('Which way to the harbour?')
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt?.client_format).toBe(format)
    expectSame(receipt, message.usage_metadata)
  })

  test('streams, billed by the usage it shows', async () => {
    const customer = await stand.customer()
    const chunks: AIMessageChunk[] = []
    for await (const chunk of await model(customer.key).stream('Which way to the harbour?')) chunks.push(chunk)
    expect(chunks.length).toBeGreaterThan(3)
    const whole = chunks.reduce((sum, chunk) => sum.concat(chunk))
    expect(whole.text).toContain('Which way to the harbour?')
    const usage = whole.usage_metadata as UsageMetadata | undefined
    // It adds the one token that Anthropic's stream announces at its start to the count at its end.
    const counted =
      usage && format === 'anthropic-messages' ? { ...usage, output_tokens: usage.output_tokens - 1 } : usage
    expectSame((await stand.receipts(customer, 1))[0], counted)
  })

  test('calls a tool, takes its result back, and answers', async () => {
    const customer = await stand.customer()
    const bound = model(customer.key).bindTools([weather])
    const said = new HumanMessage('TOOLTEST: how is the weather?')
    const asked = await bound.invoke([said])
    const [call] = asked.tool_calls ?? []
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'demo' } })
    const result = new ToolMessage({ content: 'sunny', tool_call_id: call?.id ?? '' })
    const answered = await bound.invoke([said, asked, result])
    expect(answered.text).toContain('Tollgate')
    const receipts = await stand.receipts(customer, 2)
    expectSame(receipts[0], asked.usage_metadata)
    expectSame(receipts[1], answered.usage_metadata)
  })

  test('is told that its key is wrong', async () => {
    const failure: unknown = await model('sk-tg-00000000')
      .invoke('Ahoy')
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ status: 401 })
  })
})

describe('LangChain', () => {
  test('embeds documents', async () => {
    const customer = await stand.customer()
    const embeddings = new OpenAIEmbeddings({
      model: 'demo-embedding',
      apiKey: customer.key,
      configuration: { baseURL: `${stand.url}/v1` },
    })
    expect((await embeddings.embedDocuments(['a red boat', 'a blue boat'])).map((vector) => vector.length)).toEqual([
      256, 256,
    ])
    expect((await stand.receipts(customer, 1))[0]).toMatchObject({ ended: 'whole', usage: { input: 6, output: 0 } })
  })

  test('completes', async () => {
    const { key } = await stand.customer()
    const model = new OpenAI({
      model: 'demo',
      apiKey: key,
      configuration: { baseURL: `${stand.url}/v1` },
      maxRetries: 0,
    })
    expect(await model.invoke('Ahoy')).toContain('Tollgate')
  })
})
