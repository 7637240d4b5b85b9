import { expect, test } from 'bun:test'
import { UPSTREAM_FORMATS, WIRE_FORMATS } from '../canon/operation.ts'
import { CODECS, UPSTREAM_CODECS } from './codecs.ts'

/** Formats that are no conversation, and are not translated as one. */
const OTHERS: readonly string[] = ['openai-embeddings', 'openai-images', 'openai-audio', 'openai-moderations', 'rerank']

test('every format of conversations has a codec, which knows its name', () => {
  const formats = WIRE_FORMATS.filter((format) => !OTHERS.includes(format))
  expect(Object.keys(CODECS).sort()).toEqual([...formats].sort())
  for (const format of formats) expect(CODECS[format]?.format).toBe(format)
})

test('every format of conversations that a provider speaks has one that reads its answers and its errors', () => {
  const formats = UPSTREAM_FORMATS.filter((format) => !OTHERS.includes(format))
  expect(Object.keys(UPSTREAM_CODECS).sort()).toEqual([...formats].sort())
  for (const format of formats) {
    expect(UPSTREAM_CODECS[format]?.format).toBe(format)
    expect(UPSTREAM_CODECS[format]?.parseError(429, { message: 'No.' }).kind).toBe('rate-limit-exceeded')
  }
})
