import { expect, test } from 'bun:test'
import { UPSTREAM_FORMATS, WIRE_FORMATS } from '../canon/operation.ts'
import { CODECS, UPSTREAM_CODECS } from './codecs.ts'

test('every format but that of embeddings has a codec, which knows its name', () => {
  const formats = WIRE_FORMATS.filter((format) => format !== 'openai-embeddings')
  expect(Object.keys(CODECS).sort()).toEqual([...formats].sort())
  for (const format of formats) expect(CODECS[format]?.format).toBe(format)
})

test('every format that a provider speaks has one that reads its answers and its errors', () => {
  const formats = UPSTREAM_FORMATS.filter((format) => format !== 'openai-embeddings')
  expect(Object.keys(UPSTREAM_CODECS).sort()).toEqual([...formats].sort())
  for (const format of formats) {
    expect(UPSTREAM_CODECS[format]?.format).toBe(format)
    expect(UPSTREAM_CODECS[format]?.parseError(429, { message: 'No.' }).kind).toBe('rate-limit-exceeded')
  }
})
