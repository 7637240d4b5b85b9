import type { PriceTable, PriceVersion } from '../canon/price.ts'
import { tableOf } from './service-tier.ts'

const BATCH = 'batch'
/** The tier and what vendors add to its name for where it is served: `batch_us`. */
const OF_BATCHES = /^batch(?:_|$)/

/** What a batch costs: the vendor's batch tier where the catalogue knows its price, else the standard price. */
export interface BatchPrices {
  /** `undefined`: the standard one. */
  readonly tier: string | undefined
  readonly version: PriceVersion
  /** By the tiers that results may report instead. */
  readonly others: Readonly<Record<string, PriceTable>>
}

const known = new WeakMap<PriceVersion, BatchPrices>()

/** The prices of batches at a version's prices: the same object for the same version. */
export const batchPrices = (version: PriceVersion): BatchPrices => {
  const found = known.get(version)
  if (found) return found
  const { effectiveFromMs, serviceTiers = {} } = version
  const { prices, tiers } = tableOf(version, BATCH)
  const others = Object.entries(serviceTiers).filter(([name]) => name !== BATCH && OF_BATCHES.test(name))
  const made = {
    tier: Object.hasOwn(serviceTiers, BATCH) ? BATCH : undefined,
    version: { effectiveFromMs, prices, tiers },
    others: Object.fromEntries(others),
  }
  known.set(version, made)
  return made
}
