import { z } from '@hono/zod-openapi'
import type { PriceTable, PriceVersion } from '../../canon/price.ts'
import type { WrittenPrice } from '../../providers/catalogue-file.ts'
import { countField, line, momentField, multiplierField, priceField } from './fields.ts'
import { renderPriceTable, renderUnitFees } from '../price-json.ts'
import { TIME, USD } from './routes.ts'

const perMillion = (description: string, example: string) => priceField(example).openapi({ description })

const TOKEN_PRICES = {
  input: perMillion('USD per million tokens of fresh input. `"0"` where nothing is sold by the token.', '3'),
  output: perMillion('USD per million tokens of output. Left out: nobody knows, or there is none.', '15').optional(),
  cache_read: perMillion('Read from a cache. Left out: a tenth of `input`.', '0.30').optional(),
  cache_write_5m: perMillion('Written for five minutes. Left out: five quarters of `input`.', '3.75').optional(),
  cache_write_1h: perMillion('Written for an hour. Left out: twice `input`.', '6').optional(),
  input_audio: perMillion('Audio in. Left out: as text.', '10').optional(),
  output_audio: perMillion('Audio out. Left out: as text.', '20').optional(),
}

const TIERS = z
  .array(
    z
      .strictObject({ ...TOKEN_PRICES, above_input_tokens: countField.openapi({ example: 200000 }) })
      .openapi('PriceTier'),
    'must be a list',
  )
  .max(8, 'must have at most 8 entries')
  .optional()
  .openapi({ description: 'Prices of the whole request once its input exceeds a size.' })

const FEES = {
  per_request: priceField('0.005').optional(),
  per_web_search: priceField('0.01').optional(),
  per_image: priceField('0.04').optional(),
  per_second: priceField('0.0001').optional(),
  per_input_second: priceField('0.0001').optional(),
  per_output_second: priceField('0.0001').optional(),
  per_million_characters: priceField('15').optional(),
  per_search_unit: priceField('0.002').optional(),
  per_file_search: priceField('0.0025').optional(),
  per_code_session: priceField('0.03').optional(),
  per_million_image_input: priceField('10').optional(),
  per_million_image_output: priceField('40').optional(),
}

const SERVICE_TIERS = z
  .record(
    z.string().regex(/^[a-z]\w{0,39}$/, 'must be the name of a tier in lower case, such as flex'),
    z.union([multiplierField, z.strictObject({ ...TOKEN_PRICES, tiers: TIERS, ...FEES })], {
      error: 'must be a factor such as "0.5", or prices with at least "input"',
    }),
  )
  .refine((tiers) => Object.keys(tiers).length <= 20, 'must have at most 20 entries')
  .optional()
  .openapi({
    description: "Of the vendor's other tiers of service: a factor on all prices for tokens, or prices.",
    example: { flex: '0.5' },
  })

export const NewPriceSchema = z
  .strictObject({
    ...TOKEN_PRICES,
    tiers: TIERS,
    service_tiers: SERVICE_TIERS,
    ...FEES,
    effective_from: momentField.optional().openapi({
      description: 'From when it counts: not in the past. Left out: from now.',
    }),
    reason: line(500).optional().openapi({ description: 'For those who ask later.', example: 'as of the new list' }),
  })
  .openapi('NewPrice', { description: 'The whole price, with the fields of `price` in `model_catalog.json`.' })

const MODEL_FIELD = line(200).openapi({
  description: 'An id of the catalogue. Another name of a model is refused: what it means may change.',
  example: 'claude-sonnet-4-6',
})

/** The same, with the model that it is for. */
export const NewModelPriceSchema = z
  .strictObject({ model: MODEL_FIELD, ...NewPriceSchema.shape })
  .openapi('NewModelPrice', { description: 'A whole price of a model.' })

/** What of a price may be changed before it comes into force: each of its fields, taken out by `null`. */
export const PriceChangesSchema = z
  .strictObject(
    Object.fromEntries(Object.entries(NewPriceSchema.shape).map(([name, field]) => [name, field.nullish()])),
  )
  .openapi('PriceChanges', {
    description:
      'What is named takes the place of what is shown, null takes it away. What followed from another price when it was ' +
      'set stays as it is shown: null has it follow again.',
  })

/** Fails to compile where the fields are not those of the catalogue file. */
export const writtenPriceIn = ({
  effective_from: _from,
  reason: _reason,
  ...written
}: z.infer<typeof NewPriceSchema>): WrittenPrice => written

const SHOWN_PRICES = {
  input: USD,
  output: USD.optional(),
  cache_read: USD,
  cache_write_5m: USD,
  cache_write_1h: USD,
  input_audio: USD.optional(),
  output_audio: USD.optional(),
}
const ShownTierSchema = z.object({ ...SHOWN_PRICES, above_input_tokens: z.number().int() })
const SHOWN_TABLE = { ...SHOWN_PRICES, tiers: z.array(ShownTierSchema).optional() }

const SHOWN_FEES = {
  per_request: USD.optional(),
  per_web_search: USD.optional(),
  per_image: USD.optional(),
  per_input_second: USD.optional(),
  per_output_second: USD.optional(),
  per_million_characters: USD.optional(),
  per_search_unit: USD.optional(),
  per_file_search: USD.optional(),
  per_code_session: USD.optional(),
  per_million_image_input: USD.optional(),
  per_million_image_output: USD.optional(),
}

const ShownPriceSchema = z
  .object({
    ...SHOWN_TABLE,
    service_tiers: z.record(z.string(), z.object({ ...SHOWN_TABLE, ...SHOWN_FEES })).optional(),
    ...SHOWN_FEES,
  })
  .openapi('Price', { description: 'USD per million tokens, and for one of what is not sold by the token.' })

export const PRICE_SOURCES = ['built-in', 'catalogue file', 'administrator'] as const
export const STANDING_STATES = ['in_force', 'to_come'] as const
export const PRICE_STATES = [...STANDING_STATES, 'past', 'replaced', 'withdrawn'] as const

const orNull = (description: string) => z.string().nullable().openapi({ description, example: null })

export const ModelPriceSchema = z
  .object({
    id: orNull('Of a price that an administrator set.'),
    model: z.string().openapi({ example: 'claude-sonnet-4-6' }),
    source: z.enum(PRICE_SOURCES).openapi({ example: 'administrator' }),
    state: z.enum(PRICE_STATES).openapi({
      description:
        'replaced: never to come into force, for a price that was set takes its place. withdrawn: taken back before it did.',
    }),
    effective_from: TIME.nullable().openapi({ description: 'null: from the beginning.' }),
    price: ShownPriceSchema,
    set_at: TIME.nullable(),
    set_by: orNull('With which credential: admin_key or command_line.'),
    reason: orNull('As it was given.'),
    withdrawn_at: TIME.nullable().openapi({ example: null }),
    withdrawn_by: orNull('As `set_by`.'),
    withdrawn_reason: orNull('As it was given.'),
  })
  .openapi('ModelPrice')

/** Prices as the API shows them; what it shows can be sent back as it is. */
export const renderPrice = (version: PriceVersion): z.infer<typeof ShownPriceSchema> => ({
  ...renderPriceTable(version),
  ...(version.serviceTiers && {
    service_tiers: Object.fromEntries(
      Object.entries(version.serviceTiers).map(([name, tier]: readonly [string, PriceTable]) => [
        name,
        { ...renderPriceTable(tier), ...feesBeside(version, tier) },
      ]),
    ),
  }),
  ...renderUnitFees(version.prices.units ?? {}),
})

/** The fees of a tier where they are not the standard ones: images of another size. */
const feesBeside = ({ prices: standard }: PriceVersion, { prices }: PriceTable) =>
  prices.units === standard.units ? {} : renderUnitFees(prices.units ?? {})
