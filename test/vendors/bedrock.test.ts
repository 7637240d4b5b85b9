import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chunk, event, eventStream, exception, signaturesOf } from './aws.ts'
import { eventsIn, MESSAGE, MESSAGE_COST_USD, MESSAGE_EVENTS } from './messages.ts'
import { json, type Stage, START_MS, startStage } from './stage.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const API_KEY = 'bedrock-api-key-0123456789'
const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const LLAMA = 'us.meta.llama4-scout-17b-instruct-v1:0'
const PATH = '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0'

let stage: Stage
beforeAll(async () => {
  stage = await startStage(({ url }) => {
    const provider = (key: string) => ({ kind: 'bedrock', base_url: url, keys: [key] })
    return [
      { provider: provider(`AKIAIOSFODNN7EXAMPLE:${SECRET}`), models: { claude: ['anthropic', MODEL] } },
      { provider: provider(`ASIAIOSFODNN7EXAMPLE:${SECRET}:the/token==`), models: { lent: ['anthropic', MODEL] } },
      { provider: provider(API_KEY), models: { keyed: ['anthropic', MODEL], llama: ['meta', LLAMA] } },
    ]
  })
}, START_MS)
afterAll(() => stage?.stop(), START_MS)

const asking = (model: string, more: object = {}) => ({
  model,
  max_tokens: 50,
  messages: [{ role: 'user', content: 'Say hello – ‘now’' }],
  ...more,
})

const STREAM = eventStream(MESSAGE_EVENTS.map(chunk))

describe('credentials', () => {
  test.each([
    ['an access key', 'claude', undefined],
    ['temporary credentials', 'lent', 'the/token=='],
  ])('%s signs each request as AWS reckons it', async (_, model, token) => {
    stage.vendor.answer = () => json(MESSAGE)
    const answer = await stage.ask('/v1/messages', asking(model), {
      'x-amz-security-token': 'the client’s'.slice(0, 10),
    })
    expect(answer.status).toBe(200)
    const asked = stage.last()
    const [expected, found] = signaturesOf(asked, SECRET)
    expect(found).toBe(expected)
    expect(asked.headers['x-amz-security-token']).toBe(token)
    expect(asked.headers.authorization).toMatch(
      /\/us-east-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-date/,
    )
  })

  test('a Bedrock API key goes as a Bearer token', async () => {
    stage.vendor.answer = () => json(MESSAGE)
    await stage.ask('/v1/messages', asking('keyed'))
    expect(stage.last().headers.authorization).toBe(`Bearer ${API_KEY}`)
  })

  test('refused, they are the operator’s business and nothing of them is told', async () => {
    stage.vendor.answer = () => json({ message: `The security token AKIAIOSFODNN7EXAMPLE is invalid` }, 403)
    const answer = await stage.ask('/v1/messages', asking('claude'))
    const text = await answer.text()
    expect([answer.status, text.includes('AKIA')]).toEqual([502, false])
    expect(stage.gateway.output()).not.toContain(SECRET)
  })
})

describe('InvokeModel of Claude', () => {
  test('has the model in the path, the version in the body, and every other byte as the client wrote it', async () => {
    stage.vendor.answer = () => json(MESSAGE)
    stage.vendor.unjudged = 'the client sends a field that nobody knows yet, to see that it passes'
    const body = '{"max_tokens":50, "model":"claude","messages" : [{"role":"user","content":"\\u00e9"}],"future":1.0 }'
    const answer = await stage.ask('/v1/messages?beta=true', body, { accept: 'text/event-stream' })
    stage.vendor.unjudged = ''
    expect(await answer.json()).toEqual(MESSAGE)
    const { target, text, headers } = stage.last()
    expect(target).toBe(`${PATH}/invoke`)
    expect(text).toBe(
      '{"max_tokens":50,"messages" : [{"role":"user","content":"\\u00e9"}],"future":1.0,"anthropic_version":"bedrock-2023-05-31" }',
    )
    expect(headers.accept).not.toBe('text/event-stream')
    expect(await stage.settled()).toMatchObject({
      upstream_format: 'anthropic-messages',
      ended: 'whole',
      usage_source: 'upstream',
      cost_usd: MESSAGE_COST_USD,
    })
  })

  test('streams as Messages, out of binary messages cut anywhere', async () => {
    stage.vendor.answer = () => STREAM
    const answer = await stage.ask('/v1/messages', asking('claude', { stream: true }))
    expect(answer.headers.get('content-type')).toStartWith('text/event-stream')
    expect(eventsIn(await answer.text())).toEqual(MESSAGE_EVENTS.map((event) => [event.type, event]))
    expect(stage.last().target).toBe(`${PATH}/invoke-with-response-stream`)
    expect(JSON.parse(stage.last().text)).not.toHaveProperty('stream')
    expect(signaturesOf(stage.last(), SECRET)[0]).toBe(signaturesOf(stage.last(), SECRET)[1])
    expect(await stage.settled()).toMatchObject({ stream: true, ended: 'whole', cost_usd: MESSAGE_COST_USD })
  })

  test('is translated for a client of another format, streaming', async () => {
    stage.vendor.answer = () => STREAM
    const body = { model: 'claude', stream: true, messages: [{ role: 'user', content: 'Hi' }] }
    const answer = await stage.ask('/v1/chat/completions', body)
    const text = await answer.text()
    expect(text).toContain('"content":"Hello "')
    expect(text).toEndWith('data: [DONE]\n\n')
    expect(await stage.settled()).toMatchObject({ ended: 'whole', cost_usd: MESSAGE_COST_USD })
  })

  test('passes the betas that Bedrock knows in the body, and declares the others', async () => {
    stage.vendor.answer = () => json(MESSAGE)
    const headers = { 'anthropic-beta': 'claude-code-20250219, interleaved-thinking-2025-05-14' }
    const answer = await stage.ask('/v1/messages', asking('claude'), headers)
    expect(answer.headers.get('x-tollgate-warnings')).toBe('/anthropic_beta;unsupported')
    expect(JSON.parse(stage.last().text).anthropic_beta).toEqual(['interleaved-thinking-2025-05-14'])
    expect(stage.last().headers['anthropic-beta']).toBeUndefined()
  })

  test('tokens are counted here, as it has no endpoint for that', async () => {
    const before = stage.vendor.asked.length
    const { max_tokens: _, ...body } = asking('claude')
    const answer = await stage.ask('/v1/messages/count_tokens', body)
    expect(answer.headers.get('x-tollgate-estimated')).toBe('true')
    expect((await answer.json()) as { input_tokens: number }).toEqual({ input_tokens: expect.any(Number) })
    expect(stage.vendor.asked.length).toBe(before)
  })
})

describe('failures', () => {
  test('a refusal comes in the words of Messages', async () => {
    stage.vendor.answer = () =>
      json({ message: 'messages.0: too long' }, 400, { 'x-amzn-errortype': 'ValidationException' })
    const answer = await stage.ask('/v1/messages', asking('claude'))
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'messages.0: too long' } },
    ])
  })

  test.each([
    ['an exception', [exception('throttlingException', 'Too many tokens')], /rate_limit_error.*Too many tokens/],
    ['an end within a message', [chunk({ type: 'ping' }).subarray(0, 20)], /event: error/],
    ['a wrong checksum', [Buffer.concat([chunk({ type: 'ping' }).subarray(0, -1), Buffer.from([0])])], /event: error/],
    ['no end', [], /event: error/],
  ])(
    'a stream that breaks off by %s ends in an error, and is billed for what was delivered',
    async (_, tail, shown) => {
      stage.vendor.answer = () => eventStream([...MESSAGE_EVENTS.slice(0, 4).map(chunk), ...tail])
      const answer = await stage.ask('/v1/messages', asking('claude', { stream: true }))
      const text = await answer.text()
      expect(text).toContain('"text":"there"')
      expect(text).toMatch(shown)
      expect(text).not.toContain('message_stop')
      expect(await stage.settled()).toMatchObject({ ended: 'upstream_cut' })
    },
  )
})

describe('Converse, for every other model', () => {
  const USAGE = { inputTokens: 12, outputTokens: 7, totalTokens: 119, cacheReadInputTokens: 100 }
  const ROOT = '/model/us.meta.llama4-scout-17b-instruct-v1%3A0'
  const TOLD = [
    event('messageStart', { role: 'assistant' }),
    event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Let me see. ' } }),
    event('contentBlockStop', { contentBlockIndex: 0 }),
    event('contentBlockStart', {
      contentBlockIndex: 1,
      start: { toolUse: { toolUseId: 'tooluse_1', name: 'weather' } },
    }),
    event('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"at":' } } }),
    event('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '"Oslo"}' } } }),
    event('contentBlockStop', { contentBlockIndex: 1 }),
    event('messageStop', { stopReason: 'tool_use' }),
  ]
  const METADATA = event('metadata', { usage: USAGE, metrics: { latencyMs: 9 } })
  const TOOL = { name: 'weather', description: 'Tells it', input_schema: { type: 'object', properties: {} } }

  test('answers a client of Messages', async () => {
    stage.vendor.answer = () =>
      json({
        output: { message: { role: 'assistant', content: [{ text: 'Hello there' }] } },
        stopReason: 'end_turn',
        usage: USAGE,
        metrics: { latencyMs: 9 },
      })
    const answer = await stage.ask('/v1/messages', asking('llama', { tools: [TOOL] }))
    expect(await answer.json()).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 12, cache_read_input_tokens: 100, output_tokens: 7 },
    })
    const { target, text, headers } = stage.last()
    expect([target, headers.authorization]).toEqual([`${ROOT}/converse`, `Bearer ${API_KEY}`])
    expect(JSON.parse(text)).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Say hello – ‘now’' }] }],
      inferenceConfig: { maxTokens: 50 },
      toolConfig: {
        tools: [{ toolSpec: { name: 'weather', description: 'Tells it', inputSchema: { json: TOOL.input_schema } } }],
      },
    })
    expect(await stage.settled()).toMatchObject({
      upstream_format: 'bedrock-converse',
      ended: 'whole',
      usage_source: 'upstream',
      cost_usd: MESSAGE_COST_USD,
    })
  })

  test('streams to a client of Chat, calls and all', async () => {
    stage.vendor.answer = () => eventStream([...TOLD, METADATA])
    const answer = await stage.ask('/v1/chat/completions', {
      model: 'llama',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
    })
    const text = await answer.text()
    expect(stage.last().target).toBe(`${ROOT}/converse-stream`)
    expect(text).toContain('"content":"Let me see. "')
    expect(text).toContain('"arguments":"\\"Oslo\\"}"')
    expect(text).toContain('"finish_reason":"tool_calls"')
    expect(text).toEndWith('data: [DONE]\n\n')
    expect(await stage.settled()).toMatchObject({ stream: true, ended: 'whole', cost_usd: MESSAGE_COST_USD })
  })

  test.each([
    ['an exception', exception('serviceUnavailableException', 'busy')],
    ['nothing', Buffer.alloc(0)],
  ])('cut off by %s, its stream ends in an error, and what was delivered is billed', async (_, tail) => {
    stage.vendor.answer = () => eventStream([...TOLD.slice(0, 5), tail])
    const answer = await stage.ask('/v1/messages', asking('llama', { stream: true, tools: [TOOL] }))
    const text = await answer.text()
    expect(text).toContain('event: error')
    expect(text).not.toContain('message_stop')
    expect(await stage.settled()).toMatchObject({ ended: 'upstream_cut', usage_source: 'estimated' })
  })

  test('a refusal comes in the client’s words', async () => {
    stage.vendor.answer = () => json({ message: 'The provided model identifier is invalid.' }, 400)
    const answer = await stage.ask('/v1/chat/completions', {
      model: 'llama',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { message: 'The provided model identifier is invalid.' } })
  })
})
