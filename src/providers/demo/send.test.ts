import { describe, expect, test } from 'bun:test'
import { audioSeconds } from '../../canon/audio-length.ts'
import { embed } from './embeddings.ts'
import { createDemoFetch } from './send.ts'
import { answerTo, countWords } from './words.ts'

const demo = createDemoFetch({ delayMs: 0, nowMs: () => 1_700_000_000_000, id: () => 'x1' })

const post = (path: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
  demo(
    new Request(`http://demo.invalid${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(signal && { signal }),
    }),
  )

type Json = Record<string, never>
type Chunk = { choices: { text: string }[] }
const sent = async (path: string, body: unknown): Promise<Json> => (await (await post(path, body)).json()) as Json

/** The data of a stream's events, parsed; `[DONE]` as it is. */
const streamed = async (path: string, body: unknown): Promise<readonly (Json | string)[]> => {
  const text = await (await post(path, body)).text()
  return text
    .split(/\r?\n\r?\n/)
    .map((event) => /^data: (.*)$/m.exec(event)?.[1] ?? '')
    .filter(Boolean)
    .map((data) => (data === '[DONE]' ? data : (JSON.parse(data) as Json)))
}

const user = [{ role: 'user', content: 'hello there' }]
const tool = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] }

describe('what is no text', () => {
  test('a picture is a PNG that any program reads, the same for the same words', async () => {
    const one = await (await post('/images/generations', { prompt: 'a buoy' })).text()
    const { data, usage } = JSON.parse(one)
    const png = Buffer.from(data[0].b64_json, 'base64')
    expect([png.toString('hex', 0, 8), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
      '89504e470d0a1a0a',
      64,
      64,
    ])
    // The check sum of zlib is looked at here, and the rows are as long as they must be.
    const size = png.readUInt32BE(33)
    expect(Bun.inflateSync(png.subarray(43, 41 + size - 4)).length).toBe(64 * (1 + 64 * 3))
    expect(usage).toMatchObject({ input_tokens: 2, output_tokens: 272, total_tokens: 274 })
    expect(await (await post('/images/generations', { prompt: 'a buoy' })).text()).toBe(one)
  })

  test('pictures stream with those on the way', async () => {
    const asked = { prompt: 'a buoy', stream: true, partial_images: 1 }
    const sentEvents = await streamed('/images/generations', asked)
    expect(sentEvents).toMatchObject([
      { type: 'image_generation.partial_image' },
      { type: 'image_generation.completed' },
    ])
  })

  test('speech is a WAV of a quarter of a second a word, ten at most', async () => {
    for (const [input, seconds] of [
      ['a b', 0.5],
      ['a '.repeat(99), 10],
    ] as const) {
      const answer = await post('/audio/speech', { input })
      expect(answer.headers.get('content-type')).toBe('audio/wav')
      expect(audioSeconds(await answer.bytes())).toBe(seconds)
    }
  })

  test('a ranking is by the words that documents share with the query', async () => {
    const asked = { query: 'red buoy', documents: ['a bell', 'a red boat', 'the red buoy'], top_n: 2 }
    expect(await sent('/v2/rerank', asked)).toMatchObject({
      results: [
        { index: 2, relevance_score: 1 },
        { index: 1, relevance_score: 0.5 },
      ],
      meta: { billed_units: { search_units: 1 } },
    } as never)
  })

  test('a form that cannot be read is refused', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    const request = new Request('http://demo.invalid/audio/transcriptions', {
      method: 'POST',
      headers,
      body: 'nothing',
    })
    expect((await demo(request)).status).toBe(400)
  })
})

describe('unary answers', () => {
  const formats: readonly [string, unknown, object][] = [
    ['/chat/completions', { messages: user }, { object: 'chat.completion', usage: { prompt_tokens: 2 } }],
    ['/responses', { input: 'hello there' }, { status: 'completed', usage: { input_tokens: 2 } }],
    [
      '/v1/messages',
      { max_tokens: 99, messages: user },
      { type: 'message', stop_reason: 'end_turn', usage: { input_tokens: 2 } },
    ],
    ['/v1/messages/count_tokens', { messages: user }, { input_tokens: 2 }],
    ['/responses/input_tokens', { input: 'a b c' }, { input_tokens: 3 }],
    [
      '/completions',
      { prompt: ['a b', 'c'], n: 2 },
      { object: 'text_completion', usage: { prompt_tokens: 3, completion_tokens: 64 } },
    ],
    ['/embeddings', { input: ['a b', 'c'] }, { object: 'list', usage: { prompt_tokens: 3 } }],
    [
      '/v1beta/models/demo:generateContent',
      { contents: [{ parts: [{ text: 'a b' }] }] },
      { usageMetadata: { promptTokenCount: 2 } },
    ],
    ['/v1beta/models/demo:countTokens', { contents: [{ parts: [{ text: 'a b' }] }] }, { totalTokens: 2 }],
    [
      '/v1beta/models/demo:embedContent',
      { content: { parts: [{ text: 'a' }] }, outputDimensionality: 1 },
      { embedding: { values: [expect.any(Number)] } },
    ],
    [
      '/v1beta/models/demo:batchEmbedContents',
      { requests: [{ content: { parts: [{ text: 'a' }] } }] },
      { embeddings: [{}] },
    ],
  ]
  test.each(formats)('%s has the shape of its format, and usage', async (path, body, shape) => {
    expect(await sent(path, { model: 'demo', ...(body as object) })).toMatchObject(shape as never)
  })

  test('the output limit cuts the answer, and the finish says so', async () => {
    const expected: readonly [string, unknown, string][] = [
      ['/chat/completions', { messages: user, max_completion_tokens: 2 }, '"finish_reason":"length"'],
      ['/responses', { input: 'x', max_output_tokens: 2 }, '"reason":"max_output_tokens"'],
      ['/messages', { messages: user, max_tokens: 2 }, '"stop_reason":"max_tokens"'],
      [
        '/models/demo:generateContent',
        { contents: [], generationConfig: { maxOutputTokens: 2 } },
        '"finishReason":"MAX_TOKENS"',
      ],
      ['/completions', { prompt: 'x', max_tokens: 2 }, '"finish_reason":"length"'],
    ]
    for (const [path, body, finish] of expected) expect(JSON.stringify(await sent(path, body))).toContain(finish)
  })

  test('what is not JSON or nowhere is refused', async () => {
    expect((await demo(new Request('http://demo.invalid/responses', { method: 'POST', body: '{' }))).status).toBe(400)
    expect((await post('/audio', {})).status).toBe(404)
    expect((await post('/v1beta/models/demo:predict', {})).status).toBe(404)
  })
})

describe('streams', () => {
  test('Chat gives usage to those who ask, in a last chunk without choices', async () => {
    const asked = await streamed('/chat/completions', {
      stream: true,
      stream_options: { include_usage: true },
      messages: user,
    })
    expect(asked.at(-1)).toBe('[DONE]')
    expect(asked.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 2 } } as never)
    const unasked = await streamed('/chat/completions', { stream: true, messages: user })
    expect(JSON.stringify(unasked)).not.toContain('usage')
    expect(unasked.at(-2)).toMatchObject({ choices: [{ index: 0, finish_reason: 'stop' }] } as never)
  })

  test('Messages has every event of its grammar, in order', async () => {
    const events = await streamed('/messages', { stream: true, messages: user })
    const types = events.map((event) => (typeof event === 'string' ? event : String(event.type)))
    expect(types.slice(0, 4)).toEqual(['message_start', 'content_block_start', 'ping', 'content_block_delta'])
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
  })

  test('Responses numbers its events and ends with the whole response', async () => {
    const events = await streamed('/responses', { stream: true, input: 'hello' })
    expect(events.map((event) => (event as Json).sequence_number)).toEqual(events.map((_, index) => index as never))
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { id: 'resp_x1', output: [{ content: [{ text: answerTo('hello') }] }] },
    } as never)
  })

  test('Gemini streams as events, or without alt=sse as one array', async () => {
    const body = { contents: [{ parts: [{ text: 'hello' }] }] }
    const events = await streamed('/v1beta/models/demo:streamGenerateContent?alt=sse', body)
    expect(events.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] } as never)
    const array = await (await post('/v1beta/models/demo:streamGenerateContent', body)).json()
    expect(array).toEqual(events as never)
  })

  test('says the same whether it streams or not', async () => {
    const events = await streamed('/completions', { stream: true, prompt: 'hi', max_tokens: 99 })
    const pieces = events.map((event) =>
      typeof event === 'string' ? '' : (event as unknown as Chunk).choices[0]?.text,
    )
    const text = pieces.join('')
    expect(text).toBe(answerTo('hi'))
    expect(await sent('/completions', { prompt: 'hi', max_tokens: 99 })).toMatchObject({ choices: [{ text }] } as never)
  })

  test('a reader that leaves stops it, and an aborted request fails', async () => {
    const hangUp = new AbortController()
    const answer = await post('/messages', { stream: true, messages: user }, hangUp.signal)
    const reader = answer.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    hangUp.abort(new Error('gone'))
    expect(reader?.read()).rejects.toThrow('gone')
    const left = await post('/messages', { stream: true, messages: user })
    await left.body?.cancel()
  })
})

describe('tools', () => {
  const ask = 'TOOLTEST please'
  const offers: readonly [string, object, string][] = [
    [
      '/chat/completions',
      {
        messages: [{ role: 'user', content: ask }],
        tools: [{ type: 'function', function: { name: 'w', parameters: tool } }],
      },
      '"{\\"city\\":\\"demo\\"}"',
    ],
    [
      '/responses',
      { input: ask, tools: [{ type: 'function', name: 'w', parameters: tool }] },
      '"{\\"city\\":\\"demo\\"}"',
    ],
    [
      '/messages',
      { messages: [{ role: 'user', content: ask }], tools: [{ name: 'w', input_schema: tool }] },
      '{"city":"demo"}',
    ],
    [
      '/models/demo:generateContent',
      { contents: [{ parts: [{ text: ask }] }], tools: [{ functionDeclarations: [{ name: 'w', parameters: tool }] }] },
      '{"city":"demo"}',
    ],
  ]
  test.each(offers)('%s calls the first tool with arguments its schema accepts', async (path, body, args) => {
    const answer = JSON.stringify(await sent(path, body))
    expect(answer).toContain('"name":"w"')
    expect(answer).toContain(args)
  })

  test('a result in the last message is answered in words', async () => {
    const messages = [
      { role: 'user', content: ask },
      { role: 'assistant', content: null },
      { role: 'tool', content: 'sunny' },
    ]
    const tools = [{ type: 'function', function: { name: 'w', parameters: tool } }]
    expect(await sent('/chat/completions', { messages, tools })).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
    } as never)
  })
})

describe('embeddings', () => {
  test('are unit vectors that depend on the text alone, nearer for texts that share words', () => {
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
    const [red, alsoRed, other] = ['a red car', 'a red bus', 'seven blue fish'].map((text) => embed(text, 256))
    if (!red || !alsoRed || !other) throw new Error('unreachable')
    expect(Math.abs(dot(red, red) - 1)).toBeLessThan(1e-5)
    expect(embed('a red car', 256)).toEqual(red)
    expect(dot(red, alsoRed)).toBeGreaterThan(dot(red, other))
  })

  test('come as base64 of little-endian floats when asked', async () => {
    const answer = await sent('/embeddings', { input: 'hi', dimensions: 4, encoding_format: 'base64' })
    const { embedding } = (answer.data as unknown as { embedding: string }[])[0] ?? { embedding: '' }
    const bytes = Uint8Array.from(atob(embedding), (char) => char.charCodeAt(0))
    expect([...new Float32Array(bytes.buffer)]).toEqual([...embed('hi', 4)])
  })
})

test('a token is a run of characters between white space', () => {
  expect(['', '  ', 'a', ' a  b\nc '].map(countWords)).toEqual([0, 0, 1, 3])
})
