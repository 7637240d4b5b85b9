import { afterAll, describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import AnthropicZero from '@anthropic-ai/sdk-0'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import type { ReceiptJson } from '../harness/admin.ts'
import { startStand } from './stand.ts'

/** Several SDKs take a clean end for a whole answer: a stream that broke has to raise their error instead. */
const stand = await startStand()
afterAll(() => stand.stop())

const said = [{ role: 'user' as const, content: 'Tell of the sea.' }]

type Read = (key: string, model: string) => Promise<unknown>

const drain = async (stream: AsyncIterable<unknown>): Promise<void> => {
  for await (const _event of stream) {
    // Only the end matters.
  }
}

const openAi = (key: string): OpenAI => new OpenAI({ baseURL: `${stand.url}/v1`, apiKey: key, maxRetries: 0 })
const chat: Read = async (key, model) =>
  drain(await openAi(key).chat.completions.create({ model, messages: said, stream: true }))
const chatHelper: Read = (key, model) =>
  openAi(key).chat.completions.stream({ model, messages: said }).finalChatCompletion()
const responses: Read = async (key, model) => {
  for await (const event of await openAi(key).responses.create({ model, input: 'Tell of the sea.', stream: true })) {
    if (event.type === 'response.failed') throw new Error(event.response.error?.message)
  }
}
const anthropic =
  (Sdk: typeof Anthropic): Read =>
  (key, model) =>
    new Sdk({ baseURL: stand.url, apiKey: key, maxRetries: 0 }).messages
      .stream({ model, max_tokens: 100, messages: said })
      .finalMessage()
const gemini: Read = async (key, model) => {
  const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: stand.url } })
  await drain(await models.generateContentStream({ model, contents: 'Tell of the sea.' }))
}

const CASES: readonly [string, string, Read][] = [
  ['the OpenAI SDK', 'own-openai-chat-stream-cut-short', chat],
  ["the OpenAI SDK's helper", 'own-openai-chat-stream-cut-short', chatHelper],
  ['the OpenAI SDK', 'own-groq-chat-stream-error-midway', chat],
  ['the OpenAI SDK', 'own-openai-responses-stream-error-event', responses],
  ['the OpenAI SDK', 'own-openai-responses-stream-failed', responses],
  ['the Anthropic SDK 1.x', 'own-anthropic-messages-stream-cut-short', anthropic(Anthropic)],
  ['the Anthropic SDK 1.x', 'own-anthropic-messages-stream-error-midway', anthropic(Anthropic)],
  [
    'the Anthropic SDK 0.x',
    'own-anthropic-messages-stream-cut-short',
    anthropic(AnthropicZero as unknown as typeof Anthropic),
  ],
  [
    'the Anthropic SDK 0.x',
    'own-anthropic-messages-stream-error-midway',
    anthropic(AnthropicZero as unknown as typeof Anthropic),
  ],
  ['the Google GenAI SDK', 'own-gemini-stream-cut-short', gemini],
]

const receiptOf = async (read: Read, model: string): Promise<ReceiptJson | undefined> => {
  const customer = await stand.customer()
  const failure: unknown = await read(customer.key, model).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(Error)
  return (await stand.receipts(customer, 1))[0]
}

describe('a stream that the vendor breaks', () => {
  test.each(CASES)('raises an error in %s: %s', async (_sdk, model, read) => {
    const receipt = await receiptOf(read, model)
    expect(receipt?.ended).toBe('upstream_cut')
  })

  test.each([
    ['own-openai-chat-stream-usage-asked', chat],
    ['own-openai-responses-stream-text', responses],
    ['own-anthropic-messages-stream-text', anthropic(Anthropic)],
    ['own-gemini-stream-text', gemini],
  ] as const)(
    'by closing the connection raises an error in the SDK, and is charged for what arrived: %s',
    async (model, read) => {
      const bytes = stand.replay.interactions.find(({ id }) => id === model)?.response.body
      const after = Math.floor(String(bytes).length * 0.6)
      stand.replay.control({ cut: { how: 'reset', after }, times: 1 }, model)
      const receipt = await receiptOf(read, model)
      expect(receipt?.ended).toBe('upstream_cut')
      expect(receipt?.usage_source).toBe('estimated')
      expect(receipt?.usage.output).toBeGreaterThan(0)
    },
  )
})
