import { describe, expect, test } from 'bun:test'
import type { Block } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Turn } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import { call, contentOf, refused, rendered, result, text, tool, turn } from './render-test-parts.ts'
import { type ProfilePatch, userTurn } from './test-parts.ts'

describe('turns', () => {
  const system = (index: number, words: string) => turn('system', index, text(words))

  test('162, 37 the first instructions are blocks of their own, whoever gives them', () => {
    const turns = [system(0, 'One.'), turn('developer', 1, text('Two.')), userTurn('a', '/messages/2')]
    expect(rendered({ turns }).body.system).toEqual([
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ])
  })

  test('36 later instructions stay where they are: the user says them', () => {
    const turns = [userTurn('a'), turn('assistant', 1, text('b')), system(2, 'Now.'), turn('user', 3, text('c'))]
    const out = rendered({ turns }, { laterSystem: true })
    expect(out.body).not.toHaveProperty('system')
    expect(out.body.messages).toMatchObject([
      {},
      {},
      { role: 'user', content: [{ text: '<system-reminder>\nNow.\n</system-reminder>' }, { text: 'c' }] },
    ])
    expect(out.losses).toEqual(['/messages/2 moved'])
  })

  test('36 later instructions are the system’s where the model takes them, between user and assistant', () => {
    const turns = [userTurn('a'), system(1, 'Now.'), turn('assistant', 2, text('b')), turn('user', 3, text('c'))]
    const out = rendered({ turns }, { laterSystem: true })
    expect((out.body.messages as JsonObject[]).map(({ role }) => role)).toEqual(['user', 'system', 'assistant', 'user'])
    expect(out.losses).toEqual([])
    expect((rendered({ turns }).body.messages as JsonObject[]).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ])
  })

  test('39 instructions in a picture are refused', () => {
    const picture: Block = { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://a.example/a.png' } }
    expect(refused({ turns: [turn('system', 0, picture), userTurn('a')] })).toBe('/messages/0/content/0')
  })

  test('40, 41 results stand right behind their calls, in one turn, before any text', () => {
    const turns = [
      userTurn('a'),
      turn('assistant', 1, call('x'), call('y')),
      turn('user', 2, text('wait')),
      turn('user', 3, result('x')),
      turn('user', 4, result('y')),
    ]
    expect(rendered({ turns, tools: [tool('f')] }).body.messages).toMatchObject([
      {},
      { content: [{ id: 'x' }, { id: 'y' }] },
      { content: [{ tool_use_id: 'x' }, { tool_use_id: 'y' }, { text: 'wait' }] },
    ])
  })

  test('29, 30, 156 text beside calls stays, unless it is nothing', () => {
    const turns = (words: string) => [
      userTurn('a'),
      turn('assistant', 1, text(words), call('x')),
      turn('user', 2, result('x')),
    ]
    const content = (words: string) => contentOf(rendered({ turns: turns(words), tools: [tool('f')] }).body, 1)
    expect(content('I look.')).toMatchObject([{ type: 'text', text: 'I look.' }, { type: 'tool_use' }])
    for (const nothing of ['', ' \n']) expect(content(nothing)).toHaveLength(1)
  })

  test('57 words to go on from lose the white space at their end, or are refused', () => {
    const turns = [userTurn('a'), turn('assistant', 1, text('{ \n'))]
    const out = rendered({ turns })
    expect(out.body.messages).toMatchObject([{}, { content: [{ text: '{' }] }])
    expect(out.losses).toEqual(['/messages/1/content/0 approximated'])
    expect(refused({ turns }, { prefill: false })).toBe('/messages/1')
  })

  test('31, 32, 143 arguments become an object, in their own spelling', () => {
    const inputOf = (args: string) => {
      const turns = [userTurn('a'), turn('assistant', 1, call('x', 'f', args)), turn('user', 2, result('x'))]
      const out = rendered({ turns, tools: [tool('f')] })
      return writeJson(contentOf(out.body, 1)[0]?.input)
    }
    expect(inputOf('{"n":1.0,"i":9007199254740993}')).toBe('{"n":1.0,"i":9007199254740993}')
    expect(inputOf('')).toBe('{}')
    expect(inputOf('{"a":')).toBe('{"__raw_arguments":"{\\"a\\":"}')
    expect(inputOf('[1]')).toBe('{"__raw_arguments":"[1]"}')
  })

  test('50 ids that do not fit are replaced, of a call and its result alike', () => {
    const id = `call:${'x'.repeat(80)}`
    const turns = [userTurn('a'), turn('assistant', 1, call(id)), turn('user', 2, result(id))]
    const { body } = rendered({ turns, tools: [tool('f')] })
    const sent = contentOf(body, 1)[0]?.id
    expect(sent).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    expect(contentOf(body, 2)[0]?.tool_use_id).toBe(sent)
  })

  test('44 a result keeps its picture; an empty one has no content', () => {
    const picture = {
      kind: 'media',
      media: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
    } as const
    const turns = (...content: Parameters<typeof result>[1][]) => [
      userTurn('a'),
      turn('assistant', 1, call('x')),
      turn('user', 2, result('x', ...content)),
    ]
    const content = (more: readonly Turn[], patch?: ProfilePatch) =>
      contentOf(rendered({ turns: more, tools: [tool('f')] }, patch).body, 2)
    expect(content(turns(picture))).toMatchObject([{ content: [{ type: 'image' }] }])
    expect(content(turns())).toEqual([{ type: 'tool_result', tool_use_id: 'x' }])
    expect(content(turns(picture), { media: { inToolResults: false } })).toMatchObject([
      { type: 'tool_result', content: [{ type: 'text' }] },
      { type: 'image' },
    ])
  })

  const MEDIA: readonly [title: string, block: Partial<Extract<Block, { kind: 'media' }>>, patch: ProfilePatch][] = [
    ['55 an unknown media type', { source: { kind: 'base64', mediaType: 'application/octet-stream', data: '' } }, {}],
    ['56 another vendor’s file', { source: { kind: 'file', id: 'file-1', family: 'openai' } }, {}],
    [
      'a URL where only content is taken',
      { source: { kind: 'url', url: 'https://a.example' } },
      { media: { imageUrls: false } },
    ],
    ['sound', { media: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: '' } }, {}],
  ]
  test.each(MEDIA)('media are refused: %s', (_, block, patch) => {
    const picture = {
      kind: 'media',
      media: 'image',
      source: { kind: 'text', text: '', mediaType: '' },
      ...block,
    } as Block
    expect(refused({ turns: [turn('user', 0, picture)] }, patch)).toBe('/messages/0/content/0')
  })

  test('157 a picture by its URL is given by its URL', () => {
    const picture: Block = { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://a.example/a.png' } }
    expect(rendered({ turns: [turn('user', 0, picture)] }).body.messages).toMatchObject([
      { content: [{ type: 'image', source: { type: 'url', url: 'https://a.example/a.png' } }] },
    ])
  })
})

describe('reasoning', () => {
  const thinking = (index: number): Block => ({
    kind: 'reasoning',
    text: '',
    opaque: { family: 'anthropic', kind: 'thinking', data: `{"thinking":"t${index}","signature":"s${index}"}` },
  })
  const messages = (...blocks: readonly Block[]) =>
    rendered({
      turns: [userTurn('a'), turn('assistant', 1, ...blocks), turn('user', 2, result('c'))],
      tools: [tool('f')],
    })

  test('1, 3, 7 of Anthropic comes back in its places, each with its own signature', () => {
    const redacted: Block = {
      kind: 'reasoning',
      text: '',
      opaque: { family: 'anthropic', kind: 'redacted-thinking', data: 'd' },
    }
    const out = messages(thinking(0), text('x'), thinking(1), redacted, call('c'))
    expect(contentOf(out.body, 1)).toMatchObject([
      { type: 'thinking', thinking: 't0', signature: 's0' },
      { type: 'text' },
      { type: 'thinking', thinking: 't1', signature: 's1' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'tool_use' },
    ])
    expect(out.losses).toEqual([])
  })

  test('4, 20 of others, and unsigned, is left out whole', () => {
    const foreign: Block = {
      kind: 'reasoning',
      text: 'x',
      opaque: { family: 'google', kind: 'thought-signature', data: '{}' },
    }
    const out = messages(foreign, { kind: 'reasoning', text: 'y' }, call('c'))
    expect(contentOf(out.body, 1)).toMatchObject([{ type: 'tool_use' }])
    expect(out.losses).toEqual(['/messages/1/content/0 reasoning_foreign', '/messages/1/content/1 reasoning_unsigned'])
  })

  test('a compaction that only another vendor can read is refused; its other blocks are told in words', () => {
    const vendor = (type: string, family: string, words: string): Block => ({
      kind: 'vendor',
      type,
      text: words,
      opaque: { family, kind: 'native-block', data: '{"type":"x"}' },
    })
    const turns = (block: Block) => [userTurn('a'), turn('assistant', 1, block), turn('user', 2, text('b'))]
    expect(refused({ turns: turns(vendor('compaction', 'openai', '')) })).toBe('/messages/1/content/0')
    const out = rendered({ turns: turns(vendor('web_search_call', 'openai', 'Searched.')) })
    expect(out.body.messages).toMatchObject([{}, { content: [{ type: 'text', text: 'Searched.' }] }, {}])
    expect(out.losses).toEqual(['/messages/1/content/0 approximated'])
    const own = rendered({ turns: turns(vendor('x', 'anthropic', '')) })
    expect(own.body.messages).toMatchObject([{}, { content: [{ type: 'x' }] }, {}])
  })
})

describe('cache marks', () => {
  const marked = (words: string): Block => ({ kind: 'text', text: words, cache: { ttl: undefined } })

  test('132 beyond the fourth from the end are left out', () => {
    const turns = [turn('system', 0, marked('a'), marked('b')), turn('user', 1, marked('c'), marked('d'))]
    const out = rendered({ turns, tools: [tool('f', { cache: { ttl: '1h' } })] })
    expect(writeJson(out.body).match(/cache_control/g)).toHaveLength(4)
    expect((out.body.tools as JsonObject[])[0]).not.toHaveProperty('cache_control')
    expect(out.losses).toEqual(['/tools/f/cache_control unsupported'])
  })

  test('131 keep their time where it is taken', () => {
    const turns = [turn('user', 0, { ...marked('a'), cache: { ttl: '1h' } } as Block)]
    expect(writeJson(rendered({ turns }).body)).toContain('"cache_control":{"type":"ephemeral","ttl":"1h"}')
    const out = rendered({ turns }, { cacheTtlHour: false })
    expect(writeJson(out.body)).toContain('"cache_control":{"type":"ephemeral"}')
    expect(out.losses).toEqual(['/messages/0/content/0/cache_control approximated'])
    expect(rendered({ turns }, { cacheMarks: 'none' }).losses).toEqual([
      '/messages/0/content/0/cache_control unsupported',
    ])
  })

  test('40, 131 for an hour last five minutes behind one that does, where a result had to come first', () => {
    const long = { ...marked('wait'), cache: { ttl: '1h' } } as Block
    const short = { ...result('a'), cache: { ttl: '5m' } } as Block
    const turns = [turn('user', 0, text('a')), turn('assistant', 1, call('a')), turn('user', 2, long, short)]
    const out = rendered({ turns })
    expect(contentOf(out.body, 2).map(({ cache_control }) => cache_control)).toEqual([
      { type: 'ephemeral', ttl: '5m' },
      { type: 'ephemeral' },
    ])
    expect(out.losses).toContain('/messages/2/content/0/cache_control approximated')
    const inOrder = rendered({ turns: [turn('user', 0, long, { ...marked('b'), cache: { ttl: '5m' } } as Block)] })
    expect(contentOf(inOrder.body, 0)[0]?.cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    expect(inOrder.losses).toEqual([])
  })
})

test('133 a longer conversation begins as the shorter one did', () => {
  const turns = [
    turn('system', 0, text('s')),
    userTurn('a', '/messages/1'),
    turn('assistant', 2, text('b'), call('x'), call('call:é')),
    turn('user', 3, result('x', { kind: 'text', text: 'r' }), result('call:é')),
    turn('assistant', 4, text('c')),
    userTurn('d', '/messages/5'),
  ]
  const tools = [tool('f')]
  const whole = writeJson(rendered({ turns, tools }).body.messages)
  for (const length of [2, 4]) {
    const part = writeJson(rendered({ turns: turns.slice(0, length), tools }).body.messages)
    expect(whole.startsWith(part.slice(0, -1))).toBe(true)
  }
})
