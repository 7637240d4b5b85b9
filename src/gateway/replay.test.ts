import { expect, test } from 'bun:test'
import type { AnswerEvent } from '../canon/answer.ts'
import type { Conversation } from '../canon/conversation.ts'
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
const READ = {
  conversation: { turns: [{ role: 'assistant', blocks: [BLOCKS[1]], pointer: '' }] } as unknown as Conversation,
  losses: [],
}

const callIn = (format: WireFormat): Call => ({ ...callOf(), operation: { format, action: 'generate' } })
const CHAT = callIn('openai-chat')

const stage = (more: Partial<ReplayDeps> = {}) => {
  const kept = new Map<string, string>()
  const lost: string[] = []
  const replay = createReplay({
    reasoning: {
      keep: async (scope, { callId, state, expiresAtMs }) => {
        kept.set(`${scope} ${callId} ${expiresAtMs}`, state)
        return ok(undefined)
      },
      find: async (_, ids) => new Map(ids.map((id) => [id, [...kept.values()][0] ?? '[]'])),
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
    const listener = replay.listen(CHAT, 'user:u1')
    if (streamed) {
      for (const event of EVENTS.slice(0, -1)) listener?.event(event)
      expect(kept.size).toBe(0)
      for (const event of EVENTS.slice(-1)) listener?.event(event)
    } else listener?.answer(ANSWER)
    expect([...kept.keys()]).toEqual(['user:u1 c1 105'])
    const { conversation } = await replay.restore(CHAT, 'user:u1', READ)
    expect(conversation.turns[0]?.blocks.map(({ kind }) => kind)).toEqual(['reasoning', 'tool-call'])
  }
})

test('of a stream its words are not remembered, and of endless reasoning no more than can be kept', () => {
  const { replay, kept, lost } = stage()
  const words = replay.listen(CHAT, 's')
  const long = EVENTS.toSpliced(
    -2,
    0,
    ...Array.from({ length: 500 }, (): AnswerEvent => ({ type: 'delta', key: 99, text: 'word '.repeat(50) })),
  )
  for (const event of long) words?.event(event)
  expect([kept.size, lost]).toEqual([1, []])
  const opening = EVENTS.findIndex(({ type }) => type === 'delta')
  const endless = replay.listen(CHAT, 's')
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
    expect(replay.listen(callIn(format), 's')).toBeUndefined()
    expect(await replay.restore(callIn(format), 's', READ)).toBe(READ)
  }
  const { replay } = stage({ enabled: false, reasoning: { keep: never, find: never } })
  expect(replay.listen(CHAT, 's')).toBeUndefined()
  expect(await replay.restore(CHAT, 's', READ)).toBe(READ)
})

test('the operator is told of state that could not be kept, and the answer goes on', async () => {
  const tooLarge = stage({ bytesMax: 3 })
  tooLarge.replay.listen(CHAT, 's')?.answer(ANSWER)
  expect(tooLarge.kept.size).toBe(0)
  expect(tooLarge.lost[0]).toContain('more than are kept')
  const full = stage({ reasoning: { keep: async () => err('full'), find: async () => new Map() } })
  full.replay.listen(CHAT, 's')?.answer(ANSWER)
  await Promise.resolve()
  expect(full.lost).toEqual(['full'])
})
