import { describe, expect, test } from 'bun:test'
import { CODECS, UPSTREAM_CODECS } from '../protocols/codecs.ts'
import { UPSTREAM_PROTOCOLS } from '../protocols/index.ts'
import { err, ok, type Result } from '../result.ts'
import type { UpstreamAnswer, UpstreamFault } from '../upstream/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import type { UpstreamFormat } from '../canon/operation.ts'
import type { Prepared } from './lane.ts'
import { peek } from './peek.ts'
import { PREPARED } from './test-parts.ts'
import { ANSWERS, chunk, overloaded, PING, REFUSED, START } from './test-streams.ts'

const prepared = (format: UpstreamFormat): Prepared => ({
  ...PREPARED,
  protocol: UPSTREAM_PROTOCOLS[format],
  readError: (status, body) => {
    const codec = UPSTREAM_CODECS[format] ?? CODECS['openai-chat']
    if (!codec) throw new Error(`no codec for ${format}`)
    return codec.parseError(status, body)
  },
})

const BROKEN: UpstreamFault = { kind: 'reset', untouched: false, detail: 'reset by peer' }

/** A stream of these chunks; then its end, a break, or silence. */
const streamOf = (chunks: readonly (string | Uint8Array)[], then: 'end' | 'reset' | 'silence' = 'end') => {
  const left = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk))
  let reads = 0
  let cancelled = false
  const silence = Promise.withResolvers<Result<Uint8Array | undefined, UpstreamFault>>()
  const answer: UpstreamAnswer = {
    status: 200,
    headers: new Headers({ 'content-type': 'text/event-stream', 'x-vendor': 'says' }),
    read: async () => {
      reads += 1
      const chunk = left.shift()
      if (chunk) return ok(chunk)
      if (then === 'silence') return silence.promise
      return then === 'end' ? ok(undefined) : err(BROKEN)
    },
    whole: () => Promise.reject(new Error('a stream is not read whole')),
    cancel: () => {
      cancelled = true
      silence.resolve(err({ ...BROKEN, kind: 'aborted' }))
    },
  }
  return {
    answer,
    goOn: (text: string) => silence.resolve(ok(new TextEncoder().encode(text))),
    reads: () => reads,
    cancelled: () => cancelled,
  }
}

/** Time that passes when the test says so. */
const clock = () => {
  const waiting = new Set<(isTotal: boolean) => void>()
  const watchdog: Watchdog = {
    watch: (_waitMs, _totalMs, onExpire) => {
      waiting.add(onExpire)
      return { extend: () => undefined, end: () => waiting.delete(onExpire) }
    },
    stop: () => undefined,
  }
  return {
    watchdog,
    pass: () => {
      for (const expire of waiting) expire(false)
    },
    waiting: () => waiting.size,
  }
}

const peeked = (
  format: UpstreamFormat,
  answer: UpstreamAnswer,
  more: { eventBytesMax?: number; endsOpen?: boolean; time?: ReturnType<typeof clock>; onLate?: () => void } = {},
) =>
  peek(
    answer,
    prepared(format),
    more.endsOpen ?? true,
    {
      watchdog: (more.time ?? clock()).watchdog,
      peekMs: 1_000,
      eventBytesMax: more.eventBytesMax ?? 10_000,
    },
    more.onLate ?? (() => undefined),
  )

const rest = async (answer: UpstreamAnswer): Promise<string> => {
  let text = ''
  const decoder = new TextDecoder()
  for (;;) {
    const chunk = await answer.read()
    if (!chunk.ok || chunk.value === undefined) return text
    text += decoder.decode(chunk.value, { stream: true })
  }
}

describe('an error before any content', () => {
  test.each(REFUSED)('is the HTTP error that it stands for: %s', async (_what, format, events, status, body) => {
    const { answer, cancelled } = streamOf(events)
    const result = await peeked(format, answer)
    if (!result.ok) throw new Error(result.error.detail)
    expect(result.value.status).toBe(status)
    expect(Object.fromEntries(result.value.headers)).toEqual({ 'content-type': 'application/json', 'x-vendor': 'says' })
    const whole = await result.value.whole(1_000)
    expect(JSON.parse(new TextDecoder().decode(whole.ok ? whole.value : undefined))).toMatchObject(body)
    expect(cancelled()).toBe(true)
  })

  test.each(REFUSED)('is found however the bytes are cut: %s', async (_what, format, events, status) => {
    const bytes = new TextEncoder().encode(events.join(''))
    const result = await peeked(format, streamOf([...bytes].map((byte) => Uint8Array.of(byte))).answer)
    expect(result.ok && result.value.status).toBe(status)
  })
})

describe('an answer', () => {
  test.each(ANSWERS)(
    'is held back until its first content or its end, and no longer: %s',
    async (_what, format, before, first) => {
      const { answer, reads } = streamOf([...(before === '' ? [] : [before]), first, 'after'])
      const result = await peeked(format, answer)
      expect(reads()).toBe(before === '' ? 1 : 2)
      expect(result.ok && (await rest(result.value))).toBe(`${before}${first}after`)
    },
  )

  test.each(ANSWERS)('is the same to the byte, however it is cut: %s', async (_what, format, before, first) => {
    const text = `${before}${first}: 你好\n\n`
    const bytes = new TextEncoder().encode(text)
    const time = clock()
    const result = await peeked(format, streamOf([...bytes].map((byte) => Uint8Array.of(byte))).answer, { time })
    expect(result.ok && (await rest(result.value))).toBe(text)
    expect(time.waiting()).toBe(0)
  })

  test('that is silent for too long is told of once, and held back all the same', async () => {
    const time = clock()
    let late = 0
    const { answer, goOn } = streamOf([START, PING], 'silence')
    const result = peeked('anthropic-messages', answer, { time, onLate: () => (late += 1) })
    await Bun.sleep(0)
    expect(late).toBe(0)
    time.pass()
    expect(late).toBe(1)
    goOn(overloaded)
    expect(await result).toMatchObject({ ok: true, value: { status: 529 } })
    expect(time.waiting()).toBe(0)
  })

  test('is held back up to a number of bytes', async () => {
    const { answer, reads } = streamOf([START, START, START, START], 'silence')
    const result = await peeked('anthropic-messages', answer, { eventBytesMax: START.length * 2 })
    expect([result.ok, reads()]).toEqual([true, 3])
  })

  test('in one piece is read whole, within its limit', async () => {
    const body = JSON.stringify({
      object: 'chat.completion',
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
    })
    const half = body.length / 2
    const parts = [body.slice(0, half), body.slice(half)]
    const whole = await peeked('openai-chat', streamOf(parts).answer, { endsOpen: false })
    const read = whole.ok ? await whole.value.whole(1_000) : whole
    expect(read.ok && new TextDecoder().decode(read.value as Uint8Array)).toBe(body)
    const large = streamOf(parts)
    const cut = await peeked('openai-chat', large.answer, { endsOpen: false })
    expect(cut.ok && (await cut.value.whole(10))).toMatchObject({ ok: false, error: { kind: 'too-large' } })
    expect(large.cancelled()).toBe(true)
  })
})

describe('a stream that breaks off before any content', () => {
  test('fails as what it broke by', async () => {
    expect(await peeked('anthropic-messages', streamOf([START, PING], 'reset').answer)).toEqual(err(BROKEN))
  })

  test('fails when it just ends; what is no stream is left to its reader', async () => {
    expect(await peeked('openai-chat', streamOf([chunk({ role: 'assistant' })]).answer)).toMatchObject({
      ok: false,
      error: { kind: 'reset' },
    })
    const page = await peeked('openai-chat', streamOf(['<html>']).answer, { endsOpen: false })
    expect(page.ok && (await rest(page.value))).toBe('<html>')
  })

  test('fails when it is cancelled, as it is by a hang-up', async () => {
    const { answer } = streamOf([START], 'silence')
    const result = peeked('anthropic-messages', answer)
    answer.cancel()
    expect(await result).toMatchObject({ ok: false, error: { kind: 'aborted' } })
  })
})
