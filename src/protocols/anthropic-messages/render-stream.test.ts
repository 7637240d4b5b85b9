import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AnswerEvent, Opening } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { fault } from '../../errors.ts'
import { objectOf } from '../json.ts'
import { renderResponse } from './render-response.ts'
import { renderStream } from './render-stream.ts'
import { answering, eventsOf, REVERSAL } from './test-parts.ts'

const written = (events: readonly AnswerEvent[], reversal: Partial<Reversal> = {}): readonly JsonObject[] => {
  const renderer = renderStream({ ...REVERSAL, ...reversal })
  return eventsOf(events.map((event) => renderer.push(event)).join(''))
}

/** One word for each event: what a client's accumulator goes by. */
const told = (events: readonly JsonObject[]): readonly string[] =>
  events.map((event) => {
    const [block, delta] = [objectOf(event.content_block), objectOf(event.delta)]
    switch (event.type) {
      case 'content_block_start':
        return `start ${String(event.index)} ${String(block.type)}`
      case 'content_block_delta': {
        const text = delta.text ?? delta.thinking ?? delta.partial_json ?? delta.signature
        return `${String(delta.type)} ${String(event.index)} ${String(text)}`
      }
      case 'content_block_stop':
        return `stop ${String(event.index)}`
      case 'message_delta':
        return `message_delta ${String(delta.stop_reason)}`
      default:
        return String(event.type)
    }
  })

const call = (id: string, name = id): Opening => ({ kind: 'tool-call', id, name, form: 'function' })
const open = (key: number, opening: Opening): AnswerEvent => ({ type: 'open', key, opening })
const delta = (key: number, text: string): AnswerEvent => ({ type: 'delta', key, text })
const close = (key: number): AnswerEvent => ({ type: 'close', key })
const opaque = (key: number, family: string, kind: 'thinking' | 'reasoning-item' | 'thought-signature', data: string) =>
  ({ type: 'opaque', key, opaque: { family, kind, data } }) satisfies AnswerEvent

interface Row {
  readonly title: string
  readonly events: readonly AnswerEvent[]
  readonly reason?: 'natural' | 'tool-calls' | 'output-limit'
  readonly told: readonly string[]
  readonly reversal?: Partial<Reversal>
}

const ROWS: readonly Row[] = [
  {
    title: 'P1, 101, 102 tells parallel calls one after the other',
    reason: 'tool-calls',
    events: [
      open(0, { kind: 'reasoning' }),
      delta(0, 'a'),
      opaque(0, 'deepseek', 'thinking', 'x'),
      close(0),
      open(1, { kind: 'text' }),
      delta(1, 'b'),
      close(1),
      open(2, call('call_0')),
      open(3, call('call_1')),
      delta(3, '{"b"'),
      delta(2, '{"a"'),
      delta(3, ':2}'),
      delta(2, ':1}'),
      close(2),
      close(3),
    ],
    told: [
      'start 0 thinking',
      'thinking_delta 0 a',
      'signature_delta 0 sealed:deepseek:thinking:x',
      'stop 0',
      'start 1 text',
      'text_delta 1 b',
      'stop 1',
      'start 2 tool_use',
      'input_json_delta 2 {"a":1}',
      'stop 2',
      'start 3 tool_use',
      'input_json_delta 3 {"b":2}',
      'stop 3',
      'message_delta tool_use',
    ],
  },
  {
    title: 'P4 joins the parts of a summary, and signs hidden reasoning without text',
    events: [
      open(0, { kind: 'reasoning' }),
      { type: 'paragraph', key: 0 },
      delta(0, 'one'),
      { type: 'paragraph', key: 0 },
      delta(0, 'two'),
      opaque(0, 'openai', 'reasoning-item', '{}'),
      close(0),
      open(1, { kind: 'reasoning' }),
      opaque(1, 'openai', 'reasoning-item', '{"id":"rs_2"}'),
      close(1),
    ],
    told: [
      'start 0 thinking',
      'thinking_delta 0 one',
      'thinking_delta 0 \n\n',
      'thinking_delta 0 two',
      'signature_delta 0 sealed:openai:reasoning-item:{}',
      'stop 0',
      'start 1 thinking',
      'signature_delta 1 sealed:openai:reasoning-item:{"id":"rs_2"}',
      'stop 1',
      'message_delta end_turn',
    ],
  },
  {
    title: 'P10, 18 puts a signature before its call and after its text, which stays text',
    reason: 'tool-calls',
    events: [
      open(0, { kind: 'text' }),
      delta(0, '42'),
      opaque(0, 'google', 'thought-signature', 't'),
      close(0),
      open(1, call('c')),
      opaque(1, 'google', 'thought-signature', 'c'),
      delta(1, '{}'),
      close(1),
    ],
    told: [
      'start 0 text',
      'text_delta 0 42',
      'stop 0',
      'start 1 thinking',
      'signature_delta 1 sealed:google:thought-signature:t',
      'stop 1',
      'start 2 thinking',
      'signature_delta 2 sealed:google:thought-signature:c',
      'stop 2',
      'start 3 tool_use',
      'input_json_delta 3 {}',
      'stop 3',
      'message_delta tool_use',
    ],
  },
  {
    title: '18 ends with the words of an answer: state that stood on them is left out',
    events: [open(0, { kind: 'text' }), delta(0, '42'), opaque(0, 'google', 'thought-signature', 't'), close(0)],
    told: ['start 0 text', 'text_delta 0 42', 'stop 0', 'message_delta end_turn'],
  },
  {
    title: '10 gives Anthropic’s own signature back as it came, once, right before the end of its block',
    events: [
      open(0, { kind: 'reasoning' }),
      delta(0, 'hm'),
      opaque(0, 'anthropic', 'thinking', '{"thinking":"hm","signature":"Eq=="}'),
      close(0),
    ],
    told: ['start 0 thinking', 'thinking_delta 0 hm', 'signature_delta 0 Eq==', 'stop 0', 'message_delta end_turn'],
  },
  {
    title: '28 carries the state of reasoning that is not to be shown, and none of its text',
    reversal: { showsReasoning: false },
    events: [
      open(0, { kind: 'reasoning' }),
      delta(0, 'secret'),
      opaque(0, 'openai', 'reasoning-item', 'i'),
      close(0),
      open(1, { kind: 'reasoning' }),
      delta(1, 'unsigned'),
      close(1),
    ],
    told: ['start 0 thinking', 'signature_delta 0 sealed:openai:reasoning-item:i', 'stop 0', 'message_delta end_turn'],
  },
  {
    title: '29 writes no empty text block',
    events: [open(0, { kind: 'text' }), close(0)],
    told: ['message_delta end_turn'],
  },
  {
    title: '142 ends an answer without content well',
    events: [],
    told: ['message_delta end_turn'],
  },
  {
    title: '108 says tool_use where a call was written, whatever the upstream says',
    events: [open(0, call('c')), delta(0, '{}'), close(0)],
    told: ['start 0 tool_use', 'input_json_delta 0 {}', 'stop 0', 'message_delta tool_use'],
  },
  {
    title: '108 says end_turn where the upstream says tools and called none',
    reason: 'tool-calls',
    events: [],
    told: ['message_delta end_turn'],
  },
  {
    title: '110 leaves out a call that was cut, which a client would complete',
    reason: 'output-limit',
    events: [
      open(0, call('a')),
      delta(0, '{"path":"/etc","n":1'),
      { type: 'close', key: 0, cut: true },
      open(1, call('b')),
      { type: 'close', key: 1, cut: true },
    ],
    told: ['message_delta max_tokens'],
  },
  {
    title: '144 holds half of a surrogate pair until the other half has come',
    events: [open(0, { kind: 'text' }), delta(0, 'a\ud83d'), delta(0, '\ude00b'), close(0)],
    told: ['start 0 text', 'text_delta 0 a', 'text_delta 0 \ud83d\ude00b', 'stop 0', 'message_delta end_turn'],
  },
  {
    title: '164 says refusal where the model refused in words',
    events: [open(0, { kind: 'refusal' }), delta(0, 'No.'), close(0)],
    told: ['start 0 text', 'text_delta 0 No.', 'stop 0', 'message_delta refusal'],
  },
]

describe('a stream', () => {
  test.each(ROWS.map((row) => [row.title, row] as const))('%s', (_, row) => {
    const events = answering(row.events, row.reason ?? 'natural')
    expect(told(written(events, row.reversal))).toEqual(['message_start', ...row.told, 'message_stop'])
  })

  test('98, 105, 106 tells the full usage at its end, though it comes after the stop', () => {
    const change = written(answering([], 'natural')).find(({ type }) => type === 'message_delta')
    expect(change?.usage).toEqual({
      input_tokens: 10,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 90,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 2 },
    })
  })

  test('says zero where the usage is unknown, and declares it', () => {
    const renderer = renderStream(REVERSAL)
    const events: readonly AnswerEvent[] = [
      { type: 'start' },
      { type: 'stop', stop: { reason: 'natural' } },
      { type: 'end' },
    ]
    const text = events.map((event) => renderer.push(event)).join('')
    expect(eventsOf(text)[1]).toMatchObject({ usage: { output_tokens: 0 } })
    expect(renderer.losses).toEqual([{ pointer: '/response/usage', code: 'added' }])
  })

  test('129 names the model as the client did, and has an id of its own', () => {
    const [start] = written([{ type: 'start', id: 'chatcmpl-1', model: 'gpt' }])
    expect(start?.message).toMatchObject({ id: 'msg_7', model: 'client-model', content: [], stop_reason: null })
  })

  test('109 ends in an error, and in nothing after it', () => {
    const error: AnswerEvent = { type: 'error', error: fault('stream-broken', 'Broken.') }
    const events = [{ type: 'start' }, open(0, { kind: 'text' }), delta(0, 'a'), error, { type: 'end' }] as const
    expect(told(written(events))).toEqual(['message_start', 'start 0 text', 'text_delta 0 a', 'error'])
  })

  test('words an overlong prompt so that Claude Code shortens its conversation', () => {
    const message =
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130,001 tokens."
    const [event] = written([{ type: 'error', error: fault('context-length-exceeded', message) }])
    expect(event?.error).toMatchObject({ message: 'prompt is too long: 130001 tokens > 128000 maximum' })
  })

  test('50 gives calls ids in Anthropic’s grammar, each its own', () => {
    const calls = [open(0, call('call:1/é')), close(0), open(1, call('x')), close(1), open(2, call('x')), close(2)]
    const ids = written(answering(calls, 'tool-calls')).flatMap(({ content_block: block }) => objectOf(block).id ?? [])
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(new Set(ids).size).toBe(3)
  })

  test('keeps a ping inside a stream, and none before it', () => {
    expect(told(written([{ type: 'ping' }, { type: 'start' }, { type: 'ping' }]))).toEqual(['message_start', 'ping'])
  })

  test('declares another vendor’s citations and pictures, which it cannot write', () => {
    const renderer = renderStream(REVERSAL)
    for (const event of answering(
      [
        open(0, { kind: 'text' }),
        delta(0, 'a'),
        { type: 'citation', key: 0, citation: { url: 'https://a.example' } },
        close(0),
        {
          type: 'whole',
          block: { kind: 'media', media: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
        },
      ],
      'natural',
    ))
      renderer.push(event)
    expect(renderer.losses.map(({ code }) => code)).toEqual(['unsupported', 'unsupported'])
  })
})

/** Blocks in any interleaving: each its opening, pieces and end, in order among themselves. */
const interleaved = fc
  .array(
    fc.record({
      kind: fc.constantFrom('text', 'reasoning', 'call'),
      pieces: fc.array(fc.constantFrom('x', 'yz', '😀'), { maxLength: 3 }),
    }),
    { maxLength: 5 },
  )
  .chain((blocks) => {
    const turns = blocks.flatMap(({ pieces }, key) => Array.from({ length: pieces.length + 2 }, () => key))
    return fc.tuple(fc.constant(blocks), fc.shuffledSubarray(turns, { minLength: turns.length }))
  })
  .map(([blocks, turns]) => {
    const done = blocks.map(() => 0)
    return turns.map((key): AnswerEvent => {
      const { kind = 'text', pieces = [] } = blocks[key] ?? {}
      const step = done[key] ?? 0
      done[key] = step + 1
      if (step === 0) return open(key, kind === 'call' ? call(`c${key}`) : { kind: kind as 'text' | 'reasoning' })
      const piece = pieces[step - 1] ?? ''
      if (step > pieces.length) return close(key)
      return delta(key, kind === 'call' ? (step === 1 ? `{"${piece}":1}` : ' ') : piece)
    })
  })

test('whatever the interleaving: one block open at a time, indexes without gaps, and the whole answer’s content', () => {
  fc.assert(
    fc.property(interleaved, (blocks) => {
      const events = answering(blocks, 'natural')
      const stream = written(events)
      let opened = -1
      let isOpen = false
      const content: Record<string, unknown>[] = []
      for (const event of stream) {
        if (event.type === 'content_block_start') {
          expect([isOpen, event.index]).toEqual([false, ++opened])
          isOpen = true
          content.push({ ...objectOf(event.content_block), text: '' })
        } else if (event.type === 'content_block_delta') {
          expect([isOpen, event.index]).toEqual([true, opened])
          const { text, thinking, partial_json: json } = objectOf(event.delta)
          const last = content.at(-1)
          if (last) last.text += String(text ?? thinking ?? json ?? '')
        } else if (event.type === 'content_block_stop') {
          expect([isOpen, event.index]).toEqual([true, opened])
          isOpen = false
        }
      }
      const { body } = renderResponse(collect(events), REVERSAL)
      const whole = (body.content as JsonObject[]).map(({ type, text, thinking, input }) =>
        type === 'tool_use' ? JSON.stringify(input) : (text ?? thinking),
      )
      const streamed = content.map(({ type, text }) =>
        type === 'tool_use' ? JSON.stringify(JSON.parse(String(text) || '{}')) : text,
      )
      expect(streamed).toEqual(whole)
      expect(stream.at(-1)?.type).toBe('message_stop')
    }),
    { seed: 11, numRuns: 300 },
  )
})
