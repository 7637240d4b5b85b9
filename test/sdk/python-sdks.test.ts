import { afterAll, describe, expect, test } from 'bun:test'
import type { Customer, ReceiptJson } from '../harness/admin.ts'
import { runPython, sawIn } from './python.ts'
import { startStand } from './stand.ts'

const stand = await startStand()
afterAll(() => stand.stop())

const customers = {
  openai: await stand.customer(),
  anthropic: await stand.customer(),
  langchain: await stand.customer(),
}
const [openai, anthropic, langchain] = await Promise.all([
  runPython('openai_sdk.py', stand.url, customers.openai.key),
  runPython('anthropic_sdk.py', stand.url, customers.anthropic.key),
  runPython('langchain_sdk.py', stand.url, customers.langchain.key),
])

/** The usage of a receipt as the SDKs without caching show it: all input, all output. */
const totals = ({ usage }: ReceiptJson): number[] => [usage.input ?? 0, usage.output ?? 0]

const expectBilled = async (saw: Readonly<Record<string, unknown>>, customer: Customer): Promise<void> => {
  const receipt = await stand.receipt(String(saw.request_id), customer.key)
  expect(receipt).toMatchObject({ ended: 'whole', usage_source: 'upstream' })
  expect(saw.usage).toEqual(totals(receipt))
}

describe('the Python SDK of OpenAI', () => {
  test.each(['chat', 'chat_stream', 'responses', 'completions', 'embeddings'])(
    '%s: answered, and billed by the usage it shows',
    async (name) => {
      const saw = sawIn(openai, name)
      if (name !== 'embeddings') expect(saw.text).toContain('Which way to the harbour?')
      await expectBilled(saw, customers.openai)
    },
  )

  test.each(['chat_stream_helper', 'responses_stream_helper'])('%s: accumulated as if it had come whole', (name) => {
    const { text, usage } = sawIn(openai, name)
    const whole = sawIn(openai, name === 'chat_stream_helper' ? 'chat' : 'responses')
    expect({ text, usage }).toEqual({ text: whole.text, usage: whole.usage })
  })

  test('calls a tool, embeds and lists models', () => {
    expect(sawIn(openai, 'chat_tools')).toMatchObject({ name: 'get_weather', arguments: '{"city":"demo"}' })
    expect(sawIn(openai, 'embeddings')).toMatchObject({ lengths: [16, 16] })
    expect(sawIn(openai, 'models')).toMatchObject({
      ids: expect.arrayContaining(['demo', 'claude-sonnet-4-6']),
      one: 'demo',
    })
  })

  test.each([
    ['wrong_key', { status: 401, code: 'invalid_api_key' }],
    ['unknown_model', { status: 404, code: 'model_not_found' }],
    ['bad_messages', { status: 400, param: 'messages' }],
  ])('%s: refused by its own error class', (name, fields) => {
    expect(sawIn(openai, name)).toMatchObject({ ...fields, request_id: expect.stringMatching(/^req_/) })
  })
})

describe('the Python SDK of Anthropic', () => {
  test.each(['messages', 'messages_stream_helper'])('%s: answered, and billed by the usage it shows', async (name) => {
    const saw = sawIn(anthropic, name)
    expect(saw.text).toContain('Which way to the harbour?')
    await expectBilled(saw, customers.anthropic)
  })

  test('calls a tool, counts tokens and lists models', () => {
    expect(sawIn(anthropic, 'tools')).toMatchObject({ name: 'get_weather', input: { city: 'demo' } })
    expect(sawIn(anthropic, 'count_tokens')).toEqual({ tokens: 5 })
    expect(sawIn(anthropic, 'models')).toMatchObject({
      ids: expect.arrayContaining(['demo', 'claude-sonnet-4-6']),
      one: 'demo',
    })
  })

  test.each([
    ['wrong_key', { status: 401, type: 'authentication_error' }],
    ['unknown_model', { status: 404, type: 'not_found_error' }],
  ])('%s: refused by its own error class', (name, fields) => {
    expect(sawIn(anthropic, name)).toMatchObject({ ...fields, request_id: expect.stringMatching(/^req_/) })
  })
})

describe('langchain-openai for Python', () => {
  test('is answered as often as it asks, each time billed by the usage it shows', async () => {
    const asked = ['invoke', 'stream', 'on_responses'].map((name) => sawIn(langchain, name))
    for (const saw of asked) expect(saw.text).toContain('Which way to the harbour?')
    // Two more for the tool, one for the embeddings.
    const receipts = await stand.receipts(customers.langchain, 6)
    expect(receipts.map(({ ended }) => ended)).toEqual(Array(6).fill('whole'))
    for (const [at, saw] of asked.entries()) {
      const receipt = receipts[at]
      if (receipt) expect(saw.usage).toEqual(totals(receipt))
    }
  })

  test('calls a tool, embeds, and knows a wrong key', () => {
    expect(sawIn(langchain, 'tools')).toMatchObject({ name: 'get_weather', args: { city: 'demo' } })
    expect(sawIn(langchain, 'embeddings')).toEqual({ lengths: [256, 256] })
    expect(sawIn(langchain, 'wrong_key')).toEqual({ status: 401, code: 'invalid_api_key' })
  })
})
