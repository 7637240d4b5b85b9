import { afterAll, afterEach, expect, test } from 'bun:test'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlainServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import type { ExchangeRequest } from '../upstream/exchange.ts'
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-tls-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string) => join(folder, name)
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=test authority')
openssl('req', ...NEW_KEY, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server')

/** A certificate for these names, signed by the test's own authority. */
const certify = (name: string, alternatives: string, days = '2'): string => {
  writeFileSync(file(`${name}.ext`), `subjectAltName=${alternatives}`)
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days, '-extfile', `${name}.ext`]
  openssl('x509', '-req', '-in', 'server.csr', '-out', `${name}.crt`, ...signed)
  return readFileSync(file(`${name}.crt`), 'utf8')
}

const ca = readFileSync(file('ca.crt'), 'utf8')
const key = readFileSync(file('server.key'), 'utf8')
const GOOD = certify('good', 'DNS:localhost,IP:127.0.0.1,IP:::1')
const OTHER = certify('other', 'DNS:other.example')

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Seen {
  connections: number
  plain: string
  protocol: string | false | null
}

const listen = async (server: Server, host: string): Promise<number> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const serve = async (cert: string, host = '127.0.0.1', answer = 'hello'): Promise<{ port: number; seen: Seen }> => {
  const seen: Seen = { connections: 0, plain: '', protocol: null }
  const server = createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, (socket: TLSSocket) => {
    seen.connections += 1
    seen.protocol = socket.alpnProtocol
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      seen.plain += data.toString()
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`)
    })
  })
  // A client that refuses the certificate breaks off the handshake: expected here.
  server.on('tlsClientError', () => undefined)
  return { port: await listen(server, host), seen }
}

const clientOf = (options: HttpClientOptions): HttpClient => {
  const client = createHttpClient(options)
  closers.push(() => client.close())
  return client
}

/** The body, or the kind and detail of the fault. */
const fetchText = async (client: HttpClient, url: string, extra: Partial<ExchangeRequest> = {}): Promise<string> => {
  const exchange = client.open({ method: 'POST', url, headers: { authorization: 'secret' }, body: undefined, ...extra })
  const begun = await exchange.begun
  if (!begun.ok) return `${begun.error.kind} ${begun.error.untouched}: ${begun.error.detail}`
  let text = ''
  for (;;) {
    const chunk = await exchange.read()
    if (!chunk.ok) return `${chunk.error.kind}: ${chunk.error.detail}`
    if (chunk.value === undefined) return text
    text += Buffer.from(chunk.value).toString()
  }
}

test('a server whose certificate is good for the name is spoken to in HTTP/1.1, on one connection', async () => {
  const { port, seen } = await serve(GOOD)
  const client = clientOf({ tls: { ca } })
  for (let round = 0; round < 5; round += 1) expect(await fetchText(client, `https://localhost:${port}/`)).toBe('hello')
  expect([seen.connections, seen.protocol]).toEqual([1, 'http/1.1'])
})

test('a certificate may be good for an address', async () => {
  const { port } = await serve(GOOD)
  expect(await fetchText(clientOf({ tls: { ca: [ca] } }), `https://127.0.0.1:${port}/`)).toBe('hello')
})

test('a server is reached by its IPv6 address', async () => {
  const { port } = await serve(GOOD, '::1')
  expect(await fetchText(clientOf({ tls: { ca } }), `https://[::1]:${port}/`)).toBe('hello')
})

test('a certificate for another name is refused, and nothing is sent', async () => {
  const { port, seen } = await serve(OTHER)
  const told = await fetchText(clientOf({ tls: { ca } }), `https://localhost:${port}/`)
  expect(told).toStartWith('connect true: ')
  expect(told).toContain('certificate')
  expect(seen.plain).toBe('')
})

test('a certificate of an unknown authority is refused, whatever the environment says', async () => {
  const { port, seen } = await serve(GOOD)
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  const told = await fetchText(clientOf({}), `https://localhost:${port}/`)
  if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  expect(told).toStartWith('connect true: ')
  expect(told).toContain('certificate')
  expect(seen.plain).toBe('')
})

test('a request too large for one write is sent only after the certificate was found good', async () => {
  const { port, seen } = await serve(OTHER)
  const body = Buffer.alloc(8 * 1_048_576)
  const told = await fetchText(clientOf({ tls: { ca } }), `https://localhost:${port}/`, { body })
  expect(told).toContain('certificate')
  expect(seen.plain).toBe('')
})

test('a large request and a large answer come through whole', async () => {
  const size = 8 * 1_048_576
  let received = 0
  const server = createServer({ key, cert: GOOD }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data: Buffer) => {
      received += data.length
      if (received < size) return
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`)
      socket.write(Buffer.alloc(size, 'x'))
    })
  })
  const port = await listen(server, '127.0.0.1')
  const body = Buffer.alloc(size)
  const text = await fetchText(clientOf({ tls: { ca } }), `https://localhost:${port}/`, { body })
  expect(text.length).toBe(size)
}, 20_000)

test('a server that speaks no TLS is a fault of connecting', async () => {
  const server = createPlainServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  const port = await listen(server, '127.0.0.1')
  expect(await fetchText(clientOf({ tls: { ca } }), `https://localhost:${port}/`)).toStartWith('connect true: ')
})

test('a server that never answers the handshake is given up, and its connection closed', async () => {
  let closed = false
  const server = createPlainServer((socket) => {
    socket.resume()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      closed = true
    })
  })
  const port = await listen(server, '127.0.0.1')
  const told = await fetchText(clientOf({ tls: { ca }, connectTimeoutMs: 100 }), `https://localhost:${port}/`)
  expect(told).toBe('timeout-connect true: no connection in time: TLS handshake')
  for (let tries = 0; tries < 100 && !closed; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(closed).toBe(true)
})
