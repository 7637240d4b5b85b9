import { afterEach, describe, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Exchange, ExchangeFault, ExchangeRequest } from '../upstream/exchange.ts'
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const clientOf = (options: HttpClientOptions = {}): HttpClient => {
  const client = createHttpClient(options)
  closers.push(() => client.close())
  return client
}

interface Upstream {
  readonly url: string
  /** Connections accepted so far, and those still open. */
  readonly seen: { connections: number; open: number }
}

/** A bare server; `onSocket` is all that it does. */
const serve = async (onSocket: (socket: Socket, index: number) => void): Promise<Upstream> => {
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
const onRequest = (socket: Socket, answer: (socket: Socket, body: Buffer, count: number) => void): void => {
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

const HELLO = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'
const answering = (text: string | Buffer) => (socket: Socket) => onRequest(socket, () => void socket.write(text))

const get = (url: string): ExchangeRequest => ({ method: 'GET', url, headers: {}, body: undefined })
const post = (url: string, body: Uint8Array | string): ExchangeRequest => ({
  method: 'POST',
  url,
  headers: {},
  body: Buffer.from(body),
})

interface Outcome {
  readonly status: number | undefined
  readonly body: string
  readonly fault: ExchangeFault['kind'] | undefined
  readonly untouched: boolean | undefined
}

/** Reads an exchange to its end. */
const outcomeOf = async (exchange: Exchange): Promise<Outcome> => {
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

const whole = (body: string, status = 200): Outcome => ({ status, body, fault: undefined, untouched: undefined })
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await wait(10)
  expect(condition()).toBe(true)
}

describe('a request', () => {
  test('arrives as it was given, and its answer comes back with status and headers', async () => {
    let seen = ''
    const { url } = await serve((socket) => {
      socket.on('data', (data) => {
        seen += data.toString()
        if (seen.endsWith('{"a":1}')) socket.write(`HTTP/1.1 201 Made\r\nx-a: b\r\n${HELLO.slice(17)}`)
      })
    })
    const exchange = clientOf().open({ ...post(url, '{"a":1}'), headers: { authorization: 'Bearer k' } })
    const begun = await exchange.begun
    expect(begun.ok && [begun.value.status, begun.value.headers.get('x-a')]).toEqual([201, 'b'])
    expect(await outcomeOf(exchange)).toEqual(whole('hello', 201))
    const host = new URL(url).host
    expect(seen).toBe(
      `POST /x HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer k\r\ncontent-length: 7\r\n\r\n{"a":1}`,
    )
  })

  test('with an address or a header that cannot be sent is a fault, and no connection is made', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf()
    for (const request of [
      get('nonsense'),
      { ...get(url), headers: { a: 'b\r\nc: d' } },
      get(url.replace('//', '//u:p@')),
    ])
      expect(await outcomeOf(client.open(request))).toMatchObject({ fault: 'unreadable', untouched: true })
    expect(seen.connections).toBe(0)
  })

  test('reaches a host by its name', async () => {
    const { url } = await serve(answering(HELLO))
    expect(await outcomeOf(clientOf().open(get(url.replace('127.0.0.1', 'localhost'))))).toEqual(whole('hello'))
  })

  test('with a large body arrives whole at a server that reads slowly', async () => {
    const size = 24 * 1_048_576
    const body = Buffer.alloc(size, 'abcdefg')
    let received = 0
    let wrong = 0
    const { url } = await serve((socket) => {
      let headLeft = true
      socket.on('data', (data: Buffer) => {
        const from = headLeft ? data.indexOf('\r\n\r\n') + 4 : 0
        headLeft = false
        const part = data.subarray(from)
        if (part.compare(body, received, received + part.length) !== 0) wrong += 1
        received += part.length
        if (received === size) socket.write(HELLO)
        socket.pause()
        setTimeout(() => socket.resume(), 1)
      })
    })
    expect(await outcomeOf(clientOf().open(post(url, body)))).toEqual(whole('hello'))
    expect([received, wrong]).toEqual([size, 0])
  }, 30_000)

  test('that the server never reads is cancelled like any other', async () => {
    const { url, seen } = await serve((socket) => void socket.pause())
    const exchange = clientOf().open(post(url, Buffer.alloc(24 * 1_048_576)))
    await until(() => seen.connections === 1)
    await wait(50)
    exchange.cancel()
    expect(await outcomeOf(exchange)).toMatchObject({ fault: 'aborted', untouched: true })
  })

  test('that is answered before it was sent whole gets its answer, and its connection is not used again', async () => {
    const { url, seen } = await serve((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig')
        socket.pause()
      })
    })
    const client = clientOf()
    for (let round = 1; round <= 20; round += 1) {
      expect(await outcomeOf(client.open(post(url, Buffer.alloc(12 * 1_048_576))))).toEqual(whole('big', 413))
      expect(seen.connections).toBe(round)
    }
  })

  test('that is answered early by a server that ends its side gets the answer', async () => {
    const { url } = await serve((socket) => {
      socket.once('data', () => {
        socket.end('HTTP/1.1 413 Too Large\r\nconnection: close\r\n\r\nbig')
        socket.resume()
      })
    })
    const client = clientOf()
    for (let round = 0; round < 20; round += 1)
      expect(await outcomeOf(client.open(post(url, Buffer.alloc(12 * 1_048_576))))).toEqual(whole('big', 413))
  })
})

describe('a connection', () => {
  test('carries one request after the other', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf()
    for (let round = 0; round < 50; round += 1)
      expect(await outcomeOf(client.open(post(url, `body ${round}`)))).toEqual(whole('hello'))
    expect(seen.connections).toBe(1)
  })

  test('is used again while the answer it brought is still unread', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf()
    const first = client.open(get(url))
    await first.begun
    expect(await outcomeOf(client.open(get(url)))).toEqual(whole('hello'))
    expect(await outcomeOf(first)).toEqual(whole('hello'))
    expect(seen.connections).toBe(1)
  })

  test('is a new one for a request that asks for that', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf()
    await outcomeOf(client.open(get(url)))
    await outcomeOf(client.open({ ...get(url), fresh: true }))
    expect(seen.connections).toBe(2)
  })

  const closing: readonly (readonly [string, string])[] = [
    ['that is announced to be closed', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello'],
    [
      'that the server keeps for less than a moment',
      'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 5\r\n\r\nhello',
    ],
    ['with another answer behind the answer', `${HELLO}${HELLO.replace('hello', 'evil!')}`],
    [
      'with garbage behind chunks',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\ngarbage`,
    ],
  ]
  for (const [name, text] of closing)
    test(`${name} is not used again`, async () => {
      const { url, seen } = await serve(answering(text))
      const client = clientOf()
      for (let round = 1; round <= 5; round += 1) {
        expect(await outcomeOf(client.open(get(url)))).toEqual(whole('hello'))
        expect(seen.connections).toBe(round)
      }
      await until(() => seen.open === 0)
    })

  test('on which something comes while it is idle is not used again', async () => {
    const { url, seen } = await serve((socket) =>
      onRequest(socket, () => {
        socket.write(HELLO)
        setTimeout(() => socket.write(HELLO.replace('hello', 'evil!')), 20)
      }),
    )
    const client = clientOf()
    expect(await outcomeOf(client.open(get(url)))).toEqual(whole('hello'))
    await until(() => seen.open === 0)
    expect(await outcomeOf(client.open(get(url)))).toEqual(whole('hello'))
    expect(seen.connections).toBe(2)
  })

  test('that the server closed while it was idle is not used again', async () => {
    const { url, seen } = await serve((socket) =>
      onRequest(socket, () => {
        socket.write(HELLO)
        setTimeout(() => socket.end(), 10)
      }),
    )
    const client = clientOf()
    for (let round = 1; round <= 5; round += 1) {
      expect(await outcomeOf(client.open(get(url)))).toEqual(whole('hello'))
      await until(() => seen.open === 0)
    }
    expect(seen.connections).toBe(5)
  })

  test('is closed when it has been idle for too long', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf({ idleTimeoutMs: 60 })
    await outcomeOf(client.open(get(url)))
    expect(seen.open).toBe(1)
    await until(() => seen.open === 0)
  })

  test('is kept idle only up to the limit', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf({ idlePerOriginMax: 3 })
    await Promise.all(Array.from({ length: 20 }, () => outcomeOf(client.open(get(url)))))
    await until(() => seen.open === 3)
  })

  test('is waited for in turn above the limit of open ones', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf({ openPerOriginMax: 2, waitingPerOriginMax: 30 })
    const order: number[] = []
    const outcomes = Array.from({ length: 40 }, async (_, index) => {
      const outcome = await outcomeOf(client.open({ ...get(url), fresh: index === 7 }))
      order.push(index)
      return outcome.fault
    })
    const faults = await Promise.all(outcomes)
    expect(faults.slice(0, 32)).toEqual(Array(32).fill(undefined))
    expect(faults.slice(32)).toEqual(Array(8).fill('connect'))
    expect(seen.connections).toBe(3)
    expect(order.slice(8, 10)).toEqual([0, 1])
    expect(order.at(-1)).toBe(31)
  })

  test('that is waited for in vain does not keep a cancelled request', async () => {
    const { url } = await serve((socket) => onRequest(socket, () => undefined))
    const client = clientOf({ openPerOriginMax: 1 })
    const first = client.open(get(url))
    const second = client.open(get(url))
    second.cancel()
    expect(await outcomeOf(second)).toMatchObject({ fault: 'aborted', untouched: true })
    first.cancel()
    expect(await outcomeOf(first)).toMatchObject({ fault: 'aborted' })
  })

  test('carries hundreds at once, each its own answer', async () => {
    const { url } = await serve((socket) =>
      onRequest(socket, (_, body) => {
        setTimeout(
          () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body.toString()}`),
          body.length % 7,
        )
      }),
    )
    const client = clientOf()
    for (let round = 0; round < 3; round += 1) {
      const names = Array.from({ length: 500 }, (_, index) => `${round}-${'x'.repeat(index % 31)}-${index}`)
      const outcomes = await Promise.all(names.map((name) => outcomeOf(client.open(post(url, name)))))
      expect(outcomes).toEqual(names.map((name) => whole(name)))
    }
  })
})

describe('a fault', () => {
  test('of connecting is told as such', async () => {
    const { url } = await serve(() => undefined)
    for (const close of closers.splice(0)) close()
    await wait(20)
    expect(await outcomeOf(clientOf().open(get(url)))).toMatchObject({ fault: 'connect', untouched: true })
    expect(await outcomeOf(clientOf().open(get('http://no-such-host.invalid/')))).toMatchObject({ fault: 'connect' })
  })

  const half = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'
  const cuts: readonly (readonly [string, string, Partial<Outcome>])[] = [
    ['before the answer', '', { status: undefined, fault: 'reset', untouched: true }],
    ['within the head', half.slice(0, 20), { status: undefined, fault: 'reset', untouched: false }],
    ['after an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n', { fault: 'reset', untouched: false }],
    ['before the body', half.slice(0, -4), { status: 200, body: '', fault: 'reset', untouched: false }],
    ['within a body of known length', half, { status: 200, body: 'half', fault: 'reset', untouched: false }],
    [
      'within a chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf',
      { status: 200, body: 'half', fault: 'reset', untouched: false },
    ],
    [
      'before the last chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n',
      { status: 200, body: 'half', fault: 'reset', untouched: false },
    ],
  ]
  for (const how of ['ends', 'breaks'] as const)
    for (const [name, text, expected] of cuts)
      test(`of a connection that ${how} ${name} is told after what had arrived`, async () => {
        const { url } = await serve((socket) =>
          onRequest(socket, () => {
            const cut = () => (how === 'ends' ? socket.end() : socket.resetAndDestroy())
            if (text === '') cut()
            else socket.write(text, () => setTimeout(cut, 20))
          }),
        )
        const client = clientOf()
        expect(await outcomeOf(client.open(post(url, 'x')))).toMatchObject(expected)
        // The same where nobody reads before the connection has ended.
        const late = client.open(post(url, 'x'))
        await wait(60)
        expect(await outcomeOf(late)).toMatchObject(expected)
      })

  test('of an answer without a length that breaks off is told; one that ends is whole', async () => {
    const { url } = await serve((socket, index) =>
      onRequest(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\nall of it', () =>
          setTimeout(() => (index === 1 ? socket.end() : socket.resetAndDestroy()), 20),
        )
      }),
    )
    const client = clientOf()
    expect(await outcomeOf(client.open(get(url)))).toEqual(whole('all of it'))
    expect(await outcomeOf(client.open(get(url)))).toMatchObject({ body: 'all of it', fault: 'reset' })
  })

  test('of an answer that makes no sense is told, and the connection closed', async () => {
    const { url, seen } = await serve(answering('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx'))
    expect(await outcomeOf(clientOf().open(get(url)))).toMatchObject({ fault: 'unreadable', untouched: false })
    await until(() => seen.open === 0)
  })

  test('of an answer that makes no sense later is told after what did', async () => {
    const { url, seen } = await serve(
      answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n'),
    )
    expect(await outcomeOf(clientOf().open(get(url)))).toMatchObject({
      body: 'hi',
      fault: 'unreadable',
      untouched: false,
    })
    await until(() => seen.open === 0)
  })

  test('stays what it was, however often one reads', async () => {
    const { url } = await serve((socket) => onRequest(socket, () => socket.destroy()))
    const exchange = clientOf().open(get(url))
    for (let round = 0; round < 3; round += 1)
      expect(await exchange.read()).toMatchObject({ ok: false, error: { kind: 'reset', untouched: true } })
    exchange.cancel()
    expect(await exchange.begun).toMatchObject({ ok: false, error: { kind: 'reset', untouched: true } })
  })

  /** As the gateway does it: once more, on a new connection, where nothing of an answer had arrived. */
  const sendWithRetry = async (client: HttpClient, request: ExchangeRequest): Promise<Outcome> => {
    const outcome = await outcomeOf(client.open(request))
    return outcome.fault === 'reset' && outcome.untouched
      ? await outcomeOf(client.open({ ...request, fresh: true }))
      : outcome
  }

  for (const [name, requests, parallel] of [
    ['one after the other', 1_000, 1],
    ['many at once', 4_000, 64],
  ] as const)
    test(`of a server that closes at the wrong moment is made good by one retry, ${name}`, async () => {
      let turn = 0
      const { url, seen } = await serve((socket) =>
        onRequest(socket, (_, __, count) => {
          socket.write(HELLO)
          // Closes around the moment of the next request; a new connection serves its first one always.
          turn = (turn + 1) % 5
          if (turn === 0) setImmediate(() => socket.end())
          else if (turn === 1 && count > 1) socket.destroy()
          else if (turn === 2) setTimeout(() => socket.resetAndDestroy(), 1)
        }),
      )
      const client = clientOf()
      let left: number = requests
      const worker = async () => {
        while (left > 0) {
          left -= 1
          // Bytes that the server writes before it destroys the socket may be lost with it: that is not `untouched`.
          expect(await sendWithRetry(client, post(url, 'x'))).toEqual(whole('hello'))
        }
      }
      await Promise.all(Array.from({ length: parallel }, worker))
      expect(seen.connections).toBeGreaterThan(requests / 20)
    }, 60_000)
})

describe('cancelling', () => {
  test('before the connection is there ends it at once', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const exchange = clientOf().open(get(url))
    exchange.cancel()
    expect(await outcomeOf(exchange)).toMatchObject({ fault: 'aborted', untouched: true })
    await wait(50)
    expect(seen.open).toBe(0)
  })

  for (const [name, text] of [
    ['before the answer', ''],
    ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'],
  ] as const)
    test(`${name} reaches the server, and ends the read that waits`, async () => {
      const { url, seen } = await serve((socket) => onRequest(socket, () => void (text && socket.write(text))))
      const exchange = clientOf().open(get(url))
      const outcome = outcomeOf(exchange)
      await until(() => seen.open === 1)
      await wait(30)
      exchange.cancel()
      expect(await outcome).toMatchObject({ fault: 'aborted', untouched: text === '' })
      await until(() => seen.open === 0)
    })

  test('an answer that had arrived unread never looks like its end, and leaves the connection', async () => {
    const { url, seen } = await serve(answering(HELLO))
    const client = clientOf()
    const exchange = client.open(get(url))
    await exchange.begun
    exchange.cancel()
    exchange.cancel()
    expect(await exchange.read()).toMatchObject({ ok: false, error: { kind: 'aborted' } })
    expect(await outcomeOf(client.open(get(url)))).toEqual(whole('hello'))
    expect(seen.connections).toBe(1)
  })

  test('closing the client ends everything', async () => {
    const { url, seen } = await serve((socket) => onRequest(socket, () => undefined))
    const client = clientOf({ openPerOriginMax: 2 })
    const outcomes = Promise.all(Array.from({ length: 5 }, () => outcomeOf(client.open(get(url)))))
    await until(() => seen.open === 2)
    client.close()
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ fault: 'aborted' })
    await until(() => seen.open === 0)
    expect(await outcomeOf(client.open(get(url)))).toMatchObject({ fault: 'aborted', untouched: true })
  })
})

describe('a body', () => {
  test('comes byte by byte as well as at once', async () => {
    const text = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6;x\r\n world\r\n0\r\nt: 1\r\n\r\n'
    const { url } = await serve((socket) =>
      onRequest(socket, async () => {
        for (const character of text) {
          socket.write(character)
          await wait(0)
        }
      }),
    )
    expect(await outcomeOf(clientOf().open(get(url)))).toEqual(whole('hello world'))
  })

  test('that nobody reads is left with the server', async () => {
    const total = 200 * 1_048_576
    const piece = Buffer.alloc(1_048_576)
    let written = 0
    const { url } = await serve((socket) =>
      onRequest(socket, () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`)
        const more = (): void => {
          while (written < total) {
            written += piece.length
            if (!socket.write(piece)) return void socket.once('drain', more)
          }
        }
        more()
      }),
    )
    const exchange = clientOf().open(get(url))
    await exchange.begun
    await wait(300)
    expect(written).toBeLessThan(32 * 1_048_576)
    let received = 0
    for (;;) {
      const chunk = await exchange.read()
      if (!chunk.ok) throw new Error(chunk.error.detail)
      if (chunk.value === undefined) break
      received += chunk.value.length
    }
    expect(received).toBe(total)
  }, 30_000)

  test('that nobody reads is still whole after the server has closed', async () => {
    const size = 2 * 1_048_576
    const { url } = await serve((socket) =>
      onRequest(
        socket,
        () => void socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), Buffer.alloc(size)])),
      ),
    )
    const exchange = clientOf().open(get(url))
    await exchange.begun
    await wait(100)
    expect((await outcomeOf(exchange)).body.length).toBe(size)
  })

  test('that comes compressed unasked is decoded, and the headers say nothing of it', async () => {
    const body = gzipSync('hello, hello, hello')
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`
    const { url, seen } = await serve(answering(Buffer.concat([Buffer.from(head), body])))
    const client = clientOf()
    for (let round = 0; round < 3; round += 1) {
      const exchange = client.open(get(url))
      const begun = await exchange.begun
      expect(begun.ok && [...begun.value.headers]).toEqual([])
      expect(await outcomeOf(exchange)).toEqual(whole('hello, hello, hello'))
    }
    expect(seen.connections).toBe(1)
  })

  test('that is not what its coding says is unreadable, and its connection is closed', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9999\r\n\r\n'
    const { url, seen } = await serve(answering(`${head}this is no gzip`))
    expect(await outcomeOf(clientOf().open(get(url)))).toMatchObject({ fault: 'unreadable', untouched: false })
    await until(() => seen.open === 0)
  })
})
