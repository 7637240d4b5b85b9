import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { ReceiptJson } from '../harness/admin.ts'
import type { SpokenVendor } from './spoken.ts'
import { type SpokenStand, startSpokenStand } from './spoken-stand.ts'
import { post, type Stand, startStand, USAGE } from './stand.ts'

type Why = Omit<ReceiptJson, 'attempts'> & { readonly attempts: readonly { readonly why?: string | null }[] }
const whyOf = (receipt: ReceiptJson | undefined) => (receipt as Why | undefined)?.attempts.map(({ why }) => why)

const REFUSED = { refuse: 'Not by this key.' }

describe('a rule holds for a request that is passed through:', () => {
  let stand: Stand
  beforeAll(async () => {
    stand = await startStand({
      channels: [
        { id: 'vendor-1', provider: 'vendor', priority: 1, model_map: { 'dated-writer': 'writer-2026' } },
        { id: 'vendor-2', provider: 'vendor' },
        { id: 'claude-1', provider: 'claude' },
      ],
      groups: {
        default: {
          rules: [
            { name: 'closed', when: { headers: { 'x-app': 'game*' } }, do: REFUSED },
            { name: 'no free', when: { labels: ['paying'], models: ['pass-through'] }, do: REFUSED },
            { name: 'newer', when: { labels: ['new'], models: ['writer'] }, do: { model: 'dated-writer' } },
            { name: 'second', when: { labels: ['second'] }, do: { channels: ['vendor-2'] } },
            { name: 'elsewhere', when: { labels: ['elsewhere'] }, do: { channels: ['claude-1'] } },
            { name: 'set', when: { labels: ['set'] }, do: { parameters: { temperature: 0 } } },
            { name: 'blind', when: { labels: ['blind'], tools: false }, do: REFUSED },
          ],
        },
      },
    })
  })
  afterAll(() => stand.stop())
  beforeEach(() => {
    for (const path of ['infer', 'any/x']) stand.vendor.answers.set(path, () => Response.json({ usage: USAGE }))
  })

  /** What becomes of a request by a key with these labels. */
  const sent = async (labels: readonly string[], path = 'infer', init = post({ model: 'writer' })) => {
    const { key } = await stand.gateway.createKey({ user_id: stand.customer.userId, labels })
    stand.vendor.seen.length = 0
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${key}`)
    const answer = await stand.ask(`/v1/vendor/${path}`, { ...init, headers })
    const text = await answer.text()
    const id = answer.headers.get('x-request-id') ?? ''
    const receipt = answer.status === 200 ? await stand.gateway.receipt(id, key) : undefined
    return { answer, status: answer.status, text, receipt, seen: stand.vendor.seen[0] }
  }

  test('it refuses by a header, whatever the endpoint is, and nothing is sent', async () => {
    for (const path of ['infer', 'any/x']) {
      const init = post({ model: 'writer' }, { 'content-type': 'application/json', 'x-app': 'games' })
      const { status, text, answer, seen } = await sent([], path, init)
      expect([status, answer.headers.get('x-should-retry'), seen]).toEqual([403, 'false', undefined])
      expect(text).toContain('Not by this key.')
      expect(text).toContain('refused_by_rule')
    }
  })

  test('it knows an endpoint that names no model by what stands for one', async () => {
    expect((await sent(['paying'], 'any/x', { method: 'GET' })).status).toBe(403)
    expect((await sent(['paying'])).status).toBe(200)
  })

  test('it has another model answer, by the name the channel has for it, which is billed', async () => {
    const { seen, receipt } = await sent(['new'], 'infer', post({ a: 1, model: 'writer', b: [2] }))
    expect(Buffer.from(seen?.body ?? []).toString()).toBe('{"a":1,"model":"writer-2026","b":[2]}')
    expect(receipt).toMatchObject({ model_requested: 'writer', model_served: 'dated-writer', channel: 'vendor-1' })
    expect(whyOf(receipt)).toEqual(['rule newer; weighted 1'])
    expect((await sent(['new'], 'infer', post({ model: 'embedder' }))).receipt?.model_served).toBe('embedder')
  })

  test('it goes to the channels of the rule alone', async () => {
    const { receipt } = await sent(['second'])
    expect(receipt?.channel).toBe('vendor-2')
    expect(whyOf(receipt)).toEqual(['rule second; only channel'])
    const none = await sent(['elsewhere'])
    expect([none.status, none.seen]).toEqual([503, undefined])
    expect(none.text).toContain('for model writer under group default and its rule elsewhere at this provider')
  })

  test('what it cannot set is declared', async () => {
    const { answer, seen, receipt } = await sent(['set'])
    expect(Buffer.from(seen?.body ?? []).toString()).toBe('{"model":"writer"}')
    expect(receipt?.warnings).toEqual([';unsupported'])
    expect(answer.headers.get('x-tollgate-warnings')).toBe(';unsupported')
  })

  test('what nobody can see does not count', async () => {
    expect((await sent(['blind'])).status).toBe(200)
  })
})

describe('a rule holds for a session:', () => {
  let stand: SpokenStand
  beforeAll(async () => {
    stand = await startSpokenStand({
      groups: {
        mixed: { multiplier: '1' },
        default: {
          rules: [
            { name: 'closed', when: { headers: { 'x-app': 'game*' } }, do: REFUSED },
            { name: 'dear', when: { labels: ['thrifty'], models: ['speaker-1'] }, do: { model: 'hearer-1' } },
            { name: 'none', when: { labels: ['none'], models: ['writer-1', 'hearer-1'] }, do: REFUSED },
            { name: 'tools', when: { labels: ['bare'], tools: true }, do: REFUSED },
            { name: 'cheap', when: { labels: ['cheap'], models: ['writer-1'] }, do: { model: 'hearer-1' } },
            { name: 'short', when: { labels: ['short'] }, do: { parameters: { max_output_tokens: 7 } } },
          ],
        },
      },
    })
  })
  afterAll(() => stand.stop())
  beforeEach(() => stand.reset())

  const keyOf = (...labels: readonly string[]) => stand.newKey({ labels })

  /** Answers each event that is heard as the Realtime API or the Responses API does. */
  const answering = (end: 'response.done' | 'response.completed'): SpokenVendor['onEvent'] => {
    let count = 0
    return (spoken, { type }) => {
      if (type !== 'response.create') return
      count += 1
      const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
      spoken.say({ type: 'response.created', response: { id: `r${count}` } })
      spoken.say({ type: end, response: { id: `r${count}`, status: 'completed', usage } })
    }
  }

  test.each(['/v1/realtime?model=speaker-1', '/v1/responses'])('%s is refused before it is open', async (path) => {
    const { key } = await keyOf()
    const headers = { authorization: `Bearer ${key}`, 'x-app': 'Games', connection: 'upgrade', upgrade: 'websocket' }
    const more = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    const answer = await fetch(stand.gateway.url + path, { headers: { ...headers, ...more } })
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('Not by this key.')])
    expect(stand.vendor.sessions).toHaveLength(0)
  })

  test('Realtime is opened with the model of the rule, which the client goes on to call as it did', async () => {
    stand.vendor.onEvent = answering('response.done')
    const { key, id } = await keyOf('thrifty')
    const client = await stand.open('/v1/realtime?model=spoken', key)
    client.say({ type: 'session.update', session: { model: 'spoken', voice: 'ash' } })
    client.say({ type: 'response.create' })
    await client.until('response.done')
    client.socket.close()
    expect(stand.session().path).toBe('/v1/realtime?model=hearer-1')
    expect(stand.session().heard[0]).toEqual({ type: 'session.update', session: { model: 'hearer-1', voice: 'ash' } })
    const [receipt] = await stand.receiptsOf(id, 1)
    expect(receipt).toMatchObject({ model_requested: 'spoken', model_served: 'hearer-1' })
    expect(whyOf(receipt)).toEqual(['rule dear; only channel'])
  })

  test('a model that writes down what is heard is refused as any model', async () => {
    const client = await stand.open('/v1/realtime?model=speaker-1', (await keyOf('none')).key)
    const transcription = { model: 'hearer-1' }
    client.say({ type: 'session.update', session: { audio: { input: { transcription } } } })
    expect(await client.until('error')).toMatchObject({ error: { code: 'refused_by_rule' } })
    expect(stand.session().heard).toHaveLength(0)
    client.socket.close()
  })

  test('each request of a Responses session is refused, sent elsewhere and changed as it is by POST', async () => {
    stand.vendor.onOpen = () => undefined
    stand.vendor.onEvent = answering('response.completed')
    const create = (more = {}) => ({ type: 'response.create', model: 'writer-1', input: 'hi', ...more })

    const none = await stand.open('/v1/responses', (await keyOf('none')).key)
    none.say(create())
    expect(await none.until('error')).toMatchObject({ status: 403, error: { message: 'Not by this key.' } })
    none.say(create({ model: 'speaker-1' }))
    await none.until('response.completed')
    none.socket.close()

    const bare = await stand.open('/v1/responses', (await keyOf('bare')).key)
    bare.say(create({ tools: [{ type: 'function', name: 'f' }] }))
    await bare.until('error')
    bare.say(create())
    await bare.until('response.completed')
    bare.socket.close()

    const cheap = await keyOf('cheap')
    const cheaper = await stand.open('/v1/responses', cheap.key)
    cheaper.say(create())
    await cheaper.until('response.completed')
    cheaper.socket.close()
    const [receipt] = await stand.receiptsOf(cheap.id, 1)
    expect(receipt).toMatchObject({ model_requested: 'writer-1', model_served: 'hearer-1' })
    expect(whyOf(receipt)).toEqual(['rule cheap; only channel'])

    const short = await stand.open('/v1/responses', (await keyOf('short')).key)
    short.say(create({ max_output_tokens: 100 }))
    await short.until('response.completed')
    short.socket.close()
    const heard = stand.vendor.sessions.map((session) => session.heard)
    expect(heard).toEqual([
      [create({ model: 'speaker-1' })],
      [create()],
      [create({ model: 'hearer-1' })],
      [create({ max_output_tokens: 7 })],
    ])
  })
})
