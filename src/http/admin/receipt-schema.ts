import { z } from '@hono/zod-openapi'
import { UPSTREAM_FORMATS, WIRE_FORMATS } from '../../canon/operation.ts'
import { TIME, USD } from './routes.ts'

const COUNT = z.number().int()
const PER_MTOK = z.string().openapi({ example: '3.000000000' })
const FACTOR = z.string().openapi({ example: '1' })
const FORMAT = z.enum(WIRE_FORMATS)

const USED = COUNT.optional().openapi({ description: 'Only where there were some.', example: undefined })
const FEE = z.string().optional().openapi({ description: 'USD for one, where it was used.', example: undefined })

const UsageSchema = z
  .object({
    input: COUNT.openapi({ description: 'Fresh text and image input.', example: 1200 }),
    cache_read: COUNT.openapi({ example: 0 }),
    cache_write_5m: COUNT.openapi({ example: 0 }),
    cache_write_1h: COUNT.openapi({ example: 0 }),
    output: COUNT.openapi({ description: 'All text output, reasoning included.', example: 350 }),
    reasoning: COUNT.openapi({
      description: 'The part of `output` that was reasoning; never added to it.',
      example: 0,
    }),
    input_audio: COUNT.optional().openapi({ description: 'Only where there was audio.', example: undefined }),
    output_audio: COUNT.optional().openapi({ description: 'Only where there was audio.', example: undefined }),
    images: USED,
    input_seconds: USED,
    output_seconds: USED,
    characters: USED,
    web_searches: USED,
    search_units: USED,
    file_searches: USED,
    code_sessions: USED,
    image_input: USED,
    image_output: USED,
  })
  .openapi('Usage', { description: 'Tokens in buckets that do not overlap, so that the bill is a plain sum.' })

const PricesSchema = z
  .object({
    input: PER_MTOK,
    cache_read: PER_MTOK,
    cache_write_5m: PER_MTOK,
    cache_write_1h: PER_MTOK,
    output: PER_MTOK.nullable(),
    input_audio: PER_MTOK.optional(),
    output_audio: PER_MTOK.optional(),
    per_request: FEE,
    per_web_search: FEE,
    per_searched_request: FEE,
    per_image: FEE,
    per_input_second: FEE,
    per_output_second: FEE,
    per_million_characters: FEE,
    per_search_unit: FEE,
    per_file_search: FEE,
    per_code_session: FEE,
    per_million_image_input: FEE,
    per_million_image_output: FEE,
  })
  .openapi('Prices', { description: 'USD per million tokens. null: unknown, which is never zero.' })

const MultipliersSchema = z
  .object({
    user: FACTOR,
    model: FACTOR,
    group: FACTOR,
    plan_discount: FACTOR.openapi({ description: 'The share taken off.', example: '0.3' }),
  })
  .openapi('Multipliers')

const AttemptSchema = z
  .object({
    channel: z.string().openapi({ example: 'openai' }),
    key: z.string().nullable().openapi({ description: "The provider's key, by its name.", example: '1' }),
    why: z.string().nullable().openapi({ description: 'Why it was its turn.', example: 'weighted 1' }),
    status: COUNT.openapi({ description: "The upstream's HTTP status; 0 when it never answered.", example: 200 }),
    error: z.string().nullable().openapi({ example: null }),
    ms: z.number().openapi({ example: 840 }),
    start_ms: z
      .number()
      .nullable()
      .openapi({ description: 'When it began, counted from when the request came in; null: not noted.', example: 3 }),
  })
  .openapi('Attempt')

const LineSchema = z
  .object({
    bucket: z.string().openapi({
      description:
        'A bucket of `usage` or a fee of `prices`; then `rounding`, `above_most`, `uncollected`, `not_charged`.',
      example: 'input',
    }),
    tokens: COUNT.nullable().openapi({ description: 'null: not sold by the token.', example: 1200 }),
    price_usd_per_mtok: PER_MTOK.nullable(),
    quantity: COUNT.nullable().openapi({
      description: 'Of anything; null: the line is an amount alone.',
      example: 1200,
    }),
    price_usd: PER_MTOK.nullable().openapi({ description: 'For `per` of it.' }),
    per: COUNT.nullable().openapi({ description: '1 or 1000000.', example: 1000000 }),
    usd: USD.openapi({ description: 'With all multipliers, rounded down.', example: '0.003600000' }),
  })
  .openapi('ReceiptLine')

/** The shape `renderReceipt` writes, for the OpenAPI description. */
export const ReceiptSchema = z
  .object({
    request_id: z.string().openapi({ example: 'req_01jd8m9h4t' }),
    corrects: z.string().optional().openapi({
      description: 'On a second receipt of a request: the first one, which says that it was abandoned.',
      example: undefined,
    }),
    at: TIME,
    user_id: z.string().openapi({ example: 'user_01jd8m3q7x' }),
    key_id: z.string().openapi({ example: 'key_01jd8m5w2c' }),
    project_id: z.string().nullable().openapi({ example: null }),
    group: z.string().openapi({ example: 'default' }),
    client_format: FORMAT,
    upstream_format: z.enum(UPSTREAM_FORMATS),
    action: z.string().openapi({ example: 'generate' }),
    model_requested: z.string().openapi({ example: 'gpt-5-mini' }),
    model_served: z.string().openapi({ example: 'gpt-5-mini' }),
    provider: z.string().openapi({ example: 'openai' }),
    channel: z.string().openapi({ example: 'openai' }),
    attempts: z.array(AttemptSchema),
    status: COUNT.openapi({ description: 'The HTTP status the client saw.', example: 200 }),
    stream: z.boolean(),
    ended: z.enum(['whole', 'client_cut', 'upstream_cut', 'failed', 'abandoned']),
    usage: UsageSchema,
    usage_source: z.enum(['upstream', 'estimated']),
    service_tier: z
      .string()
      .openapi({ description: "The vendor's tier of service that was billed.", example: 'standard' }),
    prices: PricesSchema,
    multipliers: MultipliersSchema,
    quote_usd: USD.openapi({ description: 'The most it could have cost; held while it ran.', example: '0.012000000' }),
    cost_usd: USD.openapi({ description: 'What was charged.', example: '0.001000000' }),
    uncollected_usd: USD.openapi({ description: 'Cost above what the account could pay.', example: '0.000000000' }),
    latency_ms: z.number().openapi({ example: 845 }),
    ttft_ms: z.number().nullable().openapi({ description: 'Until the first content of a stream.', example: 210 }),
    overhead_ms: z.number().openapi({ description: "Tollgate's own part, before the upstream was asked.", example: 1 }),
    warnings: z.array(z.string()).openapi({ example: [] }),
    raw_usage: z
      .unknown()
      .openapi({ description: "The vendor's own usage object, unchanged.", example: { total_tokens: 1550 } }),
  })
  .openapi('Receipt', { description: 'What a request cost and why.' })

const SignatureSchema = z
  .object({
    alg: z.literal('Ed25519'),
    key_id: z.string().openapi({ example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k' }),
    value: z.string().openapi({ description: 'Base64url, over the canonical JSON (RFC 8785) of all other members.' }),
  })
  .openapi('Signature')

/** A receipt read by itself, which is signed; those of a list are not. */
export const SignedReceiptSchema = ReceiptSchema.extend({
  corrected_by: z.string().optional().openapi({
    description: 'On a receipt that says `abandoned`: the second one, which says how the request ended after all.',
    example: undefined,
  }),
  payload_captured: z.boolean().openapi({
    description: 'Whether what the request and its answers said was captured, and is still kept: `…/payload` shows it.',
    example: false,
  }),
  lines: z.array(LineSchema).openapi({ description: 'What the charge was made of. The sum of `usd` is `cost_usd`.' }),
  signature: SignatureSchema,
}).openapi('SignedReceipt', {
  description: 'What a request cost and why, signed with a key of `/.well-known/tollgate-receipts.json`.',
})

export const ReceiptKeysSchema = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string().openapi({ description: 'The public key, in base64url.' }),
        kid: z.string().openapi({ description: 'Its thumbprint (RFC 7638).' }),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
        valid_from: TIME,
        valid_to: TIME.nullable().openapi({ description: 'null: the key in use.' }),
      }),
    ),
  })
  .openapi('ReceiptKeys', { description: 'A JWK set (RFC 7517), newest key first.' })
