import { type Decimal, decimal, nanoUp, oneLess, plus, times } from './arithmetic.ts'
import type { Customer } from './customers.ts'
import type { Receipt } from './evidence.ts'
import {
  GROUPS,
  type Group,
  type ModelPriceJson,
  MODELS,
  PLANS,
  type PriceJson,
  type TieredPriceJson,
} from './world.ts'

/** Tokens as a receipt names them. */
export type Usage = Readonly<Record<string, number>>

const BUCKETS = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output'] as const
type Bucket = (typeof BUCKETS)[number]

/** What docs/billing.md says a cache costs where nobody states it, in multiples of input. */
const CACHE_FACTORS = { cache_read: '0.1', cache_write_5m: '1.25', cache_write_1h: '2' } as const

const priceOf = (price: PriceJson, bucket: Bucket): Decimal => {
  const stated = price[bucket]
  if (stated !== undefined) return decimal(stated)
  if (bucket === 'input' || bucket === 'output') throw new Error(`${bucket} has no price`)
  return times(decimal(price.input), decimal(CACHE_FACTORS[bucket]))
}

/** The highest step that the input is above, else the base. */
const atSize = (price: TieredPriceJson, inputTokens: number): PriceJson => {
  const reached = (price.tiers ?? []).filter(({ above_input_tokens: above }) => inputTokens > above)
  return reached.reduce<PriceJson & { above_input_tokens?: number }>(
    (best, step) => (step.above_input_tokens > (best.above_input_tokens ?? -1) ? step : best),
    price,
  )
}

const inputOf = (usage: Usage): number =>
  ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h'].reduce((sum, bucket) => sum + (usage[bucket] ?? 0), 0)

const MILLIONTH: Decimal = { digits: 1n, places: 6 }
const NOTHING: Decimal = { digits: 0n, places: 0 }

/** At list price, in dollars, before any rounding. */
const listed = (usage: Usage, model: ModelPriceJson, tier: string): Decimal => {
  const special = model.service_tiers?.[tier]
  const factor = typeof special === 'string' ? decimal(special) : decimal('1')
  const prices = atSize(typeof special === 'object' ? special : model, inputOf(usage))
  const tokens = BUCKETS.map((bucket) => times(decimal(usage[bucket] ?? 0), priceOf(prices, bucket))).reduce(
    plus,
    NOTHING,
  )
  const isUsed = BUCKETS.some((bucket) => (usage[bucket] ?? 0) > 0)
  const fee = isUsed && model.per_request !== undefined ? decimal(model.per_request) : NOTHING
  return plus(times(times(tokens, MILLIONTH), factor), fee)
}

const modelOf = (receipt: Receipt) => {
  const model = MODELS[receipt.model_served]
  if (!model) throw new Error(`nobody configured ${receipt.model_served}`)
  return model
}

/** What the vendor will bill for a usage, in nano-dollars. */
export const listPrice = (usage: Usage, receipt: Receipt): bigint =>
  nanoUp(listed(usage, modelOf(receipt).price, receipt.service_tier))

/** What a usage costs a customer, in nano-dollars: ⌈ list price × user × model × group × (1 − discount) ⌉. */
export const costOf = (usage: Usage, receipt: Receipt, customer: Customer, group: Group, tier: string): bigint => {
  const model = modelOf(receipt)
  const plan = customer.plan === undefined ? undefined : PLANS[customer.plan]
  return nanoUp(
    [
      decimal(customer.rateMultiplier),
      decimal(model.multiplier ?? '1'),
      decimal(GROUPS[group]),
      oneLess(decimal(plan?.discount ?? '0')),
    ].reduce(times, listed(usage, model.price, tier)),
  )
}
