import type { Envelope } from '../canon/envelope.ts'
import type { GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import { err, ok, type Result } from '../result.ts'
import { blameKey, type Failure, noteOutcome } from '../routing/retry.ts'
import type { Health } from '../routing/health.ts'
import type { Load } from '../routing/load.ts'
import type { Router } from '../routing/router.ts'
import type { Route, Walk } from '../routing/walk.ts'
import { ask, type AskDeps, type Asked, noteOf, type Ready } from './ask.ts'
import type { Admitted, Begun, Call } from './call.ts'
import type { HangUpOf } from './disconnect.ts'
import { drop, Failures, NOT_TRIED, type Outcome } from './failures.ts'
import type { Prepare, Repair } from './lane.ts'
import { noRoute } from './no-route.ts'
import type { Occupied, Occupy } from './occupy.ts'
import { clientLeft } from './upstream-failures.ts'

export interface AttemptDeps extends AskDeps {
  readonly router: Router
  readonly health: Health
  readonly load: Load
  /** Counts a try against its key's own limits. */
  readonly occupy: Occupy
  readonly attemptsMax: number
  /** Told how a try failed, for counting. */
  readonly onFailure?: ((provider: string, failure: Failure) => void) | undefined
  /** How long after the first try another one may begin. */
  readonly retryTotalMs: number
  /** After how long without an answer a second route is asked as well; `undefined`: never. */
  readonly hedgeAfterMs: (group: string) => number | undefined
  /** What ends the upstream request from the client's side. */
  readonly hangUpOf: HangUpOf
  /** Makes a request ready for one candidate after the other. */
  readonly lanes: (call: Call, envelope: Envelope, principal: Principal) => Prepare
}

/**
 * Sends the request along one route after the other until one answers, as the retry table says (`routing/retry.ts`). Where
 * all failed, the client is told of the first failure, so that one that passes never becomes the lasting one of a provider
 * that came after it. A stream that has no content for a while is handed on as `later`; the search goes on behind it.
 */
export const createAttempt =
  (deps: AttemptDeps) =>
  async (call: Call, admitted: Admitted): Promise<Result<Begun, GatewayError>> => {
    if (!admitted.envelope.stream) return new Search(deps, call, admitted, () => undefined).run()
    const late = Promise.withResolvers<Begun>()
    const found = new Search(deps, call, admitted, late.resolve).run()
    const first = await Promise.race([found, late.promise])
    return 'ok' in first ? first : ok({ ...first, later: found })
  }

/** A route that may be asked now. */
type Boarding = Ready & { readonly occupied: Occupied | undefined }

/** A try that is under way. */
interface Flight {
  readonly route: Route
  readonly asked: Promise<Asked>
  readonly hangUp: AbortController | undefined
  readonly occupied: Occupied | undefined
}

interface Landed {
  readonly flight: Flight
  readonly asked: Asked
}

/** The search for an answer to one request. */
class Search {
  readonly #deps: AttemptDeps
  readonly #call: Call
  readonly #admitted: Admitted
  readonly #prepare: Prepare
  readonly #walk: Walk
  readonly #hangUp: AbortSignal
  readonly #hedgeAfterMs: number | undefined
  readonly #failures = new Failures()
  readonly #onLate: (begun: Begun) => void
  #refusal: GatewayError | undefined
  readonly #flying = new Set<Flight>()
  /** Routes that were forbidden what another may still answer. */
  readonly #forbidden: Route[] = []
  #repair: Repair | undefined
  /** Until the first key may be used again that was at its limit. */
  #busyMs = Number.POSITIVE_INFINITY
  #tries = 0
  #startedAtMs = 0

  constructor(deps: AttemptDeps, call: Call, admitted: Admitted, onLate: (begun: Begun) => void) {
    const { envelope, principal, candidates } = admitted
    this.#deps = deps
    this.#call = call
    this.#admitted = admitted
    this.#prepare = deps.lanes(call, envelope, principal)
    this.#walk = deps.router.walk(candidates, envelope)
    this.#hangUp = deps.hangUpOf(call, principal)
    this.#hedgeAfterMs = deps.hedgeAfterMs(principal.group)
    this.#onLate = onLate
  }

  async run(): Promise<Outcome> {
    this.#startedAtMs = this.#deps.nowMs()
    try {
      let ready = await this.#ready(undefined)
      while (ready) {
        // Whoever left is asked for no more, also where what has begun is read to its end.
        if (this.#call.request.signal.aborted) {
          ready.occupied?.over()
          return this.#failures.dropped(err(clientLeft()))
        }
        const { asked, flight } = await this.#hedged(ready)
        if (isAnswer(asked)) return this.#failures.dropped(this.#answered(flight, asked))
        const mayRepair = asked.failure === 'state-refused' && this.#mayTryAgain()
        const repaired = mayRepair ? await this.#repaired(flight) : undefined
        if (repaired) {
          ready = repaired
          continue
        }
        if (asked.failure === 'client-left') return this.#failures.dropped(asked.outcome)
        // The next is made ready before anything is dropped: one that cannot be written for has nothing to tell.
        ready = this.#mayTryAgain() ? await this.#ready(asked.failure) : undefined
      }
      return this.#told()
    } catch (error) {
      this.#failures.dropped(undefined)
      for (const flight of this.#flying) this.#letGo(flight)
      throw error
    }
  }

  #mayTryAgain(): boolean {
    const { attemptsMax, retryTotalMs, nowMs } = this.#deps
    return this.#tries < attemptsMax && nowMs() - this.#startedAtMs < retryTotalMs
  }

  /** The failure to tell, with what the request lost on its way to whoever it came from. */
  #told(): Outcome {
    const told = this.#failures.told
    if (told?.ok) this.#admitted.tab.warnings.push(...told.value.prepared.warnings)
    if (told) return told
    if (this.#refusal) return err(this.#refusal)
    const blocked = noRoute(this.#admitted, this.#walk.passedOver, this.#busyMs, this.#deps.nowMs())
    return blocked ? err(blocked) : NOT_TRIED
  }

  /** The next route that the request can be written for; the others are passed over, and the first says why. */
  async #ready(failure: Failure | undefined): Promise<Boarding | undefined> {
    let last = failure
    for (;;) {
      const route = this.#walk.next(last)
      if (!route) return undefined
      const prepared = await this.#prepare(route.candidate, this.#repair)
      if (!prepared.ok) {
        this.#refusal ??= prepared.error
        this.#pass(route, 'untranslatable')
        last = 'untranslatable'
        continue
      }
      // What nobody is asked for takes nothing of anybody.
      const occupied = prepared.value.sends ? await this.#deps.occupy(this.#call, route, this.#admitted) : undefined
      if (!occupied || 'over' in occupied) return { route, prepared: prepared.value, occupied }
      this.#busyMs = Math.min(this.#busyMs, occupied.busyMs)
      this.#pass(route, 'key-busy')
      last = 'key-busy'
    }
  }

  /** The same route once more, without the reasoning state that it refused. */
  async #repaired({ route }: Flight): Promise<Boarding | undefined> {
    if (this.#repair) return undefined
    this.#repair = 'without-state'
    const prepared = await this.#prepare(route.candidate, this.#repair)
    if (!prepared.ok) return undefined
    const occupied = await this.#deps.occupy(this.#call, route, this.#admitted)
    if (occupied && 'busyMs' in occupied) return undefined
    return { route: { ...route, why: 'without reasoning state' }, prepared: prepared.value, occupied }
  }

  #pass(route: Route, failure: Failure): void {
    this.#admitted.tab.attempts.push(noteOf(route, 0, failure, 0, this.#sinceCallMs()))
    noteOutcome(this.#deps.health, { ...route, failure, startedAtMs: this.#startedAtMs })
  }

  #sinceCallMs(): number {
    return Math.round(this.#deps.nowMs() - this.#call.startedAtMs)
  }

  #fly(ready: Boarding, canBeOutrun: boolean): Flight {
    this.#tries += 1
    const hangUp = canBeOutrun ? new AbortController() : undefined
    if (hangUp) this.#hangUp.addEventListener('abort', () => hangUp.abort(), { once: true })
    const { route, occupied } = ready
    this.#deps.load.begin(route.candidate.channel.id)
    const asked = ask(this.#deps, hangUp?.signal ?? this.#hangUp, this.#call, this.#admitted, ready, this.#onLate)
    const flight = { route, asked, hangUp, occupied }
    this.#flying.add(flight)
    return flight
  }

  /** Gives back what a try took. */
  #ended(flight: Flight): void {
    if (!this.#flying.delete(flight)) return
    this.#deps.load.end(flight.route.candidate.channel.id)
    flight.occupied?.over()
  }

  /** Asks a route; where it takes too long, another as well. What fails on the way is noted; the last is given back. */
  async #hedged(ready: Boarding): Promise<Landed> {
    const mayHedge = this.#hedgeAfterMs !== undefined && this.#tries + 1 < this.#deps.attemptsMax
    const first = this.#fly(ready, mayHedge)
    if (!mayHedge) return this.#landed(first, await first.asked)
    const early = await this.#within(first.asked, this.#hedgeAfterMs ?? 0)
    if (early) return this.#landed(first, early)
    // Nobody else is asked for a client that has left.
    const mayAsk = this.#mayTryAgain() && !this.#call.request.signal.aborted
    const second = mayAsk ? await this.#ready(undefined) : undefined
    if (!second) return this.#landed(first, await first.asked)
    const why = `hedge; ${second.route.why}`
    return this.#race(first, this.#fly({ ...second, route: { ...second.route, why } }, true))
  }

  async #race(first: Flight, second: Flight): Promise<Landed> {
    const lands = [first, second].map(async (flight) => ({ flight, asked: await flight.asked }))
    const winner = await Promise.race(lands)
    const other = winner.flight === first ? second : first
    const { failure } = winner.asked
    if (failure === 'request-refused') return this.#unlessAnswered(winner, other)
    const landed = this.#landed(winner.flight, winner.asked)
    if (failure !== undefined && failure !== 'client-left') return this.#landed(other, await other.asked)
    this.#outrun(other, other === first && failure === undefined)
    return landed
  }

  /** One finds the request wrong while another is at work on it: an answer counts more. */
  async #unlessAnswered(refusing: Landed, other: Flight): Promise<Landed> {
    const asked = await other.asked
    const landed = this.#landed(other, asked)
    if (asked.failure !== undefined) {
      drop(isAnswer(asked) ? asked.outcome : undefined)
      return this.#landed(refusing.flight, refusing.asked)
    }
    drop(refusing.asked.outcome)
    this.#ended(refusing.flight)
    return landed
  }

  /**
   * Somebody else answered first, and this one is let go. Where it had its time and said nothing, that is a failure of it;
   * what it would have taken is at least what it took.
   */
  #outrun(flight: Flight, wasSlow: boolean): void {
    const { route } = flight
    const { tab, envelope } = this.#admitted
    const ms = Math.round(this.#deps.nowMs() - this.#startedAtMs)
    tab.attempts.push(noteOf(route, 0, 'outrun', ms, this.#sinceCallMs() - ms))
    if (wasSlow) this.#deps.load.noteLatency(route.candidate.channel.id, envelope.stream, ms)
    const failure = wasSlow ? 'timeout' : 'client-left'
    noteOutcome(this.#deps.health, { ...route, failure, startedAtMs: this.#startedAtMs })
    this.#letGo(flight)
  }

  /** Nobody waits for a try any more: whatever it still answers is not read. */
  #letGo(flight: Flight): void {
    flight.hangUp?.abort()
    this.#ended(flight)
    void flight.asked.then(({ outcome }) => drop(outcome)).catch(() => undefined)
  }

  /** What a try's end says of its route. A failed one is kept for the client, should no other do better. */
  #landed(flight: Flight, asked: Asked): Landed {
    const { candidate, key } = flight.route
    if (!asked.isReckoned) noteOutcome(this.#deps.health, { candidate, key, ...asked })
    if (asked.failure === 'forbidden') this.#forbidden.push(flight.route)
    if (asked.failure !== undefined) this.#deps.onFailure?.(candidate.channel.provider.id, asked.failure)
    if (isAnswer(asked)) return { flight, asked }
    this.#ended(flight)
    if (asked.failure !== 'client-left') this.#failures.add(asked.outcome, asked.failure)
    return { flight, asked }
  }

  #answered(flight: Flight, { outcome, ms, failure, startedAtMs, isReckoned }: Asked): Outcome {
    const { tab, envelope } = this.#admitted
    const { candidate, key } = flight.route
    if (outcome.ok) {
      tab.warnings.push(...outcome.value.prepared.warnings)
      tab.sentTier = outcome.value.prepared.serviceTier
    }
    const { health, load, router } = this.#deps
    if (failure === undefined && !isReckoned) {
      if (this.#call.operation.action !== 'count-tokens') load.noteLatency(candidate.channel.id, envelope.stream, ms)
      router.answered(envelope, candidate, key)
      for (const route of this.#forbidden) blameKey(health, route)
    }
    tab.providerKey = key.id
    tab.occupied = {
      used: (tokens) => flight.occupied?.used(tokens),
      over: () => this.#ended(flight),
      broke: (broken) => noteOutcome(health, { candidate, key, failure: broken, startedAtMs }),
    }
    return outcome
  }

  #within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
    const late = Promise.withResolvers<undefined>()
    const timer = setTimeout(() => late.resolve(undefined), ms)
    return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer))
  }
}

/** What a client mistook is an answer too: nobody else would take it. */
const isAnswer = ({ failure }: Asked): boolean => failure === undefined || failure === 'request-refused'
