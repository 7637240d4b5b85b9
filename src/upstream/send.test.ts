import { describe, expect, test } from 'bun:test'
import { err, ok, type Result } from '../result.ts'
import type { ExchangeFault, ExchangeRequest, OpenExchange } from './exchange.ts'
import { createSend } from './send.ts'
import type { UpstreamRequest } from './types.ts'
import type { Watchdog } from './watchdog.ts'

const TIMEOUTS = { connectMs: 5, firstByteMs: 10, idleMs: 20, totalMs: 1_000 }
const PROXY = { key: 'p', hostname: 'p', port: 3128, authorization: undefined }
const REQUEST: UpstreamRequest = {
  method: 'POST',
  url: 'http://vendor.example/v1',
  headers: { a: 'b' },
  body: new Uint8Array([1]),
  timeouts: TIMEOUTS,
}

const faultOf = (kind: ExchangeFault['kind'], untouched = true): ExchangeFault => ({ kind, untouched, detail: 'why' })
type Read = Result<Uint8Array | undefined, ExchangeFault>
const bytes = (text: string): Read => ok(new TextEncoder().encode(text))
const END: Read = ok(undefined)

/** Answers one send after the other: `begins` are the heads (or faults), `reads` the body of the last. */
const stage = (
  begins: readonly (ExchangeFault | 'head' | 'silence')[],
  reads: readonly (Read | 'silence')[] = [END],
) => {
  const asked: ExchangeRequest[] = []
  const waits: number[] = []
  let cancels = 0
  const watching = new Set<number>()
  let expire: (isTotal: boolean) => void = () => undefined
  const open: OpenExchange = (request) => {
    const begin = begins[asked.length] ?? 'head'
    asked.push(request)
    let at = 0
    const stopped = Promise.withResolvers<{ ok: false; error: ExchangeFault }>()
    return {
      begun:
        begin === 'silence'
          ? stopped.promise
          : Promise.resolve(begin === 'head' ? ok({ status: 200, headers: new Headers() }) : err(begin)),
      read: () => {
        const next = reads[at] ?? END
        at += 1
        return next === 'silence' ? stopped.promise : Promise.resolve(next)
      },
      cancel: () => {
        cancels += 1
        stopped.resolve(err(faultOf('aborted', false)))
      },
    }
  }
  const watchdog: Watchdog = {
    watch: (waitMs, totalMs, onExpire) => {
      const id = waits.push(waitMs)
      watching.add(id)
      expect(totalMs).toBe(TIMEOUTS.totalMs)
      expire = onExpire
      return { extend: (nextMs) => void waits.push(nextMs), end: () => void watching.delete(id) }
    },
    stop: () => undefined,
  }
  const hangUp = new AbortController()
  const send = createSend({ open, watchdog, retriesUntouched: 1, proxy: PROXY })
  return {
    asked,
    waits,
    hangUp,
    cancels: () => cancels,
    watching: () => watching.size,
    expire: (isTotal = false) => expire(isTotal),
    send: () => send(REQUEST, hangUp.signal),
  }
}

const textOf = (read: Result<Uint8Array, unknown>): string => (read.ok ? new TextDecoder().decode(read.value) : '')

describe('a request that fails', () => {
  const failures: readonly (readonly [string, ExchangeFault, number])[] = [
    ['by a connection that broke before any byte', faultOf('reset'), 2],
    ['by a connection that broke after a byte', faultOf('reset', false), 1],
    ['because nobody is there', faultOf('connect'), 1],
    ['by what is no HTTP', faultOf('unreadable', false), 1],
    ['because it was called off', faultOf('aborted'), 1],
  ]
  test.each(failures)('%s is sent as often as is safe', async (_what, failure, times) => {
    const { send, asked, watching } = stage([failure, failure, failure])
    expect(await send()).toEqual(err(failure))
    expect(asked).toHaveLength(times)
    expect(watching()).toBe(0)
  })

  test('is sent again on a new connection, with the same bytes', async () => {
    const { send, asked } = stage([faultOf('reset'), 'head'])
    expect(await send()).toMatchObject({ ok: true, value: { status: 200 } })
    expect(asked.map(({ fresh }) => fresh)).toEqual([false, true])
    expect(asked[1]).toMatchObject({ url: REQUEST.url, headers: REQUEST.headers, body: REQUEST.body })
    for (const each of asked) expect(each).toMatchObject({ connectMs: TIMEOUTS.connectMs, proxy: PROXY })
  })

  test('is not sent again for a client that has left', async () => {
    const { send, asked, hangUp } = stage([faultOf('reset'), 'head'])
    const sent = send()
    hangUp.abort()
    expect(await sent).toMatchObject({ ok: false, error: { kind: 'aborted' } })
    expect(asked).toHaveLength(1)
  })
})

describe('a client that hangs up', () => {
  test('before anything is sent is not asked for upstream', async () => {
    const { send, asked, hangUp } = stage([])
    hangUp.abort()
    expect(await send()).toMatchObject({ ok: false, error: { kind: 'aborted', untouched: true } })
    expect(asked).toEqual([])
  })

  test('while the head is waited for ends the exchange', async () => {
    const { send, hangUp, cancels, watching } = stage(['silence'])
    const sent = send()
    hangUp.abort()
    expect(await sent).toMatchObject({ ok: false, error: { kind: 'aborted' } })
    expect([cancels(), watching()]).toEqual([1, 0])
  })

  test('while the body is waited for ends the exchange', async () => {
    const { send, hangUp, cancels } = stage(['head'], [bytes('a'), 'silence'])
    const sent = await send()
    if (!sent.ok) throw new Error(sent.error.detail)
    await sent.value.read()
    const next = sent.value.read()
    hangUp.abort()
    expect(await next).toMatchObject({ ok: false, error: { kind: 'aborted' } })
    expect(cancels()).toBe(1)
  })

  test('while the body is read by somebody who outlives that ends nothing', async () => {
    const { send, hangUp, cancels } = stage(['head'], [bytes('a'), bytes('b'), END])
    const sent = await send()
    if (!sent.ok) throw new Error(sent.error.detail)
    await sent.value.read()
    sent.value.outlive?.()
    hangUp.abort()
    expect(textOf((await sent.value.read()) as Result<Uint8Array, unknown>)).toBe('b')
    expect(cancels()).toBe(0)
    sent.value.cancel()
    expect(cancels()).toBe(1)
  })

  test('after the end disturbs nothing', async () => {
    const { send, hangUp, cancels, watching } = stage(['head'], [bytes('a'), END])
    const sent = await send()
    expect(sent.ok && textOf(await sent.value.whole(10))).toBe('a')
    hangUp.abort()
    expect([cancels(), watching()]).toEqual([0, 0])
  })
})

describe('an upstream that is silent', () => {
  test('before its head is a time-out', async () => {
    const { send, expire, cancels, asked } = stage(['silence'])
    const sent = send()
    expire()
    expect(await sent).toMatchObject({ ok: false, error: { kind: 'timeout-first-byte' } })
    // What it may have begun to do must not be asked for twice.
    expect([cancels(), asked.length]).toEqual([1, 1])
  })

  test('in the middle of its body is a time-out', async () => {
    const { send, expire } = stage(['head'], [bytes('a'), 'silence'])
    const sent = await send()
    if (!sent.ok) throw new Error(sent.error.detail)
    await sent.value.read()
    const next = sent.value.read()
    expire()
    expect(await next).toMatchObject({ ok: false, error: { kind: 'timeout-idle' } })
  })

  test('or goes on until all the time is over is another time-out, before its head and after it', async () => {
    const silent = stage(['silence'])
    const sent = silent.send()
    silent.expire(true)
    expect(await sent).toMatchObject({ ok: false, error: { kind: 'timeout-total' } })
    const begun = stage(['head'], ['silence'])
    const answer = await begun.send()
    const whole = answer.ok ? answer.value.whole(10) : undefined
    begun.expire(true)
    expect(await whole).toMatchObject({ ok: false, error: { kind: 'timeout-total' } })
  })

  test('is timed only while it is waited for: between reads it is the client that takes its time', async () => {
    const { send, waits } = stage(['head'], [bytes('a'), bytes('b'), END])
    const sent = await send()
    if (!sent.ok) throw new Error(sent.error.detail)
    const { firstByteMs, idleMs } = TIMEOUTS
    const never = Number.POSITIVE_INFINITY
    expect(waits).toEqual([firstByteMs, never])
    await sent.value.read()
    await sent.value.read()
    expect(waits).toEqual([firstByteMs, never, idleMs, never, idleMs, never])
    await sent.value.read()
    expect(waits.slice(6)).toEqual([idleMs])
  })
})

describe('a whole answer', () => {
  test('is its pieces put together', async () => {
    const { send, watching } = stage(['head'], [bytes('one '), bytes('two '), bytes('three'), END])
    const sent = await send()
    expect(sent.ok && textOf(await sent.value.whole(13))).toBe('one two three')
    expect(watching()).toBe(0)
  })

  test('of nothing is empty', async () => {
    const { send } = stage(['head'], [END])
    const sent = await send()
    expect(sent.ok && (await sent.value.whole(0))).toEqual(ok(new Uint8Array()))
  })

  test('larger than allowed is given up at the piece that is too much', async () => {
    const { send, cancels, watching } = stage(['head'], [bytes('12345'), bytes('678901'), 'silence'])
    const sent = await send()
    expect(sent.ok && (await sent.value.whole(10))).toMatchObject({ ok: false, error: { kind: 'too-large' } })
    expect([cancels(), watching()]).toEqual([1, 0])
  })

  test('that breaks off is none', async () => {
    const { send } = stage(['head'], [bytes('1'), err(faultOf('reset', false))])
    const sent = await send()
    expect(sent.ok && (await sent.value.whole(10))).toMatchObject({ ok: false, error: { kind: 'reset' } })
  })

  test('given up gives back its connection and its watch', async () => {
    const { send, cancels, watching } = stage(['head'], ['silence'])
    const sent = await send()
    if (sent.ok) sent.value.cancel()
    expect([cancels(), watching()]).toEqual([1, 0])
  })
})
