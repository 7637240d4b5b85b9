import { describe, expect, test } from 'bun:test'
import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { objectsOf } from '../json.ts'
import { renderStream } from './render-stream.ts'
import {
  close,
  cut,
  delta,
  ended,
  itemsOf,
  openCall,
  reversal,
  SEALED,
  SIGNATURE,
  START,
  stream,
  text,
  thinking,
  whole,
} from './test-answers.ts'

describe('an item', () => {
  const items: readonly [title: string, events: readonly AnswerEvent[], output: readonly object[]][] = [
    ['of a call carries the call’s own id', [openCall(0), close(0)], [{ call_id: 'call_0', name: 'f' }]],
    [
      '32 of a call without arguments has an empty object',
      [openCall(0), delta(0, ''), close(0)],
      [{ arguments: '{}' }],
    ],
    [
      '31 of a call whose arguments do not parse keeps them as they are',
      [openCall(0), delta(0, '{"a":'), close(0)],
      [{ arguments: '{"a":', status: 'completed' }],
    ],
    [
      '143 of a call keeps its numbers as they were spelt',
      [openCall(0), delta(0, '{"a":1.0,"b":9007199254740993}'), close(0)],
      [{ arguments: '{"a":1.0,"b":9007199254740993}' }],
    ],
    [
      '110 of a call that was cut is incomplete',
      [openCall(0), delta(0, '{"a'), cut(0)],
      [{ status: 'incomplete', arguments: '{"a' }],
    ],
    [
      '70 of a custom tool has its input',
      [openCall(0, { form: 'custom' }), delta(0, '*** Begin'), close(0)],
      [{ type: 'custom_tool_call', input: '*** Begin', name: 'f' }],
    ],
    [
      'of a tool in a namespace names both',
      [openCall(0, { namespace: 'mcp' }), close(0)],
      [{ name: 'f', namespace: 'mcp' }],
    ],
    [
      '43 of a call whose id was used before gets another',
      [openCall(0, { id: 'c' }), close(0), openCall(1, { id: 'c' }), close(1)],
      [{ call_id: 'c' }, { call_id: 'c_2' }],
    ],
    [
      '50 of a call whose id OpenAI would refuse gets its hash',
      [openCall(0, { id: 'call:1/é' }), close(0)],
      [{ call_id: expect.stringMatching(/^[A-Za-z0-9_-]{1,64}$/) }],
    ],
    [
      'of OpenAI’s shell has its action',
      [openCall(0, { name: 'local_shell', typed: 'local_shell' }), delta(0, '{"command":["ls","-a"]}'), close(0)],
      [{ type: 'local_shell_call', call_id: 'call_0', action: { type: 'exec', command: ['ls', '-a'], env: {} } }],
    ],
    [
      'of a typed tool that says nothing the tool could do is shown as a function',
      [openCall(0, { name: 'local_shell', typed: 'local_shell' }), delta(0, '{"cmd":"ls"}'), close(0)],
      [{ type: 'function_call', name: 'local_shell', arguments: '{"cmd":"ls"}', call_id: 'call_0' }],
    ],
    [
      '128 of a message keeps its phase, and ends where another phase begins',
      [
        { type: 'open', key: 0, opening: { kind: 'text', phase: 'commentary' } },
        delta(0, 'a'),
        close(0),
        { type: 'open', key: 1, opening: { kind: 'text', phase: 'final_answer' } },
        delta(1, 'b'),
        close(1),
      ],
      [{ phase: 'commentary' }, { phase: 'final_answer' }],
    ],
    [
      '3 of redacted thinking carries it sealed',
      [...thinking(0)],
      [{ type: 'reasoning', summary: [], encrypted_content: SEALED }],
    ],
    [
      'of reasoning joins paragraphs in one summary',
      [
        { type: 'open', key: 0, opening: { kind: 'reasoning' } },
        delta(0, 'a'),
        { type: 'paragraph', key: 0 },
        delta(0, 'b'),
        close(0),
      ],
      [{ summary: [{ type: 'summary_text', text: 'a\n\nb' }] }],
    ],
    [
      'of a call comes after the state that stands on the call',
      [openCall(0), delta(0, '{}'), { type: 'opaque', key: 0, opaque: SIGNATURE }, close(0)],
      [{ type: 'reasoning', encrypted_content: 'sealed(google,thought-signature,s)' }, { type: 'function_call' }],
    ],
    [
      '18 19 of a text comes before the state that stands on the text, which stays a text',
      [
        { type: 'open', key: 0, opening: { kind: 'text' } },
        delta(0, '42'),
        { type: 'opaque', key: 0, opaque: SIGNATURE },
        close(0),
      ],
      [
        { type: 'message', content: [{ text: '42' }] },
        { type: 'reasoning', summary: [] },
      ],
    ],
    ['34 of an empty text is left out beside a call', [...text(0), openCall(1), close(1)], [{ type: 'function_call' }]],
    [
      '78 of another vendor’s server tool is its state only, and no call',
      [
        {
          type: 'whole',
          block: {
            kind: 'vendor',
            type: 'server_tool_use',
            text: 'q',
            opaque: { family: 'anthropic', kind: 'native-block', data: '{}' },
          },
        },
        ...text(0, 'a'),
      ],
      [{ type: 'reasoning', summary: [], encrypted_content: 'sealed(anthropic,native-block,{})' }, { type: 'message' }],
    ],
    [
      'of OpenAI’s own tools is as it was',
      [
        {
          type: 'whole',
          block: {
            kind: 'vendor',
            type: 'web_search_call',
            text: '',
            opaque: { family: 'openai', kind: 'native-block', data: '{"id":"ws_1","type":"web_search_call"}' },
          },
        },
      ],
      [{ id: 'ws_1', type: 'web_search_call' }],
    ],
    [
      'of a picture is that of one that was generated',
      [
        {
          type: 'whole',
          block: {
            kind: 'media',
            media: 'image',
            source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
          },
        },
      ],
      [{ type: 'image_generation_call', status: 'completed', result: 'AAAA', output_format: 'png' }],
    ],
  ]
  for (const [title, events, output] of items)
    test(title, () => {
      const response = whole([...events, ...ended()])
      expect(response.output).toMatchObject(output)
      expect(objectsOf(response.output)).toHaveLength(output.length)
    })

  test('of a typed tool that was cut is left out, and said to be', () => {
    const renderer = renderStream(reversal())
    for (const event of [openCall(0, { typed: 'shell' }), delta(0, '{"comm'), cut(0), ...ended('output-limit')])
      renderer.push(event)
    expect(renderer.losses).toEqual([{ pointer: '/response/output', code: 'unsupported' }])
  })

  test('127 never has the id of another, in this answer or another', () => {
    const ids = [reversal(), reversal({ requestId: 'req_2' })].flatMap((client) =>
      objectsOf(whole([...thinking(0, 't'), ...text(1, 'a'), openCall(2), close(2), ...ended()], client).output).map(
        ({ id }) => id,
      ),
    )
    expect(new Set(ids).size).toBe(6)
  })

  test('of a message is incomplete where the limit fell into it', () => {
    const [message] = itemsOf(whole([...text(0, 'a'), ...ended('output-limit')]), 'message')
    expect(message).toMatchObject({ status: 'incomplete' })
  })

  test('144 has no half of a character at the end of a delta', () => {
    const pieces = stream([START, ...text(0, 'a\ud83d', '\ude00b', '\ud83d'), ...ended()]).flatMap(
      ({ delta }) => delta ?? [],
    )
    expect(pieces).toEqual(['a', '😀b', '\ud83d'])
  })
})

describe('reasoning', () => {
  const own = (id: string) =>
    ({
      family: 'openai',
      kind: 'reasoning-item',
      data: JSON.stringify({ id, summary: [{ type: 'summary_text', text: 'a' }], encrypted_content: 'gAAA' }),
    }) as const
  const block = (id: string | undefined, state: string): readonly AnswerEvent[] => [
    { type: 'open', key: 0, opening: { kind: 'reasoning', ...(id !== undefined && { id }) } },
    delta(0, 'a'),
    { type: 'opaque', key: 0, opaque: own(state) },
    close(0),
    ...text(1, 'b'),
    ...ended(),
  ]
  const first = (response: JsonObject): JsonObject => itemsOf(response, 'reasoning')[0] ?? {}

  test('of OpenAI’s is given bare under its own id', () => {
    expect(first(whole(block('rs_up', 'rs_up')))).toEqual({
      id: 'rs_up',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'a' }],
      encrypted_content: 'gAAA',
    })
  })

  test('of OpenAI’s is sealed under any other id, with which it could not be read', () => {
    for (const id of [undefined, 'rs_other'])
      expect(first(whole(block(id, 'rs_up'))).encrypted_content).toStartWith('sealed(openai,reasoning-item,')
  })

  test('28 that is hidden is carried and not told', () => {
    const response = whole([...thinking(0, 'secret'), ...text(1, 'a'), ...ended()], reversal({ showsReasoning: false }))
    expect(first(response)).toMatchObject({ summary: [], encrypted_content: SEALED })
    expect(JSON.stringify(response)).not.toContain('secret')
  })

  test('without state or anything to show is no item', () => {
    const hidden = [{ type: 'open', key: 0, opening: { kind: 'reasoning' } } as const, delta(0, 'x'), close(0)]
    const response = whole([...hidden, ...text(1, 'a'), ...ended()], reversal({ showsReasoning: false }))
    expect(objectsOf(response.output)).toHaveLength(1)
  })
})

describe('a citation', () => {
  const cited = (citation: object): readonly AnswerEvent[] => [
    { type: 'open', key: 0, opening: { kind: 'text' } },
    delta(0, '😀 cafe'),
    { type: 'citation', key: 0, citation },
    close(0),
    ...ended(),
  ]

  test('96 of a page counts code points', () => {
    const annotation = { type: 'url_citation', url: 'u', title: 't', start_index: 2, end_index: 6 }
    expect(whole(cited({ url: 'u', title: 't', start: 3, end: 7 })).output).toMatchObject([
      { content: [{ annotations: [annotation] }] },
    ])
    const events = stream([START, ...cited({ url: 'u', title: 't', start: 3, end: 7 })])
    expect(events.find(({ type }) => type === 'response.output_text.annotation.added')).toMatchObject({
      annotation_index: 0,
      annotation,
    })
  })

  test('without a place is of the whole text', () => {
    expect(whole(cited({ url: 'u' })).output).toMatchObject([
      { content: [{ annotations: [{ start_index: 0, end_index: 6 }] }] },
    ])
  })

  test('of the client’s own document is left out, and said to be', () => {
    const renderer = renderStream(reversal())
    for (const event of cited({ citedText: 'x' })) renderer.push(event)
    expect(renderer.losses).toEqual([{ pointer: '/response/output/0/content/0', code: 'unsupported' }])
  })
})
