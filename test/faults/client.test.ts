import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Customer } from '../harness/admin.ts'
import { type Replayed, startReplayed } from '../harness/replayed.ts'
import { clientRequest } from '../recorded/ask.ts'
import { bodyBytes, type Interaction } from '../replay/interaction.ts'
import { fixture, FORMATS, until } from './formats.ts'

const MEGABYTE = 1_048_576

/** A stream far larger than all buffers between a vendor and a client. */
const endless: Interaction = {
  ...fixture('own-openai-chat-stream-no-usage'),
  id: 'endless',
  response: {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'wave '.repeat(200) } }] })}\n\n`.repeat(
      100_000,
    ),
  },
}

const endlessBytes = bodyBytes(endless).length

let stage: Replayed
let customer: Customer

beforeAll(async () => {
  stage = await startReplayed([...FORMATS.map(({ streamed }) => streamed), endless])
  customer = await stage.gateway.createCustomer('1000')
})
afterAll(() => stage.stop())

const open = (interaction: Interaction): { socket: Socket; send: (share: number) => void } => {
  const { target, headers, body } = clientRequest(interaction, customer.key, 0)
  const lines = Object.entries({ host: 'gateway', ...headers, 'content-length': Buffer.byteLength(body) })
  const request = Buffer.from(
    `POST ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
  const socket = connect(Number(new URL(stage.gateway.url).port), '127.0.0.1')
  // Hanging up is the point; how the socket takes it is not.
  socket.on('error', () => socket.destroy())
  return { socket, send: (share) => void socket.write(request.subarray(0, Math.ceil(request.length * share))) }
}

const bytesRead = (socket: Socket, bytes: number): Promise<void> =>
  new Promise((resolve) => {
    let read = 0
    socket.on('data', (chunk) => {
      read += chunk.length
      if (read >= bytes) resolve()
    })
    socket.on('close', () => resolve())
  })

const lastReceipt = async () => (await stage.gateway.requests({ user_id: customer.userId }, 1))[0]

describe('a client that hangs up', () => {
  for (const { name, streamed } of FORMATS) {
    test(`at ten points of a stream of ${name} is noticed upstream, and billed for what it got`, async () => {
      for (let point = 0; point < 10; point += 1) {
        stage.replay.forget()
        stage.replay.control(
          { pieceBytes: 40, betweenPiecesMs: 5, beforeHeadersMs: point === 0 ? 60_000 : 0 },
          streamed.id,
        )
        const { socket, send } = open(streamed)
        send(1)
        await until('the request upstream', () => stage.replay.requests().length === 1)
        // The head of the answer is some 700 bytes; the points after it are spread over the body.
        if (point > 0) await bytesRead(socket, 200 + (point - 1) * 150)
        socket.destroy()
        await until('the hang-up upstream', () => stage.replay.requests()[0]?.endedAtMs !== undefined)
        await until(
          'nothing held',
          async () => (await stage.gateway.balance(customer.userId)).held_usd === '0.000000000',
        )
        const receipt = await lastReceipt()
        expect(['client_cut', 'whole']).toContain(receipt?.ended ?? '')
        if (point === 0) expect(receipt).toMatchObject({ ended: 'client_cut', cost_usd: '0.000000000' })
      }
      stage.replay.control(undefined, streamed.id)
    }, 60_000)
  }

  test('in the middle of its own request costs nothing and is never asked upstream', async () => {
    stage.replay.forget()
    const before = await stage.gateway.balance(customer.userId)
    const { socket, send } = open(fixture('own-openai-chat-stream-usage-asked'))
    send(0.9)
    await Bun.sleep(100)
    socket.destroy()
    await Bun.sleep(100)
    expect(stage.replay.requests()).toEqual([])
    expect(await stage.gateway.balance(customer.userId)).toEqual(before)
  })
})

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024

describe('a client that never reads', () => {
  test('stops the upstream, and the gateway keeps no more than its buffers', async () => {
    stage.replay.forget()
    stage.replay.control({ pieceBytes: 16_384 }, endless.id)
    const residentBefore = residentBytes(stage.gateway.pid)
    const { socket, send } = open(endless)
    socket.pause()
    send(1)
    await until('the request upstream', () => stage.replay.requests().length === 1)
    let sent = -1
    await until('the upstream to stop', async () => {
      const before = sent
      await Bun.sleep(500)
      sent = stage.replay.requests()[0]?.sentBytes ?? 0
      return sent === before && sent > 0
    })
    expect(sent).toBeLessThan(endlessBytes / 2)
    expect(residentBytes(stage.gateway.pid) - residentBefore).toBeLessThan(48 * MEGABYTE)
    expect(stage.replay.requests()[0]?.endedAtMs).toBeUndefined()
    socket.destroy()
    await until('the hang-up upstream', () => stage.replay.requests()[0]?.endedAtMs !== undefined)
    await until('nothing held', async () => (await stage.gateway.balance(customer.userId)).held_usd === '0.000000000')
    expect(await lastReceipt()).toMatchObject({ ended: 'client_cut', usage_source: 'estimated' })
  }, 60_000)
})

describe('after all these clients', () => {
  test('the ledger adds up and nothing is held', async () => {
    expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
  })
})
