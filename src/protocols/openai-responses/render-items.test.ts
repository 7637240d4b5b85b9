import { describe, expect, test } from 'bun:test'

import type { Block, Opaque } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Tool, Turn } from '../../canon/conversation.ts'
import {
  toolsOf,
  mediaOf,
  thinks,
  render,
  rendered,
  turn,
  text,
  call,
  result,
  losses,
  items,
  message,
  said,
  put,
  CALLED,
  STEP,
  stepWith,
} from './test-render.ts'

describe('turns', () => {
  test('36 37 162 system turns stay in place, in parts of their own', () => {
    const turns = [turn('system', [text('a'), text('b')]), turn('user', [text('q')]), turn('system', [text('c')])]
    expect(items(turns)).toEqual({
      input: [message('developer', put('a'), put('b')), message('user', put('q')), message('developer', put('c'))],
      losses: [],
    })
  })

  test('38 the role of system turns is the one the target knows', () => {
    expect(items([turn('developer', [text('a')])], { systemRole: 'system' }).input).toEqual([
      message('system', put('a')),
    ])
  })

  test('36 a later system turn that is not taken is a reminder to the user', () => {
    const turns = [turn('user', [text('q')]), turn('system', [text('c')])]
    expect(items(turns, { laterSystem: false })).toEqual({
      input: [message('user', put('q')), message('user', put('<system-reminder>\nc\n</system-reminder>'))],
      losses: ['/t moved'],
    })
  })

  test('52 what the assistant said is output, and 156 stands beside its calls', () => {
    expect(
      items([...STEP.slice(0, 1), turn('assistant', [text('hm'), call()]), turn('user', [result()])]).input,
    ).toEqual([
      message('user', put('q')),
      message('assistant', said('hm')),
      CALLED,
      { type: 'function_call_output', call_id: 'call_1', output: 'out' },
    ])
  })

  test('29 an empty text of the assistant is nothing', () => {
    expect(items([turn('assistant', [text(''), call()]), turn('user', [result()])]).input).toMatchObject([CALLED, {}])
  })

  test('128 texts of different phases are different messages', () => {
    const blocks: readonly Block[] = [
      { kind: 'text', text: 'a', phase: 'commentary' },
      { kind: 'text', text: 'b', phase: 'final_answer' },
    ]
    expect(items([turn('assistant', blocks)]).input).toEqual([
      { ...message('assistant', said('a')), phase: 'commentary' },
      { ...message('assistant', said('b')), phase: 'final_answer' },
    ])
  })

  test('a refusal is a refusal, and a name of a turn is lost', () => {
    const turns: readonly Turn[] = [
      { ...turn('user', [text('q')]), name: 'Ann' },
      turn('assistant', [{ kind: 'refusal', text: 'no' }]),
    ]
    expect(items(turns)).toEqual({
      input: [message('user', put('q')), message('assistant', { type: 'refusal', refusal: 'no' })],
      losses: ['/t/name unsupported'],
    })
  })
})

describe('calls and results', () => {
  test('32 no arguments are an empty object', () => {
    expect(items([turn('assistant', [call({ arguments: '' })]), turn('user', [result()])]).input).toMatchObject([
      { arguments: '{}' },
      {},
    ])
  })

  test('31 arguments that are no object are sent as they were', () => {
    expect(items([turn('assistant', [call({ arguments: '{"a":' })]), turn('user', [result()])]).input).toMatchObject([
      { arguments: '{"a":' },
      {},
    ])
  })

  test('50 a long id is hashed in the call and in its result alike', () => {
    const id = 'x'.repeat(80)
    const { input } = items([turn('assistant', [call({ id })]), turn('user', [result({ callId: id })])])
    const [made, answered] = input as readonly { readonly call_id: string }[]
    expect(made?.call_id.length).toBeLessThanOrEqual(64)
    expect(answered?.call_id).toBe(made?.call_id ?? '')
  })

  test('42 a call without a result gets one, saying so', () => {
    const value = items([...STEP, turn('user', [text('go on')])])
    expect(value.input).toMatchObject([{}, CALLED, { type: 'function_call_output', call_id: 'call_1' }, {}])
    expect(value.losses).toContain('/c added')
  })

  test('45 an error is told in words', () => {
    const value = items(stepWith(result({ isError: true })))
    expect(value.input).toMatchObject([{}, {}, { output: 'ERROR: out' }])
    expect(value.losses).toEqual(['/r approximated'])
  })

  test('an empty result is an empty text', () => {
    expect(items(stepWith(result({ content: [] }))).input).toMatchObject([{}, {}, { output: '' }])
  })

  const picture: Block = {
    kind: 'media',
    media: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
    pointer: '/r/0',
  }
  const PICTURE = { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' }
  const shows = result({ content: [picture as never] })
  test('44 a picture in a result stays there', () => {
    expect(items(stepWith(shows))).toMatchObject({ input: [{}, {}, { output: [PICTURE] }], losses: [] })
  })

  test('44 a picture that a result cannot hold comes behind all results', () => {
    const turns = [
      turn('assistant', [call(), call({ id: 'call_2' })]),
      turn('user', [shows, result({ callId: 'call_2' })]),
    ]
    const value = items(turns, mediaOf({ inToolResults: false }))
    expect(value.losses).toEqual(['/r/0 moved'])
    expect(value.input).toMatchObject([
      {},
      {},
      { output: '[image 1 is attached below]' },
      { output: 'out' },
      { role: 'user', content: [put('[image 1, of the result of call call_1]'), PICTURE] },
    ])
  })

  const custom: readonly Turn[] = [
    turn('assistant', [call({ name: 'p', form: 'custom', arguments: 'a "b"' })]),
    turn('user', [result({ form: 'custom' })]),
  ]
  const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: X' }
  const P: Tool = { kind: 'custom', name: 'p', description: 'Patches.', grammar, pointer: '/tools/0' }
  test('70 custom tools and their calls are custom', () => {
    const { body } = rendered({ turns: custom, tools: [P] })
    expect(body.input).toMatchObject([
      { type: 'custom_tool_call', name: 'p', input: 'a "b"' },
      { type: 'custom_tool_call_output', output: 'out' },
    ])
    expect(body.tools).toEqual([{ type: 'custom', name: 'p', description: 'Patches.', format: grammar }])
  })

  test('70 where there are none, they are functions of one text, with the grammar told', () => {
    const value = rendered({ turns: custom, tools: [P] }, toolsOf({ custom: false }))
    expect(value.body.input).toMatchObject([
      { type: 'function_call', arguments: '{"input":"a \\"b\\""}' },
      { type: 'function_call_output' },
    ])
    expect(value.body.tools).toMatchObject([{ type: 'function', name: 'p', strict: false }])
    expect(JSON.stringify(value.body.tools)).toContain('start: X')
    expect(losses(value)).toEqual(['/tools/0 emulated'])
    expect(value.tools.get('p')).toEqual({ name: 'p', form: 'custom', wrapped: true })
  })
})

describe('reasoning', () => {
  const item = { id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
  const state = (family: string, data: JsonObject): Opaque => ({
    family,
    kind: 'reasoning-item',
    data: JSON.stringify(data),
  })
  const thought = (opaque?: Opaque): Block => ({
    kind: 'reasoning',
    text: 'hm',
    pointer: '/x',
    ...(opaque && { opaque }),
  })
  const before = (block: Block): readonly Turn[] => [turn('assistant', [block, call()]), turn('user', [result()])]

  test('13 of this vendor is written as it was, right before its item', () => {
    expect(items(before(thought(state('openai', item))))).toMatchObject({
      input: [{ type: 'reasoning', ...item }, CALLED, {}],
      losses: [],
    })
  })

  const dropped: readonly (readonly [title: string, block: Block, code: string])[] = [
    ['4 of another vendor', thought({ family: 'anthropic', kind: 'thinking', data: '{}' }), 'reasoning_foreign'],
    ['20 without state', thought(), 'reasoning_unsigned'],
    [
      '14 that is an id alone, where nothing is stored',
      thought(state('openai', { id: 'rs_1', summary: [] })),
      'reasoning_unsigned',
    ],
  ]
  for (const [title, block, code] of dropped)
    test(`${title} is left out whole`, () => {
      expect(items(before(block))).toMatchObject({ input: [CALLED, {}], losses: [`/x ${code}`] })
    })

  test('12 that nothing follows is left out', () => {
    const turns = [turn('assistant', [thought(state('openai', item))]), turn('user', [text('q')])]
    expect(items(turns)).toEqual({ input: [message('user', put('q'))], losses: ['/x unsupported'] })
  })

  test('15 is text where the vendor wants it back', () => {
    const { input } = items(before(thought()), thinks({ replay: 'reasoning_content' }))
    expect(input).toMatchObject([
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] },
      {},
      {},
    ])
  })

  const signature: Opaque = { family: 'google', kind: 'thought-signature', data: '{}' }
  test('18 a signature of another vendor leaves the text it stood on', () => {
    const turns = [turn('assistant', [{ kind: 'text', text: '42', opaque: signature, pointer: '/x' }])]
    expect(items(turns)).toEqual({ input: [message('assistant', said('42'))], losses: ['/x reasoning_foreign'] })
  })

  const vendor = (family: string, type: string, readable: string): Block => ({
    kind: 'vendor',
    type,
    opaque: { family, kind: 'native-block', data: JSON.stringify({ type, id: 'ws_1' }) },
    text: readable,
    pointer: '/v',
  })
  const vendors: readonly (readonly [block: Block, input: readonly JsonObject[], lost: readonly string[]])[] = [
    [vendor('openai', 'web_search_call', 'q'), [{ type: 'web_search_call', id: 'ws_1' }], []],
    [vendor('anthropic', 'server_tool_use', 'q'), [message('assistant', said('q'))], ['/v approximated']],
    [vendor('anthropic', 'fallback', ''), [], ['/v unsupported']],
  ]
  for (const [block, input, lost] of vendors)
    test(`78 ${JSON.stringify(block)} comes to ${input.length} items, never to a call`, () => {
      expect(items([turn('assistant', [block])])).toEqual({ input: [...input], losses: [...lost] })
    })
})

const media = (kind: 'image' | 'document' | 'audio' | 'video', source: JsonObject, more: JsonObject = {}): Block =>
  ({ kind: 'media', media: kind, source, pointer: '/m', ...more }) as Block

describe('media', () => {
  const cases: readonly (readonly [block: Block, part: JsonObject | undefined, lost: readonly string[]])[] = [
    [
      media('image', { kind: 'url', url: 'https://a.test' }, { detail: 'low' }),
      { image_url: 'https://a.test', detail: 'low' },
      [],
    ],
    [media('image', { kind: 'file', id: 'f', family: 'openai' }), { type: 'input_image', file_id: 'f' }, []],
    [media('image', { kind: 'file', id: 'f', family: 'anthropic' }), undefined, []],
    [media('image', { kind: 'base64', mediaType: 'application/octet-stream', data: 'AA==' }), undefined, []],
    [
      media('document', { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' }, { filename: 'a.pdf' }),
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
      [],
    ],
    [
      media('document', { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' }, { title: 'A' }),
      { type: 'input_file', filename: 'A.pdf' },
      ['/m added'],
    ],
    [media('document', { kind: 'url', url: 'https://a.test' }), { type: 'input_file', file_url: 'https://a.test' }, []],
    [
      media('document', { kind: 'text', text: 'hi', mediaType: 'text/plain' }, { title: 'A', context: 'c' }),
      { type: 'input_text', text: '<document title="A">\nhi\n</document>' },
      ['/m approximated', '/m unsupported'],
    ],
    [media('audio', { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' }), undefined, []],
    [media('video', { kind: 'url', url: 'https://a.test' }), undefined, []],
  ]
  for (const [block, part, lost] of cases)
    test(`55 56 157 ${JSON.stringify(block)} is ${part ? JSON.stringify(part) : 'refused'}`, () => {
      const value = render({ turns: [turn('user', [block])] })
      if (!part)
        return expect(value).toMatchObject({ ok: false, error: { kind: 'unsupported-parameter', param: '/m' } })
      if (!value.ok) throw new Error(value.error.message)
      expect(value.value.body.input).toMatchObject([{ content: [part] }])
      expect(losses(value.value)).toEqual([...lost])
    })

  test('132 the last four cache marks are written, where there are any', () => {
    const blocks: readonly Block[] = [1, 2, 3, 4, 5].map((n) => ({
      kind: 'text',
      text: `${n}`,
      cache: { ttl: undefined },
      pointer: `/${n}`,
    }))
    const value = items([turn('user', blocks)], { cacheMarks: 'prompt_cache_breakpoint' })
    expect(value.losses).toEqual(['/1/cache_control unsupported'])
    expect(JSON.stringify(value.input).split('"prompt_cache_breakpoint":{"mode":"explicit"}').length).toBe(5)
    expect(items([turn('user', blocks)]).losses.length).toBe(5)
  })
})
