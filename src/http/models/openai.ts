import type { Multipliers, Prices, PriceTable, UnitPrices } from '../../canon/price.ts'
import { UNIT_NAMES } from '../../canon/usage.ts'
import { MODEL_TYPES } from '../../canon/model.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { multiply } from '../../metering/charge.ts'
import { vendorOf } from '../../providers/vendors.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatUsd } from '../../units.ts'
import { UNITS } from '../receipt-json.ts'
import type { ListedModel } from './listed.ts'

/** Renders `GET /v1/models` as OpenAI does, with what Tollgate knows besides; `?provider=` and `?type=` filter it. */
export const renderOpenAiModels = (
  listed: readonly ListedModel[],
  query: URLSearchParams,
): Result<unknown, GatewayError> => {
  const provider = query.get('provider')
  const type = query.get('type')
  if (type !== null && !MODEL_TYPES.some((known) => known === type)) {
    const issue = `must be one of ${MODEL_TYPES.join(', ')}`
    return err(fault('invalid-request', `The query parameter "type" ${issue}.`, { param: 'type', issue }))
  }
  const vendor = provider === null ? undefined : vendorOf(provider)
  const data = listed
    .filter(({ model }) => (vendor === undefined || model.vendor === vendor) && (type === null || model.type === type))
    .map(renderOpenAiModel)
  return ok({ object: 'list', data })
}

/** Renders one model, as in the list: `GET /v1/models/{id}`. */
export const renderOpenAiModel = ({ model, prices, multipliers }: ListedModel): unknown => ({
  id: model.id,
  object: 'model',
  created: model.createdAt,
  owned_by: model.vendor,
  provider: model.vendor,
  type: model.type,
  display_name: model.displayName,
  context_window: model.contextWindow ?? null,
  max_output_tokens: model.maxOutputTokens ?? null,
  capabilities: model.capabilities,
  pricing: prices ? renderTable(prices, asItIs) : null,
  // Above: the list price. This is what the key that asks pays.
  ...(multipliers && { your_pricing: prices ? renderTable(prices, paidBy(multipliers)) : null }),
  pricing_unit: 'usd_per_million_tokens',
})

/** A list price, as it is in the list of models. */
export const renderListPrices = (prices: PriceTable) => renderTable(prices, asItIs)

/** What is paid of it, every factor included. */
export const renderPaidPrices = (prices: PriceTable, multipliers: Multipliers) =>
  renderTable(prices, paidBy(multipliers))

type Share = (price: bigint) => bigint

const asItIs: Share = (price) => price

/** A price with every factor, rounded up to the nano-dollar; a bill is rounded once, so it can be a hair below. */
const paidBy =
  (multipliers: Multipliers): Share =>
  (price) =>
    multiply(price * TOKENS_PRICED, multipliers)

const TOKENS_PRICED = 1_000_000n

const renderTable = ({ prices, tiers }: PriceTable, share: Share) => ({
  ...renderPrices(prices, share),
  ...(tiers.length > 0 && {
    tiers: tiers.map((tier) => ({
      above_input_tokens: tier.aboveInputTokens,
      ...renderPrices(tier.prices, share),
    })),
  }),
})

const renderPrices = (prices: Prices, share: Share) => ({
  input: decimal(share(prices.input)),
  output: prices.output === undefined ? null : decimal(share(prices.output)),
  cache_read: decimal(share(prices.cacheRead)),
  cache_write_5m: decimal(share(prices.cacheWrite5m)),
  cache_write_1h: decimal(share(prices.cacheWrite1h)),
  ...(prices.inputAudio !== undefined && { input_audio: decimal(share(prices.inputAudio)) }),
  ...(prices.outputAudio !== undefined && { output_audio: decimal(share(prices.outputAudio)) }),
  ...(prices.units && renderFees(prices.units, share)),
})

/** What is not sold by the token, in USD for one; of characters for a million. */
const renderFees = (fees: UnitPrices, share: Share): Readonly<Record<string, string>> => ({
  ...(fees.request !== undefined && { per_request: decimal(share(fees.request)) }),
  ...(fees.searchedRequest !== undefined && { per_searched_request: decimal(share(fees.searchedRequest)) }),
  ...Object.fromEntries(
    UNIT_NAMES.flatMap((unit) => {
      const fee = fees[unit]
      return fee === undefined ? [] : [[UNITS[unit][1], decimal(share(fee))] as const]
    }),
  ),
})

/** As people write prices: `"3"`, `"0.3"`; the places behind are all noughts. */
const decimal = (price: bigint): string => formatUsd(price).replace(/\.?0+$/, '')
