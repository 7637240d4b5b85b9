import { describe, expect, test } from 'bun:test'

import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { parseStream } from './parse-stream.ts'
import { chunk, eventsOf } from './test-parts.ts'

const SOURCE = { family: 'vendor', requestId: 'req1' }
const usage = (prompt_tokens: number, completion_tokens: number) => ({ prompt_tokens, completion_tokens })
const answerOf = (...chunks: JsonObject[]) => collect(eventsOf(chunks))
const piece = (index: number | undefined, more: JsonObject, fields: JsonObject = {}): JsonObject => ({
  tool_calls: [{ ...(index !== undefined && { index }), ...more, function: fields }],
})
/** What stands in an answer, in short. */
const told = (...chunks: JsonObject[]): readonly string[] =>
  answerOf(...chunks).blocks.map((block) =>
    block.kind === 'tool-call'
      ? `${block.id} ${block.name} ${block.arguments}`
      : `${block.kind} ${'text' in block ? block.text : ''}`,
  )
const STOP = chunk({}, 'stop')
const CALLS = chunk({}, 'tool_calls')

describe('a stream', () => {
  const rows: [title: string, chunks: JsonObject[], told: string[]][] = [
    [
      'of text is one text',
      [chunk({ role: 'assistant', content: '' }), chunk({ content: 'a' }), chunk({ content: 'b' }), STOP],
      ['text ab'],
    ],
    [
      '104 of one chunk is split into its parts',
      [
        chunk(
          {
            reasoning_content: 'r',
            content: 't',
            tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }],
          },
          'tool_calls',
        ),
      ],
      ['reasoning r', 'text t', 'c f {}'],
    ],
    [
      '148 may leave out the index of its choice',
      [{ choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }] }],
      ['text a'],
    ],
    [
      'of Azure begins with an empty chunk',
      [{ choices: [], prompt_filter_results: [] }, chunk({ content: 'a' }), STOP],
      ['text a'],
    ],
    [
      '147 may have empty finish reasons',
      [chunk({ content: 'a' }, ''), chunk({ content: 'b' }, ''), STOP],
      ['text ab'],
    ],
    [
      '163 with its reasoning under three names has it once',
      [
        chunk({ reasoning: 'r', reasoning_content: 'r', reasoning_details: [{ type: 'reasoning.text', text: 'r' }] }),
        STOP,
      ],
      ['reasoning r'],
    ],
    [
      'of Mistral has thinking among its parts',
      [
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'r' }] }] }),
        chunk({ content: [{ type: 'text', text: 't' }] }),
        STOP,
      ],
      ['reasoning r', 'text t'],
    ],
    [
      'of Perplexity repeats its message, which does not count',
      [{ choices: [{ index: 0, delta: { content: 'a' }, message: { content: 'a' }, finish_reason: 'stop' }] }],
      ['text a'],
    ],
    [
      'knows no tags',
      [chunk({ content: '<think>' }), chunk({ content: 'x</think>' }), STOP],
      ['text <think>x</think>'],
    ],
    ['164 may refuse', [chunk({ refusal: 'no' }), STOP], ['refusal no']],
    [
      'has what comes after its finish reason',
      [chunk({ content: 'a' }), STOP, chunk({ content: 'b' }), STOP],
      ['text a', 'text b'],
    ],
    [
      '101 keeps parallel calls apart',
      [
        chunk({
          tool_calls: [
            { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
            { index: 1, id: 'b', function: { name: 'g', arguments: '' } },
          ],
        }),
        chunk(piece(1, {}, { arguments: '{"b"' })),
        chunk(piece(0, {}, { arguments: '{"a"' })),
        chunk(piece(1, {}, { arguments: ':1}' })),
        chunk(piece(0, {}, { arguments: ':1}' })),
        CALLS,
      ],
      ['a f {"a":1}', 'b g {"b":1}'],
    ],
    [
      '103 waits for a name that comes late',
      [chunk(piece(0, { id: 'a' }, { arguments: '{' })), chunk(piece(0, {}, { name: 'f', arguments: '}' })), CALLS],
      ['a f {}'],
    ],
    [
      '103 waits for an id that comes late',
      [chunk(piece(0, {}, { name: 'f', arguments: '{' })), chunk(piece(0, { id: 'a' }, { arguments: '}' })), CALLS],
      ['a f {}'],
    ],
    [
      '103 makes the ids that never come',
      [chunk(piece(0, {}, { name: 'f', arguments: '{}' })), chunk(piece(1, {}, { name: 'g', arguments: '{}' })), CALLS],
      ['call_req1_0 f {}', 'call_req1_1 g {}'],
    ],
    [
      '103 keeps the first name and id',
      [
        chunk(piece(0, { id: 'a' }, { name: 'f', arguments: '{' })),
        chunk(piece(0, { id: 'z' }, { name: 'f', arguments: '"a":' })),
        chunk(piece(0, { id: '' }, { name: null, arguments: '1}' })),
        CALLS,
      ],
      ['a f {"a":1}'],
    ],
    [
      'without indexes goes by the ids',
      [
        chunk(piece(undefined, { id: 'a' }, { name: 'f', arguments: '{}' })),
        chunk(piece(undefined, { id: 'b' }, { name: 'f', arguments: '{}' })),
        CALLS,
      ],
      ['a f {}', 'b f {}'],
    ],
    [
      'without indexes or ids goes on with the last',
      [
        chunk(piece(undefined, { id: 'a' }, { name: 'f', arguments: '{' })),
        chunk(piece(undefined, {}, { arguments: '}' })),
        CALLS,
      ],
      ['a f {}'],
    ],
    [
      'that counts every call as number 0 has them all',
      [
        chunk(piece(0, { id: 'a' }, { name: 'f', arguments: '{}' })),
        chunk(piece(0, { id: 'b' }, { name: 'g', arguments: '{}' })),
        CALLS,
      ],
      ['a f {}', 'b g {}'],
    ],
    [
      'with an object for arguments has its text',
      [chunk(piece(0, { id: 'a' }, { name: 'f', arguments: { a: 1 } })), CALLS],
      ['a f {"a":1}'],
    ],
    [
      'of free text calls by it',
      [
        chunk({ tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'c', input: 'x' } }] }),
        chunk({ tool_calls: [{ index: 0, custom: { input: 'y' } }] }),
        CALLS,
      ],
      ['a c xy'],
    ],
    [
      '151 may call the legacy way',
      [
        chunk({ function_call: { name: 'f', arguments: '{' } }),
        chunk({ function_call: { arguments: '}' } }),
        chunk({}, 'function_call'),
      ],
      ['call_req1_0 f {}'],
    ],
    ['without a name for its call has none', [chunk(piece(0, { id: 'a' }, { arguments: '{}' })), CALLS], []],
  ]
  for (const [title, chunks, expected] of rows) test(title, () => expect(told(...chunks)).toEqual(expected))

  test('144 never ends a piece inside a character', () => {
    const events = eventsOf([chunk({ content: 'a\ud83d' }), chunk({ content: '\ude00b' }), STOP])
    expect(events.flatMap((event) => (event.type === 'delta' ? [event.text] : []))).toEqual(['a', '😀b'])
  })

  test('95 105 has the last of its usage, wherever it stands', () => {
    const every = [
      chunk({ content: 'a' }, undefined, { usage: usage(5, 1) }),
      chunk({}, 'stop', { usage: usage(5, 2) }),
    ]
    expect(answerOf(...every).usage).toMatchObject({ input: 5, output: 2 })
    expect(answerOf(chunk({ content: 'a' }, 'stop'), { choices: [], usage: usage(5, 3) }).usage).toMatchObject({
      output: 3,
    })
    expect(answerOf(chunk({ content: 'a' }, 'stop', { x_groq: { usage: usage(5, 4) } })).usage).toMatchObject({
      output: 4,
    })
    expect(answerOf(chunk({ content: 'a' }, 'stop')).usage).toBeUndefined()
  })

  test('keeps what its vendor wants back of its reasoning', () => {
    const text = (said: string, more: JsonObject = {}) => ({ type: 'reasoning.text', index: 0, text: said, ...more })
    const [block] = answerOf(
      chunk({ reasoning_details: [text('a')] }),
      chunk({ reasoning_details: [text('b', { signature: 's' })] }),
      STOP,
    ).blocks
    expect(block).toMatchObject({
      kind: 'reasoning',
      text: 'ab',
      opaque: {
        family: 'vendor',
        kind: 'reasoning-details',
        data: '[{"type":"reasoning.text","index":0,"text":"ab","signature":"s"}]',
      },
    })
    expect(answerOf(chunk({ reasoning_content: 'a' }), STOP).blocks).toMatchObject([
      { opaque: { family: 'vendor', kind: 'reasoning-text', data: 'a' } },
    ])
  })

  test('2 keeps state without a word of text', () => {
    const data = [{ type: 'reasoning.encrypted', data: 'x' }]
    expect(answerOf(chunk({ reasoning_details: data }), STOP).blocks).toMatchObject([
      { kind: 'reasoning', text: '', opaque: { data: JSON.stringify(data) } },
    ])
  })

  test('96 counts the offsets of citations in units of the text', () => {
    const annotation = { type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 2, end_index: 3 } }
    const [block] = answerOf(chunk({ content: '😀ab' }), chunk({ annotations: [annotation] }), STOP).blocks
    expect(block).toMatchObject({ citations: [{ url: 'u', title: 't', start: 3, end: 4 }] })
  })

  test('tells the likelihoods of its tokens', () => {
    const logprobs = {
      content: [{ token: 'a', logprob: -0.5, bytes: [97], top_logprobs: [{ token: 'b', logprob: -1 }] }],
    }
    const answer = answerOf({ choices: [{ index: 0, delta: { content: 'a' }, logprobs, finish_reason: 'stop' }] })
    expect(answer.blocks).toMatchObject([
      { logprobs: [{ token: 'a', logprob: -0.5, bytes: [97], top: [{ token: 'b', logprob: -1 }] }] },
    ])
  })
})

describe('a stop', () => {
  const rows: [word: string, reason: string, more?: JsonObject][] = [
    ['stop', 'natural'],
    ['length', 'output-limit'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['content_filter', 'filter'],
    ['model_length', 'context-full'],
    ['never heard of', 'other'],
  ]
  for (const [word, reason] of rows)
    test(`of ${word} is ${reason}`, () =>
      expect(answerOf(chunk({ content: 'a' }, word)).stop).toEqual({ reason: reason as 'other', native: word }))

  test('86 at a sequence says which, where vLLM tells', () => {
    const met = { choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 'END' }] }
    expect(answerOf(met).stop).toEqual({ reason: 'stop-sequence', sequence: 'END', native: 'stop' })
    const token = { choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 154_829 }] }
    expect(answerOf(token).stop.reason).toBe('natural')
  })
  test('138 after a refusal is one', () => {
    expect(answerOf(chunk({ refusal: 'no' }), STOP).stop.reason).toBe('refusal')
  })
})

describe('a stream that broke off', () => {
  const whole = [
    chunk({ role: 'assistant', content: 'a' }),
    chunk({ reasoning_content: 'r' }),
    chunk(piece(0, { id: 'a' }, { name: 'f', arguments: '{"a":1}' })),
    chunk(piece(1, { id: 'b' }, { name: 'g', arguments: '{}' })),
    CALLS,
  ]
  for (const length of [0, 1, 2, 3, 4])
    test(`109 after ${length} chunks ends in an error and never in success`, () => {
      const events = eventsOf(whole.slice(0, length))
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'stream-broken' } })
      expect(events.some(({ type }) => type === 'stop' || type === 'end')).toBe(false)
    })
  test('without its marker is whole when it said why it stopped', () => {
    expect(eventsOf(whole).at(-1)).toEqual({ type: 'end' })
  })
  test('is whole with its marker alone, but nothing is not', () => {
    expect(eventsOf(whole.slice(0, 1), true).at(-1)).toEqual({ type: 'end' })
    expect(eventsOf([], true).at(-1)).toMatchObject({ type: 'error' })
  })
  test('110 by its limit has the call it cut marked, and the others not', () => {
    const cut = [
      ...whole.slice(0, 3),
      chunk(piece(1, { id: 'b' }, { name: 'g', arguments: '{"b"' })),
      chunk({}, 'length'),
    ]
    const closed = eventsOf(cut).filter((event) => event.type === 'close')
    expect(closed.map((event) => event.type === 'close' && event.cut === true)).toEqual([false, false, false, true])
  })

  const failures: [title: string, event: JsonObject, name: string, kind: string][] = [
    [
      '124 an error at the top',
      { error: { message: 'down', code: 'server_is_overloaded' } },
      '',
      'upstream-overloaded',
    ],
    ['an error by its status', { error: { message: 'slow', code: 429 }, choices: [] }, '', 'rate-limit-exceeded'],
    ['an event named so', { message: 'x' }, 'error', 'upstream-failed'],
    [
      'an error on the choice',
      { choices: [{ index: 0, delta: {}, error: { message: 'x', code: 502 } }] },
      '',
      'upstream-failed',
    ],
    ['a finish reason that says so', chunk({}, 'error'), '', 'upstream-failed'],
    ['a server without resources', chunk({}, 'insufficient_system_resource'), '', 'upstream-failed'],
  ]
  for (const [title, event, name, kind] of failures)
    test(`${title} is the end of it`, () => {
      const parser = parseStream(SOURCE)
      parser.push(chunk({ content: 'a' }), '')
      expect(parser.push(event, name).at(-1)).toMatchObject({ type: 'error', error: { kind } })
      expect([...parser.push(STOP, ''), ...parser.end()]).toEqual([])
    })
})

test('165 two streams share nothing', () => {
  const [one, two] = [parseStream(SOURCE), parseStream(SOURCE)]
  one.push(chunk({ content: 'a' }), '')
  const events: AnswerEvent[] = [...two.push(chunk({ content: 'b' }, 'stop'), ''), ...two.end()]
  expect(collect(events).blocks).toEqual([{ kind: 'text', text: 'b' }])
})

test('nothing a server sends makes the reading throw', () => {
  const junk: unknown[] = [null, 0, 'x', [], {}, [null], [[]], { a: null }, true]
  const names = [
    'choices',
    'usage',
    'error',
    'delta',
    'message',
    'content',
    'tool_calls',
    'reasoning_details',
    'annotations',
    'function_call',
    'logprobs',
    'images',
    'finish_reason',
  ]
  for (const name of names)
    for (const value of junk) {
      const delta = { content: 'a', [name]: value }
      for (const event of [
        { [name]: value },
        { choices: [{ delta, [name]: value }] },
        { choices: [{ delta: { tool_calls: [{ [name]: value, function: value }] } }] },
      ])
        expect(() => eventsOf([event as JsonObject, STOP])).not.toThrow()
    }
})
