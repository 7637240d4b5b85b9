import { describe, expect, test } from 'bun:test'

import type { AnswerEvent, Opening, StopReason } from '../../canon/answer.ts'
import type { Opaque } from '../../canon/blocks.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { fault } from '../../errors.ts'
import { usageOf } from '../counts.ts'
import { isObject, objectOf, objectsOf } from '../json.ts'
import { parseRequest } from './parse-request.ts'
import { renderResponse } from './render-response.ts'
import { renderStream } from './render-stream.ts'
import { CARRIERS, lossesOf, reversalWith } from './test-parts.ts'
import { readUsage } from './usage.ts'

const START: AnswerEvent = { type: 'start', id: 'up', model: 'served' }
const open = (key: number, opening: Opening): AnswerEvent => ({ type: 'open', key, opening })
const delta = (key: number, text: string): AnswerEvent => ({ type: 'delta', key, text })
const close = (key: number): AnswerEvent => ({ type: 'close', key })
const opaque = (key: number, state: Opaque): AnswerEvent => ({ type: 'opaque', key, opaque: state })
const said = (key: number, kind: 'text' | 'refusal' | 'reasoning', text: string) => [
  open(key, { kind }),
  delta(key, text),
  close(key),
]
const call = (id: string, name = 'f', form: 'function' | 'custom' = 'function'): Opening => ({
  kind: 'tool-call',
  id,
  name,
  form,
})
const ended = (reason: StopReason = 'natural'): AnswerEvent[] => [{ type: 'stop', stop: { reason } }, { type: 'end' }]
const USAGE = usageOf({
  input: 4,
  inputAudio: 0,
  cacheRead: 9_000,
  cacheWrite5m: 700,
  cacheWrite1h: 300,
  output: 50,
  outputAudio: 0,
  reasoning: 20,
})

const write = (events: readonly AnswerEvent[], more: Partial<Reversal> = {}) => {
  const renderer = renderStream(reversalWith(more))
  const text = events.map((event) => renderer.push(event)).join('')
  const chunks = text
    .split('\n\n')
    .filter((part) => part.startsWith('data: {'))
    .map((part) => JSON.parse(part.slice('data: '.length)) as JsonObject)
  return { text, chunks, losses: renderer.losses, choices: chunks.flatMap((one) => objectsOf(one.choices)) }
}
const deltasOf = (events: readonly AnswerEvent[], more: Partial<Reversal> = {}) =>
  write([START, ...events, ...ended()], more)
    .choices.map((choice) => choice.delta)
    .slice(1, -1)

const without = (value: object, ...names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

/** Puts the deltas together as the official Python library does. */
const accumulated = (choices: readonly JsonObject[]): JsonObject => {
  const add = (whole: Record<string, unknown>, part: JsonObject): Record<string, unknown> => {
    for (const [name, value] of Object.entries(part)) {
      const old = whole[name]
      if (old === undefined || name === 'index' || name === 'type') whole[name] = structuredClone(value)
      else if (typeof old === 'string' && typeof value === 'string') whole[name] = old + value
      else if (isObject(old) && isObject(value)) whole[name] = add({ ...old }, value)
      else if (Array.isArray(old)) {
        for (const entry of objectsOf(value)) {
          if (typeof entry.index !== 'number') throw new Error(`an entry of ${name} without an index`)
          old[entry.index] = add({ ...objectOf(old[entry.index]) }, entry)
        }
      }
    }
    return whole
  }
  const message = choices.reduce<Record<string, unknown>>((whole, choice) => add(whole, objectOf(choice.delta)), {})
  const calls = objectsOf(message.tool_calls).map((one) => without(one, 'index'))
  const isElsewhere = calls.length > 0 || message.refusal !== undefined || message.function_call !== undefined
  return {
    refusal: null,
    ...message,
    content: message.content === '' && isElsewhere ? null : message.content,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

describe('a stream', () => {
  test('129 99 has one head on every chunk, the usage last and only when asked for', () => {
    const events = [START, ...said(0, 'text', 'hi'), { type: 'usage', usage: USAGE } as AnswerEvent, ...ended()]
    const { text, chunks } = write(events)
    expect(text.endsWith('"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')).toBe(true)
    for (const one of chunks)
      expect(one).toMatchObject({
        id: 'chatcmpl-req1',
        object: 'chat.completion.chunk',
        created: 1_700_000_000,
        model: 'client-model',
      })
    const asked = write(events, { wishes: { includesUsage: true, legacyFunctions: false, echo: {} } })
    expect(asked.chunks.map((one) => one.usage === null)).toEqual([true, true, true, false])
    expect(asked.chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10_004, total_tokens: 10_054 } })
  })

  const rows: [title: string, events: AnswerEvent[], deltas: unknown[]][] = [
    [
      'of text and thought has both',
      [...said(0, 'reasoning', 'r'), ...said(1, 'text', 't')],
      [{ reasoning_content: 'r' }, { content: 't' }],
    ],
    [
      'of several thoughts has them apart',
      [...said(0, 'reasoning', 'a'), ...said(1, 'reasoning', 'b')],
      [{ reasoning_content: 'a' }, { reasoning_content: '\n\nb' }],
    ],
    [
      'of a thought in paragraphs has them apart',
      [
        open(0, { kind: 'reasoning' }),
        { type: 'paragraph', key: 0 },
        delta(0, 'a'),
        { type: 'paragraph', key: 0 },
        delta(0, 'b'),
        close(0),
      ],
      [{ reasoning_content: 'a' }, { reasoning_content: '\n\n' }, { reasoning_content: 'b' }],
    ],
    [
      '100 101 of parallel calls numbers them among themselves',
      [
        ...said(0, 'text', 't'),
        open(5, call('a')),
        open(7, call('b', 'g')),
        delta(7, '{"b"'),
        delta(5, '{}'),
        delta(7, ':1}'),
        close(5),
        close(7),
      ],
      [
        { content: 't' },
        { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
        { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }] },
        { tool_calls: [{ index: 1, function: { arguments: '{"b"' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
        { tool_calls: [{ index: 1, function: { arguments: ':1}' } }] },
      ],
    ],
    [
      '32 of a call without arguments has the empty object',
      [open(0, call('a')), close(0)],
      [
        { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
      ],
    ],
    [
      '110 of a call that was cut has no more than came',
      [open(0, call('a')), { type: 'close', key: 0, cut: true }],
      [{ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] }],
    ],
    [
      '70 of free text calls by it',
      [open(0, call('a', 'c', 'custom')), delta(0, 'x'), close(0)],
      [
        { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'c', input: '' } }] },
        { tool_calls: [{ index: 0, custom: { input: 'x' } }] },
      ],
    ],
  ]
  for (const [title, events, deltas] of rows) test(title, () => expect(deltasOf(events)).toEqual(deltas as []))

  test('28 hides thoughts from who does not want them, and carries them all the same', () => {
    const state: Opaque = { family: 'anthropic', kind: 'thinking', data: '{"thinking":"r","signature":"s"}' }
    const events = [
      open(0, { kind: 'reasoning' } as Opening),
      delta(0, 'r'),
      opaque(0, state),
      close(0),
      ...said(1, 'text', 't'),
    ]
    expect(deltasOf(events, { showsReasoning: false })).toEqual([
      { content: 't' },
      { reasoning_details: [{ type: 'tollgate.sealed', index: 0, data: CARRIERS.seal(state) }] },
    ])
  })

  test('151 of a client that declared functions has its one call the legacy way', () => {
    const wishes = { includesUsage: false, legacyFunctions: true, echo: {} }
    const written = write(
      [START, open(0, call('a')), delta(0, '{}'), close(0), open(1, call('b')), close(1), ...ended('tool-calls')],
      { wishes },
    )
    expect(written.choices.map((choice) => choice.delta)).toEqual([
      { role: 'assistant', content: '' },
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{}' } },
      {},
    ])
    expect(written.choices.at(-1)?.finish_reason).toBe('function_call')
    expect(lossesOf(written)).toEqual(['/response;unsupported'])
  })

  test('16 gives Google its signatures where its own surface has them', () => {
    const state: Opaque = { family: 'google', kind: 'thought-signature', data: '{"signature":"c2ln","on":"call"}' }
    expect(deltasOf([open(0, call('a')), delta(0, '{}'), opaque(0, state), close(0)]).at(-1)).toEqual({
      tool_calls: [{ index: 0, function: { arguments: '' }, extra_content: { google: { thought_signature: 'c2ln' } } }],
    })
  })

  test('96 counts the offsets of citations in characters of the whole text', () => {
    const citation = { url: 'u', title: 't', start: 2, end: 3 }
    const deltas = deltasOf([
      ...said(0, 'text', '😀'),
      open(1, { kind: 'text' }),
      delta(1, '😀b'),
      { type: 'citation', key: 1, citation },
      close(1),
    ])
    expect(deltas.at(-1)).toEqual({
      annotations: [{ type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 3, end_index: 4 } }],
    })
  })

  test('96 counts a citation that comes ahead of its words by the words that follow, as the whole answer does', () => {
    const events: readonly AnswerEvent[] = [
      open(0, { kind: 'text' }),
      { type: 'citation', key: 0, citation: { url: 'u', title: 't' } },
      delta(0, 'Low water.'),
      close(0),
    ]
    const annotations = [
      { type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 10 } },
    ]
    expect(deltasOf(events).at(-1)).toEqual({ annotations })
    const { body } = renderResponse(collect([START, ...events, ...ended('natural')]), reversalWith())
    expect(body).toMatchObject({ choices: [{ message: { annotations } }] })
  })

  test('119 160 keeps alive with comments, and after an error says nothing more', () => {
    const renderer = renderStream(reversalWith())
    expect(renderer.push({ type: 'ping' })).toStartWith(': ')
    const failed = renderer.push({ type: 'error', error: fault('overloaded', 'busy') })
    expect(JSON.parse(failed.trim().slice('data: '.length))).toMatchObject({ error: { message: 'busy' } })
    expect(failed).not.toContain('[DONE]')
  })
})

describe('a finish reason', () => {
  const rows: [reason: StopReason, word: string, losses: string[]][] = [
    ['natural', 'stop', []],
    ['stop-sequence', 'stop', []],
    ['tool-calls', 'tool_calls', []],
    ['output-limit', 'length', []],
    ['context-full', 'length', []],
    ['refusal', 'content_filter', []],
    ['filter', 'content_filter', []],
    ['paused', 'stop', ['/response;approximated']],
    ['compaction', 'stop', ['/response;approximated']],
    ['malformed-call', 'stop', ['/response;approximated']],
    ['other', 'stop', ['/response;approximated']],
  ]
  for (const [reason, word, losses] of rows)
    test(`138 139 140 141 of ${reason} is ${word}`, () => {
      const written = write([START, ...ended(reason)])
      expect(written.choices.at(-1)?.finish_reason).toBe(word)
      expect(lossesOf(written)).toEqual(losses)
    })
  test('of a refusal in words is an ordinary one beside it', () => {
    const written = write([START, ...said(0, 'refusal', 'no'), ...ended('refusal')])
    expect(written.choices.slice(1)).toMatchObject([{ delta: { refusal: 'no' } }, { finish_reason: 'stop' }])
  })
  test('of a refusal without words has its explanation', () => {
    const stop: AnswerEvent = { type: 'stop', stop: { reason: 'refusal', explanation: 'because' } }
    expect(write([START, stop]).choices.slice(1)).toMatchObject([
      { delta: { refusal: 'because' } },
      { finish_reason: 'content_filter' },
    ])
  })
})

describe('a whole answer', () => {
  const thought: Opaque = { family: 'anthropic', kind: 'thinking', data: '{"thinking":"r","signature":"s"}' }
  const answers: [title: string, events: AnswerEvent[]][] = [
    ['of text', said(0, 'text', 'a')],
    ['142 of nothing', []],
    ['of a refusal', said(0, 'refusal', 'no')],
    [
      'of everything',
      [
        open(0, { kind: 'reasoning' }),
        delta(0, 'r'),
        opaque(0, thought),
        close(0),
        ...said(1, 'text', 'one '),
        open(2, { kind: 'reasoning' }),
        opaque(2, thought),
        close(2),
        open(3, { kind: 'text' }),
        delta(3, 'two'),
        { type: 'citation', key: 3, citation: { url: 'u' } },
        { type: 'citation', key: 3, citation: { url: 'v' } },
        close(3),
        open(4, call('a')),
        open(5, call('b', 'c', 'custom')),
        delta(5, 'x'),
        delta(4, '{"n":1.0}'),
        close(4),
        close(5),
        { type: 'whole', block: { kind: 'media', media: 'image', source: { kind: 'url', url: 'w' } } },
        { type: 'whole', block: { kind: 'media', media: 'image', source: { kind: 'url', url: 'z' } } },
        {
          type: 'whole',
          block: {
            kind: 'vendor',
            type: 'search',
            text: '',
            opaque: { ...thought, kind: 'native-block', data: '{"type":"search"}' },
          },
        },
      ],
    ],
  ]
  for (const [title, events] of answers)
    test(`${title} is what a client gathers from the stream`, () => {
      const all: AnswerEvent[] = [
        START,
        ...events,
        { type: 'usage', usage: USAGE } as AnswerEvent,
        ...ended('tool-calls'),
      ]
      const { body } = renderResponse(collect(all), reversalWith())
      const [choice] = objectsOf(body.choices)
      const streamed = write(all)
      expect(choice?.message).toEqual(accumulated(streamed.choices))
      expect(choice?.finish_reason).toBe(streamed.choices.at(-1)?.finish_reason)
      expect(body).toMatchObject({ id: 'chatcmpl-req1', object: 'chat.completion', model: 'client-model' })
      expect(readUsage(objectOf(body.usage))).toEqual(USAGE)
    })

  test('1 2 7 comes back as it was when the client sends its message again', () => {
    const [, , , [, events]] = answers as [unknown, unknown, unknown, [string, AnswerEvent[]]]
    const answer = collect([START, ...events.filter(({ type }) => type !== 'citation'), ...ended('tool-calls')])
    const [choice] = objectsOf(renderResponse(answer, reversalWith()).body.choices)
    const request = parseRequest(
      { model: 'm', messages: [choice?.message] },
      { format: 'openai-chat', action: 'generate' },
      CARRIERS,
    )
    if (!request.ok) throw new Error(request.error.message)
    const again = request.value.conversation.turns[0]?.blocks.map((block) => without(block, 'pointer', 'native'))
    const [first, one, , two, a, b, , , vendor] = answer.blocks
    expect(again as unknown).toEqual([first, one, { kind: 'reasoning', text: 'r', opaque: thought }, two, a, b, vendor])
  })

  test('without usage has none, and a failure is an error', () => {
    expect(renderResponse(collect([START, ...ended()]), reversalWith()).body).not.toHaveProperty('usage')
    const failed = collect([START, { type: 'error', error: fault('overloaded', 'busy') }])
    expect(renderResponse(failed, reversalWith()).body).toMatchObject({ error: { message: 'busy' } })
  })
})
