import { describe, expect, test } from 'bun:test'
import { ok } from '../result.ts'
import { fetchExchange, type Transport } from './fetch-exchange.ts'

const REQUEST = { method: 'POST', url: 'http://vendor.example/v1', headers: { a: 'b' }, body: new Uint8Array([1, 2]) }

const answering =
  (body: BodyInit | null): Transport =>
  () =>
    Promise.resolve(new Response(body, { status: 201 }))

describe('an exchange over fetch', () => {
  test('sends what it is given', async () => {
    const seen: [string, RequestInit][] = []
    const transport: Transport = (url, init) => {
      seen.push([url, init])
      return Promise.resolve(new Response('x'))
    }
    await fetchExchange(transport)(REQUEST).begun
    expect(seen).toMatchObject([[REQUEST.url, { method: 'POST', headers: { a: 'b' }, body: REQUEST.body }]])
  })

  test('gives the head, then the body piece by piece, then its end', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new Uint8Array([1]))
        controller.enqueue(new Uint8Array([2, 3]))
        controller.close()
      },
    })
    const exchange = fetchExchange(answering(body))(REQUEST)
    expect(await exchange.begun).toMatchObject({ ok: true, value: { status: 201 } })
    const pieces: number[] = []
    for (let next = await exchange.read(); next.ok && next.value; next = await exchange.read())
      pieces.push(...next.value)
    expect(pieces).toEqual([1, 2, 3])
    expect(await exchange.read()).toEqual(ok(undefined))
  })

  test('of an answer without a body is at its end at once', async () => {
    const exchange = fetchExchange(answering(null))(REQUEST)
    await exchange.begun
    expect(await exchange.read()).toEqual(ok(undefined))
  })

  test('that fails before its head has an untouched fault', async () => {
    const transport: Transport = () => Promise.reject(new Error('failed'))
    expect(await fetchExchange(transport)(REQUEST).begun).toMatchObject({
      ok: false,
      error: { kind: 'reset', untouched: true },
    })
  })

  test('that fails in its body has a fault that is not untouched', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(Object.assign(new Error('broken'), { code: 'ECONNRESET' })),
    })
    const exchange = fetchExchange(answering(body))(REQUEST)
    await exchange.begun
    expect(await exchange.read()).toMatchObject({ ok: false, error: { kind: 'reset', untouched: false } })
  })

  test('that is called off before its head ends as aborted', async () => {
    const transport: Transport = (_url, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))))
    const exchange = fetchExchange(transport)(REQUEST)
    exchange.cancel()
    expect(await exchange.begun).toMatchObject({ ok: false, error: { kind: 'aborted' } })
  })

  test('that is called off in its body lets go of the source', async () => {
    let cancelled = false
    const body = new ReadableStream({
      cancel: () => {
        cancelled = true
      },
    })
    const exchange = fetchExchange(answering(body))(REQUEST)
    await exchange.begun
    exchange.cancel()
    await Bun.sleep(0)
    expect(cancelled).toBe(true)
  })
})
