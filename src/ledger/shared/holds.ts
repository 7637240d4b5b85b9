import type { Receipt } from '../../canon/receipt.ts'
import type { DatabaseFailure, PostgresDatabase } from '../../db/database.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result, type Soon } from '../../result.ts'
import { answeredWithin } from '../../runtime/deadline.ts'
import { type NanoUsd, nanoUsd, ZERO_USD } from '../../units.ts'
import { BoundedMap } from '../bounded-map.ts'
import { lastingFirst } from '../budgets.ts'
import { Headings, type StoredHeading } from '../headings.ts'
import { budgetExceeded, insufficientBalance, notRecorded, tooManyWaiting, unknownUser } from '../refusals.ts'
import type { Hold, HoldRequest, Settlement } from '../types.ts'
import { unspentReceipt } from '../unspent.ts'
import { Endings } from './endings.ts'
import { Lane } from './lane.ts'
import { type Leased, Leases } from './leases.ts'
import { type Answer, spendIdsOf, writeHold } from './operations.ts'

export interface SharedHoldsOptions {
  readonly nowMs: () => number
  readonly liveMax: number
  readonly endedMax: number
  readonly headingsMax: number
  readonly lanes: number
  readonly batchMax: number
  readonly patienceMs: number
  readonly renewEveryMs: number
  readonly onFault: (message: string) => void
  readonly onSettled: (receipt: Receipt) => void
}

/** A hold of this process, or one that it has asked for. */
interface LiveHold extends Leased {
  readonly userId: string
  readonly amount: NanoUsd
  readonly heading: StoredHeading
  readonly budgets: HoldRequest['budgets']
}

const NOTHING: Settlement = { charged: ZERO_USD, uncollected: ZERO_USD }
/** Kept, as nobody can do anything about it: a hold is granted when it is in the database. */
const DURABLE: Hold['durable'] = Promise.resolve(ok(undefined))

const WINDOWS_MAX = 20_000

type Grant = Result<Hold, GatewayError>

/** Money set aside, charged and given back where the balance is: in the database, which other replicas change too. */
export class SharedHolds {
  readonly #database: PostgresDatabase
  readonly #options: SharedHoldsOptions
  readonly #headings: Headings
  readonly #lanes: readonly Lane[]
  readonly #live = new Map<string, LiveHold>()
  readonly #endings: Endings
  readonly #leases: Leases
  /** Windows of budgets that are known to have a row. */
  readonly #begun = new BoundedMap<string, true>(WINDOWS_MAX)
  /** When the database last failed, by this process' clock. */
  troubledAtMs = Number.NEGATIVE_INFINITY

  constructor(database: PostgresDatabase, options: SharedHoldsOptions) {
    this.#database = database
    this.#options = options
    this.#headings = new Headings(options.headingsMax)
    const onFault = (message: string): void => {
      this.troubledAtMs = options.nowMs()
      options.onFault(message)
    }
    this.#lanes = Array.from({ length: options.lanes }, () => new Lane(database, { ...options, onFault }))
    this.#endings = new Endings({
      ...options,
      laneOf: (userId) => this.#laneOf(userId),
      headingOf: (receipt) => this.#headings.find(receipt, this.#live.get(receipt.requestId)?.heading),
    })
    const { nowMs, renewEveryMs: everyMs } = options
    this.#leases = new Leases(database, () => this.#leased(), { everyMs, nowMs, onFault })
  }

  hold(asked: HoldRequest): Soon<Grant> {
    if (asked.amount < 0n) throw new RangeError(`a hold of ${asked.amount} nano-dollars`)
    // The database names the first budget that is exceeded.
    const request = { ...asked, budgets: lastingFirst(asked.budgets, asked.atMs) }
    const lane = this.#laneOf(request.userId)
    const refusal = this.#refusal(request, lane)
    return refusal ? err(refusal) : this.#ask(request, lane)
  }

  settle(requestId: string, cost: NanoUsd, receipt: (outcome: Settlement) => Receipt): Soon<Settlement> {
    if (cost < 0n) throw new RangeError(`a cost of ${cost} nano-dollars`)
    const known = this.#endings.find(requestId)
    if (known) return known
    const hold = this.#live.get(requestId)
    const wanted = { charged: cost, uncollected: ZERO_USD }
    // What was set aside can be charged, whatever else happens to the account: nobody need wait to hear it.
    const said = hold && cost <= hold.amount ? wanted : undefined
    const landed = this.#endings.submit({
      ...{ receipt: receipt(wanted), cost, said, lease: hold },
      ...(hold && { budgets: hold.budgets }),
    })
    this.#live.delete(requestId)
    return said ?? (hold ? this.#inTime(landed, hold, cost) : landed)
  }

  release(requestId: string, receipt: Receipt): void {
    if (this.#endings.find(requestId)) return
    const hold = this.#live.get(requestId)
    this.#endings.submit({ receipt, cost: ZERO_USD, said: NOTHING, lease: hold, options: { anyway: true } })
    this.#live.delete(requestId)
  }

  /** Whether this process still works on a request. */
  isOwn(requestId: string): boolean {
    return this.#live.has(requestId) || this.#endings.find(requestId) !== undefined
  }

  flush(): Promise<void> {
    return this.#endings.flush()
  }

  /** See `Ledger`. */
  abandon(): number {
    return this.#endings.abandon()
  }

  /** Resolves when what was said of a user's requests is in the database, so that its balance shows it (of everyone's, if
   * no user is given); or when nobody should wait any longer. */
  async settled(userId?: string): Promise<void> {
    if (this.#endings.size === 0) return
    await answeredWithin(this.#endings.flush(userId), this.#options.patienceMs, () => undefined)
  }

  /** Renews what needs it. For the clock, and tests. */
  renew(): Promise<void> {
    return this.#leases.renew()
  }

  *#leased(): Iterable<Leased> {
    yield* this.#live.values()
    yield* this.#endings.leases()
  }

  /** One user's requests follow one another: what ended before is counted when the next one asks. */
  #laneOf(userId: string): Lane {
    const lane = this.#lanes[hashOf(userId) % this.#lanes.length]
    if (!lane) throw new Error('a shared ledger has at least one lane')
    return lane
  }

  #refusal({ requestId }: HoldRequest, lane: Lane): GatewayError | undefined {
    if (this.isOwn(requestId)) return usedBefore()
    const open = this.#live.size + this.#endings.size
    if (open >= this.#options.liveMax) return tooManyWaiting(`${open} holds are open`)
    if (this.#database.saturated) return tooManyWaiting('the queue of the database is full')
    return lane.trouble && notRecorded(lane.trouble)
  }

  #ask(request: HoldRequest, lane: Lane): Promise<Grant> {
    const { requestId, keyId, userId, amount, budgets } = request
    const nowMs = this.#options.nowMs()
    const leaseMs = request.expiresAtMs - nowMs
    const heading = this.#headings.find(request.heading, undefined)
    this.#live.set(requestId, { requestId, keyId, userId, amount, budgets, heading, leaseMs, renewedAtMs: nowMs })
    this.#leases.start(leaseMs)
    const { promise, resolve } = Promise.withResolvers<Grant>()
    let isOver = false
    let tries = 0
    /** The first one is told; a hold that was granted later than that is given back. */
    const answer = (grant: Grant, mayBeHeld: boolean): void => {
      // What outlives this process is renewed by whoever watches over it, which may be another.
      if ((!isOver && !grant.ok) || request.outlives) this.#live.delete(requestId)
      isOver ||= !grant.ok
      resolve(grant)
      if (mayBeHeld) this.#cancel(request)
    }
    const windows = spendIdsOf(request).map(({ subject, window, startMs }) => `${subject} ${window} ${startMs}`)
    lane.submit({
      ...{ requestId, heading, operation: writeHold(request, leaseMs, heading) },
      // A window begins with what its subject's receipts say, those of requests that just ended included.
      startsBatch: windows.some((window) => !this.#begun.get(window)),
      answered: (answered) => {
        if (answered.is !== 'unknown') for (const window of windows) this.#begun.set(window, true)
        const grant = grantOf(request, answered, tries > 0, this.#options.nowMs)
        answer(grant, grant.ok ? isOver : tries > 0)
      },
      failed: (failure, isFirst) => {
        const isDoubted = failure.kind === 'uncertain'
        tries += 1
        // Asked once more it either finds itself done or does it; nothing is done twice.
        if (!isOver && tries === 1 && (isDoubted || isFirst || failure.kind === 'busy')) return true
        answer(err(notRecorded(failure)), isDoubted || tries > 1)
        return false
      },
      gaveUp: (wasSent) => {
        this.troubledAtMs = this.#options.nowMs()
        // What was sent is still answered, and then given back should it have been granted.
        answer(err(notRecorded(TOO_SLOW)), false)
        if (!wasSent && tries > 0) this.#cancel(request)
      },
    })
    return promise
  }

  /** Gives back what may have been granted after its client was refused; and sees to it that it cannot be any more. */
  #cancel({ requestId, userId, keyId, atMs, amount: quote, heading }: HoldRequest): void {
    if (this.isOwn(requestId)) return
    const receipt = unspentReceipt(heading, { requestId, userId, keyId, atMs, quote }, { ended: 'failed', status: 503 })
    this.#endings.submit({ receipt, cost: ZERO_USD, said: NOTHING, lease: undefined, options: { anyway: true } })
  }

  /** What is certain is told when the database does not answer in time: what was held is charged, and more if it can be. */
  #inTime(landed: Promise<Settlement>, { amount }: LiveHold, cost: NanoUsd): Promise<Settlement> {
    const certain: Settlement = { charged: amount, uncollected: nanoUsd(cost - amount) }
    return answeredWithin(landed, this.#options.patienceMs, () => certain)
  }
}

const TOO_SLOW: DatabaseFailure = { kind: 'unavailable', message: 'it did not answer in time' }

const usedBefore = (): GatewayError =>
  fault('conflict', 'This request id was used before. Send the request under a new id.')

/** `isAgain`: it may have been done the first time, and its answer lost. */
const grantOf = (request: HoldRequest, answer: Answer, isAgain: boolean, nowMs: () => number): Grant => {
  const { requestId, amount, budgets, atMs, userId } = request
  switch (answer.is) {
    case 'held':
      return ok({ requestId, amount, durable: DURABLE })
    case 'open':
      return isAgain ? ok({ requestId, amount, durable: DURABLE }) : err(usedBefore())
    case 'unknown':
      return err(unknownUser(userId))
    case 'insufficient':
      return err(insufficientBalance(amount, answer.available))
    case 'over': {
      const budget = budgets[answer.budget]
      if (budget) return err(budgetExceeded(amount, budget, answer.left, atMs, nowMs()))
      throw new Error(`request ${requestId} has no budget ${answer.budget}`)
    }
    default:
      return err(usedBefore())
  }
}

/** FNV-1a, 32 bits. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
