import type { Receipt } from '../canon/receipt.ts'
import type { NanoUsd } from '../units.ts'
import type { Account, KeySpend } from './accounts.ts'
import { keySubject, projectSubject, type SpendId, windowStartMs } from './budgets.ts'
import type { Spend } from './spends.ts'
import type { Settlement } from './types.ts'

/** A hold that has not ended on disk. */
export interface LiveHold {
  readonly requestId: string
  readonly userId: string
  readonly projectId: string | null
  readonly atMs: number
  readonly amount: NanoUsd
  readonly account: Account
  readonly key: KeySpend
  /** The windows of budgets that it is counted in, beside its key. One that begins while it is open is added. */
  readonly counted: Spend[]
  /** Whether its row is on disk. `failed`: it never will be, so nothing may be charged. */
  row: 'queued' | 'durable' | 'failed'
  /** Set once it ended in memory; the write of the ending may still be under way. */
  outcome: Settlement | undefined
  /** Writes the receipt again, for an outcome that turned out otherwise. */
  receipt: ((outcome: Settlement) => Receipt) | undefined
}

/** By request. */
export type LiveHolds = Map<string, LiveHold>

export type Counters = Pick<LiveHold, 'account' | 'key' | 'counted'>

export const setAside = ({ account, key, counted }: Counters, amount: bigint): void => {
  account.held += amount
  key.held += amount
  for (const spend of counted) spend.held += amount
}

export const take = ({ account, key, counted }: Counters, charged: bigint): void => {
  account.posted -= charged
  key.spent += charged
  for (const spend of counted) spend.spent += charged
}

export const pin = ({ account, key, counted }: Counters, pins: 1 | -1): void => {
  account.pins += pins
  key.pins += pins
  for (const spend of counted) spend.pins += pins
}

/** Has everything about a hold read again, once nothing is under way. */
export const distrust = ({ account, key, counted }: Counters): void => {
  for (const entry of [account, key, ...counted]) entry.stale = true
}

/** Whether a hold is one of the window's, by whose it is and when its request came in. */
export const belongsTo = (
  { key, projectId, atMs }: Pick<LiveHold, 'key' | 'projectId' | 'atMs'>,
  { subject, window, startMs }: SpendId,
): boolean =>
  (subject === keySubject(key.id) || (projectId !== null && subject === projectSubject(projectId))) &&
  windowStartMs(window, atMs) === startMs
