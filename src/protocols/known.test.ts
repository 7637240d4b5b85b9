import { expect, test } from 'bun:test'
import type { WireFormat } from '../canon/operation.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { PROTOCOLS } from './index.ts'

/** What a tap knows after a stream of these events. */
const observed = (format: WireFormat, events: readonly unknown[]) => {
  const tap = PROTOCOLS[format].tap({ withholdUsage: false, eventBytesMax: 16_777_216, deliveredBytesMax: 1_024 })
  for (const event of events) tap.push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
  tap.rest()
  return tap.observe()
}

type Counts = readonly [input: number | null, output: number | null]

const anthropicEvent = ([input_tokens, output_tokens]: Counts, index: number) => {
  const usage = { input_tokens, output_tokens }
  return index === 0 ? { type: 'message_start', message: { content: [], usage } } : { type: 'message_delta', usage }
}

const EVENT: Partial<Record<WireFormat, (counts: Counts, index: number) => unknown>> = {
  'anthropic-messages': anthropicEvent,
  'openai-chat': ([prompt_tokens, completion_tokens]) => ({
    choices: [],
    usage: { prompt_tokens, completion_tokens },
  }),
  'openai-responses': ([input_tokens, output_tokens]) => ({
    type: 'response.completed',
    response: { usage: { input_tokens, output_tokens } },
  }),
  gemini: ([promptTokenCount, candidatesTokenCount]) => ({ usageMetadata: { promptTokenCount, candidatesTokenCount } }),
}

const STREAMS: readonly (readonly [string, readonly Counts[], Counts])[] = [
  [
    'reports that grow: the last',
    [
      [1_000, 1],
      [1_000, 20],
    ],
    [1_000, 20],
  ],
  [
    'zeros at the end: what was told before',
    [
      [1_000, 20],
      [0, 0],
    ],
    [1_000, 20],
  ],
  [
    'less of both at the end: what was told before',
    [
      [1_000, 20],
      [500, 10],
    ],
    [1_000, 20],
  ],
  [
    'less input and no more output: what was told before',
    [
      [1_000, 20],
      [900, 20],
    ],
    [1_000, 20],
  ],
  [
    'an unreadable one at the end: what was told before',
    [
      [1_000, 20],
      [-5, -5],
    ],
    [1_000, 20],
  ],
  [
    'the same again: the same',
    [
      [1_000, 20],
      [1_000, 20],
    ],
    [1_000, 20],
  ],
  [
    'less and then more: the most',
    [
      [1_000, 20],
      [10, 2],
      [1_000, 30],
    ],
    [1_000, 30],
  ],
]
for (const [format, event] of Object.entries(EVENT))
  for (const [says, reports, [input, output]] of STREAMS)
    test(`${format} streams with ${says}`, () => {
      const usage = observed(format as WireFormat, reports.map(event)).usage
      expect(usage).toEqual({ ...NO_USAGE, input, output } as Usage)
    })

test('Gemini may correct its input while its output grows', () => {
  const events = [
    [169, 0],
    [79, 12],
  ].map(([prompt, candidates]) => ({
    usageMetadata: { promptTokenCount: prompt, candidatesTokenCount: candidates },
  }))
  expect(observed('gemini', events).usage).toEqual({ ...NO_USAGE, input: 79, output: 12 } as Usage)
})

test('a Messages stream that tells its input at the start and zero or null at the end has that input', () => {
  for (const input of [0, null, undefined, 'x'])
    expect(
      observed('anthropic-messages', [
        anthropicEvent([1_000, 1], 0),
        { type: 'message_delta', usage: { input_tokens: input, output_tokens: 20 } },
      ]).usage,
    ).toEqual({ ...NO_USAGE, input: 1_000, output: 20 } as Usage)
})

test('Messages input may move between fresh and cached, as long as no less of it is told', () => {
  const events = [
    anthropicEvent([1_000, 1], 0),
    { type: 'message_delta', usage: { input_tokens: 100, cache_read_input_tokens: 900, output_tokens: 20 } },
  ]
  expect(observed('anthropic-messages', events).usage).toEqual({
    ...NO_USAGE,
    input: 100,
    cacheRead: 900,
    output: 20,
  } as Usage)
})

test('a usage object of megabytes is metered, and stored without them', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, pad: 'y'.repeat(8_000_000) }
  const answer = { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }], usage }
  const whole = PROTOCOLS['openai-chat'].readAnswer(Buffer.from(JSON.stringify(answer)), 'generate')
  for (const { usage: metered, rawUsage } of [whole, observed('openai-chat', [answer])]) {
    expect(metered).toEqual({ ...NO_USAGE, input: 10, output: 5 } as Usage)
    expect(rawUsage).toEqual({ prompt_tokens: 10, completion_tokens: 5, truncated: true })
  }
})
