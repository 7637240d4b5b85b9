import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { openClient, type SpokenVendor } from './spoken.ts'
import { KEY, type SpokenStand, startSpokenStand } from './spoken-stand.ts'

let stand: SpokenStand
beforeAll(async () => {
  stand = await startSpokenStand()
})
afterAll(() => stand.stop())
beforeEach(() => stand.reset())

const SPOKEN = {
  total_tokens: 300,
  input_tokens: 200,
  output_tokens: 100,
  input_token_details: {
    text_tokens: 50,
    audio_tokens: 150,
    cached_tokens: 30,
    cached_tokens_details: { audio_tokens: 20 },
  },
  output_token_details: { text_tokens: 20, audio_tokens: 80 },
}
const sound = Buffer.alloc(4_800).toString('base64')

/** A vendor that answers each `response.create`. */
const answering = (usage: unknown = SPOKEN): SpokenVendor['onEvent'] => {
  let count = 0
  return (spoken, { type }) => {
    if (type !== 'response.create') return
    count += 1
    const id = `resp_${count}`
    spoken.say({ type: 'response.created', response: { id, status: 'in_progress' } })
    spoken.say({ type: 'response.output_audio.delta', response_id: id, delta: sound })
    spoken.say({ type: 'response.output_audio_transcript.delta', response_id: id, delta: 'hello' })
    spoken.say({ type: 'response.done', response: { id, status: 'completed', usage } })
  }
}

describe('a Realtime session', () => {
  test('relays events both ways, and each response is a request with a receipt of its own', async () => {
    stand.vendor.onEvent = answering()
    const key = await stand.newKey()
    const client = await stand.open('/v1/realtime?model=spoken', key.key)
    await client.until('session.created')
    for (const turn of [1, 2]) {
      client.say({ type: 'response.create', event_id: `e${turn}` })
      expect(await client.until('response.output_audio.delta')).toMatchObject({ delta: sound })
      await client.until('response.done')
    }
    client.socket.close(1000, 'done')
    expect((await stand.session().closed).code).toBe(1000)
    expect(stand.session().path).toBe('/v1/realtime?model=speaker-1')
    expect(stand.session().headers.get('authorization')).toBe(`Bearer ${KEY}`)
    expect(stand.session().heard.map(({ event_id }) => event_id)).toEqual(['e1', 'e2'])
    const receipts = await stand.receiptsOf(key.id, 2)
    expect(receipts).toHaveLength(2)
    const [first, second] = receipts
    expect(first?.request_id.replace(/-1$/, '')).toBe(second?.request_id.replace(/-2$/, '') ?? '')
    for (const receipt of receipts) {
      expect(receipt).toMatchObject({
        ...{
          action: 'pass-through',
          model_served: 'speaker-1',
          stream: true,
          ended: 'whole',
          usage_source: 'upstream',
        },
        usage: { input: 40, input_audio: 130, cache_read: 30, output: 20, output_audio: 80 },
        // 40 × 4 + 130 × 32 + 30 × 0.4 + 20 × 16 + 80 × 64, by the million.
        cost_usd: '0.009772000',
      })
    }
  })

  test('is settled before the client hears that a response is done', async () => {
    stand.vendor.onEvent = answering()
    const key = await stand.newKey()
    const client = await stand.open('/v1/realtime?model=speaker-1', key.key)
    client.say({ type: 'response.create' })
    await client.until('response.done')
    expect(await stand.gateway.requests({ key_id: key.id })).toHaveLength(1)
    client.socket.close()
  })

  test('takes the key of a browser, which never travels upstream', async () => {
    const protocols = ['realtime', `openai-insecure-api-key.${stand.customer.key}`, 'openai-beta.realtime-v1']
    const client = await openClient(stand.address('/v1/realtime?model=speaker-1'), {}, protocols)
    await client.until('session.created')
    expect(client.socket.protocol).toBe('realtime')
    expect([...stand.session().headers.values()].join()).not.toContain('sk-tg-')
    expect(stand.session().headers.get('openai-beta')).toBe('realtime=v1')
    client.socket.close()
  })

  test('hears a response that sound brings about, for which money was set aside with the sound', async () => {
    stand.vendor.onEvent = (spoken, { type }) => {
      if (type !== 'input_audio_buffer.append') return
      spoken.say({ type: 'response.created', response: { id: 'r' } })
      spoken.say({ type: 'response.done', response: { id: 'r', status: 'completed', usage: SPOKEN } })
    }
    const key = await stand.newKey()
    const client = await stand.open('/v1/realtime?model=speaker-1', key.key)
    client.say({ type: 'input_audio_buffer.append', audio: sound })
    await client.until('response.done')
    expect(await stand.receiptsOf(key.id, 1)).toMatchObject([{ usage_source: 'upstream', usage: { output_audio: 80 } }])
    client.socket.close()
  })

  test('bills what a second model writes down, and refuses one that nobody can price', async () => {
    stand.vendor.onEvent = (spoken, event) => {
      if (event['type'] !== 'session.update') return
      const usage = {
        type: 'tokens',
        input_tokens: 10,
        output_tokens: 5,
        total_tokens: 15,
        input_token_details: { audio_tokens: 8 },
      }
      spoken.say({ type: 'conversation.item.input_audio_transcription.completed', transcript: 'hi', usage })
    }
    const key = await stand.newKey()
    const client = await stand.open('/v1/realtime?model=speaker-1', key.key)
    const update = (model: string) => ({
      type: 'session.update',
      event_id: model,
      session: { type: 'realtime', audio: { input: { transcription: { model } } } },
    })
    client.say(update('unpriced'))
    expect(await client.until('error')).toMatchObject({
      error: { code: 'unknown_model_pricing', event_id: 'unpriced' },
    })
    client.say(update('hearer-1'))
    await client.until('conversation.item.input_audio_transcription.completed')
    expect(stand.session().heard).toHaveLength(1)
    expect(await stand.receiptsOf(key.id, 1)).toMatchObject([
      { model_served: 'hearer-1', usage: { input: 2, input_audio: 8, output: 5 }, cost_usd: '0.000036000' },
    ])
    client.socket.close()
  })

  test('tells that the money is not there in the words of the API, sends nothing, and stays open', async () => {
    const poor = await stand.gateway.createCustomer('0.2')
    const client = await stand.open('/v1/realtime?model=speaker-1', poor.key)
    client.say({ type: 'response.create', event_id: 'mine' })
    const refusal = await client.until('error')
    expect(refusal).toMatchObject({
      error: { type: 'insufficient_quota', code: 'insufficient_balance', event_id: 'mine' },
    })
    expect(stand.session().heard).toHaveLength(0)
    await stand.gateway.credit(poor.userId, '10')
    stand.vendor.onEvent = answering()
    client.say({ type: 'response.create' })
    await client.until('response.done')
    client.socket.close()
  })

  test('that hears what cannot be paid is closed, for what is left out of it cannot be made up for', async () => {
    const poor = await stand.gateway.createCustomer('0.2')
    const client = await stand.open('/v1/realtime?model=speaker-1', poor.key)
    client.say({ type: 'input_audio_buffer.append', audio: sound })
    expect(await client.until('error')).toMatchObject({ error: { code: 'insufficient_balance' } })
    expect((await client.closed).code).toBe(1008)
    expect(stand.session().heard).toHaveLength(0)
  })

  test.each([
    ['an event with two types', '{"type":"x","type":"response.create"}'],
    ['an event with a type in other letters', '{"type":"x","Type":"response.create"}'],
    ['an event without a type', '{"a":1}'],
    ['what is no JSON', 'hello'],
    ['another model', '{"type":"session.update","session":{"model":"writer-1"}}'],
    ['a session that only writes down', '{"type":"session.update","session":{"type":"transcription"}}'],
  ])('refuses %s, and sends nothing', async (_what, text) => {
    const client = await stand.open('/v1/realtime?model=speaker-1')
    client.say(text)
    expect(await client.until('error')).toMatchObject({ error: { type: 'invalid_request_error' } })
    expect(stand.session().heard).toHaveLength(0)
    client.socket.close()
  })

  test('carries over how its upstream closes it', async () => {
    stand.vendor.onEvent = ({ socket }) => socket.close(4001, 'own reason')
    const client = await stand.open('/v1/realtime?model=speaker-1')
    client.say({ type: 'anything' })
    expect(await client.closed).toEqual({ code: 4001, reason: 'own reason' })
  })

  test('whose upstream breaks off in a response is settled once, by what came', async () => {
    stand.vendor.onEvent = (spoken) => {
      spoken.say({ type: 'response.created', response: { id: 'r' } })
      spoken.say({ type: 'response.output_audio.delta', response_id: 'r', delta: sound })
      setTimeout(() => spoken.socket.terminate(), 50)
    }
    const key = await stand.newKey()
    const client = await stand.open('/v1/realtime?model=speaker-1', key.key)
    client.say({ type: 'response.create' })
    expect((await client.closed).code).toBe(1011)
    expect(await stand.receiptsOf(key.id, 1)).toMatchObject([
      { ended: 'upstream_cut', usage_source: 'estimated', usage: { output_audio: 2 } },
    ])
  })

  test('whose client leaves in a response is closed upstream, and settled once, by what came', async () => {
    stand.vendor.onEvent = (spoken) => {
      spoken.say({ type: 'response.created', response: { id: 'r' } })
      spoken.say({ type: 'response.output_text.delta', response_id: 'r', delta: 'some words that were said' })
    }
    const key = await stand.newKey()
    const client = await stand.open('/v1/realtime?model=speaker-1', key.key)
    client.say({ type: 'response.create' })
    await client.until('response.output_text.delta')
    client.socket.close(4002, 'enough')
    expect(await stand.session().closed).toEqual({ code: 4002, reason: 'enough' })
    const receipts = await stand.receiptsOf(key.id, 1)
    expect(receipts).toMatchObject([{ ended: 'client_cut', usage_source: 'estimated' }])
    expect(receipts[0]?.usage['output']).toBeGreaterThan(3)
  })

  test('gives back at once what an event held for that the upstream refuses', async () => {
    stand.vendor.onEvent = (spoken, { event_id }) =>
      spoken.say({ type: 'error', error: { type: 'invalid_request_error', message: `no: ${KEY}`, event_id } })
    const key = await stand.newKey()
    const client = await stand.open('/v1/realtime?model=speaker-1', key.key)
    client.say({ type: 'response.create', event_id: 'e' })
    const error = await client.until('error')
    expect(JSON.stringify(error)).not.toContain(KEY)
    expect(await stand.receiptsOf(key.id, 1)).toMatchObject([{ ended: 'failed', cost_usd: '0.000000000' }])
    client.socket.close()
  })

  test('ends where one message is larger than is taken', async () => {
    const client = await stand.open('/v1/realtime?model=speaker-1')
    client.say({ type: 'x', padding: 'x'.repeat(1_100_000) })
    expect([1006, 1009]).toContain((await client.closed).code)
    expect(stand.session().heard).toHaveLength(0)
  })

  test.each([
    ['no key', '/v1/realtime?model=speaker-1', {}, 401],
    ['no model', '/v1/realtime', undefined, 400],
    ['a model without a price', '/v1/realtime?model=unpriced', undefined, 400],
    ['a model that nobody knows', '/v1/realtime?model=nobody', undefined, 404],
    ['a provider that does not speak it', '/v1/elsewhere/realtime?model=speaker-1', undefined, 426],
  ])('is not opened with %s', async (_what, path, headers, status) => {
    const asked = openClient(stand.address(path), headers ?? { authorization: `Bearer ${stand.customer.key}` })
    await expect(asked).rejects.toThrow(`${status}`)
    expect(stand.vendor.sessions).toHaveLength(0)
  })

  test('that the upstream does not open is a plain failure', async () => {
    stand.vendor.refuseWith = 403
    await expect(stand.open('/v1/main/realtime?model=speaker-1')).rejects.toThrow('502')
  })
})

describe('afterwards', () => {
  test('nothing stays held, and the books add up', async () => {
    expect(await stand.settled()).toMatchObject({ ok: true, open_holds: 0 })
  })

  test('no key of either side is in the log', () => {
    expect(stand.gateway.output()).not.toContain(KEY)
    expect(stand.gateway.output()).not.toContain('sk-tg-')
  })
})
