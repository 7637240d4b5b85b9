import type { Attempt, Receipt } from '../canon/receipt.ts'
import { lateIdOf } from '../canon/receipt.ts'
import { NO_USAGE } from '../canon/usage.ts'
import type { BatchRecord, Store } from '../db/types.ts'
import type { GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import type { Ledger } from '../ledger/types.ts'
import { err, ok, type Result } from '../result.ts'
import { ZERO_USD } from '../units.ts'
import { readShares, type Share } from './share.ts'

export interface HoldDeps {
  readonly ledger: Pick<Ledger, 'hold' | 'settle' | 'release' | 'resume' | 'flush'>
  readonly receipts: Pick<Store['receipts'], 'find'>
  readonly nowMs: () => number
}

/** A batch ends within a day. Whoever looks after it renews what is held, and may have been away for a while. */
const LASTS_MS = 3 * 86_400_000

type Made = Pick<BatchRecord, 'requestId' | 'userId' | 'keyId' | 'createdAtMs' | 'channel' | 'providerKey'>

/** Sets aside what all shares of a batch can cost, and waits until that survives a crash: all of it, or nothing. */
export const holdShares = async (
  { ledger, nowMs }: HoldDeps,
  batch: Made,
  principal: Principal,
  shares: readonly Share[],
): Promise<Result<void, GatewayError>> => {
  for (const [index, { requestId, quote: amount, heading }] of shares.entries()) {
    const held = await ledger.hold({
      ...{ requestId, amount, heading, userId: principal.userId, keyId: principal.keyId, budgets: principal.budgets },
      atMs: batch.createdAtMs,
      expiresAtMs: nowMs() + LASTS_MS,
      outlives: true,
    })
    const durable = held.ok ? await held.value.durable : held
    if (durable.ok) continue
    for (const share of shares.slice(0, index)) ledger.release(share.requestId, nothingOf(batch, share, 503, nowMs()))
    return err(durable.error)
  }
  return ok(undefined)
}

/** Gives back what is held for a batch that was not made, or whose end nobody will ever know. */
export const releaseShares = async (
  deps: HoldDeps,
  batch: BatchRecord,
  { status, warnings = [] }: { readonly status: number; readonly warnings?: readonly string[] },
): Promise<void> => {
  for (const share of readShares(batch.shares)) {
    if (!(await resume(deps, batch, share.requestId))) continue
    const receipt = nothingOf(batch, share, status, deps.nowMs())
    deps.ledger.release(share.requestId, { ...receipt, warnings, providerUsage: warnings.length > 0 ? null : NO_USAGE })
  }
  await deps.ledger.flush()
}

/** Takes over a hold of a batch, or goes on with it. `false`: there is none any more. */
export const resume = (
  { ledger, nowMs }: Pick<HoldDeps, 'ledger' | 'nowMs'>,
  { keyId }: Pick<BatchRecord, 'keyId'>,
  requestId: string,
): Promise<boolean> => ledger.resume(requestId, keyId, nowMs() + LASTS_MS)

/**
 * Sees to it that something is held under an id, so that it can be charged; the id to do it under, or `undefined` where it
 * has been. What was given back as that of the dead is charged late, and what was not expected is held by nothing: both as
 * far as the balance reaches.
 */
export const heldUnder = async (
  deps: HoldDeps,
  batch: Made,
  share: Share,
  requestId: string,
): Promise<string | undefined> => {
  if (await resume(deps, batch, requestId)) return requestId
  const receipt = await deps.receipts.find(requestId)
  if (receipt?.ended === 'abandoned') return heldUnder(deps, batch, share, lateIdOf(requestId))
  if (receipt) return undefined
  const held = await deps.ledger.hold({
    ...{ requestId, heading: share.heading, userId: batch.userId, keyId: batch.keyId },
    ...{ amount: ZERO_USD, budgets: [], atMs: batch.createdAtMs, expiresAtMs: deps.nowMs() + LASTS_MS, outlives: true },
  })
  const durable = held.ok ? await held.value.durable : held
  if (durable.ok) return requestId
  throw new Error(`nothing can be held for batch ${batch.requestId}: ${durable.error.message}`)
}

/** What every receipt of a batch has in common. */
export const receiptOf = (
  batch: Made,
  { heading, quote }: Pick<Share, 'heading' | 'quote'>,
  nowMs: number,
): Omit<Receipt, 'requestId' | 'status' | 'ended' | 'usage' | 'usageSource' | 'rawUsage' | 'warnings'> => ({
  ...heading,
  atMs: batch.createdAtMs,
  userId: batch.userId,
  keyId: batch.keyId,
  attempts: [attemptOf(batch)],
  quote,
  cost: ZERO_USD,
  uncollected: ZERO_USD,
  latencyMs: Math.max(0, Math.round(nowMs - batch.createdAtMs)),
  ttftMs: null,
  overheadMs: 0,
})

const attemptOf = ({ channel, providerKey }: Made): Attempt => ({
  channel,
  key: providerKey,
  why: 'batch',
  status: 200,
  error: null,
  ms: 0,
})

const nothingOf = (batch: Made, share: Share, status: number, nowMs: number): Receipt => ({
  ...receiptOf(batch, share, nowMs),
  requestId: share.requestId,
  attempts: [],
  status,
  ended: 'failed',
  usage: NO_USAGE,
  usageSource: 'estimated',
  rawUsage: null,
  warnings: [],
})
