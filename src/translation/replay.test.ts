import { describe, expect, test } from 'bun:test'
import type { Block, Opaque } from '../canon/blocks.ts'
import type { Conversation, Turn } from '../canon/conversation.ts'
import { callsWithoutState, stateToKeep, withKeptState } from './replay.ts'

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

describe('of an answer is kept', () => {
  const ROWS: readonly (readonly [string, readonly Block[], string | undefined])[] = [
    ['nothing where nobody calls', [reasoning('hm', SIGNED), said('hi')], undefined],
    ['nothing where nothing has state', [reasoning('hm'), call('c1')], undefined],
    ['state, under its first call', [reasoning('hm', SIGNED), said('hi'), call('c1'), call('c2')], 'c1'],
    ['state that stands on a call', [call('c1', GEMINI), call('c2')], 'c1'],
    ['state that stands on a text', [said('hi', GEMINI), call('c1')], 'c1'],
    ['the phase of a text', [spoken('hi', 'commentary'), call('c1')], 'c1'],
  ]
  test.each(ROWS)('%s', (_, blocks, callId) => {
    expect(stateToKeep(blocks)?.callId).toBe(callId as string)
  })

  test('no word of the answer but the reasoning', () => {
    expect(stateToKeep([reasoning('hm', SIGNED), said('a secret'), call('c1')])?.state).not.toContain('secret')
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
      'without one of its calls has no state for that',
      [call('c1', GEMINI), call('c2', GEMINI)],
      [call('c1')],
      [call('c1', GEMINI)],
    ],
    [
      'that brings a call of its own keeps it',
      [call('c1', GEMINI)],
      [call('c1'), call('mine')],
      [call('c1', GEMINI), call('mine')],
    ],
    [
      'that brings its own state is left as it is',
      [reasoning('other', SIGNED), call('c1')],
      [reasoning('mine', SIGNED), call('c1')],
      [reasoning('mine', SIGNED), call('c1')],
    ],
  ]
  test.each(ANSWERS)('%s', (_, answered, came, expected) => {
    const kept = stateToKeep(answered)
    if (!kept) throw new Error('nothing was kept')
    const history = conversation(turn('user', [said('do')]), turn('assistant', came))
    const restored = withKeptState(history, new Map([[kept.callId, kept.state]]))
    expect(blocksOf(restored)).toEqual([[said('do')], expected])
    expect(withKeptState(restored, new Map([[kept.callId, kept.state]]))).toEqual(restored)
  })

  test('asks for the first calls of the turns that lack state, and for no others', () => {
    const history = conversation(
      turn('user', [said('do')]),
      turn('assistant', [call('c1'), call('c2')]),
      turn('assistant', [said('done')]),
      turn('assistant', [reasoning('hm', SIGNED), call('c3')]),
      turn('assistant', [reasoning('hm'), call('c4')]),
    )
    expect(callsWithoutState(history)).toEqual(['c1', 'c4'])
  })

  test('is written anew where state was put back, and only there', () => {
    const native = { format: 'openai-chat' as const, value: {} }
    const one = { ...turn('assistant', [call('c1')]), native }
    const other = { ...turn('assistant', [call('c2')]), native }
    const kept = stateToKeep([call('c1', GEMINI)])
    const { turns } = withKeptState(conversation(one, other), new Map([['c1', kept?.state ?? '']]))
    expect(turns.map((found) => found.native)).toEqual([undefined, native])
  })
})
