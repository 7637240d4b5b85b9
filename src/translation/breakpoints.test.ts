import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Block, CacheMark } from '../canon/blocks.ts'
import type { Conversation, Role, Tool, Turn } from '../canon/conversation.ts'
import type { WireFormat } from '../canon/operation.ts'
import { type MarkingProfile, placeBreakpoints } from './breakpoints.ts'

const CLAUDE: MarkingProfile = { cacheMarks: 'cache_control', cacheTtlHour: true }
const NOVA: MarkingProfile = { cacheMarks: 'cache_control', cacheTtlHour: false, cacheMarksOnTools: false }

const conversationOf = (turns: readonly Turn[], more: Partial<Conversation> = {}): Conversation => ({
  format: 'openai-chat',
  model: 'm',
  stream: false,
  turns,
  tools: [],
  settings: {},
  unmapped: [],
  wishes: { includesUsage: false, legacyFunctions: false, echo: {} },
  native: { format: 'openai-chat', value: {} },
  ...more,
})

const turn = (role: Role, ...blocks: readonly (Block | string)[]): Turn => ({
  role,
  blocks: blocks.map((block) => (typeof block === 'string' ? { kind: 'text', text: block } : block)),
  pointer: '',
})
const call = (id: string): Block => ({ kind: 'tool-call', id, name: 't', form: 'function', arguments: '{}' })
const result = (callId: string, more: { readonly cache?: CacheMark } = {}): Block => ({
  kind: 'tool-result',
  callId,
  form: 'function',
  content: [{ kind: 'text', text: callId }],
  ...more,
})
const tool = (name: string): Tool => ({ kind: 'function', name, schema: {}, pointer: '' })
const SEARCH: Tool = { kind: 'hosted', hosted: 'web-search', name: 'web_search', pointer: '' }
const IMAGE: Block = { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://a.test/b.png' } }
const THOUGHT: Block = { kind: 'reasoning', text: 'hm' }
const MARK: CacheMark = { ttl: undefined }

const nameOf = (block: Block): string =>
  block.kind === 'text' ? block.text : block.kind === 'tool-result' ? `result ${block.callId}` : block.kind

/** What is marked, in the order of the conversation, tools first. */
const markedIn = ({ tools, turns }: Conversation): readonly string[] => [
  ...tools.filter(({ cache }) => cache).map(({ name }) => `tool ${name}`),
  ...turns.flatMap(({ blocks }) => blocks.filter((block) => 'cache' in block && block.cache).map(nameOf)),
]

describe('breakpoints stand', () => {
  const rows: readonly (readonly [string, Conversation, readonly string[]])[] = [
    ['nowhere in nothing', conversationOf([]), []],
    ['on the only turn', conversationOf([turn('user', 'a', 'b')]), ['b']],
    [
      'on the last tool, the end of the system prompt and the last two turns of the user',
      conversationOf(
        [
          turn('system', 's1', 's2'),
          turn('developer', 's3'),
          turn('user', 'u1'),
          turn('assistant', 'a1'),
          turn('user', 'u2'),
          turn('assistant', 'a2'),
          turn('user', 'u3'),
        ],
        { tools: [tool('x'), tool('y')] },
      ),
      ['tool y', 's3', 'u2', 'u3'],
    ],
    [
      'on the result of the last call, in whatever order results came',
      conversationOf([
        turn('user', 'u1'),
        turn('assistant', call('1'), call('2')),
        turn('user', result('2')),
        turn('user', result('1')),
        turn('assistant', call('3')),
        turn('user', result('3')),
      ]),
      ['result 2', 'result 3'],
    ],
    [
      'on what is said beside results, which are sent first',
      conversationOf([turn('assistant', call('1')), turn('user', 'said', result('1'))]),
      ['said'],
    ],
    [
      'on the last of results of no call',
      conversationOf([turn('assistant', 'a'), turn('user', result('1'), result('2'))]),
      ['result 2'],
    ],
    [
      'on pictures, and never on empty text, reasoning or refusals',
      conversationOf([
        turn('system', 's', ' \n'),
        turn('user', IMAGE, '', THOUGHT),
        turn('assistant', 'a'),
        turn('user', 'u', { kind: 'refusal', text: 'no' }),
      ]),
      ['s', 'media', 'u'],
    ],
    [
      'once in turns that the assistant does not part, and on those of the user',
      conversationOf([
        turn('user', 'u1'),
        turn('assistant', 'a'),
        turn('user', 'u2'),
        turn('user', 'u3'),
        turn('developer', 'later'),
      ]),
      ['u1', 'u3'],
    ],
    [
      'on the turns before, where the last has nothing to mark',
      conversationOf([turn('user', 'u1'), turn('assistant', 'a'), turn('user', ''), turn('assistant', 'b')]),
      ['u1'],
    ],
    [
      'on tools that are sent, and not on those the vendor runs',
      conversationOf([turn('user', 'u')], {
        tools: [tool('x'), tool('y'), SEARCH],
        toolChoice: { value: { kind: 'allowed', required: false, names: ['x', 'web_search'] }, pointer: '' },
      }),
      ['tool x', 'u'],
    ],
  ]
  test.each(rows)('%s', (_, conversation, expected) => {
    expect(markedIn(placeBreakpoints(conversation, CLAUDE, undefined))).toEqual([...expected])
  })

  test.each(['openai-chat', 'openai-responses', 'gemini', 'openai-completions'] as const)(
    'in what clients of %s say, who have no such marks',
    (format) => {
      const conversation = conversationOf([turn('user', 'u')], { format })
      expect(markedIn(placeBreakpoints(conversation, CLAUDE, undefined))).toEqual(['u'])
    },
  )

  test('on what is said only, for a model that takes none on tools and results', () => {
    const turns = [turn('user', 'u1'), turn('assistant', call('1')), turn('user', result('1')), turn('assistant', 'a')]
    const conversation = conversationOf([...turns, turn('user', 'u2')], { tools: [tool('x')] })
    expect(markedIn(placeBreakpoints(conversation, NOVA, undefined))).toEqual(['u1', 'u2'])
  })
})

describe('the conversation comes back as it is', () => {
  const plain = conversationOf([turn('system', 's'), turn('user', 'u')], { tools: [tool('x')] })
  const textMarked: Block = { kind: 'text', text: 'a', cache: MARK }
  const rows: readonly (readonly [string, Conversation, MarkingProfile])[] = [
    ['where the model takes no marks', plain, { ...CLAUDE, cacheMarks: 'none' }],
    [
      'where it takes those of OpenAI, which caches unasked',
      plain,
      { ...CLAUDE, cacheMarks: 'prompt_cache_breakpoint' },
    ],
    ['of a client of Messages, which can mark', { ...plain, format: 'anthropic-messages' }, CLAUDE],
    ['with a marked tool', { ...plain, tools: [{ ...tool('x'), cache: MARK }] }, CLAUDE],
    ['with a marked block', { ...plain, turns: [turn('user', textMarked, 'u')] }, CLAUDE],
    ['with a marked result', { ...plain, turns: [turn('user', result('1', { cache: MARK }))] }, CLAUDE],
    [
      'with a mark inside a result',
      {
        ...plain,
        turns: [turn('user', { kind: 'tool-result', callId: '1', form: 'function', content: [textMarked] })],
      },
      CLAUDE,
    ],
    ['marked as a whole', { ...plain, settings: { cache: { value: MARK, pointer: '/cache_control' } } }, CLAUDE],
    [
      'that OpenAI was told to cache by explicit marks',
      { ...plain, native: { format: 'openai-chat', value: { prompt_cache_options: { mode: 'explicit' } } } },
      CLAUDE,
    ],
  ]
  test.each(rows)('%s', (_, conversation, profile) => {
    expect(placeBreakpoints(conversation, profile, '1h')).toBe(conversation)
  })
})

test.each<[CacheMark['ttl'], MarkingProfile, CacheMark['ttl']]>([
  [undefined, CLAUDE, undefined],
  ['5m', CLAUDE, undefined],
  ['1h', CLAUDE, '1h'],
  ['1h', NOVA, undefined],
])('a wish for %p is marked as the model has it', (ttl, profile, expected) => {
  const { turns } = placeBreakpoints(conversationOf([turn('user', 'u')]), profile, ttl)
  expect(turns[0]?.blocks).toEqual([{ kind: 'text', text: 'u', cache: { ttl: expected } }])
})

describe('of whatever conversation', () => {
  const id = fc.constantFrom('1', '2', '3')
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.constantFrom('', ' ', 'a', 'b').map((text): Block => ({ kind: 'text', text })),
    id.map((one) => result(one)),
    id.map(call),
    fc.constantFrom<Block>(THOUGHT, IMAGE, { kind: 'refusal', text: 'no' }),
  )
  const role = fc.constantFrom<Role>('system', 'developer', 'user', 'assistant')
  const turns = fc.array(
    fc.tuple(role, fc.array(block, { maxLength: 4 })).map(([who, blocks]) => turn(who, ...blocks)),
    { maxLength: 12 },
  )
  const format = fc.constantFrom<WireFormat>('openai-chat', 'openai-responses', 'gemini', 'openai-completions')
  const conversation = fc
    .record({ turns, format, tools: fc.array(fc.constantFrom(tool('x'), tool('y'), SEARCH), { maxLength: 3 }) })
    .map(({ turns: all, ...more }) => conversationOf(all, more))
  const profile = fc.constantFrom(CLAUDE, NOVA)
  const trials = { seed: 20_260_301, numRuns: 500 }

  const unmarked = (value: unknown): string =>
    JSON.stringify(value, (name, member) => (name === 'cache' ? undefined : (member as unknown)))

  const marksTogether = ({ tools, turns: all }: Conversation): readonly (Tool | Block)[] => [
    ...tools.filter(({ cache }) => cache),
    ...all.flatMap(({ blocks }) => blocks.filter((one) => 'cache' in one && one.cache)),
  ]

  test('at most four marks are placed, on what takes one, and nothing else changes; a second time places none', () => {
    fc.assert(
      fc.property(conversation, profile, (before, taken) => {
        const after = placeBreakpoints(before, taken, '1h')
        const marks = marksTogether(after)
        expect(marks.length).toBeLessThanOrEqual(4)
        for (const { kind, ...node } of marks) {
          expect(taken === NOVA ? ['text', 'media'] : ['text', 'media', 'tool-result', 'function']).toContain(kind)
          if ('text' in node) expect(node.text.trim()).not.toBe('')
        }
        expect(unmarked(after)).toBe(unmarked(before))
        expect(placeBreakpoints(after, taken, undefined)).toEqual(after)
      }),
      trials,
    )
  })

  test('the last mark of a request is still there in the next one', () => {
    fc.assert(
      fc.property(conversation, profile, fc.array(block, { maxLength: 3 }), (before, taken, answered) => {
        const answer = turn('assistant', ...answered)
        const grown = { ...before, turns: [...before.turns, answer, turn('user', 'and then?')] }
        const earlier = placeBreakpoints(before, taken, undefined).turns
        const later = placeBreakpoints(grown, taken, undefined).turns
        const placeOf = (all: readonly Turn[]) => all.map(({ blocks }) => blocks.findIndex((one) => 'cache' in one))
        const at = placeOf(earlier).findLastIndex((place) => place !== -1)
        if (at !== -1) expect(later[at]).toEqual(earlier[at] as Turn)
      }),
      trials,
    )
  })
})
