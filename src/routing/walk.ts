import type { Block, Health, Standing } from './health.ts'
import { type Failure, RETRY_RULES } from './retry.ts'
import { subjectsOf } from './subjects.ts'
import type { Candidate, ProviderKey } from './types.ts'

/** One way to ask: a candidate, with a key of its provider. */
export interface Route {
  readonly candidate: Candidate
  readonly key: ProviderKey
  /** Why it was its turn, in words for the receipt. */
  readonly why: string
}

/** A route that was passed over, and for how long it will be. */
export interface PassedOver {
  readonly candidate: Candidate
  readonly key: ProviderKey
  readonly block: Block
}

/** The ways a request goes, one after the other. */
export interface Walk {
  /** Where to ask next; `failure`: how the last one failed. `undefined`: nowhere any more. */
  next(failure?: Failure): Route | undefined
  /** What was passed over so far because it is not well. */
  readonly passedOver: readonly PassedOver[]
}

export interface WalkDeps {
  readonly health: Pick<Health, 'untroubled' | 'standingOf' | 'blockOf' | 'probe'>
  /** The keys of a candidate's provider, the one to take first. */
  readonly keysOf: (candidate: Candidate) => readonly ProviderKey[]
}

/** A candidate with its keys, as far as it has been asked. */
interface Stop {
  readonly candidate: Candidate
  keys: readonly ProviderKey[] | undefined
  /** Keys that were asked; made when there is one. */
  tried: Set<string> | undefined
  /** Keys that are among those passed over. */
  passed: Set<string> | undefined
  asked: boolean
  /** No other key would do better. */
  over: boolean
}

/**
 * Walks through ranked candidates. After a failure that is its key's, another key of the same provider comes first; else
 * the next candidate; when there is none, other keys of those that were asked. What is not well is passed over, but what
 * only failed too often, and was not told to stay away, is asked after all where nothing else is left: to fail without
 * having asked anybody helps nobody.
 */
export const createWalk = (deps: WalkDeps, candidates: readonly Candidate[]): Walk => new Course(deps, candidates)

class Course implements Walk {
  readonly passedOver: PassedOver[] = []
  readonly #health: WalkDeps['health']
  readonly #keysOf: WalkDeps['keysOf']
  readonly #stops: readonly Stop[]
  #current: Stop | undefined
  #lastResort = false

  constructor({ health, keysOf }: WalkDeps, candidates: readonly Candidate[]) {
    this.#health = health
    this.#keysOf = keysOf
    this.#stops = candidates.map((candidate) => ({
      candidate,
      keys: undefined,
      tried: undefined,
      passed: undefined,
      asked: false,
      over: false,
    }))
  }

  next(failure?: Failure): Route | undefined {
    const told = failure === undefined ? '' : `; after ${failure}`
    const rule = failure === undefined ? undefined : RETRY_RULES[failure]
    if (rule && !rule.otherChannel) return undefined
    if (rule?.otherKey === 'never' && this.#current) this.#current.over = true
    const sameProvider =
      rule?.otherKey === 'first' && this.#current ? this.#take(this.#current, `other key${told}`) : undefined
    const onward = sameProvider ?? this.#onward(told)
    if (onward || this.#lastResort) return onward
    this.#lastResort = true
    return this.#first(
      ({ over }) => !over,
      ({ candidate: { why } }) => why + told,
    )
  }

  /** The next candidate; when all have been asked, another key of one of them. */
  #onward(told: string): Route | undefined {
    const unasked = this.#first(
      ({ asked }) => !asked,
      ({ candidate: { why } }) => why + told,
    )
    if (unasked) return unasked
    return this.#first(
      ({ asked, over }) => asked && !over,
      () => `other key${told}`,
    )
  }

  #first(which: (stop: Stop) => boolean, why: (stop: Stop) => string): Route | undefined {
    for (const stop of this.#stops) {
      const route = which(stop) ? this.#take(stop, why(stop)) : undefined
      if (route) return route
    }
    return undefined
  }

  /** The next of its keys that may be asked. */
  #take(stop: Stop, why: string): Route | undefined {
    const { candidate } = stop
    stop.keys ??= this.#keysOf(candidate)
    for (const key of stop.keys) {
      if (stop.tried?.has(key.id)) continue
      const [standing, block] = this.#standingOf(candidate, key)
      if (standing === 'blocked' && !(this.#lastResort && block?.kind === 'failing')) {
        this.#passOver(stop, key, block)
        continue
      }
      stop.tried ??= new Set()
      stop.tried.add(key.id)
      stop.asked = true
      this.#current = stop
      if (standing === 'ready') return { candidate, key, why }
      for (const subject of subjectsOf(candidate, key)) this.#health.probe(subject)
      return { candidate, key, why: `${why}; ${standing === 'probe' ? 'probe' : 'last resort'}` }
    }
    return undefined
  }

  #passOver(stop: Stop, key: ProviderKey, block: Block | undefined): void {
    stop.passed ??= new Set()
    if (!block || stop.passed.has(key.id)) return
    stop.passed.add(key.id)
    this.passedOver.push({ candidate: stop.candidate, key, block })
  }

  #standingOf(candidate: Candidate, key: ProviderKey): readonly [Standing, Block | undefined] {
    if (this.#health.untroubled) return READY
    let standing: Standing = 'ready'
    let firmest: Block | undefined
    for (const subject of subjectsOf(candidate, key)) {
      const one = this.#health.standingOf(subject)
      if (one === 'ready') continue
      if (standing !== 'blocked') standing = one
      if (one === 'blocked') firmest = firmer(firmest, this.#health.blockOf(subject))
    }
    return [standing, firmest]
  }
}

const READY: readonly [Standing, undefined] = ['ready', undefined]

/** What was told to stay away outweighs what only failed; of two, the one that lasts longer counts. */
const firmer = (one: Block | undefined, other: Block | undefined): Block | undefined => {
  if (!one || !other) return one ?? other
  if ((one.kind === 'failing') !== (other.kind === 'failing')) return one.kind === 'failing' ? other : one
  return other.untilMs > one.untilMs ? other : one
}
