import type { Admission, Ceiling, Counted, LimitState, Measure, Reservation, TokensUsed } from './types.ts'

/**
 * What a limiter is, written for the reader instead of the machine: every second and every place in a list, all of it
 * searched for every question. The other two are held against it.
 */
export interface Model {
  admit(ceilings: readonly Ceiling[], reservation: Reservation): Admission
  correct(counted: Counted, used: TokensUsed): void
  release(counted: Counted): void
  renew(counted: readonly Counted[], nowMs: number): void
}

interface Row {
  readonly subject: string
  readonly measure: Measure
  readonly limit: number
  readonly allowed: number
  readonly cost: number
}

interface Window {
  newest: number
  seconds: { second: number; cost: number }[]
}

const KEPT_SECONDS = 61

export const createModel = (leaseMs: number): Model => {
  const windows = new Map<string, Window>()
  const places = new Map<string, Map<string, number>>()
  const placesOf = (subject: string): Map<string, number> => {
    const found = places.get(subject) ?? new Map<string, number>()
    places.set(subject, found)
    return found
  }
  const windowOf = ({ subject, measure }: Row, nowMs: number): Window => {
    const window = windows.get(`${subject} ${measure}`) ?? { newest: 0, seconds: [] }
    windows.set(`${subject} ${measure}`, window)
    moveTo(window, Math.floor(nowMs / 1_000))
    return window
  }
  const waitOf = (row: Row, nowMs: number): number =>
    row.measure === 'concurrency'
      ? waitForPlace(placesOf(row.subject), row.allowed, leaseMs, nowMs)
      : waitForRoom(windowOf(row, nowMs), row, nowMs)
  return {
    admit(ceilings, reservation) {
      const { id, inputTokens, outputTokens, nowMs } = reservation
      const rows = rowsOf(ceilings, reservation)
      const waits = rows.map((row) => ({ row, waitMs: waitOf(row, nowMs) }))
      const { refusing, ...told } = decided(waits)
      const states = rows.flatMap((row) => {
        if (row.measure === 'concurrency') {
          if (!refusing) placesOf(row.subject).set(id, nowMs + leaseMs)
          return []
        }
        const window = windowOf(row, nowMs)
        if (!refusing) window.seconds.push({ second: window.newest, cost: row.cost })
        return [{ ...row, state: stateOf(window, row, nowMs) }]
      })
      const counted = { ceilings, id, countedAtMs: nowMs, inputTokens, outputTokens }
      return {
        granted: !refusing,
        refusedBy: refusing && { subject: refusing.subject, measure: refusing.measure, limit: refusing.limit },
        ...told,
        requests: shown(states, 'requests', refusing),
        tokens: shown(states, 'tokens', refusing),
        inputTokens: shown(states, 'inputTokens', refusing),
        outputTokens: shown(states, 'outputTokens', refusing),
        counted: !refusing && rows.length > 0 ? counted : undefined,
      }
    },
    correct(counted, used) {
      const before = rowsOf(counted.ceilings, counted)
      rowsOf(counted.ceilings, used).forEach(({ subject, measure, cost }, index) => {
        const window = windows.get(`${subject} ${measure}`)
        const difference = cost - (before[index]?.cost ?? 0)
        if (!window || difference === 0) return
        const second = Math.min(window.newest, Math.floor(counted.countedAtMs / 1_000))
        if (window.newest - second >= KEPT_SECONDS) return
        const there = window.seconds.filter((each) => each.second === second).reduce((sum, each) => sum + each.cost, 0)
        window.seconds = window.seconds.filter((each) => each.second !== second)
        window.seconds.push({ second, cost: Math.max(0, there + difference) })
      })
      counted.inputTokens = used.inputTokens
      counted.outputTokens = used.outputTokens
    },
    release({ ceilings, id }) {
      for (const { subject, concurrency } of ceilings) if (concurrency) placesOf(subject).delete(id)
    },
    renew(counted, nowMs) {
      for (const { ceilings, id } of counted)
        for (const { subject, concurrency } of ceilings) if (concurrency) placesOf(subject).set(id, nowMs + leaseMs)
    },
  }
}

interface Wait {
  readonly row: Row
  readonly waitMs: number
}

const longest = (waits: readonly Wait[]): number => Math.max(0, ...waits.map(({ waitMs }) => waitMs))

/** A window refuses before any place does. */
const decided = (waits: readonly Wait[]) => {
  const ofWindows = waits.filter(({ row }) => row.measure !== 'concurrency')
  const ofPlaces = waits.filter(({ row }) => row.measure === 'concurrency')
  const [windowWaitMs, placeWaitMs] = [longest(ofWindows), longest(ofPlaces)]
  const asked = windowWaitMs > 0 ? ofWindows : ofPlaces
  const refusing = asked.find(({ waitMs }) => waitMs > 0 && waitMs === longest(asked))?.row
  return { refusing, retryAfterMs: Math.max(windowWaitMs, placeWaitMs), windowWaitMs, placeWaitMs }
}

/** The refusing ceiling's, else the tightest. */
const shown = (
  states: readonly (Row & { readonly state: LimitState })[],
  measure: Measure,
  refusing: Row | undefined,
): LimitState | undefined => {
  const all = states.filter((each) => each.measure === measure)
  if (refusing?.measure === measure) return all.find(({ subject }) => subject === refusing.subject)?.state
  const byTightness = (one: LimitState, other: LimitState): number =>
    one.remaining - other.remaining || other.resetAtMs - one.resetAtMs
  return all.map(({ state }) => state).sort(byTightness)[0]
}

const rowsOf = (ceilings: readonly Ceiling[], { inputTokens, outputTokens }: TokensUsed): readonly Row[] => {
  const both = inputTokens + outputTokens
  const rows = ceilings.flatMap(({ subject, rpm, burst = 0, itpm, otpm, tpm }) => [
    { subject, measure: 'requests' as const, limit: rpm, allowed: (rpm ?? 0) + burst, cost: 1 },
    { subject, measure: 'inputTokens' as const, limit: itpm, allowed: itpm, cost: inputTokens },
    { subject, measure: 'outputTokens' as const, limit: otpm, allowed: otpm, cost: outputTokens },
    { subject, measure: 'tokens' as const, limit: tpm, allowed: tpm, cost: both },
  ])
  const places = ceilings.map(({ subject, concurrency }) => {
    return { subject, measure: 'concurrency' as const, limit: concurrency, allowed: concurrency, cost: 1 }
  })
  return [...rows, ...places].flatMap(({ limit, allowed, ...rest }) =>
    limit === undefined || limit === null ? [] : [{ ...rest, limit, allowed: allowed ?? limit }],
  )
}

/** A clock that went back by more than the window is long takes what was counted with it. */
const moveTo = (window: Window, second: number): void => {
  const back = window.newest - second
  if (back > KEPT_SECONDS) window.seconds = window.seconds.map((each) => ({ ...each, second: each.second - back }))
  if (back > KEPT_SECONDS || back < 0) window.newest = second
  window.seconds = window.seconds.filter((each) => each.second > window.newest - KEPT_SECONDS)
}

const totalAfter = ({ seconds }: Window, second: number): number =>
  seconds.filter((each) => each.second > second - KEPT_SECONDS).reduce((sum, { cost }) => sum + cost, 0)

/** Tries now, then every moment at which a second leaves. */
const waitForRoom = (window: Window, { cost, allowed }: Row, nowMs: number): number => {
  if (cost === 0) return 0
  if (allowed <= 0) return KEPT_SECONDS * 1_000
  const fits = (second: number): boolean => totalAfter(window, second) + Math.min(cost, allowed) <= allowed
  if (fits(window.newest)) return 0
  const leaving = window.seconds.map(({ second }) => second + KEPT_SECONDS).sort((one, other) => one - other)
  const found = leaving.find(fits)
  if (found === undefined) throw new Error('an empty window has room')
  return found * 1_000 - nowMs
}

const waitForPlace = (places: Map<string, number>, allowed: number, leaseMs: number, nowMs: number): number => {
  if (allowed <= 0) return leaseMs
  for (const [id, expiresAtMs] of places) {
    if (expiresAtMs <= nowMs) places.delete(id)
    else places.set(id, Math.min(expiresAtMs, nowMs + leaseMs))
  }
  const moments = [nowMs, ...[...places.values()].sort((one, other) => one - other)]
  const held = (atMs: number): number => [...places.values()].filter((expiresAtMs) => expiresAtMs > atMs).length
  return (moments.find((atMs) => held(atMs) < allowed) ?? nowMs) - nowMs
}

const stateOf = (window: Window, { limit }: Row, nowMs: number): LimitState => {
  const counting = window.seconds.filter(({ cost }) => cost > 0).map(({ second }) => second)
  const remaining = Math.max(0, limit - totalAfter(window, window.newest))
  const resetAtMs = counting.length === 0 ? nowMs : (Math.max(...counting) + KEPT_SECONDS) * 1_000
  return { limit, remaining, resetAtMs }
}
