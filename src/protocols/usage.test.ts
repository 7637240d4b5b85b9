import { expect, test } from 'bun:test'
import { NO_USAGE, type Usage } from '../canon/usage.ts'
import { mergeUsage, readUsage as readAnthropic } from './anthropic-messages/usage.ts'
import { readUsage as readGemini } from './gemini/usage.ts'
import type { JsonObject } from './json.ts'
import { readUsage as readChat } from './openai-chat/usage.ts'
import { readUsage as readEmbeddings } from './openai-embeddings/usage.ts'
import { readUsage as readResponses } from './openai-responses/usage.ts'

type Read = (raw: JsonObject) => Usage | undefined
type Buckets = Partial<Record<keyof Usage, number>>

interface Case {
  readonly says: string
  readonly read: Read
  readonly raw: JsonObject
  /** Buckets that are not zero; `undefined` when the usage is unknown. */
  readonly is: Buckets | undefined
}

const CASES: readonly Case[] = [
  {
    says: 'Chat: cached and written tokens are inside the prompt, reasoning and audio inside the completion',
    read: readChat,
    raw: {
      prompt_tokens: 1_000,
      completion_tokens: 300,
      total_tokens: 1_300,
      prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 100, audio_tokens: 50 },
      completion_tokens_details: { reasoning_tokens: 120, audio_tokens: 80, accepted_prediction_tokens: null },
    },
    is: { input: 250, inputAudio: 50, cacheRead: 600, cacheWrite5m: 100, output: 220, outputAudio: 80, reasoning: 120 },
  },
  {
    says: 'Chat: reasoning that the total counts beside the completion is added to it (xAI)',
    read: readChat,
    raw: {
      prompt_tokens: 12,
      completion_tokens: 2,
      total_tokens: 354,
      completion_tokens_details: { reasoning_tokens: 340 },
    },
    is: { input: 12, output: 342, reasoning: 340 },
  },
  {
    says: 'Chat: a total above its parts holds thoughts nobody named (Gemini’s OpenAI surface)',
    read: readChat,
    raw: { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 },
    is: { input: 35, output: 74, reasoning: 62 },
  },
  {
    says: 'Chat: what was read from a cache and the total counts beside the prompt is added to it',
    read: readChat,
    raw: {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 5_110,
      prompt_tokens_details: { cached_tokens: 5_000 },
    },
    is: { input: 100, cacheRead: 5_000, output: 10 },
  },
  {
    says: 'Chat: audio that the total counts beside the prompt is added to it (Mistral)',
    read: readChat,
    raw: {
      prompt_tokens: 11,
      completion_tokens: 15,
      total_tokens: 401,
      prompt_tokens_details: { audio_tokens: 375, cached_tokens: 9 },
    },
    is: { input: 2, inputAudio: 375, cacheRead: 9, output: 15 },
  },
  {
    says: 'Chat: DeepSeek names its cache hits itself',
    read: readChat,
    raw: {
      prompt_tokens: 90,
      completion_tokens: 5,
      total_tokens: 95,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 26,
    },
    is: { input: 26, cacheRead: 64, output: 5 },
  },
  {
    says: 'Chat: Moonshot has its cached tokens at the top',
    read: readChat,
    raw: { prompt_tokens: 20, completion_tokens: 30, total_tokens: 50, cached_tokens: 10 },
    is: { input: 10, cacheRead: 10, output: 30 },
  },
  {
    says: 'Chat: writes split by lifetime, a day counting as the longest we price',
    read: readChat,
    raw: {
      prompt_tokens: 100,
      completion_tokens: 1,
      total_tokens: 101,
      cache_creation_input_tokens: 70,
      cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 20, ephemeral_24h_input_tokens: 10 },
    },
    is: { input: 30, cacheWrite5m: 40, cacheWrite1h: 30, output: 1 },
  },
  {
    says: 'Chat: a cached part above its prompt is cut to it',
    read: readChat,
    raw: { prompt_tokens: 29, completion_tokens: 6, total_tokens: 35, prompt_tokens_details: { cached_tokens: 157 } },
    is: { cacheRead: 29, output: 6 },
  },
  {
    says: 'Completions: no completion_tokens follows from the total',
    read: readChat,
    raw: { prompt_tokens: 11, total_tokens: 11 },
    is: { input: 11 },
  },
  {
    says: 'Chat: a negative count is unknown',
    read: readChat,
    raw: { prompt_tokens: -1, completion_tokens: 2, total_tokens: 1 },
    is: undefined,
  },
  {
    says: 'Chat: a fraction is unknown',
    read: readChat,
    raw: { prompt_tokens: 1.5, completion_tokens: 2 },
    is: undefined,
  },
  {
    says: 'Chat: a junk completion is not derived',
    read: readChat,
    raw: { prompt_tokens: 5, completion_tokens: 'x', total_tokens: 9 },
    is: undefined,
  },
  {
    says: 'Chat: a negative detail is unknown',
    read: readChat,
    raw: { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: -2 } },
    is: undefined,
  },
  { says: 'Chat: an empty object is unknown', read: readChat, raw: {}, is: undefined },
  {
    says: 'Responses: cached and written tokens are inside the input',
    read: readResponses,
    raw: {
      input_tokens: 500,
      input_tokens_details: { cached_tokens: 384, cache_write_tokens: 16 },
      output_tokens: 90,
      output_tokens_details: { reasoning_tokens: 64 },
      total_tokens: 590,
    },
    is: { input: 100, cacheRead: 384, cacheWrite5m: 16, output: 90, reasoning: 64 },
  },
  {
    says: 'Responses: what was written is told by its sum, and split by its lifetimes without counting it twice',
    read: readResponses,
    raw: {
      input_tokens: 500,
      input_tokens_details: {
        cached_tokens: 100,
        cache_write_tokens: 300,
        cache_write_tokens_details: { ttl_30m_tokens: 180, ttl_12h_tokens: 120 },
      },
      output_tokens: 90,
      total_tokens: 590,
    },
    is: { input: 100, cacheRead: 100, cacheWrite5m: 180, cacheWrite1h: 120, output: 90 },
  },
  {
    says: 'Responses: lifetimes that add up to more than the sum are cut to it, and to less are made up for',
    read: readResponses,
    raw: {
      input_tokens: 500,
      input_tokens_details: { cache_write_tokens: 100, cache_write_tokens_details: { ttl_12h_tokens: 400 } },
      output_tokens: 1,
    },
    is: { input: 400, cacheWrite1h: 100, output: 1 },
  },
  {
    says: 'Responses: lifetimes without a sum are the sum',
    read: readResponses,
    raw: {
      input_tokens: 500,
      input_tokens_details: { cache_write_tokens_details: { ttl_30m_tokens: 30, ttl_12h_tokens: 20 } },
      output_tokens: 1,
    },
    is: { input: 450, cacheWrite5m: 30, cacheWrite1h: 20, output: 1 },
  },
  {
    says: 'Responses: a lifetime that is junk is unknown',
    read: readResponses,
    raw: {
      input_tokens: 5,
      input_tokens_details: { cache_write_tokens_details: { ttl_12h_tokens: -1 } },
      output_tokens: 1,
    },
    is: undefined,
  },
  {
    says: 'Chat: OpenAI’s lifetimes are read there too',
    read: readChat,
    raw: {
      prompt_tokens: 100,
      completion_tokens: 1,
      total_tokens: 101,
      prompt_tokens_details: {
        cache_write_tokens: 70,
        cache_write_tokens_details: { ttl_30m_tokens: 40, ttl_12h_tokens: 30 },
      },
    },
    is: { input: 30, cacheWrite5m: 40, cacheWrite1h: 30, output: 1 },
  },
  { says: 'Responses: absent output is unknown', read: readResponses, raw: { input_tokens: 5 }, is: undefined },
  {
    says: 'Messages: cache counters stand beside the input, with their lifetimes',
    read: readAnthropic,
    raw: {
      input_tokens: 4,
      cache_read_input_tokens: 9_000,
      cache_creation_input_tokens: 1_000,
      cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 700 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    },
    is: { input: 4, cacheRead: 9_000, cacheWrite5m: 300, cacheWrite1h: 700, output: 50, reasoning: 20 },
  },
  {
    says: 'Messages: writes without a split are for five minutes',
    read: readAnthropic,
    raw: { input_tokens: 4, cache_creation_input_tokens: 1_000, output_tokens: 1 },
    is: { input: 4, cacheWrite5m: 1_000, output: 1 },
  },
  {
    says: 'Messages: compaction is billed though the top level leaves it out',
    read: readAnthropic,
    raw: {
      input_tokens: 181,
      output_tokens: 8,
      iterations: [
        { type: 'compaction', input_tokens: 100, output_tokens: 83, cache_read_input_tokens: 55_000 },
        { type: 'message', input_tokens: 181, output_tokens: 8, cache_read_input_tokens: 0 },
      ],
    },
    is: { input: 281, cacheRead: 55_000, output: 91 },
  },
  {
    says: 'Messages: iterations that cannot be read leave the top level standing',
    read: readAnthropic,
    raw: { input_tokens: 7, output_tokens: 8, iterations: [{ type: 'message' }, { type: 'news' }] },
    is: { input: 7, output: 8 },
  },
  {
    says: 'Messages: a null input is unknown',
    read: readAnthropic,
    raw: { input_tokens: null, output_tokens: 8 },
    is: undefined,
  },
  {
    says: 'Gemini: tool results and thoughts stand beside prompt and candidates, audio apart and less what was cached',
    read: readGemini,
    raw: {
      promptTokenCount: 1_000,
      toolUsePromptTokenCount: 50,
      cachedContentTokenCount: 600,
      candidatesTokenCount: 70,
      thoughtsTokenCount: 30,
      totalTokenCount: 1_150,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 700 },
        { modality: 'AUDIO', tokenCount: 300 },
      ],
      cacheTokensDetails: [
        { modality: 'AUDIO', tokenCount: 200 },
        { modality: 'TEXT', tokenCount: 400 },
      ],
    },
    is: { input: 350, inputAudio: 100, cacheRead: 600, output: 100, reasoning: 30 },
  },
  {
    says: 'Gemini: enums may be numbers, and speech is audio output',
    read: readGemini,
    raw: {
      promptTokenCount: 10,
      candidatesTokenCount: 90,
      totalTokenCount: 100,
      candidatesTokensDetails: [{ modality: 4, tokenCount: 90 }],
    },
    is: { input: 10, outputAudio: 90 },
  },
  {
    says: 'Gemini: thoughts that the total shows inside the candidates are not counted twice',
    read: readGemini,
    raw: { promptTokenCount: 10, candidatesTokenCount: 90, thoughtsTokenCount: 40, totalTokenCount: 100 },
    is: { input: 10, output: 90, reasoning: 40 },
  },
  {
    says: 'Gemini: a null total is ignored',
    read: readGemini,
    raw: { promptTokenCount: 40, candidatesTokenCount: 15, totalTokenCount: null },
    is: { input: 40, output: 15 },
  },
  { says: 'Gemini: no prompt count is unknown', read: readGemini, raw: { trafficType: 'ON_DEMAND' }, is: undefined },
  {
    says: 'Embeddings: only input',
    read: readEmbeddings,
    raw: { prompt_tokens: 8, total_tokens: 8, completion_tokens: 0 },
    is: { input: 8 },
  },
  {
    says: 'Embeddings: a total alone is the input (Voyage)',
    read: readEmbeddings,
    raw: { total_tokens: 12 },
    is: { input: 12 },
  },
]

for (const { says, read, raw, is } of CASES)
  test(says, () => {
    expect(read(raw)).toEqual(is === undefined ? undefined : ({ ...NO_USAGE, ...is } as Usage))
  })

test('Messages: what a delta names replaces what the start said, and null replaces nothing', () => {
  const start = { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 5 }
  expect(mergeUsage(start, { output_tokens: 40, cache_read_input_tokens: null })).toEqual({
    ...start,
    output_tokens: 40,
  })
})
