import { describe, expect, test } from 'bun:test'
import type { Watch, Watchdog } from '../upstream/watchdog.ts'
import { createPulse } from './pulse.ts'

const KEEP_ALIVE_MS = 15
const CLIENT_IDLE_MS = 600
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A pulse on a watchdog whose time the test passes: `expire` is what happens when the wait given last has run out. */
const stage = (keepAlive = ': keep-alive\n\n') => {
  const waits: number[] = []
  const sent: string[] = []
  let stalls = 0
  let ended = false
  let expire: (isTotal: boolean) => void = () => undefined
  const watch: Watch = {
    extend: (waitMs) => void waits.push(waitMs),
    end: () => {
      ended = true
    },
  }
  const watchdog: Watchdog = {
    watch: (waitMs, totalMs, onExpire) => {
      waits.push(waitMs)
      expect(totalMs).toBe(Number.POSITIVE_INFINITY)
      expire = onExpire
      return watch
    },
    stop: () => undefined,
  }
  const pulse = createPulse({
    watchdog,
    keepAliveMs: KEEP_ALIVE_MS,
    clientIdleMs: CLIENT_IDLE_MS,
    keepAlive,
    send: (bytes) => void sent.push(new TextDecoder().decode(bytes)),
    onStalled: () => {
      stalls += 1
    },
  })
  return { pulse, waits, sent, stalls: () => stalls, ended: () => ended, expire: () => expire(false) }
}

describe('while the upstream is waited for', () => {
  test('a sign of life goes out after each silence, as long as it lasts', () => {
    const { pulse, sent, expire, waits, stalls } = stage()
    pulse.waiting()
    for (let silence = 0; silence < 3; silence += 1) expire()
    expect(sent).toEqual([': keep-alive\n\n', ': keep-alive\n\n', ': keep-alive\n\n'])
    // Each asks for its time anew: an expired watch that does not is forgotten.
    expect(waits).toEqual([CLIENT_IDLE_MS, KEEP_ALIVE_MS, KEEP_ALIVE_MS, KEEP_ALIVE_MS, KEEP_ALIVE_MS])
    expect(stalls()).toBe(0)
  })

  test('it goes out again in the silence after some content', () => {
    const { pulse, sent, expire } = stage()
    pulse.waiting()
    expire()
    pulse.wrote(utf8('data: {}\n\n'))
    pulse.waiting()
    expire()
    expire()
    expect(sent).toHaveLength(3)
  })

  const ends: readonly (readonly [string, number])[] = [
    ['data: {}\n\n', 1],
    ['data: {}\r\n\r\n', 1],
    ['data: {}\r\r', 1],
    ['data: {}\n\ndata: {"half', 0],
    ['data: {}\n', 0],
    ['data: {}\r\n', 0],
    ['{', 0],
    ['\n', 0],
  ]
  test.each(ends)('after %j it goes out %d times: only ever between events', (text, times) => {
    const { pulse, sent, expire } = stage()
    pulse.wrote(utf8(text))
    pulse.waiting()
    expire()
    expect(sent).toHaveLength(times)
  })

  test('it goes out once the event is complete that it had to wait for', () => {
    const { pulse, sent, expire } = stage()
    pulse.wrote(utf8('data: {"half'))
    pulse.waiting()
    expire()
    expect(sent).toEqual([])
    pulse.wrote(utf8('"}\n\n'))
    pulse.waiting()
    expire()
    expect(sent).toHaveLength(1)
  })

  test('a format that has no sign of life is never woken for one', () => {
    const { pulse, waits } = stage('')
    pulse.waiting()
    expect(waits.at(-1)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('while the client is waited for', () => {
  test('it is given up after its own time-out, and gets no sign of life', () => {
    const { pulse, sent, expire, waits, stalls } = stage()
    pulse.waiting()
    pulse.wrote(utf8('data: {}\n\n'))
    expect(waits.at(-1)).toBe(CLIENT_IDLE_MS)
    expire()
    expect([stalls(), sent]).toEqual([1, []])
  })

  test('one that never asks for anything is given up too', () => {
    const { expire, waits, stalls } = stage()
    expect(waits).toEqual([CLIENT_IDLE_MS])
    expire()
    expect(stalls()).toBe(1)
  })

  test('one that takes something in time has the whole time again', () => {
    const { pulse, waits } = stage()
    for (let piece = 0; piece < 3; piece += 1) {
      pulse.waiting()
      pulse.wrote(utf8('data: {}\n\n'))
    }
    expect(waits.filter((wait) => wait === CLIENT_IDLE_MS)).toHaveLength(4)
  })

  test('the end of the stream ends the watch', () => {
    const { pulse, ended } = stage()
    pulse.end()
    expect(ended()).toBe(true)
  })
})
