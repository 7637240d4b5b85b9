import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { JSON_TYPE, OTHER_KEY, post, type Stand, startStand, USAGE, VENDOR_KEY } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand()
})
afterAll(() => stand.stop())
beforeEach(() => {
  stand.vendor.answers.clear()
  stand.vendor.seen.length = 0
})

describe('an endpoint that Tollgate does not know', () => {
  test('is asked and answers byte for byte, and is billed by the usage that it reports', async () => {
    const body = '{ "model" : "writer",  "x": [1.0, "\\u00e9"], "max_tokens": 10 }'
    const said = `{"weird" :  1e2,"usage":${JSON.stringify(USAGE)} }\n`
    stand.vendor.answers.set(
      'infer',
      () => new Response(said, { status: 201, headers: { ...JSON_TYPE, 'x-own': 'yes' } }),
    )
    const answer = await stand.ask('/v1/vendor/infer?a=1&b=%2F', post(body, { ...JSON_TYPE, 'x-client': 'kept' }))
    expect(answer.status).toBe(201)
    expect(await answer.text()).toBe(said)
    const [seen] = stand.vendor.seen
    expect(seen?.path).toBe('/base/v1/infer?a=1&b=%2F')
    expect(Buffer.from(seen?.body ?? []).toString()).toBe(body)
    expect(seen?.headers.get('x-client')).toBe('kept')
    expect(answer.headers.get('x-own')).toBe('yes')
    const receipt = await stand.receipt(answer)
    expect(receipt).toMatchObject({
      ...{ action: 'pass-through', provider: 'vendor', model_served: 'writer', status: 201, ended: 'whole' },
      ...{ usage_source: 'upstream', cost_usd: '0.000200000' },
    })
    expect(receipt.usage).toMatchObject({ input: 100, output: 50 })
    expect(answer.headers.get('x-tollgate-cost-usd')).toBe('0.000200000')
  })

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('is asked with %s', async (method) => {
    stand.vendor.answers.set(
      'any/thing',
      () => new Response(method === 'HEAD' ? null : 'said', { headers: { etag: '"e"' } }),
    )
    const hasBody = !['GET', 'HEAD'].includes(method)
    const answer = await stand.ask('/v1/vendor/any/thing', { method, ...(hasBody ? { body: 'sent' } : {}) })
    expect({ status: answer.status, text: await answer.text(), etag: answer.headers.get('etag') }).toEqual({
      ...{ status: 200, text: method === 'HEAD' ? '' : 'said', etag: '"e"' },
    })
    const [seen] = stand.vendor.seen
    expect({ method: seen?.method, body: Buffer.from(seen?.body ?? []).toString() }).toEqual({
      method,
      body: hasBody ? 'sent' : '',
    })
    expect(await stand.receipt(answer)).toMatchObject({
      action: 'pass-through',
      cost_usd: '0.000000000',
      ended: 'whole',
    })
  })

  test.each([204, 205, 304])('may answer %d, which has no body', async (status) => {
    stand.vendor.answers.set('any/none', () => new Response(null, { status }))
    const answer = await stand.ask('/v1/vendor/any/none', { method: 'GET' })
    expect({ status: answer.status, text: await answer.text() }).toEqual({ status, text: '' })
  })

  test('takes a form, of which only the name of the model is another', async () => {
    stand.vendor.answers.set('infer', () => Response.json({ usage: USAGE }))
    const file = new Uint8Array(70_000).map((_, index) => (index * 7919) % 256)
    const form = (model: string): Buffer<ArrayBuffer> =>
      Buffer.concat([
        Buffer.from(
          '--xYz\r\nContent-Disposition: form-data; name="file"; filename="é.bin"\r\nContent-Type: audio/wav\r\n\r\n',
        ),
        file,
        Buffer.from(`\r\n--xYz\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--xYz--\r\n`),
      ])
    const type = { 'content-type': 'multipart/form-data; boundary=xYz' }
    for (const [asked, sent] of [
      ['writer', 'writer'],
      ['dated-writer', 'writer-2026'],
    ] as const) {
      stand.vendor.seen.length = 0
      const answer = await stand.ask('/v1/vendor/infer', { method: 'POST', headers: type, body: form(asked) })
      expect(answer.status).toBe(200)
      expect(stand.vendor.seen[0]?.headers.get('content-type')).toBe(type['content-type'])
      expect(Buffer.from(stand.vendor.seen[0]?.body ?? []).equals(form(sent))).toBe(true)
      expect((await stand.receipt(answer)).usage).toMatchObject({ input: 100, output: 50 })
    }
  })

  test('takes and gives what is neither text nor JSON; without a usage it is estimated by its size', async () => {
    const sound = new Uint8Array(300_000).map((_, index) => (index * 31) % 251)
    stand.vendor.answers.set('infer', () => new Response(sound, { headers: { 'content-type': 'audio/mpeg' } }))
    const headers = { 'content-type': 'audio/wav' }
    const answer = await stand.ask('/v1/vendor/infer?model=writer', { method: 'POST', headers, body: sound })
    expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(sound))).toBe(true)
    expect(Buffer.from(stand.vendor.seen[0]?.body ?? []).equals(Buffer.from(sound))).toBe(true)
    const receipt = await stand.receipt(answer)
    expect(receipt).toMatchObject({ usage_source: 'estimated', ended: 'whole' })
    expect(receipt.usage['output']).toBe(1_000)
    expect(receipt.usage['input']).toBeGreaterThan(0)
  })

  test('streams events byte for byte, with their usage from wherever it stands', async () => {
    const chat = `data: {"choices":[{"delta":{"content":"hi"}}]}\r\n\r\n: note\n\ndata: {"usage":${JSON.stringify(USAGE)}}\n\ndata: [DONE]\n\n`
    const messages = [
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":100,"cache_read_input_tokens":7,"output_tokens":1}}}\n\n',
      'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":50}}\n\n',
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ].join('')
    const response = `data: {"type":"response.output_text.delta","delta":"hi"}\n\ndata: {"type":"response.completed","response":{"usage":{"input_tokens":107,"input_tokens_details":{"cached_tokens":7},"output_tokens":50,"total_tokens":157}}}\n\n`
    const gemini = `data: {"usageMetadata":{"promptTokenCount":100,"totalTokenCount":120}}\n\ndata: {"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":50,"totalTokenCount":150}}\n\n`
    for (const [events, cacheRead] of [
      [chat, 0],
      [messages, 7],
      [response, 7],
      [gemini, 0],
    ] as const) {
      const bytes = Buffer.from(events)
      const pieces = new ReadableStream({
        async start(controller) {
          for (let at = 0; at < bytes.length; at += 13) {
            controller.enqueue(new Uint8Array(bytes.subarray(at, at + 13)))
            await Bun.sleep(0)
          }
          controller.close()
        },
      })
      stand.vendor.answers.set(
        'infer',
        () => new Response(pieces, { headers: { 'content-type': 'text/event-stream' } }),
      )
      const answer = await stand.ask('/v1/vendor/infer', post({ model: 'writer', stream: true }))
      expect(await answer.text()).toBe(events)
      const receipt = await stand.receipt(answer)
      expect(receipt).toMatchObject({ usage_source: 'upstream', ended: 'whole', stream: true })
      expect(receipt.usage).toMatchObject({ input: 100, cache_read: cacheRead, output: 50 })
    }
  })

  test('is estimated by what it says where it tells no usage', async () => {
    stand.vendor.answers.set('infer', () =>
      Response.json({ output: [{ text: 'five words of an answer '.repeat(20) }] }),
    )
    const answer = await stand.ask('/v1/vendor/infer', post({ model: 'writer', input: 'x'.repeat(400) }))
    expect(answer.headers.get('x-tollgate-estimated')).toBe('true')
    await answer.text()
    const receipt = await stand.receipt(answer)
    expect(receipt).toMatchObject({ usage_source: 'estimated', ended: 'whole' })
    expect(receipt.usage['output']).toBeGreaterThan(50)
    expect(receipt.usage['input']).toBeGreaterThan(90)
  })

  test('bills models without an output for their input alone', async () => {
    stand.vendor.answers.set('infer', () => Response.json({ usage: { prompt_tokens: 1_000, total_tokens: 1_000 } }))
    const answer = await stand.ask('/v1/vendor/infer', post({ model: 'embedder', input: 'x' }))
    await answer.text()
    expect(await stand.receipt(answer)).toMatchObject({ cost_usd: '0.001000000', usage_source: 'upstream' })
  })

  test('finds the model in a path, and puts the name there that the upstream knows it by', async () => {
    stand.vendor.answers.set('models/writer-2026:predict', () => Response.json({ usage: USAGE }))
    const answer = await stand.ask('/v1/vendor/models/dated-writer:predict', post({ instances: [] }))
    expect(answer.status).toBe(200)
    expect(await stand.receipt(answer)).toMatchObject({ model_served: 'dated-writer', cost_usd: '0.000200000' })
  })
})

describe('what Tollgate serves itself', () => {
  test('is served under the name of a provider too, by that provider alone', async () => {
    const answered = {
      id: 'c',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
      usage: USAGE,
    }
    stand.vendor.answers.set('chat/completions', () => Response.json(answered))
    const body = { model: 'writer', messages: [{ role: 'user', content: 'hi' }] }
    for (const [name, key] of [
      ['vendor', VENDOR_KEY],
      ['other', OTHER_KEY],
    ] as const) {
      for (let turn = 0; turn < 4; turn += 1) {
        stand.vendor.seen.length = 0
        const answer = await stand.ask(`/v1/${name}/chat/completions`, post(body))
        expect(answer.status).toBe(200)
        expect(answer.headers.get('x-tollgate-provider')).toBe(name)
        expect(stand.vendor.seen[0]?.headers.get('authorization')).toBe(`Bearer ${key}`)
        expect(await stand.receipt(answer)).toMatchObject({ action: 'generate', usage_source: 'upstream' })
      }
    }
  })
})
