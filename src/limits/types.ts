/** One ceiling over a sliding minute. */
export interface LimitState {
  readonly limit: number
  readonly remaining: number
  /** When the window will be empty again, Unix milliseconds. */
  readonly resetAtMs: number
}

export interface Admission {
  readonly granted: boolean
  /** Which ceiling refused, for the message. */
  readonly refusedBy: 'requests' | 'tokens' | undefined
  readonly retryAfterMs: number
  readonly requests: LimitState | undefined
  readonly tokens: LimitState | undefined
}

export interface LimitRequest {
  /** What is counted: `key:…` or `ip:…`. */
  readonly subject: string
  /** Requests in any sixty seconds. The header shows `rpm`; `burst` more are let through. */
  readonly rpm: number | null
  readonly burst: number
  readonly tpm: number | null
  /** Tokens reserved until the usage is known. */
  readonly tokens: number
  readonly nowMs: number
}

/** Counts and decides in one step; a refusal counts nothing. */
export interface Limiter {
  admit(request: LimitRequest): Admission
  /** Replaces the reserved tokens by the used ones, in the slot they were reserved in. */
  correct(subject: string, admittedAtMs: number, reservedTokens: number, usedTokens: number): void
}
