import { type RouteConfig, z } from '@hono/zod-openapi'
import { EXPLAIN_PATH } from '../explain/endpoint.ts'
import { answer, failures, KEY_ONLY } from './routes.ts'

const text = (description: string) => z.string().openapi({ description })
const usd = (description: string) => z.string().openapi({ description, example: '0.001300000' })

const ErrorShown = z.object({
  kind: z.string(),
  code: z.string(),
  message: z.string(),
  param: z.string().nullable(),
  retry_after_s: z.number().int().nullable(),
})

const Quote = z.object({
  amount_usd: usd('The most it can cost.'),
  input_tokens_estimated: z.number().int(),
  output_tokens_max: z.number().int(),
})

const Sent = z
  .object({
    kind: z.enum(['sent', 'answered_here', 'refused']),
    method: z.string().optional(),
    path: z.string().optional(),
    url: text('For whoever sent the admin key.').optional(),
    headers: z.record(z.string(), z.string()).optional().openapi({ description: 'Without credentials.' }),
    body: text('Byte for byte; base64 where it is no text.').optional(),
    body_bytes: z.number().int().optional(),
    body_encoding: z.enum(['utf-8', 'base64']).optional(),
    body_cut: z.boolean().optional(),
    losses: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(),
    status: z.number().int().optional(),
    error: ErrorShown.optional(),
  })
  .nullable()

const Candidate = z.object({
  channel: z.string(),
  provider: z.string(),
  priority: z.number().int(),
  weight: z.number().int(),
  why: text('What put it where it stands.'),
  requested_as: z.string(),
  model: z.string(),
  upstream_model: z.string(),
  upstream_format: z.string(),
  keys: z.array(
    z.object({
      id: z.string(),
      standing: z.enum(['ready', 'probe', 'blocked']),
      blocks: z.array(
        z.object({
          subject: z.string(),
          kind: z.string(),
          reason: z.string(),
          since: z.string(),
          until: z.string().nullable(),
        }),
      ),
    }),
  ),
  quote: Quote.nullable(),
  prices: z.record(z.string(), z.string().nullable()).nullable(),
  multipliers: z.record(z.string(), z.string()).nullable(),
  sent: Sent,
})

/** The shape `renderExplanation` writes, for the OpenAPI description. */
const ExplanationSchema = z
  .object({
    object: z.literal('explanation'),
    request_id: z.string(),
    would_refuse: z
      .object({
        step: z.enum(['authenticate', 'read', 'recall', 'direct', 'choose', 'admit', 'attempt']),
        status: z.number().int(),
        error: ErrorShown,
      })
      .nullable(),
    operation: z.object({
      path: z.string(),
      guessed: z.boolean(),
      format: z.string(),
      action: z.string(),
      stream: z.boolean().nullable(),
    }),
    model: z.object({
      requested: z.string().nullable(),
      served: z.string().nullable(),
      names: z.array(
        z.object({
          name: z.string(),
          means: z.enum(['id', 'alias', 'dated', 'provider', 'retired', 'unknown']),
          model: z.string().nullable(),
          upstream_name: z.string().nullable(),
        }),
      ),
    }),
    rule: z
      .object({
        name: z.string(),
        model: z.string().nullable(),
        channels: z.array(z.string()).nullable(),
        parameters: z.record(z.string(), z.unknown()),
        refuse: z.string().nullable(),
      })
      .nullable(),
    group: z.string(),
    strategy: z.string(),
    hedge_after_ms: z.number().int().nullable(),
    conversation: z.object({ channel: z.string(), key: z.string() }).nullable(),
    first: z.object({ channel: z.string(), key: z.string(), why: z.string() }).nullable(),
    candidates: z.array(Candidate),
    left_out: z.array(z.object({ channel: z.string(), provider: z.string(), model: z.string(), why: z.string() })),
    quote: Quote.nullable(),
    limits: z.array(
      z.object({
        measure: z.enum(['requests', 'tokens', 'input_tokens', 'output_tokens']),
        limit: z.number().int(),
        remaining: z.number().int(),
        needed: z.number().int(),
        resets_at: z.string(),
      }),
    ),
    funds: z
      .object({
        covers: z.boolean(),
        available_usd: usd('For keys that may see receipts.').nullable(),
        budgets: z.array(
          z.object({
            of: z.enum(['key', 'project']),
            window: z.string(),
            limit_usd: z.string(),
            spent_usd: z.string().nullable(),
            held_usd: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
  })
  .openapi('Explanation')

/** `POST /v1/explain`, described. */
export const explainRoute: RouteConfig = {
  method: 'post',
  path: EXPLAIN_PATH,
  operationId: 'explainRequest',
  tags: ['Requests'],
  summary: 'Say what would become of a request, without sending it',
  description:
    'Takes the body of any request, or `{"path", "headers", "body"}`. Nothing is sent, set aside or spent; it counts as ' +
    'one request. A request that would be refused is explained, too.',
  security: KEY_ONLY,
  request: {
    query: z.object({
      path: text('Where the request would be sent; guessed from its shape when left out.').optional(),
      all: z.enum(['true', 'false']).optional().openapi({ description: 'Write it out for every candidate.' }),
    }),
    body: {
      required: true,
      content: { 'application/json': { schema: { type: 'object' as const, additionalProperties: true } } },
    },
  },
  responses: { 200: answer(ExplanationSchema, 'What would become of it.'), ...failures(400, 413, 415) },
}
