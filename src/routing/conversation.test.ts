import { describe, expect, test } from 'bun:test'
import type { Envelope } from '../canon/envelope.ts'
import { scanObject } from '../canon/scan-object.ts'
import { conversationOf } from './conversation.ts'

const envelopeOf = (body: unknown): Envelope => {
  const scan = scanObject(Buffer.from(JSON.stringify(body)), { depthMax: 100 })
  if (!scan.ok) throw new Error(scan.error.message)
  return { scan: scan.value } as Envelope
}

const idOf = (body: unknown, headers: Record<string, string> = {}, scope = 'project'): string | undefined =>
  conversationOf(new Headers(headers), envelopeOf(body), scope)

const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown) => ({ role: 'assistant', content })

const image = (data: string) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } })

describe('two turns are of one conversation', () => {
  const marked = (text: string) => [{ type: 'text', text, cache_control: { type: 'ephemeral' } }]
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['Chat', { messages: [user('Hi')] }, { messages: [user('Hi'), assistant('Hello'), user('More')] }],
    [
      'Chat behind a system prompt that changes',
      { messages: [{ role: 'system', content: 'It is 10:00' }, user('Hi')] },
      { messages: [{ role: 'system', content: 'It is 10:01' }, user('Hi'), assistant('x'), user('More')] },
    ],
    [
      'Messages whose marks for the cache move on',
      { messages: [user(marked('Hi'))] },
      { messages: [user([{ type: 'text', text: 'Hi' }]), assistant('x'), user(marked('More'))] },
    ],
    [
      'an image whose mark for the cache moves on',
      { messages: [user([{ ...image('A'), cache_control: { type: 'ephemeral' } }])] },
      { messages: [user([image('A')]), assistant('x'), user(marked('More'))] },
    ],
    ['Responses', { input: 'Hi' }, { input: 'Hi' }],
    [
      'Responses with items',
      { input: [{ type: 'message', ...user([{ type: 'input_text', text: 'Hi' }]) }] },
      {
        input: [
          { type: 'message', ...user([{ type: 'input_text', text: 'Hi' }]) },
          { type: 'reasoning', id: 'rs' },
        ],
      },
    ],
    [
      'Gemini',
      { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
      {
        contents: [
          { role: 'user', parts: [{ text: 'Hi' }] },
          { role: 'model', parts: [{ text: 'x' }] },
        ],
      },
    ],
    ['a cache key', { prompt_cache_key: 'k', messages: [user('a')] }, { prompt_cache_key: 'k', messages: [user('b')] }],
    ['a user', { metadata: { user_id: 'u' }, messages: [user('a')] }, { metadata: { user_id: 'u' }, messages: [] }],
  ]
  test.each(rows)('by %s', (_, one, other) => {
    expect(idOf(one)).toBeString()
    expect(idOf(other)).toBe(idOf(one) as string)
  })

  test.each(['x-claude-code-session-id', 'session-id', 'session_id', 'x-session-id', 'x-session-affinity'])(
    'by the header %s, whatever is in them',
    (name) => {
      expect(idOf({ messages: [user('a')] }, { [name]: 's' })).toBe(idOf({ input: 'b' }, { [name]: 's' }) as string)
    },
  )
})

describe('two requests are of different conversations', () => {
  test('that begin differently', () => {
    expect(idOf({ messages: [user('a')] })).not.toBe(idOf({ messages: [user('b')] }))
  })

  test('that begin with an image and no word', () => {
    const ids = ['A', 'B', 'C'].map((data) => idOf({ messages: [user([image(data)]), assistant('x'), user('Hi')] }))
    expect(new Set(ids).size).toBe(3)
    expect(ids).not.toContain(undefined)
  })

  test('of different projects, though they are called the same', () => {
    const body = { prompt_cache_key: 'k', messages: [user('a')] }
    expect(idOf(body, {}, 'one')).not.toBe(idOf(body, {}, 'other'))
  })
})

describe('a first turn of any length tells its conversation', () => {
  const sizes = [300_000, 1_048_000, 1_100_000, 3_000_000]
  const text = (start: string, size: number) => [{ type: 'text', text: start + 'x'.repeat(size) }]
  const marked = (start: string, size: number) =>
    text(start, size).map((part) => ({ ...part, cache_control: { type: 'ephemeral' } }))
  const more = [assistant('x'), user('More')]
  const shapes: readonly (readonly [string, (start: string, size: number, later: readonly unknown[]) => unknown])[] = [
    ['as one text', (start, size, later) => ({ messages: [user(start + 'x'.repeat(size)), ...later] })],
    ['in parts', (start, size, later) => ({ messages: [user(text(start, size)), ...later] })],
    [
      'in parts whose marks move on',
      (start, size, later) => ({ messages: [user((later.length > 0 ? text : marked)(start, size)), ...later] }),
    ],
    ['before its role', (start, size, later) => ({ input: [{ content: text(start, size), role: 'user' }, ...later] })],
    ['of no role', (start, size, later) => ({ contents: [{ parts: text(start, size) }, ...later] })],
    [
      'behind a long system prompt',
      (start, size, later) => ({
        messages: [{ role: 'system', content: 'y'.repeat(2_000_000) }, user(text(start, size)), ...later],
      }),
    ],
  ]
  test.each(shapes)('%s', (_, bodyOf) => {
    for (const size of sizes) {
      const first = idOf(bodyOf('a', size, []))
      expect(first).toBeString()
      expect(idOf(bodyOf('a', size, more))).toBe(first as string)
      expect(idOf(bodyOf('b', size, more))).not.toBe(first as string)
    }
  })

  test('as a text that is the whole input', () => {
    const ids = ['a', 'b', 'a'].map((start) => idOf({ input: start + 'x'.repeat(2_000_000) }))
    expect(ids[0]).toBeString()
    expect([ids[0] === ids[2], ids[0] === ids[1]]).toEqual([true, false])
  })
})

test.each([
  ['no turns', { model: 'm' }],
  ['no user in its first turns', { messages: Array.from({ length: 20 }, () => assistant('x')) }],
  ['turns of another shape', { messages: [1, null, 'x', []] }],
  ['turns that are none', { messages: 7 }],
])('a request with %s belongs to nothing that is known', (_, body) => {
  expect(idOf(body)).toBeUndefined()
})

test('a name too long for one is none', () => {
  expect(idOf({ input: 'a' }, { 'session-id': 'x'.repeat(2_000) })).toBe(idOf({ input: 'a' }) as string)
})
