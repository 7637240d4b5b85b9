/** What a ceiling is put on. All but concurrency are counted over a sliding minute. */
export type Measure = 'requests' | 'inputTokens' | 'outputTokens' | 'tokens' | 'concurrency'

/** Everything one subject may use. What is absent or `null` is not limited. */
export interface Ceiling {
  /** Who is counted: `key:…`, `project:…`, `user:…`, `group:…`, `model:…` or `ip:…`; each at most once in a request. */
  readonly subject: string
  /** Requests in any sixty seconds. Clients are shown `rpm`; `burst` more are let through. */
  readonly rpm?: number | null
  readonly burst?: number
  /** Input, output, and both together, in any sixty seconds. */
  readonly itpm?: number | null
  readonly otpm?: number | null
  readonly tpm?: number | null
  /** Requests under way at once. */
  readonly concurrency?: number | null
}

/** What a request is counted as until its usage is known. */
export interface Reservation {
  /** The request's own id: what holds its place where concurrency is limited. */
  readonly id: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** The caller's clock. `resetAtMs` answers in it; a shared limiter counts by its server's clock all the same. */
  readonly nowMs: number
}

/** One measure over a sliding minute, as clients are shown it. */
export interface LimitState {
  readonly limit: number
  readonly remaining: number
  /** When the window will be empty again, Unix milliseconds by the caller's clock. */
  readonly resetAtMs: number
}

export interface RefusingCeiling {
  readonly subject: string
  readonly measure: Measure
  readonly limit: number
}

export interface Admission {
  readonly granted: boolean
  /**
   * The window that takes longest to have room, else the place: when a window has room is known. `outage`: nobody could be
   * asked, and the operator wants no guessing.
   */
  readonly refusedBy: RefusingCeiling | 'outage' | undefined
  /**
   * After exactly this long the same request would be let in if nothing else came. Where concurrency refused: by then
   * enough places have run out, unless those who hold them renew them; requests that end give theirs back sooner.
   */
  readonly retryAfterMs: number
  /** The same by windows alone, and by places alone. */
  readonly windowWaitMs: number
  readonly placeWaitMs: number
  /** Of each measure the state that matters: the refusing ceiling's, else that with the least remaining. */
  readonly requests: LimitState | undefined
  readonly tokens: LimitState | undefined
  readonly inputTokens: LimitState | undefined
  readonly outputTokens: LimitState | undefined
  /** What to correct and release afterwards; `undefined` where nothing was counted. */
  readonly counted: Counted | undefined
}

/** What was counted for a request, and where. Only limiters change it. */
export interface Counted {
  readonly ceilings: readonly Ceiling[]
  readonly id: string
  /** By the clock of whoever counted. */
  readonly countedAtMs: number
  /** As they count now: what was reserved, later what was used. */
  inputTokens: number
  outputTokens: number
  /** The same request as the shared limiter counted it, where it was asked as well. */
  readonly shared?: Counted
}

export type TokensUsed = Pick<Counted, 'inputTokens' | 'outputTokens'>

/**
 * Decides about all ceilings of a request in one step: every one has room and all count it, or nothing is counted
 * anywhere. In memory the answer is there at once; a shared limiter promises it.
 */
export interface CeilingLimiter {
  admit(ceilings: readonly Ceiling[], reservation: Reservation): Admission | Promise<Admission>
  /** Replaces the reserved tokens by the used ones, in the second they were reserved in. */
  correct(counted: Counted, used: TokensUsed): void | Promise<void>
  /** Gives back the places of a request that has ended. More than once does no harm. */
  release(counted: Counted): void | Promise<void>
  /** Keeps the places of requests still under way: one that is not renewed runs out, as those of a dead replica do. */
  renew(counted: readonly Counted[], nowMs: number): void | Promise<void>
}
