import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { UpstreamFormat } from '../canon/operation.ts'
import { UPSTREAM_PROTOCOLS } from './index.ts'

const event = (value: unknown): string => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`
const tapOf = (format: UpstreamFormat, answers = 1) =>
  UPSTREAM_PROTOCOLS[format].tap({ withholdUsage: false, answers, eventBytesMax: 65_536, deliveredBytesMax: 1_000 })

const chat = (index: number | undefined, content: string, reason: string | null = null) => ({
  choices: [{ index, delta: content === '' ? {} : { content }, finish_reason: reason }],
})
const completion = (index: number, text: string, reason: string | null = null) => ({
  choices: [{ index, text, finish_reason: reason }],
})
const gemini = (index: number | undefined, text: string, finishReason?: string) => ({
  candidates: [{ index, content: { parts: text === '' ? [] : [{ text }] }, finishReason }],
})
const COUNTED = { prompt_tokens: 9, completion_tokens: 4 }
const USAGE = { choices: [], usage: COUNTED }
const RESPONSE = { status: 'completed', output: [{ type: 'message' }] }

/** What is known after each event: `-` nothing of an end, `finished`, `whole`, or `over`. */
const ENDS: readonly (readonly [string, UpstreamFormat, readonly (readonly [unknown, string])[]])[] = [
  [
    'Chat as OpenAI streams it',
    'openai-chat',
    [
      [chat(0, 'Hi'), '-'],
      [chat(0, '', 'stop'), 'whole'],
      [USAGE, 'whole'],
      ['[DONE]', 'over'],
    ],
  ],
  [
    'Chat with its usage in the last chunk, and no mark',
    'openai-chat',
    [
      [chat(0, 'Hi'), '-'],
      [{ ...chat(0, '', 'stop'), usage: COUNTED }, 'whole'],
    ],
  ],
  [
    'Chat whose last chunk has no number',
    'openai-chat',
    [
      [chat(0, 'Hi'), '-'],
      [chat(undefined, '', 'stop'), 'whole'],
    ],
  ],
  [
    'Chat with nothing but a mark',
    'openai-chat',
    [
      [chat(0, 'Hi'), '-'],
      ['[DONE]', 'over'],
    ],
  ],
  [
    'Completions',
    'openai-completions',
    [
      [completion(0, 'Hi'), '-'],
      [completion(0, '', 'length'), 'whole'],
      ['[DONE]', 'over'],
    ],
  ],
  [
    'Messages',
    'anthropic-messages',
    [
      [{ type: 'message_start', message: { content: [], usage: { input_tokens: 1, output_tokens: 1 } } }, '-'],
      [{ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }, '-'],
      [{ type: 'content_block_stop', index: 0 }, '-'],
      [{ type: 'message_delta', delta: {}, usage: { output_tokens: 1 } }, '-'],
      [{ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }, 'finished'],
      [{ type: 'message_stop' }, 'over'],
    ],
  ],
  [
    'Responses',
    'openai-responses',
    [
      [{ type: 'response.output_text.delta', delta: 'Hi' }, '-'],
      [{ type: 'response.output_text.done', text: 'Hi' }, '-'],
      [{ type: 'response.output_item.done', item: { type: 'message' } }, '-'],
      [{ type: 'response.completed', response: RESPONSE }, 'over'],
    ],
  ],
  [
    'Gemini',
    'gemini',
    [
      [gemini(0, 'Hi'), '-'],
      [gemini(undefined, '', 'STOP'), 'whole'],
      [{ usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1 } }, 'whole'],
    ],
  ],
  [
    'Gemini that goes on after a tool of its own',
    'gemini',
    [
      [gemini(undefined, 'so', 'STOP'), 'whole'],
      [gemini(undefined, 'it is'), '-'],
      [gemini(undefined, '', 'STOP'), 'whole'],
    ],
  ],
  [
    'Converse, whose usage comes last',
    'bedrock-converse',
    [
      [{ contentBlockDelta: { delta: { text: 'Hi' } } }, '-'],
      [{ messageStop: { stopReason: 'end_turn' } }, 'whole'],
      [{ metadata: { usage: { inputTokens: 1, outputTokens: 1 } } }, 'over'],
    ],
  ],
]

describe('it is known as soon as it is told, and no sooner', () => {
  test.each(ENDS)('that the content ended, and the stream: %s', (_what, format, events) => {
    const tap = tapOf(format)
    for (const [value, expected] of events) {
      tap.push(Buffer.from(event(value)))
      const { terminal, finished, over } = tap.observe()
      const known = over && terminal ? 'over' : terminal ? 'whole' : finished ? 'finished' : '-'
      expect([value, known]).toEqual([value, expected])
    }
  })
})

type Told = readonly [index: number, ends: boolean]
type Tell = (index: number, content: string, ends: boolean) => unknown

const SIDE_BY_SIDE: readonly (readonly [UpstreamFormat, Tell])[] = [
  ['openai-chat', (index, content, ends) => chat(index, content, ends ? 'stop' : null)],
  ['openai-completions', (index, content, ends) => completion(index, content, ends ? 'stop' : null)],
  ['gemini', (index, content, ends) => gemini(index === 0 ? undefined : index, content, ends ? 'STOP' : undefined)],
]

/** Answers of some length each, told in any order. */
const told: fc.Arbitrary<readonly Told[]> = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 })
  .map((lengths) => lengths.flatMap((length, index) => new Array<number>(length + 1).fill(index)))
  .chain((words) => fc.shuffledSubarray(words, { minLength: words.length }))
  .map((order) => order.map((index, at): Told => [index, order.lastIndexOf(index) === at]))

describe('of several answers side by side', () => {
  test.each(SIDE_BY_SIDE)('%s: no beginning that lacks the end of one is whole, and all of it is', (format, tell) => {
    fc.assert(
      fc.property(told, (events) => {
        const asked = new Set(events.map(([index]) => index)).size
        const tap = tapOf(format, asked)
        const ended = new Set<number>()
        for (const [index, ends] of events) {
          tap.push(Buffer.from(event(tell(index, 'word', ends))))
          if (ends) ended.add(index)
          expect(tap.observe().terminal).toBe(ended.size === asked)
        }
      }),
      { seed: 6, numRuns: 200 },
    )
  })

  test('one that told its end twice has not told that of another', () => {
    const tap = tapOf('openai-chat', 2)
    for (const value of [chat(0, 'a', 'stop'), chat(0, '', 'stop')]) tap.push(Buffer.from(event(value)))
    expect(tap.observe().terminal).toBe(false)
  })

  test.each([
    ['a usage of all', USAGE],
    ['the mark of the end', '[DONE]'],
  ])('a server that gave fewer than were asked for is believed with %s', (_what, last) => {
    const tap = tapOf('openai-chat', 3)
    tap.push(Buffer.from(event(chat(0, 'a', 'stop'))))
    expect(tap.observe().terminal).toBe(false)
    tap.push(Buffer.from(event(last)))
    expect(tap.observe().terminal).toBe(true)
  })
})
