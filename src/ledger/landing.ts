import type { Receipt } from '../canon/receipt.ts'
import type { Database, DatabaseFailure, ScriptId, Value } from '../db/database.ts'
import type { StoredHeading } from './headings.ts'

/** What must reach the disk: the end of a hold with its receipt. */
export interface Ending {
  readonly requestId: string
  readonly script: ScriptId
  readonly parameters: readonly Value[]
  readonly heading: StoredHeading
  readonly receipt: Receipt
}

/** What to do after a refusal: `again` later, `landed` because it needs nothing more, or another write instead. */
export type AfterRefusal = 'again' | 'landed' | Ending

export interface LandingEvents {
  /** It is on disk, by this process' own write. */
  readonly written: (ending: Ending) => void
  readonly landed: (ending: Ending) => void
  readonly refused: (ending: Ending, failure: DatabaseFailure) => AfterRefusal
  /** The write can never land; what it would have written is in `message`. */
  readonly abandoned: (ending: Ending, message: string) => void
  readonly fault: (message: string) => void
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000
/** What is told of those that are given up at the end of the process. */
export const TOO_LONG = 'the database has been away for too long'
/** A rule of the tables will not change its mind: it is asked a few times and then reported. */
const HOPELESS_ATTEMPTS = 5

/** An ending on its way. */
interface Pending {
  ending: Ending
  attempts: number
  /** Where it stands among the others. */
  at: number
}

/**
 * Writes endings until they land. One that fails waits in memory and is tried again, with growing pauses, for as long
 * as it takes: the money has been spent. Bounded by the number of holds, which are refused while too many wait.
 */
export class Landing {
  readonly #database: Database
  readonly #events: LandingEvents
  /** An array, as in the watchdog: a `Map` of them would keep receipts alive for as long as its old tables. */
  readonly #pending: Pending[] = []
  readonly #waiting: Pending[] = []
  readonly #flushes: { readonly left: Set<Pending>; readonly resolve: () => void }[] = []
  #waitMs = FIRST_WAIT_MS

  constructor(database: Database, events: LandingEvents) {
    this.#database = database
    this.#events = events
  }

  submit(ending: Ending): void {
    const pending = { ending, attempts: 0, at: this.#pending.length }
    this.#pending.push(pending)
    this.#attempt(pending)
  }

  /** Resolves when every ending submitted so far has landed. */
  flush(): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#flushes.push({ left: new Set(this.#pending), resolve }))
  }

  /** Gives up whatever has not landed, in no order to rely on; how many there were. */
  abandon(): number {
    const given = [...this.#pending]
    for (const pending of given) {
      const { ending } = pending
      this.#events.abandoned(ending, `${TOO_LONG}; lost: ${describe(ending)}`)
      this.#finish(pending)
    }
    this.#waiting.length = 0
    return given.length
  }

  #attempt(pending: Pending): void {
    const { ending } = pending
    void this.#database.call(ending.script, ending.parameters, 'lazily').then((answer) => {
      if (answer.ok) {
        this.#waitMs = FIRST_WAIT_MS
        ending.heading.isStored = true
        this.#events.landed(ending)
        this.#finish(pending)
        this.#events.written(ending)
      } else this.#handleRefusal(pending, answer.error)
    })
  }

  #handleRefusal(pending: Pending, failure: DatabaseFailure): void {
    const { ending } = pending
    const next = this.#events.refused(ending, failure)
    if (next === 'landed') {
      this.#events.landed(ending)
      this.#finish(pending)
    } else if (next === 'again') this.#tryAgain(pending, failure)
    else {
      pending.ending = next
      this.#attempt(pending)
    }
  }

  #tryAgain(pending: Pending, failure: DatabaseFailure): void {
    // It was given up while it was under way.
    if (this.#pending[pending.at] !== pending) return
    pending.attempts += 1
    const { ending, attempts } = pending
    if (isHopeless(failure, attempts)) {
      this.#events.abandoned(ending, `${failure.message}; lost: ${describe(ending)}`)
      this.#finish(pending)
      return
    }
    this.#waiting.push(pending)
    if (this.#waiting.length === 1) this.#retryLater(failure)
  }

  #retryLater(failure: DatabaseFailure): void {
    this.#events.fault(`Settlements wait for the database, which says: ${failure.message}`)
    const waitMs = this.#waitMs
    this.#waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    setTimeout(() => {
      for (const pending of this.#waiting.splice(0)) this.#attempt(pending)
    }, waitMs)
  }

  /** The last one takes its place. */
  #finish(pending: Pending): void {
    if (this.#pending[pending.at] !== pending) return
    const last = this.#pending.pop()
    if (last && last !== pending) {
      this.#pending[pending.at] = last
      last.at = pending.at
    }
    for (const flush of this.#flushes) {
      if (flush.left.delete(pending) && flush.left.size === 0) flush.resolve()
    }
    while (this.#flushes[0]?.left.size === 0) this.#flushes.shift()
  }
}

const isHopeless = ({ kind }: DatabaseFailure, attempts: number): boolean =>
  kind === 'closed' || ((kind === 'constraint' || kind === 'unique') && attempts >= HOPELESS_ATTEMPTS)

const describe = ({ parameters }: Ending): string =>
  JSON.stringify(parameters, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
