import { createBreaker } from './breaker.ts'
import { checkTokens, countedOf, createDraft, isLimited, shareOf } from './measures.ts'
import type { MemoryCeilingLimiter } from './memory.ts'
import type { SharedLimiter } from './redis.ts'
import type { Admission, Ceiling, CeilingLimiter, Reservation } from './types.ts'
import { createJournal, createPlaces, type Journal, type Places } from './under-way.ts'

export interface ResilientOptions {
  /**
   * While nobody can be asked: each replica lets its part of every limit in, or everything limited is refused.
   */
  readonly onOutage: 'local' | 'refuse'
  /** This replica's name among the others. */
  readonly replica: string
  /** How many there are at least, for when nobody has been counted yet. */
  readonly replicasMin?: number
  /** How long the shared limiter is left alone after it failed. */
  readonly cooldownMs?: number
  /** The longest a request may last: whose end was never told loses its place after it. Places of `local` last as long. */
  readonly requestMsMax: number
  /** The shared limiter failed: from now on it goes without. */
  readonly onDown: (error: unknown) => void
  readonly onUp: () => void
  readonly nowMs: () => number
}

export interface ResilientStats {
  readonly down: boolean
  readonly replicas: number
  /** Decided without the shared limiter since the start. */
  readonly decidedAlone: number
  /** Requests under way that hold places. */
  readonly places: number
}

/** The limiter of a replica: shared while that answers. Its methods never reject but for a broken invariant. */
export interface ResilientLimiter extends CeilingLimiter {
  /** Call every {@link BEAT_MS}: says that this replica lives, and renews the places of its requests. */
  beat(): Promise<void>
  stats(): ResilientStats
}

export const BEAT_MS = 5_000
/** Three beats. */
const PRESENCE_MS = 15_000
const COOLDOWN_MS = 1_000

/**
 * Asks the shared limiter, and goes without it while it cannot be asked: a frozen one costs the requests under way one
 * time-out, and no later one anything. `local` counts along all the time, so that alone this replica knows what it let
 * in itself. When the shared one is back it is told what was let in meanwhile, before anybody asks it.
 */
export const createResilientLimiter = (
  shared: SharedLimiter,
  local: MemoryCeilingLimiter,
  options: ResilientOptions,
): ResilientLimiter => {
  const { onOutage, nowMs } = options
  const places = createPlaces(options.requestMsMax)
  const journal = createJournal()
  const link = createLink(shared, places, journal, options)
  let decidedAlone = 0

  const decideAlone = (ceilings: readonly Ceiling[], reservation: Reservation): Admission => {
    decidedAlone++
    if (onOutage === 'refuse' && isLimited(ceilings)) return refusal(link.tryAtMs() - reservation.nowMs)
    const admission = local.admit(shareOf(ceilings, link.replicas()), reservation)
    if (admission.counted) {
      journal.add(admission.counted)
      places.add(admission.counted)
    }
    return admission
  }
  const askShared = async (ceilings: readonly Ceiling[], reservation: Reservation): Promise<Admission> => {
    const admission = await link.ask(() => shared.admit(ceilings, reservation))
    if (!admission) return decideAlone(ceilings, reservation)
    if (!admission.counted) return admission
    if (onOutage === 'local') local.countAnyway(ceilings, reservation)
    const { id, nowMs: countedAtMs } = reservation
    const counted = { ...countedOf(ceilings, id, countedAtMs, reservation), shared: admission.counted }
    if (places.add(counted)) local.renew([counted], countedAtMs)
    return { ...admission, counted }
  }

  return {
    admit(ceilings, reservation) {
      checkTokens(reservation)
      if (!link.isDown()) return askShared(ceilings, reservation)
      link.tryAgain()
      return decideAlone(ceilings, reservation)
    },
    correct(counted, used) {
      local.correct(counted, used)
      const { shared: there } = counted
      if (there) return link.tell(() => shared.correct(there, used))
    },
    release(counted) {
      if (!places.remove(counted)) return
      local.release(counted)
      return link.tell(() => shared.release(counted))
    },
    renew(counted, atMs) {
      local.renew(counted, atMs)
      return link.tell(() => shared.renew(counted, atMs))
    },
    async beat() {
      local.renew(places.underWay(nowMs()), nowMs())
      await link.beat()
    },
    stats: () => ({ down: link.isDown(), replicas: link.replicas(), decidedAlone, places: places.size() }),
  }
}

/** What goes between a replica and the shared limiter. */
const createLink = (shared: SharedLimiter, places: Places, journal: Journal, options: ResilientOptions) => {
  const { replica, nowMs, cooldownMs = COOLDOWN_MS, replicasMin = 1 } = options
  const breaker = createBreaker({ cooldownMs, onOpen: options.onDown, onClose: options.onUp })
  let replicas = replicasMin

  /** `undefined`: it failed. */
  const ask = async <T>(question: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await question()
    } catch (error) {
      breaker.trip(error, nowMs())
      return undefined
    }
  }
  const tell = async (sentence: () => Promise<void>): Promise<void> => {
    if (!breaker.isOpen()) await ask(sentence)
  }
  const meet = async (): Promise<void> => {
    replicas = Math.max(replicasMin, await shared.present(replica, PRESENCE_MS))
    await shared.renew(places.underWay(nowMs()), nowMs())
  }
  const meetAgain = async (): Promise<void> => {
    await meet()
    for (let some = journal.oldest(nowMs()); some.length > 0; some = journal.oldest(nowMs())) {
      await shared.carry(some, nowMs())
      journal.drop(some.length)
    }
    breaker.close()
  }
  return {
    ...{ ask, tell, isDown: breaker.isOpen, tryAtMs: breaker.tryAtMs, replicas: () => replicas },
    /** Behind the back of a request, which has its answer at once. */
    tryAgain(): void {
      if (breaker.mayTry(nowMs())) void ask(meetAgain)
    },
    async beat(): Promise<void> {
      if (!breaker.isOpen()) await ask(meet)
      else if (breaker.mayTry(nowMs())) await ask(meetAgain)
    },
  }
}

const refusal = (waitMs: number): Admission => ({
  ...createDraft(),
  granted: false,
  refusedBy: 'outage',
  retryAfterMs: Math.max(1, waitMs),
})
