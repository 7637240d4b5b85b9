import { describe, expect, test } from 'bun:test'
import { mergeUsages, readAnyUsage, textsIn, usageIn } from './usage.ts'

const read = (raw: Readonly<Record<string, unknown>>) => readAnyUsage(raw)

describe('a usage of any shape', () => {
  test.each([
    [
      'OpenAI Chat',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } },
      { input: 6, cacheRead: 4, output: 5 },
    ],
    ['embeddings', { prompt_tokens: 10, total_tokens: 10 }, { input: 10, output: 0 }],
    ['a total alone', { total_tokens: 7 }, { input: 7, output: 0 }],
    [
      'OpenAI Responses',
      { input_tokens: 10, input_tokens_details: { cached_tokens: 4 }, output_tokens: 5, total_tokens: 15 },
      { input: 6, cacheRead: 4, output: 5 },
    ],
    [
      'OpenAI images',
      {
        input_tokens: 10,
        input_tokens_details: { text_tokens: 4, image_tokens: 6 },
        output_tokens: 5,
        total_tokens: 15,
      },
      { input: 10, output: 5 },
    ],
    [
      'OpenAI transcriptions',
      {
        type: 'tokens',
        input_tokens: 10,
        input_token_details: { text_tokens: 2, audio_tokens: 8 },
        output_tokens: 5,
        total_tokens: 15,
      },
      { input: 2, inputAudio: 8, output: 5 },
    ],
    [
      'OpenAI Realtime',
      {
        input_tokens: 10,
        input_token_details: { audio_tokens: 8, cached_tokens: 3, cached_tokens_details: { audio_tokens: 2 } },
        output_tokens: 5,
        output_token_details: { audio_tokens: 4 },
        total_tokens: 15,
      },
      { input: 1, inputAudio: 6, cacheRead: 3, output: 1, outputAudio: 4 },
    ],
    [
      'Anthropic',
      { input_tokens: 10, cache_read_input_tokens: 4, cache_creation_input_tokens: 2, output_tokens: 5 },
      { input: 10, cacheRead: 4, cacheWrite5m: 2, output: 5 },
    ],
    ['Google', { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 }, { input: 10, output: 5 }],
    ['Amazon', { inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 4 }, { input: 10, cacheRead: 4, output: 5 }],
  ])('is read: %s', (_whose, raw, usage) => {
    expect(read(raw)).toMatchObject(usage)
  })

  test.each([
    [{ input_tokens: -1, output_tokens: 2, total_tokens: 1 }],
    [{ input_tokens: 1, input_token_details: { audio_tokens: 'x' }, output_tokens: 2 }],
    [{ input_tokens: 1, input_token_details: {}, output_tokens: 1.5 }],
    [{ type: 'duration', seconds: 12 }],
    [{}],
  ])('that makes no sense is none: %j', (raw) => {
    expect(read(raw)).toBeUndefined()
  })

  test.each([
    [{ usage: { prompt_tokens: 1 } }],
    [{ usageMetadata: { promptTokenCount: 1 } }],
    [{ response: { usage: { input_tokens: 1 } } }],
    [{ message: { usage: { input_tokens: 1 } } }],
    [{ metadata: { usage: { inputTokens: 1 } } }],
  ])('is found in %j', (value) => {
    expect(usageIn(value)).toBeDefined()
  })

  test.each([[{ usage: null }], [{ usage: { words: 3 } }], [{ deep: { deeper: { usage: { prompt_tokens: 1 } } } }]])(
    'is not found in %j',
    (value) => {
      expect(usageIn(value)).toBeUndefined()
    },
  )

  test('is put together from events, and never goes down', () => {
    const start = { input_tokens: 10, cache_read_input_tokens: 3, output_tokens: 1 }
    const merged = mergeUsages(mergeUsages(undefined, start), { input_tokens: 0, output_tokens: 9 })
    expect(read(merged)).toMatchObject({ input: 10, cacheRead: 3, output: 9 })
  })
})

describe('the text of an answer', () => {
  test('is what stands under the names that text goes by', () => {
    const answer = {
      id: 'no',
      choices: [{ message: { role: 'no', content: 'one ' } }],
      output: [{ content: [{ text: 'two' }] }],
    }
    expect(textsIn(answer, 100)).toBe('one two')
    expect(textsIn(answer, 5)).toBe('one t')
    expect(textsIn({ usage: {}, model: 'no' }, 100)).toBe('')
  })

  test('is looked for at no depth that would end the process', () => {
    let deep: unknown = { text: 'x' }
    for (let level = 0; level < 10_000; level += 1) deep = [deep]
    expect(textsIn(deep, 100)).toBe('')
  })
})
