import { describe, expect, test } from 'bun:test'
import { collect } from '../../canon/collect.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { bedrockConverseCodec } from './codec.ts'
import { bedrockConverse } from './index.ts'

const SOURCE = { family: 'bedrock', requestId: 'req_1' }
const USAGE = { inputTokens: 10, outputTokens: 5, totalTokens: 15 }

const delta = (contentBlockIndex: number, piece: JsonObject) => ({
  contentBlockDelta: { contentBlockIndex, delta: piece },
})
const call = (contentBlockIndex: number, toolUseId: string) => ({
  contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId, name: 'weather' } } },
})
const close = (contentBlockIndex: number) => ({ contentBlockStop: { contentBlockIndex } })
const end = (stopReason: string, usage: JsonObject | undefined = USAGE) => [
  { messageStop: { stopReason } },
  ...(usage ? [{ metadata: { usage, metrics: { latencyMs: 5 } } }] : []),
]
const START = { messageStart: { role: 'assistant' } }

const read = (events: readonly JsonObject[]) => {
  const parser = bedrockConverseCodec.parseStream(SOURCE)
  return collect([...events.flatMap((event) => parser.push(event, '')), ...parser.end()])
}
const whole = (content: readonly JsonObject[], stopReason: string) =>
  bedrockConverseCodec.parseResponse(
    { output: { message: { role: 'assistant', content } }, stopReason, usage: USAGE },
    SOURCE,
  )

const PAGE = {
  title: 'Report',
  sourceContent: [{ text: 'so' }],
  location: { documentPage: { documentIndex: 1, start: 2, end: 3 } },
}
const WEB = { title: 'Site', location: { web: { url: 'https://e.com/a', domain: 'e.com' } } }

/** The same answers, streamed and whole. */
const ANSWERS: readonly (readonly [string, readonly JsonObject[], readonly JsonObject[], string])[] = [
  [
    'text that does not say that it begins',
    [delta(0, { text: 'Hel' }), delta(0, { text: 'lo' }), close(0)],
    [{ text: 'Hello' }],
    'end_turn',
  ],
  [
    'reasoning with its signature, then text',
    [
      delta(0, { reasoningContent: { text: 'Hm' } }),
      delta(0, { reasoningContent: { signature: 'c2ln' } }),
      close(0),
      delta(1, { text: 'Hi' }),
      close(1),
    ],
    [{ reasoningContent: { reasoningText: { text: 'Hm', signature: 'c2ln' } } }, { text: 'Hi' }],
    'end_turn',
  ],
  [
    'hidden reasoning',
    [delta(0, { reasoningContent: { redactedContent: 'AAEC' } }), close(0)],
    [{ reasoningContent: { redactedContent: 'AAEC' } }],
    'end_turn',
  ],
  [
    'text that cites a page of a document and an address',
    [
      delta(0, { text: 'It ' }),
      delta(0, { citation: PAGE }),
      delta(0, { text: 'says so' }),
      delta(0, { citation: WEB }),
      close(0),
    ],
    [{ citationsContent: { content: [{ text: 'It says so' }], citations: [PAGE, WEB] } }],
    'end_turn',
  ],
  [
    'interleaved calls, one without arguments',
    [
      call(0, 't0'),
      call(1, 't1'),
      delta(0, { toolUse: { input: '{"a":' } }),
      delta(0, { toolUse: { input: '1}' } }),
      close(1),
      close(0),
    ],
    [
      { toolUse: { toolUseId: 't0', name: 'weather', input: { a: 1 } } },
      { toolUse: { toolUseId: 't1', name: 'weather', input: {} } },
    ],
    'tool_use',
  ],
]

describe('a stream', () => {
  test.each(ANSWERS)('of %s means what the whole answer means', (_, events, content, stopReason) => {
    const answer = read([START, ...events, ...end(stopReason)])
    expect(answer.error).toBeUndefined()
    expect(answer).toEqual(whole(content, stopReason))
  })

  test.each(ANSWERS)('of %s that ends early is never a success', (_, events, _content, stopReason) => {
    const all = [START, ...events, ...end(stopReason)]
    for (let length = 0; length < all.length - 2; length++)
      expect(read(all.slice(0, length)).error?.kind).toBe('stream-broken')
  })

  test('that ends without its usage is whole', () => {
    expect(read([START, delta(0, { text: 'Hi' }), close(0), ...end('end_turn', undefined).slice(0, 1)])).toMatchObject({
      blocks: [{ kind: 'text', text: 'Hi' }],
      stop: { reason: 'natural' },
    })
  })

  test('says of a call that the output limit cut it', () => {
    const answer = read([START, call(0, 't0'), delta(0, { toolUse: { input: '{"a' } }), close(0), ...end('max_tokens')])
    expect(answer).toMatchObject({ stop: { reason: 'output-limit' }, blocks: [{ kind: 'tool-call', cut: true }] })
  })

  test.each([
    [{ throttlingException: { message: 'slow' } }, 'rate-limit-exceeded'],
    [{ modelStreamErrorException: { message: 'x' } }, 'upstream-failed'],
    [{ validationException: { message: 'Input is bad' } }, 'invalid-request'],
    [{ error: { message: 'gone' } }, 'upstream-failed'],
  ] as const)('with %j in it ends in that error', (event, kind) => {
    expect(read([START, delta(0, { text: 'Hi' }), event, ...end('end_turn')]).error?.kind).toBe(kind)
  })
})

test.each([
  ['guardrail_intervened', 'filter'],
  ['content_filtered', 'filter'],
  ['model_context_window_exceeded', 'context-full'],
  ['malformed_tool_use', 'malformed-call'],
  ['stop_sequence', 'stop-sequence'],
  ['news', 'other'],
] as const)('the reason %s is told as %s', (native, reason) => {
  expect(whole([{ text: 'x' }], native).stop).toEqual({ reason, native })
})

test('citations are told as Messages has them', () => {
  const [block] = whole(
    [{ citationsContent: { content: [{ text: 'so' }], citations: [PAGE, WEB] } }],
    'end_turn',
  ).blocks
  expect(block).toMatchObject({
    citations: [
      {
        title: 'Report',
        citedText: 'so',
        native: { value: { type: 'page_location', document_index: 1, start_page_number: 2, end_page_number: 3 } },
      },
      { title: 'Site', url: 'https://e.com/a' },
    ],
  })
})

describe('usage', () => {
  const cached = {
    ...USAGE,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 30,
    cacheDetails: [{ ttl: '1h', inputTokens: 20 }],
  }
  const expected = { input: 10, cacheRead: 100, cacheWrite5m: 10, cacheWrite1h: 20, output: 5 }

  test('of a whole answer counts the cache beside the input', () => {
    const body = { output: { message: { content: [{ text: 'Hi' }] } }, stopReason: 'end_turn', usage: cached }
    const observed = bedrockConverse.readAnswer(Buffer.from(JSON.stringify(body)), 'generate')
    expect(observed).toMatchObject({ usage: expected, rawUsage: cached, terminal: true, contentSeen: true })
    expect(bedrockConverseCodec.parseResponse(body, SOURCE).usage).toMatchObject(expected)
  })

  test('of a stream comes after its end', () => {
    const tap = bedrockConverse.tap({ withholdUsage: false, eventBytesMax: 10_000, deliveredBytesMax: 1_000 })
    const events = [START, delta(0, { text: 'Hi' }), delta(0, { text: ' all' }), close(0), ...end('end_turn', cached)]
    for (const event of events) {
      const [name] = Object.keys(event)
      tap.push(Buffer.from(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`))
    }
    expect(tap.observe()).toMatchObject({ usage: expected, terminal: true, contentSeen: true, error: undefined })
    expect(tap.delivered()).toBe('Hi all')
  })
})
