import { afterAll, beforeAll, describe, expect, test, setDefaultTimeout } from 'bun:test'
import {
  CHAT,
  chatAnswer,
  DIALECTS,
  reply,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  startStage,
  stream,
} from './scripted.ts'

const { chat, gemini } = DIALECTS

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const thinking = (levels: number): string =>
  `${'[{"type":"thinking","thinking":'.repeat(levels)}[]${'}]'.repeat(levels)}`

/** A Chat answer whose content and usage are these bytes. */
const raw = (content: string, more = ''): string =>
  `{"choices":[{"index":0,"message":{"content":${content}},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5${more}}}`

const rawStream = (content: string, more = ''): Script =>
  stream(async (out) => {
    await out.write(`data: {"choices":[{"index":0,"delta":{"content":${content}}}]}\n\n`)
    await out.write(CHAT.text('Hello'))
    await out.write(
      `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5${more}}}\n\ndata: [DONE]\n\n`,
    )
    out.end()
  })

const LEVELS = 60_000

describe('what would break a reader', () => {
  const answers: readonly (readonly [string, Script, boolean])[] = [
    ['deeply nested thinking', reply(200, raw(thinking(LEVELS))), false],
    ['a deeply nested usage', reply(200, raw('"hi"', `,"x":${nested(LEVELS)}`)), false],
    ['a usage of eight megabytes', reply(200, raw('"hi"', `,"x":"${'y'.repeat(8_000_000)}"`)), false],
    ['a deeply nested error', reply(200, `{"error":${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}}`), false],
    ['a deeply nested refusal', reply(400, `{"error":${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}}`), false],
    ['token counts that are no counts', reply(200, raw('"hi"').replace('10', '-5').replace(':5', ':1e30')), false],
    ['deeply nested thinking in a stream', rawStream(thinking(LEVELS)), true],
    ['a deeply nested usage in a stream', rawStream('"hi"', `,"x":${nested(LEVELS)}`), true],
  ]
  test.each(answers)(
    '%s ends in one settlement, with nothing held and a clean ledger',
    async (_what, script, streamed) => {
      const answer = await stage.ask(chat, script, { body: { stream: streamed } })
      await answer.text()
      const receipt = await stage.settled()
      expect(receipt?.request_id).toBe(answer.headers.get('x-request-id') ?? '')
      expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
    },
  )

  test('an embedding that reports output is charged for its input alone', async () => {
    const script = replyJson({
      embedding: { values: [1, 2] },
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 },
    })
    const answer = await stage.ask(gemini, script, {
      path: '/v1beta/models/embed:embedContent',
      body: { contents: undefined, content: { parts: [{ text: stage.upstream.plays(script) }] } },
    })
    expect(answer.status).toBe(200)
    // Five tokens at 3 USD a million.
    expect(await stage.settled()).toMatchObject({
      ended: 'whole',
      cost_usd: '0.000015000',
      usage: { input: 5, output: 0 },
      usage_source: 'upstream',
    })
  })
})

const ENTIRE = { ended: 'whole', status: 200, usage: { input: 10, output: 5 }, cost_usd: '0.000105000' }
const FREE = { ended: 'failed', cost_usd: '0.000000000' }

describe('a whole answer', () => {
  const rows: readonly (readonly [string, Script, number, object])[] = [
    ['without an error', replyJson(chatAnswer({ error: null })), 200, ENTIRE],
    ['with an empty string for an error', replyJson(chatAnswer({ error: '' })), 200, ENTIRE],
    ['with an empty object for an error', replyJson(chatAnswer({ error: {} })), 200, ENTIRE],
    ['of status 201', reply(201, JSON.stringify(chatAnswer())), 201, { ...ENTIRE, status: 201 }],
    [
      'with an error beside its content',
      replyJson(chatAnswer({ error: { message: 'broke off' } })),
      200,
      { ended: 'upstream_cut', status: 200 },
    ],
    ['of an error alone', replyJson({ error: { message: 'no' } }), 200, FREE],
    ['of an empty object', replyJson({}), 502, FREE],
    ['of nothing', reply(200, ''), 502, FREE],
    ['of status 204', (socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n'), 502, FREE],
    ['of status 205', reply(205, ''), 502, FREE],
    ['that points elsewhere', reply(302, '', { location: 'http://127.0.0.1:1/' }), 502, FREE],
  ]
  test.each(rows)('%s is charged as what it is', async (_what, script, status, expected) => {
    const answer = await stage.ask(chat, script)
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringMatching(/^\{/)])
    const receipt = await stage.settled()
    expect(receipt).toMatchObject(expected)
    if (receipt?.ended === 'upstream_cut') expect(Number(receipt.cost_usd)).toBeGreaterThan(0)
  })
})

describe('a stream', () => {
  const tell = (type: string): Script =>
    stream(async (out) => {
      await out.write(CHAT.text('Hello') + CHAT.end(10, 5))
      out.end()
    }, type)

  test.each(['text/event-stream', 'Text/Event-Stream', 'TEXT/EVENT-STREAM;charset=UTF-8'])(
    'is one by its type, however that is written: %s',
    async (type) => {
      for (const streamed of [true, false]) {
        const answer = await stage.ask(chat, tell(type), { body: { stream: streamed } })
        expect(await answer.text()).toMatch(/^data: .*Hello[\s\S]*data: \[DONE\]\n\n$/)
        expect(await stage.settled()).toMatchObject(ENTIRE)
      }
    },
  )
})

describe('after all of this', () => {
  test('nothing is held, the ledger adds up, and nobody saw a vendor’s key', async () => {
    expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0, sum_usd: '0.000000000' })
    expect(stage.gateway.output()).not.toMatch(/vendor-key|sk-tg-/)
  })
})
