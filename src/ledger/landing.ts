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

/**
 * Writes endings until they land. One that fails waits in memory and is tried again, with growing pauses, for as long
 * as it takes: the money has been spent. Bounded by the number of holds, which are refused while too many wait.
 */
export class Landing {
  readonly #database: Database
  readonly #events: LandingEvents
  readonly #pending = new Map<string, { ending: Ending; attempts: number }>()
  readonly #waiting: Ending[] = []
  readonly #flushes: { readonly left: Set<string>; readonly resolve: () => void }[] = []
  #waitMs = FIRST_WAIT_MS

  constructor(database: Database, events: LandingEvents) {
    this.#database = database
    this.#events = events
  }

  submit(ending: Ending): void {
    this.#pending.set(ending.requestId, { ending, attempts: 0 })
    this.#attempt(ending)
  }

  /** Resolves when every ending submitted so far has landed. */
  flush(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#flushes.push({ left: new Set(this.#pending.keys()), resolve }))
  }

  /** Gives up whatever has not landed; how many there were. */
  abandon(): number {
    const given = [...this.#pending.values()]
    for (const { ending } of given) {
      this.#events.abandoned(ending, `${TOO_LONG}; lost: ${describe(ending)}`)
      this.#finish(ending)
    }
    this.#waiting.length = 0
    return given.length
  }

  #attempt(ending: Ending): void {
    void this.#database.call(ending.script, ending.parameters, 'lazily').then((answer) => {
      if (answer.ok) {
        this.#waitMs = FIRST_WAIT_MS
        ending.heading.isStored = true
        this.#events.landed(ending)
        this.#finish(ending)
        this.#events.written(ending)
      } else this.#handleRefusal(ending, answer.error)
    })
  }

  #handleRefusal(ending: Ending, failure: DatabaseFailure): void {
    const next = this.#events.refused(ending, failure)
    if (next === 'landed') {
      this.#events.landed(ending)
      this.#finish(ending)
    } else if (next === 'again') this.#tryAgain(ending, failure)
    else {
      const pending = this.#pending.get(next.requestId)
      if (pending) pending.ending = next
      this.#attempt(next)
    }
  }

  #tryAgain(ending: Ending, failure: DatabaseFailure): void {
    const pending = this.#pending.get(ending.requestId)
    // It was given up while it was under way.
    if (!pending) return
    pending.attempts += 1
    if (isHopeless(failure, pending.attempts)) {
      this.#events.abandoned(ending, `${failure.message}; lost: ${describe(ending)}`)
      this.#finish(ending)
      return
    }
    this.#waiting.push(ending)
    if (this.#waiting.length === 1) this.#retryLater(failure)
  }

  #retryLater(failure: DatabaseFailure): void {
    this.#events.fault(`Settlements wait for the database, which says: ${failure.message}`)
    const waitMs = this.#waitMs
    this.#waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    setTimeout(() => {
      for (const ending of this.#waiting.splice(0)) this.#attempt(ending)
    }, waitMs)
  }

  #finish({ requestId }: Ending): void {
    this.#pending.delete(requestId)
    for (const flush of this.#flushes) {
      if (flush.left.delete(requestId) && flush.left.size === 0) flush.resolve()
    }
    while (this.#flushes[0]?.left.size === 0) this.#flushes.shift()
  }
}

const isHopeless = ({ kind }: DatabaseFailure, attempts: number): boolean =>
  kind === 'closed' || ((kind === 'constraint' || kind === 'unique') && attempts >= HOPELESS_ATTEMPTS)

const describe = ({ parameters }: Ending): string =>
  JSON.stringify(parameters, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
