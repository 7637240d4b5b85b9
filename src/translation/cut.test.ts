import { describe, expect, test } from 'bun:test'
import type { AnswerEvent } from '../canon/answer.ts'
import { collect } from '../canon/collect.ts'
import { createRestorer } from './restore.ts'

const text = (key: number, ...pieces: readonly string[]): readonly AnswerEvent[] => [
  { type: 'open', key, opening: { kind: 'text' } },
  ...pieces.map((piece): AnswerEvent => ({ type: 'delta', key, text: piece })),
  { type: 'close', key },
]
const call = (key: number): readonly AnswerEvent[] => [
  { type: 'open', key, opening: { kind: 'tool-call', id: `c${key}`, name: 'f', form: 'function' } },
  { type: 'delta', key, text: '{"a":"END"}' },
  { type: 'close', key },
]
const END: readonly AnswerEvent[] = [{ type: 'stop', stop: { reason: 'natural' } }, { type: 'end' }]

const heard = (stops: readonly string[], ...events: readonly AnswerEvent[]) => {
  const restore = createRestorer({ tools: new Map(), stops })
  const answer = collect([...events, ...END].flatMap((event) => restore(event)))
  return {
    said: answer.blocks.map((block) => ('text' in block ? block.text : block.kind)),
    stop: answer.stop,
  }
}

describe('an answer of a model that takes no stop sequences', () => {
  const cut = (sequence: string) => ({ reason: 'stop-sequence', sequence })
  const natural = { reason: 'natural' }
  const ROWS: readonly (readonly [string, ReturnType<typeof heard>, readonly string[], object])[] = [
    ['ends before one', heard(['END'], ...text(0, 'a END b')), ['a '], cut('END')],
    ['ends before one in several pieces', heard(['END'], ...text(0, 'aE', 'N', 'D', 'b')), ['a'], cut('END')],
    ['ends before the first of several', heard(['b', 'a'], ...text(0, 'xa', 'b')), ['x'], cut('a')],
    ['says all of what only begins like one', heard(['END'], ...text(0, 'aE', 'Nx', 'EN')), ['aENxEN'], natural],
    ['does not find one across two texts', heard(['END'], ...text(0, 'EN'), ...text(1, 'D')), ['EN', 'D'], natural],
    [
      'has neither words nor calls behind one',
      heard(['END'], ...text(0, 'END'), ...text(1, 'b'), ...call(2)),
      [''],
      cut('END'),
    ],
    ['is not cut by what a call says', heard(['END'], ...call(0)), ['tool-call'], { reason: 'tool-calls' }],
    ['is whole where a sequence is nothing', heard([''], ...text(0, 'a')), ['a'], natural],
  ]
  test.each(ROWS)('%s', (_, found, said, stop) => {
    expect(found).toEqual({ said: [...said], stop: stop as never })
  })

  const token = (word: string) => ({ token: word, logprob: -1, bytes: [...Buffer.from(word)], top: [] })
  const weighed = (...pieces: readonly (readonly [text: string, ...words: readonly string[]])[]) => {
    const restore = createRestorer({ tools: new Map(), stops: ['END'] })
    const events: readonly AnswerEvent[] = [
      { type: 'open', key: 0, opening: { kind: 'text' } },
      ...pieces.map(
        ([said, ...words]): AnswerEvent => ({ type: 'delta', key: 0, text: said, logprobs: words.map(token) }),
      ),
      { type: 'close', key: 0 },
      ...END,
    ]
    const [block] = collect(events.flatMap((event) => restore(event))).blocks
    return block?.kind === 'text' ? [block.text, block.logprobs?.map((one) => one.token)] : []
  }
  test.each([
    ['in a piece', weighed(['é EN', 'é', ' EN'], ['D b', 'D', ' b'])],
    ['whole', weighed(['é END b', 'é', ' EN', 'D', ' b'])],
    ['token by token', weighed(['é', 'é'], [' EN', ' EN'], ['D', 'D'], [' b', ' b'])],
  ])('88 tells the likelihood of what it says and of nothing else, %s', (_, found) => {
    expect(found).toEqual(['é ', ['é']])
  })

  test('88 tells every likelihood where it was not cut', () => {
    expect(weighed(['aE', 'a', 'E'], ['\ud83d'], ['\ude00', '\u{1f600}'])).toEqual([
      'aE\u{1f600}',
      ['a', 'E', '\u{1f600}'],
    ])
  })

  test('tells the usage that comes behind the cut', () => {
    const restore = createRestorer({ tools: new Map(), stops: ['.'] })
    const usage: AnswerEvent = { type: 'usage', usage: {} as never }
    expect([...text(0, 'a.b'), usage].flatMap((event) => restore(event))).toContain(usage)
  })
})
