import { z } from 'zod'
import { type Model, MODEL_TYPES } from '../canon/model.ts'
import type { PriceTable, PriceVersion, UnitPrices } from '../canon/price.ts'
import { err, ok, type Result } from '../result.ts'
import { nanoUsd, ONE, parsePartsPerMillion, parseUsd, parseUsdPerMtok } from '../units.ts'
import { completePrices, tableTimes } from './prices.ts'
import { vendorOf } from './vendors.ts'

/** One mistake in `model_catalog.json`: where it is, and what was expected. */
export interface CatalogueMistake {
  readonly path: string
  readonly message: string
}

const price = z
  .string('expected a decimal string such as "0.30", in USD per million tokens')
  .refine((text) => (parseUsdPerMtok(text) ?? -1n) >= 0n, 'expected a decimal of at most nine places, not negative')
  .transform((text): bigint => parseUsdPerMtok(text) ?? 0n)

const prices = z.strictObject({
  input: price,
  output: price.optional(),
  cache_read: price.optional(),
  cache_write_5m: price.optional(),
  cache_write_1h: price.optional(),
  input_audio: price.optional(),
  output_audio: price.optional(),
})

/** In USD for one of something; for characters, for a million of them. */
const fee = z
  .string('expected a decimal string such as "0.04", in USD')
  .refine((text) => (parseUsd(text) ?? -1n) >= 0n, 'expected a decimal of at most nine places, not negative')
  .transform((text) => nanoUsd(parseUsd(text) ?? 0n))

const fees = {
  per_request: fee.optional(),
  per_web_search: fee.optional(),
  per_searched_request: fee.optional(),
  per_image: fee.optional(),
  /** Of audio, taken in or given out, where no price of its own is stated for one of them. */
  per_second: fee.optional(),
  per_input_second: fee.optional(),
  per_output_second: fee.optional(),
  per_million_characters: fee.optional(),
  /** Of a ranking, as Cohere counts. */
  per_search_unit: fee.optional(),
  /** Of tools that the vendor runs itself. */
  per_file_search: fee.optional(),
  per_code_session: fee.optional(),
  per_million_image_input: fee.optional(),
  per_million_image_output: fee.optional(),
}

const count = z.int('expected a whole number of tokens').positive('expected at least 1 token')

const tieredPrices = prices.extend({
  tiers: z
    .array(prices.extend({ above_input_tokens: count }))
    .max(8)
    .optional(),
})

const feedPrices = tieredPrices.extend(fees)

const factor = z
  .string()
  .refine((text) => parsePartsPerMillion(text) !== undefined, 'expected a decimal of at most six places, not negative')
  .transform((text) => parsePartsPerMillion(text) ?? ONE)

/** As vendors write the names of their tiers in answers, in lower case. */
const serviceTiers = z.record(
  z.string().regex(/^[a-z]\w{0,39}$/, 'expected the name of a tier in lower case, such as flex'),
  z.union([factor, feedPrices], 'expected a factor such as "0.5", or prices with at least "input"'),
)

const listed = feedPrices.extend({ service_tiers: serviceTiers.optional() })

const change = listed.extend({
  from: z.iso.datetime({ offset: true, error: 'expected a time such as "2026-12-01T00:00:00Z"' }),
})

const multiplier = z
  .string('expected a decimal string such as "1.25"')
  .refine((text) => parsePartsPerMillion(text) !== undefined, 'expected a decimal of at most six places, not negative')
  .transform((text) => parsePartsPerMillion(text) ?? ONE)

const entry = z.strictObject({
  provider: z.string().min(1, 'expected the vendor of the model'),
  type: z.enum(MODEL_TYPES, `expected one of ${MODEL_TYPES.join(', ')}`).optional(),
  display_name: z.string().min(1).optional(),
  context_window: count.optional(),
  max_output_tokens: count.optional(),
  capabilities: z.array(z.string().min(1)).optional(),
  multiplier: multiplier.optional(),
  price: listed.optional(),
  /** Prices that take the place of `price` from a moment on. */
  price_changes: z.array(change).max(100).optional(),
})

/** `model_catalog.json`, as users write it. */
export const catalogueFileSchema = z.strictObject({
  $schema: z.string().optional(),
  models: z.record(z.string().min(1).max(256), entry),
})

type Entry = z.infer<typeof entry>

/**
 * Reads the text of a `model_catalog.json`. A model named like a built-in one takes from it whatever the file leaves
 * out; prices are taken or left as a whole. Every mistake is reported, not only the first.
 */
export const readCatalogueFile = (
  text: string,
  builtIn: readonly Model[],
): Result<readonly Model[], readonly CatalogueMistake[]> => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return err([{ path: '', message: `expected JSON: ${error instanceof Error ? error.message : 'unreadable'}` }])
  }
  const parsed = catalogueFileSchema.safeParse(json)
  if (!parsed.success) {
    return err(parsed.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message })))
  }
  const known = new Map(builtIn.map((model) => [model.id, model]))
  return ok(Object.entries(parsed.data.models).map(([id, written]) => modelOf(id, written, known.get(id))))
}

const modelOf = (id: string, written: Entry, known: Model | undefined): Model => ({
  id,
  vendor: vendorOf(written.provider),
  type: written.type ?? known?.type ?? 'chat',
  displayName: written.display_name ?? known?.displayName ?? id,
  contextWindow: written.context_window ?? known?.contextWindow,
  maxOutputTokens: written.max_output_tokens ?? known?.maxOutputTokens,
  multiplier: written.multiplier ?? known?.multiplier ?? ONE,
  capabilities: written.capabilities ?? known?.capabilities ?? [],
  createdAt: known?.createdAt ?? 0,
  priceVersions: versionsOf(written, known?.priceVersions ?? []),
})

/** A price as the file has it, read: in nano-dollars, factors in millionths. */
export type WrittenPrice = z.infer<typeof listed>

/** Changes come after what was in force before them: the file's own price, or else the built-in ones. */
const versionsOf = (written: Entry, known: readonly PriceVersion[]): readonly PriceVersion[] => {
  const changes = (written.price_changes ?? [])
    .map((changed) => versionOf(changed, Date.parse(changed.from)))
    .sort((one, other) => one.effectiveFromMs - other.effectiveFromMs)
  const before = written.price ? [versionOf(written.price, 0)] : known
  const firstMs = changes[0]?.effectiveFromMs ?? Number.POSITIVE_INFINITY
  return [...before.filter(({ effectiveFromMs }) => effectiveFromMs < firstMs), ...changes]
}

/** A written price as one that counts from a moment on, with everything that follows from what it states. */
export const versionOf = (written: WrittenPrice, effectiveFromMs: number): PriceVersion => {
  const units = unitsOf(written)
  const table = tableOf(written, units)
  const tiers = Object.entries(written.service_tiers ?? {}).map(
    ([name, tier]) =>
      [name, typeof tier === 'bigint' ? tableTimes(table, tier) : tableOf(tier, tierUnits(units, tier))] as const,
  )
  return { effectiveFromMs, ...table, ...(tiers.length > 0 && { serviceTiers: Object.fromEntries(tiers) }) }
}

const tableOf = (written: z.infer<typeof tieredPrices>, units: UnitPrices | undefined): PriceTable => ({
  prices: pricesOf(written, units),
  tiers: [...(written.tiers ?? [])]
    .sort((a, b) => a.above_input_tokens - b.above_input_tokens)
    .map((tier) => ({ aboveInputTokens: tier.above_input_tokens, prices: pricesOf(tier, units) })),
})

/** A tier has the fees of the standard price, but for those it states itself: an image of another size. */
const tierUnits = (standard: UnitPrices | undefined, tier: z.infer<typeof feedPrices>): UnitPrices | undefined => {
  const own = unitsOf(tier)
  return own ? { ...standard, ...own } : standard
}

const unitsOf = (written: z.infer<typeof feedPrices>): UnitPrices | undefined => {
  const stated = {
    request: written.per_request,
    webSearches: written.per_web_search,
    searchedRequest: written.per_searched_request,
    images: written.per_image,
    inputSeconds: written.per_input_second ?? written.per_second,
    outputSeconds: written.per_output_second ?? written.per_second,
    characters: written.per_million_characters,
    searchUnits: written.per_search_unit,
    fileSearches: written.per_file_search,
    codeSessions: written.per_code_session,
    imageInput: written.per_million_image_input,
    imageOutput: written.per_million_image_output,
  }
  const known = Object.entries(stated).filter(([, amount]) => amount !== undefined)
  return known.length === 0 ? undefined : Object.fromEntries(known)
}

const pricesOf = (written: z.infer<typeof prices>, units: UnitPrices | undefined) =>
  completePrices({
    input: written.input,
    output: written.output,
    cacheRead: written.cache_read,
    cacheWrite5m: written.cache_write_5m,
    cacheWrite1h: written.cache_write_1h,
    inputAudio: written.input_audio,
    outputAudio: written.output_audio,
    units,
  })
