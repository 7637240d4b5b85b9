import { describe, expect, test } from 'bun:test'
import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import {
  about,
  added,
  argsDelta,
  call,
  CREATED,
  done,
  ended,
  event,
  incomplete,
  MESSAGE,
  message,
  read,
  said,
  textDelta,
} from './test-events.ts'

/** What comes between the start and the stop. */
const between = (events: readonly JsonObject[]): readonly AnswerEvent[] =>
  read([CREATED, ...events]).filter(({ type }) => !['start', 'ping', 'usage', 'stop', 'end'].includes(type))

const text = (key: number, piece: string): readonly AnswerEvent[] => [
  { type: 'open', key, opening: { kind: 'text' } },
  { type: 'delta', key, text: piece },
  { type: 'close', key },
]
const called = (piece: string, more: object = {}, cut = false): readonly AnswerEvent[] => [
  { type: 'open', key: 0, opening: { kind: 'tool-call', id: 'call_1', name: 'f', form: 'function', ...more } },
  ...(piece === '' ? [] : [{ type: 'delta', key: 0, text: piece } as const]),
  { type: 'close', key: 0, ...(cut && { cut: true }) },
]
const thought = (piece: string, data?: string): readonly AnswerEvent[] => [
  { type: 'open', key: 0, opening: { kind: 'reasoning', id: 'rs_1' } },
  ...(piece === '' ? [] : [{ type: 'delta', key: 0, text: piece } as const]),
  ...(data === undefined
    ? []
    : [{ type: 'opaque', key: 0, opaque: { family: 'openai', kind: 'reasoning-item', data } } as const]),
  { type: 'close', key: 0 },
]

const rows: readonly [title: string, events: readonly JsonObject[], told: readonly AnswerEvent[]][] = [
  [
    'P4 a text as it comes',
    [
      added(0, { ...MESSAGE, content: [] }),
      event('content_part.added', { ...about(0, 'msg_1'), part: said('') }),
      textDelta('a'),
      event('output_text.done', { ...about(0, 'msg_1'), text: 'a' }),
      event('content_part.done', { ...about(0, 'msg_1'), part: said('a') }),
      done(0, message(said('a'))),
      ended([message(said('a'))]),
    ],
    text(0, 'a'),
  ],
  ['a text of which only deltas came', [textDelta('a'), ended()], text(0, 'a')],
  ['114 a text that only the done item has', [done(0, message(said('a'))), ended()], text(0, 'a')],
  ['114 a text that only the end has', [ended([message(said('a'))])], text(0, 'a')],
  [
    'a text whose last piece only the done item has',
    [textDelta('a'), done(0, message(said('ab'))), ended()],
    [
      { type: 'open', key: 0, opening: { kind: 'text' } },
      { type: 'delta', key: 0, text: 'a' },
      { type: 'delta', key: 0, text: 'b' },
      { type: 'close', key: 0 },
    ],
  ],
  [
    'a text whose events name another item, by its place',
    [
      added(0, MESSAGE),
      event('output_text.delta', { ...about(0, 'msg_x'), delta: 'a' }),
      done(0, message(said('a'))),
      ended(),
    ],
    text(0, 'a'),
  ],
  [
    'a text once, though the end knows it by another id and in another place',
    [
      added(0, { id: 'rs_1', type: 'reasoning', summary: [] }),
      textDelta('a', 1),
      done(1, message(said('a'))),
      ended([{ ...message(said('a')), id: 'msg_other' }]),
    ],
    text(0, 'a'),
  ],
  [
    'P6 a refusal',
    [
      event('refusal.delta', { ...about(0, 'msg_1'), delta: 'no' }),
      done(0, message({ type: 'refusal', refusal: 'no' })),
      ended(),
    ],
    [
      { type: 'open', key: 0, opening: { kind: 'refusal' } },
      { type: 'delta', key: 0, text: 'no' },
      { type: 'close', key: 0 },
    ],
  ],
  [
    'P4 128 the parts and the phase of a message',
    [done(0, { ...message(said('a'), said('b')), phase: 'commentary' }), ended()],
    [...text(0, 'a'), ...text(1, 'b')].map((each) =>
      each.type === 'open' ? { ...each, opening: { kind: 'text', phase: 'commentary' } } : each,
    ),
  ],
  [
    'P4 51 a call by its call id, not its item’s',
    [added(0, call('')), argsDelta('{}'), done(0, call('{}')), ended()],
    called('{}'),
  ],
  ['P6 a call without deltas', [added(0, call('')), done(0, call('{"a":1.0}')), ended()], called('{"a":1.0}')],
  ['a call that only the end has', [ended([call('{}')])], called('{}')],
  ['a call in a namespace', [done(0, call('{}', { namespace: 'mcp' })), ended()], called('{}', { namespace: 'mcp' })],
  [
    'a call whose name comes after its first arguments',
    [added(0, call('', { name: '' })), argsDelta('{'), argsDelta('}'), done(0, call('{}')), ended()],
    called('{}'),
  ],
  [
    'P6 70 a custom tool’s call',
    [
      added(0, { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_1', name: 'f', input: '' }),
      event('custom_tool_call_input.delta', { ...about(0, 'ctc_1'), delta: '*** B' }),
      ended([{ id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_1', name: 'f', input: '*** B' }]),
    ],
    called('*** B', { form: 'custom' }),
  ],
  [
    'a call of OpenAI’s shell',
    [
      done(0, { id: 'lsh_1', type: 'local_shell_call', call_id: 'call_1', action: { type: 'exec', command: ['ls'] } }),
      ended(),
    ],
    called('{"command":["ls"]}', { name: 'local_shell', typed: 'local_shell' }),
  ],
  [
    '110 a call that its item says is incomplete',
    [
      added(0, call('')),
      argsDelta('{"a'),
      done(0, call('{"a', { status: 'incomplete' })),
      incomplete('max_output_tokens'),
    ],
    called('{"a', {}, true),
  ],
  [
    '110 a call that never was done before the limit, though it happens to parse',
    [added(0, call('')), argsDelta('{}'), incomplete('max_output_tokens')],
    called('{}', {}, true),
  ],
  [
    'a call that never was done and does not parse',
    [added(0, call('')), argsDelta('{"a'), ended()],
    called('{"a', {}, true),
  ],
  [
    'P4 the parts of a summary as paragraphs of one block',
    [
      added(0, { id: 'rs_1', type: 'reasoning', summary: [] }),
      event('reasoning_summary_part.added', about(0, 'rs_1')),
      event('reasoning_summary_text.delta', { ...about(0, 'rs_1'), delta: 'a' }),
      event('reasoning_summary_text.delta', { ...about(0, 'rs_1'), summary_index: 1, delta: 'b' }),
      done(0, { id: 'rs_1', type: 'reasoning', summary: [{ text: 'a' }, { text: 'b' }] }),
      ended(),
    ],
    [
      { type: 'open', key: 0, opening: { kind: 'reasoning', id: 'rs_1' } },
      { type: 'delta', key: 0, text: 'a' },
      { type: 'paragraph', key: 0 },
      { type: 'delta', key: 0, text: 'b' },
      { type: 'close', key: 0 },
    ],
  ],
  [
    '2 11 the state of reasoning from the done item, though there is nothing to read',
    [
      added(0, { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'partial' }),
      done(0, { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAA' }),
      ended(),
    ],
    thought('', '{"id":"rs_1","summary":[],"encrypted_content":"gAAA"}'),
  ],
  [
    'reasoning itself, and not its summary as well',
    [
      event('reasoning_text.delta', { ...about(0, 'rs_1'), delta: 'a' }),
      event('reasoning_summary_text.delta', { ...about(0, 'rs_1'), delta: 's' }),
      ended(),
    ],
    thought('a').map((each) => (each.type === 'open' ? { ...each, opening: { kind: 'reasoning' } } : each)),
  ],
  ['nothing of reasoning that shows nothing', [done(0, { id: 'rs_1', type: 'reasoning', summary: [] }), ended()], []],
  [
    '78 a hosted tool’s call whole, and no call',
    [
      added(0, { id: 'ws_1', type: 'web_search_call', status: 'in_progress' }),
      event('web_search_call.searching', about(0, 'ws_1')),
      done(0, { id: 'ws_1', type: 'web_search_call', action: { query: 'q' } }),
      ended(),
    ],
    [
      {
        type: 'whole',
        block: {
          kind: 'vendor',
          type: 'web_search_call',
          opaque: {
            family: 'openai',
            kind: 'native-block',
            data: '{"id":"ws_1","type":"web_search_call","action":{"query":"q"}}',
          },
          text: 'q',
        },
      },
    ],
  ],
  [
    '96 annotations of code points, after the text that they are about',
    [
      textDelta('😀 cafe'),
      event('output_text.annotation.added', {
        ...about(0, 'msg_1'),
        annotation: { type: 'url_citation', url: 'u', title: 't', start_index: 2, end_index: 6 },
      }),
      ended(),
    ],
    [
      { type: 'open', key: 0, opening: { kind: 'text' } },
      { type: 'delta', key: 0, text: '😀 cafe' },
      {
        type: 'citation',
        key: 0,
        citation: {
          url: 'u',
          title: 't',
          start: 3,
          end: 7,
          native: {
            format: 'openai-responses',
            value: { type: 'url_citation', url: 'u', title: 't', start_index: 2, end_index: 6 },
          },
        },
      },
      { type: 'close', key: 0 },
    ],
  ],
  [
    '112 nothing of events nobody knows',
    [event('hologram.delta', { output_index: 0, delta: 'x' }), { type: 'surprise' }, {}, ended()],
    [],
  ],
]

describe('a stream tells', () => {
  for (const [title, events, told] of rows) test(title, () => expect(between(events)).toEqual(told))

  test('101 the deltas of parallel calls each for its own', () => {
    const second = { id: 'fc_2', call_id: 'call_2', name: 'g' }
    const answer = collect(
      read([
        CREATED,
        added(0, call('')),
        added(1, call('', second)),
        event('function_call_arguments.delta', { output_index: 1, item_id: 'fc_2', delta: '{"b":' }),
        argsDelta('{"a":'),
        event('function_call_arguments.delta', { output_index: 1, item_id: 'fc_2', delta: '2}' }),
        argsDelta('1}'),
        done(1, call('{"b":2}', second)),
        done(0, call('{"a":1}')),
        ended(),
      ]),
    )
    expect(answer.blocks).toMatchObject([
      { id: 'call_1', arguments: '{"a":1}' },
      { id: 'call_2', arguments: '{"b":2}' },
    ])
  })

  test('its usage, tier and stop at the end', () => {
    const usage = { input_tokens: 10, output_tokens: 2, total_tokens: 12, input_tokens_details: { cached_tokens: 4 } }
    expect(read([CREATED, textDelta('a'), ended([], { usage, service_tier: 'flex' })]).slice(-3)).toMatchObject([
      { type: 'usage', usage: { input: 6, cacheRead: 4, output: 2 } },
      { type: 'stop', stop: { reason: 'natural', native: 'completed' }, serviceTier: 'flex' },
      { type: 'end' },
    ])
  })

  test('signs of life as such', () => {
    const types = read([CREATED, event('in_progress'), { type: 'keepalive' }, event('mcp_call.in_progress')]).map(
      ({ type }) => type,
    )
    expect(types).toEqual(['start', 'ping', 'ping', 'ping', 'error'])
  })
})
