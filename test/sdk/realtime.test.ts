import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { type SpokenStand, startSpokenStand } from '../pass-through/spoken-stand.ts'

/** The SDK speaks `wss:` alone, which something in front of Tollgate ends. */
const Secure = globalThis.WebSocket
class Plain extends Secure {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(String(url).replace(/^wss:/, 'ws:'), protocols)
  }
}

let stand: SpokenStand
beforeAll(async () => {
  globalThis.WebSocket = Plain
  stand = await startSpokenStand()
})
afterAll(async () => {
  globalThis.WebSocket = Secure
  await stand.stop()
})
beforeEach(() => stand.reset())

const USAGE = {
  ...{ total_tokens: 30, input_tokens: 20, output_tokens: 10 },
  input_token_details: { text_tokens: 5, audio_tokens: 15 },
  output_token_details: { text_tokens: 4, audio_tokens: 6 },
}

describe("OpenAI's own client of the Realtime API", () => {
  test('speaks through Tollgate, with the key where browsers put it, and is billed as it was told', async () => {
    stand.vendor.onEvent = (session, { type }) => {
      if (type !== 'response.create') return
      session.say({ type: 'response.created', response: { id: 'r' } })
      session.say({ type: 'response.output_text.delta', response_id: 'r', delta: 'hello' })
      session.say({ type: 'response.done', response: { id: 'r', status: 'completed', usage: USAGE } })
    }
    const key = await stand.newKey()
    const openai = new OpenAI({ apiKey: key.key, baseURL: `${stand.gateway.url}/v1`, dangerouslyAllowBrowser: true })
    const realtime = new OpenAIRealtimeWebSocket({ model: 'speaker-1', dangerouslyAllowBrowser: true }, openai)
    const done = Promise.withResolvers<unknown>()
    let text = ''
    realtime.on('error', (error) => done.reject(error))
    realtime.on('session.created', () => realtime.send({ type: 'response.create' }))
    realtime.on('response.output_text.delta', ({ delta }) => {
      text += delta
    })
    realtime.on('response.done', ({ response }) => done.resolve(response.usage))
    expect(await done.promise).toEqual(USAGE)
    expect(text).toBe('hello')
    realtime.close()
    expect(await stand.receiptsOf(key.id, 1)).toMatchObject([
      {
        usage: { input: 5, input_audio: 15, output: 4, output_audio: 6 },
        ...{ usage_source: 'upstream', ended: 'whole' },
      },
    ])
  })

  test('is told in its own words what Tollgate refuses', async () => {
    const poor = await stand.gateway.createCustomer('0.1')
    const openai = new OpenAI({ apiKey: poor.key, baseURL: `${stand.gateway.url}/v1`, dangerouslyAllowBrowser: true })
    const realtime = new OpenAIRealtimeWebSocket({ model: 'speaker-1', dangerouslyAllowBrowser: true }, openai)
    const refused = Promise.withResolvers<{ readonly error?: unknown }>()
    realtime.on('error', (error) => refused.resolve(error))
    realtime.on('session.created', () => realtime.send({ type: 'response.create' }))
    expect((await refused.promise).error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_balance' })
    realtime.close()
  })
})

describe("OpenAI's own client of Responses over WebSocket", () => {
  test('speaks through Tollgate, and is billed as it was told', async () => {
    const usage = {
      ...{ input_tokens: 20, output_tokens: 10, total_tokens: 30 },
      ...{ input_tokens_details: { cached_tokens: 5 }, output_tokens_details: { reasoning_tokens: 2 } },
    }
    stand.vendor.onOpen = () => undefined
    stand.vendor.onEvent = (session) => {
      session.say({ type: 'response.created', response: { id: 'resp_1' } })
      session.say({ type: 'response.completed', response: { id: 'resp_1', usage } })
    }
    const key = await stand.newKey()
    const socket = new ResponsesWS(new OpenAI({ apiKey: key.key, baseURL: `${stand.gateway.url}/v1` }))
    const done = Promise.withResolvers<unknown>()
    socket.on('error', (error) => done.reject(error))
    socket.on('response.completed', ({ response }) => done.resolve(response.usage))
    socket.send({ type: 'response.create', model: 'writer-1', input: 'hi' })
    expect(await done.promise).toEqual(usage)
    socket.close()
    expect(await stand.receiptsOf(key.id, 1)).toMatchObject([
      { usage: { input: 15, cache_read: 5, output: 10, reasoning: 2 }, usage_source: 'upstream', ended: 'whole' },
    ])
  })
})
