import { afterEach, describe, expect, test } from 'bun:test'
import { err, ok, type Result } from '../result.ts'
import { nanoUsd, ZERO_USD } from '../units.ts'
import type { UpstreamAnswer, UpstreamFault } from '../upstream/types.ts'
import { createWatchdog, type Watchdog } from '../upstream/watchdog.ts'
import type { Admitted } from './call.ts'
import { relayStream, type StreamDeps } from './relay-stream.ts'
import type { Closing } from './tab.ts'
import { NO_TOKENS, callOf, candidateOf, envelopeOf, PRINCIPAL, PREPARED } from './test-parts.ts'

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const HELLO = chunk({ content: 'Hello' })
const REST = `${chunk({}, 'stop')}data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } })}\n\ndata: [DONE]\n\n`

type Read = Result<Uint8Array | undefined, UpstreamFault>
const told = (text: string): Read => ok(new TextEncoder().encode(text))
const END: Read = ok(undefined)
const RESET: Read = err({ kind: 'reset', untouched: false, detail: 'gone' })

let watchdog: Watchdog | undefined
afterEach(() => watchdog?.stop())

/** A relay of an answer the test tells read by read; two reads at once are a defect, as with the real client. */
const stage = (
  more: Partial<StreamDeps> = {},
  close?: (closing: Closing) => void | Promise<void>,
  headers: Record<string, string> = {},
  call = callOf(),
  outlive?: () => void,
) => {
  const closings: Closing[] = []
  const defects: unknown[] = []
  const health: string[] = []
  let waiting: ((read: Read) => void) | undefined
  let cancels = 0
  const queue: (Read | Error)[] = []
  const answer: UpstreamAnswer = {
    status: 200,
    headers: new Headers({ 'content-type': 'text/event-stream' }),
    read: () => {
      if (waiting) return Promise.reject(new Error('two reads at once'))
      const next = queue.shift()
      if (next instanceof Error) return Promise.reject(next)
      if (next) return Promise.resolve(next)
      return new Promise((resolve) => {
        waiting = resolve
      })
    },
    whole: () => Promise.reject(new Error('a stream is not read whole')),
    ...(outlive && { outlive }),
    cancel: () => {
      cancels += 1
      tell(err({ kind: 'aborted', untouched: false, detail: 'cancelled' }))
    },
  }
  const tell = (read: Read | Error): void => {
    const waiter = waiting
    waiting = undefined
    if (waiter && !(read instanceof Error)) waiter(read)
    else queue.push(read)
  }
  const admitted: Admitted = {
    principal: PRINCIPAL,
    envelope: envelopeOf('{"model":"m1","messages":[],"stream":true,"stream_options":{"include_usage":true}}'),
    candidates: [candidateOf()],
    admission: undefined,
    reserved: NO_TOKENS,
    tab: {
      hold: { requestId: 'req_1', amount: ZERO_USD, durable: Promise.resolve(ok(undefined)) },
      attempts: [],
      warnings: [],
      sentAtMs: undefined,
      occupied: { used: () => undefined, broke: (failure) => void health.push(failure), over: () => undefined },
      close: async (closing) => {
        health.push('over')
        closings.push(closing)
        await close?.(closing)
        return { charged: nanoUsd(1n), uncollected: ZERO_USD }
      },
    },
  }
  watchdog = createWatchdog(Date.now, 5)
  const deps: StreamDeps = {
    eventBytesMax: 10_000,
    deliveredBytesMax: 10_000,
    keepAliveMs: 60_000,
    clientIdleMs: 60_000,
    keep: () => undefined,
    onDefect: (_call, error) => void defects.push(error),
    onDisconnectOf: () => 'delivered',
    drainTimeoutMs: 60_000,
    watchdog,
    nowMs: () => 2_000,
    ...more,
  }
  const response = relayStream(deps, call, admitted, { candidate: candidateOf(), answer, prepared: PREPARED }, headers)
  return { response, tell, closings, defects, health, cancels: () => cancels }
}

/** Until everything that could go on has gone on. */
const settled = (): Promise<void> => Bun.sleep(20)

describe('a stream', () => {
  test('is passed on as it comes, and settled before the client can see its end', async () => {
    const { response, tell, closings } = stage()
    for (const read of [told(HELLO), told(REST), END]) tell(read)
    expect(await response.text()).toBe(HELLO + REST)
    expect(closings).toMatchObject([{ ended: 'whole', observation: { usage: { input: 10, output: 5 } } }])
  })

  /** Which of its streams end with a mark, and what comes last where nothing does. */
  const MARKS: readonly (readonly [string, string, string])[] = [
    ['one that reports its usage', HELLO, REST],
    ['one that does not', HELLO, `${chunk({}, 'stop')}data: [DONE]\n\n`],
  ]
  test.each(MARKS)(
    '%s is settled before its end mark is passed on, and not after its close',
    async (_what, begin, end) => {
      const { promise: charged, resolve: charge } = Promise.withResolvers<void>()
      const { response, tell, closings } = stage({}, () => charged)
      const reader = response.body?.getReader()
      tell(told(begin))
      await reader?.read()
      tell(told(end))
      let text = ''
      const next = reader?.read().then(({ value }) => {
        text = new TextDecoder().decode(value)
      })
      await settled()
      expect({ text, ended: closings.map(({ ended }) => ended) }).toEqual({ text: '', ended: ['whole'] })
      charge()
      await next
      expect(text).toBe(end)
      tell(told(': trailing words\n\n'))
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(': trailing words\n\n')
      tell(END)
      expect((await reader?.read())?.done).toBe(true)
      expect(closings).toHaveLength(1)
    },
  )

  test('with a finish reason, behind which usage may follow, is not settled by it', async () => {
    const { response, tell, closings } = stage()
    const reader = response.body?.getReader()
    const early = chunk({ content: 'Hello' }, 'stop').replace(
      '}]}',
      '}],"usage":{"prompt_tokens":1,"completion_tokens":1}}',
    )
    tell(told(early))
    await reader?.read()
    expect(closings).toEqual([])
    tell(told(REST))
    await reader?.read()
    expect(closings).toMatchObject([{ ended: 'whole', observation: { usage: { input: 10, output: 5 } } }])
  })

  test('whose client leaves when it has been settled is not drained', async () => {
    const { response, tell, closings, cancels } = stage({ onDisconnectOf: () => 'drain' })
    const reader = response.body?.getReader()
    tell(told(HELLO + REST))
    await reader?.read()
    await reader?.cancel()
    expect([cancels(), closings.length]).toEqual([1, 1])
  })

  test('tells proxies not to gather it, in the upstream’s own words where it has some', () => {
    const plain = stage().response.headers
    expect([plain.get('cache-control'), plain.get('x-accel-buffering')]).toEqual(['no-cache', 'no'])
    const told = stage({}, undefined, { 'cache-control': 'no-store' }).response.headers
    expect([told.get('cache-control'), told.get('x-accel-buffering')]).toEqual(['no-store', 'no'])
  })

  test('nobody asks for is not read ahead', async () => {
    const { response, tell } = stage()
    tell(told(HELLO))
    tell(RESET)
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(HELLO)
  })

  const fails = (kind: UpstreamFault['kind']): Read => err({ kind, untouched: false, detail: 'no' })
  const CUT = 'data: {"error":{"message":"no"}}\n\n'
  /** What health hears comes before the route is given back. */
  const endings: readonly (readonly [string, readonly Read[], string, readonly string[]])[] = [
    ['breaks off after content', [told(HELLO), RESET], 'upstream_cut', ['unreadable']],
    ['ends without its end after content', [told(HELLO), END], 'upstream_cut', ['unreadable']],
    ['breaks off before content', [RESET], 'failed', ['unreadable']],
    ['ends at once', [END], 'failed', ['unreadable']],
    ['breaks off after its own end', [told(HELLO + REST), RESET], 'whole', []],
    ['tells an error after content', [told(HELLO), told(CUT), END], 'upstream_cut', ['unreadable']],
    ['falls silent after content', [told(HELLO), fails('timeout-idle')], 'upstream_cut', ['timeout']],
    ['takes too long after content', [told(HELLO), fails('timeout-total')], 'upstream_cut', ['timeout']],
    ['is more than we take', [told(HELLO), fails('too-large')], 'upstream_cut', []],
  ]
  test.each(endings)(
    'that %s is settled once as what it is, and health hears so',
    async (_what, reads, ended, heard) => {
      const { response, tell, closings, health } = stage()
      for (const read of reads) tell(read)
      const text = await response.text()
      expect(closings.map((closing) => closing.ended as string)).toEqual([ended])
      expect((text.match(/"error"/g) ?? []).length).toBe(ended === 'whole' ? 0 : 1)
      expect(health).toEqual([...heard, 'over'])
    },
  )

  test('that breaks for a defect of ours ends, is settled, and frees the upstream', async () => {
    const { response, tell, closings, defects, health, cancels } = stage()
    tell(told(HELLO))
    tell(new Error('a defect'))
    await expect(response.text()).rejects.toThrow()
    await settled()
    expect(closings).toMatchObject([{ ended: 'upstream_cut', observation: { contentSeen: true } }])
    expect([defects.length, cancels()]).toEqual([1, 1])
    expect(health).toEqual(['over'])
  })
})

describe('a client that leaves', () => {
  const leave = async (response: Response): Promise<void> => {
    const reader = response.body?.getReader()
    await reader?.read()
    // It is waiting for more as it leaves.
    const next = reader?.read()
    await settled()
    await reader?.cancel()
    await next
  }

  test('ends the upstream, and is billed for what it got', async () => {
    const { response, tell, closings, cancels } = stage()
    tell(told(HELLO))
    await leave(response)
    expect(cancels()).toBe(1)
    expect(closings).toMatchObject([{ ended: 'client_cut', observation: { contentSeen: true, terminal: false } }])
  })

  test('after the format’s own end has had the whole answer', async () => {
    const { response, tell, closings } = stage()
    tell(told(HELLO + REST))
    await leave(response)
    expect(closings).toMatchObject([{ ended: 'whole' }])
  })

  const FINISH = chunk({}, 'stop')
  const REPORT = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } })}\n\n`
  /** It has all of the content; then the upstream tells this. */
  const leaveAtFinish = async (reads: readonly Read[], more: Partial<StreamDeps> = {}, first = HELLO + FINISH) => {
    const on = stage(more)
    on.tell(told(first))
    const left = leave(on.response)
    await settled()
    await settled()
    const before = [on.closings.length, on.cancels()]
    for (const read of reads) {
      on.tell(read)
      await settled()
    }
    await left
    while (on.closings.length === 0) await settled()
    return { ...on, before }
  }

  const AT_FINISH: readonly (readonly [string, readonly Read[], string, number | undefined])[] = [
    ['the upstream’s usage, though its connection stays open', [told(REPORT), told('data: [DONE]\n\n')], 'whole', 5],
    ['the upstream’s usage, where no mark follows it', [told(REPORT), END], 'whole', 5],
    ['the upstream’s usage, though it broke off behind it', [told(REPORT), RESET], 'whole', 5],
    ['what it got, where the upstream reports nothing', [told('data: [DONE]\n\n')], 'whole', undefined],
    ['what it got, where the upstream broke off before its usage', [RESET], 'client_cut', undefined],
    [
      'what it got, where the upstream failed before its usage',
      [told('data: {"error":"no"}\n\n'), END],
      'client_cut',
      undefined,
    ],
  ]
  test.each(AT_FINISH)('at the finish reason is billed %s', async (_what, reads, ended, output) => {
    const { closings, before } = await leaveAtFinish(reads)
    expect(before).toEqual([0, 0])
    expect(closings).toHaveLength(1)
    expect([closings[0]?.ended, closings[0]?.observation?.usage?.output]).toEqual([ended, output] as never)
  })

  test('at the finish reason is not waited for longer than draining may take', async () => {
    const { closings, cancels } = await leaveAtFinish([], { drainTimeoutMs: 30 })
    expect(cancels()).toBeGreaterThan(0)
    expect(closings).toMatchObject([{ ended: 'client_cut', observation: { terminal: true, usage: undefined } }])
  })

  test('at a finish reason with a usage is billed that, however long the upstream then takes', async () => {
    const early = HELLO + FINISH.replace('}]}', '}],"usage":{"prompt_tokens":10,"completion_tokens":5}}')
    const { closings } = await leaveAtFinish([], { drainTimeoutMs: 30 }, early)
    expect(closings).toMatchObject([{ ended: 'whole', observation: { usage: { output: 5 } } }])
  })

  test('by breaking its connection is read on for too, and the hang-up does not end the upstream', async () => {
    const client = new AbortController()
    let outlives = 0
    const request = new Request('http://gateway/', { signal: client.signal })
    const { response, tell, closings } = stage({}, undefined, {}, { ...callOf(), request }, () => (outlives += 1))
    tell(told(HELLO + FINISH))
    await response.body?.getReader().read()
    client.abort()
    await settled()
    expect([outlives, closings.length]).toEqual([1, 0])
    tell(told(REPORT + 'data: [DONE]\n\n'))
    while (closings.length === 0) await settled()
    expect(closings).toMatchObject([{ ended: 'whole', observation: { usage: { output: 5 } } }])
  })

  test('is drained to the end by one read at a time, and billed the upstream’s own usage', async () => {
    const { response, tell, closings } = stage({ onDisconnectOf: () => 'drain' })
    tell(told(HELLO))
    const left = leave(response)
    await settled()
    await settled()
    for (const read of [told(chunk({ content: ' world' })), told(REST), END]) {
      tell(read)
      await settled()
    }
    await left
    expect(closings).toMatchObject([
      { ended: 'client_cut', observation: { terminal: true, usage: { input: 10, output: 5 } } },
    ])
  })

  const breaks: readonly (readonly [string, Read | Error, readonly string[]])[] = [
    ['for a defect of ours, which is not held against the provider', new Error('a defect'), []],
    ['upstream, which health hears of', RESET, ['unreadable']],
  ]
  test.each(breaks)('is settled though draining breaks %s', async (_what, broken, heard) => {
    const { response, tell, closings, health } = stage({ onDisconnectOf: () => 'drain' })
    tell(told(HELLO))
    const left = leave(response).catch(() => undefined)
    await settled()
    await settled()
    tell(told(chunk({ content: ' world' })))
    tell(broken)
    await left
    await settled()
    expect(closings).toMatchObject([{ ended: 'client_cut' }])
    expect(health).toEqual([...heard, 'over'])
  })

  test('before there was an answer is billed for what it was read on for, though nobody reads it', async () => {
    const request = new Request('http://gateway/', { signal: AbortSignal.abort() })
    const { tell, closings } = stage({ onDisconnectOf: () => 'drain' }, undefined, {}, { ...callOf(), request })
    for (const read of [told(HELLO), told(REST), END]) tell(read)
    while (closings.length === 0) await settled()
    expect(closings).toMatchObject([{ ended: 'client_cut', observation: { terminal: true, usage: { output: 5 } } }])
  })

  test('is not drained for longer than allowed', async () => {
    const { response, tell, closings, cancels } = stage({ onDisconnectOf: () => 'drain', drainTimeoutMs: 30 })
    tell(told(HELLO))
    await leave(response)
    expect(cancels()).toBeGreaterThan(0)
    expect(closings).toMatchObject([{ ended: 'client_cut', observation: { terminal: false } }])
  })
})

describe('a client that takes nothing', () => {
  test('is given up after its time: the upstream cancelled, what it got settled', async () => {
    const { response, tell, closings, cancels } = stage({ clientIdleMs: 20 })
    tell(told(HELLO))
    const reader = response.body?.getReader()
    await reader?.read()
    while (closings.length === 0) await Bun.sleep(5)
    expect(cancels()).toBe(1)
    expect(closings).toMatchObject([{ ended: 'client_cut' }])
  })

  test('is given up without taking the process down, though it cannot be billed', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    const { response, tell, closings } = stage({ clientIdleMs: 20 }, () => {
      throw new Error('a defect in billing')
    })
    tell(told(HELLO))
    await response.body?.getReader().read()
    while (closings.length === 0) await Bun.sleep(5)
    await settled()
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('while the upstream is silent', () => {
  test('signs of life stand between events, and none is left over in what the upstream sent', async () => {
    const { response, tell } = stage({ keepAliveMs: 10 })
    tell(told(HELLO.slice(0, 20)))
    setTimeout(() => tell(told(HELLO.slice(20) + REST)), 60)
    setTimeout(() => tell(END), 120)
    const text = await response.text()
    expect(text).toMatch(/^(: keep-alive\n\n)+data: /)
    expect(text.replaceAll(': keep-alive\n\n', '')).toBe(HELLO + REST)
  })
})
