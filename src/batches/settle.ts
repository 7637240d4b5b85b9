import type { BatchRecord, Store } from '../db/types.ts'
import type { Receipt } from '../canon/receipt.ts'
import { capped, costAt } from '../metering/charge.ts'
import { pricesAt } from '../metering/price-at.ts'
import { withToolPrices } from '../metering/units.ts'
import { isObject } from '../protocols/json.ts'
import { ZERO_USD } from '../units.ts'
import { type BatchView, STORE_APIS } from './api.ts'
import { type HoldDeps, heldUnder, receiptOf } from './hold.ts'
import { createSummer, linesOf, type Part, ResultsCut, type Sums, type SummerDeps } from './results.ts'
import { readShares, type Share } from './share.ts'
import type { Account, Vendor } from './vendor.ts'

export interface SettleDeps extends HoldDeps, SummerDeps {
  readonly vendor: Vendor
  readonly batches: Pick<Store['batches'], 'settled' | 'renew'>
  /** Largest line of results that is read. */
  readonly lineBytesMax: number
}

export const LEASE_MS = 20_000
const RENEW_AFTER_MS = 5_000

/**
 * Charges a batch that has ended for what its results say was used, each share and price by itself, and notes that it was
 * done. It may be done again after a crash, or by two at once: each charge has an id that follows from the batch, and is
 * made once. Throws where the results cannot be read to their end; nothing has been charged then.
 */
export const settleBatch = async (
  deps: SettleDeps,
  batch: BatchRecord,
  view: BatchView,
  account: Account,
  stopped: AbortSignal,
): Promise<void> => {
  const shares = readShares(batch.shares)
  const sums = await readResults(deps, batch, view, account, shares, stopped)
  for (const part of sums.parts.values()) {
    const share = shares[part.share]
    if (share) await settlePart(deps, batch, view, share, part, sums)
  }
  // What is noted as charged is charged, whatever happens next.
  await deps.ledger.flush()
  await deps.batches.settled(batch.requestId)
}

const readResults = async (
  deps: SettleDeps,
  batch: BatchRecord,
  view: BatchView,
  account: Account,
  shares: readonly Share[],
  stopped: AbortSignal,
): Promise<Sums> => {
  const shareOfLine: unknown = batch.lines === null ? {} : JSON.parse(batch.lines)
  const facts = STORE_APIS[batch.api]
  const summer = createSummer(deps, facts, shares, isObject(shareOfLine) ? (shareOfLine as Record<string, number>) : {})
  let renewedAtMs = deps.nowMs()
  for (const path of view.results) {
    const sent = await deps.vendor.ask(account, { method: 'GET', path }, stopped)
    if (!sent.ok) throw new ResultsCut(`the results are not to be had: ${sent.error.kind}`)
    if (sent.value.status !== 200) {
      sent.value.cancel()
      throw new ResultsCut(`the results are answered with status ${sent.value.status}`)
    }
    for await (const line of linesOf(sent.value, deps.lineBytesMax)) {
      await summer.add(line)
      if (deps.nowMs() - renewedAtMs < RENEW_AFTER_MS) continue
      renewedAtMs = deps.nowMs()
      await deps.batches.renew(batch.requestId, LEASE_MS)
    }
  }
  const sums = summer.sums()
  if (sums.answers < view.answered) throw new ResultsCut(`the results have ${sums.answers} answers of ${view.answered}`)
  return sums
}

/** The id that a part is charged under. That of the share itself is for what was expected when the batch was made. */
const idOf = ({ requestId }: Share, { tier, aboveInputTokens }: Part): string =>
  requestId + (tier === '' ? '' : `-${tier}`) + (aboveInputTokens === 0 ? '' : `-above-${aboveInputTokens}`)

const settlePart = async (
  deps: SettleDeps,
  batch: BatchRecord,
  view: BatchView,
  share: Share,
  part: Part,
  sums: Sums,
): Promise<void> => {
  const requestId = await heldUnder(deps, batch, share, idOf(share, part))
  if (requestId === undefined) return
  const { usage, tier, aboveInputTokens } = part
  const table = share.others[tier] ?? share.table
  const sized = pricesAt(table, aboveInputTokens + 1)
  const prices = usage.units ? withToolPrices(sized, usage.units) : sized
  const cost = costAt(usage, prices, share.heading.multipliers)
  if (!cost.ok) throw new Error(`batch ${batch.requestId} used what has no price: ${cost.error.message}`)
  const receipt: Receipt = {
    ...receiptOf(batch, share, deps.nowMs()),
    requestId,
    prices,
    ...(tier !== '' && { serviceTier: tier }),
    quote: requestId === share.requestId ? share.quote : ZERO_USD,
    status: 200,
    ended: view.ended ?? 'whole',
    usage,
    usageSource: part.estimated > 0 ? 'estimated' : 'upstream',
    rawUsage: { batch: view.id, answers: part.answers, estimated: part.estimated, lines: sums.lines },
    warnings: [],
  }
  if (part.answers === 0) return deps.ledger.release(requestId, receipt)
  await deps.ledger.settle(requestId, capped(cost.value), ({ charged, uncollected }) => ({
    ...receipt,
    cost: charged,
    uncollected,
  }))
}
