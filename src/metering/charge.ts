import type { Multipliers, Prices, PriceVersion } from '../canon/price.ts'
import { inputTotal, type Usage } from '../canon/usage.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { type NanoUsd, nanoUsd } from '../units.ts'
import { pricesAt } from './price-at.ts'
import { tableOf } from './service-tier.ts'
import { requestCost, UNIT_PRICE_FIELDS, unitsCost, withToolPrices } from './units.ts'

/**
 * What a request costs: usage × prices × multipliers, one exact rational rounded up once. The prices are those of its
 * tier of service and of the size its whole input reaches. `image`: prices of the model that its vendor asks for images.
 * An error where it used something that nobody has a price for.
 */
export const charge = (
  usage: Usage,
  version: PriceVersion,
  multipliers: Multipliers,
  serviceTier?: string,
  image?: Prices,
): Result<NanoUsd, GatewayError> => costAt(usage, pricesFor(version, usage, serviceTier, image), multipliers)

/** The prices that apply to a usage: what its receipt shows, and what `costAt` makes its cost of. */
export const pricesFor = (version: PriceVersion, usage: Usage, serviceTier?: string, image?: Prices): Prices => {
  const table = serviceTier === undefined ? version : tableOf(version, serviceTier)
  const prices = pricesAt(table, inputTotal(usage))
  return usage.units ? withToolPrices(prices, usage.units, image) : prices
}

/** The formula, on prices that are already chosen; never above `COST_MAX`. */
export const costAt = (usage: Usage, prices: Prices, multipliers: Multipliers): Result<NanoUsd, GatewayError> => {
  const outputAudio = prices.outputAudio ?? prices.output
  if (usage.output > 0 && prices.output === undefined) return err(unpriced('output'))
  if (usage.outputAudio > 0 && outputAudio === undefined) return err(unpriced('output_audio'))
  let nanoPerMtok =
    BigInt(usage.input) * prices.input +
    // Where a vendor has no price of its own for audio, it bills it as text.
    BigInt(usage.inputAudio) * (prices.inputAudio ?? prices.input) +
    BigInt(usage.cacheRead) * prices.cacheRead +
    BigInt(usage.cacheWrite5m) * prices.cacheWrite5m +
    BigInt(usage.cacheWrite1h) * prices.cacheWrite1h +
    BigInt(usage.output) * (prices.output ?? 0n) +
    BigInt(usage.outputAudio) * (outputAudio ?? 0n)
  if (usage.units) {
    const units = unitsCost(usage.units, prices.units)
    if (typeof units === 'string') return err(unpriced(UNIT_PRICE_FIELDS[units]))
    nanoPerMtok += units
  }
  if (prices.units) nanoPerMtok += requestCost(usage, prices.units)
  return ok(capped(multiply(nanoPerMtok, multipliers)))
}

/**
 * The most that one request costs, whatever it used and whatever that is priced at: a million dollars. Sums of thousands
 * of these still fit the 64 bits that databases have for one.
 */
export const COST_MAX = nanoUsd(1_000_000_000_000_000n)

export const capped = (cost: NanoUsd): NanoUsd => (cost > COST_MAX ? COST_MAX : cost)

const MILLION = 1_000_000n
/** Once for "per million tokens", once for each multiplier and for the discount, which are in millionths. */
const DENOMINATOR = MILLION ** 5n

/** Tokens × nano-dollars a million → nano-dollars, multiplied and rounded up. Throws on a discount above 100 %. */
export const multiply = (nanoPerMtok: bigint, { user, model, group, planDiscount }: Multipliers): NanoUsd => {
  if (planDiscount > MILLION || planDiscount < 0n) throw new RangeError(`plan discount of ${planDiscount} millionths`)
  // Most pay the price as it is, and short numbers are divided several times faster.
  if (user === MILLION && model === MILLION && group === MILLION && planDiscount === 0n)
    return nanoUsd((nanoPerMtok + MILLION - 1n) / MILLION)
  const numerator = nanoPerMtok * user * model * group * (MILLION - planDiscount)
  return nanoUsd((numerator + DENOMINATOR - 1n) / DENOMINATOR)
}

/** The same without having rounded: the whole nano-dollars below it, and above it. */
export const exactCost = (
  nanoPerMtok: bigint,
  { user, model, group, planDiscount }: Multipliers,
): { readonly down: bigint; readonly up: bigint } => {
  const numerator = nanoPerMtok * user * model * group * (MILLION - planDiscount)
  return { down: numerator / DENOMINATOR, up: (numerator + DENOMINATOR - 1n) / DENOMINATOR }
}

const unpriced = (bucket: string): GatewayError =>
  fault(
    'unknown-model-pricing',
    `The model has no ${bucket} price. Add "${bucket}" to its "price" in model_catalog.json.`,
    {
      param: 'model',
    },
  )
