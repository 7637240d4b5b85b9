import type { Admission, Ceiling, Counted, LimitState, Measure, TokensUsed } from './types.ts'

/** What is counted over a sliding minute. */
export const WINDOWED = ['requests', 'inputTokens', 'outputTokens', 'tokens'] as const

export type Windowed = (typeof WINDOWED)[number]

/** The limit of one measure as clients are shown it; `undefined` where there is none. */
export const limitOf = (ceiling: Ceiling, measure: Measure): number | undefined => ceiling[FIELDS[measure]] ?? undefined

const FIELDS = {
  requests: 'rpm',
  inputTokens: 'itpm',
  outputTokens: 'otpm',
  tokens: 'tpm',
  concurrency: 'concurrency',
} as const

/** How much of a measure may be used at once and in a minute: only requests have a burst. */
export const allowedOf = (ceiling: Ceiling, measure: Measure, limit: number): number =>
  measure === 'requests' ? limit + (ceiling.burst ?? 0) : limit

/** What a request adds to a measure. */
export const costOf = (measure: Measure, { inputTokens, outputTokens }: TokensUsed): number => {
  if (measure === 'inputTokens') return inputTokens
  if (measure === 'outputTokens') return outputTokens
  return measure === 'tokens' ? inputTokens + outputTokens : 1
}

/** Throws where an amount of tokens is none: a broken invariant of the caller. */
export const checkTokens = ({ inputTokens, outputTokens }: TokensUsed): void => {
  if (!Number.isSafeInteger(inputTokens) || inputTokens < 0) throw new RangeError(`input tokens ${inputTokens}`)
  if (!Number.isSafeInteger(outputTokens) || outputTokens < 0) throw new RangeError(`output tokens ${outputTokens}`)
}

/** An admission while its ceilings are asked one after the other. */
export type Draft = { -readonly [field in keyof Admission]: Admission[field] }

export const createDraft = (): Draft => ({
  granted: true,
  refusedBy: undefined,
  retryAfterMs: 0,
  windowWaitMs: 0,
  placeWaitMs: 0,
  requests: undefined,
  tokens: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  counted: undefined,
})

/**
 * Puts the wait for one ceiling into the draft. The longest wait for a window refuses, where there is none that for a
 * place; of equals, the first.
 */
export const noteWait = (draft: Draft, subject: string, measure: Measure, limit: number, waitMs: number): void => {
  const isPlace = measure === 'concurrency'
  if (waitMs <= (isPlace ? draft.placeWaitMs : draft.windowWaitMs)) return
  draft.granted = false
  draft.retryAfterMs = Math.max(waitMs, draft.retryAfterMs)
  if (isPlace) draft.placeWaitMs = waitMs
  else draft.windowWaitMs = waitMs
  if (!isPlace || draft.windowWaitMs === 0) draft.refusedBy = { subject, measure, limit }
}

/**
 * Puts the state of one window into the draft, unless another matters more: the refusing one, else that with the least
 * remaining. Only once every wait is noted.
 */
export const noteState = (draft: Draft, subject: string, measure: Windowed, state: LimitState): void => {
  const { refusedBy } = draft
  if (typeof refusedBy === 'object' && refusedBy.measure === measure) {
    if (refusedBy.subject === subject) draft[measure] = state
    return
  }
  const shown = draft[measure]
  if (!shown || isTighter(state, shown)) draft[measure] = state
}

const isTighter = (state: LimitState, than: LimitState): boolean =>
  state.remaining < than.remaining || (state.remaining === than.remaining && state.resetAtMs > than.resetAtMs)

export const countedOf = (
  ceilings: readonly Ceiling[],
  id: string,
  countedAtMs: number,
  { inputTokens, outputTokens }: TokensUsed,
): Counted => ({ ceilings, id, countedAtMs, inputTokens, outputTokens })

/** Whether there is anything to decide. */
export const isLimited = (ceilings: readonly Ceiling[]): boolean =>
  ceilings.some(
    (ceiling) => takesPlaces({ ceilings: [ceiling] }) || WINDOWED.some((each) => limitOf(ceiling, each) !== undefined),
  )

/** Whether a place was taken for it. */
export const takesPlaces = ({ ceilings }: Pick<Counted, 'ceilings'>): boolean =>
  ceilings.some((ceiling) => limitOf(ceiling, 'concurrency') !== undefined)

/**
 * The part of every ceiling that one of several replicas may use while they cannot ask each other, so that together they
 * stay below it. One at the least, or a small limit would be none at all.
 */
export const shareOf = (ceilings: readonly Ceiling[], replicas: number): readonly Ceiling[] =>
  replicas <= 1
    ? ceilings
    : ceilings.map(({ subject, rpm, burst, itpm, otpm, tpm, concurrency }) => ({
        subject,
        rpm: part(rpm, replicas),
        burst: Math.floor((burst ?? 0) / replicas),
        itpm: part(itpm, replicas),
        otpm: part(otpm, replicas),
        tpm: part(tpm, replicas),
        concurrency: part(concurrency, replicas),
      }))

const part = (limit: number | null | undefined, replicas: number): number | null => {
  if (limit === null || limit === undefined) return null
  return limit <= 0 ? limit : Math.max(1, Math.floor(limit / replicas))
}
