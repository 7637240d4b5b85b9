import type { Admission, Limiter, LimitRequest, LimitState } from './types.ts'
import {
  advance,
  correct,
  count,
  createRequestWindow,
  createTokenWindow,
  emptyAtMs,
  type SlidingWindow,
  waitMs,
} from './window.ts'

export interface MemoryLimiterOptions {
  /** About 1 KB each at most. When there are more, those left alone the longest are forgotten with their counts. */
  readonly subjectsMax: number
}

export interface LimiterStats {
  readonly subjects: number
  /** Subjects forgotten before their two idle minutes were over: above zero, `subjectsMax` is too small. */
  readonly evictedEarly: number
}

export interface MemoryLimiter extends Limiter {
  stats(): LimiterStats
}

/** Twice the window: what was counted has left it long before a subject left alone is forgotten. */
const IDLE_MS = 120_000

interface Subject {
  requests: SlidingWindow | undefined
  tokens: SlidingWindow | undefined
}

/**
 * Limits counted in this process. One call decides about requests and tokens together; a refusal counts nothing.
 * Subjects live in two generations: what is used moves to the young one, which grows old after two minutes or when it
 * is full, and the old one goes as a whole. So nothing is searched for the idle, and most requests cost one look-up.
 */
export const createMemoryLimiter = ({ subjectsMax }: MemoryLimiterOptions): MemoryLimiter => {
  if (!Number.isSafeInteger(subjectsMax) || subjectsMax < 2) throw new RangeError(`subjectsMax ${subjectsMax}`)
  const generationMax = Math.floor(subjectsMax / 2)
  let young = new Map<string, Subject>()
  let old = new Map<string, Subject>()
  let youngSinceMs = 0
  let evictedEarly = 0

  const age = (nowMs: number): void => {
    old = young
    young = new Map()
    youngSinceMs = nowMs
  }
  const use = (name: string, nowMs: number): Subject => {
    // A clock set back starts the two minutes anew, so that nothing waits for the time it had shown.
    if (nowMs < youngSinceMs) youngSinceMs = nowMs
    if (nowMs - youngSinceMs >= IDLE_MS) age(nowMs)
    const recent = young.get(name)
    if (recent) return recent
    const subject = old.get(name) ?? { requests: undefined, tokens: undefined }
    old.delete(name)
    if (young.size >= generationMax) {
      evictedEarly += old.size
      age(nowMs)
    }
    young.set(name, subject)
    return subject
  }

  return {
    admit(request) {
      if (!Number.isSafeInteger(request.tokens) || request.tokens < 0) throw new RangeError(`tokens ${request.tokens}`)
      if (request.rpm === null && request.tpm === null) return UNLIMITED
      return decide(use(request.subject, request.nowMs), request)
    },
    correct(name, admittedAtMs, reservedTokens, usedTokens) {
      const tokens = (young.get(name) ?? old.get(name))?.tokens
      if (tokens) correct(tokens, admittedAtMs, usedTokens - reservedTokens)
    },
    stats: () => ({ subjects: young.size + old.size, evictedEarly }),
  }
}

const UNLIMITED: Admission = {
  granted: true,
  refusedBy: undefined,
  retryAfterMs: 0,
  requests: undefined,
  tokens: undefined,
}

const decide = (subject: Subject, request: LimitRequest): Admission => {
  const { rpm, tpm, burst, tokens: cost, nowMs } = request
  if (rpm !== null) subject.requests ??= createRequestWindow()
  if (tpm !== null) subject.tokens ??= createTokenWindow()
  const requests = rpm === null ? undefined : subject.requests
  const tokens = tpm === null ? undefined : subject.tokens
  if (requests) advance(requests, nowMs)
  if (tokens) advance(tokens, nowMs)
  const requestsWaitMs = requests && rpm !== null ? waitMs(requests, 1, rpm + burst, nowMs) : 0
  const tokensWaitMs = tokens && tpm !== null ? waitMs(tokens, cost, tpm, nowMs) : 0
  const retryAfterMs = Math.max(requestsWaitMs, tokensWaitMs)
  const granted = retryAfterMs === 0
  if (granted && requests) count(requests, 1)
  if (granted && tokens) count(tokens, cost)
  const longest = tokensWaitMs > requestsWaitMs ? 'tokens' : 'requests'
  return {
    granted,
    refusedBy: granted ? undefined : longest,
    retryAfterMs,
    requests: stateOf(requests, rpm, nowMs),
    tokens: stateOf(tokens, tpm, nowMs),
  }
}

const stateOf = (window: SlidingWindow | undefined, limit: number | null, nowMs: number): LimitState | undefined =>
  window && limit !== null
    ? { limit, remaining: Math.max(0, limit - window.total), resetAtMs: emptyAtMs(window, nowMs) }
    : undefined
