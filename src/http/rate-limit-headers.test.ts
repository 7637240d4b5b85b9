import { describe, expect, test } from 'bun:test'
import { WIRE_FORMATS, type WireFormat } from '../canon/operation.ts'
import type { Admission, Measure } from '../limits/types.ts'
import { formatDuration, rateLimitHeaders } from './rate-limit-headers.ts'

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0, 250)

const admission = (changes: Partial<Admission> = {}): Admission => ({
  granted: true,
  refusedBy: undefined,
  retryAfterMs: 0,
  windowWaitMs: 0,
  placeWaitMs: 0,
  requests: { limit: 200, remaining: 199, resetAtMs: NOW_MS + 60_750 },
  tokens: { limit: 1_000_000, remaining: 998_500, resetAtMs: NOW_MS + 12_400 },
  inputTokens: undefined,
  outputTokens: undefined,
  counted: undefined,
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
  'anthropic-ratelimit-tokens-limit': '1000000',
  'anthropic-ratelimit-tokens-remaining': '998500',
  'anthropic-ratelimit-tokens-reset': '2026-01-01T12:00:13Z',
}
const INPUT = { limit: 40_000, remaining: 39_000, resetAtMs: NOW_MS + 59_750 }
const OUTPUT = { limit: 8_000, remaining: 7_200, resetAtMs: NOW_MS + 1_000 }
const BY_DIRECTION = admission({ tokens: undefined, inputTokens: INPUT, outputTokens: OUTPUT })
const ANTHROPIC_BY_DIRECTION = {
  'anthropic-ratelimit-input-tokens-limit': '40000',
  'anthropic-ratelimit-input-tokens-remaining': '39000',
  'anthropic-ratelimit-input-tokens-reset': '2026-01-01T12:01:00Z',
  'anthropic-ratelimit-output-tokens-limit': '8000',
  'anthropic-ratelimit-output-tokens-remaining': '7200',
  'anthropic-ratelimit-output-tokens-reset': '2026-01-01T12:00:02Z',
  'anthropic-ratelimit-tokens-limit': '8000',
  'anthropic-ratelimit-tokens-remaining': '7200',
  'anthropic-ratelimit-tokens-reset': '2026-01-01T12:00:02Z',
}
const OPENAI_NEAREST = {
  'x-ratelimit-limit-tokens': '8000',
  'x-ratelimit-remaining-tokens': '7200',
  'x-ratelimit-reset-tokens': '1s',
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
    ['openai-responses', BY_DIRECTION, { ...COMMON, ...OPENAI_REQUESTS, ...OPENAI_NEAREST }],
    ['anthropic-messages', BY_DIRECTION, { ...COMMON, ...ANTHROPIC_REQUESTS, ...ANTHROPIC_BY_DIRECTION }],
    [
      'anthropic-messages',
      admission({ inputTokens: INPUT }),
      {
        ...{ ...COMMON, ...ANTHROPIC_REQUESTS, ...ANTHROPIC_TOKENS },
        'anthropic-ratelimit-input-tokens-limit': '40000',
        'anthropic-ratelimit-input-tokens-remaining': '39000',
        'anthropic-ratelimit-input-tokens-reset': '2026-01-01T12:01:00Z',
        'anthropic-ratelimit-tokens-limit': '40000',
        'anthropic-ratelimit-tokens-remaining': '39000',
        'anthropic-ratelimit-tokens-reset': '2026-01-01T12:01:00Z',
      },
    ],
    ['gemini', BY_DIRECTION, COMMON],
    ['gemini', admission(), COMMON],
    ['gemini', TOKENS_ONLY, COMMON_TOKENS],
  ])('%s', (format, given, expected) => {
    expect(rateLimitHeaders(given, format, NOW_MS)).toEqual(expected)
  })

  const refusal = (measure: Measure, given: Admission = admission()): Admission => {
    return { ...given, granted: false, refusedBy: { subject: 'key:1', measure, limit: 1 }, retryAfterMs: 1_000 }
  }
  test.each([...WIRE_FORMATS])('%s: after a refusal the common headers show the limit that refused', (format) => {
    const shownFor = (given: Admission) => rateLimitHeaders(given, format, NOW_MS)['X-RateLimit-Limit']
    expect(shownFor(refusal('tokens'))).toBe('1000000')
    expect(shownFor(refusal('requests'))).toBe('200')
    expect(shownFor(refusal('inputTokens', BY_DIRECTION))).toBe('40000')
    expect(shownFor(refusal('outputTokens', BY_DIRECTION))).toBe('8000')
    expect(shownFor(refusal('concurrency'))).toBe('200')
    expect(shownFor({ ...admission(), granted: false, refusedBy: 'outage' })).toBe('200')
  })

  test.each([...WIRE_FORMATS])('%s: a request without limits gets none', (format) => {
    expect(rateLimitHeaders(admission({ requests: undefined, tokens: undefined }), format, NOW_MS)).toEqual({})
  })
})

describe('the examples of the services Tollgate stands in for are met by name and form', () => {
  test.each([
    ['a plan of a thousand requests a minute', 1_000, 950, '1699000000'],
    ['sixty a minute for an address', 60, 59, '1640995200'],
  ])('%s', (_, limit, remaining, reset) => {
    const requests = { limit, remaining, resetAtMs: Number(reset) * 1_000 - 400 }
    for (const format of WIRE_FORMATS)
      expect(rateLimitHeaders(admission({ requests, tokens: undefined }), format, NOW_MS)).toMatchObject({
        'X-RateLimit-Limit': String(limit),
        'X-RateLimit-Remaining': String(remaining),
        'X-RateLimit-Reset': reset,
      })
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
