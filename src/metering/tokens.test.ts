import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { loadTokenCounter, reckonTokens, RUN_CHARS_MAX, splitForCounting } from './tokens.ts'

const seed = 20_260_103
const hostile: readonly [string, string][] = [
  ['one letter', 'a'.repeat(60_000)],
  ['spaces', ' '.repeat(60_000)],
  ['line ends', '\n'.repeat(60_000)],
  ['emoji', '😀'.repeat(20_000)],
  ['Chinese without spaces', '今天天气很好'.repeat(8_000)],
  ['base64', btoa('x'.repeat(40_000))],
]

describe('splitForCounting', () => {
  test.each(hostile)('cuts a long run of %s into short pieces, and not into more than it must', (_name, text) => {
    const pieces = splitForCounting(text)
    expect(pieces.join('')).toBe(text)
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(RUN_CHARS_MAX)
    expect(pieces.length).toBeLessThanOrEqual(Math.ceil(text.length / (RUN_CHARS_MAX - 1)))
  })

  test('leaves prose in large pieces', () => {
    const prose = 'The quick brown fox jumps over the lazy dog. '.repeat(1_000)
    expect(splitForCounting(prose).length).toBeLessThanOrEqual(12)
  })

  test('loses nothing and leaves no long run, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a'.repeat(200), ' '.repeat(99), '😀'.repeat(70)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (parts) => {
        const text = parts.join('')
        const pieces = splitForCounting(text)
        expect(pieces.join('')).toBe(text)
        for (const one of pieces) {
          for (const [run] of one.matchAll(/\s+|\S+/g)) expect(run.length).toBeLessThanOrEqual(RUN_CHARS_MAX)
        }
      }),
      { seed, numRuns: 200 },
    )
  })
})

describe('loadTokenCounter', () => {
  test('counts ordinary text as the encoder does', async () => {
    const count = await loadTokenCounter()
    expect(count('')).toBe(0)
    expect(count('hello world')).toBe(2)
    expect(count('The quick brown fox jumps over the lazy dog.')).toBe(10)
  })

  test('counts special tokens written in a text as text', async () => {
    const count = await loadTokenCounter()
    expect(count('<|endoftext|>')).toBeGreaterThan(1)
  })

  test('comes to an end on hostile text', async () => {
    const count = await loadTokenCounter()
    for (const [, text] of hostile) expect(count(text)).toBeGreaterThan(0)
  })
})

test('without an encoder four bytes are a token', () => {
  expect(reckonTokens('')).toBe(0)
  expect(reckonTokens('12345')).toBe(2)
  expect(reckonTokens('今天')).toBe(2)
})
