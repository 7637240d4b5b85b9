import { describe, expect, test } from 'bun:test'
import type { PayloadRecord } from '../db/types.ts'
import type { Principal } from '../keys/types.ts'
import { ok } from '../result.ts'
import type { UpstreamAnswer, UpstreamRequest } from '../upstream/types.ts'
import { type Capture, createCapture } from './capture.ts'
import { readPayload } from './payload-json.ts'

const TEXT = new TextEncoder()
const KEY = 'vendor-key-0123456789'

const principalOf = (group: string, labels: readonly string[] = []): Principal =>
  ({ userId: 'user_1', group, labels }) as unknown as Principal

const hide = (bytes: Uint8Array): Uint8Array => TEXT.encode(new TextDecoder().decode(bytes).replaceAll(KEY, '[key]'))

const upstreamRequest = (body: string): UpstreamRequest => ({
  method: 'POST',
  url: 'https://vendor.test/v1/messages?key=hidden',
  headers: { 'content-type': 'application/json', 'x-api-key': KEY, authorization: `Bearer ${KEY}` },
  body: TEXT.encode(body),
  timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 },
})

const upstreamAnswer = (status: number, chunks: readonly string[]): UpstreamAnswer => {
  const left = [...chunks]
  return {
    status,
    headers: new Headers({ 'content-type': 'application/json', 'set-cookie': 'secret=1' }),
    read: async () => {
      const next = left.shift()
      return ok(next === undefined ? undefined : TEXT.encode(next))
    },
    whole: async () => ok(TEXT.encode(left.splice(0).join(''))),
    cancel: () => undefined,
  }
}

const EMPTY = { storedBytes: async () => 0, evict: async () => ({ count: 0, bytes: 0 }) }

const open = (more: Partial<Parameters<typeof createCapture>[0]> = {}) => {
  const written: PayloadRecord[] = []
  const dropped: number[] = []
  const failures: unknown[] = []
  const capture = createCapture({
    payloads: { ...EMPTY, add: async (payloads) => void written.push(...payloads) },
    storedBytesMax: 1_000_000,
    groups: new Set(['watched']),
    labels: new Set(['debug']),
    bytesMax: 1_024,
    queueBytesMax: 1_000_000,
    onDropped: (count) => dropped.push(count),
    onFailure: (error) => failures.push(error),
    ...more,
  })
  return { capture, written, dropped, failures }
}

interface Said {
  readonly principal?: Principal
  readonly client?: string
  readonly upstream?: string
  readonly answers?: readonly string[]
  /** Each character of `client` is a byte. */
  readonly isLatin?: boolean
  readonly isStream?: boolean
  readonly isAdmitted?: boolean
}

/** One request through all it goes through, as the gateway takes it. */
const go = async (capture: Capture, id: string, said: Said = {}): Promise<string> => {
  const { principal = principalOf('watched'), client = '{"a":1}', upstream = '{"b":2}', answers = ['{"c":3}'] } = said
  const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-tg-client0123456789', cookie: 'x=1' }
  const request = new Request('http://127.0.0.1/v1/chat/completions?key=sk-tg-inquery0123456', {
    method: 'POST',
    headers,
  })
  const recording = capture.begin({ id, request, startedAtMs: 1_000 })
  recording.asked(principal)
  recording.read(said.isLatin ? Buffer.from(client, 'latin1') : TEXT.encode(client), said.isStream ?? false)
  if (said.isAdmitted ?? true) recording.admitted()
  const give = recording.sent(upstreamRequest(upstream), { channel: 'main', startMs: 3, hide })
  const answer = give(ok(upstreamAnswer(200, answers)))
  if (!answer.ok) throw new Error('an answer was lost')
  const chunks: Uint8Array[] = []
  for (;;) {
    const next = await answer.value.read()
    if (!next.ok || next.value === undefined) break
    chunks.push(next.value)
  }
  const body = said.isStream
    ? new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const chunk of chunks) controller.enqueue(chunk)
          controller.close()
        },
      })
    : // As the gateway hides it from clients.
      new Uint8Array(hide(Buffer.concat(chunks)))
  const told = new Response(body as BodyInit, {
    status: 200,
    headers: { 'content-type': 'text/plain', 'x-request-id': id },
  })
  return (await recording.answered(told)).text()
}

describe('payloads', () => {
  test('of keys that asked for it are kept, all four sides, and the client gets the same bytes', async () => {
    const { capture, written } = open()
    expect(await go(capture, 'req_1')).toBe('{"c":3}')
    await capture.stop()
    const [payload] = written
    expect(payload).toMatchObject({ requestId: 'req_1', userId: 'user_1', atMs: 1_000 })
    expect(payload && readPayload(payload)).toMatchObject({
      client_request: { method: 'POST', path: '/v1/chat/completions', body: '{"a":1}', bytes: 7, cut: false },
      upstream_request: { method: 'POST', path: '/v1/messages', body: '{"b":2}' },
      upstream_response: { status: 200, body: '{"c":3}' },
      client_response: { status: 200, body: '{"c":3}', headers: { 'x-request-id': 'req_1' } },
      attempts: [{ channel: 'main', start_ms: 3 }],
    })
  })

  test('of a stream are what passed, chunk by chunk', async () => {
    const { capture, written } = open()
    expect(await go(capture, 'req_1', { isStream: true, answers: ['data: 1\n\n', 'data: 2\n\n'] })).toBe(
      'data: 1\n\ndata: 2\n\n',
    )
    await capture.stop()
    expect(JSON.parse(written[0]?.body ?? '{}')).toMatchObject({
      client_response: { body: 'data: 1\n\ndata: 2\n\n' },
      attempts: [{ response: { body: 'data: 1\n\ndata: 2\n\n' } }],
    })
  })

  test.each([
    ['of another group', principalOf('default'), 0],
    ['with another label', principalOf('default', ['ci']), 0],
    ['with the label', principalOf('default', ['ci', 'debug']), 1],
  ])('of a key %s', async (_what, principal, count) => {
    const { capture, written } = open()
    await go(capture, 'req_1', { principal })
    await capture.stop()
    expect(written.length).toBe(count)
  })

  test('of requests that were never admitted, and so have no receipt, are not kept', async () => {
    const { capture, written, dropped } = open()
    await go(capture, 'req_1', { isAdmitted: false })
    await capture.stop()
    expect([written, dropped]).toEqual([[], []])
  })

  test('hold no credential: no header but harmless ones, no key in an address or a body', async () => {
    const { capture, written } = open()
    await go(capture, 'req_1', {
      client: '{"prompt":"my key is sk-tg-pasted0123456789"}',
      answers: [`{"error":"Incorrect API key provided: ${KEY}"}`],
    })
    await capture.stop()
    const stored = written[0]?.body ?? ''
    for (const secret of [
      KEY,
      'sk-tg-client',
      'sk-tg-inquery',
      'sk-tg-pasted',
      'cookie',
      'authorization',
      'x-api-key',
      'hidden',
    ])
      expect([secret, stored.includes(secret)]).toEqual([secret, false])
    const { attempts } = JSON.parse(stored) as { attempts: { response: { body: string } }[] }
    expect(attempts[0]?.response.body).toBe('{"error":"Incorrect API key provided: [key]"}')
  })

  test('are cut at the limit between two characters, and say how long they were', async () => {
    const { capture, written } = open({ bytesMax: 1_024 })
    await go(capture, 'req_1', { client: `${'a'.repeat(1_023)}é${'b'.repeat(5_000)}` })
    await capture.stop()
    const { client_request } = JSON.parse(written[0]?.body ?? '{}') as { client_request: Record<string, unknown> }
    expect(client_request).toMatchObject({ body: 'a'.repeat(1_023), bytes: 6_025, cut: true, encoding: 'utf8' })
  })

  test('find a key that the cut goes through', async () => {
    const { capture, written } = open({ bytesMax: 1_024 })
    const answer = `${'x'.repeat(1_010)}${KEY}${'y'.repeat(100)}`
    await go(capture, 'req_1', { answers: [answer] })
    await capture.stop()
    const { attempts } = JSON.parse(written[0]?.body ?? '{}') as { attempts: { response: { body: string } }[] }
    expect(attempts[0]?.response.body).not.toContain('vendor-key')
  })

  test('that are no text are kept as base64', async () => {
    const { capture, written } = open()
    const recording = capture.begin({ id: 'req_1', request: new Request('http://127.0.0.1/v1/audio'), startedAtMs: 0 })
    recording.asked(principalOf('watched'))
    recording.read(new Uint8Array([0xff, 0x00, 0x80]), false)
    recording.admitted()
    await recording.answered(new Response(null, { status: 204 }))
    await capture.stop()
    expect(JSON.parse(written[0]?.body ?? '{}')).toMatchObject({
      client_request: { encoding: 'base64', body: '/wCA' },
      client_response: { status: 204, body: '' },
      attempts: [],
    })
  })

  test('are dropped whole where there is no room, which is counted, and never held up', async () => {
    const { capture, written, dropped } = open({ queueBytesMax: 1_500 })
    expect(await go(capture, 'req_1', { client: 'a'.repeat(1_000), answers: ['b'.repeat(1_000)] })).toBe(
      'b'.repeat(1_000),
    )
    expect(await go(capture, 'req_2')).toBe('{"c":3}')
    await capture.stop()
    expect(written.map(({ requestId }) => requestId)).toEqual(['req_2'])
    expect([capture.dropped, dropped]).toEqual([1, [1]])
  })

  test('give their room back once they are written, dropped or broken off', async () => {
    const { capture, written } = open({ queueBytesMax: 4_000 })
    for (let round = 0; round < 10; round += 1) {
      const recording = capture.begin({ id: `broken_${round}`, request: new Request('http://x/'), startedAtMs: 0 })
      recording.asked(principalOf('watched'))
      recording.read(TEXT.encode('z'.repeat(1_000)), false)
      recording.abandoned()
      await go(capture, `refused_${round}`, { isAdmitted: false, client: 'z'.repeat(900) })
    }
    await go(capture, 'req_1', { client: 'a'.repeat(1_000), answers: ['b'.repeat(1_000)] })
    await capture.stop()
    expect(written.map(({ requestId }) => requestId)).toEqual(['req_1'])
    expect(capture.dropped).toBe(0)
  })

  test('are tried again when the database fails, and then given up and counted', async () => {
    let tries = 0
    const add = async (): Promise<void> => {
      tries += 1
      throw new Error('the disk is full')
    }
    const { capture, failures } = open({ payloads: { ...EMPTY, add } })
    await go(capture, 'req_1')
    await capture.stop()
    expect([tries, failures.length, capture.dropped]).toEqual([5, 1, 1])
  })

  test.each([
    ['with a byte that is no UTF-8', (key: string) => Buffer.concat([Buffer.from(`a ${key} b`), Buffer.from([0xff])])],
    ['with a NUL', (key: string) => Buffer.from(`a ${key}\0b`)],
    ['in UTF-16', (key: string) => Buffer.from(`a ${key} b`, 'utf16le')],
    ['that the cut goes through', (key: string) => Buffer.from(`${'a'.repeat(1_016)}${key}${'b'.repeat(50)}`)],
  ])('have no Tollgate key in a body %s, however it is encoded', async (_, bodyOf) => {
    const { capture, written } = open()
    await go(capture, 'req_1', { client: bodyOf('sk-tg-AbCdEf0123456789').toString('latin1'), isLatin: true })
    await capture.stop()
    const { body, encoding } = (written[0] && readPayload(written[0])?.client_request) ?? { body: '', encoding: 'utf8' }
    const bytes = Buffer.from(body, encoding).toString('latin1').replaceAll('\0', '')
    expect(bytes).toContain('a')
    expect(bytes).not.toMatch(/AbC|6789/)
  })

  test('are deleted before their time where there is no room for newer ones, and counted', async () => {
    const stored: PayloadRecord[] = []
    const lengthOf = (payloads: readonly PayloadRecord[]) => payloads.reduce((sum, { body }) => sum + body.length, 0)
    const payloads = {
      add: async (more: readonly PayloadRecord[]) => void stored.push(...more),
      storedBytes: async () => lengthOf(stored),
      evict: async (bytes: number, limit: number) => {
        const gone: PayloadRecord[] = []
        while (lengthOf(gone) < bytes && gone.length < limit && stored.length > 0) gone.push(...stored.splice(0, 1))
        return { count: gone.length, bytes: lengthOf(gone) }
      },
    }
    const first = open({ payloads })
    await go(first.capture, 'req_1')
    await first.capture.stop()
    const each = lengthOf(stored)
    const { capture } = open({ payloads, storedBytesMax: 3 * each })
    for (const id of ['req_2', 'req_3', 'req_4', 'req_5']) await go(capture, id)
    await capture.stop()
    expect([stored.map(({ requestId }) => requestId), capture.evicted, capture.dropped]).toEqual([
      ['req_3', 'req_4', 'req_5'],
      2,
      0,
    ])
  })
})
