import { describe, expect, test } from 'bun:test'
import { WIRE_FORMATS, type WireFormat } from '../canon/operation.ts'
import type { Admission } from '../limits/types.ts'
import { formatDuration, rateLimitHeaders } from './rate-limit-headers.ts'

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0, 250)

const admission = (changes: Partial<Admission> = {}): Admission => ({
  granted: true,
  refusedBy: undefined,
  retryAfterMs: 0,
  requests: { limit: 200, remaining: 199, resetAtMs: NOW_MS + 60_750 },
  tokens: { limit: 1_000_000, remaining: 998_500, resetAtMs: NOW_MS + 12_400 },
  ...changes,
})
const REQUESTS_ONLY = admission({ tokens: undefined })
const TOKENS_ONLY = admission({ requests: undefined })

const COMMON = { 'X-RateLimit-Limit': '200', 'X-RateLimit-Remaining': '199', 'X-RateLimit-Reset': '1767268861' }
const COMMON_TOKENS = {
  'X-RateLimit-Limit': '1000000',
  'X-RateLimit-Remaining': '998500',
  'X-RateLimit-Reset': '1767268813',
}
const OPENAI_REQUESTS = {
  'x-ratelimit-limit-requests': '200',
  'x-ratelimit-remaining-requests': '199',
  'x-ratelimit-reset-requests': '1m0.75s',
}
const OPENAI_TOKENS = {
  'x-ratelimit-limit-tokens': '1000000',
  'x-ratelimit-remaining-tokens': '998500',
  'x-ratelimit-reset-tokens': '12.4s',
}
const ANTHROPIC_REQUESTS = {
  'anthropic-ratelimit-requests-limit': '200',
  'anthropic-ratelimit-requests-remaining': '199',
  'anthropic-ratelimit-requests-reset': '2026-01-01T12:01:01Z',
}
const ANTHROPIC_TOKENS = {
  'anthropic-ratelimit-input-tokens-limit': '1000000',
  'anthropic-ratelimit-input-tokens-remaining': '998500',
  'anthropic-ratelimit-input-tokens-reset': '2026-01-01T12:00:13Z',
  'anthropic-ratelimit-output-tokens-limit': '1000000',
  'anthropic-ratelimit-output-tokens-remaining': '998500',
  'anthropic-ratelimit-output-tokens-reset': '2026-01-01T12:00:13Z',
}

describe('each format gets the common headers and its own', () => {
  test.each<[WireFormat, Admission, Record<string, string>]>([
    ['openai-chat', admission(), { ...COMMON, ...OPENAI_REQUESTS, ...OPENAI_TOKENS }],
    ['openai-chat', REQUESTS_ONLY, { ...COMMON, ...OPENAI_REQUESTS }],
    ['openai-chat', TOKENS_ONLY, { ...COMMON_TOKENS, ...OPENAI_TOKENS }],
    ['openai-responses', REQUESTS_ONLY, { ...COMMON, ...OPENAI_REQUESTS }],
    ['openai-completions', REQUESTS_ONLY, { ...COMMON, ...OPENAI_REQUESTS }],
    ['openai-embeddings', admission(), { ...COMMON, ...OPENAI_REQUESTS, ...OPENAI_TOKENS }],
    ['anthropic-messages', admission(), { ...COMMON, ...ANTHROPIC_REQUESTS, ...ANTHROPIC_TOKENS }],
    ['anthropic-messages', REQUESTS_ONLY, { ...COMMON, ...ANTHROPIC_REQUESTS }],
    ['anthropic-messages', TOKENS_ONLY, { ...COMMON_TOKENS, ...ANTHROPIC_TOKENS }],
    ['gemini', admission(), COMMON],
    ['gemini', TOKENS_ONLY, COMMON_TOKENS],
  ])('%s', (format, given, expected) => {
    expect(rateLimitHeaders(given, format, NOW_MS)).toEqual(expected)
  })

  test.each([...WIRE_FORMATS])('%s: after a refusal the common headers show the limit that refused', (format) => {
    expect(rateLimitHeaders(admission({ granted: false, refusedBy: 'tokens' }), format, NOW_MS)).toMatchObject(
      COMMON_TOKENS,
    )
    expect(rateLimitHeaders(admission({ granted: false, refusedBy: 'requests' }), format, NOW_MS)).toMatchObject(COMMON)
  })

  test.each([...WIRE_FORMATS])('%s: a request without limits gets none', (format) => {
    expect(rateLimitHeaders(admission({ requests: undefined, tokens: undefined }), format, NOW_MS)).toEqual({})
  })
})

describe('a duration is written as OpenAI writes it', () => {
  test.each([
    [-5, '0s'],
    [0, '0s'],
    [0.2, '1ms'],
    [12, '12ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [8_640, '8.64s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [61_000, '1m1s'],
    [360_000, '6m0s'],
    [3_600_000, '1h0m0s'],
    [7_200_500, '2h0m0.5s'],
    [90_061_000, '25h1m1s'],
  ])('%p ms is %p', (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected)
  })
})
