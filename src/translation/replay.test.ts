import { describe, expect, test } from 'bun:test'
import type { Block, Opaque } from '../canon/blocks.ts'
import { play } from '../canon/collect.ts'
import type { Conversation, Turn } from '../canon/conversation.ts'
import { keysWithoutState, stateToKeep, withKeptState } from './replay.ts'
import { createSpeech } from './thread.ts'

const SIGNED: Opaque = { family: 'anthropic', kind: 'thinking', data: '{"thinking":"hm","signature":"c2ln"}' }
const GEMINI: Opaque = { family: 'google', kind: 'thought-signature', data: '{"signature":"Zw==","on":"call"}' }

const reasoning = (text: string, opaque?: Opaque): Block => ({ kind: 'reasoning', text, ...(opaque && { opaque }) })
const said = (text: string, opaque?: Opaque): Block => ({ kind: 'text', text, ...(opaque && { opaque }) })
const spoken = (text: string, phase: string): Block => ({ kind: 'text', text, phase })
const call = (id: string, opaque?: Opaque): Block => ({
  kind: 'tool-call',
  id,
  name: 'look',
  form: 'function',
  arguments: '{}',
  ...(opaque && { opaque }),
})

const turn = (role: Turn['role'], blocks: readonly Block[]): Turn => ({ role, blocks, pointer: '/messages/1' })
const conversation = (...turns: readonly Turn[]): Conversation => ({ turns }) as unknown as Conversation
const blocksOf = ({ turns }: Conversation): readonly (readonly Block[])[] =>
  turns.map(({ blocks }) => blocks.map(({ pointer: _, ...block }) => block as Block))

/** What is kept of an answer to these turns, as the gateway keeps it. */
const keptOf = (before: readonly Turn[], blocks: readonly Block[]): ReadonlyMap<string, string> => {
  const state = stateToKeep(blocks)
  const speech = createSpeech()
  const usage = undefined
  for (const event of play({ id: 'a', model: 'm', blocks, stop: { reason: 'tool-calls' }, usage })) speech.push(event)
  return new Map(state === undefined ? [] : [[speech.key(before) ?? '', state]])
}
const restored = (history: Conversation, kept: ReadonlyMap<string, string>): Conversation =>
  withKeptState(history, keysWithoutState(history), kept)

describe('of an answer is kept', () => {
  const ROWS: readonly (readonly [string, readonly Block[], boolean])[] = [
    ['nothing where nobody calls', [reasoning('hm', SIGNED), said('hi')], false],
    ['nothing where nothing has state', [reasoning('hm'), call('c1')], false],
    ['state beside its calls', [reasoning('hm', SIGNED), said('hi'), call('c1'), call('c2')], true],
    ['state that stands on a call', [call('c1', GEMINI), call('c2')], true],
    ['state that stands on a text', [said('hi', GEMINI), call('c1')], true],
    ['the phase of a text', [spoken('hi', 'commentary'), call('c1')], true],
  ]
  test.each(ROWS)('%s', (_, blocks, isKept) => {
    expect(stateToKeep(blocks) !== undefined).toBe(isKept)
  })

  test('no word of the answer but the reasoning', () => {
    expect(stateToKeep([reasoning('hm', SIGNED), said('a secret'), call('c1')])).not.toContain('secret')
  })
})

describe('a history', () => {
  const ANSWERS: readonly (readonly [string, readonly Block[], readonly Block[], readonly Block[]])[] = [
    [
      'has its signed thinking again, before the words and calls of the client',
      [reasoning('hm', SIGNED), said('hi'), call('c1'), call('c2')],
      [said('hi'), call('c1'), call('c2')],
      [reasoning('hm', SIGNED), said('hi'), call('c1'), call('c2')],
    ],
    [
      'has thinking between its calls again',
      [reasoning('a', SIGNED), call('c1'), reasoning('b', SIGNED), call('c2')],
      [call('c1'), call('c2')],
      [reasoning('a', SIGNED), call('c1'), reasoning('b', SIGNED), call('c2')],
    ],
    [
      'that kept the words of its thinking has them once, signed',
      [reasoning('hm', SIGNED), call('c1')],
      [reasoning('hm'), call('c1')],
      [reasoning('hm', SIGNED), call('c1')],
    ],
    [
      'has signatures on its calls and texts again',
      [said('hi', GEMINI), call('c1', GEMINI), call('c2')],
      [said('hi'), call('c1'), call('c2')],
      [said('hi', GEMINI), call('c1', GEMINI), call('c2')],
    ],
    [
      'has the phase of its text again',
      [reasoning('hm', SIGNED), spoken('hi', 'commentary'), call('c1')],
      [said('hi'), call('c1')],
      [reasoning('hm', SIGNED), spoken('hi', 'commentary'), call('c1')],
    ],
    [
      'without one of its calls is another, and has no state',
      [call('c1', GEMINI), call('c2', GEMINI)],
      [call('c1')],
      [call('c1')],
    ],
    [
      'that brings a call of its own is another, and has no state',
      [call('c1', GEMINI)],
      [call('c1'), call('mine')],
      [call('c1'), call('mine')],
    ],
    ['with other words is another, and has no state', [said('hi'), call('c1', GEMINI)], [call('c1')], [call('c1')]],
    [
      'that brings its own state is left as it is',
      [reasoning('other', SIGNED), call('c1')],
      [reasoning('mine', SIGNED), call('c1')],
      [reasoning('mine', SIGNED), call('c1')],
    ],
  ]
  test.each(ANSWERS)('%s', (_, answered, came, expected) => {
    const asked = turn('user', [said('do')])
    const kept = keptOf([asked], answered)
    expect(kept.size).toBe(1)
    const whole = restored(conversation(asked, turn('assistant', came)), kept)
    expect(blocksOf(whole)).toEqual([[said('do')], expected])
    expect(restored(whole, kept)).toEqual(whole)
  })

  test('has the state of its own conversation where servers give every one the same ids of calls', () => {
    const [mine, others] = ['my', 'their'].map((whose) => turn('user', [said(`${whose} weather?`)])) as [Turn, Turn]
    const state = (data: string): Opaque => ({ ...SIGNED, data })
    const kept = new Map([
      ...keptOf([mine], [reasoning('mine', state('mine')), call('look:0')]),
      ...keptOf([others], [reasoning('theirs', state('theirs')), call('look:0')]),
    ])
    for (const [asked, words] of [
      [mine, 'mine'],
      [others, 'theirs'],
    ] as const) {
      const whole = restored(conversation(asked, turn('assistant', [call('look:0')])), kept)
      expect(blocksOf(whole)[1]).toEqual([reasoning(words, state(words)), call('look:0')])
    }
    const third = conversation(turn('user', [said('any weather?')]), turn('assistant', [call('look:0')]))
    expect(restored(third, kept)).toEqual(third)
  })

  test('asks for the turns with calls that lack state, and for no others', () => {
    const history = conversation(
      turn('user', [said('do')]),
      turn('assistant', [call('c1'), call('c2')]),
      turn('assistant', [said('done')]),
      turn('assistant', [reasoning('hm', SIGNED), call('c3')]),
      turn('assistant', [reasoning('hm'), call('c4')]),
    )
    expect([...keysWithoutState(history).keys()]).toEqual([history.turns[1], history.turns[4]] as Turn[])
  })

  test('is written anew where state was put back, and only there', () => {
    const native = { format: 'openai-chat' as const, value: {} }
    const one = { ...turn('assistant', [call('c1')]), native }
    const other = { ...turn('assistant', [call('c2')]), native }
    const { turns } = restored(conversation(one, other), keptOf([], [call('c1', GEMINI)]))
    expect(turns.map((found) => found.native)).toEqual([undefined, native])
  })
})
