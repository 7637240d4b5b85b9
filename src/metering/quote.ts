import type { Model } from '../canon/model.ts'
import type { Action } from '../canon/operation.ts'
import type { Multipliers, Prices, PriceTable, PriceVersion } from '../canon/price.ts'
import type { Units } from '../canon/usage.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { type NanoUsd, type Tokens, tokens, ZERO_USD } from '../units.ts'
import { capped, multiply } from './charge.ts'
import { type BodySize, inputTokensMax, inputTokensTypical } from './estimate.ts'
import { quotedTable } from './service-tier.ts'
import { MILLIONTHS, UNIT_PRICE_FIELDS, unitsCost, withToolPrices } from './units.ts'

export interface QuoteRequest extends BodySize {
  readonly action: Action
  /** The request names state kept upstream: its input may be as large as the model's window. */
  readonly refersToStored: boolean
  /** The body asks for an hour-long cache somewhere: only then can that price apply. */
  readonly bodyHas1hCache: boolean
  /** The client's own limit, if it set one. */
  readonly outputTokensLimit: number | undefined
  readonly choices: number
  readonly model: Model
  /** The prices in force; `undefined`: nobody knows any. */
  readonly prices: PriceVersion | undefined
  readonly multipliers: Multipliers
  /** The tier of service it may come to ask for there, where that is not the standard one. */
  readonly serviceTier?: string | undefined
  /** The most it may use of what is not counted in tokens. */
  readonly units?: Units | undefined
  /** Prices of the model that its vendor would ask for images. */
  readonly imagePrices?: Prices | undefined
}

export interface Quote {
  /** The most the request can cost: what is held. */
  readonly cost: NanoUsd
  readonly inputTokensMax: Tokens
  /** All answers together. */
  readonly outputTokensMax: Tokens
  /** What the input usually comes to: for limits by tokens a minute. */
  readonly inputTokensTypical: Tokens
}

/** Where neither the model's output limit nor its window is known. */
const OUTPUT_TOKENS_UNKNOWN = 128_000
/** Where a request refers to stored state and the model's window is not known. */
const INPUT_TOKENS_UNKNOWN = 1_000_000

/** The most a request can cost, before it is sent. An error where a price it could need is not known. */
export const quote = (request: QuoteRequest): Result<Quote, GatewayError> => {
  const typical = tokens(inputTokensTypical(request))
  if (request.action === 'count-tokens') {
    const none = tokens(0)
    return ok({ cost: ZERO_USD, inputTokensMax: none, outputTokensMax: none, inputTokensTypical: typical })
  }
  const { model, prices } = request
  if (prices === undefined) return err(unpricedModel(model, 'input'))
  const inputMax = inputBound(request)
  const outputMax = outputBound(request)
  const table = request.serviceTier === undefined ? prices : quotedTable(prices, request.serviceTier)
  let inputPrice = dearestInput(table.prices, request)
  let outputPrice = dearestOutput(table.prices)
  let hasOutputPrice = table.prices.output !== undefined
  for (const tier of table.tiers) {
    if (inputMax <= tier.aboveInputTokens) continue
    inputPrice = larger(inputPrice, dearestInput(tier.prices, request))
    outputPrice = larger(outputPrice, dearestOutput(tier.prices))
    hasOutputPrice &&= tier.prices.output !== undefined
  }
  if (request.action === 'generate' && !hasOutputPrice) return err(unpricedModel(model, 'output'))
  let nanoPerMtok = BigInt(inputMax) * inputPrice + BigInt(outputMax) * outputPrice
  if (request.units || table.prices.units?.request !== undefined) {
    const beside = besideTokens(table, request.units ?? {}, request.imagePrices)
    if (typeof beside === 'string') return err(unpricedModel(model, beside))
    nanoPerMtok += beside
  }
  const cost = capped(multiply(nanoPerMtok, request.multipliers))
  return ok({ cost, inputTokensMax: inputMax, outputTokensMax: outputMax, inputTokensTypical: typical })
}

/** The dearest that units and the request itself can cost at any size; or the unit that has no price. */
const besideTokens = ({ prices, tiers }: PriceTable, units: Units, image: Prices | undefined): bigint | string => {
  let most = 0n
  for (const at of [prices, ...tiers.map((tier) => tier.prices)]) {
    const cost = unitsCost(units, withToolPrices(at, units, image).units)
    if (typeof cost === 'string') return UNIT_PRICE_FIELDS[cost]
    most = larger(most, cost + (at.units?.request ?? 0n) * MILLIONTHS)
  }
  return most
}

const inputBound = (request: QuoteRequest): Tokens => {
  const bySize = inputTokensMax(request)
  // Each text of a batch of embeddings has the window to itself.
  if (request.action !== 'generate') return tokens(bySize)
  const window = request.model.contextWindow
  if (request.refersToStored) return tokens(Math.max(window ?? INPUT_TOKENS_UNKNOWN, inputTokensTypical(request)))
  // A window that the body already exceeds is out of date, and the body is believed.
  const cap = window === undefined ? Number.POSITIVE_INFINITY : Math.max(window, inputTokensTypical(request))
  return tokens(Math.min(bySize, cap))
}

const outputBound = ({ action, model, outputTokensLimit, choices }: QuoteRequest): Tokens => {
  if (action !== 'generate') return tokens(0)
  const modelMax = model.maxOutputTokens ?? model.contextWindow ?? OUTPUT_TOKENS_UNKNOWN
  const each = Math.min(outputTokensLimit ?? modelMax, modelMax)
  return tokens(Math.min(each * Math.max(1, choices), Number.MAX_SAFE_INTEGER))
}

/** The dearest this request's input could be: audio only where it has media, an hour's cache only if it asks. */
const dearestInput = (at: Prices, request: QuoteRequest): bigint => {
  let most = larger(larger(at.input, at.cacheRead), at.cacheWrite5m)
  if (request.bodyHas1hCache) most = larger(most, at.cacheWrite1h)
  if (request.mediaCount > 0 || request.refersToStored) most = larger(most, at.inputAudio ?? 0n)
  return most
}

const dearestOutput = (at: Prices): bigint => larger(at.output ?? 0n, at.outputAudio ?? 0n)

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** The refusal of a model without a price that the request needs; it says what to add where. */
export const unpricedModel = (model: Model, bucket: string): GatewayError => {
  const what = `Model ${model.id} has no ${bucket} price, and requests are never served for nothing.`
  const entry = `{"models": {"${model.id}": {"provider": "${model.vendor}", "price": {"input": "…", "output": "…"}}}}`
  const message = `${what} Ask the operator to add ${entry} (USD per million tokens) to model_catalog.json.`
  return fault('unknown-model-pricing', message, { param: 'model' })
}
