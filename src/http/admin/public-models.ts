import { createRoute, z } from '@hono/zod-openapi'
import { MODEL_TYPES } from '../../canon/model.ts'
import { fault } from '../../errors.ts'
import type { PublicModels } from '../pricing.ts'
import type { ControlPlaneApp } from './deps.ts'
import { refuse } from './refusal.ts'
import { answer, failures, TIME } from './routes.ts'

const PRICING = z
  .record(z.string(), z.unknown())
  .nullable()
  .openapi({
    description: 'As in `GET /v1/models`. null: nobody knows a price, and the model is refused.',
    example: { input: '3', output: '15', cache_read: '0.3', cache_write_5m: '3.75', cache_write_1h: '6' },
  })

const PublicModelsSchema = z
  .object({
    at: TIME,
    pricing_unit: z.literal('usd_per_million_tokens'),
    plans: z.array(
      z.object({
        id: z.string().openapi({ example: 'pro' }),
        discount: z.string().openapi({ description: 'The share taken off every price.', example: '0.2' }),
      }),
    ),
    data: z.array(
      z.object({
        id: z.string().openapi({ example: 'claude-haiku-4-5' }),
        aliases: z.array(z.string()),
        display_name: z.string(),
        provider: z.string().openapi({ description: 'Who makes it.', example: 'anthropic' }),
        type: z.enum(MODEL_TYPES),
        context_window: z.number().nullable(),
        max_output_tokens: z.number().nullable(),
        capabilities: z.array(z.string()),
        created: z.number().openapi({ description: 'Unix seconds; 0: nobody says.' }),
        pricing: PRICING,
        own_pricing: z.array(z.object({ plan: z.string().nullable(), pricing: PRICING })).openapi({
          description: 'What is paid without a plan (null), then with each: list price, multipliers and discount.',
        }),
      }),
    ),
    retired: z.array(z.object({ id: z.string(), successor: z.string() })),
  })
  .openapi('PublicModels')

const listPublicModels = createRoute({
  method: 'get',
  path: '/api/public/models',
  operationId: 'listPublicModels',
  tags: ['Models'],
  summary: 'List models and prices',
  description:
    'For everybody, unless `public_prices` of the configuration says no: the models that keys of group `default` are ' +
    'served, their list prices, and what is paid with each plan. What a key of yours pays is in `GET /v1/models`.',
  responses: { 200: answer(PublicModelsSchema, 'The models.'), ...failures(404) },
})

/** How long an answer may be kept. Prices that are set in the meantime are shown after that. */
const FRESH_SECONDS = 10

/** `GET /api/public/models`. `models` says nothing where it is not for everybody. */
export const registerPublicModels = (app: ControlPlaneApp, models: () => PublicModels | undefined): void => {
  app.openapi(listPublicModels, (c) => {
    const listed = models()
    if (!listed) return refuse(c, fault('not-found', 'Prices are not public here. GET /v1/models shows them to a key.'))
    c.header('cache-control', `public, max-age=${FRESH_SECONDS}`)
    // Copied only in type: what is readonly here is a plain list there.
    return c.json(listed as z.input<typeof PublicModelsSchema>, 200)
  })
}
