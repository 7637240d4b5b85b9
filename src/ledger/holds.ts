import type { Receipt } from '../canon/receipt.ts'
import type { Database, DatabaseFailure, Value } from '../db/database.ts'
import { writeParticulars } from '../db/receipt-json.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result, type Soon } from '../result.ts'
import { type NanoUsd, nanoUsd, ZERO_USD } from '../units.ts'
import { type Account, type AccountBook, availableOf, type KeySpend } from './accounts.ts'
import { BoundedMap } from './bounded-map.ts'
import { budgetRefusal, type Ceilings, findCeilings, loadCeilings, writeCounted } from './ceilings.ts'
import { Headings, type StoredHeading } from './headings.ts'
import { type AfterRefusal, type Ending, Landing } from './landing.ts'
import { distrust, type LiveHold, type LiveHolds, pin, setAside, take } from './live-holds.ts'
import { chargePostings } from './postings.ts'
import { insufficientBalance, notRecorded, tooManyWaiting, unknownUser } from './refusals.ts'
import type { LedgerScripts } from './scripts.ts'
import type { Hold, HoldRequest, Settlement } from './types.ts'

export interface HoldsOptions {
  readonly nowMs: () => number
  readonly liveMax: number
  /** Ended requests whose outcome is remembered, so that a second `settle` gets the first answer. */
  readonly endedMax: number
  /** Headings remembered for each version of prices. */
  readonly headingsMax: number
  readonly onFault: (message: string) => void
  readonly onSettled: (receipt: Receipt) => void
}

const NOTHING: Settlement = { charged: ZERO_USD, uncollected: ZERO_USD }

/** Money set aside, charged and given back: at once in memory, which is the authority, then on disk. */
export class Holds {
  readonly #database: Database
  readonly #scripts: LedgerScripts
  readonly #book: AccountBook
  readonly #options: HoldsOptions
  readonly #landing: Landing
  readonly #headings: Headings
  readonly #live: LiveHolds
  readonly #ended: BoundedMap<string, Settlement>
  /** Holds whose row could not be written, and which have not been ended by their owner. */
  readonly #failed: BoundedMap<string, true>

  /** `live`: the book's, kept here. */
  constructor(database: Database, scripts: LedgerScripts, book: AccountBook, live: LiveHolds, options: HoldsOptions) {
    this.#database = database
    this.#scripts = scripts
    this.#book = book
    this.#live = live
    this.#options = options
    this.#headings = new Headings(options.headingsMax)
    this.#ended = new BoundedMap(options.endedMax)
    this.#failed = new BoundedMap(options.endedMax)
    this.#landing = new Landing(database, {
      written: ({ receipt }) => options.onSettled(receipt),
      landed: (ending) => this.#forget(ending.requestId),
      refused: (ending, failure) => this.#handleRefusal(ending, failure),
      abandoned: (ending, message) => this.#giveUp(ending.requestId, message),
      fault: options.onFault,
    })
  }

  hold(request: HoldRequest): Soon<Result<Hold, GatewayError>> {
    if (request.amount < 0n) throw new RangeError(`a hold of ${request.amount} nano-dollars`)
    const account = this.#book.account(request.userId)
    const key = this.#book.key(request.keyId)
    const ceilings = key && findCeilings(this.#book, request, key)
    return account && key && ceilings ? this.#grant(request, account, key, ceilings) : this.#grantOnceLoaded(request)
  }

  async #grantOnceLoaded(request: HoldRequest): Promise<Result<Hold, GatewayError>> {
    for (;;) {
      const account = this.#book.account(request.userId)
      const key = this.#book.key(request.keyId)
      const ceilings = key && findCeilings(this.#book, request, key)
      // All at hand in the same turn: another load may have pushed one out while the other was read.
      if (account && key && ceilings) return this.#grant(request, account, key, ceilings)
      const loaded = await Promise.all([
        this.#book.loadAccount(request.userId),
        this.#book.loadKey(request.keyId),
        ...loadCeilings(this.#book, request),
      ])
      for (const answer of loaded) if (!answer.ok) return err(notRecorded(answer.error))
      if (loaded[0].ok && !loaded[0].value) return err(unknownUser(request.userId))
    }
  }

  settle(requestId: string, cost: NanoUsd, receipt: (outcome: Settlement) => Receipt): Settlement {
    if (cost < 0n) throw new RangeError(`a cost of ${cost} nano-dollars`)
    const hold = this.#live.get(requestId)
    const known = hold ? hold.outcome : this.#ended.get(requestId)
    if (known) return known
    if (!hold) return this.#settleFailed(requestId, cost, receipt)
    const outcome = outcomeOf(hold, cost)
    this.#end(hold, outcome, receipt, this.#endingOf(requestId, hold, outcome, receipt(outcome)))
    return outcome
  }

  release(requestId: string, receipt: Receipt): void {
    const hold = this.#live.get(requestId)
    if (hold ? hold.outcome : this.#ended.get(requestId)) return
    if (hold) {
      this.#end(hold, NOTHING, () => receipt, this.#endingOf(requestId, hold, NOTHING, receipt))
      return
    }
    const ending = this.#receiptOnly(requestId, receipt.userId, receipt.keyId, receipt, NOTHING)
    this.#failed.delete(requestId)
    this.#ended.set(requestId, NOTHING)
    this.#landing.submit(ending)
  }

  /** Whether this process knows of a hold that has not ended on disk. */
  isLive(requestId: string): boolean {
    return this.#live.has(requestId)
  }

  /**
   * Takes over an open hold of a process that died, to release it. `false` when it is this process' own, even one that
   * has ended since the caller read of it.
   */
  adopt(hold: Omit<LiveHold, 'row' | 'outcome' | 'receipt'>): boolean {
    const { requestId } = hold
    if (this.#live.has(requestId) || this.#ended.get(requestId)) return false
    pin(hold, 1)
    this.#live.set(requestId, { ...hold, row: 'durable', outcome: undefined, receipt: undefined })
    return true
  }

  flush(): Promise<void> {
    return this.#landing.flush()
  }

  /** See `Ledger`. */
  abandon(): number {
    return this.#landing.abandon()
  }

  #grant(request: HoldRequest, account: Account, key: KeySpend, ceilings: Ceilings): Result<Hold, GatewayError> {
    const refusal = this.#refusal(request, account, ceilings)
    if (refusal) return err(refusal)
    const { requestId, userId, amount, atMs, heading } = request
    const { counted } = ceilings
    const { projectId } = heading
    const hold: LiveHold = {
      requestId,
      userId,
      projectId,
      atMs,
      amount,
      account,
      key,
      counted,
      row: 'queued',
      outcome: undefined,
      receipt: undefined,
    }
    setAside(hold, amount)
    pin(hold, 1)
    this.#live.set(requestId, hold)
    return ok({ requestId, amount, durable: this.#write(request, hold) })
  }

  #refusal(request: HoldRequest, account: Account, ceilings: Ceilings): GatewayError | undefined {
    const { requestId, amount } = request
    if (this.#live.has(requestId) || this.#ended.get(requestId)) {
      return fault('conflict', 'This request id was used before. Send the request under a new id.')
    }
    if (this.#live.size >= this.#options.liveMax) return tooManyWaiting(`${this.#live.size} holds are open`)
    if (this.#database.saturated) return tooManyWaiting('the queue of the database is full')
    const available = availableOf(account)
    if (amount > available) return insufficientBalance(amount, available)
    return budgetRefusal(ceilings, request, this.#options.nowMs)
  }

  async #write(request: HoldRequest, hold: LiveHold): Promise<Result<void, GatewayError>> {
    const heading = this.#headings.find(request.heading, hold.key.lastHeading)
    hold.key.lastHeading = heading
    const answer = await this.#database.call(this.#scripts.hold, [
      request.requestId,
      hold.account.id,
      hold.key.id,
      hold.amount,
      request.atMs,
      request.expiresAtMs,
      ...headingParameters(heading),
      writeCounted(hold.counted),
    ])
    if (answer.ok) {
      heading.isStored = true
      if (hold.row === 'queued') hold.row = 'durable'
      return answer
    }
    hold.row = 'failed'
    // Once ended in memory, its ending finds the row missing and sets everything right.
    if (!hold.outcome) this.#undo(request.requestId, hold)
    // The disk knows of less money than memory: someone else changed the account.
    if (answer.error.kind !== 'guard') return err(notRecorded(answer.error))
    hold.account.stale = true
    return err(insufficientBalance(hold.amount, availableOf(hold.account)))
  }

  #undo(requestId: string, hold: LiveHold): void {
    setAside(hold, -hold.amount)
    pin(hold, -1)
    this.#live.delete(requestId)
    this.#failed.set(requestId, true)
  }

  /** A hold that never reached the disk lets no answer out, so there is nothing to charge: only the receipt is kept. */
  #settleFailed(requestId: string, cost: NanoUsd, receipt: (outcome: Settlement) => Receipt): Settlement {
    if (!this.#failed.get(requestId)) throw new Error(`request ${requestId} cannot be settled: it holds nothing`)
    const outcome = { charged: ZERO_USD, uncollected: cost }
    const written = receipt(outcome)
    const ending = this.#receiptOnly(requestId, written.userId, written.keyId, written, outcome)
    this.#failed.delete(requestId)
    this.#ended.set(requestId, outcome)
    this.#landing.submit(ending)
    return outcome
  }

  /**
   * Ends a hold in memory and sends the ending to disk. The ending was made before: whatever there was to make or write
   * of the receipt that could throw has been done, and a throw there has left the hold as it was.
   */
  #end(hold: LiveHold, outcome: Settlement, receipt: LiveHold['receipt'], ending: Ending): void {
    hold.outcome = outcome
    hold.receipt = receipt
    setAside(hold, -hold.amount)
    take(hold, outcome.charged)
    this.#landing.submit(ending)
  }

  #endingOf(requestId: string, hold: LiveHold, outcome: Settlement, receipt: Receipt): Ending {
    const ending = this.#receiptOnly(requestId, hold.userId, hold.key.id, receipt, outcome, hold.key.lastHeading)
    const { giveBack, charge } = this.#scripts
    ending.parameters.push(hold.account.id, hold.amount, writeCounted(hold.counted))
    if (outcome.charged === 0n) return { ...ending, script: giveBack }
    const [, gained] = chargePostings(hold.account.id, outcome.charged)
    ending.parameters.push(gained.accountId)
    return { ...ending, script: charge }
  }

  #receiptOnly(
    requestId: string,
    userId: string,
    keyId: string,
    receipt: Receipt,
    outcome: Settlement,
    guess?: StoredHeading,
  ) {
    const heading = this.#headings.find(receipt, guess)
    const told = withOutcome(receipt, outcome)
    const parameters = receiptParameters(requestId, userId, keyId, told, heading)
    return { requestId, script: this.#scripts.receipt, parameters, heading, receipt: told }
  }

  #handleRefusal(ending: Ending, failure: DatabaseFailure): AfterRefusal {
    if (failure.kind !== 'guard') return 'again'
    const hold = this.#live.get(ending.requestId)
    if (hold?.row === 'failed') return this.#annul(ending.requestId, hold)
    // The row was there and is no longer open: someone else ended it, so what memory says must be read again.
    if (hold) distrust(hold)
    return 'landed'
  }

  /** Takes back the charge of a request whose hold never reached the disk; its answer was never let out. */
  #annul(requestId: string, hold: LiveHold): AfterRefusal {
    const { charged, uncollected } = hold.outcome ?? NOTHING
    const outcome = { charged: ZERO_USD, uncollected: nanoUsd(charged + uncollected) }
    const receipt = hold.receipt?.(outcome)
    const ending = receipt && this.#receiptOnly(requestId, hold.userId, hold.key.id, receipt, outcome)
    take(hold, -charged)
    hold.outcome = outcome
    return ending ?? 'landed'
  }

  #giveUp(requestId: string, message: string): void {
    const hold = this.#live.get(requestId)
    if (hold) distrust(hold)
    this.#forget(requestId)
    this.#options.onFault(`The end of request ${requestId} could not be written: ${message}`)
  }

  #forget(requestId: string): void {
    const hold = this.#live.get(requestId)
    if (!hold) return
    this.#live.delete(requestId)
    // The engine keeps what was in a map until its next full collection, with all that hangs on it: the whole request.
    hold.receipt = undefined
    pin(hold, -1)
    if (hold.outcome) this.#ended.set(requestId, hold.outcome)
  }
}

/** The cost, as far as the hold and what is available beyond it can pay. */
const outcomeOf = (hold: LiveHold, cost: NanoUsd): Settlement => {
  const available = availableOf(hold.account)
  const payable = hold.amount + (available > 0n ? available : 0n)
  const charged = cost < payable ? cost : nanoUsd(payable)
  return { charged, uncollected: nanoUsd(cost - charged) }
}

/** The outcome is the ledger's word; a receipt that says otherwise is put right. */
const withOutcome = (receipt: Receipt, { charged, uncollected }: Settlement): Receipt =>
  receipt.cost === charged && receipt.uncollected === uncollected ? receipt : { ...receipt, cost: charged, uncollected }

/** In the order of the scripts' list. */
const receiptParameters = (
  requestId: string,
  userId: string,
  keyId: string,
  receipt: Receipt,
  heading: StoredHeading,
): Value[] => [
  requestId,
  receipt.atMs,
  userId,
  keyId,
  receipt.status,
  receipt.ended,
  receipt.cost,
  writeParticulars(receipt),
  ...headingParameters(heading),
]

/** The id alone where the heading is on disk: what brings all of it stores it too, all or nothing. */
const headingParameters = ({ id, body, modelRequested, modelServed, isStored }: StoredHeading): readonly Value[] =>
  isStored ? [id, null, null, null] : [id, body, modelRequested, modelServed]
