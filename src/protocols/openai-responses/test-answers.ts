import fc from 'fast-check'
import type { AnswerEvent, Opening } from '../../canon/answer.ts'
import type { Opaque } from '../../canon/blocks.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { tokens } from '../../units.ts'
import { objectOf, objectsOf, textOf } from '../json.ts'
import { renderStream } from './render-stream.ts'

/**
 * What tests of answers share: a client, a stream written for it, short ways to say one, the rules such a stream obeys,
 * and streams at random.
 */

export const OPENAI = { family: 'openai', requestId: 'req_1' }

export const reversal = (more: Partial<Reversal> = {}): Reversal => ({
  clientFormat: 'openai-responses',
  requestId: 'req_1',
  createdAtMs: 1_700_000_000_999,
  model: 'alias',
  wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
  showsReasoning: true,
  tools: new Map(),
  carriers: { seal: ({ family, kind, data }) => `sealed(${family},${kind},${data})`, open: () => undefined },
  ...more,
})

export const usage = (input: number, output: number) => ({
  input: tokens(input),
  inputAudio: tokens(0),
  cacheRead: tokens(0),
  cacheWrite5m: tokens(0),
  cacheWrite1h: tokens(0),
  output: tokens(output),
  outputAudio: tokens(0),
  reasoning: tokens(0),
})

/** The parsed events of a stream. Throws where the framing is not as the format has it. */
export const framed = (text: string): readonly JsonObject[] =>
  text.split(/(?<=\n\n)/).flatMap((block) => {
    if (block === ': keep-alive\n\n') return []
    const [, name, data] = /^event: (\S+)\ndata: (.*)\n\n$/.exec(block) ?? []
    const event = objectOf(JSON.parse(data ?? 'null'))
    if (event.type !== name) throw new Error(`no event: ${block}`)
    return [event]
  })

export const stream = (events: readonly AnswerEvent[], client: Reversal = reversal()): readonly JsonObject[] => {
  const renderer = renderStream(client)
  return framed(events.map((event) => renderer.push(event)).join(''))
}

export const text = (key: number, ...pieces: string[]): readonly AnswerEvent[] => [
  { type: 'open', key, opening: { kind: 'text' } },
  ...pieces.map((piece): AnswerEvent => ({ type: 'delta', key, text: piece })),
  { type: 'close', key },
]
export const openCall = (key: number, more: object = {}): AnswerEvent => ({
  type: 'open',
  key,
  opening: { kind: 'tool-call', id: `call_${key}`, name: 'f', form: 'function', ...more },
})
export const delta = (key: number, piece: string): AnswerEvent => ({ type: 'delta', key, text: piece })
export const close = (key: number): AnswerEvent => ({ type: 'close', key })
export const cut = (key: number): AnswerEvent => ({ type: 'close', key, cut: true })
export const thinking = (key: number, ...pieces: string[]): readonly AnswerEvent[] => [
  { type: 'open', key, opening: { kind: 'reasoning' } },
  ...pieces.map((piece) => delta(key, piece)),
  { type: 'opaque', key, opaque: THINKING },
  close(key),
]
const THINKING = { family: 'anthropic', kind: 'thinking', data: 'd' } as const
export const SEALED = 'sealed(anthropic,thinking,d)'
export const SIGNATURE = { family: 'google', kind: 'thought-signature', data: 's' } as const
/** The end of an answer of three tokens in and two out. */
export const ended = (
  reason: 'natural' | 'tool-calls' | 'output-limit' | 'filter' = 'natural',
): readonly AnswerEvent[] => [
  { type: 'usage', usage: usage(3, 2) },
  { type: 'stop', stop: { reason } },
  { type: 'end' },
]
export const START: AnswerEvent = { type: 'start', id: 'msg_up', model: 'claude' }

/** The closing response of a stream, which is checked. */
export const whole = (events: readonly AnswerEvent[], client?: Reversal): JsonObject =>
  checked(stream([START, ...events], client))

const ENDS: Readonly<Record<string, readonly string[]>> = {
  message: ['response.content_part', 'response.output_text', 'response.refusal'],
  reasoning: ['response.reasoning_summary'],
  function_call: ['response.function_call_arguments'],
  custom_tool_call: ['response.custom_tool_call_input'],
}
const LIFECYCLE = ['created', 'in_progress', 'completed', 'incomplete', 'failed'].map((name) => `response.${name}`)

/**
 * Checks a stream by the rules of the official accumulator: `response.created` first, known events only, numbered without
 * a gap, places contiguous, ids unique and the same throughout, parts added before their deltas, and the closing
 * event's output that of the items that were done. Returns the closing response.
 */
export const checked = (events: readonly JsonObject[]): JsonObject => {
  const added: JsonObject[] = []
  const done: JsonObject[] = []
  const parts = new Map<string, string>()
  const demand = (isTrue: boolean, what: string, event: JsonObject): void => {
    if (!isTrue) throw new Error(`${what}: ${JSON.stringify(event)}`)
  }
  for (const [number, event] of events.entries()) {
    const type = textOf(event.type)
    demand(event.sequence_number === number, 'numbered', event)
    if (number === 0) demand(type === 'response.created', 'created first', event)
    if (type === 'response.output_item.added') {
      const item = objectOf(event.item)
      demand(event.output_index === added.length, 'contiguous', event)
      demand(textOf(item.id) !== '' && added.every(({ id }) => id !== item.id), 'a new id', event)
      demand(item.call_id === undefined || added.every((other) => other.call_id !== item.call_id), 'a new call', event)
      added.push(item)
    } else if (type === 'response.output_item.done') {
      const [item, before] = [objectOf(event.item), added[Number(event.output_index)]]
      demand(
        item.id === before?.id && item.type === before?.type && item.call_id === before?.call_id,
        'the same item',
        event,
      )
      demand(done[Number(event.output_index)] === undefined, 'done once', event)
      done[Number(event.output_index)] = item
    } else if (!LIFECYCLE.includes(type) && type !== 'error') {
      const item = added[Number(event.output_index)]
      demand(item !== undefined && item.id === event.item_id, 'of an open item', event)
      demand(done[Number(event.output_index)] === undefined, 'before done', event)
      demand(ENDS[textOf(item?.type)]?.some((prefix) => type.startsWith(prefix)) === true, 'a known name', event)
      checkPart(parts, event, demand)
    }
  }
  const last = events.at(-1) ?? {}
  const response = objectOf(last.response)
  demand(LIFECYCLE.slice(2).includes(textOf(last.type)), 'ends', last)
  if (response.status !== 'failed')
    demand(writeJson(response.output) === writeJson(done), 'output is what was done', last)
  return response
}

type Demand = (isTrue: boolean, what: string, event: JsonObject) => void

/** Parts begin at the next place, and their deltas add up to their end. */
const checkPart = (parts: Map<string, string>, event: JsonObject, demand: Demand): void => {
  const type = textOf(event.type)
  const at = `${event.output_index}/${event.content_index ?? event.summary_index ?? ''}`
  if (type.endsWith('part.added')) {
    const before = [...parts.keys()].filter((key) => key.startsWith(`${event.output_index}/`))
    demand(at === `${event.output_index}/${before.length}`, 'the next part', event)
    parts.set(at, '')
  } else if (type.endsWith('.delta')) {
    demand(parts.has(at) || at.endsWith('/'), 'a part that was added', event)
    parts.set(at, (parts.get(at) ?? '') + textOf(event.delta))
  } else if (type.endsWith('.done')) {
    const part = objectOf(event.part)
    const whole = [event.text, event.refusal, event.arguments, event.input, part.text, part.refusal].find(
      (text) => typeof text === 'string',
    )
    demand(whole === (parts.get(at) ?? ''), 'the sum of its deltas', event)
  }
}

/** The items of the closing response, of one type. */
export const itemsOf = (response: JsonObject, type: string): readonly JsonObject[] =>
  objectsOf(response.output).filter((item) => item.type === type)

const opaque: fc.Arbitrary<Opaque> = fc.constantFrom(
  { family: 'anthropic', kind: 'thinking', data: '{}' },
  { family: 'google', kind: 'thought-signature', data: '{"signature":"s","on":"call"}' },
  { family: 'openai', kind: 'reasoning-item', data: '{"id":"rs_a","summary":[],"encrypted_content":"e"}' },
)

const opening: fc.Arbitrary<Opening> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const) }),
  fc.record({ kind: fc.constant('text' as const), phase: fc.constantFrom('commentary', 'final_answer') }),
  fc.record({ kind: fc.constant('refusal' as const) }),
  fc.record({ kind: fc.constant('reasoning' as const), id: fc.constantFrom('rs_a', 'rs_b') }),
  fc.record({
    kind: fc.constant('tool-call' as const),
    id: fc.constantFrom('call_a', 'call_b', 'é', ''),
    name: fc.constant('f'),
    form: fc.constantFrom('function' as const, 'custom' as const),
  }),
)

const block = fc.record({
  opening,
  texts: fc.array(fc.constantFrom('a', ' ', '', '\ud83d', '\ude00', '{"a":1}', '\n\n'), { maxLength: 4 }),
  opaque: fc.option(opaque, { nil: undefined }),
  paragraph: fc.boolean(),
  citation: fc.boolean(),
})

/** The blocks of a stream, each with its events in order. State of a call is told with the call's first piece. */
const blockEvents = fc.array(block, { maxLength: 6 }).map((blocks) =>
  blocks.map(({ opening, texts, opaque, paragraph, citation }, key): readonly AnswerEvent[] => {
    const deltas = texts.map((text): AnswerEvent => ({ type: 'delta', key, text }))
    const state: readonly AnswerEvent[] = opaque && opening.kind !== 'refusal' ? [{ type: 'opaque', key, opaque }] : []
    const early = opening.kind === 'tool-call' ? 1 : deltas.length
    return [
      { type: 'open', key, opening },
      ...deltas.slice(0, early),
      ...(paragraph && opening.kind === 'reasoning' ? [{ type: 'paragraph', key } as const] : []),
      ...(citation && opening.kind === 'text' ? [{ type: 'citation', key, citation: { url: 'u' } } as const] : []),
      ...state,
      ...deltas.slice(early),
      { type: 'close', key },
    ]
  }),
)

const ending: readonly AnswerEvent[] = [
  { type: 'usage', usage: usage(3, 2) },
  { type: 'stop', stop: { reason: 'natural' } },
  { type: 'end' },
]

/** Whole streams, one block after the other. */
export const sequential: fc.Arbitrary<readonly AnswerEvent[]> = blockEvents.map((blocks) => [
  { type: 'start', id: 'x' },
  ...blocks.flat(),
  ...ending,
])

/** Whole streams whose blocks are told in any interleaving, as those of parallel calls are. */
export const interleaved: fc.Arbitrary<readonly AnswerEvent[]> = fc
  .tuple(blockEvents, fc.array(fc.nat(), { minLength: 60, maxLength: 60 }))
  .map(([blocks, turns]) => {
    const rest = blocks.map((events) => [...events])
    const mixed: AnswerEvent[] = []
    for (let turn = 0; rest.some((events) => events.length > 0); turn += 1) {
      const left = rest.filter((events) => events.length > 0)
      const next = left[(turns[turn % turns.length] ?? 0) % left.length]?.shift()
      if (next) mixed.push(next)
    }
    return [{ type: 'start', id: 'x' }, ...mixed, ...ending]
  })
