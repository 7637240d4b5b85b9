import type { Multipliers } from '../canon/price.ts'
import type { Receipt } from '../canon/receipt.ts'
import { costAt } from '../metering/charge.ts'
import { type NanoUsd, ONE, partsPerMillion } from '../units.ts'

/**
 * What a request's provider should bill for it: its usage at list price, without any multiplier. `undefined` where nobody
 * knows: it used something that has no price, or its process died with what the provider had answered by then.
 */
export const providerCostOf = ({
  ended,
  usage,
  prices,
}: Pick<Receipt, 'ended' | 'usage' | 'prices'>): NanoUsd | undefined => {
  if (ended === 'abandoned') return undefined
  const listed = costAt(usage, prices, LIST_PRICE)
  return listed.ok ? listed.value : undefined
}

const LIST_PRICE: Multipliers = { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(0n) }
