import type { Receipt } from '../canon/receipt.ts'
import type { Database } from '../db/database.ts'
import { err, ok } from '../result.ts'
import { AccountBook, balanceOf } from './accounts.ts'
import { checkLedger } from './check.ts'
import { Credits } from './credits.ts'
import { Holds } from './holds.ts'
import type { LiveHolds } from './live-holds.ts'
import { notRecorded, unknownUser } from './refusals.ts'
import { prepareScripts } from './scripts.ts'
import { resumeHold } from './resume.ts'
import { forgetPastSpends, sweepHolds } from './sweep.ts'
import type { Ledger } from './types.ts'

export interface LedgerOptions {
  readonly nowMs?: () => number
  /** Holds open at once, above which new ones are refused as `overloaded`. */
  readonly liveMax?: number
  /** Accounts, and keys, kept in memory. */
  readonly accountsMax?: number
  /** Ended requests whose outcome is remembered for a second `settle`. */
  readonly endedMax?: number
  /** Headings of receipts remembered, for each version of prices. */
  readonly headingsMax?: number
  /** Told when a write has to wait or is lost: for the log. */
  readonly onFault?: (message: string) => void
  /** Told of each request, with its receipt, once that is on disk: never on the way of an answer. Must not throw. */
  readonly onSettled?: (receipt: Receipt) => void
}

const FORGET_EVERY_MS = 3_600_000

/**
 * The ledger of a migrated database. In this process its memory is the authority over balances, so only one such
 * ledger may serve a database at a time (`acquireServeLock`).
 */
export const openLedger = (database: Database, options: LedgerOptions = {}): Ledger => {
  const nowMs = options.nowMs ?? Date.now
  const scripts = prepareScripts(database)
  const live: LiveHolds = new Map()
  const book = new AccountBook(database, live, options.accountsMax ?? 50_000)
  const credits = new Credits(database, scripts, book, nowMs)
  const holds = new Holds(database, scripts, book, live, {
    nowMs,
    liveMax: options.liveMax ?? 50_000,
    endedMax: options.endedMax ?? 2_000,
    headingsMax: options.headingsMax ?? 5_000,
    onFault: options.onFault ?? (() => undefined),
    onSettled: options.onSettled ?? (() => undefined),
  })
  let forgotAtMs = 0
  return {
    hold: (request) => holds.hold(request),
    abandon: () => holds.abandon(),
    settle: (requestId, cost, receipt) => holds.settle(requestId, cost, receipt),
    release: (requestId, receipt) => holds.release(requestId, receipt),
    resume: (requestId, keyId, expiresAtMs) => resumeHold(database, book, holds, { requestId, keyId, expiresAtMs }),
    credit: (request) => credits.credit(request),
    refund: (request) => credits.refund(request),
    buyPlan: (request) => credits.buyPlan(request),
    balance: async (userId) => {
      const loaded = await book.loadAccount(userId)
      const account = book.account(userId)
      if (account) return ok(balanceOf(account))
      return err(loaded.ok ? unknownUser(userId) : notRecorded(loaded.error))
    },
    check: () => checkLedger(database),
    sweep: async (atMs) => {
      if (Math.abs(atMs - forgotAtMs) >= FORGET_EVERY_MS) {
        forgotAtMs = atMs
        await forgetPastSpends(database, atMs)
      }
      return sweepHolds(database, book, holds, atMs)
    },
    // The database does what it is told in the order it was told.
    settled: () => Promise.resolve(),
    flush: async () => {
      await Promise.all([holds.flush(), credits.flush()])
      await database.drained()
    },
  }
}
