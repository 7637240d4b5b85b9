import type { Prices } from '../../canon/price.ts'
import { MODEL_TYPES } from '../../canon/model.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { vendorOf } from '../../providers/vendors.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatUsd } from '../../units.ts'
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
export const renderOpenAiModel = ({ model, prices }: ListedModel): unknown => ({
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
  pricing: prices
    ? {
        ...renderPrices(prices.prices),
        ...(prices.tiers.length > 0 && {
          tiers: prices.tiers.map((tier) => ({
            above_input_tokens: tier.aboveInputTokens,
            ...renderPrices(tier.prices),
          })),
        }),
      }
    : null,
  pricing_unit: 'usd_per_million_tokens',
})

const renderPrices = (prices: Prices) => ({
  input: decimal(prices.input),
  output: optional(prices.output),
  cache_read: decimal(prices.cacheRead),
  cache_write_5m: decimal(prices.cacheWrite5m),
  cache_write_1h: decimal(prices.cacheWrite1h),
  ...(prices.inputAudio !== undefined && { input_audio: decimal(prices.inputAudio) }),
  ...(prices.outputAudio !== undefined && { output_audio: decimal(prices.outputAudio) }),
})

const optional = (price: bigint | undefined): string | null => (price === undefined ? null : decimal(price))

/** As people write prices: `"3"`, `"0.3"`; the places behind are all noughts. */
const decimal = (price: bigint): string => formatUsd(price).replace(/\.?0+$/, '')
