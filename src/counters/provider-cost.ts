import type { Multipliers } from '../canon/price.ts'
import type { Receipt } from '../canon/receipt.ts'
import { costAt } from '../metering/charge.ts'
import { type NanoUsd, ONE, partsPerMillion } from '../units.ts'

/**
 * What a request's provider should bill for it: what it used at list price, times what its account pays of that.
 * `undefined` where nobody knows: it used something that has no price, was asked and did not tell, or the request's process
 * died with what the provider had answered by then.
 */
export const providerCostOf = ({
  ended,
  usage,
  providerUsage = usage,
  prices,
  providerMultiplier = ONE,
}: Pick<Receipt, 'ended' | 'usage' | 'providerUsage' | 'prices' | 'providerMultiplier'>): NanoUsd | undefined => {
  if (ended === 'abandoned' || providerUsage === null) return undefined
  const listed = costAt(providerUsage, prices, { ...LIST_PRICE, model: providerMultiplier })
  return listed.ok ? listed.value : undefined
}

const LIST_PRICE: Multipliers = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }
