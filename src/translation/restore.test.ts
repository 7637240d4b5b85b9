import { describe, expect, test } from 'bun:test'
import type { AnswerEvent, StopReason } from '../canon/answer.ts'
import type { ToolIdentity } from '../canon/codec.ts'
import { collect } from '../canon/collect.ts'
import { createLosses } from '../canon/losses.ts'
import type { WireFormat } from '../canon/operation.ts'
import { createRestorer } from './restore.ts'

const call = (name: string, pieces: readonly string[], key = 0): readonly AnswerEvent[] => [
  { type: 'open', key, opening: { kind: 'tool-call', id: `call_${key}`, name, form: 'function' } },
  ...pieces.map((text): AnswerEvent => ({ type: 'delta', key, text })),
  { type: 'close', key },
]
const stop = (reason: StopReason): readonly AnswerEvent[] => [{ type: 'stop', stop: { reason } }, { type: 'end' }]

const restore = (events: readonly AnswerEvent[], tools: Record<string, ToolIdentity> = {}, answerTool?: string) =>
  collect(
    events.flatMap(
      createRestorer({ tools: new Map(Object.entries(tools)), ...(answerTool !== undefined && { answerTool }) }),
    ),
  )

const patch: ToolIdentity = { name: 'apply_patch', form: 'custom', wrapped: true }

/** Every way to cut a text into two pieces, and into single characters. */
const cuts = (text: string): readonly (readonly string[])[] => [
  ...Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]),
  [...text].flatMap((character) => character.split('')),
]

describe('a call', () => {
  test('gets back the name and namespace the client declared', () => {
    const tools = { files__read: { name: 'read', namespace: 'files', form: 'function' } } as const
    expect(restore([...call('files__read', ['{}']), ...stop('natural')], tools).blocks).toEqual([
      { kind: 'tool-call', id: 'call_0', name: 'read', namespace: 'files', form: 'function', arguments: '{}' },
    ])
  })

  test('of a tool nobody declared keeps its name', () => {
    expect(restore([...call('made_up', ['{}']), ...stop('natural')]).blocks[0]).toMatchObject({ name: 'made_up' })
  })

  const WRAPPED: readonly (readonly [string, string])[] = [
    ['{"input":"*** Begin Patch\\n+é \\ud83d\\ude00 \\"q\\" \\\\ /\\t\\u00e9"}', '*** Begin Patch\n+é 😀 "q" \\ /\té'],
    ['{ "input" : "" }', ''],
    ['{"reason":"because","input":"text"}', 'text'],
    ['{"input":"😀"}', '😀'],
    // A model may send anything, an object that no engine can turn into a text included.
    ['{"input":{"toString":1}}', '{"toString":1}'],
    ['not json at all', 'not json at all'],
  ]
  test.each(WRAPPED)('70 of a custom tool is unwrapped, however it is cut: %s', (wrapped, text) => {
    for (const pieces of cuts(wrapped)) {
      const { blocks } = restore([...call('apply_patch', pieces), ...stop('natural')], { apply_patch: patch })
      expect([pieces, blocks]).toEqual([
        pieces,
        [{ kind: 'tool-call', id: 'call_0', name: 'apply_patch', form: 'custom', arguments: text }],
      ])
    }
  })

  test('of a custom tool that says more than its text loses that, and it is declared once', () => {
    const losses = createLosses()
    const events = ['a', 'b'].flatMap((text, key) => call('apply_patch', [`{"input":"${text}","lines":1}`], key))
    const { blocks } = collect(
      [...events, ...stop('natural')].flatMap(createRestorer({ tools: new Map([['apply_patch', patch]]) }, losses)),
    )
    expect(blocks).toMatchObject([{ arguments: 'a' }, { arguments: 'b' }])
    expect(losses.list).toEqual([{ pointer: '/response', code: 'unsupported' }])
  })

  test('that only disguises a JSON answer becomes text, and is no call', () => {
    const answer = restore([...call('json', ['{"a":', '1}']), ...stop('tool-calls')], {}, 'json')
    expect(answer.blocks).toEqual([{ kind: 'text', text: '{"a":1}' }])
    expect(answer.stop.reason).toBe('natural')
  })
})

describe('a call that the provider itself could not read', () => {
  const ROWS: readonly (readonly [WireFormat, string | undefined])[] = [
    ['openai-chat', 'upstream-failed'],
    ['anthropic-messages', 'upstream-failed'],
    ['openai-completions', 'upstream-failed'],
    ['openai-responses', undefined],
    ['gemini', undefined],
  ]
  test.each(ROWS)('109 is a failure to a client of %s, or has a word there: %p', (clientFormat, kind) => {
    const stopped = { type: 'stop', stop: { reason: 'malformed-call', explanation: 'no such function' } } as const
    const answer = collect([...call('f', ['{}']), stopped].flatMap(createRestorer({ tools: new Map(), clientFormat })))
    expect(answer.error?.kind).toBe(kind as never)
    if (answer.error) expect(answer.error.internal).toBe('no such function')
    else expect(answer.stop.reason).toBe('malformed-call')
  })
})

describe('the stop reason', () => {
  const ROWS: readonly (readonly [string, StopReason, number, StopReason])[] = [
    ['108 natural with calls is tool calls', 'natural', 1, 'tool-calls'],
    ['tool calls without a call is natural', 'tool-calls', 0, 'natural'],
    ['110 the output limit is never hidden by a call', 'output-limit', 1, 'output-limit'],
    ['141 a filter is never hidden by a call', 'filter', 1, 'filter'],
    ['natural without calls stays', 'natural', 0, 'natural'],
  ]
  test.each(ROWS)('%s', (_, said, calls, expected) => {
    const events = Array.from({ length: calls }, (_unused, key) => call('f', ['{}'], key)).flat()
    expect(restore([...events, ...stop(said)]).stop.reason).toBe(expected)
  })
})
