import { afterAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { bodyBytes, type Interaction } from './interaction.ts'
import { startReplay } from './server.ts'

const KEY = 'upstream-secret-replay'

const chat = (id: string, stream: boolean, body: unknown): Interaction => ({
  id,
  provider: 'openai',
  api: 'openai.chat',
  stream,
  fidelity: 'written',
  request: {
    method: 'POST',
    path: '/v1/chat/completions',
    query: '',
    headers: {},
    body: { model: 'any', messages: [{ role: 'user', content: id }], ...(stream ? { stream: true } : {}) },
  },
  response: { status: 200, headers: { 'x-vendor': 'kept', 'content-encoding': 'gzip' }, body },
})

const messages = [{ role: 'user', content: 'Hello' }]

const STREAM = 'data: {"choices":[{"index":0,"delta":{"content":"grüß"}}]}\r\n\r\n: note\r\n\r\ndata: [DONE]\r\n\r\n'
const unary = chat('unary', false, { object: 'chat.completion', text: 'ß' })
const streamed = chat('streamed', true, STREAM)
const replay = await startReplay({ interactions: [unary, streamed], keys: [KEY] })
afterAll(() => replay.stop())

const ask = (
  model: string,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${replay.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, ...headers },
    body: JSON.stringify({ model, messages, ...more }),
  })

/** What a bare TCP client sees until the server is done with it, and whether that was a reset. */
const raw = (model: string, stream: boolean): Promise<{ text: string; reset: boolean }> =>
  new Promise((resolve) => {
    const body = JSON.stringify({ model, stream, messages })
    const socket = connect(Number(new URL(replay.url).port), '127.0.0.1')
    let text = ''
    let reset = false
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reset = error.code === 'ECONNRESET'
    })
    socket.on('close', () => resolve({ text, reset }))
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
  })

describe('the replay upstream', () => {
  for (const pieceBytes of [1, 7, 4096, undefined]) {
    test(`serves unary and streamed bodies byte for byte in pieces of ${pieceBytes ?? 'any size'}`, async () => {
      for (const interaction of [unary, streamed]) {
        replay.control(pieceBytes === undefined ? undefined : { pieceBytes })
        const answer = await ask(interaction.id, { stream: interaction.stream })
        expect(answer.headers.get('x-vendor')).toBe('kept')
        expect(answer.headers.get('content-encoding')).toBeNull()
        expect(await answer.bytes()).toEqual(new Uint8Array(bodyBytes(interaction)))
      }
      replay.control(undefined)
    })
  }

  test('finds an interaction by an equal body, whatever the order of keys and the model name', async () => {
    const answer = await ask('gpt-other', { stream: true, messages: [{ content: 'streamed', role: 'user' }] })
    expect(await answer.text()).toBe(STREAM)
    const withUsage = { stream: true, stream_options: { include_usage: true } }
    const edited = await ask('gpt-other', { ...withUsage, messages: [{ content: 'streamed', role: 'user' }] })
    expect(await edited.text()).toBe(STREAM)
  })

  const WRONG: [what: string, body: Record<string, unknown>, headers: Record<string, string>][] = [
    ['a missing provider key', {}, { authorization: '' }],
    ['a wrong provider key', {}, { authorization: 'Bearer other' }],
    ['a Tollgate key in a header', {}, { 'x-api-key': 'sk-tg-abcdefgh' }],
    ['a Tollgate key in the body', { note: 'sk-tg-abcdefgh' }, {}],
    ['two credentials', {}, { 'x-goog-api-key': KEY }],
    ['a stream asked as unary', { stream: true }, {}],
  ]
  test.each(WRONG)('answers 599 to %s and remembers the complaint', async (_what, body, headers) => {
    replay.forget()
    expect((await ask('unary', body, headers)).status).toBe(599)
    expect(replay.complaints()).toHaveLength(1)
  })

  for (const how of ['reset', 'close'] as const) {
    test(`${how}s the connection after exactly the bytes asked for`, async () => {
      replay.control({ cut: { how, after: 9 } }, 'streamed')
      const { text, reset } = await raw('streamed', true)
      replay.control(undefined, 'streamed')
      expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('9\r\ndata: {"c\r\n')
      expect(reset).toBe(how === 'reset')
    })
  }

  test('ends the HTTP message properly in the middle of its content', async () => {
    replay.control({ cut: { how: 'end', after: 9 }, times: 2 })
    expect(await (await ask('streamed', { stream: true })).text()).toBe('data: {"c')
    expect(await (await ask('unary')).text()).toBe('{"object"')
    expect((await ask('unary')).status).toBe(200)
    replay.control(undefined)
  })

  test('resets before the status line, and answers what is no HTTP', async () => {
    replay.control({ cut: { how: 'reset', after: 'before-headers' } })
    expect(await raw('unary', false)).toEqual({ text: '', reset: true })
    replay.control({ garbage: 'not-http' })
    expect((await raw('unary', false)).text).toContain('this is not HTTP')
    replay.control(undefined)
  })

  test('answers an error status with its body and headers as often as told', async () => {
    replay.control({ answer: { status: 429, headers: { 'retry-after': '7' }, body: '{"error":{}}' }, times: 1 })
    const refused = await ask('unary')
    expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([
      429,
      '7',
      '{"error":{}}',
    ])
    expect((await ask('unary')).status).toBe(200)
  })

  test('stalls after so many bytes and notices when the peer leaves', async () => {
    replay.forget()
    replay.control({ cut: { how: 'stall', after: 4 } })
    const abort = new AbortController()
    const answer = await fetch(`${replay.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ model: 'streamed', stream: true, messages }),
      signal: abort.signal,
    })
    const first = await answer.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toBe('data')
    expect(replay.requests()[0]?.endedAtMs).toBeUndefined()
    abort.abort()
    while (replay.requests()[0]?.endedAtMs === undefined) await Bun.sleep(5)
    expect(replay.requests()[0]?.sentBytes).toBe(4)
    replay.control(undefined)
  })
})
