import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { reply, type Script, type Stage, START_MS, startStage, stream } from '../faults/scripted.ts'
import { fixture, textOf } from '../faults/formats.ts'

/** A stream that is refused in its first events: the SDKs only know how to try again what has a status. */

setDefaultTimeout(60_000)

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const tells = (text: string): Script =>
  stream(async (out) => {
    await out.write(text)
    out.end()
  })

const named = (event: { readonly type: string; readonly [name: string]: unknown }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const OVERLOADED = tells(named({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }))
const FAILED = tells(
  named({ type: 'response.failed', response: { output: [], error: { code: 'rate_limit_exceeded', message: 'm' } } }),
)
const BUSY = tells('data: {"error":{"message":"m","code":"server_is_overloaded"}}\n\n')
const LIMITED = reply(200, '{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}')

type Ask = (prompt: string, maxRetries: number) => Promise<unknown>

const openAi = (maxRetries: number): OpenAI =>
  new OpenAI({ baseURL: `${stage.gateway.url}/v1`, apiKey: stage.customer.key, maxRetries })
const anthropic: Ask = (content, maxRetries) =>
  new Anthropic({ baseURL: stage.gateway.url, apiKey: stage.customer.key, maxRetries }).messages
    .stream({ model: 'claude', max_tokens: 100, messages: [{ role: 'user', content }] })
    .finalMessage()
const chat: Ask = (content, maxRetries) =>
  openAi(maxRetries).chat.completions.create({ model: 'chat', messages: [{ role: 'user', content }], stream: true })
const responses: Ask = (input, maxRetries) => openAi(maxRetries).responses.create({ model: 'gpt', input, stream: true })
const gemini: Ask = (contents) =>
  new GoogleGenAI({
    apiKey: stage.customer.key,
    httpOptions: { baseUrl: stage.gateway.url },
  }).models.generateContentStream({ model: 'gem', contents })

const CASES: readonly [string, Ask, Script, number][] = [
  ['the Anthropic SDK', anthropic, OVERLOADED, 529],
  ["the OpenAI SDK's Chat", chat, BUSY, 503],
  ["the OpenAI SDK's Responses", responses, FAILED, 429],
  ['the Google GenAI SDK', gemini, LIMITED, 429],
]

describe('a stream that is refused in its first events', () => {
  test.each(CASES)('is an error with its status in %s', async (_sdk, ask, script, status) => {
    const failure: unknown = await ask(stage.upstream.plays(script), 0).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ status })
  })

  test('is tried again by the Anthropic SDK, and answered', async () => {
    const good = fixture('own-anthropic-messages-stream-text')
    let asked = 0
    const script: Script = (socket, request) => {
      asked += 1
      return (asked === 1 ? OVERLOADED : tells(textOf(good)))(socket, request)
    }
    expect(await anthropic(stage.upstream.plays(script), 1)).toMatchObject({ type: 'message', role: 'assistant' })
    expect(asked).toBe(2)
  })
})
