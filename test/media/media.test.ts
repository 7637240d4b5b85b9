import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { toneWav } from '../../src/providers/demo/tone.ts'
import { startMediaStand } from './stand.ts'
import { events } from './vendor.ts'

setDefaultTimeout(60_000)

const stand = await startMediaStand({
  'images-by-token': { provider: 'openai', type: 'image', price: { input: '5', output: '40' } },
  'unpriced-image': { provider: 'openai', type: 'image' },
})
afterAll(() => stand.stop())

const json = (body: unknown): { type: string; body: string } => ({
  type: 'application/json',
  body: JSON.stringify(body),
})
const recording = (seconds = 2.5): File => new File([new Uint8Array(toneWav(seconds))], 'a.wav', { type: 'audio/wav' })

const form = (fields: Readonly<Record<string, string | File>>): FormData => {
  const made = new FormData()
  for (const [name, value] of Object.entries(fields)) made.append(name, value)
  return made
}

/** Nano-dollars in a decimal of USD. */
const nano = (usd: string): bigint => BigInt(usd.replace('.', ''))

const IMAGE_USAGE = {
  input_tokens: 14,
  input_tokens_details: { text_tokens: 14, image_tokens: 0 },
  output_tokens: 272,
  total_tokens: 286,
}
const PNG = 'aGVsbG8='

describe('images', () => {
  test('of a model that is sold by the token cost what the vendor reports, to the nano-dollar', async () => {
    stand.vendor.answer(json({ created: 1, data: [{ b64_json: PNG }], usage: IMAGE_USAGE }))
    const { answer, receipt } = await stand.ask('/v1/images/generations', '{"prompt":"a buoy","model":"my-image"}')
    expect(answer.status).toBe(200)
    const written = await receipt()
    // 14 × $10 and 272 × $40 a million.
    expect(nano(written.cost_usd)).toBe(14n * 10_000n + 272n * 40_000n)
    expect(answer.headers.get('x-tollgate-cost-usd')).toBe(written.cost_usd)
    expect(written).toMatchObject({ usage: { input: 14, output: 272 }, usage_source: 'upstream', ended: 'whole' })
    expect(written.usage).not.toHaveProperty('images')
    expect(stand.vendor.asked.at(-1)).toMatchObject({ path: '/v1/images/generations' })
    expect(new TextDecoder().decode(stand.vendor.asked.at(-1)?.body)).toBe('{"prompt":"a buoy","model":"gpt-image-1"}')
    expect(stand.vendor.asked.at(-1)?.headers.get('authorization')).toBe('Bearer vendor-secret')
  })

  const sizes: [more: object, cost: bigint, quote: bigint, tier: string][] = [
    [{}, 40_000_000n, 40_000_000n, 'standard'],
    [{ size: '1024x1024', quality: 'standard' }, 40_000_000n, 40_000_000n, 'image_1024x1024'],
    [{ size: '1792x1024' }, 80_000_000n, 80_000_000n, 'image_1792x1024'],
    [{ size: '1024x1792', quality: 'hd' }, 120_000_000n, 120_000_000n, 'image_hd_1024x1792'],
    // Of a size that nobody has priced, the dearest.
    [{ size: 'auto' }, 120_000_000n, 120_000_000n, 'image_auto'],
    [{ size: '9x9; drop' }, 120_000_000n, 120_000_000n, 'image_other'],
  ]
  test.each(sizes)(
    'of a model that is sold by the image cost what their size does: %p',
    async (more, cost, quote, tier) => {
      stand.vendor.answer(json({ created: 1, data: [{ url: 'https://x' }, { url: 'https://y' }] }))
      const body = JSON.stringify({ model: 'dall-e-3', prompt: 'a buoy', n: 2, ...more })
      const { receipt } = await stand.ask('/openai/v1/images/generations', body)
      const written = await receipt()
      expect([nano(written.cost_usd), nano(written.quote_usd)]).toEqual([2n * cost, 2n * quote])
      expect(written).toMatchObject({ usage: { images: 2 }, usage_source: 'upstream', service_tier: tier })
    },
  )

  test('are paid by how many came, not by how many were asked for', async () => {
    stand.vendor.answer(json({ created: 1, data: [{ url: 'https://x' }] }))
    const { receipt } = await stand.ask('/v1/openai/images/generations', '{"model":"dall-e-2","prompt":"p","n":10}')
    const written = await receipt()
    expect([nano(written.cost_usd), nano(written.quote_usd)]).toEqual([20_000_000n, 200_000_000n])
  })

  test('are edited from a form, of which the model’s name alone is changed', async () => {
    stand.vendor.answer(json({ created: 1, data: [{ b64_json: PNG }], usage: IMAGE_USAGE }))
    const before =
      '--x1\r\nContent-Disposition: form-data; name="image[]"; filename="m.png"\r\n\r\n\x89PNG my-image\r\n'
    const named = '--x1\r\nContent-Disposition: form-data; name="model"\r\n\r\n'
    const after = '\r\n--x1\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nmy-image\r\n--x1--\r\n'
    const body = Buffer.from(`${before}${named}my-image${after}`, 'latin1')
    const type = { 'content-type': 'multipart/form-data; boundary=x1' }
    const { answer, receipt } = await stand.ask('/v1/images/edits', body, type)
    expect(answer.status).toBe(200)
    const seen = stand.vendor.asked.at(-1)
    expect(Buffer.from(seen?.body ?? []).toString('latin1')).toBe(`${before}${named}gpt-image-1${after}`)
    expect(seen?.headers.get('content-type')).toBe('multipart/form-data; boundary=x1')
    expect(seen?.path).toBe('/v1/images/edits')
    expect(await receipt()).toMatchObject({ action: 'edit-image', model_served: 'gpt-image-1', usage: { output: 272 } })
  })

  test('are varied, and edited from an object', async () => {
    stand.vendor.answer(json({ created: 1, data: [{ url: 'https://x' }] }))
    const varied = await stand.ask(
      '/v1/images/variations',
      form({ model: 'dall-e-2', image: new File(['x'], 'x.png') }),
    )
    expect(nano((await varied.receipt()).cost_usd)).toBe(20_000_000n)
    const body = JSON.stringify({ model: 'dall-e-2', prompt: 'p', images: [{ image_url: 'https://x/y.png' }] })
    const edited = await stand.ask('/v1/images/edits', body)
    expect([edited.answer.status, stand.vendor.asked.at(-1)?.path]).toEqual([200, '/v1/images/edits'])
  })

  const partial = { type: 'image_generation.partial_image', partial_image_index: 0, b64_json: PNG }
  const completed = { type: 'image_generation.completed', b64_json: PNG, usage: IMAGE_USAGE }

  test('stream as they come, with their usage read from the last event', async () => {
    const stream = events([partial, { ...partial, partial_image_index: 1 }, completed])
    stand.vendor.answer({ type: 'text/event-stream', body: stream })
    const body = JSON.stringify({ model: 'gpt-image-1', prompt: 'p', stream: true, partial_images: 2 })
    const { text, receipt } = await stand.ask('/v1/images/generations', body)
    expect(text).toBe(stream)
    expect(await receipt()).toMatchObject({ stream: true, ended: 'whole', usage: { input: 14, output: 272 } })
  })

  test('of a stream that is cut are paid as far as they came: a hundred tokens for each that was on its way', async () => {
    const stream = events([partial, { ...partial, partial_image_index: 1 }, completed])
    stand.vendor.answer({ type: 'text/event-stream', body: stream, cutAfter: events([partial, partial]).length + 9 })
    const body = JSON.stringify({ model: 'gpt-image-1', prompt: 'p', stream: true, partial_images: 3 })
    const { text, receipt } = await stand.ask('/v1/images/generations', body)
    expect(text).toContain('upstream_stream_broken')
    const written = await receipt()
    expect(written).toMatchObject({ ended: 'upstream_cut', usage: { output: 200 }, usage_source: 'estimated' })
  })

  test('of a server that reports nothing are estimated, and say so', async () => {
    stand.vendor.answer(json({ data: [{ b64_json: PNG }] }))
    const body = JSON.stringify({ model: 'images-by-token', prompt: 'p', quality: 'low', size: '1024x1024' })
    const { receipt } = await stand.ask('/v1/images/generations', body)
    expect(await receipt()).toMatchObject({ usage: { output: 272 }, usage_source: 'estimated' })
  })

  test('of a model without a price are refused before anything is sent', async () => {
    const before = stand.vendor.asked.length
    const { answer, text } = await stand.ask('/v1/images/generations', '{"model":"unpriced-image","prompt":"p"}')
    expect([answer.status, JSON.parse(text).error.code]).toEqual([400, 'unknown_model_pricing'])
    expect(stand.vendor.asked.length).toBe(before)
  })

  test('that the balance does not cover are refused before anything is sent', async () => {
    const poor = await stand.gateway.createCustomer('0.1')
    const before = stand.vendor.asked.length
    const answer = await fetch(`${stand.gateway.url}/v1/images/generations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${poor.key}`, 'content-type': 'application/json' },
      body: '{"model":"dall-e-3","prompt":"p","n":3}',
    })
    expect(answer.status).toBe(402)
    expect(stand.vendor.asked.length).toBe(before)
  })
})

describe('speech', () => {
  const wav = new Uint8Array(toneWav(1.5))

  test('passes byte for byte with its type, and is paid by the character', async () => {
    stand.vendor.answer({ type: 'audio/wav', body: wav })
    const body = JSON.stringify({ model: 'tts-1', input: 'ahoy 👋 é', voice: 'alloy' })
    const { answer, bytes, receipt } = await stand.ask('/v1/audio/speech', body)
    expect([answer.headers.get('content-type'), Buffer.compare(bytes, wav)]).toEqual(['audio/wav', 0])
    const written = await receipt()
    // Eight characters at $15 a million.
    expect(written).toMatchObject({ usage: { characters: 8 }, usage_source: 'estimated', ended: 'whole' })
    expect([nano(written.cost_usd), nano(written.quote_usd)]).toEqual([120_000n, 120_000n])
    expect(answer.headers.get('x-tollgate-cost-usd')).toBe('0.000120000')
  })

  test('of a model that is sold by the token is estimated by how long it is', async () => {
    stand.vendor.answer({ type: 'audio/wav', body: wav })
    const body = JSON.stringify({ model: 'gpt-4o-mini-tts', input: 'ahoy there, sailor', voice: 'alloy' })
    const written = await (await stand.ask('/v1/audio/speech', body)).receipt()
    // 18 bytes of text; two seconds begun, at 20 tokens each.
    expect(written).toMatchObject({ usage: { input: 5, output_audio: 40 }, usage_source: 'estimated' })
    expect(nano(written.cost_usd)).toBe(5n * 600n + 40n * 12_000n)
  })

  test('in events is paid by the usage that ends them', async () => {
    const usage = { input_tokens: 14, output_tokens: 101, total_tokens: 115 }
    const stream = events([
      { type: 'speech.audio.delta', audio: PNG },
      { type: 'speech.audio.done', usage },
    ])
    stand.vendor.answer({ type: 'text/event-stream', body: stream })
    const body = JSON.stringify({ model: 'gpt-4o-mini-tts', input: 'a', voice: 'alloy', stream_format: 'sse' })
    const { text, receipt } = await stand.ask('/v1/audio/speech', body)
    const written = await receipt()
    expect(text).toBe(stream)
    expect(written).toMatchObject({ usage: { input: 14, output_audio: 101 }, usage_source: 'upstream', stream: true })
    expect(nano(written.cost_usd)).toBe(14n * 600n + 101n * 12_000n)
  })
})

describe('transcriptions', () => {
  const ask = (fields: Readonly<Record<string, string>>, path = '/v1/audio/transcriptions') =>
    stand.ask(path, form({ file: recording(), ...fields }))

  const seconds: [
    what: string,
    answer: { type: string; body: string },
    source: string,
    fields: Record<string, string>,
  ][] = [
    ['its usage', json({ text: 'ahoy', usage: { type: 'duration', seconds: 9 } }), 'upstream', {}],
    [
      'its length',
      json({ text: 'ahoy', duration: 8.47, segments: [] }),
      'upstream',
      { response_format: 'verbose_json' },
    ],
    ['nothing', { type: 'text/plain', body: 'ahoy\n' }, 'estimated', { response_format: 'text' }],
    ['nothing', { type: 'text/vtt', body: 'WEBVTT\n\n' }, 'estimated', { response_format: 'vtt' }],
  ]
  test.each(seconds)('that tell %s are paid by the second', async (_what, answer, source, fields) => {
    stand.vendor.answer(answer)
    const { text, receipt } = await ask({ model: 'my-ears', ...fields })
    const written = await receipt()
    const heard = source === 'upstream' ? 9 : 3
    expect(text).toBe(answer.body)
    expect(written).toMatchObject({ usage: { input_seconds: heard }, usage_source: source, model_served: 'whisper-1' })
    expect(nano(written.cost_usd)).toBe(BigInt(heard) * 100_000n)
  })

  test('are quoted by the length of the recording, whatever its size', async () => {
    stand.vendor.answer(json({ text: '', usage: { type: 'duration', seconds: 3 } }))
    expect((await (await ask({ model: 'whisper-1' })).receipt()).quote_usd).toBe('0.000300000')
    const unknown = form({ file: new File([new Uint8Array(4_000)], 'x.webm'), model: 'whisper-1' })
    // 8 kbit/s.
    expect((await (await stand.ask('/v1/audio/transcriptions', unknown)).receipt()).quote_usd).toBe('0.000400000')
  })

  test('of a model that is sold by the token are paid by their usage, sound and text apart', async () => {
    const usage = {
      type: 'tokens',
      input_tokens: 30,
      input_token_details: { text_tokens: 5, audio_tokens: 25 },
      output_tokens: 7,
      total_tokens: 37,
    }
    stand.vendor.answer(json({ text: 'ahoy', usage }))
    const written = await (await ask({ model: 'gpt-4o-transcribe' })).receipt()
    expect(written).toMatchObject({ usage: { input: 5, input_audio: 25, output: 7 }, usage_source: 'upstream' })
    expect(nano(written.cost_usd)).toBe(5n * 2_500n + 25n * 6_000n + 7n * 10_000n)
  })

  test('stream, and a stream that is cut is paid for what was heard and what was delivered', async () => {
    const delta = { type: 'transcript.text.delta', delta: 'ahoy there' }
    const usage = { type: 'tokens', input_tokens: 25, input_token_details: { audio_tokens: 25 }, output_tokens: 2 }
    const stream = events([delta, { type: 'transcript.text.done', text: 'ahoy there', usage }])
    stand.vendor.answer({ type: 'text/event-stream', body: stream })
    const whole = await ask({ model: 'gpt-4o-transcribe', stream: 'true' })
    expect(whole.text).toBe(stream)
    expect(await whole.receipt()).toMatchObject({ ended: 'whole', usage: { input_audio: 25, output: 2 } })
    stand.vendor.answer({ type: 'text/event-stream', body: stream, cutAfter: events([delta]).length + 5 })
    const cut = await ask({ model: 'gpt-4o-transcribe', stream: 'true' })
    expect(await cut.receipt()).toMatchObject({
      ended: 'upstream_cut',
      usage: { input_audio: 30, output: 3 },
      usage_source: 'estimated',
    })
  })

  test('translate too', async () => {
    stand.vendor.answer(json({ text: 'ahoy' }))
    const { receipt } = await ask({ model: 'whisper-1' }, '/v1/openai/audio/translations')
    expect(stand.vendor.asked.at(-1)?.path).toBe('/v1/audio/translations')
    expect(await receipt()).toMatchObject({ action: 'translate', usage: { input_seconds: 3 } })
  })

  test('without an answer that can be read cost nothing', async () => {
    stand.vendor.answer({ type: 'text/html', body: '<html>busy</html>' })
    const { answer, receipt } = await ask({ model: 'whisper-1' })
    expect(answer.status).toBe(502)
    expect(nano((await receipt()).cost_usd)).toBe(0n)
  })
})

describe('moderations', () => {
  test('cost nothing, which is a price: they have receipts, and need no balance', async () => {
    stand.vendor.answer(json({ id: 'modr-1', model: 'omni-moderation-latest', results: [{ flagged: false }] }))
    const poor = await stand.gateway.createCustomer('0.000000001')
    const answer = await fetch(`${stand.gateway.url}/v1/moderations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${poor.key}`, 'content-type': 'application/json' },
      body: '{"input":"ahoy"}',
    })
    expect([answer.status, answer.headers.get('x-tollgate-cost-usd')]).toEqual([200, '0.000000000'])
    // What the format leaves to the vendor is written down: what was priced is what is asked for.
    expect(new TextDecoder().decode(stand.vendor.asked.at(-1)?.body)).toBe(
      '{"input":"ahoy","model":"omni-moderation-latest"}',
    )
    const receipt = await stand.gateway.receipt(answer.headers.get('x-request-id') ?? '', poor.key)
    expect(receipt).toMatchObject({ model_served: 'omni-moderation-latest', prices: { input: '0.000000000' } })
  })
})

describe('rankings', () => {
  const body = (model: string): string =>
    JSON.stringify({ model, query: 'panda?', documents: ['hi', 'a bear'], top_n: 1 })
  const cohere = { id: '1', results: [{ index: 1, relevance_score: 0.9 }], meta: { billed_units: { search_units: 2 } } }

  test.each([
    ['/v1/rerank', '/v1/rerank'],
    ['/rerank', '/v1/rerank'],
    ['/openai/v1/rerank', '/v1/rerank'],
    ['/v2/rerank', '/v2/rerank'],
  ])('at %s are asked of Cohere at %s, and paid by the search unit', async (path, asked) => {
    stand.vendor.answer(json(cohere))
    const { text, receipt } = await stand.ask(path, body('rerank-v3.5'))
    const written = await receipt()
    expect([JSON.parse(text), stand.vendor.asked.at(-1)?.path]).toEqual([cohere, asked])
    expect(written).toMatchObject({ usage: { search_units: 2 }, usage_source: 'upstream' })
    expect(nano(written.cost_usd)).toBe(2n * 2_000_000n)
  })

  test('of Voyage are paid by the token, at either path', async () => {
    stand.vendor.answer(
      json({ object: 'list', data: [{ index: 1, relevance_score: 0.6 }], usage: { total_tokens: 43 } }),
    )
    for (const path of ['/v1/rerank', '/v2/rerank']) {
      const written = await (await stand.ask(path, body('rerank-2.5-lite'))).receipt()
      expect(stand.vendor.asked.at(-1)?.path).toBe('/v1/rerank')
      expect(written).toMatchObject({ usage: { input: 43 }, usage_source: 'upstream' })
      expect(nano(written.cost_usd)).toBe(43n * 20n)
    }
  })
})

const bad: [path: string, body: string | FormData, status: number, param: string | null][] = [
  ['/v1/images/generations', '{"prompt":"p"}', 400, 'model'],
  ['/v1/images/generations', '{"model":"dall-e-3"}', 400, 'prompt'],
  ['/v1/images/generations', '{"model":"dall-e-3","prompt":5}', 400, 'prompt'],
  ['/v1/images/generations', '{"model":"dall-e-3","prompt":"p","n":11}', 400, 'n'],
  ['/v1/images/generations', '{"model":"dall-e-3","prompt":"p","n":1e308}', 400, 'n'],
  ['/v1/images/generations', '{"model":"dall-e-3","prompt":"p","size":7}', 400, 'size'],
  ['/v1/images/generations', '{"model":"dall-e-3","prompt":"p","stream":"yes"}', 400, 'stream'],
  ['/v1/images/generations', '{"model":"gpt-image-1","prompt":"p","output_format":"svg"}', 400, 'output_format'],
  ['/v1/images/generations', '{"model":"nobody-knows","prompt":"p"}', 404, 'model'],
  ['/v1/images/generations', 'not json', 400, null],
  ['/v1/images/edits', form({ model: 'dall-e-2', prompt: 'p' }), 400, 'image'],
  ['/v1/images/edits', form({ model: 'dall-e-2', image: new File([], 'x.png'), prompt: 'p' }), 400, 'image'],
  ['/v1/images/edits', form({ image: new File(['x'], 'x.png'), prompt: 'p' }), 400, 'model'],
  ['/v1/images/edits', form({ model: 'dall-e-2', n: '99', image: new File(['x'], 'x.png'), prompt: 'p' }), 400, 'n'],
  [
    '/v1/images/edits',
    form({ model: new File(['dall-e-2'], 'm'), image: new File(['x'], 'x'), prompt: 'p' }),
    400,
    'model',
  ],
  ['/v1/images/variations', '{"model":"dall-e-2","image":"x"}', 400, 'image'],
  ['/v1/audio/speech', '{"model":"tts-1","voice":"alloy"}', 400, 'input'],
  ['/v1/audio/speech', '{"model":"tts-1","voice":"alloy","input":""}', 400, 'input'],
  ['/v1/audio/speech', '{"model":"tts-1","voice":"alloy","input":["a"]}', 400, 'input'],
  ['/v1/audio/speech', '{"model":"tts-1","voice":"alloy","input":"a","speed":99}', 400, 'speed'],
  ['/v1/audio/transcriptions', form({ model: 'whisper-1' }), 400, 'file'],
  ['/v1/audio/transcriptions', form({ model: 'whisper-1', file: 'a name' }), 400, 'file'],
  ['/v1/audio/transcriptions', form({ model: 'whisper-1', file: new File([], 'a.wav') }), 400, 'file'],
  ['/v1/audio/transcriptions', form({ file: recording() }), 400, 'model'],
  ['/v1/audio/transcriptions', form({ model: 'nobody-knows', file: recording() }), 404, 'model'],
  ['/v1/audio/transcriptions', new FormData(), 400, 'model'],
  ['/v1/audio/transcriptions', '{"model":"whisper-1"}', 400, 'file'],
  ['/v1/moderations', '{}', 400, 'input'],
  ['/v1/moderations', '{"input":5}', 400, 'input'],
  ['/v1/rerank', '{"model":"rerank-v3.5","documents":["a"]}', 400, 'query'],
  ['/v1/rerank', '{"model":"rerank-v3.5","query":"q"}', 400, 'documents'],
  ['/v1/rerank', '{"model":"rerank-v3.5","query":"q","documents":"a"}', 400, 'documents'],
  ['/v1/rerank', '{"model":"rerank-v3.5","query":"q","documents":["a"],"top_n":-1}', 400, 'top_n'],
  ['/v1/rerank', '{"model":"rerank-v3.5","query":"q","documents":["a"],"top_n":"x"}', 400, 'top_n'],
  // A model that is sold by something else than what is asked for.
  ['/v1/moderations', '{"model":"whisper-1","input":"a"}', 400, 'model'],
]

describe('bad input', () => {
  const told = (body: string | FormData): string =>
    typeof body === 'string' ? body : `a form of ${[...body.keys()].join(', ')}`
  const cases = bad.map(([path, body, status, param]) => [path, param, told(body), body, status] as const)
  test.each(cases)('to %s is refused and names %p: %s', async (path, param, _what, body, status) => {
    const before = stand.vendor.asked.length
    const { answer, text } = await stand.ask(path, body)
    const { error } = JSON.parse(text)
    expect([answer.status, error.param]).toEqual([status, param])
    if (param !== null && status === 400 && error.code === 'invalid_request') expect(error.details.field).toBe(param)
    expect(stand.vendor.asked.length).toBe(before)
  })
})

test('at the end the ledger adds up and holds nothing', async () => {
  expect(await stand.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
})
