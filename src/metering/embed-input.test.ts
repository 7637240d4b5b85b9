import { describe, expect, test } from 'bun:test'
import { countEmbedInput } from './embed-input.ts'
import { ENCODED_CHARS_MAX } from './tokens.ts'

/** A word is a token. */
const words = async (text: string): Promise<number> => text.split(' ').length
const counted = (body: unknown, media = { mediaCount: 0, mediaBytes: 0 }) =>
  countEmbedInput({ bytes: Buffer.from(JSON.stringify(body)), textBytes: 4_000, ...media }, words)

describe('the input of an embeddings request that nobody counted', () => {
  const TEXT = 'two words'
  const content = { parts: [{ text: TEXT }] }
  const ROWS: readonly (readonly [string, unknown, number | undefined])[] = [
    ['one text', { model: 'm', input: TEXT }, 2],
    ['one text, whatever else is said', { model: 'm', input: TEXT, user: 'u'.repeat(99), dimensions: 256 }, 2],
    ['several texts', { input: [TEXT, TEXT, 'one'] }, 5],
    ['token numbers', { input: [1, 2, 3] }, 3],
    ['lists of token numbers', { input: [[1, 2], [3]] }, 3],
    ['parts with text', { input: [{ type: 'text', text: TEXT }] }, 2],
    ['Gemini’s content', { model: 'models/m', taskType: 'RETRIEVAL_QUERY', content }, 2],
    ['Gemini’s list of requests', { requests: [{ model: 'models/m', content }, { content }] }, 4],
    ['nothing that is known', { prompt: TEXT }, undefined],
    ['no object', [TEXT], undefined],
  ]
  test.each(ROWS)('is counted: %s', async (_, body, tokens) => expect(await counted(body)).toBe(tokens as number))

  test('has its media beside its text', async () => {
    expect(await counted({ content }, { mediaCount: 1, mediaBytes: 1_000 })).toBe(1_002)
  })

  test('is reckoned by its bytes beyond what is encoded', async () => {
    const long = 'x'.repeat(ENCODED_CHARS_MAX)
    expect(await counted({ input: [long, TEXT] })).toBe(1 + Math.ceil(TEXT.length / 4))
    expect(await counted({ input: `${long}xxxx` })).toBe(ENCODED_CHARS_MAX / 4 + 1)
  })
})
