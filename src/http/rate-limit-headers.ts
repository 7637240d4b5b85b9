import type { WireFormat } from '../canon/operation.ts'
import type { Admission } from '../limits/types.ts'

/**
 * The headers that tell a client where it stands: `X-RateLimit-*` in every format, and beside them the names the
 * client's own SDK reads. A limit that is not set is left out; without any limit there are no headers.
 */
export const rateLimitHeaders = (admission: Admission, format: WireFormat, nowMs: number): Record<string, string> => {
  const headers: Record<string, string> = {}
  const shown = admission.refusedBy === 'tokens' ? admission.tokens : (admission.requests ?? admission.tokens)
  if (shown === undefined) return headers
  headers['X-RateLimit-Limit'] = String(shown.limit)
  headers['X-RateLimit-Remaining'] = String(shown.remaining)
  headers['X-RateLimit-Reset'] = String(unixSeconds(shown.resetAtMs))
  OWN_NAMES[format]?.(headers, admission, nowMs)
  return headers
}

type AddHeaders = (headers: Record<string, string>, admission: Admission, nowMs: number) => void

/** https://platform.openai.com/docs/guides/rate-limits: the reset is the time left, not a moment. */
const addOpenAi: AddHeaders = (headers, { requests, tokens }, nowMs) => {
  if (requests) {
    headers['x-ratelimit-limit-requests'] = String(requests.limit)
    headers['x-ratelimit-remaining-requests'] = String(requests.remaining)
    headers['x-ratelimit-reset-requests'] = formatDuration(requests.resetAtMs - nowMs)
  }
  if (tokens) {
    headers['x-ratelimit-limit-tokens'] = String(tokens.limit)
    headers['x-ratelimit-remaining-tokens'] = String(tokens.remaining)
    headers['x-ratelimit-reset-tokens'] = formatDuration(tokens.resetAtMs - nowMs)
  }
}

/**
 * https://docs.anthropic.com/en/api/rate-limits: the reset is a moment in RFC 3339, whole seconds. Input and output
 * tokens show the same window: Tollgate counts the two together as long as a key has one limit for both.
 */
const addAnthropic: AddHeaders = (headers, { requests, tokens }) => {
  // The two windows mostly end in the same second, and writing a moment is the dearest thing here.
  const requestsReset = requests && formatMoment(requests.resetAtMs)
  if (requests && requestsReset) {
    headers['anthropic-ratelimit-requests-limit'] = String(requests.limit)
    headers['anthropic-ratelimit-requests-remaining'] = String(requests.remaining)
    headers['anthropic-ratelimit-requests-reset'] = requestsReset
  }
  if (tokens) {
    const sameReset = requests?.resetAtMs === tokens.resetAtMs ? requestsReset : undefined
    const reset = sameReset ?? formatMoment(tokens.resetAtMs)
    headers['anthropic-ratelimit-input-tokens-limit'] = String(tokens.limit)
    headers['anthropic-ratelimit-input-tokens-remaining'] = String(tokens.remaining)
    headers['anthropic-ratelimit-input-tokens-reset'] = reset
    headers['anthropic-ratelimit-output-tokens-limit'] = String(tokens.limit)
    headers['anthropic-ratelimit-output-tokens-remaining'] = String(tokens.remaining)
    headers['anthropic-ratelimit-output-tokens-reset'] = reset
  }
}

const OWN_NAMES: Record<WireFormat, AddHeaders | undefined> = {
  'openai-chat': addOpenAi,
  'openai-responses': addOpenAi,
  'openai-completions': addOpenAi,
  'openai-embeddings': addOpenAi,
  'anthropic-messages': addAnthropic,
  gemini: undefined,
}

/** A duration as OpenAI writes it (and Go prints it): `0s`, `12ms`, `8.64s`, `1m1s`, `2h0m0.5s`. */
export const formatDuration = (durationMs: number): string => {
  const wholeMs = Math.max(0, Math.ceil(durationMs))
  if (wholeMs === 0) return '0s'
  if (wholeMs < 1_000) return `${wholeMs}ms`
  const minutes = Math.floor(wholeMs / 60_000)
  const seconds = `${(wholeMs % 60_000) / 1_000}s`
  if (minutes === 0) return seconds
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`
}

/** Rounded up everywhere: who comes back a fraction too early is refused again. */
const unixSeconds = (ms: number): number => Math.ceil(ms / 1_000)

const formatMoment = (ms: number): string => `${new Date(unixSeconds(ms) * 1_000).toISOString().slice(0, -5)}Z`
