import type { Receipt } from '../../canon/receipt.ts'
import type { Budget } from '../budgets.ts'
import { TOO_LONG } from '../landing.ts'
import type { DatabaseFailure } from '../../db/database.ts'
import { type NanoUsd, nanoUsd, ZERO_USD } from '../../units.ts'
import { BoundedMap } from '../bounded-map.ts'
import type { StoredHeading } from '../headings.ts'
import type { Settlement } from '../types.ts'
import type { Written } from './apply.ts'
import type { Lane } from './lane.ts'
import { lateReceiptOf, writeLateEnd } from './late.ts'
import type { Leased } from './leases.ts'
import { type Answer, type EndOptions, writeEnd } from './operations.ts'

export interface EndingsOptions {
  readonly endedMax: number
  readonly onFault: (message: string) => void
  readonly onSettled: (receipt: Receipt) => void
  readonly laneOf: (userId: string) => Lane
  readonly headingOf: (receipt: Receipt) => StoredHeading
}

/** The end of a request, said and not yet known to be in the database. */
interface Ending {
  readonly userId: string
  /** The outcome, where it was certain from the beginning. */
  readonly said: Settlement | undefined
  /** Rejects where nothing was held under the request. */
  readonly landed: Promise<Settlement>
  /** Its hold, to be kept from expiring as long as the ending waits. */
  readonly lease: Leased | undefined
  /** What is to be written now. */
  operation: string
}

export interface EndRequest {
  readonly receipt: Receipt
  readonly cost: NanoUsd
  readonly said: Settlement | undefined
  readonly lease: Leased | undefined
  /** Those that the hold was counted in. */
  readonly budgets?: readonly Budget[]
  readonly options?: EndOptions
}

/** An ending on its way, and whom to tell. */
interface Errand {
  /** What it is known by here, whichever of its receipts is being written. */
  readonly requestId: string
  readonly receipt: Receipt
  readonly cost: NanoUsd
  readonly said: Settlement | undefined
  readonly budgets: readonly Budget[]
  readonly isLate: boolean
  readonly resolve: (outcome: Settlement) => void
  readonly reject: (error: Error) => void
}

/** A rule of the tables will not change its mind: it is asked a few times and then reported. */
const HOPELESS_ATTEMPTS = 5

/**
 * Ends of requests on their way to the database. Each is tried until it lands, however long that takes: the money has
 * been spent. Ending twice changes nothing, so one whose answer was lost is simply said again.
 */
export class Endings {
  readonly #options: EndingsOptions
  readonly #pending = new Map<string, Ending>()
  readonly #ended: BoundedMap<string, Settlement>

  constructor(options: EndingsOptions) {
    this.#options = options
    this.#ended = new BoundedMap(options.endedMax)
  }

  get size(): number {
    return this.#pending.size
  }

  /** How a request ended, or the promise of it; `undefined` when it is not known to have ended. */
  find(requestId: string): Settlement | Promise<Settlement> | undefined {
    const pending = this.#pending.get(requestId)
    return pending ? (pending.said ?? pending.landed) : this.#ended.get(requestId)
  }

  /** Throws, with nothing done, when the receipt cannot be written. */
  submit({ receipt, cost, said, lease, budgets = [], options = {} }: EndRequest): Promise<Settlement> {
    const { requestId, userId } = receipt
    const heading = this.#options.headingOf(receipt)
    const operation = writeEnd(receipt, cost, heading, options)
    const { promise, resolve, reject } = Promise.withResolvers<Settlement>()
    // Whoever waits is told; where nobody does, the fault has been reported.
    promise.catch(() => undefined)
    this.#pending.set(requestId, { userId, said, landed: promise, lease, operation })
    const errand = { requestId, receipt, cost, said, budgets, isLate: false, resolve, reject }
    this.#send(errand, { operation, heading })
    return promise
  }

  #send(errand: Errand, written: Written): void {
    const { requestId, receipt, cost, said, resolve, reject } = errand
    let attempts = 0
    let isDoubted = false
    const pending = this.#pending.get(requestId)
    if (pending) pending.operation = written.operation
    this.#options.laneOf(receipt.userId).submit({
      ...{ ...written, requestId: receipt.requestId, startsBatch: errand.isLate, gaveUp: undefined },
      answered: (answer) => {
        if (isGivenUp(answer, errand)) return this.#sendLate(errand)
        const outcome = this.#outcomeOf(answer, receipt, cost, isDoubted)
        if (outcome && errand.isLate) this.#tellLate(errand, outcome)
        if (outcome) resolve(outcome)
        else reject(new Error(`request ${requestId} cannot be settled: it holds nothing`))
        this.#finish(requestId, outcome)
      },
      failed: (failure) => {
        attempts += 1
        isDoubted ||= failure.kind === 'uncertain'
        if (!isHopeless(failure, attempts)) return true
        this.#tellLost(requestId, failure.message, written.operation)
        const outcome = said ?? { charged: ZERO_USD, uncollected: cost }
        resolve(outcome)
        this.#finish(requestId, outcome)
        return false
      },
    })
  }

  /** Its hold was taken for that of a dead process and given back: what was served all the same is charged apart. */
  #sendLate(errand: Errand): void {
    const receipt = lateReceiptOf(errand.receipt)
    const heading = this.#options.headingOf(receipt)
    const written = writeLateEnd(receipt, errand.cost, heading, errand.budgets)
    this.#send({ ...errand, receipt, isLate: true }, written)
  }

  #tellLate({ requestId, receipt }: Errand, { charged, uncollected }: Settlement): void {
    this.#options.onFault(
      `Request ${requestId} ended after its hold had expired and been given back. Of its cost ${charged} nano-dollars ` +
        `were charged late and ${uncollected} could not be, see receipt ${receipt.requestId}. Was the database out of ` +
        'reach, or is `billing.hold_timeout` too short?',
    )
  }

  /** Resolves when every ending said so far has landed; of one user, if given. */
  async flush(userId?: string): Promise<void> {
    const pending = [...this.#pending.values()].filter((ending) => userId === undefined || ending.userId === userId)
    await Promise.allSettled(pending.map(({ landed }) => landed))
  }

  /** Gives up whatever is not known to have landed; how many there were. */
  abandon(): number {
    const given = [...this.#pending]
    for (const [requestId, { operation }] of given) this.#tellLost(requestId, TOO_LONG, operation)
    this.#pending.clear()
    return given.length
  }

  #tellLost(requestId: string, why: string, operation: string): void {
    this.#options.onFault(`The end of request ${requestId} could not be written: ${why}; lost: ${operation}`)
  }

  /** The holds of requests that ended and whose ending still waits. */
  *leases(): Iterable<Leased> {
    for (const { lease } of this.#pending.values()) if (lease) yield lease
  }

  /** `undefined` where nothing was held. */
  #outcomeOf(answer: Answer, receipt: Receipt, cost: NanoUsd, isDoubted: boolean): Settlement | undefined {
    const { onSettled } = this.#options
    if (answer.is === 'ended') {
      const charged = nanoUsd(answer.charged ?? 0n)
      const outcome = { charged, uncollected: nanoUsd(cost - charged) }
      onSettled({ ...receipt, cost: charged, uncollected: outcome.uncollected })
      return outcome
    }
    if (answer.is !== 'gone') return undefined
    const outcome = { charged: nanoUsd(answer.charged), uncollected: nanoUsd(answer.uncollected) }
    // What somebody else ended is theirs to tell of.
    if (isDoubted && answer.ended === receipt.ended)
      onSettled({ ...receipt, cost: outcome.charged, uncollected: outcome.uncollected })
    return outcome
  }

  #finish(requestId: string, outcome: Settlement | undefined): void {
    this.#pending.delete(requestId)
    if (outcome) this.#ended.set(requestId, outcome)
  }
}

/** It ended for another replica before it ended here, and something was served for it. */
const isGivenUp = (answer: Answer, { receipt, cost, isLate }: Errand): boolean =>
  answer.is === 'gone' && answer.ended === 'abandoned' && receipt.ended !== 'abandoned' && cost > ZERO_USD && !isLate

const isHopeless = ({ kind }: DatabaseFailure, attempts: number): boolean =>
  kind === 'closed' || ((kind === 'constraint' || kind === 'unique') && attempts >= HOPELESS_ATTEMPTS)
