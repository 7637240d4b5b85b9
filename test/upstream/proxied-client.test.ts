import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createServer as createPlainServer, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { createHttpClient, type HttpClient } from '../../src/runtime/http-client.ts'
import { type HttpProxy, parseProxy } from '../../src/upstream/http1/proxy.ts'
import type { ExchangeRequest } from '../../src/upstream/exchange.ts'
import { createAuthority } from './authority.ts'
import { startProxy, type TestProxy } from './proxy.ts'
import { type Listening, listenDeaf, listenOn } from './sockets.ts'

const authority = createAuthority()
afterAll(authority.remove)

const PASSWORD = 'hunter:2 @ Wörld'
const wanted = `operator:${PASSWORD.replace(':', ';')}`

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})
const kept = <T extends { stop(): void }>(one: T): T => {
  stops.push(() => one.stop())
  return one
}

let proxy: TestProxy
let client: HttpClient
beforeEach(async () => {
  proxy = kept(await startProxy(wanted))
  const made = createHttpClient({ tls: { ca: authority.ca } })
  stops.push(made.close)
  client = made
})

const proxyAt = (address: string): HttpProxy => {
  const read = parseProxy(address)
  if (!read.ok) throw new Error(read.error)
  return read.value
}

/** Answers each request with its head, whole. */
const echo = (socket: Socket): void => {
  let text = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (data) => {
    text += data.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end)
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0)
      if (text.length < end + 4 + length) return
      text = text.slice(end + 4 + length)
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${head.length}\r\n\r\n${head}`)
    }
  })
}

const serveTls = async (cert = authority.cert): Promise<Listening> => {
  const server = createServer({ key: authority.key, cert }, echo)
  server.on('tlsClientError', () => undefined)
  return kept(await listenOn(server))
}
const servePlain = async (): Promise<Listening> => kept(await listenOn(createPlainServer(echo)))

/** The body, or the fault in a line. */
const ask = async (url: string, more: Partial<ExchangeRequest> = {}): Promise<string> => {
  const request = { method: 'POST', url, headers: { authorization: 'Bearer vendor-key' }, body: undefined }
  const exchange = client.open({ ...request, proxy: proxyAt(proxy.url), ...more })
  const begun = await exchange.begun
  if (!begun.ok) return `${begun.error.kind} ${begun.error.untouched}: ${begun.error.detail}`
  let text = ''
  for (;;) {
    const chunk = await exchange.read()
    if (!chunk.ok) return `${chunk.error.kind}: ${chunk.error.detail}`
    if (chunk.value === undefined) return text
    text += Buffer.from(chunk.value).toString('latin1')
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !isSo(); tries += 1) await Bun.sleep(10)
  expect(isSo()).toBe(true)
}

describe('through a proxy, an https server', () => {
  test('is reached by a tunnel, which is kept, and the proxy sees nothing but its name', async () => {
    const { port, seen } = await serveTls()
    for (let round = 0; round < 5; round += 1) {
      const head = await ask(`https://localhost:${port}/v1?x=1`)
      expect(head).toStartWith(`POST /v1?x=1 HTTP/1.1\r\nhost: localhost:${port}\r\nauthorization: Bearer vendor-key`)
      expect(head.toLowerCase()).not.toContain('proxy')
    }
    expect(proxy.lines).toEqual([`CONNECT localhost:${port} HTTP/1.1`])
    expect(proxy.credentials).toEqual([wanted])
    expect([proxy.seen.connections, seen.connections]).toEqual([1, 1])
  })

  test('has many requests at once on as many tunnels', async () => {
    const { port, seen } = await serveTls()
    const heads = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(`https://localhost:${port}/${at}`)))
    for (const [at, head] of heads.entries()) expect(head).toStartWith(`POST /${at} HTTP/1.1\r\n`)
    expect([proxy.seen.connections, seen.connections]).toEqual([20, 20])
  })

  test('takes and gives what is large, and what is not read is left with it', async () => {
    const size = 32 * 1_048_576
    let received = 0
    let taken = 0
    const server = createServer({ key: authority.key, cert: authority.cert }, (socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('data', (data: Buffer) => {
        received += data.length
        if (received < size) return
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`)
        const piece = Buffer.alloc(1_048_576, 'x')
        const more = (): void => {
          while (taken < size) {
            taken += piece.length
            if (!socket.write(piece)) return void socket.once('drain', more)
          }
        }
        more()
      })
    })
    const { port } = kept(await listenOn(server))
    const exchange = client.open({
      method: 'POST',
      url: `https://localhost:${port}/`,
      headers: {},
      body: Buffer.alloc(size),
      proxy: proxyAt(proxy.url),
    })
    expect(await exchange.begun).toMatchObject({ ok: true })
    await Bun.sleep(500)
    expect(taken).toBeLessThan(size)
    let bytes = 0
    for (;;) {
      const chunk = await exchange.read()
      if (!chunk.ok) throw new Error(chunk.error.detail)
      if (chunk.value === undefined) break
      bytes += chunk.value.length
    }
    expect(bytes).toBe(size)
  })

  test('has to show a certificate of its own, and is sent nothing without', async () => {
    const { port } = await serveTls(authority.foreignCert)
    const told = await ask(`https://localhost:${port}/`)
    expect(told).toStartWith('connect true: through a proxy: TLS handshake')
    await until(() => proxy.seen.open === 0)
  })

  test('that speaks no TLS is a fault of connecting', async () => {
    const server = createPlainServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const { port } = kept(await listenOn(server))
    expect(await ask(`https://localhost:${port}/`)).toStartWith('connect true: ')
    await until(() => proxy.seen.open === 0)
  })

  test('that breaks off its answer is told as one that did', async () => {
    const server = createServer({ key: authority.key, cert: authority.cert }, (socket) => {
      socket.on('error', () => socket.destroy())
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'))
    })
    const { port } = kept(await listenOn(server))
    expect(await ask(`https://localhost:${port}/`)).toStartWith('reset: ')
  })

  test('learns of a request that is called off', async () => {
    const server = createServer({ key: authority.key, cert: authority.cert }, (socket) => {
      socket.on('error', () => socket.destroy())
      socket.resume()
    })
    const listening = kept(await listenOn(server))
    const exchange = client.open({
      method: 'GET',
      url: `https://localhost:${listening.port}/`,
      headers: {},
      body: undefined,
      proxy: proxyAt(proxy.url),
    })
    await until(() => listening.seen.open === 1)
    await Bun.sleep(50)
    exchange.cancel()
    expect(await exchange.begun).toMatchObject({ ok: false, error: { kind: 'aborted' } })
    await until(() => listening.seen.open === 0 && proxy.seen.open === 0)
  })
})

describe('through a proxy, an http server', () => {
  test('is asked by its whole address, on a connection that is kept', async () => {
    const { port } = await servePlain()
    for (let round = 0; round < 3; round += 1)
      expect(await ask(`http://127.0.0.1:${port}/v1?x=1`)).toStartWith(
        `POST /v1?x=1 HTTP/1.1\r\nhost: 127.0.0.1:${port}`,
      )
    const line = `POST http://127.0.0.1:${port}/v1?x=1 HTTP/1.1`
    expect(proxy.lines).toEqual([line, line, line])
    expect([proxy.credentials, proxy.seen.connections]).toEqual([[wanted, wanted, wanted], 1])
  })
})

describe('connections', () => {
  test('are shared by whoever goes the same way to the same place, and by nobody else', async () => {
    const [one, other] = [await servePlain(), await servePlain()]
    const second = kept(await startProxy('operator:2'))
    const at = (port: number) => `http://127.0.0.1:${port}/`
    for (let round = 0; round < 3; round += 1) {
      await ask(at(one.port))
      await ask(at(other.port))
      await ask(at(one.port), { proxy: proxyAt(second.url) })
      await ask(at(one.port), { proxy: undefined })
    }
    expect([proxy.seen.connections, second.seen.connections]).toEqual([2, 1])
    expect([one.seen.connections, other.seen.connections]).toEqual([3, 1])
  })

  test('that were authorized are not used by another name', async () => {
    const { port } = await serveTls()
    const url = `https://localhost:${port}/`
    expect(await ask(url)).toStartWith('POST / ')
    const stranger = proxyAt(proxy.bare.replace('//', '//stranger:nothing@'))
    expect(await ask(url, { proxy: stranger })).toBe(
      'connect true: through a proxy: the proxy wants other credentials (407)',
    )
  })
})

const FAULTS: readonly (readonly [string, TestProxy['behaviour'], string])[] = [
  ['wants other credentials', { answer: 'HTTP/1.1 407 x\r\n\r\n' }, 'the proxy wants other credentials (407)'],
  ['cannot reach the server', { answer: 'HTTP/1.1 502 Bad Gateway\r\n\r\n' }, 'the proxy answers 502'],
  ['redirects', { answer: 'HTTP/1.1 302 x\r\nlocation: http://169.254.169.254/\r\n\r\n' }, 'the proxy answers 302'],
  ['answers what is no HTTP', { answer: 'SSH-2.0-OpenSSH_9.6\r\n\r\n' }, 'the proxy answers what is no HTTP'],
  ['ends before its answer', { answer: 'HTTP/1.1 200 OK\r\n' }, 'the connection ended before it was open'],
  ['hangs up', 'hang-up', ''],
  [
    'answers with more than a tunnel',
    { answer: 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n' },
    'the proxy says more',
  ],
]

describe('a proxy that', () => {
  test.each(FAULTS)(
    '%s is a fault of connecting, and nothing is shown of its address',
    async (_what, behaviour, said) => {
      proxy.behaviour = behaviour
      const told = await ask('https://localhost:1/')
      expect(told).toStartWith(`connect true: through a proxy: ${said}`)
      expect(told).not.toMatch(/hunter|operator|127\.0\.0\.1|169\.254/)
      await until(() => proxy.seen.open === 0)
    },
  )

  test('refuses the credentials of a request it forwards is a fault of connecting, not an answer', async () => {
    const { port } = await servePlain()
    const told = await ask(`http://127.0.0.1:${port}/`, { proxy: proxyAt(proxy.bare) })
    expect(told).toBe('connect true: the proxy wants other credentials (407)')
  })

  test('is not there is a fault of connecting, and the server is not asked without it', async () => {
    const { port, seen } = await servePlain()
    proxy.stop()
    await Bun.sleep(20)
    expect(await ask(`http://127.0.0.1:${port}/`)).toStartWith('connect true: ')
    expect(seen.connections).toBe(0)
  })
})

describe('a connection that takes too long', () => {
  const connectMs = 150
  const stages: readonly (readonly [string, () => Promise<string>, string])[] = [
    [
      'to be accepted by the server',
      async () => {
        const { port } = kept(await listenDeaf())
        return ask(`http://127.0.0.1:${port}/`, { connectMs, proxy: undefined })
      },
      'no connection in time: nobody took it',
    ],
    [
      'to be accepted by the proxy',
      async () => {
        const { port } = kept(await listenDeaf())
        return ask('https://localhost:1/', { connectMs, proxy: proxyAt(`http://127.0.0.1:${port}`) })
      },
      'through a proxy: no connection in time: nobody took it',
    ],
    [
      'for the proxy to answer',
      () => {
        proxy.behaviour = 'hang'
        return ask('https://localhost:1/', { connectMs })
      },
      'through a proxy: no connection in time: no tunnel',
    ],
    [
      'for TLS in the tunnel',
      () => {
        proxy.behaviour = 'tunnel-to-nowhere'
        return ask('https://localhost:1/', { connectMs })
      },
      'through a proxy: no connection in time: TLS handshake',
    ],
  ]
  test.each(stages)('%s is given up after the time of its own request', async (_what, told, stage) => {
    expect(await told()).toBe(`timeout-connect true: ${stage}`)
    await until(() => proxy.seen.open === 0)
  })

  test('is given up for the request that asked for less time alone', async () => {
    proxy.behaviour = 'hang'
    const patient = client.open({
      method: 'GET',
      url: 'https://localhost:1/',
      headers: {},
      body: undefined,
      connectMs: 60_000,
      proxy: proxyAt(proxy.url),
    })
    expect(await ask('https://localhost:1/', { connectMs })).toStartWith('timeout-connect')
    expect(await Promise.race([patient.begun, Bun.sleep(100).then(() => 'waits')])).toBe('waits')
    patient.cancel()
  })
})
