import { describe, expect, test } from 'bun:test'
import type { MediaBlock } from '../../canon/blocks.ts'
import { mediaField } from './media-fields.ts'

describe('what was said of media', () => {
  const pointer = '/messages/0/content/1'
  const block = (value: Readonly<Record<string, unknown>>): MediaBlock => ({
    kind: 'media',
    media: 'document',
    source: { kind: 'url', url: 'https://example.com/a.pdf' },
    pointer,
    native: { format: 'openai-chat', value },
  })

  test.each([
    ['filename', 'filename'],
    ['displayName', 'filename'],
    ['display_name', 'filename'],
    ['title', 'title'],
    ['context', 'context'],
    ['source', 'context'],
    ['citations', 'citationsEnabled'],
    ['detail', 'detail'],
    ['mediaResolution', 'detail'],
    ['media_resolution', 'detail'],
  ] as const)('is found where the client said it: %s', (name, field) => {
    expect(mediaField(block({ [name]: 'a' }), field)).toBe(`${pointer}/${name}`)
    expect(mediaField(block({ 'a/b': { [name]: 'a' } }), field)).toBe(`${pointer}/a~1b/${name}`)
  })

  test('is told of the whole where the client said nothing by any of its names', () => {
    expect(mediaField(block({ type: 'file', source: { type: 'url' } }), 'context')).toBe(pointer)
  })
})
