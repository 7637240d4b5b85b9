import { describe, expect, test } from 'bun:test'

import type { Block, Opaque, ToolCallBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { objectsOf } from '../json.ts'
import { renderRequest } from './render-request.ts'
import { conversationOf, lossesOf, type ProfilePatch, rendered, targetWith } from './test-parts.ts'

const text = (said: string, more: JsonObject = {}): Block => ({ kind: 'text', text: said, pointer: '/t', ...more })
const call = (id: string, more: Partial<ToolCallBlock> = {}): Block => ({
  kind: 'tool-call',
  id,
  name: 'f',
  form: 'function',
  arguments: '{"a":1}',
  pointer: '/c',
  ...more,
})
const result = (callId: string, content: readonly Block[], more: JsonObject = {}): Block =>
  ({ kind: 'tool-result', callId, form: 'function', content, pointer: '/r', ...more }) as Block
const user = (...blocks: Block[]) => ({ role: 'user', blocks }) as const
const assistant = (...blocks: Block[]) => ({ role: 'assistant', blocks }) as const
const messagesOf = (turns: Parameters<typeof conversationOf>[0], patch: ProfilePatch = {}) =>
  rendered(conversationOf(turns), patch).body.messages

describe('turns', () => {
  test('38 system turns have the role the model knows, and stay where they were', () => {
    const turns = [
      { role: 'developer', blocks: [text('a')] },
      user(text('b')),
      { role: 'system', blocks: [text('c')] },
    ] as const
    expect(messagesOf(turns, { systemRole: 'developer' })).toMatchObject([
      { role: 'developer' },
      { role: 'user' },
      { role: 'developer' },
    ])
  })
  test('36 a later system turn is never moved to the front', () => {
    const turns = [user(text('b')), { role: 'system', blocks: [text('c')] }] as const
    const written = rendered(conversationOf(turns), { laterSystem: false })
    expect(written.body.messages).toEqual([
      { role: 'user', content: 'b' },
      { role: 'user', content: '<system-reminder>\nc\n</system-reminder>' },
    ])
    expect(lossesOf(written)).toEqual(['/messages/1;approximated'])
  })
  test('162 several system texts stay apart', () => {
    expect(messagesOf([{ role: 'system', blocks: [text('a'), text('b')] }])).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ])
  })
  test('39 a picture in a system turn is refused', () => {
    const image: Block = { kind: 'media', media: 'image', source: { kind: 'url', url: 'u' }, pointer: '/i' }
    const written = renderRequest(conversationOf([{ role: 'system', blocks: [image] }]), targetWith())
    expect(written).toMatchObject({ ok: false, error: { param: '/i' } })
  })
  test('35 156 34 texts are joined with nothing between, and stand beside calls', () => {
    const turns = [user(text('x')), assistant(text('{"a"'), text(':1}'), call('c1')), user(result('c1', [text('r')]))]
    expect(messagesOf(turns)).toEqual([
      { role: 'user', content: 'x' },
      {
        role: 'assistant',
        content: '{"a":1}',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'r' },
    ])
    expect(messagesOf([user(text('x')), assistant(call('c1')), user(result('c1', []))])).toMatchObject([
      {},
      { content: null },
      { content: '' },
    ])
    expect(messagesOf([user(text('x')), assistant()])).toMatchObject([{}, { content: '' }])
  })
  test('44 45 pictures of results follow all results, and an error is said', () => {
    const image: Block = {
      kind: 'media',
      media: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
      pointer: '/i',
    }
    const turns = [
      user(text('x')),
      assistant(call('c1'), call('c2')),
      user(result('c1', [text('a'), image]), result('c2', [text('bad')], { isError: true }), text('go on')),
    ]
    const written = rendered(conversationOf(turns))
    expect((written.body.messages as unknown[]).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'c1', content: 'a[image 1 is attached below]' },
      { role: 'tool', tool_call_id: 'c2', content: 'ERROR: bad' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[image 1, of the result of call c1]' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          { type: 'text', text: 'go on' },
        ],
      },
    ])
    expect(lossesOf(written)).toEqual(['/i;moved', '/r;approximated'])
  })
  test('50 long call ids are changed alike in call and result', () => {
    const id = 'x'.repeat(50)
    const messages = messagesOf([user(text('x')), assistant(call(id)), user(result(id, []))]) as JsonObject[]
    const [sent] = objectsOf(messages[1]?.tool_calls).map(({ id: fitted }) => fitted)
    expect(String(sent).length).toBeLessThanOrEqual(40)
    expect(messages[2]?.tool_call_id).toBe(sent)
  })
  test('32 a call without arguments has the empty object, one of free text its wrapper', () => {
    const wrapped = call('c2', { form: 'custom', arguments: 'hi "x"' })
    const turns = [
      user(text('x')),
      assistant(call('c1', { arguments: '' }), wrapped),
      user(result('c1', []), result('c2', [])),
    ]
    expect(messagesOf(turns, { tools: { custom: false } })).toMatchObject([
      {},
      { tool_calls: [{ function: { arguments: '{}' } }, { function: { arguments: '{"input":"hi \\"x\\""}' } }] },
      {},
      {},
    ])
    expect(messagesOf(turns)).toMatchObject([
      {},
      { tool_calls: [{}, { type: 'custom', custom: { input: 'hi "x"' } }] },
      {},
      {},
    ])
  })
  test('57 words to be continued are refused where they are not', () => {
    const written = renderRequest(
      conversationOf([user(text('x')), assistant(text('y'))]),
      targetWith({ prefill: false }),
    )
    expect(written).toMatchObject({ ok: false, error: { param: '/messages/1' } })
  })
  test('a longer conversation begins as the shorter one did', () => {
    const turns = [
      { role: 'system', blocks: [text('s')] },
      user(text('x')),
      assistant(text('y'), call('c1')),
      user(result('c1', [text('r')])),
      assistant(text('z')),
      user(text('w')),
    ] as const
    const whole = JSON.stringify(messagesOf(turns)).slice(0, -1)
    for (const length of [2, 4, 6])
      expect(whole.startsWith(JSON.stringify(messagesOf(turns.slice(0, length))).slice(0, -1))).toBe(true)
  })
})

describe('media', () => {
  const media = (more: JsonObject): Block => ({ kind: 'media', pointer: '/m', ...more }) as Block
  const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' }
  const written: [title: string, block: Block, patch: ProfilePatch, part: JsonObject][] = [
    [
      '157 an image by URL',
      media({ media: 'image', source: { kind: 'url', url: 'https://a.example' } }),
      {},
      { type: 'image_url', image_url: { url: 'https://a.example' } },
    ],
    [
      'a document',
      media({ media: 'document', source: pdf, title: 'a.pdf' }),
      {},
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
    ],
    [
      "the vendor's own file",
      media({ media: 'document', source: { kind: 'file', id: 'f1', family: 'vendor' } }),
      {},
      { type: 'file', file: { file_id: 'f1' } },
    ],
    [
      'audio',
      media({ media: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } }),
      {},
      { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
    ],
    [
      'video',
      media({ media: 'video', source: { kind: 'url', url: 'https://a.example' } }),
      { media: { video: true } },
      { type: 'video_url', video_url: { url: 'https://a.example' } },
    ],
  ]
  for (const [title, block, patch, part] of written)
    test(`${title} is written`, () =>
      expect(messagesOf([user(text('x'), block)], patch)).toMatchObject([{ content: [{}, part] }]))

  test('a document of text is text between marks, and declared', () => {
    const block = media({
      media: 'document',
      source: { kind: 'text', text: 'body', mediaType: 'text/plain' },
      title: 'T',
    })
    const sent = rendered(conversationOf([user(block)]))
    expect(sent.body.messages).toEqual([{ role: 'user', content: '<document>\nTitle: T\nbody\n</document>' }])
    expect(lossesOf(sent)).toEqual(['/m;approximated'])
  })

  const refused: [title: string, block: Block, patch: ProfilePatch][] = [
    [
      "56 another vendor's file",
      media({ media: 'document', source: { kind: 'file', id: 'f', family: 'anthropic' } }),
      {},
    ],
    [
      '55 bytes of no known type',
      media({ media: 'image', source: { kind: 'base64', mediaType: 'application/octet-stream', data: '' } }),
      {},
    ],
    ['an image where none is seen', media({ media: 'image', source: pdf }), { media: { images: false } }],
    ['a document by URL', media({ media: 'document', source: { kind: 'url', url: 'u' } }), {}],
    ['video', media({ media: 'video', source: pdf }), {}],
    ['a document that is to be cited', media({ media: 'document', source: pdf, citationsEnabled: true }), {}],
  ]
  for (const [title, block, patch] of refused)
    test(`${title} is refused`, () => {
      const sent = renderRequest(conversationOf([user(block)]), targetWith(patch))
      expect(sent).toMatchObject({ ok: false, error: { kind: 'unsupported-parameter', param: '/m' } })
    })
})

describe('cache marks', () => {
  const marked = (name: string, ttl?: '1h') => text(name, { cache: { ttl }, pointer: `/${name}` })
  const turns = [user(marked('a'), marked('b'), marked('c')), assistant(marked('d')), user(marked('e', '1h'))]

  test('132 the last four are kept, in the dialect of the server', () => {
    const sent = rendered(conversationOf(turns), { cacheMarks: 'cache_control', cacheTtlHour: true })
    const mark = { cache_control: { type: 'ephemeral' } }
    expect(sent.body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b', ...mark },
          { type: 'text', text: 'c', ...mark },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'd', ...mark }] },
      { role: 'user', content: [{ type: 'text', text: 'e', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    ])
    expect(lossesOf(sent)).toEqual(['/a/cache_control;unsupported'])
  })
  test('are breakpoints at OpenAI, which know no hour', () => {
    const sent = rendered(conversationOf(turns.slice(2)), { cacheMarks: 'prompt_cache_breakpoint' })
    expect(sent.body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'e', prompt_cache_breakpoint: { mode: 'explicit' } }] },
    ])
    expect(lossesOf(sent)).toEqual(['/e/cache_control;approximated'])
  })
  test('are declared where there are none', () => {
    expect(lossesOf(rendered(conversationOf(turns.slice(2))))).toEqual(['/e/cache_control;unsupported'])
  })
})

describe('earlier reasoning', () => {
  const reasoning = (opaque?: Opaque, said = 'why'): Block => ({
    kind: 'reasoning',
    text: said,
    pointer: '/r',
    ...(opaque && { opaque }),
  })
  const own: Opaque = { family: 'vendor', kind: 'reasoning-text', data: 'why' }
  const foreign: Opaque = { family: 'anthropic', kind: 'thinking', data: '{"thinking":"why","signature":"s"}' }
  const rows: [
    title: string,
    block: Block,
    replay: 'none' | 'reasoning_content' | 'reasoning_details',
    fields: JsonObject,
    losses: string[],
  ][] = [
    [
      '15 goes back in the field the vendor wants',
      reasoning(own),
      'reasoning_content',
      { reasoning_content: 'why' },
      [],
    ],
    [
      'wiped of its text goes back from its state',
      reasoning(own, ''),
      'reasoning_content',
      { reasoning_content: 'why' },
      [],
    ],
    [
      'of another vendor is text where text is wanted',
      reasoning(foreign),
      'reasoning_content',
      { reasoning_content: 'why' },
      ['/r;reasoning_foreign'],
    ],
    ['of nobody is text where text is wanted', reasoning(), 'reasoning_content', { reasoning_content: 'why' }, []],
    [
      'goes back in its details',
      reasoning({ ...own, kind: 'reasoning-details', data: '[{"type":"x"}]' }),
      'reasoning_details',
      { reasoning_details: [{ type: 'x' }] },
      [],
    ],
    ['4 of another vendor is left out', reasoning(foreign), 'none', {}, ['/r;reasoning_foreign']],
    ['20 of nobody is left out', reasoning(), 'none', {}, ['/r;reasoning_unsigned']],
    ['of nobody is no details', reasoning(), 'reasoning_details', {}, ['/r;reasoning_unsigned']],
  ]
  for (const [title, block, replay, fields, losses] of rows)
    test(title, () => {
      const sent = rendered(conversationOf([user(text('x')), assistant(block, text('y')), user(text('z'))]), {
        reasoning: { replay },
      })
      expect((sent.body.messages as unknown[])[1]).toEqual({ role: 'assistant', content: 'y', ...fields })
      expect(lossesOf(sent)).toEqual(losses)
    })

  test('15 is there beside calls even when nobody knows it', () => {
    const turns = [user(text('x')), assistant(call('c1')), user(result('c1', []))]
    expect(messagesOf(turns, { reasoning: { replay: 'reasoning_content' } })).toMatchObject([
      {},
      { reasoning_content: '' },
      {},
    ])
  })
  test('16 17 signs calls for Google, and says so of the first that nobody signed', () => {
    const signed: Opaque = { family: 'google', kind: 'thought-signature', data: '{"signature":"c2ln","on":"call"}' }
    const turns = [
      user(text('x')),
      assistant(call('c1', { opaque: signed }), call('c2')),
      user(result('c1', []), result('c2', [])),
      assistant(call('c3'), call('c4')),
      user(result('c3', []), result('c4', [])),
    ]
    const sent = rendered(conversationOf(turns), { family: 'google', reasoning: { demandsCallSignature: true } })
    const signatures = (sent.body.messages as JsonObject[]).flatMap(({ tool_calls }) =>
      ((tool_calls ?? []) as JsonObject[]).map(({ extra_content }) => extra_content),
    )
    const of = (thought_signature: string) => ({ google: { thought_signature } })
    expect(signatures).toEqual([of('c2ln'), undefined, of('skip_thought_signature_validator'), undefined])
    expect(lossesOf(sent)).toEqual(['/c;added'])
  })
  test('78 what only its vendor understands is left out, or told as text', () => {
    const vendor = (said: string): Block => ({
      kind: 'vendor',
      type: 'web_search',
      text: said,
      pointer: '/v',
      opaque: { ...foreign, kind: 'native-block' },
    })
    expect(lossesOf(rendered(conversationOf([user(text('x')), assistant(vendor(''))])))).toEqual(['/v;unsupported'])
    expect(lossesOf(rendered(conversationOf([user(text('x')), assistant(vendor('found'))])))).toEqual([
      '/v;approximated',
    ])
  })
})
