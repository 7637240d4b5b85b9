import { describe, expect, test } from 'bun:test'
import { fault } from '../errors.ts'
import { err, ok } from '../result.ts'
import { nanoUsd, ZERO_USD } from '../units.ts'
import type { UpstreamAnswer } from '../upstream/types.ts'
import { createWatchdog } from '../upstream/watchdog.ts'
import type { Admitted } from './call.ts'
import { createAbandon, createRelay } from './relay.ts'
import type { Closing } from './tab.ts'
import { NO_TOKENS, answerOf, callOf, candidateOf, envelopeOf, PRINCIPAL, PREPARED } from './test-parts.ts'

const refuse = (_call: unknown, error: { kind: string }) => new Response(error.kind, { status: 599 })

const stage = (durable: Admitted['tab']['hold']['durable'] = Promise.resolve(ok(undefined))) => {
  const closings: Closing[] = []
  const health: string[] = []
  const admitted: Admitted = {
    principal: PRINCIPAL,
    envelope: envelopeOf(),
    candidates: [candidateOf()],
    admission: undefined,
    reserved: NO_TOKENS,
    tab: {
      hold: { requestId: 'req_1', amount: ZERO_USD, durable },
      attempts: [],
      warnings: [],
      sentAtMs: undefined,
      occupied: { used: () => undefined, broke: (failure) => void health.push(failure), over: () => undefined },
      close: async (closing) => {
        closings.push(closing)
        return { charged: nanoUsd(5n), uncollected: ZERO_USD }
      },
    },
  }
  const watchdog = createWatchdog(Date.now)
  const relay = createRelay({
    eventBytesMax: 1_000,
    deliveredBytesMax: 1_000,
    answerBytesMax: 10_000,
    keepAliveMs: 10_000,
    clientIdleMs: 10_000,
    keep: () => undefined,
    onDefect: () => undefined,
    onDisconnectOf: () => 'delivered',
    drainTimeoutMs: 1_000,
    watchdog,
    limitHeaders: () => ({}),
    refuse,
    endOfTurn: () => Promise.resolve(),
    nowMs: () => 2_000,
  })
  return {
    closings,
    health,
    admitted,
    relay: async (answer: ReturnType<typeof answerOf>, call = callOf()) => {
      const response = await relay(call, admitted, { candidate: candidateOf(), answer, prepared: PREPARED })
      const text = await response.text()
      watchdog.stop()
      return { status: response.status, text, headers: response.headers }
    },
  }
}

const message = { role: 'assistant', content: 'Hello' }
const usage = { prompt_tokens: 10, completion_tokens: 5 }
const chat = (more: object): string =>
  JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage, ...more })

describe('a whole answer', () => {
  test('is delivered as it came, settled first, and says what it cost', async () => {
    const { relay, closings } = stage()
    const body = chat({})
    const { status, text, headers } = await relay(answerOf(200, body))
    expect([status, text, headers.get('x-tollgate-cost-usd')]).toEqual([200, body, '0.000000005'])
    expect(closings).toMatchObject([{ ended: 'whole', status: 200, observation: { terminal: true } }])
  })

  test('of somebody who has left meanwhile was not delivered, though it was read to its end', async () => {
    const { relay, closings } = stage()
    const request = new Request('http://gateway/', { signal: AbortSignal.abort() })
    await relay(answerOf(200, chat({})), { ...callOf(), request })
    expect(closings).toMatchObject([{ ended: 'client_cut', status: 499, observation: { terminal: true } }])
  })

  const errors: readonly (readonly [string, string])[] = [
    [chat({ error: null }), 'whole'],
    [chat({ error: '' }), 'whole'],
    [chat({ error: {} }), 'whole'],
    [chat({ error: { message: 'broke off' } }), 'upstream_cut'],
    ['{"error":{"message":"broke off"}}', 'failed'],
  ]
  test.each(errors)('%s counts as %s', async (body, ended) => {
    const { relay, closings } = stage()
    expect(await relay(answerOf(200, body))).toMatchObject({ status: 200, text: body })
    expect(closings).toMatchObject([{ ended }])
  })

  const heard: readonly (readonly [string, UpstreamAnswer['whole'] | string, readonly string[]])[] = [
    ['is whole', chat({}), []],
    ['broke off beside its content', chat({ error: { message: 'broke off' } }), ['unreadable']],
    ['is not readable', '{"choices":', ['unreadable']],
    ['breaks off', async () => err({ kind: 'reset', untouched: false, detail: 'gone' }), ['unreadable']],
    ['takes too long', async () => err({ kind: 'timeout-total', untouched: false, detail: 'slow' }), ['timeout']],
    ['is more than we take', async () => err({ kind: 'too-large', untouched: false, detail: 'large' }), []],
    ['its client ended', async () => err({ kind: 'aborted', untouched: false, detail: 'left' }), []],
  ]
  test.each(heard)('that %s is told to health so', async (_what, told, failures) => {
    const { relay, health } = stage()
    const answer = answerOf(200, typeof told === 'string' ? told : '')
    await relay(typeof told === 'string' ? answer : { ...answer, whole: told })
    expect(health).toEqual([...failures])
  })

  const empty: readonly (readonly [string, number, string])[] = [
    ['{}', 200, '{}'],
    ['nothing', 200, ''],
    ['text', 200, 'hello'],
    ['a list of nothing', 200, '[]'],
    ['status 204', 204, ''],
    ['status 205', 205, ''],
  ]
  test.each(empty)('of %s is no answer, and free', async (_what, status, body) => {
    const { relay, closings } = stage()
    expect(await relay(answerOf(status, body))).toMatchObject({ status: 599, text: 'upstream-unreadable' })
    expect(closings).toMatchObject([{ ended: 'failed' }])
    expect(closings[0]?.observation?.usage).toBeUndefined()
  })

  test.each([200, 204, 205, 302, 400, 401, 500])('of status %d is read to its end or given up', async (status) => {
    const { relay } = stage()
    const answer = answerOf(status, status === 200 ? chat({}) : '')
    await relay(answer)
    expect(answer.wasRead() || answer.cancelled()).toBe(true)
  })
})

describe('an answer whose hold could not be written', () => {
  test('is given up before anything of it is delivered', async () => {
    const { relay, closings } = stage(Promise.resolve(err(fault('overloaded', 'the disk is full'))))
    const answer = answerOf(200, chat({}))
    expect(await relay(answer)).toMatchObject({ text: 'overloaded' })
    expect([answer.cancelled(), answer.wasRead()]).toEqual([true, false])
    expect(closings).toMatchObject([{ ended: 'failed' }])
  })
})

describe('a stream', () => {
  const events = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hello' } }] })}\n\ndata: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`

  test.each(['text/event-stream', 'Text/Event-Stream', 'TEXT/EVENT-STREAM; charset=utf-8'])(
    'is known by its type, written as %s, whatever was asked',
    async (type) => {
      const { relay, closings } = stage()
      const { text } = await relay(answerOf(200, events, { 'content-type': type }))
      expect(text).toBe(events)
      expect(closings).toMatchObject([{ ended: 'whole', observation: { contentSeen: true, terminal: true } }])
    },
  )
})

describe('giving a request up', () => {
  const endings: readonly (readonly [Parameters<typeof fault>[0], string])[] = [
    ['upstream-failed', 'failed'],
    ['internal', 'failed'],
    ['client-closed', 'client_cut'],
  ]
  test.each(endings)('for %s ends it as %s, and tells the client', async (kind, ended) => {
    const { admitted, closings } = stage()
    const answer = createAbandon(refuse)(callOf(), admitted, fault(kind, 'no'))
    expect(await answer.text()).toBe(kind)
    expect(closings).toMatchObject([{ ended, observation: undefined }])
  })

  test('tells the client though its tab cannot be closed', async () => {
    const { admitted } = stage()
    const tab = { ...admitted.tab, close: () => Promise.reject(new Error('a defect')) }
    const answer = createAbandon(refuse)(callOf(), { ...admitted, tab }, fault('internal', 'no'))
    expect(await answer.text()).toBe('internal')
  })
})
