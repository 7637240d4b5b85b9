import { afterEach, describe, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { type SpokenStand, startSpokenStand } from './spoken-stand.ts'

let stand: SpokenStand | undefined
afterEach(async () => {
  await stand?.stop().catch(() => undefined)
  stand = undefined
})
const start = async (config: Readonly<Record<string, unknown>> = {}): Promise<SpokenStand> => {
  stand = await startSpokenStand(config)
  return stand
}

const REALTIME = '/v1/realtime?model=speaker-1'
/** A client that opens a session and then takes nothing any more. */
const openDeaf = ({ gateway, customer }: SpokenStand): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url)
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `GET ${REALTIME} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${customer.key}\r\nupgrade: websocket\r\n` +
          'connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
    )
    socket.on('error', () => undefined)
    socket.once('data', (data) => {
      socket.pause()
      if (data.toString('latin1').startsWith('HTTP/1.1 101')) resolve(socket)
      else reject(new Error(data.toString('latin1')))
    })
  })

const USAGE = {
  total_tokens: 30,
  input_tokens: 20,
  output_tokens: 10,
  input_token_details: {},
  output_token_details: {},
}

describe('sessions over WebSocket', () => {
  test('are no more than the operator allows, and others find a place when one has ended', async () => {
    const { open, ...rest } = await start({ websockets: { sessions: 1 } })
    const first = await open(REALTIME)
    await expect(open(REALTIME)).rejects.toThrow('503')
    await expect(open('/v1/responses')).rejects.toThrow('426')
    first.socket.close()
    await rest.session().closed
    for (let turn = 0; ; turn += 1) {
      const next = await open(REALTIME).catch(() => undefined)
      if (next || turn > 100) {
        expect(next).toBeDefined()
        break
      }
      await Bun.sleep(20)
    }
  })

  test('are closed when nothing is said for too long', async () => {
    const { open } = await start({ websockets: { idle: '500ms' } })
    const client = await open(REALTIME)
    expect(await client.closed).toMatchObject({ code: 1001 })
  })

  test('are closed when they have lasted as long as one may, however much is said', async () => {
    const { open } = await start({ websockets: { total: '1s' } })
    const client = await open(REALTIME)
    const talk = setInterval(() => client.say({ type: 'x' }), 50)
    expect(await client.closed).toMatchObject({ code: 1001 })
    clearInterval(talk)
  })

  test('whose client takes nothing hold no more than they may, and are ended', async () => {
    const made = await start({ websockets: { frame_bytes: '256KiB', buffer_bytes: '512KiB' } })
    const client = await openDeaf(made)
    let ended = false
    void made.session().closed.then(() => {
      ended = true
    })
    const text = JSON.stringify({ type: 'x', padding: 'x'.repeat(200_000) })
    let said = 0
    // Far more than the buffers of the system take.
    for (; !ended && said < 1_000; said += 1) {
      made.session().say(text)
      await Bun.sleep(5)
    }
    expect(ended).toBe(true)
    expect(await made.settled()).toMatchObject({ ok: true, open_holds: 0 })
    client.destroy()
  })

  test('are read to the end of a response for a client that has left, where it pays for that', async () => {
    const made = await start({ billing: { on_disconnect: 'drain' } })
    made.vendor.onEvent = (session) => {
      session.say({ type: 'response.created', response: { id: 'r' } })
      session.say({ type: 'response.output_text.delta', response_id: 'r', delta: 'hello' })
      setTimeout(
        () => session.say({ type: 'response.done', response: { id: 'r', status: 'completed', usage: USAGE } }),
        300,
      )
    }
    const key = await made.newKey()
    const client = await made.open(REALTIME, key.key)
    client.say({ type: 'response.create' })
    await client.until('response.output_text.delta')
    client.socket.close()
    expect(await made.receiptsOf(key.id, 1)).toMatchObject([
      { usage_source: 'upstream', usage: { input: 20, output: 10 } },
    ])
    expect((await made.session().closed).code).toBe(1000)
  })

  test('say what they are saying to its end when Tollgate is stopped, and are closed then', async () => {
    const made = await start()
    const idle = await made.open(REALTIME)
    made.vendor.onEvent = (session) => {
      session.say({ type: 'response.created', response: { id: 'r' } })
      setTimeout(
        () => session.say({ type: 'response.done', response: { id: 'r', status: 'completed', usage: USAGE } }),
        500,
      )
    }
    const busy = await made.open(REALTIME)
    busy.say({ type: 'response.create' })
    await busy.until('response.created')
    const stopped = made.gateway.stop()
    expect(await idle.closed).toMatchObject({ code: 1001 })
    expect(await busy.until('response.done')).toMatchObject({ response: { usage: USAGE } })
    expect(await busy.closed).toMatchObject({ code: 1001 })
    expect(await stopped).toBe(0)
    stand = undefined
    await made.vendor.stop()
  })
})
