import { afterAll, describe, expect, test } from 'bun:test'
import { ApiError, type FunctionDeclaration, GoogleGenAI, type GoogleGenAIOptions } from '@google/genai'
import type { Customer } from '../harness/admin.ts'
import { expectBilled, startStand } from './stand.ts'
import { ofGemini } from './usage.ts'

const stand = await startStand()
afterAll(() => stand.stop())

const clientOf = ({ key }: Pick<Customer, 'key'>, options: GoogleGenAIOptions = {}): GoogleGenAI =>
  new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: stand.url }, ...options })

const contents = 'Which way to the harbour?'
const weather: FunctionDeclaration = {
  name: 'get_weather',
  description: 'The weather of a city',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

// The SDK chooses its version of the API by itself, older ones and the Gemini CLI another.
describe.each([undefined, 'v1', 'v1beta'])('the Google GenAI SDK with API version %p', (apiVersion) => {
  const options = apiVersion === undefined ? {} : { apiVersion }

  test.each(['demo', 'own-gemini-generate-text', 'own-gemini-generate-cached-thinking'])(
    'gets a whole answer of %s, billed by the usage it shows',
    async (model) => {
      const customer = await stand.customer()
      const answer = await clientOf(customer, options).models.generateContent({ model, contents })
      expect(answer.text?.length).toBeGreaterThan(0)
      const requestId = answer.sdkHttpResponse?.headers?.['x-request-id']
      expectBilled(await stand.receipt(requestId, customer.key), ofGemini(answer.usageMetadata))
    },
  )

  test.each(['demo', 'own-gemini-stream-text', 'own-gemini-stream-cached', 'own-gemini-stream-thinking'])(
    'streams %s',
    async (model) => {
      const customer = await stand.customer()
      let text = ''
      let last: Parameters<typeof ofGemini>[0]
      for await (const chunk of await clientOf(customer, options).models.generateContentStream({ model, contents })) {
        text += chunk.text ?? ''
        last = chunk.usageMetadata ?? last
      }
      expect(text.length).toBeGreaterThan(0)
      const [receipt] = await stand.receipts(customer, 1)
      if (receipt) expectBilled(receipt, ofGemini(last))
    },
  )

  test('counts tokens for nothing', async () => {
    const customer = await stand.customer()
    const answer = await clientOf(customer, options).models.countTokens({ model: 'demo', contents })
    expect(answer.totalTokens).toBe(5)
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({ ended: 'whole', cost_usd: '0.000000000' })
  })

  test('embeds, and the receipt says what was embedded', async () => {
    const customer = await stand.customer()
    const answer = await clientOf(customer, options).models.embedContent({
      model: 'demo-embedding',
      contents: ['a red boat', 'a blue boat'],
    })
    expect(answer.embeddings?.map(({ values }) => values?.length)).toEqual([256, 256])
    const [receipt] = await stand.receipts(customer, 1)
    expect(receipt).toMatchObject({ ended: 'whole', client_format: 'gemini', usage: { input: 6, output: 0 } })
  })

  test('lists models page by page', async () => {
    const names: string[] = []
    for await (const model of await clientOf(await stand.customer(), options).models.list({ config: { pageSize: 7 } }))
      names.push(model.name ?? '')
    expect(names).toContain('models/demo')
    expect(new Set(names).size).toBe(names.length)
  })

  test('gets one model', async () => {
    const model = await clientOf(await stand.customer(), options).models.get({ model: 'demo' })
    expect(model.name).toBe('models/demo')
  })
})

describe('the Google GenAI SDK', () => {
  test('calls a tool, takes its result back, and answers', async () => {
    const customer = await stand.customer()
    const { models } = clientOf(customer)
    const config = { tools: [{ functionDeclarations: [weather] }] }
    const said = { role: 'user', parts: [{ text: 'TOOLTEST: how is the weather?' }] }
    const asked = await models.generateContent({ model: 'demo', contents: [said], config })
    const [call] = asked.functionCalls ?? []
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'demo' } })
    const turn = asked.candidates?.[0]?.content
    const result = {
      role: 'user',
      parts: [{ functionResponse: { name: 'get_weather', response: { output: 'sunny' } } }],
    }
    const answered = await models.generateContent({
      model: 'demo',
      contents: [said, ...(turn ? [turn] : []), result],
      config,
    })
    expect(answered.text).toContain('Tollgate')
    const receipts = await stand.receipts(customer, 2)
    expect(receipts.map(({ ended }) => ended)).toEqual(['whole', 'whole'])
  })

  test('holds a conversation', async () => {
    const chat = clientOf(await stand.customer()).chats.create({ model: 'demo' })
    expect((await chat.sendMessage({ message: 'Ahoy' })).text).toContain('Ahoy')
    expect((await chat.sendMessage({ message: 'Fair winds' })).text).toContain('Fair winds')
  })

  test.each([
    ['a wrong key', async () => ({ key: 'sk-tg-00000000' }), 'demo', 401, 'UNAUTHENTICATED'],
    ['no money', () => stand.gateway.createCustomer('0'), 'demo', 402, 'FAILED_PRECONDITION'],
    ['a model its key may not use', () => stand.customer({ models: ['gpt-4o'] }), 'demo', 403, 'PERMISSION_DENIED'],
    ['a model nobody knows', () => stand.customer(), 'no-such-model', 404, 'NOT_FOUND'],
  ])('is refused for %s, with status and words it knows', async (_what, make, model, status, word) => {
    const asked = clientOf(await make()).models.generateContent({ model, contents })
    const failure: unknown = await asked.catch((error: unknown) => error)
    if (!(failure instanceof ApiError)) throw new Error(`expected an error of the API, not ${String(failure)}`)
    expect(failure.status).toBe(status)
    expect(JSON.parse(failure.message)).toMatchObject({ error: { code: status, status: word } })
  })
})
