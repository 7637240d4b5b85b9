import { afterAll, describe, expect, test } from 'bun:test'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, embedMany, generateText, type LanguageModel, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'
import type { ReceiptJson } from '../harness/admin.ts'
import { startStand } from './stand.ts'

const stand = await startStand()
afterAll(() => stand.stop())

const openai = (apiKey: string) => createOpenAI({ baseURL: `${stand.url}/v1`, apiKey })
const compatible = (apiKey: string) =>
  createOpenAICompatible({ name: 'tollgate', baseURL: `${stand.url}/v1`, apiKey, includeUsage: true })

const PROVIDERS: readonly [string, (apiKey: string) => LanguageModel, string][] = [
  ['openai', (apiKey) => openai(apiKey)('demo'), 'openai-responses'],
  ['openai, chat', (apiKey) => openai(apiKey).chat('demo'), 'openai-chat'],
  ['openai-compatible', (apiKey) => compatible(apiKey)('demo'), 'openai-chat'],
  ['anthropic', (apiKey) => createAnthropic({ baseURL: `${stand.url}/v1`, apiKey })('demo'), 'anthropic-messages'],
  ['google', (apiKey) => createGoogle({ baseURL: `${stand.url}/v1beta`, apiKey })('demo'), 'gemini'],
]

const tools = {
  get_weather: tool({
    description: 'The weather of a city',
    inputSchema: z.object({ city: z.string() }),
    execute: async () => 'sunny, 22 degrees',
  }),
}

/** The SDK has one usage for all vendors: totals, of which cached input is a part. */
const expectSame = (
  receipt: ReceiptJson | undefined,
  usage: { inputTokens?: number | undefined; outputTokens?: number | undefined },
): void => {
  expect(receipt).toMatchObject({ ended: 'whole', usage_source: 'upstream' })
  const { input = 0, cache_read = 0, cache_write_5m = 0, cache_write_1h = 0, output = 0 } = receipt?.usage ?? {}
  expect([usage.inputTokens, usage.outputTokens]).toEqual([
    input + cache_read + cache_write_5m + cache_write_1h,
    output,
  ])
}

describe.each(PROVIDERS)('the AI SDK with %s', (_name, model, format) => {
  test('generates text, billed by the usage it shows', async () => {
    const customer = await stand.customer()
    const result = await generateText({
      model: model(customer.key),
      prompt: 'Which way to the harbour?',
      maxRetries: 0,
    })
    expect(result.text).toContain('Which way to the harbour?')
    const receipt = await stand.receipt(result.response.headers?.['x-request-id'], customer.key)
    expect(receipt.client_format).toBe(format)
    expectSame(receipt, result.usage)
  })

  test('streams text, billed by the usage it shows', async () => {
    const customer = await stand.customer()
    let failure: unknown
    const onError = ({ error }: { error: unknown }): void => {
      failure = error
    }
    const result = streamText({
      model: model(customer.key),
      prompt: 'Which way to the harbour?',
      maxRetries: 0,
      onError,
    })
    const pieces: string[] = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(failure).toBeUndefined()
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toContain('Which way to the harbour?')
    expect(await result.finishReason).toBe('stop')
    expectSame((await stand.receipts(customer, 1))[0], await result.usage)
  })

  test('runs a tool and goes on, streaming', async () => {
    const customer = await stand.customer()
    const result = streamText({
      model: model(customer.key),
      prompt: 'TOOLTEST: how is the weather?',
      tools,
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    })
    const steps = await result.steps
    expect(steps[0]?.toolCalls[0]).toMatchObject({ toolName: 'get_weather', input: { city: 'demo' } })
    const receipts = await stand.receipts(customer, steps.length)
    for (const [at, step] of steps.entries()) expectSame(receipts[at], step.usage)
  })

  test('throws its own error for a wrong key, and does not try again', async () => {
    const asked = generateText({ model: model('sk-tg-00000000'), prompt: 'Ahoy' })
    const failure: unknown = await asked.catch((error: unknown) => error)
    if (!APICallError.isInstance(failure)) throw new Error(`expected an error of the API, not ${String(failure)}`)
    expect(failure).toMatchObject({ statusCode: 401, isRetryable: false })
  })
})

describe('the AI SDK', () => {
  test.each(['openai', 'openai-compatible'])('embeds with %s, billed by the usage it shows', async (name) => {
    const customer = await stand.customer()
    const model =
      name === 'openai'
        ? openai(customer.key).embedding('demo-embedding')
        : compatible(customer.key).embeddingModel('demo-embedding')
    const { embeddings, usage } = await embedMany({ model, values: ['a red boat', 'a blue boat'], maxRetries: 0 })
    expect(embeddings.map((embedding) => embedding.length)).toEqual([256, 256])
    expectSame((await stand.receipts(customer, 1))[0], { inputTokens: usage.tokens, outputTokens: 0 })
  })

  test('completes with openai-compatible', async () => {
    const customer = await stand.customer()
    const model = compatible(customer.key).completionModel('demo')
    const { text, usage } = await generateText({ model, prompt: 'Ahoy', maxRetries: 0 })
    expect(text.length).toBeGreaterThan(0)
    expectSame((await stand.receipts(customer, 1))[0], usage)
  })
})
