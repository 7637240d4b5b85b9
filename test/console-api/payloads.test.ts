import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { signUp } from '../accounts/stage.ts'
import type { Gateway } from '../harness/gateway.ts'
import { ask, type Customer, eventually, KINDS, must, openCustomer, openStage, STAGE_MS } from './stage.ts'

const VENDOR_KEY = 'sk-vendor-0123456789abcdefghij'

/** A vendor that answers in its own format; a model whose name says so is refused, with the key in the words. */
const openVendor = () =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const body = (await request.json()) as { readonly model: string; readonly stream?: boolean }
      if (body.model.startsWith('claude-sonnet'))
        return Response.json(
          { type: 'error', error: { type: 'invalid_request_error', message: `no: ${VENDOR_KEY}` } },
          { status: 400 },
        )
      return Response.json({
        ...{ id: 'msg_1', type: 'message', role: 'assistant', model: body.model, stop_reason: 'end_turn' },
        content: [{ type: 'text', text: 'Hello from the vendor' }],
        usage: { input_tokens: 5, output_tokens: 4 },
      })
    },
  })

interface Payload {
  readonly client_request: { readonly body: string; readonly path: string; readonly headers: Record<string, string> }
  readonly upstream_request: { readonly body: string; readonly path: string }
  readonly upstream_response: { readonly body: string; readonly status: number }
  readonly client_response: { readonly body: string; readonly status: number }
}

describe.each([...KINDS])('payloads, on %s', (kind) => {
  const vendor = openVendor()
  let gateway: Gateway
  let ada: Customer
  let eve: Customer
  let watched: string
  beforeAll(async () => {
    gateway = await openStage(kind, {
      capture: { enabled: true, labels: ['debug'], groups: ['watched'] },
      groups: { watched: {} },
      providers: {
        demo: { kind: 'demo' },
        vendor: { kind: 'anthropic', base_url: `http://127.0.0.1:${vendor.port}`, keys: [VENDOR_KEY] },
      },
      channels: [
        { id: 'demo', provider: 'demo', groups: ['default', 'watched'] },
        {
          id: 'vendor',
          provider: 'vendor',
          groups: ['default', 'watched'],
          models: ['claude-haiku-4-5', 'claude-sonnet-4-6'],
        },
      ],
    })
    ada = await openCustomer(gateway, 'ada@example.com')
    eve = await openCustomer(gateway, 'eve@example.com')
    watched = (await gateway.createKey({ user_id: ada.userId, labels: ['debug'] })).key
  }, STAGE_MS)
  afterAll(async () => {
    await gateway.stop()
    await vendor.stop(true)
  })

  const payloadOf = async (id: string): Promise<Payload> => {
    const path = `/api/me/requests/${id}/payload`
    const answer = await eventually(
      () => ada.browser.get(path),
      ({ status }) => status === 200,
    )
    return answer.body as unknown as Payload
  }

  test('show what the client sent beside what the vendor was sent, and both answers', async () => {
    const { id, text } = await ask(gateway, watched, { model: 'claude-haiku-4-5' })
    const payload = await payloadOf(id)
    expect(JSON.parse(payload.client_request.body)).toMatchObject({ messages: [{ content: 'Hello' }], max_tokens: 50 })
    expect(payload.client_request.path).toBe('/v1/chat/completions')
    expect(payload.upstream_request.path).toBe('/v1/messages')
    expect(JSON.parse(payload.upstream_request.body)).toMatchObject({ model: 'claude-haiku-4-5' })
    expect(payload.upstream_response.body).toContain('Hello from the vendor')
    expect(payload.client_response.body).toBe(text)
    const stored = JSON.stringify(payload)
    for (const secret of [VENDOR_KEY, watched, 'authorization', '127.0.0.1']) expect(stored).not.toContain(secret)
  })

  test('are read with a key of the same project, or the very key, and with no other of the organisation', async () => {
    const project = async (name: string) =>
      String(must(201, await ada.browser.post('/api/me/projects', { name: `${name} ${kind}` }))['id'])
    const [one, two] = [await project('one'), await project('two')]
    const keyOf = async (more: object) =>
      (await gateway.createKey({ user_id: ada.userId, group: 'watched', ...more })).key
    const keys = [
      ...[await keyOf({ project_id: one }), await keyOf({ project_id: one })],
      ...[await keyOf({ project_id: two }), await keyOf({}), await keyOf({})],
    ] as const
    const readWith = async (key: string, id: string) =>
      (await fetch(`${gateway.url}/api/me/requests/${id}/payload`, { headers: { authorization: `Bearer ${key}` } }))
        .status
    const readWithEach = (id: string) => Promise.all(keys.map((key) => readWith(key, id)))
    const [ofProject, ofNone] = [await ask(gateway, keys[0]), await ask(gateway, keys[3])]
    for (const { id } of [ofProject, ofNone]) await payloadOf(id)
    expect(await readWithEach(ofProject.id)).toEqual([200, 200, 404, 404, 404])
    expect(await readWithEach(ofNone.id)).toEqual([404, 404, 404, 200, 404])
  })

  test('are for people whose role has to do with requests, and that they read them is written down', async () => {
    const { id } = await ask(gateway, watched)
    await payloadOf(id)
    const path = `/api/me/requests/${id}/payload`
    for (const [role, status] of [
      ['viewer', 403],
      ['billing', 403],
      ['developer', 200],
    ] as const) {
      const invited = must(201, await ada.browser.post(`/api/organisations/${ada.userId}/invitations`, { role }))
      const member = await signUp(gateway, `${role}-reads@example.com`)
      must(200, await member.post(`/api/invitations/${String(invited['url']).split('/').at(-1)}/accept`))
      expect([role, (await member.get(path, { 'x-tollgate-organisation': ada.userId })).status]).toEqual([role, status])
    }
    const log = must(200, await ada.browser.get(`/api/organisations/${ada.userId}/audit-log?limit=100`))
    const reads = (log['data'] as { action: string; subject: string; actor_name: string }[]).filter(
      ({ action, subject }) => action === 'getPayload' && subject === id,
    )
    expect([...new Set(reads.map(({ actor_name }) => actor_name))].sort()).toEqual([
      'ada@example.com',
      'developer-reads@example.com',
    ])
  })

  test('of streams are what passed', async () => {
    const { id, text } = await ask(gateway, watched, { stream: true })
    const payload = await payloadOf(id)
    expect(payload.client_response.body).toBe(text)
    expect(payload.client_response.body).toContain('data: [DONE]')
  })

  test('of a refusal do not tell the vendor’s key', async () => {
    const { id, status } = await ask(gateway, watched, { model: 'claude-sonnet-4-6' })
    expect(status).toBe(400)
    const payload = await payloadOf(id)
    expect(payload.upstream_response).toMatchObject({ status: 400 })
    expect(payload.upstream_response.body).toContain('no: [key]')
    expect(JSON.stringify(payload)).not.toContain(VENDOR_KEY)
  })

  test('are those of keys that asked for it, by label or group, and of no others', async () => {
    const { key } = await gateway.createKey({ user_id: ada.userId, group: 'watched' })
    const grouped = await ask(gateway, key)
    const plain = await ask(gateway, ada.key)
    await payloadOf(grouped.id)
    const none = await ada.browser.get(`/api/me/requests/${plain.id}/payload`)
    expect([none.status, JSON.stringify(none.body)]).toEqual([404, expect.stringContaining('was not captured')])
  })

  test('are where the receipt says so, so that nobody need ask for what is not there', async () => {
    const [captured, plain] = [await ask(gateway, watched), await ask(gateway, ada.key)]
    await payloadOf(captured.id)
    for (const [id, isCaptured] of [
      [captured.id, true],
      [plain.id, false],
    ] as const) {
      const mine = await ada.browser.get(`/api/me/requests/${id}`)
      const theirs = await gateway.call('GET', `/api/admin/requests/${id}`)
      expect([mine.body, theirs.body]).toMatchObject(Array(2).fill({ payload_captured: isCaptured }))
    }
  })

  test('are their owner’s, and of administrators whose looking is written down', async () => {
    const { id } = await ask(gateway, watched)
    await payloadOf(id)
    const theirs = await eve.browser.get(`/api/me/requests/${id}/payload`)
    const nobodys = await eve.browser.get('/api/me/requests/req_nobody/payload')
    expect([theirs.status, nobodys.status]).toEqual([404, 404])
    expect(JSON.stringify(theirs.body)).toContain(`no request with the id ${id}`)
    expect((await gateway.call('GET', `/api/admin/requests/${id}/payload`)).status).toBe(200)
    const log = must(200, await ada.browser.get(`/api/organisations/${ada.userId}/audit-log`))
    expect((log['data'] as { action: string; subject: string }[])[0]).toMatchObject({
      action: 'getPayload',
      subject: id,
    })
  })
})
