import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AnswerEvent } from '../../canon/answer.ts'
import { collect } from '../../canon/collect.ts'
import { fault } from '../../errors.ts'
import { objectOf, textOf } from '../json.ts'
import { renderResponse } from './render-response.ts'
import { renderStream } from './render-stream.ts'
import {
  checked,
  close,
  cut,
  delta,
  ended,
  interleaved,
  openCall,
  reversal,
  sequential,
  START,
  stream,
  text,
  thinking,
  whole,
} from './test-answers.ts'

/** Names without `response.`, with the place they are about. */
const told = (events: readonly AnswerEvent[]): readonly string[] =>
  stream([START, ...events]).map(({ type, output_index, content_index }) =>
    [textOf(type).replace('response.', ''), output_index, content_index].filter((part) => part !== undefined).join(' '),
  )

const BEGINNING = ['created', 'in_progress']
const PART = (at: string) => [`content_part.added ${at}`, `output_text.delta ${at}`]
const PART_END = (at: string) => [`output_text.done ${at}`, `content_part.done ${at}`]

const rows: readonly [title: string, events: readonly AnswerEvent[], names: readonly string[]][] = [
  [
    'P3 a text is one part of a message that is done at the end',
    [...text(0, 'a', 'b'), ...ended()],
    [
      'output_item.added 0',
      ...PART('0 0'),
      'output_text.delta 0 0',
      ...PART_END('0 0'),
      'output_item.done 0',
      'completed',
    ],
  ],
  [
    'P3 two texts in a row are two parts of one message',
    [...text(0, 'a'), ...text(1, 'b'), ...ended()],
    [
      'output_item.added 0',
      ...PART('0 0'),
      ...PART_END('0 0'),
      ...PART('0 1'),
      ...PART_END('0 1'),
      'output_item.done 0',
      'completed',
    ],
  ],
  [
    'P3 thinking, then text, then a call: each an item, the message done before the call begins',
    [
      ...thinking(0, 't'),
      ...text(1, 'a'),
      openCall(2),
      delta(2, '{"a"'),
      delta(2, ':1}'),
      close(2),
      ...ended('tool-calls'),
    ],
    [
      'output_item.added 0',
      'reasoning_summary_part.added 0',
      'reasoning_summary_text.delta 0',
      'reasoning_summary_text.done 0',
      'reasoning_summary_part.done 0',
      'output_item.done 0',
      'output_item.added 1',
      ...PART('1 0'),
      ...PART_END('1 0'),
      'output_item.done 1',
      'output_item.added 2',
      'function_call_arguments.delta 2',
      'function_call_arguments.delta 2',
      'function_call_arguments.done 2',
      'output_item.done 2',
      'completed',
    ],
  ],
  [
    'P3 redacted thinking is an item without a summary',
    [...thinking(0), ...text(1, 'a'), ...ended()],
    [
      'output_item.added 0',
      'output_item.done 0',
      'output_item.added 1',
      ...PART('1 0'),
      ...PART_END('1 0'),
      'output_item.done 1',
      'completed',
    ],
  ],
  [
    'P5 the deltas of parallel calls may interleave',
    [
      openCall(0),
      openCall(1),
      delta(1, '{"b"'),
      delta(0, '{"a"'),
      delta(1, ':1}'),
      delta(0, ':1}'),
      close(0),
      close(1),
      ...ended('tool-calls'),
    ],
    [
      'output_item.added 0',
      'function_call_arguments.delta 0',
      'output_item.added 1',
      'function_call_arguments.delta 1',
      'function_call_arguments.delta 1',
      'function_call_arguments.delta 0',
      'function_call_arguments.done 0',
      'output_item.done 0',
      'function_call_arguments.done 1',
      'output_item.done 1',
      'completed',
    ],
  ],
  [
    'P5 a refusal has events of its own',
    [{ type: 'open', key: 0, opening: { kind: 'refusal' } }, delta(0, 'no'), close(0), ...ended()],
    [
      'output_item.added 0',
      'content_part.added 0 0',
      'refusal.delta 0 0',
      'refusal.done 0 0',
      'content_part.done 0 0',
      'output_item.done 0',
      'completed',
    ],
  ],
  [
    '110 a call that was cut is never said to be done with its arguments',
    [openCall(0), delta(0, '{"a'), delta(0, '":'), cut(0), ...ended('output-limit')],
    [
      'output_item.added 0',
      'function_call_arguments.delta 0',
      'function_call_arguments.delta 0',
      'output_item.done 0',
      'incomplete',
    ],
  ],
  [
    '142 an answer of nothing is a message of nothing',
    ended(),
    ['output_item.added 0', 'content_part.added 0 0', ...PART_END('0 0'), 'output_item.done 0', 'completed'],
  ],
]

describe('a stream', () => {
  for (const [title, events, names] of rows)
    test(title, () => {
      expect(told(events)).toEqual([...BEGINNING, ...names])
      whole(events)
    })

  test('111 begins with `response.created`, whatever comes first', () => {
    for (const first of [delta(9, 'x'), ...text(0, 'a'), ...ended()]) {
      const renderer = renderStream(reversal())
      expect(renderer.push({ type: 'ping' })).toBe(': keep-alive\n\n')
      expect(renderer.push(first)).toStartWith('event: response.created\n')
    }
  })

  test('is the same text for the same events', () => {
    const written = () => {
      const renderer = renderStream(reversal())
      return [START, ...thinking(0, 't'), ...text(1, 'a'), openCall(2), close(2), ...ended()]
        .map((event) => renderer.push(event))
        .join('')
    }
    expect(written()).toBe(written())
  })

  test('112 113 114 obeys the accumulator’s rules under any interleaving of its blocks', () => {
    fc.assert(
      fc.property(interleaved, (events) => {
        checked(stream(events))
        checked(stream(events, reversal({ showsReasoning: false })))
      }),
      { seed: 3, numRuns: 300 },
    )
  })

  test('ends in the response that the whole answer is', () => {
    fc.assert(
      fc.property(sequential, fc.boolean(), (events, showsReasoning) => {
        const client = reversal({ showsReasoning })
        expect(renderResponse(collect(events), client).body).toEqual(checked(stream(events, client)))
      }),
      { seed: 3, numRuns: 300 },
    )
  })

  test('115 that fails ends in `response.failed`, wherever it fails, and nothing follows', () => {
    fc.assert(
      fc.property(interleaved, fc.nat(), (events, at) => {
        const until = events.slice(0, at % (events.length - 1))
        const error: AnswerEvent = { type: 'error', error: fault('stream-broken', 'It broke.') }
        const written = stream([...until, error, ...events])
        expect(checked(written)).toMatchObject({
          status: 'failed',
          error: { code: 'server_error', message: 'It broke.' },
        })
        expect(written.at(-2)).toMatchObject({ type: 'error', error: { code: 'upstream_stream_broken' } })
        expect(written.filter(({ type }) => type === 'response.completed')).toEqual([])
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  test('that fails shows what is unfinished as incomplete', () => {
    const error: AnswerEvent = { type: 'error', error: fault('overloaded', 'Busy.') }
    const response = checked(
      stream([START, ...text(0, 'a'), openCall(1), delta(1, '{"a'), delta(1, '":1}'), openCall(2), error]),
    )
    expect(response).toMatchObject({
      error: { code: 'server_is_overloaded' },
      output: [
        { type: 'message', status: 'completed' },
        { type: 'function_call', status: 'incomplete', arguments: '{"a":1}' },
      ],
    })
  })

  test('that ends without a stop is no success', () => {
    expect(checked(stream([START, ...text(0, 'a'), { type: 'end' }]))).toMatchObject({ status: 'failed' })
  })
})

test('the likelihoods of tokens are those of the part, and of its deltas', () => {
  const token = { token: 'a', logprob: -0.5, bytes: [97], top: [] }
  const events = stream([
    START,
    { type: 'open', key: 0, opening: { kind: 'text' } },
    { type: 'delta', key: 0, text: 'a', logprobs: [token] },
    close(0),
    ...ended(),
  ])
  const logprobs = [{ token: 'a', logprob: -0.5, bytes: [97], top_logprobs: [] }]
  expect(events.find(({ type }) => type === 'response.output_text.delta')).toMatchObject({ logprobs })
  expect(checked(events).output).toMatchObject([{ content: [{ logprobs }] }])
})

test('every event says what it is about', () => {
  const events = stream([START, ...text(0, 'a'), ...ended()])
  expect(objectOf(events[0]?.response)).toMatchObject({ id: 'resp_1', status: 'in_progress', output: [], usage: null })
  expect(events[4]).toEqual({
    type: 'response.output_text.delta',
    sequence_number: 4,
    item_id: 'msg_1_0',
    output_index: 0,
    content_index: 0,
    delta: 'a',
    logprobs: [],
  })
})
