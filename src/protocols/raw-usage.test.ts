import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { JsonObject } from './json.ts'
import { storableUsage } from './raw-usage.ts'

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
const padded = (bytes: number): JsonObject => {
  const usage = { prompt_tokens: 1, pad: '' }
  return { ...usage, pad: 'x'.repeat(bytes - bytesOf(usage)) }
}

const kept: readonly (readonly [string, JsonObject])[] = [
  ['an ordinary report', { prompt_tokens: 10, details: { cached_tokens: 2, list: [1, null, true] } }],
  ['nothing', {}],
  ['exactly 16 KiB', padded(16_384)],
  ['exactly 20 levels', nested(20) as JsonObject],
  ['a list of many small numbers', { list: Array.from({ length: 5_000 }, () => 1) }],
]
test.each(kept)('%s is stored as it came', (_, raw) => {
  expect(storableUsage(raw)).toBe(raw)
})

const cut: readonly (readonly [string, JsonObject])[] = [
  ['one byte more than 16 KiB', padded(16_385)],
  ['8 MB of text', { prompt_tokens: 1, pad: 'x'.repeat(8_000_000) }],
  ['letters that take several bytes each', { prompt_tokens: 1, pad: '\u0001'.repeat(5_000) }],
  ['21 levels', { prompt_tokens: 1, ...(nested(21) as JsonObject) }],
  ['a hundred thousand levels', { prompt_tokens: 1, deep: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) }],
]
test.each(cut)('of %s, only the counters are stored', (_, raw) => {
  expect(storableUsage(raw)).toEqual({ prompt_tokens: 1, truncated: true })
})

test('counters without end are stored up to a hundred', () => {
  const raw = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`counter_${index}`, index]))
  const stored = storableUsage({ ...raw, ['long'.repeat(100)]: 1 })
  expect(Object.keys(stored)).toHaveLength(101)
  expect(stored).toMatchObject({ counter_0: 0, counter_99: 99, truncated: true })
})

test('whatever is stored has at most 16 KiB of JSON', () => {
  const value = fc.jsonValue({ maxDepth: 30, stringUnit: 'binary' })
  const property = fc.property(fc.dictionary(fc.string(), value), fc.nat(20_000), (usage, pad) => {
    const raw = JSON.parse(JSON.stringify({ ...usage, pad: 'é'.repeat(pad) })) as JsonObject
    const stored = storableUsage(raw)
    expect(bytesOf(stored)).toBeLessThanOrEqual(16_384)
    if (stored === raw) return
    expect(stored.truncated).toBe(true)
    expect(bytesOf(raw) > 16_384 || JSON.stringify(raw).split(/[[{]/).length > 20).toBe(true)
  })
  fc.assert(property, { seed: 7, numRuns: 500 })
})
