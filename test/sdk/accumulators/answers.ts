import fc from 'fast-check'
import type { AnswerEvent, Stop } from '../../../src/canon/answer.ts'
import type { Citation, MediaBlock } from '../../../src/canon/blocks.ts'
import type { Reversal } from '../../../src/canon/codec.ts'
import { answerOf } from '../../translation/proofs/arbitraries-answers.ts'
import { PNG, prose } from '../../translation/proofs/arbitraries-scripts.ts'
import type { Format } from '../../translation/proofs/lanes.ts'

/** Tools of which a client declared another form than the upstream is told of. */
export const TOOLS: Reversal['tools'] = new Map([
  ['edit_file', { name: 'edit_file', form: 'custom', wrapped: true }],
  ['files__list', { name: 'list', namespace: 'files', form: 'function' }],
])

type Blocks = (key: number) => readonly AnswerEvent[]

const refusal: fc.Arbitrary<Blocks> = fc
  .array(prose, { minLength: 1, maxLength: 2 })
  .map((pieces) => (key) => [
    { type: 'open', key, opening: { kind: 'refusal' } },
    ...pieces.map((text): AnswerEvent => ({ type: 'delta', key, text })),
    { type: 'close', key },
  ])

/** Anthropic's own form is the only one that its streams carry. */
const withNative = (citation: Citation): Citation => {
  const { url = '', title = null, citedText = '' } = citation
  const value = { type: 'web_search_result_location', url, title, encrypted_index: 'RW5j', cited_text: citedText }
  return { ...citation, native: { format: 'anthropic-messages', value } }
}

/** Citations stand ahead of their words, between them, or behind. */
const cited: fc.Arbitrary<Blocks> = fc
  .record({
    pieces: fc.array(prose, { minLength: 1, maxLength: 3 }),
    place: fc.nat(3),
    citations: fc.array(
      fc.record(
        {
          url: fc.constantFrom('https://example.com/a', 'https://example.com/b?c=1'),
          title: prose,
          citedText: prose,
          start: fc.constant(0),
          end: fc.nat(6),
        },
        { requiredKeys: ['url'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  })
  .map(({ pieces, place, citations }) => (key) => {
    const deltas = pieces.map((text): AnswerEvent => ({ type: 'delta', key, text }))
    const told = citations.map((citation): AnswerEvent => ({ type: 'citation', key, citation: withNative(citation) }))
    return [
      { type: 'open', key, opening: { kind: 'text' } },
      ...deltas.slice(0, place),
      ...told,
      ...deltas.slice(place),
      { type: 'close', key },
    ]
  })

const weighed: fc.Arbitrary<Blocks> = fc
  .array(fc.constantFrom('Low', ' wat', 'er ö'), { minLength: 1 })
  .map((pieces) => (key) => [
    { type: 'open', key, opening: { kind: 'text', phase: 'final_answer' } },
    ...pieces.map(
      (text): AnswerEvent => ({
        type: 'delta',
        key,
        text,
        logprobs: [{ token: text, logprob: -0.25, top: [{ token: text, logprob: -0.25 }] }],
      }),
    ),
    { type: 'close', key },
  ])

const paragraphs: fc.Arbitrary<Blocks> = fc.tuple(prose, prose).map(([first, second]) => (key) => [
  { type: 'open', key, opening: { kind: 'reasoning', id: `rs_${key}` } },
  { type: 'delta', key, text: first },
  { type: 'paragraph', key },
  { type: 'delta', key, text: second },
  { type: 'close', key },
])

const IMAGES: readonly MediaBlock[] = [
  { kind: 'media', media: 'image', source: { kind: 'base64', mediaType: 'image/png', data: PNG } },
  {
    kind: 'media',
    media: 'image',
    source: { kind: 'url', url: 'https://example.com/chart.png', mediaType: 'image/png' },
  },
]
const image: fc.Arbitrary<Blocks> = fc.constantFrom(...IMAGES).map((block) => () => [{ type: 'whole', block }])

/** Calls of tools that the client declared in its own way. */
const declared: fc.Arbitrary<Blocks> = fc
  .constantFrom(['edit_file', '{"input":"*** Begin\\nKöln"}'], ['edit_file', '{"inp'], ['files__list', '{"path":"/"}'])
  .chain(([name = '', text = '']) =>
    fc.nat(text.length).map(
      (cut): Blocks =>
        (key) => [
          { type: 'open', key, opening: { kind: 'tool-call', id: `call_${key}_more`, name, form: 'function' } },
          { type: 'delta', key, text: text.slice(0, cut) },
          { type: 'delta', key, text: text.slice(cut) },
          { type: 'close', key },
        ],
    ),
  )

const STOPS: readonly Stop[] = [
  { reason: 'natural' },
  { reason: 'tool-calls' },
  { reason: 'stop-sequence', sequence: 'END' },
  { reason: 'output-limit' },
  { reason: 'context-full' },
  { reason: 'refusal', explanation: 'It would do harm.' },
  { reason: 'filter' },
  { reason: 'paused' },
  { reason: 'compaction' },
  { reason: 'other' },
]

const FIRST_KEY = 1_000

/**
 * An answer of the other proofs with what else there is behind it: refusals, citations, tokens with their likelihood,
 * paragraphs of thought, images, tools in other forms, and every way to stop.
 */
export const variedAnswerOf = (format: Format): fc.Arbitrary<readonly AnswerEvent[]> =>
  fc
    .record({
      told: answerOf(format),
      more: fc.array(fc.oneof(refusal, cited, weighed, paragraphs, image, declared), { minLength: 1, maxLength: 4 }),
      stop: fc.constantFrom(...STOPS),
      serviceTier: fc.constantFrom(undefined, 'default', 'priority'),
    })
    .map(({ told: { events }, more, stop, serviceTier }) => {
      const blocks = more.flatMap((write, index) => write(FIRST_KEY + index))
      const isCut = events.some((event) => event.type === 'close' && event.cut === true)
      const [start, ...said] = events.filter(({ type }) => type !== 'stop' && type !== 'end')
      return [
        ...(start ? [start] : []),
        // Behind a call that was cut stands nothing.
        ...(isCut ? [...blocks, ...said] : [...said, ...blocks]),
        {
          type: 'stop',
          stop: isCut ? { reason: 'output-limit' } : stop,
          ...(serviceTier !== undefined && { serviceTier }),
        },
        { type: 'end' },
      ]
    })
