import { describe, expect, test } from 'bun:test'
import type { AnswerEvent, Opening, StopReason } from '../canon/answer.ts'
import type { JsonShape } from '../canon/conversation.ts'
import { collect } from '../canon/collect.ts'
import { createShapeKeeper } from './held-to-shape.ts'

const OBJECT: JsonShape = { kind: 'json-object' }
const LIST: JsonShape = { kind: 'json-schema', schema: { type: 'array', items: { type: 'integer' } } }

interface Said {
  readonly reason?: StopReason
  readonly opening?: Opening
  readonly before?: readonly AnswerEvent[]
  /** Not closed before the stop. */
  readonly open?: true
}

const keep = (
  pieces: readonly string[],
  asked: Parameters<typeof createShapeKeeper>[0],
  { reason = 'natural', opening = { kind: 'text' }, before = [], open }: Said = {},
) => {
  const events: readonly AnswerEvent[] = [
    ...before,
    { type: 'open', key: 1, opening },
    ...pieces.map((text): AnswerEvent => ({ type: 'delta', key: 1, text })),
    ...(open ? [] : [{ type: 'close', key: 1 } as const]),
    { type: 'stop', stop: { reason } },
    ...(open ? [{ type: 'close', key: 1 } as const] : []),
    { type: 'end' },
  ]
  const keeper = createShapeKeeper(asked)
  const answer = collect(events.flatMap((event) => keeper(event)))
  const text = answer.blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('')
  return { text, error: answer.error?.message, stop: answer.stop.reason }
}

/** Every way to cut a text into two pieces, and into single characters. */
const cuts = (text: string): readonly (readonly string[])[] => [
  ...Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]),
  text.split(''),
]

describe('JSON that a model was only asked for', () => {
  test.each([
    ['{"a":1}', '{"a":1}'],
    ['```json\n{"a":1}\n```', '{"a":1}'],
    ['\n``` \n{"a":"`x` ```"}```\n', '{"a":"`x` ```"}'],
    ['```JSON {"a" : 1 }', '{"a" : 1 }'],
    [`${' '.repeat(200)}{"a":1}  `, `${' '.repeat(200)}{"a":1}  `],
  ])('is given without a code fence, however it is cut: %j', (said, text) => {
    for (const pieces of cuts(said))
      expect([pieces, keep(pieces, { emulates: OBJECT })]).toEqual([
        pieces,
        { text, error: undefined, stop: 'natural' },
      ])
  })

  test.each([
    ['{"value":[1,2]}', '[1,2]'],
    [' { "value" : [ 1 ]\n}\n', '[ 1 ]'],
    ['{"value":[]}', '[]'],
  ])('is taken out of the object around it, however it is cut: %j', (said, text) => {
    for (const pieces of cuts(said))
      expect([pieces, keep(pieces, { emulates: LIST, wrapsAnswer: true })]).toEqual([
        pieces,
        { text, error: undefined, stop: 'natural' },
      ])
  })

  test.each([
    ['{"value":{"a":{}}}', '{"a":{}}'],
    ['{"value":"} }"}', '"} }"'],
    ['{"value":null}', 'null'],
    ['{"other":1}', '{"other":1}'],
    ['{"value":[1', '[1'],
    ['{"val', '{"val'],
    ['', ''],
  ])('is taken out as it is where nobody has to look at it: %j', (said, text) => {
    for (const pieces of cuts(said)) expect(keep(pieces, { wrapsAnswer: true }).text).toBe(text)
  })

  test.each([
    ['not json', OBJECT, 'it is not JSON'],
    ['', OBJECT, 'it is not JSON'],
    ['Here it is: {"a":1}', OBJECT, 'it is not JSON'],
    ['[1]', OBJECT, 'its root is no object'],
    ['[1,"a"]', LIST, 'its member /1 is no integer'],
    ['{"a":1', OBJECT, 'it is not JSON'],
  ])('and is not given ends in an error in the place of the end: %j', (said, emulates, why) => {
    for (const pieces of cuts(said)) {
      const { text, error, stop } = keep(pieces, { emulates })
      expect([text, stop]).toEqual([said, 'other'])
      expect(error).toContain(`${why}.`)
    }
  })

  test('is looked at where its text is closed after the stop, too', () => {
    expect(keep(['```{}', '```'], { emulates: OBJECT }, { open: true })).toMatchObject({ text: '{}', error: undefined })
    expect(keep(['{}}'], { emulates: OBJECT }, { open: true }).error).toContain('not JSON')
  })

  test('tells what was used before it ends in an error', () => {
    const keeper = createShapeKeeper({ emulates: OBJECT })
    const usage = { type: 'usage', usage: {} } as unknown as AnswerEvent
    const events: readonly AnswerEvent[] = [{ type: 'stop', stop: { reason: 'natural' } }, usage, { type: 'end' }]
    expect(events.flatMap((event) => keeper(event)).map(({ type }) => type)).toEqual(['usage', 'error'])
  })

  test.each<[string, Said]>([
    ['met its limit', { reason: 'output-limit' }],
    ['was filtered', { reason: 'filter' }],
    ['ended at a stop sequence', { reason: 'stop-sequence' }],
    ['is a refusal', { opening: { kind: 'refusal' } }],
    [
      'calls',
      {
        before: [
          { type: 'open', key: 0, opening: { kind: 'tool-call', id: 'c', name: 'f', form: 'function' } },
          { type: 'close', key: 0 },
        ],
      },
    ],
  ])('is not looked for in an answer that %s', (_, said) => {
    expect(keep(['no json'], { emulates: OBJECT }, said).error).toBeUndefined()
  })

  test('is not looked for in reasoning', () => {
    const before: readonly AnswerEvent[] = [
      { type: 'open', key: 0, opening: { kind: 'reasoning' } },
      { type: 'delta', key: 0, text: '``` hm' },
      { type: 'close', key: 0 },
    ]
    expect(keep(['{}'], { emulates: OBJECT }, { before }).error).toBeUndefined()
  })

  test('keeps the tokens its text was made of', () => {
    const keeper = createShapeKeeper({ emulates: OBJECT })
    keeper({ type: 'open', key: 0, opening: { kind: 'text' } })
    const logprobs = [{ token: '`', logprob: 0 }] as never
    expect(keeper({ type: 'delta', key: 0, text: '`', logprobs })).toEqual([
      { type: 'delta', key: 0, text: '', logprobs },
    ])
  })
})
