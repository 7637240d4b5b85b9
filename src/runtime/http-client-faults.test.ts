import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import type { ExchangeRequest } from '../upstream/exchange.ts'
import type { HttpClient } from './http-client.ts'
import {
  answering,
  clientOf,
  closers,
  get,
  HELLO,
  onRequest,
  type Outcome,
  outcomeOf,
  post,
  serve,
  until,
  wait,
  whole,
} from './http-client/fixture.ts'

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
