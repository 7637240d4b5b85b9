import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { SpokenVendor } from './spoken.ts'
import { KEY, type SpokenStand, startSpokenStand } from './spoken-stand.ts'

let stand: SpokenStand
beforeAll(async () => {
  stand = await startSpokenStand()
})
afterAll(() => stand.stop())
beforeEach(() => stand.reset())

const WRITTEN = { input_tokens: 100, input_tokens_details: { cached_tokens: 20 }, output_tokens: 50, total_tokens: 150 }

/** A vendor that answers each `response.create` of the Responses API. */
const writing = (): SpokenVendor['onEvent'] => {
  let count = 0
  return (spoken) => {
    count += 1
    const id = `resp_${count}`
    spoken.say({ type: 'response.created', response: { id } })
    spoken.say({ type: 'response.output_text.delta', delta: 'hello' })
    spoken.say({ type: 'response.completed', response: { id, usage: WRITTEN } })
  }
}
const create = (more = {}) => ({
  type: 'response.create',
  model: 'writer-1',
  input: 'hi',
  max_output_tokens: 100,
  ...more,
})

describe('Responses over WebSocket', () => {
  beforeEach(() => {
    stand.vendor.onOpen = () => undefined
    stand.vendor.onEvent = writing()
  })

  test('are held for and settled one by one, and go on from one another', async () => {
    const key = await stand.newKey()
    const client = await stand.open('/v1/responses', key.key)
    client.say(create())
    const { response } = await client.until('response.completed')
    client.say(create({ previous_response_id: (response as { id: string }).id }))
    await client.until('response.completed')
    client.socket.close()
    expect(stand.session().path).toBe('/v1/responses')
    expect(stand.session().heard[0]).toEqual(create())
    const receipts = await stand.receiptsOf(key.id, 2)
    expect(receipts).toHaveLength(2)
    for (const receipt of receipts)
      expect(receipt).toMatchObject({
        ...{ action: 'generate', client_format: 'openai-responses', ended: 'whole', usage_source: 'upstream' },
        ...{ usage: { input: 80, cache_read: 20, output: 50 }, cost_usd: '0.000182000' },
      })
  })

  test.each([
    ['a response of somebody else', create({ previous_response_id: 'resp_9' }), 'previous_response_not_found', 400],
    ['a model without a price', create({ model: 'unpriced' }), 'unknown_model_pricing', 400],
    ['a model that nobody knows', create({ model: 'nobody' }), 'model_not_found', 404],
    ['a limit that is none', create({ max_output_tokens: -1 }), undefined, 400],
  ])('refuse %s in the words of the API, and stay open', async (_what, event, code, status) => {
    const client = await stand.open('/v1/responses')
    client.say(event)
    const refusal = (await client.until('error')) as { status: number; error: { code: string } }
    expect(refusal.status).toBe(status)
    if (code !== undefined) expect(refusal.error.code).toBe(code)
    expect(stand.session().heard).toHaveLength(0)
    client.say(create())
    await client.until('response.completed')
    client.socket.close()
  })

  test('are paid for before they are asked for', async () => {
    const poor = await stand.gateway.createCustomer('0.000001')
    const client = await stand.open('/v1/responses', poor.key)
    client.say(create())
    expect(await client.until('error')).toMatchObject({ status: 402, error: { code: 'insufficient_balance' } })
    expect(stand.session().heard).toHaveLength(0)
    client.socket.close()
  })

  test('are asked for by POST where the group has a channel that knows nothing else', async () => {
    const { key } = await stand.gateway.createKey({ user_id: stand.customer.userId, group: 'mixed' })
    await expect(stand.open('/v1/responses', key)).rejects.toThrow('426')
    const client = await stand.open('/v1/main/responses', key)
    client.socket.close()
  })

  test('are asked for by POST where the upstream opens no session', async () => {
    stand.vendor.refuseWith = 404
    await expect(stand.open('/v1/responses')).rejects.toThrow('426')
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
