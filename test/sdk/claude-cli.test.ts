import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { installStandIn } from '../claude-cli/installed.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

setDefaultTimeout(60_000)

const standIn = installStandIn()
let gateway: Gateway
let anthropic: Anthropic
let openai: OpenAI
beforeAll(async () => {
  gateway = await startGateway({
    config: {
      auth: 'none',
      providers: { local: { kind: 'claude-cli', claude_cli: { command: standIn.command } } },
      health: { failures: 1_000, failure_percent: 100, cool_down: '1ms', cool_down_max: '1ms', wait_max: '1ms' },
      limits: { per_ip: { rpm: 10_000 } },
    },
  })
  anthropic = new Anthropic({ baseURL: gateway.url, apiKey: 'none-is-needed', maxRetries: 0 })
  openai = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: 'none-is-needed', maxRetries: 0 })
})
afterAll(async () => {
  standIn.remove()
  await gateway.stop()
})

const MODEL = 'claude-3-5-sonnet-20241022'
const SAID = 'Heard 3 turns; instructions: Be kind.; last: And now?'
const turns = [
  { role: 'user' as const, content: 'Which way?' },
  { role: 'assistant' as const, content: 'North.' },
  { role: 'user' as const, content: 'And now?' },
]
const request = { model: MODEL, max_tokens: 1_000, system: 'Be kind.', messages: turns }

describe('the Anthropic SDK before the Claude CLI', () => {
  test('gets a message of several turns', async () => {
    const message = await anthropic.messages.create(request)
    expect([message.stop_reason, message.content]).toMatchObject(['end_turn', [{ type: 'text', text: SAID }]])
    expect(message.usage).toMatchObject({ input_tokens: 31, output_tokens: 9 })
  })

  test('accumulates a stream', async () => {
    const stream = anthropic.messages.stream(request)
    const message = await stream.finalMessage()
    expect([await stream.finalText(), message.stop_reason, message.usage.output_tokens]).toEqual([SAID, 'end_turn', 9])
  })

  test('accumulates thinking', async () => {
    const messages = [{ role: 'user' as const, content: 'play: thinking' }]
    const message = await anthropic.messages.stream({ ...request, messages }).finalMessage()
    expect(message.content).toMatchObject([{ type: 'thinking', signature: 'c3RhbmQtaW4=' }, { text: 'By the sea.' }])
  })

  test('throws its own error where the limit is reached, and where a stream breaks', async () => {
    const reset = Math.floor(Date.now() / 1_000) + 600
    const limited = anthropic.messages.create({
      ...request,
      messages: [{ role: 'user', content: `play: limit ${reset}` }],
    })
    expect(await limited.catch((error: unknown) => error)).toBeInstanceOf(Anthropic.RateLimitError)
    const broken = anthropic.messages.stream({ ...request, messages: [{ role: 'user', content: 'play: crash' }] })
    expect(await broken.finalMessage().catch((error: unknown) => error)).toBeInstanceOf(Anthropic.APIError)
  })

  test('counts tokens', async () => {
    const { input_tokens } = await anthropic.messages.countTokens({ model: MODEL, messages: turns })
    expect(input_tokens).toBeGreaterThan(3)
  })

  test('lists models', async () => {
    const models = await anthropic.models.list()
    expect(models.data.map(({ id }) => id)).toContain('claude-3-5-sonnet')
  })
})

const chat = {
  model: MODEL,
  max_tokens: 1_000,
  messages: [{ role: 'system' as const, content: 'Be kind.' }, ...turns],
}

describe('the OpenAI SDK before the Claude CLI', () => {
  test('gets a completion of several turns', async () => {
    const { choices, usage } = await openai.chat.completions.create(chat)
    expect([choices[0]?.finish_reason, choices[0]?.message.content]).toEqual(['stop', SAID])
    // What was read from and written to the cache is input to Chat.
    expect([usage?.prompt_tokens, usage?.completion_tokens]).toEqual([63, 9])
  })

  test('accumulates a stream with its usage', async () => {
    const stream = openai.chat.completions.stream({ ...chat, stream_options: { include_usage: true } })
    const completion = await stream.finalChatCompletion()
    expect([completion.choices[0]?.message.content, completion.usage?.completion_tokens]).toEqual([SAID, 9])
  })

  test('throws its own errors, with what the operator is to do', async () => {
    const out = openai.chat.completions.create({ ...chat, messages: [{ role: 'user', content: 'play: login' }] })
    const error = await out.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OpenAI.InternalServerError)
    expect(String(error)).toContain('claude auth login')
    const tools = [{ type: 'function' as const, function: { name: 'f', parameters: { type: 'object' } } }]
    const refused = openai.chat.completions.create({ ...chat, tools })
    expect(await refused.catch((thrown: unknown) => thrown)).toBeInstanceOf(OpenAI.BadRequestError)
  })
})
