import { z } from 'zod'
import { type Model, MODEL_TYPES } from '../canon/model.ts'
import type { PriceVersion } from '../canon/price.ts'
import { err, ok, type Result } from '../result.ts'
import { ONE, parsePartsPerMillion, parseUsdPerMtok } from '../units.ts'
import { completePrices } from './prices.ts'
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

const count = z.int('expected a whole number of tokens').positive('expected at least 1 token')

const tieredPrices = prices.extend({
  tiers: z
    .array(prices.extend({ above_input_tokens: count }))
    .max(8)
    .optional(),
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
  price: tieredPrices.optional(),
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
  priceVersions: written.price ? [versionOf(written.price)] : (known?.priceVersions ?? []),
})

type Written = z.infer<typeof tieredPrices>

const versionOf = (written: Written): PriceVersion => ({
  effectiveFromMs: 0,
  prices: pricesOf(written),
  tiers: [...(written.tiers ?? [])]
    .sort((a, b) => a.above_input_tokens - b.above_input_tokens)
    .map((tier) => ({ aboveInputTokens: tier.above_input_tokens, prices: pricesOf(tier) })),
})

const pricesOf = (written: z.infer<typeof prices>) =>
  completePrices({
    input: written.input,
    output: written.output,
    cacheRead: written.cache_read,
    cacheWrite5m: written.cache_write_5m,
    cacheWrite1h: written.cache_write_1h,
    inputAudio: written.input_audio,
    outputAudio: written.output_audio,
  })
