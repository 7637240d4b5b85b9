import type { PostgresDatabase, Database } from '../../src/db/database.ts'
import { type LedgerOptions, openLedger as openForFile } from '../../src/ledger/ledger.ts'
import { openSharedLedger as openForReplicas } from '../../src/ledger/shared/ledger.ts'
import type { Hold, HoldRequest, Ledger } from '../../src/ledger/types.ts'
import { ok, type Soon } from '../../src/result.ts'
import { ZERO_USD } from '../../src/units.ts'

/** Customers of this group are served without money: nothing is held, charged or written. All else is done for them. */
export const FREE_GROUP = 'free'

/** In milliseconds, one of each for a request. */
export interface Times {
  /** From asking for a hold to having it. */
  readonly hold: number[]
  /** From having it to knowing that it is on disk; meanwhile the provider is asked. */
  readonly durable: number[]
  /** From the end of the answer until the client may have its last byte. */
  readonly settle: number[]
}

const noTimes = (): Times => ({ hold: [], durable: [], settle: [] })
let times = noTimes()

/** What was measured since this was last called. */
export const takeTimes = (): Times => {
  const taken = times
  times = noTimes()
  return taken
}

export const openLedger = (database: Database, options: LedgerOptions): Ledger =>
  timed(openForFile(database, options), options)

export const openSharedLedger = (database: PostgresDatabase, options: LedgerOptions): Ledger =>
  timed(openForReplicas(database, options), options)

const timed = (ledger: Ledger, { onSettled }: LedgerOptions): Ledger => {
  const free = new Set<string>()
  return {
    ...ledger,
    hold: (request) => {
      if (request.heading.group !== FREE_GROUP) return timedHold(ledger, request)
      free.add(request.requestId)
      return ok(freeHold(request))
    },
    settle: (requestId, cost, receipt) => {
      if (!free.delete(requestId)) return timing(times.settle, () => ledger.settle(requestId, cost, receipt))
      const outcome = { charged: cost, uncollected: ZERO_USD }
      onSettled?.(receipt(outcome))
      return outcome
    },
    release: (requestId, receipt) => {
      if (!free.delete(requestId)) ledger.release(requestId, receipt)
    },
  }
}

const freeHold = ({ requestId, amount }: HoldRequest): Hold => ({
  requestId,
  amount,
  durable: Promise.resolve(ok(undefined)),
})

const timedHold = (ledger: Ledger, request: HoldRequest): ReturnType<Ledger['hold']> =>
  timing(
    times.hold,
    () => ledger.hold(request),
    (hold) => {
      if (hold.ok) void timing(times.durable, () => hold.value.durable)
    },
  )

/** What is answered at once stays answered at once. */
const timing = <T>(into: number[], work: () => Soon<T>, then?: (value: T) => void): Soon<T> => {
  const began = performance.now()
  const done = (value: T): T => {
    into.push(performance.now() - began)
    then?.(value)
    return value
  }
  const answer = work()
  return answer instanceof Promise ? answer.then(done) : done(answer)
}
