import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import type { Answer } from '../../src/canon/answer.ts'
import { inputTotal } from '../../src/canon/usage.ts'
import { bodyBytes, type Interaction, loadInteractions } from '../replay/interaction.ts'
import { codecOf, FAMILY, type Format, FORMATS, formatOf, readStream } from '../translation/conformance.ts'
import { startStand } from './stand.ts'

/** Every official SDK against every upstream that does not speak its format, on our own fixtures. */
const stand = await startStand({}, { oneFormat: true })
afterAll(() => stand.stop())

/** What an SDK made of an answer, in words all four share. */
interface Heard {
  readonly requestId: string | null | undefined
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
}

const interactions = loadInteractions(join(import.meta.dir, '..', 'fixtures')).filter(
  ({ response, id }) => response.status === 200 && !/cut|error|failed|two-choices|audio|incomplete|200-with/.test(id),
)
const of = (format: Format, stream: boolean): readonly Interaction[] =>
  interactions.filter((interaction) => formatOf(interaction) === format && interaction.stream === stream)

const told = (interaction: Interaction, format: Format): Answer => {
  const bytes = bodyBytes(interaction)
  if (interaction.stream) return readStream(format, bytes)
  const body = interaction.response.body as Record<string, unknown>
  return codecOf(format).parseResponse(body, { family: FAMILY[format], requestId: 'req_told' })
}

const QUESTION = 'Which way to the harbour?'
const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' as const } } }

const openai = (key: string): OpenAI => new OpenAI({ apiKey: key, baseURL: `${stand.url}/v1`, maxRetries: 0 })
const parsed = (text: string): unknown => JSON.parse(text === '' ? '{}' : text)

const askChat = async (key: string, model: string, stream: boolean): Promise<Heard> => {
  const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: SCHEMA } }]
  const body = { model, messages: [{ role: 'user' as const, content: QUESTION }], tools }
  const client = openai(key)
  const { data, response } = stream
    ? await client.chat.completions.create({ ...body, stream: true }).withResponse()
    : await client.chat.completions.create(body).withResponse()
  const whole =
    'choices' in data
      ? data
      : await (await import('openai/lib/ChatCompletionStream')).ChatCompletionStream.fromReadableStream(
          (data as AsyncIterable<unknown> & { toReadableStream(): ReadableStream }).toReadableStream(),
        ).finalChatCompletion()
  const { message } = whole.choices[0] ?? {}
  const calls = (message?.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [{ name: call.function.name, input: parsed(call.function.arguments) }] : [],
  )
  return { requestId: response.headers.get('x-request-id'), text: message?.content ?? '', calls }
}

const askResponses = async (key: string, model: string, stream: boolean): Promise<Heard> => {
  const tools = [{ type: 'function' as const, name: 'get_weather', parameters: SCHEMA, strict: false }]
  const body = { model, input: QUESTION, tools }
  const client = openai(key)
  const response = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body)
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call' ? [{ name: item.name, input: parsed(item.arguments) }] : [],
  )
  const text = response.output.flatMap((item) => (item.type === 'message' ? item.content : []))
  const words = text.map((part) => (part.type === 'output_text' ? part.text : part.refusal)).join('')
  return { requestId: `req_${response.id.replace(/^resp_/, '')}`, text: words, calls }
}

const askMessages = async (key: string, model: string, stream: boolean): Promise<Heard> => {
  const client = new Anthropic({ apiKey: key, baseURL: stand.url, maxRetries: 0 })
  const tools = [{ name: 'get_weather', input_schema: SCHEMA }]
  const body = { model, max_tokens: 2_000, messages: [{ role: 'user' as const, content: QUESTION }], tools }
  const message = stream ? await client.messages.stream(body).finalMessage() : await client.messages.create(body)
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  const calls = message.content.flatMap((block) =>
    block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
  )
  return { requestId: `req_${message.id.replace(/^msg_/, '')}`, text, calls }
}

const askGemini = async (key: string, model: string, stream: boolean): Promise<Heard> => {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: stand.url } })
  const functionDeclarations = [{ name: 'get_weather', parametersJsonSchema: SCHEMA }]
  const ask = { model, contents: QUESTION, config: { tools: [{ functionDeclarations }] } }
  const chunks = stream
    ? await Array.fromAsync(await client.models.generateContentStream(ask))
    : [await client.models.generateContent(ask)]
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  return {
    requestId: chunks[0]?.responseId,
    text: parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join(''),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [{ name: functionCall.name ?? '', input: functionCall.args ?? {} }] : [],
    ),
  }
}

const ASK: Readonly<Record<Format, (key: string, model: string, stream: boolean) => Promise<Heard>>> = {
  'openai-chat': askChat,
  'openai-responses': askResponses,
  'anthropic-messages': askMessages,
  gemini: askGemini,
}

const CELLS = FORMATS.flatMap((client) =>
  FORMATS.filter((upstream) => upstream !== client).flatMap((upstream) =>
    [false, true].flatMap((stream) =>
      of(upstream, stream).map(({ id }): [Format, string, Format, boolean] => [client, id, upstream, stream]),
    ),
  ),
)

describe('across formats', () => {
  test.each(CELLS)(
    'the SDK of %s hears from %s what the upstream said, and is billed by it',
    async (client, id, upstream, stream) => {
      const customer = await stand.customer()
      const interaction = interactions.find((one) => one.id === id)
      if (!interaction) throw new Error(`there is no fixture ${id}`)
      const said = told(interaction, upstream)
      const heard = await ASK[client](customer.key, id, stream)
      const calls = said.blocks.flatMap((block) =>
        block.kind === 'tool-call' ? [{ name: block.name, input: parsed(block.arguments) }] : [],
      )
      const text = said.blocks
        .map((block) => (block.kind === 'text' || block.kind === 'refusal' ? block.text : ''))
        .join('')
      expect(heard.calls).toEqual(calls)
      expect(heard.text).toBe(text)
      const [receipt] = await stand.receipts(customer, 1)
      expect(receipt).toMatchObject({ client_format: client, upstream_format: upstream, ended: 'whole' })
      if (said.usage) {
        const { usage } = receipt ?? {}
        expect(usage).toMatchObject({ output: said.usage.output, cache_read: said.usage.cacheRead })
        expect(
          Number(usage?.input) +
            Number(usage?.cache_read) +
            Number(usage?.cache_write_5m) +
            Number(usage?.cache_write_1h),
        ).toBe(inputTotal(said.usage))
      }
    },
  )
})
