import { expect, test } from 'bun:test'
import type { AnswerEvent } from '../canon/answer.ts'
import type { Conversation, Turn } from '../canon/conversation.ts'
import type { WireFormat } from '../canon/operation.ts'
import { play } from '../canon/collect.ts'
import { err, ok } from '../result.ts'
import type { Call } from './call.ts'
import { createReplay, type ReplayDeps } from './replay.ts'
import { callOf } from './test-parts.ts'

const BLOCKS = [
  { kind: 'reasoning', text: 'hm', opaque: { family: 'anthropic', kind: 'thinking', data: 'sealed' } },
  { kind: 'tool-call', id: 'c1', name: 'look', form: 'function', arguments: '{}' },
] as const
const ANSWER = { id: 'm', model: 'm', blocks: BLOCKS, stop: { reason: 'tool-calls' }, usage: undefined } as const
const ASKED: readonly Turn[] = [{ role: 'user', blocks: [{ kind: 'text', text: 'weather?' }], pointer: '' }]
const READ = {
  conversation: {
    turns: [...ASKED, { role: 'assistant', blocks: [BLOCKS[1]], pointer: '' }],
  } as unknown as Conversation,
  losses: [],
}

const callIn = (format: WireFormat): Call => ({ ...callOf(), operation: { format, action: 'generate' } })
const CHAT = callIn('openai-chat')

const stage = (more: Partial<ReplayDeps> = {}) => {
  const kept = new Map<string, string>()
  const lost: string[] = []
  const replay = createReplay({
    reasoning: {
      keep: async (scope, { key, state, expiresAtMs }) => {
        kept.set(`${scope} ${expiresAtMs} ${key}`, state)
        return ok(undefined)
      },
      find: async (scope, keys) =>
        new Map(
          keys.flatMap((key) => {
            const state = kept.get(`${scope} 105 ${key}`)
            return state === undefined ? [] : [[key, state] as const]
          }),
        ),
    },
    enabled: true,
    retentionMs: 100,
    bytesMax: 1_000,
    onLost: (_, reason) => lost.push(reason),
    nowMs: () => 5,
    ...more,
  })
  return { replay, kept, lost }
}

const EVENTS: readonly AnswerEvent[] = [...play(ANSWER)]

test('an answer is kept for its scope once it is whole, streamed or not, and goes back into its turn', async () => {
  for (const streamed of [false, true]) {
    const { replay, kept } = stage()
    const listener = replay.listen(CHAT, 'user:u1', ASKED)
    if (streamed) {
      for (const event of EVENTS.slice(0, -1)) listener?.event(event)
      expect(kept.size).toBe(0)
      for (const event of EVENTS.slice(-1)) listener?.event(event)
    } else listener?.answer(ANSWER)
    expect([...kept.keys()]).toEqual([expect.stringMatching(/^user:u1 105 [\w-]{43}$/)])
    const { conversation } = await replay.restore(CHAT, 'user:u1', READ)
    expect(conversation.turns[1]?.blocks.map(({ kind }) => kind)).toEqual(['reasoning', 'tool-call'])
  }
})

test('two conversations at once whose calls have the same id each get their own state back', async () => {
  const { replay } = stage()
  const asked = (text: string): readonly Turn[] => [{ role: 'user', blocks: [{ kind: 'text', text }], pointer: '' }]
  const thought = (text: string) => ({ ...BLOCKS[0], text, opaque: { ...BLOCKS[0].opaque, data: text } })
  for (const name of ['a', 'b'])
    replay.listen(CHAT, 's', asked(name))?.answer({ ...ANSWER, blocks: [thought(name), BLOCKS[1]] })
  for (const [name, expected] of [
    ['a', ['a', undefined]],
    ['b', ['b', undefined]],
    ['c', [undefined]],
  ] as const) {
    const turns = [...asked(name), { role: 'assistant', blocks: [BLOCKS[1]], pointer: '' }]
    const read = { ...READ, conversation: { turns } as unknown as Conversation }
    const { conversation } = await replay.restore(CHAT, 's', read)
    const blocks = conversation.turns[1]?.blocks ?? []
    expect(blocks.map((block) => (block.kind === 'reasoning' ? block.text : undefined))).toEqual([...expected])
  }
})

test('an answer whose arguments are too long to be remembered is not kept, and the operator is told', () => {
  const { replay, kept, lost } = stage()
  const calling = { ...BLOCKS[1], arguments: `"${'x'.repeat(5_000_000)}"` }
  replay.listen(CHAT, 's', ASKED)?.answer({ ...ANSWER, blocks: [BLOCKS[0], calling] })
  expect([kept.size, lost]).toEqual([0, ['the arguments of its calls are too long for the answer to be known again']])
})

test('of a stream its words are not remembered, and of endless reasoning no more than can be kept', () => {
  const { replay, kept, lost } = stage()
  const words = replay.listen(CHAT, 's', ASKED)
  const long = EVENTS.toSpliced(
    -2,
    0,
    ...Array.from({ length: 500 }, (): AnswerEvent => ({ type: 'delta', key: 99, text: 'word '.repeat(50) })),
  )
  for (const event of long) words?.event(event)
  expect([kept.size, lost]).toEqual([1, []])
  const opening = EVENTS.findIndex(({ type }) => type === 'delta')
  const endless = replay.listen(CHAT, 's', ASKED)
  const thinking: AnswerEvent = {
    ...(EVENTS[opening] as Extract<AnswerEvent, { type: 'delta' }>),
    text: 'x'.repeat(400),
  }
  for (const event of EVENTS.toSpliced(opening, 0, ...Array.from({ length: 5 }, () => thinking))) endless?.event(event)
  expect(lost).toHaveLength(1)
  expect(kept.size).toBe(1)
})

test('clients whose formats bring state back, and operators who keep none, cost nothing', async () => {
  const never = () => Promise.reject(new Error('nothing is to be asked for'))
  for (const format of ['anthropic-messages', 'openai-responses', 'gemini'] as const) {
    const { replay } = stage({ reasoning: { keep: never, find: never } })
    expect(replay.listen(callIn(format), 's', ASKED)).toBeUndefined()
    expect(await replay.restore(callIn(format), 's', READ)).toBe(READ)
  }
  const { replay } = stage({ enabled: false, reasoning: { keep: never, find: never } })
  expect(replay.listen(CHAT, 's', ASKED)).toBeUndefined()
  expect(await replay.restore(CHAT, 's', READ)).toBe(READ)
})

test('the operator is told of state that could not be kept, and the answer goes on', async () => {
  const tooLarge = stage({ bytesMax: 3 })
  tooLarge.replay.listen(CHAT, 's', ASKED)?.answer(ANSWER)
  expect(tooLarge.kept.size).toBe(0)
  expect(tooLarge.lost[0]).toContain('more than are kept')
  const full = stage({ reasoning: { keep: async () => err('full'), find: async () => new Map() } })
  full.replay.listen(CHAT, 's', ASKED)?.answer(ANSWER)
  await Promise.resolve()
  expect(full.lost).toEqual(['full'])
})
