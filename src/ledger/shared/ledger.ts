import { userAccountId } from '../../db/account-ids.ts'
import { DatabaseError, type PostgresDatabase } from '../../db/database.ts'
import type { GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { nanoUsd } from '../../units.ts'
import { checkLedger } from '../check.ts'
import type { LedgerOptions } from '../ledger.ts'
import { notRecorded, unknownUser } from '../refusals.ts'
import { forgetPastSpends } from '../sweep.ts'
import type { Balance, Ledger } from '../types.ts'
import { SharedCredits } from './credits.ts'
import { SharedHolds } from './holds.ts'
import { sweepShared } from './sweep.ts'

/** `accountsMax` means nothing here: no account is kept in memory. */
export interface SharedLedgerOptions extends LedgerOptions {
  /** Batches that may be under way at once; each uses a connection. */
  readonly lanes?: number
  /** Holds and endings in one transaction. */
  readonly batchMax?: number
  /** How long a hold waits for the database before it is refused. */
  readonly patienceMs?: number
  /** How often holds are looked through for those that need to be renewed. */
  readonly renewEveryMs?: number
  /** After the database has failed nobody is thought dead for so long: they may have been unable to renew. */
  readonly sweepGraceMs?: number
}

const FORGET_EVERY_MS = 3_600_000

/**
 * The ledger of a migrated PostgreSQL database, for any number of replicas. A hold is granted by the database, with the
 * account locked, and is durable when it is granted. Times at which holds expire are the database's own, so that the
 * clocks of replicas need not agree.
 */
export const openSharedLedger = (database: PostgresDatabase, options: SharedLedgerOptions = {}): Ledger => {
  const nowMs = options.nowMs ?? Date.now
  const onSettled = options.onSettled ?? (() => undefined)
  const holds = new SharedHolds(database, {
    nowMs,
    liveMax: options.liveMax ?? 50_000,
    endedMax: options.endedMax ?? 2_000,
    headingsMax: options.headingsMax ?? 5_000,
    lanes: options.lanes ?? 4,
    batchMax: options.batchMax ?? 200,
    patienceMs: options.patienceMs ?? 3_000,
    renewEveryMs: options.renewEveryMs ?? 10_000,
    onFault: options.onFault ?? (() => undefined),
    onSettled,
  })
  const credits = new SharedCredits(database, nowMs, (userId) => holds.settled(userId))
  const sweepGraceMs = options.sweepGraceMs ?? 60_000
  let forgotAtMs = 0
  return {
    hold: (request) => holds.hold(request),
    abandon: () => holds.abandon(),
    settle: (requestId, cost, receipt) => holds.settle(requestId, cost, receipt),
    release: (requestId, receipt) => holds.release(requestId, receipt),
    resume: async (requestId, keyId, expiresAtMs) => {
      const parameters = [Math.round(expiresAtMs - nowMs()), keyId, requestId]
      const answer = await database.ask({ sql: RESUME, parameters })
      if (!answer.ok) throw new DatabaseError(answer.error)
      return answer.value.rows.length > 0
    },
    credit: (request) => credits.credit(request),
    refund: (request) => credits.refund(request),
    buyPlan: (request) => credits.buyPlan(request),
    balance: async (userId) => {
      await holds.settled(userId)
      return readBalance(database, userId)
    },
    check: async () => {
      await holds.settled()
      return checkLedger(database)
    },
    sweep: async (atMs) => {
      if (nowMs() - holds.troubledAtMs < sweepGraceMs) return 0
      if (Math.abs(atMs - forgotAtMs) >= FORGET_EVERY_MS) {
        forgotAtMs = atMs
        await forgetPastSpends(database, atMs)
      }
      const isOwn = (requestId: string): boolean => holds.isOwn(requestId)
      try {
        return await sweepShared(database, { withinMs: atMs - nowMs(), isOwn, onSettled })
      } catch (error) {
        holds.troubledAtMs = nowMs()
        throw error
      }
    },
    settled: (userId) => holds.settled(userId),
    flush: async () => {
      await holds.flush()
      await database.drained()
    },
  }
}

const RESUME = `UPDATE holds SET expires_at_ms = tollgate_now_ms() + ? WHERE key_id = ? AND request_id = ?
  RETURNING request_id`

const SELECT_ACCOUNT = 'SELECT posted_nano, held_nano, overdraft_nano FROM accounts WHERE id = ?'

const readBalance = async (database: PostgresDatabase, userId: string): Promise<Result<Balance, GatewayError>> => {
  const answer = await database.ask({ sql: SELECT_ACCOUNT, parameters: [userAccountId(userId)] })
  if (!answer.ok) return err(notRecorded(answer.error))
  const row = answer.value.rows[0]
  if (!row) return err(unknownUser(userId))
  const amount = (column: string): bigint => BigInt(String(row[column]))
  const posted = amount('posted_nano')
  const held = amount('held_nano')
  const available = posted + amount('overdraft_nano') - held
  return ok({ posted: nanoUsd(posted), held: nanoUsd(held), available: nanoUsd(available) })
}
