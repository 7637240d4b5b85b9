import { describe, expect, test } from 'bun:test'
import {
  answering,
  clientOf,
  get,
  HELLO,
  onRequest,
  outcomeOf,
  post,
  serve,
  until,
  wait,
  whole,
} from './http-client/fixture.ts'
import { WireExchange } from './http-client/wire-exchange.ts'

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

  test('that is cancelled in the turn it was opened in is not sent', async () => {
    let requests = 0
    const { url } = await serve((socket) =>
      onRequest(socket, () => {
        requests += 1
        socket.write(HELLO)
      }),
    )
    const client = clientOf()
    expect(await outcomeOf(client.open(post(url, 'x')))).toEqual(whole('hello'))
    const exchange = client.open(post(url, 'x'))
    exchange.cancel()
    expect(await outcomeOf(exchange)).toMatchObject({ fault: 'aborted', untouched: true })
    expect(await outcomeOf(client.open(post(url, 'x')))).toEqual(whole('hello'))
    expect(requests).toBe(2)
  })

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

  test('on which something comes before the request has left brings no answer to it', async () => {
    const request = { method: 'GET', head: 'GET / HTTP/1.1\r\n\r\n', body: undefined, fresh: false }
    const wired = { ...request, connectMs: undefined, isForwarded: false }
    const exchange = new WireExchange(wired, { leave: () => undefined }, 1_000)
    exchange.receive(Buffer.from('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n'))
    expect(await outcomeOf(exchange)).toEqual({ status: undefined, body: '', fault: 'reset', untouched: true })
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
