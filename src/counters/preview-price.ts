import type { Prices, PriceVersion } from '../canon/price.ts'
import type { Receipt } from '../canon/receipt.ts'
import { charge, costAt } from '../metering/charge.ts'
import { variantIn } from '../metering/media.ts'
import { type NanoUsd, nanoUsd, ZERO_USD } from '../units.ts'

/** What a request cost, and what it would have cost at another price. `undefined`: that has no price for what it used. */
export interface Repriced {
  readonly before: NanoUsd
  readonly after: NanoUsd | undefined
}

/**
 * A request that is over, at a price it was not charged at: the same usage and the same multipliers. What was not charged
 * then would not be charged with it.
 */
export const reprice = (receipt: Receipt, version: PriceVersion): Repriced => {
  const { usage, prices, multipliers, serviceTier, cost, uncollected } = receipt
  const before = nanoUsd(cost + uncollected)
  if (before === 0n) {
    const owed = costAt(usage, prices, multipliers)
    if (!owed.ok || owed.value > 0n) return { before, after: ZERO_USD }
  }
  const charged = charge(usage, version, multipliers, variantIn(version, serviceTier), imagePricesIn(prices))
  return { before, after: charged.ok ? charged.value : undefined }
}

/** Those of the model that was asked for images, where any were made: a receipt has them as fees. */
const imagePricesIn = (prices: Prices): Prices | undefined => {
  const { imageInput, imageOutput } = prices.units ?? {}
  if (imageInput === undefined || imageOutput === undefined) return undefined
  return {
    ...prices,
    input: imageInput as bigint as Prices['input'],
    output: imageOutput as bigint as Prices['output'],
  }
}
