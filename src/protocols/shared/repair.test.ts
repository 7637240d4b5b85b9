import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Block, TextBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { Role, Turn } from '../../canon/conversation.ts'
import { createLosses } from '../../canon/losses.ts'
import { type RepairRules, repairTurns } from './repair.ts'

const NONE: RepairRules = { mergeSameRole: false, startsWithUser: false, dropsEmptyText: false, pairsCalls: false }
const PAIRS: RepairRules = { ...NONE, pairsCalls: true }
const ALL: RepairRules = { mergeSameRole: true, startsWithUser: true, dropsEmptyText: true, pairsCalls: true }

const text = (words: string): TextBlock => ({ kind: 'text', text: words })
const call = (id: string): Block => ({ kind: 'tool-call', id, name: `tool_${id}`, form: 'function', arguments: '{}' })
const result = (callId: string, words = `of ${callId}`): ToolResultBlock => ({
  kind: 'tool-result',
  callId,
  form: 'function',
  content: [text(words)],
})

/** Turns with pointers, as a parser gives them. */
const talk = (...turns: readonly (readonly [role: Role, ...blocks: readonly Block[]])[]): readonly Turn[] =>
  turns.map(([role, ...blocks], turn) => ({
    role,
    pointer: `/messages/${turn}`,
    native: { format: 'openai-chat', value: {} },
    blocks: blocks.map((block, at) => ({ ...block, pointer: `/messages/${turn}/content/${at}` })),
  }))

const words = (block: Block): string => {
  if (block.kind === 'tool-call') return `call ${block.id}`
  if (block.kind === 'tool-result') {
    const [first] = block.content
    return `result ${block.callId}${first?.kind === 'text' ? `: ${first.text}` : ''}${block.isError ? ' (error)' : ''}`
  }
  return 'text' in block ? block.text : block.kind
}
const said = (turns: readonly Turn[]): readonly string[] =>
  turns.map(({ role, blocks }) => `${role}: ${blocks.map(words).join(' | ')}`)

const repaired = (turns: readonly Turn[], rules: RepairRules): { said: string[]; losses: string[] } => {
  const losses = createLosses()
  const turnsAfter = repairTurns(turns, rules, losses)
  return { said: [...said(turnsAfter)], losses: losses.list.map(({ pointer, code }) => `${pointer} ${code}`) }
}

interface Row {
  readonly title: string
  readonly turns: readonly Turn[]
  readonly rules: RepairRules
  readonly said: readonly string[]
  readonly losses?: readonly string[]
}

const ROWS: readonly Row[] = [
  {
    title: '29 drops empty text beside a call',
    turns: talk(['user', text('a')], ['assistant', text(''), call('1')], ['user', result('1')]),
    rules: ALL,
    said: ['user: a', 'assistant: call 1', 'user: result 1: of 1'],
  },
  {
    title: '30 drops text of white space and says so',
    turns: talk(['user', text('a'), text(' \n'), text('b')]),
    rules: ALL,
    said: ['user: a | b'],
    losses: ['/messages/0/content/1 unsupported'],
  },
  {
    title: '29 drops a turn that has nothing, and joins its neighbours',
    turns: talk(['user', text('a')], ['assistant', text('')], ['user', text('b')]),
    rules: ALL,
    said: ['user: a | b'],
  },
  {
    title: '57 keeps an empty last message of the user, or the answer would continue the assistant’s words',
    turns: talk(['user', text('a')], ['assistant', text('b')], ['user', text('')]),
    rules: ALL,
    said: ['user: a', 'assistant: b', 'user: (empty message)'],
    losses: ['/messages/2 added'],
  },
  {
    title: '40 puts a result right behind its call, before what the user said meanwhile',
    turns: talk(['user', text('a')], ['assistant', call('1')], ['user', text('wait')], ['user', result('1')]),
    rules: PAIRS,
    said: ['user: a', 'assistant: call 1', 'user: result 1: of 1', 'user: wait'],
    losses: ['/messages/3/content/0 moved'],
  },
  {
    title: '40 puts results first in the turn of the user',
    turns: talk(['user', text('a')], ['assistant', call('1')], ['user', text('wait'), result('1')]),
    rules: ALL,
    said: ['user: a', 'assistant: call 1', 'user: result 1: of 1 | wait'],
    losses: ['/messages/2/content/1 moved'],
  },
  {
    title: '40 puts a system turn between a call and its result behind both',
    turns: talk(['assistant', call('1')], ['system', text('s')], ['user', result('1')]),
    rules: PAIRS,
    said: ['assistant: call 1', 'user: result 1: of 1', 'system: s'],
    losses: ['/messages/2/content/0 moved'],
  },
  {
    title: '41 merges the turns of several results into one',
    turns: talk(['user', text('a')], ['assistant', call('1'), call('2')], ['user', result('1')], ['user', result('2')]),
    rules: ALL,
    said: ['user: a', 'assistant: call 1 | call 2', 'user: result 1: of 1 | result 2: of 2'],
  },
  {
    title: '41 46 puts results in the order of the calls, which loses nothing',
    turns: talk(['assistant', call('1'), call('2')], ['user', result('2'), result('1'), text('b')]),
    rules: PAIRS,
    said: ['assistant: call 1 | call 2', 'user: result 1: of 1 | result 2: of 2', 'user: b'],
  },
  {
    title: '42 turns a result of no call into words of the user',
    turns: talk(['user', text('a'), result('9')], ['assistant', text('b')]),
    rules: PAIRS,
    said: ['user: a | Result from a tool call that is not part of this conversation:\nof 9', 'assistant: b'],
    losses: ['/messages/0/content/1 approximated'],
  },
  {
    title: '42 46 gives a call without a result one that says so',
    turns: talk(['assistant', call('1'), call('2')], ['user', result('2'), text('b')]),
    rules: ALL,
    said: [
      'user: (The conversation starts with the assistant.)',
      'assistant: call 1 | call 2',
      'user: result 1: The tool call was interrupted: it has no result. (error) | result 2: of 2 | b',
    ],
    losses: ['/messages/0/content/0 added', '/messages/0 added'],
  },
  {
    title: '42 gives calls at the end results too',
    turns: talk(['user', text('a')], ['assistant', call('1')]),
    rules: PAIRS,
    said: ['user: a', 'assistant: call 1', 'user: result 1: The tool call was interrupted: it has no result. (error)'],
    losses: ['/messages/1/content/0 added'],
  },
  {
    title: '42 takes the last of several results of one call',
    turns: talk(['assistant', call('1')], ['user', result('1', 'old')], ['user', result('1', 'new')]),
    rules: PAIRS,
    said: ['assistant: call 1', 'user: result 1: new'],
    losses: ['/messages/1/content/0 unsupported'],
  },
  {
    title: '43 tells apart ids that come again, and keeps both results',
    turns: talk(
      ['assistant', call('call_0')],
      ['user', result('call_0', 'one')],
      ['assistant', call('call_0')],
      ['user', result('call_0', 'two')],
    ),
    rules: PAIRS,
    said: [
      'assistant: call call_0',
      'user: result call_0: one',
      'assistant: call call_0_2',
      'user: result call_0_2: two',
    ],
    losses: ['/messages/2/content/0 renamed'],
  },
  {
    title: '43 49 tells apart equal ids of one step, in their order',
    turns: talk(['assistant', call('x'), call('x')], ['user', result('x', 'one'), result('x', 'two')]),
    rules: PAIRS,
    said: ['assistant: call x | call x_2', 'user: result x: one | result x_2: two'],
    losses: ['/messages/0/content/1 renamed'],
  },
  {
    title: '40 takes calls of assistant turns in a row as one step',
    turns: talk(['assistant', call('1')], ['assistant', call('2')], ['user', result('1')], ['user', result('2')]),
    rules: PAIRS,
    said: ['assistant: call 1 | call 2', 'user: result 1: of 1', 'user: result 2: of 2'],
  },
  {
    title: '58 lets a user begin, behind the system prompt',
    turns: talk(['system', text('s')], ['assistant', text('hi')], ['user', text('a')]),
    rules: { ...NONE, startsWithUser: true },
    said: ['system: s', 'user: (The conversation starts with the assistant.)', 'assistant: hi', 'user: a'],
    losses: ['/messages/1 added'],
  },
  {
    title: '58 adds a message where there is only a system prompt',
    turns: talk(['system', text('s')]),
    rules: ALL,
    said: ['system: s', 'user: (no message)'],
    losses: ['/messages/0 added'],
  },
  { title: 'leaves nothing alone', turns: [], rules: ALL, said: [] },
]

describe('repairTurns', () => {
  test.each(ROWS.map((row) => [row.title, row] as const))('%s', (_, { turns, rules, said: expected, losses = [] }) => {
    expect(repaired(turns, rules)).toEqual({ said: [...expected], losses: [...losses] })
  })

  test('what is in order comes back as the same objects', () => {
    const turns = talk(
      ['system', text('s')],
      ['user', text('a')],
      ['assistant', text('b'), call('1'), call('2')],
      ['user', result('1'), result('2'), text('c')],
      ['assistant', text('d')],
    )
    for (const [at, turn] of repairTurns(turns, ALL, createLosses()).entries()) expect(turn).toBe(turns[at] as Turn)
  })

  test('30 a cache mark on dropped text moves to the block before it, of an earlier turn if need be', () => {
    const marked: Block = { ...text(''), cache: { ttl: '1h' } }
    for (const turns of [
      talk(['user', text('a'), marked]),
      talk(['user', text('a')], ['assistant', marked, text('b')]),
    ]) {
      const losses = createLosses()
      expect(repairTurns(turns, ALL, losses)[0]?.blocks).toMatchObject([{ text: 'a', cache: { ttl: '1h' } }])
      expect(losses.list.map(({ code }) => code)).toEqual(['moved'])
    }
  })

  test('29 a thought signature on empty text stays, as reasoning', () => {
    const opaque = { family: 'google', kind: 'thought-signature', data: '{}' } as const
    const [turn] = repairTurns(
      talk(['assistant', { ...text(''), opaque }]),
      { ...NONE, dropsEmptyText: true },
      createLosses(),
    )
    expect(turn?.blocks).toMatchObject([{ kind: 'reasoning', text: '', opaque }])
  })

  test('29 an empty result of a tool has no content', () => {
    const [, turn] = repairTurns(
      talk(['assistant', call('1')], ['user', result('1', '')]),
      { ...NONE, dropsEmptyText: true },
      createLosses(),
    )
    expect(turn?.blocks).toMatchObject([{ kind: 'tool-result', content: [] }])
  })

  test('a name stays on merged turns when both have it, and is declared when it does not', () => {
    const named = talk(['user', text('a')], ['user', text('b')], ['user', text('c')])
    const merge = (names: readonly string[]) => {
      const losses = createLosses()
      const turns = named.map((turn, at) => ({ ...turn, ...(names[at] && { name: names[at] }) }))
      return [repairTurns(turns, ALL, losses)[0]?.name, losses.list.map(({ pointer }) => pointer)]
    }
    expect(merge(['eve', 'eve', 'eve'])).toEqual(['eve', []])
    expect(merge(['eve', '', 'bob'])).toEqual([undefined, ['/messages/0/name', '/messages/2/name']])
  })
})

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.constantFrom('', ' ', 'a', 'b').map(text),
  fc.constantFrom('1', '2', '3', '1_2').map(call),
  fc.constantFrom('1', '2', '3', '1_2').map((id) => result(id)),
)
const turns: fc.Arbitrary<readonly Turn[]> = fc
  .array(fc.tuple(fc.constantFrom<Role>('user', 'assistant', 'system'), fc.array(block, { maxLength: 4 })), {
    maxLength: 8,
  })
  .map((list) => talk(...list.map(([role, blocks]) => [role, ...blocks] as const)))
  // Calls are the assistant's, results are not.
  .map((list) =>
    list.map((turn) => ({
      ...turn,
      blocks: turn.blocks.filter(
        ({ kind }) => kind === 'text' || (kind === 'tool-call') === (turn.role === 'assistant'),
      ),
    })),
  )

describe('any conversation', () => {
  test('40 41 42 43 58 ends up in order: every call has one result, directly behind, and nothing else has', () => {
    fc.assert(
      fc.property(turns, (conversation) => {
        const after = repairTurns(conversation, ALL, createLosses())
        const idsOf = (turn: Turn | undefined, kind: Block['kind']): readonly string[] =>
          (turn?.blocks ?? []).flatMap((one) =>
            one.kind !== kind ? [] : 'callId' in one ? one.callId : 'id' in one ? one.id : [],
          )
        const ids = after.flatMap((turn) => idsOf(turn, 'tool-call'))
        expect(new Set(ids).size).toBe(ids.length)
        for (const [at, turn] of after.entries()) {
          const results = idsOf(turn, 'tool-result')
          expect(results).toEqual(idsOf(turn.role === 'user' ? after[at - 1] : undefined, 'tool-call'))
          expect(turn.blocks.slice(0, results.length).every(({ kind }) => kind === 'tool-result')).toBe(true)
          expect(turn.role).not.toBe(after[at + 1]?.role as Role)
          expect(turn.blocks.every((one) => one.kind !== 'text' || one.text.trim() !== '')).toBe(true)
        }
        const first = after.find(({ role }) => role !== 'system')
        expect(first?.role ?? 'user').toBe('user')
      }),
      { seed: 42, numRuns: 1_000 },
    )
  })

  test('repairing what is repaired changes and declares nothing', () => {
    fc.assert(
      fc.property(turns, (conversation) => {
        const once = repairTurns(conversation, ALL, createLosses())
        const losses = createLosses()
        expect(repairTurns(once, ALL, losses)).toEqual(once)
        expect(losses.list).toEqual([])
      }),
      { seed: 43, numRuns: 500 },
    )
  })

  test('a longer conversation is repaired as its beginning was', () => {
    const start = talk(
      ['user', text('a')],
      ['assistant', call('1'), call('1')],
      ['user', text('b'), result('1'), result('1')],
    )
    const later = talk(['assistant', call('1')], ['user', result('1')], ['user', text('c')])
    const short = repairTurns(start, ALL, createLosses())
    expect(repairTurns([...start, ...later], ALL, createLosses()).slice(0, short.length)).toEqual([...short])
  })

  test('twenty thousand calls of one id are no burden', () => {
    const many = Array.from({ length: 20_000 }, () => 'x')
    const [, , after] = repairTurns(
      talk(['user', text('a')], ['assistant', ...many.map(call)], ['user', ...many.map((id) => result(id))]),
      ALL,
      createLosses(),
    )
    expect(after?.blocks.length).toBe(20_000)
  })
})
