import { describe, expect, test } from 'bun:test'
import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { readJson } from '../../canon/json-text.ts'
import { parseResponse } from './parse-response.ts'
import { parseStream } from './parse-stream.ts'

const SOURCE = { family: 'anthropic', requestId: 'req_1' }

const parsed = (events: readonly JsonObject[]): readonly AnswerEvent[] => {
  const parser = parseStream(SOURCE)
  return [...events.flatMap((event) => parser.push(event, String(event.type))), ...parser.end()]
}

const START = { type: 'message_start', message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 7 } } }
const begin = (index: number, block: JsonObject) => ({ type: 'content_block_start', index, content_block: block })
const more = (index: number, type: string, delta: JsonObject) => ({
  type: 'content_block_delta',
  index,
  delta: { type, ...delta },
})
const end = (index: number) => ({ type: 'content_block_stop', index })
const change = (reason: string, usage: JsonObject = { output_tokens: 3 }) => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null },
  usage,
})
const STOP = { type: 'message_stop' }
const CALL = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }
const piece = (index: number, json: string) => more(index, 'input_json_delta', { partial_json: json })

const WHOLE = [
  START,
  { type: 'ping' },
  begin(0, { type: 'thinking', thinking: '', signature: '' }),
  more(0, 'thinking_delta', { thinking: 'hm' }),
  more(0, 'signature_delta', { signature: 'first' }),
  more(0, 'signature_delta', { signature: 'Eq==' }),
  end(0),
  begin(1, { type: 'redacted_thinking', data: 'opaque' }),
  end(1),
  begin(2, { type: 'text', text: '' }),
  more(2, 'text_delta', { text: 'Hello' }),
  more(2, 'citations_delta', { citation: { type: 'web_search_result_location', url: 'https://a.example' } }),
  end(2),
  begin(3, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
  piece(3, '{"query":'),
  piece(3, '"x"}'),
  end(3),
  begin(4, CALL),
  piece(4, ''),
  piece(4, '{"n":1.0}'),
  end(4),
  change('tool_use', { input_tokens: 7, output_tokens: 12, cache_read_input_tokens: 100 }),
  STOP,
]

describe('a stream', () => {
  test('2, 3, 7, 10, 33 is read block by block, each with its own state', () => {
    expect(collect(parsed(WHOLE))).toMatchObject({
      id: 'msg_1',
      model: 'claude',
      blocks: [
        { kind: 'reasoning', text: 'hm', opaque: { kind: 'thinking', data: '{"thinking":"hm","signature":"Eq=="}' } },
        { kind: 'reasoning', text: '', opaque: { kind: 'redacted-thinking', data: 'opaque' } },
        { kind: 'text', text: 'Hello', citations: [{ url: 'https://a.example' }] },
        { kind: 'vendor', type: 'server_tool_use', text: 'web_search {"query":"x"}' },
        { kind: 'tool-call', id: 'toolu_1', name: 'f', arguments: '{"n":1.0}' },
      ],
      stop: { reason: 'tool-calls', native: 'tool_use' },
      usage: { input: 7, cacheRead: 100, output: 12 },
    })
  })

  test('109 that is cut anywhere ends in an error, never in success', () => {
    for (let length = 0; length < WHOLE.length; length++) {
      const events = parsed(WHOLE.slice(0, length))
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'stream-broken' } })
      expect(events.some(({ type }) => type === 'stop' || type === 'end')).toBe(false)
    }
  })

  test('2 keeps thinking without text for its signature', () => {
    const events = [
      START,
      begin(0, { type: 'thinking', thinking: '', signature: 'Eq' }),
      end(0),
      change('end_turn'),
      STOP,
    ]
    const { blocks } = collect(parsed(events))
    expect(blocks).toMatchObject([
      { kind: 'reasoning', text: '', opaque: { data: '{"thinking":"","signature":"Eq"}' } },
    ])
  })

  const ARGUMENTS: readonly [title: string, events: readonly JsonObject[], text: string][] = [
    ['32 that never come', [], '{}'],
    ['32 of which only nothing comes', [piece(0, '')], '{}'],
    ['33 in pieces, not after what the call began with', [piece(0, '{"a":'), piece(0, '1}')], '{"a":1}'],
  ]
  test.each(ARGUMENTS)('reads arguments %s', (_, pieces, text) => {
    const events = [START, begin(0, CALL), ...pieces, end(0), change('tool_use'), STOP]
    expect(collect(parsed(events)).blocks).toMatchObject([{ arguments: text }])
  })

  test('reads arguments that a call begins with', () => {
    const events = [START, begin(0, { ...CALL, input: { a: 1 } }), end(0), change('tool_use'), STOP]
    expect(collect(parsed(events)).blocks).toMatchObject([{ arguments: '{"a":1}' }])
  })

  const CUTS: readonly [title: string, events: readonly JsonObject[], isCut: boolean][] = [
    ['in the middle of its arguments', [begin(0, CALL), piece(0, '{"a'), end(0)], true],
    ['before its arguments', [begin(0, CALL), end(0)], true],
    ['after its arguments', [begin(0, CALL), piece(0, '{}'), end(0)], false],
    ['in a later block', [begin(0, CALL), end(0), begin(1, { type: 'text', text: 'x' }), end(1)], false],
  ]
  test.each(CUTS)('110 tells whether the output limit cut a call: %s', (_, blocks, isCut) => {
    const closes = parsed([START, ...blocks, change('max_tokens'), STOP]).filter(({ type }) => type === 'close')
    expect(closes.some((event) => 'cut' in event)).toBe(isCut)
  })

  test('95 takes counts as running totals, and what is absent or null as what it was', () => {
    const events = [START, change('end_turn', { output_tokens: 3, input_tokens: null }), change('end_turn'), STOP]
    expect(collect(parsed(events)).usage).toMatchObject({ input: 7, output: 3 })
  })

  test('97 tells what the context took, not what was summed up on the way', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 1000, output_tokens: 50 },
      { type: 'message', input_tokens: 7, output_tokens: 3 },
    ]
    const events = [START, change('end_turn', { input_tokens: 7, output_tokens: 3, iterations }), STOP]
    expect(collect(parsed(events)).usage).toMatchObject({ input: 7, output: 3 })
  })

  test('124 reports an error event, and reads nothing after it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const events = parsed([START, error, change('end_turn'), STOP])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream-overloaded' } })
  })

  test('155 ignores the same beginning twice, and fails at another', () => {
    expect(parsed([START, START, change('end_turn'), STOP]).at(-1)).toEqual({ type: 'end' })
    const other = { ...START, message: { id: 'msg_2' } }
    expect(parsed([START, other, STOP]).at(-1)).toMatchObject({ type: 'error' })
  })

  test('ignores what it does not know, and never throws', () => {
    const odd = [
      { type: 'new_event' },
      begin(0, { type: 'new_block', x: 1 }),
      more(0, 'new_delta', {}),
      end(0),
      end(9),
      more(9, 'text_delta', { text: 'x' }),
      { type: 'content_block_start' },
      { type: 'content_block_delta', index: 'x', delta: 3 },
      change('new_reason'),
    ]
    const answer = collect(parsed([START, ...odd, STOP]))
    expect(answer.stop).toEqual({ reason: 'other', native: 'new_reason' })
    expect(answer.blocks).toMatchObject([{ kind: 'vendor', type: 'new_block' }, { kind: 'vendor' }])
  })

  test('165 shares nothing with another', () => {
    const [one, other] = [parseStream(SOURCE), parseStream(SOURCE)]
    one.push(START, '')
    expect(other.end()).toMatchObject([{ type: 'error' }])
    expect(one.push(STOP, '').at(-1)).toEqual({ type: 'end' })
  })
})

describe('a whole answer', () => {
  test('means what its stream means', () => {
    const body = readJson(`{"type":"message","id":"msg_1","role":"assistant","model":"claude","content":[
      {"type":"thinking","thinking":"hm","signature":"Eq=="},
      {"type":"redacted_thinking","data":"opaque"},
      {"type":"text","text":"Hello","citations":[{"type":"web_search_result_location","url":"https://a.example"}]},
      {"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"x"}},
      {"type":"tool_use","id":"toolu_1","name":"f","input":{"n":1.0}}],
      "stop_reason":"tool_use","stop_sequence":null,
      "usage":{"input_tokens":7,"output_tokens":12,"cache_read_input_tokens":100}}`) as JsonObject
    expect(parseResponse(body, SOURCE)).toEqual(collect(parsed(WHOLE)))
  })

  test('110 whose last block is a call, at the output limit, may have lost some of it', () => {
    const body = { type: 'message', content: [{ ...CALL, input: { a: 1 } }], stop_reason: 'max_tokens', usage: {} }
    expect(parseResponse(body, SOURCE).blocks).toMatchObject([{ kind: 'tool-call', arguments: '', cut: true }])
  })

  test('is an error where a success holds one, or nothing', () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'x' } }
    expect(parseResponse(overloaded, SOURCE).error).toMatchObject({ kind: 'upstream-overloaded' })
    expect(parseResponse({}, SOURCE).error).toMatchObject({ kind: 'upstream-unreadable' })
  })
})
