import { describe, expect, test } from 'bun:test'
import type { Block } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { createLosses } from '../../canon/losses.ts'
import { writeUsage } from './message-usage.ts'
import { parseRequest } from './parse-request.ts'
import { renderNative } from './render-native.ts'
import { refused, rendered, turn } from './render-test-parts.ts'
import { readStop, writeStop } from './stop-reasons.ts'
import { CARRIERS, chat, targetWith, usageOf } from './test-parts.ts'
import { hostedKind, WEB_FETCH, WEB_SEARCH } from './typed-tools.ts'
import { mergeUsage } from './usage.ts'

/** Every word of Messages that means something in other formats, row by row. */

const parse = (more: JsonObject) => {
  const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...more }
  const result = parseRequest(body, { format: 'anthropic-messages', action: 'generate' }, CARRIERS)
  if (!result.ok) throw new Error(result.error.message)
  return result.value.conversation
}

describe('the end of an answer', () => {
  test.each([
    ['end_turn', 'natural'],
    ['stop_sequence', 'stop-sequence'],
    ['tool_use', 'tool-calls'],
    ['max_tokens', 'output-limit'],
    ['model_context_window_exceeded', 'context-full'],
    ['refusal', 'refusal'],
    ['pause_turn', 'paused'],
    ['compaction', 'compaction'],
    ['something_new', 'other'],
  ])('%s means %s', (native, reason) => {
    expect(readStop({ stop_reason: native })).toEqual({ native, reason: reason as 'natural' })
  })

  test.each([
    ['natural', 'end_turn'],
    ['tool-calls', 'end_turn'],
    ['malformed-call', 'end_turn'],
    ['other', 'end_turn'],
    ['stop-sequence', 'end_turn'],
    ['output-limit', 'max_tokens'],
    ['context-full', 'model_context_window_exceeded'],
    ['refusal', 'refusal'],
    ['filter', 'refusal'],
    ['paused', 'pause_turn'],
    ['compaction', 'compaction'],
  ] as const)('of the kind %s is written %s', (reason, word) => {
    expect(writeStop({ reason }, { calls: false, refusal: false }).written.stop_reason).toBe(word)
  })
})

describe('the tier of service', () => {
  test.each([
    ['default', 'standard'],
    ['priority', 'priority'],
    ['batch', 'batch'],
    ['flex', null],
  ])('%s is written %p', (tier, word) => {
    expect(writeUsage(usageOf({}), tier).service_tier).toBe(word)
  })
})

describe('a request', () => {
  test.each(['low', 'medium', 'high', 'xhigh', 'max'])('asks for effort %s', (effort) => {
    expect(parse({ output_config: { effort } }).settings.reasoning?.value.effort).toBe(effort as 'low')
  })

  test('declares a function with its type, which says nothing more', () => {
    expect(parse({ tools: [{ type: 'custom', name: 'f', input_schema: { type: 'object' } }] }).tools).toEqual([
      expect.not.objectContaining({ unmapped: expect.anything() }),
    ])
  })

  test.each([
    ['web_search_20250305', 'web-search'],
    ['web_fetch_20250910', 'web-fetch'],
    ['code_execution_20250825', 'code-execution'],
    ['mcp_toolset', 'mcp'],
    ['something_new', 'other'],
  ])('with the tool %s asks for %s', (type, hosted) => {
    expect(hostedKind(type)).toBe(hosted as 'other')
  })
})

describe('an image', () => {
  const image = (mediaType: string) => ({
    turns: [turn('user', 0, { kind: 'media', media: 'image', source: { kind: 'base64', mediaType, data: 'AA==' } })],
  })

  test.each(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])('of type %s is taken', (mediaType) => {
    const { body } = rendered(image(mediaType))
    expect(body.messages).toMatchObject([{ content: [{ type: 'image', source: { media_type: mediaType } }] }])
  })

  test('of any other type is refused', () => {
    expect(refused(image('image/tiff'))).toBe('/messages/0/content/0')
  })
})

describe('a mark for the cache, on a server that takes none on tools', () => {
  const patch = { cacheMarksOnTools: false } as const
  const cache = { ttl: undefined }
  const source = { kind: 'base64', mediaType: 'image/png', data: 'AA==' } as const
  const paper = { ...source, mediaType: 'application/pdf' } as const

  test.each([
    ['text', { kind: 'text', text: 'hi', cache }],
    ['image', { kind: 'media', media: 'image', source, cache }],
    ['document', { kind: 'media', media: 'document', source: paper, cache }],
  ] as const)('is written on what is said and shown: %s', (type, block) => {
    const { body, losses } = rendered({ turns: [turn('user', 0, block)] }, patch)
    expect(body.messages).toMatchObject([{ content: [{ type, cache_control: { type: 'ephemeral' } }] }])
    expect(losses).toEqual([])
  })
})

describe('usage that shrinks', () => {
  test('by its input keeps all of its input', () => {
    const before = {
      input_tokens: 9,
      cache_read_input_tokens: 8,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 7 },
      output_tokens: 1,
    }
    const now = { input_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, cache_creation: {} }
    expect(mergeUsage(before, { ...now, output_tokens: 5 })).toEqual({ ...before, output_tokens: 5 })
  })

  test('by its output keeps all of its output', () => {
    const before = { input_tokens: 1, output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } }
    const now = { input_tokens: 2, output_tokens: 0, output_tokens_details: { thinking_tokens: 0 } }
    expect(mergeUsage(before, now)).toEqual({ ...before, input_tokens: 2 })
  })
})

test('the tools of Anthropic that are asked for when others are meant are of versions it has', () => {
  expect([WEB_SEARCH, WEB_FETCH]).toEqual([
    { type: 'web_search_20250305', name: 'web_search' },
    { type: 'web_fetch_20250910', name: 'web_fetch' },
  ])
})

describe('a block of another format', () => {
  test.each([
    [
      { kind: 'file', id: 'file_1', family: 'anthropic' },
      { type: 'file', file_id: 'file_1' },
    ],
    [
      { kind: 'text', mediaType: 'text/plain', text: 'x' },
      { type: 'text', media_type: 'text/plain', data: 'x' },
    ],
    [
      { kind: 'url', url: 'https://example.com/a.pdf' },
      { type: 'url', url: 'https://example.com/a.pdf' },
    ],
  ] as const)('that is a document from %j is written as %j', (source, expected) => {
    const { body } = rendered({ turns: [turn('user', 0, { kind: 'media', media: 'document', source })] })
    expect(body.messages).toMatchObject([{ content: [{ type: 'document', source: expected }] }])
  })

  test('that refuses is text, and that is said', () => {
    const { body, losses } = rendered({ turns: [turn('user', 0, { kind: 'refusal', text: 'No.' })] })
    expect(body.messages).toMatchObject([{ content: [{ type: 'text', text: 'No.' }] }])
    expect(losses).toEqual(['/messages/0/content/0 approximated'])
  })
})

describe('a block of a request', () => {
  const CONTENT = [{ type: 'text', text: 'found' }]

  test('that is a result of the client’s own search is a document of text', () => {
    const found = { type: 'search_result', source: 'https://example.com', title: 'A', content: CONTENT }
    expect(parse({ messages: [{ role: 'user', content: [found] }] }).turns[0]?.blocks).toMatchObject([
      { kind: 'media', media: 'document', source: { kind: 'text', text: 'found' }, title: 'A' },
    ])
  })

  test('with a source of a type that nobody knows is refused by name', () => {
    const body = {
      model: 'm',
      max_tokens: 9,
      messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'new' } }] }],
    }
    const result = parseRequest(body, { format: 'anthropic-messages', action: 'generate' }, CARRIERS)
    expect(result).toMatchObject({ error: { param: 'messages.0.content.0.source.type' } })
  })
})

describe('a block that is written in its own format', () => {
  const opaque = { kind: 'native-block', data: '{"type":"x","a":1}' } as const
  const rows: readonly (readonly [string, Block, readonly unknown[], readonly string[]])[] = [
    [
      'of the model’s vendor is opened',
      { kind: 'vendor', type: 'x', text: '', opaque: { ...opaque, family: 'anthropic' }, pointer: '/b' },
      [{ type: 'x', a: 1 }],
      [],
    ],
    [
      'of any other vendor is left out, which is said',
      { kind: 'vendor', type: 'x', text: '', opaque: { ...opaque, family: 'google' }, pointer: '/b' },
      [],
      ['/b unsupported'],
    ],
    [
      'that calls has no state of any other vendor, which is said',
      {
        kind: 'tool-call',
        id: 'c',
        name: 'f',
        form: 'function',
        arguments: '{}',
        opaque: { family: 'google', kind: 'thought-signature', data: '{}' },
        pointer: '/b',
      },
      [],
      ['/b reasoning_foreign'],
    ],
  ]
  test.each(rows)('%s', (_what, block, content, lost) => {
    const native = { format: 'anthropic-messages', value: { role: 'assistant', content: ['as it came'] } } as const
    const said = { role: 'assistant', blocks: [block], pointer: '/messages/0', native } as const
    const losses = createLosses()
    const { messages } = renderNative(chat({ turns: [said] }), targetWith(), losses)
    expect(messages).toEqual(content.length === 0 ? [] : [{ role: 'assistant', content }])
    expect(losses.list.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([...lost])
  })
})
