import type { WireFormat } from '../canon/operation.ts'
import type { Admission, LimitState } from '../limits/types.ts'

/**
 * The headers that tell a client where it stands: `X-RateLimit-*` in every format, and beside them the names the
 * client's own SDK reads. A limit that is not set is left out; without any limit there are no headers.
 */
export const rateLimitHeaders = (admission: Admission, format: WireFormat, nowMs: number): Record<string, string> => {
  const headers: Record<string, string> = {}
  const shown = stateShown(admission)
  if (shown === undefined) return headers
  headers['X-RateLimit-Limit'] = String(shown.limit)
  headers['X-RateLimit-Remaining'] = String(shown.remaining)
  headers['X-RateLimit-Reset'] = String(unixSeconds(shown.resetAtMs))
  OWN_NAMES[format]?.(headers, admission, nowMs)
  return headers
}

/** The common headers show one limit: the one that refused, else that of requests, else the nearest of tokens. */
const stateShown = (admission: Admission): LimitState | undefined => {
  const { refusedBy, requests } = admission
  if (typeof refusedBy === 'object' && refusedBy.measure !== 'concurrency') return admission[refusedBy.measure]
  return requests ?? nearestTokens(admission)
}

/** Of the limits of tokens, the one with the least remaining. */
const nearestTokens = ({ tokens, inputTokens, outputTokens }: Admission): LimitState | undefined => {
  let nearest = tokens
  if (inputTokens && (!nearest || inputTokens.remaining < nearest.remaining)) nearest = inputTokens
  if (outputTokens && (!nearest || outputTokens.remaining < nearest.remaining)) nearest = outputTokens
  return nearest
}

type AddHeaders = (headers: Record<string, string>, admission: Admission, nowMs: number) => void

/** https://platform.openai.com/docs/guides/rate-limits: the reset is the time left, not a moment. */
const addOpenAi: AddHeaders = (headers, admission, nowMs) => {
  const { requests } = admission
  if (requests) {
    headers['x-ratelimit-limit-requests'] = String(requests.limit)
    headers['x-ratelimit-remaining-requests'] = String(requests.remaining)
    headers['x-ratelimit-reset-requests'] = formatDuration(requests.resetAtMs - nowMs)
  }
  const tokens = nearestTokens(admission)
  if (tokens) {
    headers['x-ratelimit-limit-tokens'] = String(tokens.limit)
    headers['x-ratelimit-remaining-tokens'] = String(tokens.remaining)
    headers['x-ratelimit-reset-tokens'] = formatDuration(tokens.resetAtMs - nowMs)
  }
}

/**
 * https://docs.anthropic.com/en/api/rate-limits: the reset is a moment in RFC 3339, whole seconds; `tokens` is the limit
 * of tokens that is nearest. Where input or output has no limit of its own, the one for both is what it is held to.
 */
const addAnthropic: AddHeaders = (headers, admission) => {
  const { requests, tokens, inputTokens = tokens, outputTokens = tokens } = admission
  if (requests) {
    headers['anthropic-ratelimit-requests-limit'] = String(requests.limit)
    headers['anthropic-ratelimit-requests-remaining'] = String(requests.remaining)
    headers['anthropic-ratelimit-requests-reset'] = formatMoment(requests.resetAtMs)
  }
  if (inputTokens) {
    headers['anthropic-ratelimit-input-tokens-limit'] = String(inputTokens.limit)
    headers['anthropic-ratelimit-input-tokens-remaining'] = String(inputTokens.remaining)
    headers['anthropic-ratelimit-input-tokens-reset'] = formatMoment(inputTokens.resetAtMs)
  }
  if (outputTokens) {
    headers['anthropic-ratelimit-output-tokens-limit'] = String(outputTokens.limit)
    headers['anthropic-ratelimit-output-tokens-remaining'] = String(outputTokens.remaining)
    headers['anthropic-ratelimit-output-tokens-reset'] = formatMoment(outputTokens.resetAtMs)
  }
  const nearest = nearestTokens(admission)
  if (nearest) {
    headers['anthropic-ratelimit-tokens-limit'] = String(nearest.limit)
    headers['anthropic-ratelimit-tokens-remaining'] = String(nearest.remaining)
    headers['anthropic-ratelimit-tokens-reset'] = formatMoment(nearest.resetAtMs)
  }
}

const OWN_NAMES: Record<WireFormat, AddHeaders | undefined> = {
  'openai-chat': addOpenAi,
  'openai-responses': addOpenAi,
  'openai-completions': addOpenAi,
  'openai-embeddings': addOpenAi,
  'openai-images': addOpenAi,
  'openai-audio': addOpenAi,
  'openai-moderations': addOpenAi,
  rerank: addOpenAi,
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

let lastSecond = Number.NaN
let lastMoment = ''

/** Windows mostly end in the same second, and writing a moment is the dearest thing here: the last one is kept. */
const formatMoment = (ms: number): string => {
  const second = unixSeconds(ms)
  if (second !== lastSecond) {
    lastMoment = `${new Date(second * 1_000).toISOString().slice(0, -5)}Z`
    lastSecond = second
  }
  return lastMoment
}
