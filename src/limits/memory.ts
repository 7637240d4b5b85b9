import { createLeases, type Leases } from './leases.ts'
import {
  allowedOf,
  checkTokens,
  costOf,
  countedOf,
  createDraft,
  type Draft,
  limitOf,
  noteState,
  noteWait,
  WINDOWED,
  type Windowed,
} from './measures.ts'
import { createSubjects, type SubjectStats, type Subjects, type Windows } from './subjects.ts'
import type { Admission, Ceiling, CeilingLimiter, Counted, Reservation, TokensUsed } from './types.ts'
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
  /** About 2 KB each at most. When there are more, those left alone the longest are forgotten with their counts. */
  readonly subjectsMax: number
  /** How long a request keeps its place where concurrency is limited, unless it is renewed. */
  readonly leaseMs?: number
}

export interface LimiterStats extends SubjectStats {
  /** Places taken where concurrency is limited. */
  readonly leases: number
}

/** The limiter of one process: every answer is there at once. */
export interface MemoryCeilingLimiter extends CeilingLimiter {
  admit(ceilings: readonly Ceiling[], reservation: Reservation): Admission
  correct(counted: Counted, used: TokensUsed): void
  release(counted: Counted): void
  renew(counted: readonly Counted[], nowMs: number): void
  /** Counts without asking: what somebody else let in, by now. Takes no places. */
  countAnyway(ceilings: readonly Ceiling[], reservation: Reservation): void
  stats(): LimiterStats
}

/** Longer than any request lasts that is not told otherwise. */
const LEASE_MS = 600_000

/** Limits counted in this process. */
export const createMemoryCeilings = (options: MemoryLimiterOptions): MemoryCeilingLimiter => {
  const leases = createLeases(options.leaseMs ?? LEASE_MS)
  const subjects = createSubjects(options.subjectsMax, leases.sweep)
  const plan: Plan = { steps: [], length: 0 }
  return {
    admit(ceilings, reservation) {
      checkTokens(reservation)
      return decide(plan, subjects, leases, ceilings, reservation)
    },
    correct(counted, used) {
      checkTokens(used)
      for (const ceiling of counted.ceilings) {
        const windows = subjects.find(ceiling.subject)
        if (!windows) continue
        for (const measure of WINDOWED) {
          const window = limitOf(ceiling, measure) === undefined ? undefined : windows[measure]
          const difference = costOf(measure, used) - costOf(measure, counted)
          if (window && difference !== 0) correct(window, counted.countedAtMs, difference)
        }
      }
      counted.inputTokens = used.inputTokens
      counted.outputTokens = used.outputTokens
    },
    release(counted) {
      for (const ceiling of counted.ceilings)
        if (limitOf(ceiling, 'concurrency') !== undefined) leases.release(ceiling.subject, counted.id)
    },
    renew(counted, nowMs) {
      for (const { ceilings, id } of counted) holdPlaces(leases, ceilings, id, nowMs)
    },
    countAnyway(ceilings, reservation) {
      checkTokens(reservation)
      lookUp(plan, subjects, ceilings, reservation)
      for (let index = 0; index < plan.length; index++) count(stepAt(plan, index).window, stepAt(plan, index).cost)
    },
    stats: () => ({ ...subjects.stats(), leases: leases.size() }),
  }
}

/** One window that a request is asked against. */
interface Step {
  subject: string
  measure: Windowed
  window: SlidingWindow
  limit: number
  allowed: number
  cost: number
}

/** The windows of one request. Steps are used again for the next: a decision makes nothing new but its answer. */
interface Plan {
  readonly steps: Step[]
  length: number
}

const decide = (
  plan: Plan,
  subjects: Subjects,
  leases: Leases,
  ceilings: readonly Ceiling[],
  reservation: Reservation,
): Admission => {
  const { nowMs } = reservation
  const draft = createDraft()
  lookUp(plan, subjects, ceilings, reservation)
  for (let index = 0; index < plan.length; index++) {
    const { subject, measure, limit, window, cost, allowed } = stepAt(plan, index)
    noteWait(draft, subject, measure, limit, waitMs(window, cost, allowed, nowMs))
  }
  const places = noteLeases(draft, leases, ceilings, nowMs)
  for (let index = 0; index < plan.length; index++) {
    const { subject, measure, limit, window, cost } = stepAt(plan, index)
    if (draft.granted) count(window, cost)
    const remaining = Math.max(0, limit - window.total)
    noteState(draft, subject, measure, { limit, remaining, resetAtMs: emptyAtMs(window, nowMs) })
  }
  if (!draft.granted) return draft
  if (places) holdPlaces(leases, ceilings, reservation.id, nowMs)
  if (plan.length > 0 || places) draft.counted = countedOf(ceilings, reservation.id, nowMs, reservation)
  return draft
}

/** Finds the windows of a request, and brings them up to now. */
const lookUp = (plan: Plan, subjects: Subjects, ceilings: readonly Ceiling[], reservation: Reservation): void => {
  plan.length = 0
  for (const ceiling of ceilings) {
    let windows: Windows | undefined
    for (const measure of WINDOWED) {
      const limit = limitOf(ceiling, measure)
      if (limit === undefined) continue
      windows ??= subjects.use(ceiling.subject, reservation.nowMs)
      windows[measure] ??= measure === 'requests' ? createRequestWindow() : createTokenWindow()
      const window = windows[measure]
      advance(window, reservation.nowMs)
      const step = plan.steps[plan.length] ?? { subject: '', measure, window, limit, allowed: 0, cost: 0 }
      plan.steps[plan.length++] = step
      step.subject = ceiling.subject
      step.measure = measure
      step.window = window
      step.limit = limit
      step.allowed = allowedOf(ceiling, measure, limit)
      step.cost = costOf(measure, reservation)
    }
  }
}

const stepAt = (plan: Plan, index: number): Step => {
  const step = plan.steps[index]
  if (!step) throw new Error(`a plan of ${plan.length} steps has none at ${index}`)
  return step
}

/** Whether places are limited at all. */
const noteLeases = (draft: Draft, leases: Leases, ceilings: readonly Ceiling[], nowMs: number): boolean => {
  let limited = false
  for (const ceiling of ceilings) {
    const limit = limitOf(ceiling, 'concurrency')
    if (limit === undefined) continue
    limited = true
    noteWait(draft, ceiling.subject, 'concurrency', limit, leases.waitMs(ceiling.subject, limit, nowMs))
  }
  return limited
}

const holdPlaces = (leases: Leases, ceilings: readonly Ceiling[], id: string, nowMs: number): void => {
  for (const ceiling of ceilings)
    if (limitOf(ceiling, 'concurrency') !== undefined) leases.hold(ceiling.subject, id, nowMs)
}
