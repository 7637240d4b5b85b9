import type { UpstreamFormat, WireFormat } from '../canon/operation.ts'
import type { Multipliers, Prices, UnitPrices } from '../canon/price.ts'
import { type Attempt, correctedBy, type Receipt } from '../canon/receipt.ts'
import { UNIT_NAMES, type Units, type Usage } from '../canon/usage.ts'
import { formatPartsPerMillion, formatUsd } from '../units.ts'

/** A receipt as it travels: snake case, money as decimal strings, times in ISO 8601. */
export interface ReceiptJson {
  request_id: string
  /** On a second receipt of a request, the first one, which says that it was abandoned. */
  corrects?: string
  /** On that first one, where it is read by itself, the second. */
  corrected_by?: string
  at: string
  user_id: string
  key_id: string
  project_id: string | null
  group: string
  client_format: WireFormat
  upstream_format: UpstreamFormat
  action: string
  model_requested: string
  model_served: string
  provider: string
  channel: string
  attempts: AttemptJson[]
  status: number
  stream: boolean
  ended: Receipt['ended']
  usage: UsageJson
  usage_source: Receipt['usageSource']
  /** The vendor's tier of service that was billed. */
  service_tier: string
  prices: PricesJson
  multipliers: MultipliersJson
  quote_usd: string
  cost_usd: string
  uncollected_usd: string
  latency_ms: number
  ttft_ms: number | null
  overhead_ms: number
  warnings: string[]
  raw_usage: unknown
}

/** One try; `key` and `why` are null where no key was chosen, `start_ms` on receipts of before it was noted. */
export interface AttemptJson extends Omit<Attempt, 'key' | 'why' | 'startMs'> {
  key: string | null
  why: string | null
  start_ms: number | null
}

/** Disjoint token counts; audio and what is not counted in tokens appear only where they were used. */
export interface UsageJson {
  input: number
  cache_read: number
  cache_write_5m: number
  cache_write_1h: number
  output: number
  reasoning: number
  input_audio?: number
  output_audio?: number
  images?: number
  input_seconds?: number
  output_seconds?: number
  characters?: number
  web_searches?: number
  search_units?: number
  file_searches?: number
  code_sessions?: number
  image_input?: number
  image_output?: number
}

/**
 * USD per million tokens, and for one of what is not counted in tokens, where it was used or owed. `null` says that nobody
 * knows the price, which is never the same as zero.
 */
export interface PricesJson {
  input: string
  cache_read: string
  cache_write_5m: string
  cache_write_1h: string
  output: string | null
  input_audio?: string
  output_audio?: string
  per_request?: string
  per_web_search?: string
  per_searched_request?: string
  per_image?: string
  per_input_second?: string
  per_output_second?: string
  per_million_characters?: string
  per_search_unit?: string
  per_file_search?: string
  per_code_session?: string
  per_million_image_input?: string
  per_million_image_output?: string
}

export interface MultipliersJson {
  user: string
  model: string
  group: string
  plan_discount: string
}

/** Writes a receipt in the shape every endpoint that shows one uses (`GET /v1/receipts/{id}`, lists, exports). */
export const renderReceipt = (receipt: Receipt): ReceiptJson => ({
  request_id: receipt.requestId,
  ...linkOf(receipt),
  at: new Date(receipt.atMs).toISOString(),
  user_id: receipt.userId,
  key_id: receipt.keyId,
  project_id: receipt.projectId,
  group: receipt.group,
  client_format: receipt.clientFormat,
  upstream_format: receipt.upstreamFormat,
  action: receipt.action,
  model_requested: receipt.modelRequested,
  model_served: receipt.modelServed,
  provider: receipt.provider,
  channel: receipt.channel,
  attempts: receipt.attempts.map(({ channel, key = null, why = null, status, error, ms, startMs = null }) => ({
    channel,
    key,
    why,
    status,
    error,
    ms,
    start_ms: startMs,
  })),
  status: receipt.status,
  stream: receipt.stream,
  ended: receipt.ended,
  usage: renderUsage(receipt.usage),
  usage_source: receipt.usageSource,
  service_tier: receipt.serviceTier ?? 'standard',
  prices: renderPrices(receipt.prices, receipt.usage.units),
  multipliers: renderMultipliers(receipt.multipliers),
  quote_usd: formatUsd(receipt.quote),
  cost_usd: formatUsd(receipt.cost),
  uncollected_usd: formatUsd(receipt.uncollected),
  latency_ms: receipt.latencyMs,
  ttft_ms: receipt.ttftMs,
  overhead_ms: receipt.overheadMs,
  warnings: [...receipt.warnings],
  raw_usage: receipt.rawUsage ?? null,
})

const linkOf = ({ requestId }: Receipt): Pick<ReceiptJson, 'corrects'> => {
  const corrects = correctedBy(requestId)
  return corrects === undefined ? {} : { corrects }
}

const renderUsage = (usage: Usage): UsageJson => ({
  input: usage.input,
  cache_read: usage.cacheRead,
  cache_write_5m: usage.cacheWrite5m,
  cache_write_1h: usage.cacheWrite1h,
  output: usage.output,
  reasoning: usage.reasoning,
  ...(usage.inputAudio > 0 ? { input_audio: usage.inputAudio } : {}),
  ...(usage.outputAudio > 0 ? { output_audio: usage.outputAudio } : {}),
  ...(usage.units ? renderUnits(usage.units) : {}),
})

/** What units are called in receipts, and what the price of each is. */
export const UNITS = {
  images: ['images', 'per_image'],
  inputSeconds: ['input_seconds', 'per_input_second'],
  outputSeconds: ['output_seconds', 'per_output_second'],
  characters: ['characters', 'per_million_characters'],
  webSearches: ['web_searches', 'per_web_search'],
  searchUnits: ['search_units', 'per_search_unit'],
  fileSearches: ['file_searches', 'per_file_search'],
  codeSessions: ['code_sessions', 'per_code_session'],
  imageInput: ['image_input', 'per_million_image_input'],
  imageOutput: ['image_output', 'per_million_image_output'],
} as const

const renderUnits = (units: Units): Partial<UsageJson> =>
  Object.fromEntries(
    UNIT_NAMES.flatMap((unit) => ((units[unit] ?? 0) > 0 ? [[UNITS[unit][0], units[unit]] as const] : [])),
  )

export const renderPrices = (prices: Prices, used: Units | undefined): PricesJson => ({
  input: formatUsd(prices.input),
  cache_read: formatUsd(prices.cacheRead),
  cache_write_5m: formatUsd(prices.cacheWrite5m),
  cache_write_1h: formatUsd(prices.cacheWrite1h),
  output: prices.output === undefined ? null : formatUsd(prices.output),
  ...(prices.inputAudio === undefined ? {} : { input_audio: formatUsd(prices.inputAudio) }),
  ...(prices.outputAudio === undefined ? {} : { output_audio: formatUsd(prices.outputAudio) }),
  ...(prices.units ? renderUnitPrices(prices.units, used ?? {}) : {}),
})

const renderUnitPrices = (prices: UnitPrices, used: Units): Partial<PricesJson> => {
  const rendered: Partial<PricesJson> = prices.request === undefined ? {} : { per_request: formatUsd(prices.request) }
  if (prices.searchedRequest !== undefined && (used.webSearches ?? 0) > 0)
    rendered.per_searched_request = formatUsd(prices.searchedRequest)
  for (const unit of UNIT_NAMES) {
    const price = prices[unit]
    if (price !== undefined && (used[unit] ?? 0) > 0) rendered[UNITS[unit][1]] = formatUsd(price)
  }
  return rendered
}

export const renderMultipliers = (multipliers: Multipliers): MultipliersJson => ({
  user: formatPartsPerMillion(multipliers.user),
  model: formatPartsPerMillion(multipliers.model),
  group: formatPartsPerMillion(multipliers.group),
  plan_discount: formatPartsPerMillion(multipliers.planDiscount),
})
