import type { DatabaseFailure, PostgresDatabase } from '../../db/database.ts'
import { startDeadline } from '../../runtime/deadline.ts'
import { applyOperations, type Written } from './apply.ts'
import type { Answer } from './operations.ts'

/** One operation on its way. */
export interface Errand extends Written {
  readonly requestId: string
  /** Whether all said before it must be in the database before it is done, and not only in the same transaction. */
  readonly startsBatch: boolean
  /** Told the answer, at the end. */
  readonly answered: (answer: Answer) => void
  /** Told that it failed, and whether the database failed for the first time; whether it is to be tried again. */
  readonly failed: (failure: DatabaseFailure, isFirst: boolean) => boolean
  /** Who waits no longer than a client would: told when it takes too long. `undefined`: however long it takes. */
  readonly gaveUp: ((wasSent: boolean) => void) | undefined
}

export interface LaneOptions {
  /** Operations in one transaction. */
  readonly batchMax: number
  /** How long a transaction may take before those who cannot wait give up. */
  readonly patienceMs: number
  /** Told when operations have to wait for the database: for the log. */
  readonly onFault: (message: string) => void
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000
const STUCK: DatabaseFailure = { kind: 'unavailable', message: 'it has not answered in time' }
/** What a single operation may be at fault for, so that the others are better tried without it. */
const OWN_FAULTS: ReadonlySet<DatabaseFailure['kind']> = new Set(['unique', 'constraint', 'failed'])

/**
 * Brings operations to the database in their order, one batch after the other: what arrives while one is under way
 * gathers into the next. While the database cannot be used, what can wait is tried again with growing pauses, and what
 * cannot is turned away at once.
 */
export class Lane {
  readonly #database: PostgresDatabase
  readonly #options: LaneOptions
  #queue: Errand[] = []
  #isRunning = false
  /** What is under way takes longer than anybody should wait. */
  #isStuck = false
  /** What it failed with when it was last asked, and not for the first time: a connection that broke is no outage. */
  #outage: DatabaseFailure | undefined
  #hasFailed = false
  #waitMs = FIRST_WAIT_MS

  constructor(database: PostgresDatabase, options: LaneOptions) {
    this.#database = database
    this.#options = options
  }

  /** Why somebody who cannot wait need not even ask; `undefined`: may ask. */
  get trouble(): DatabaseFailure | undefined {
    return this.#isStuck ? STUCK : this.#outage
  }

  get waiting(): number {
    return this.#queue.length
  }

  submit(errand: Errand): void {
    this.#queue.push(errand)
    if (this.#isRunning) return
    this.#isRunning = true
    // One turn of the event loop later, so that what comes in together shares a transaction.
    setImmediate(() => void this.#runOn())
  }

  async #runOn(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch()
      const endPatience = startDeadline(this.#options.patienceMs, () => this.#giveUp(batch))
      const again = await this.#run(batch)
      endPatience()
      this.#isStuck = false
      this.#queue.unshift(...again)
      if (again.length > 0 || this.#outage) await this.#pause()
    }
    this.#isRunning = false
  }

  /** The first in the queue; of one request only the first, as the second depends on it. */
  #nextBatch(): Errand[] {
    const { batchMax } = this.#options
    const ids = new Set<string>()
    const batch: Errand[] = []
    for (const errand of this.#queue) {
      if (batch.length === batchMax || ids.has(errand.requestId)) break
      if (errand.startsBatch && batch.length > 0) break
      ids.add(errand.requestId)
      batch.push(errand)
    }
    this.#queue = this.#queue.slice(batch.length)
    return batch
  }

  /** Those that are to be tried again. */
  async #run(batch: readonly Errand[]): Promise<Errand[]> {
    const applied = await applyOperations(this.#database, batch)
    if (applied.ok) {
      this.#outage = undefined
      this.#hasFailed = false
      this.#waitMs = FIRST_WAIT_MS
      for (const [index, errand] of batch.entries()) {
        const answer = applied.value[index]
        if (answer) errand.answered(answer)
      }
      return []
    }
    const failure = applied.error
    if (batch.length > 1 && OWN_FAULTS.has(failure.kind)) return this.#runApart(batch)
    // Only a lock that was waited for in vain says nothing about the next try.
    const isDatabases = failure.kind !== 'busy' && !OWN_FAULTS.has(failure.kind)
    const isFirst = isDatabases && !this.#hasFailed
    this.#outage = isDatabases && !isFirst ? failure : undefined
    this.#hasFailed ||= isDatabases
    const again = batch.filter((errand) => errand.failed(failure, isFirst))
    const message = `The ledger cannot write to the database, which says: ${failure.message}`
    this.#options.onFault(again.length === 0 ? message : `${message}; ${again.length} operations wait`)
    return again
  }

  async #runApart(batch: readonly Errand[]): Promise<Errand[]> {
    const again: Errand[] = []
    for (const errand of batch) again.push(...(await this.#run([errand])))
    return again
  }

  async #pause(): Promise<void> {
    const waitMs = this.#waitMs
    this.#waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    // The next who ask find out how it is now.
    this.#outage = undefined
  }

  #giveUp(batch: readonly Errand[]): void {
    this.#isStuck = true
    for (const { gaveUp } of batch) gaveUp?.(true)
    const patient: Errand[] = []
    for (const errand of this.#queue) {
      if (errand.gaveUp) errand.gaveUp(false)
      else patient.push(errand)
    }
    this.#queue = patient
  }
}
