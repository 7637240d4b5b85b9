/// Bare servers and clients for the tests of the HTTP client; whatever a test opened is closed after it.
import { afterEach, expect } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import type { Exchange, ExchangeFault, ExchangeRequest } from '../../upstream/exchange.ts'
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../http-client.ts'

export const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

export const clientOf = (options: HttpClientOptions = {}): HttpClient => {
  const client = createHttpClient(options)
  closers.push(() => client.close())
  return client
}

export interface Upstream {
  readonly url: string
  /** Connections accepted so far, and those still open. */
  readonly seen: { connections: number; open: number }
}

/** A bare server; `onSocket` is all that it does. */
export const serve = async (onSocket: (socket: Socket, index: number) => void): Promise<Upstream> => {
  const seen = { connections: 0, open: 0 }
  const sockets = new Set<Socket>()
  const server: Server = createServer({ noDelay: true }, (socket) => {
    seen.connections += 1
    seen.open += 1
    sockets.add(socket)
    // Most of these servers break connections on purpose: what the socket says about it is expected.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      seen.open -= 1
      sockets.delete(socket)
    })
    onSocket(socket, seen.connections)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/x`, seen }
}

/** Calls `answer` for each request that has arrived whole. */
export const onRequest = (socket: Socket, answer: (socket: Socket, body: Buffer, count: number) => void): void => {
  let received = Buffer.alloc(0)
  let count = 0
  socket.on('data', (data) => {
    received = Buffer.concat([received, data])
    for (;;) {
      const end = received.indexOf('\r\n\r\n')
      if (end === -1) return
      const length = Number(/content-length: (\d+)/i.exec(received.toString('latin1', 0, end))?.[1] ?? 0)
      if (received.length < end + 4 + length) return
      const body = received.subarray(end + 4, end + 4 + length)
      received = received.subarray(end + 4 + length)
      count += 1
      answer(socket, body, count)
    }
  })
}

export const HELLO = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'
export const answering = (text: string | Buffer) => (socket: Socket) => onRequest(socket, () => void socket.write(text))

export const get = (url: string): ExchangeRequest => ({ method: 'GET', url, headers: {}, body: undefined })
export const post = (url: string, body: Uint8Array | string): ExchangeRequest => ({
  method: 'POST',
  url,
  headers: {},
  body: Buffer.from(body),
})

export interface Outcome {
  readonly status: number | undefined
  readonly body: string
  readonly fault: ExchangeFault['kind'] | undefined
  readonly untouched: boolean | undefined
}

/** Reads an exchange to its end. */
export const outcomeOf = async (exchange: Exchange): Promise<Outcome> => {
  const begun = await exchange.begun
  if (!begun.ok) return { status: undefined, body: '', fault: begun.error.kind, untouched: begun.error.untouched }
  const chunks: Uint8Array[] = []
  for (;;) {
    const chunk = await exchange.read()
    const body = Buffer.concat(chunks).toString('latin1')
    const { status } = begun.value
    if (!chunk.ok) return { status, body, fault: chunk.error.kind, untouched: chunk.error.untouched }
    if (chunk.value === undefined) return { status, body, fault: undefined, untouched: undefined }
    chunks.push(chunk.value)
  }
}

export const whole = (body: string, status = 200): Outcome => ({ status, body, fault: undefined, untouched: undefined })
export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
export const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await wait(10)
  expect(condition()).toBe(true)
}
