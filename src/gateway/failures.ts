import { fault, type GatewayError } from '../errors.ts'
import { err, type Result } from '../result.ts'
import type { Failure } from '../routing/retry.ts'
import type { Begun } from './call.ts'

/** An answer or a refusal that has begun, or why there is none. */
export type Outcome = Result<Begun, GatewayError>

/**
 * The failure to tell the client of: the first, unless that was of the operator's account, which no waiting mends, and
 * a later one was not. It is kept unread, and given up as soon as it is not needed.
 */
export class Failures {
  #kept: Outcome | undefined
  #isOfAccount = false

  add(outcome: Outcome, failure: Failure | undefined): void {
    const isOfAccount = failure !== undefined && OF_ACCOUNT.has(failure)
    const replaces = this.#kept === undefined || (this.#isOfAccount && !isOfAccount)
    drop(replaces ? this.#kept : outcome)
    if (!replaces) return
    this.#kept = outcome
    this.#isOfAccount = isOfAccount
  }

  /** What to tell; `undefined` while nothing has failed. */
  get told(): Outcome | undefined {
    return this.#kept
  }

  /** There is something better to tell. */
  dropped<T>(instead: T): T {
    drop(this.#kept)
    return instead
  }
}

/** Gives up what nobody will read. */
export const drop = (outcome: Outcome | undefined): void => {
  if (outcome?.ok) outcome.value.answer.cancel()
}

/** Where nobody was asked, and nothing says why. */
export const NOT_TRIED: Outcome = err(fault('internal', 'No candidate was tried.'))

const OF_ACCOUNT: ReadonlySet<Failure> = new Set(['key-refused', 'quota-exhausted', 'forbidden', 'model-refused'])
