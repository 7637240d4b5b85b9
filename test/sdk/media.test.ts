import { afterAll, describe, expect, test } from 'bun:test'
import OpenAI, { toFile } from 'openai'
import { toneWav } from '../../src/providers/demo/tone.ts'
import type { Customer } from '../harness/admin.ts'
import { startStand } from './stand.ts'

const stand = await startStand({
  channels: [{ id: 'demo', provider: 'demo' }],
  aliases: { pictures: 'demo-image', ears: 'demo-transcription' },
})
afterAll(() => stand.stop())

const clientOf = ({ key }: Customer): OpenAI => new OpenAI({ baseURL: `${stand.url}/v1`, apiKey: key, maxRetries: 0 })

const PNG_SIGNATURE = '89504e470d0a1a0a'
const signatureOf = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('hex', 0, 8)

/** What the newest receipt of a customer says of the cost. */
const billed = async (customer: Customer): Promise<{ usage: object; cost: string; source: string; ended: string }> => {
  const [receipt] = (await stand.receipts(customer, 1)).slice(-1)
  if (!receipt) throw new Error('there is no receipt')
  return { usage: receipt.usage, cost: receipt.cost_usd, source: receipt.usage_source, ended: receipt.ended }
}

describe('the OpenAI SDK on images', () => {
  test('makes some, each at a cent', async () => {
    const customer = await stand.customer()
    const answer = await clientOf(customer).images.generate({ model: 'pictures', prompt: 'a buoy', n: 2 })
    expect(answer.data?.map(({ b64_json }) => signatureOf(b64_json))).toEqual([PNG_SIGNATURE, PNG_SIGNATURE])
    expect(await billed(customer)).toMatchObject({ usage: { images: 2 }, cost: '0.020000000', source: 'upstream' })
  })

  test('streams one, part by part', async () => {
    const customer = await stand.customer()
    const asked = { model: 'demo-image', prompt: 'a buoy', stream: true, partial_images: 2 } as const
    const types: string[] = []
    for await (const event of await clientOf(customer).images.generate(asked)) types.push(event.type)
    expect(types).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ])
    expect(await billed(customer)).toMatchObject({ usage: { images: 1 }, cost: '0.010000000', ended: 'whole' })
  })

  test('edits one and several, and streams that too', async () => {
    const customer = await stand.customer()
    const client = clientOf(customer)
    const image = await toFile(Buffer.from('picture'), 'a.png', { type: 'image/png' })
    const one = await client.images.edit({ model: 'pictures', image, prompt: 'bluer' })
    expect(signatureOf(one.data?.[0]?.b64_json)).toBe(PNG_SIGNATURE)
    const many = await client.images.edit({ model: 'demo-image', image: [image, image], mask: image, prompt: 'both' })
    expect(many.data).toHaveLength(1)
    const stream = await client.images.edit({ model: 'demo-image', image, prompt: 'bluer', stream: true })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual(['image_edit.completed'])
    const receipts = await stand.receipts(customer, 3)
    expect(receipts.map(({ cost_usd, action }) => [cost_usd, action])).toEqual(
      Array.from({ length: 3 }, () => ['0.010000000', 'edit-image']),
    )
  })

  test('varies one', async () => {
    const customer = await stand.customer()
    const image = await toFile(Buffer.from('picture'), 'a.png', { type: 'image/png' })
    const answer = await clientOf(customer).images.createVariation({ model: 'demo-image', image, n: 3 })
    expect(answer.data).toHaveLength(3)
    expect(await billed(customer)).toMatchObject({ cost: '0.030000000' })
  })
})

describe('the OpenAI SDK on audio', () => {
  test('is spoken to, by the character', async () => {
    const customer = await stand.customer()
    const asked = { model: 'demo-speech', input: 'Ahoy there, sailor', voice: 'alloy' }
    const answer = await clientOf(customer).audio.speech.create(asked)
    expect(answer.headers.get('content-type')).toBe('audio/wav')
    expect(answer.headers.get('x-tollgate-cost-usd')).toBe('0.000018000')
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF')
    expect(await billed(customer)).toMatchObject({
      usage: { characters: 18 },
      cost: '0.000018000',
      source: 'estimated',
    })
  })

  test('has speech in events', async () => {
    const customer = await stand.customer()
    const asked = { model: 'demo-speech', input: 'Ahoy', voice: 'alloy', stream_format: 'sse' } as const
    const text = await (await clientOf(customer).audio.speech.create(asked)).text()
    expect(text).toContain('event: speech.audio.done')
    expect(await billed(customer)).toMatchObject({ usage: { characters: 4 }, ended: 'whole' })
  })

  const file = (): Promise<File> => toFile(toneWav(2.5), 'a.wav', { type: 'audio/wav' })
  const heard = 'The demo heard 2.50 seconds of sound.'

  test('has speech written down in every format, by the second', async () => {
    const customer = await stand.customer()
    const { transcriptions } = clientOf(customer).audio
    const json = await transcriptions.create({ model: 'ears', file: await file() })
    expect(json.text).toBe(heard)
    const verbose = { model: 'ears', file: await file(), response_format: 'verbose_json' } as const
    expect((await transcriptions.create(verbose)).duration).toBe(2.5)
    for (const response_format of ['text', 'srt', 'vtt'] as const) {
      const text = await transcriptions.create({ model: 'ears', file: await file(), response_format })
      expect(String(text)).toContain(heard)
    }
    const receipts = await stand.receipts(customer, 5)
    expect(receipts.map(({ cost_usd, usage_source }) => [cost_usd, usage_source])).toEqual([
      ...['upstream', 'upstream', 'estimated', 'estimated', 'estimated'].map((source) => ['0.000300000', source]),
    ])
  })

  test('has it written down as a stream', async () => {
    const customer = await stand.customer()
    const asked = { model: 'demo-transcription', file: await file(), stream: true } as const
    let text = ''
    for await (const event of await clientOf(customer).audio.transcriptions.create(asked))
      if (event.type === 'transcript.text.delta') text += event.delta
    expect(text).toBe(heard)
    expect(await billed(customer)).toMatchObject({ usage: { input_seconds: 3 }, source: 'upstream', ended: 'whole' })
  })

  test('has it translated', async () => {
    const customer = await stand.customer()
    const answer = await clientOf(customer).audio.translations.create({ model: 'ears', file: await file() })
    expect(answer.text).toBe(heard)
    expect(await billed(customer)).toMatchObject({ cost: '0.000300000' })
  })

  test('is told which field is wrong', async () => {
    const client = clientOf(await stand.customer())
    const refused = await client.audio.transcriptions
      .create({ model: 'nobody-knows', file: await file() })
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(OpenAI.NotFoundError)
    expect(refused).toMatchObject({ status: 404, param: 'model', code: 'model_not_found' })
  })
})

describe('the OpenAI SDK on moderations', () => {
  test('is judged for nothing, by the model it names', async () => {
    const customer = await stand.customer()
    const { moderations } = clientOf(customer)
    const answer = await moderations.create({ model: 'demo-moderation', input: ['ahoy', 'FLAGTEST'] })
    expect(answer.results.map(({ flagged }) => flagged)).toEqual([false, true])
    expect(await billed(customer)).toMatchObject({ cost: '0.000000000', ended: 'whole' })
  })
})

describe('the list of models', () => {
  test.each([
    ['image', 'demo-image'],
    ['audio', 'demo-speech'],
    ['moderation', 'demo-moderation'],
    ['rerank', 'demo-rerank'],
  ])('of type %s has %s', async (type, id) => {
    const customer = await stand.customer()
    const answer = await fetch(`${stand.url}/v1/models?type=${type}`, {
      headers: { authorization: `Bearer ${customer.key}` },
    })
    const { data } = (await answer.json()) as { data: { id: string; type: string }[] }
    expect(data.map((model) => model.id)).toContain(id)
    expect(data.every((model) => model.type === type)).toBe(true)
  })
})
