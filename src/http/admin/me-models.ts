import { createRoute, z } from '@hono/zod-openapi'
import { MODEL_TYPES, type Model } from '../../canon/model.ts'
import type { PriceVersion } from '../../canon/price.ts'
import type { UserRecord } from '../../db/types.ts'
import { mayUse } from '../../keys/principal.ts'
import type { Catalogue } from '../../providers/catalogue.ts'
import { servesModel } from '../../routing/choose.ts'
import type { Channel } from '../../routing/types.ts'
import { type PartsPerMillion, partsPerMillion } from '../../units.ts'
import { renderListPrices, renderPaidPrices } from '../models/openai.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { groupsOf } from './me-key-limits.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { answer, failures, KEY_OWNER } from './routes.ts'

/** What is offered, and to whom. */
export interface OfferDeps {
  readonly catalogue: Pick<Catalogue, 'models' | 'resolve' | 'priceAt'>
  readonly channels: readonly Channel[]
  /** The operator's own names for models, with what they mean. */
  readonly aliases: ReadonlyMap<string, string>
  readonly multiplierOf: (group: string) => PartsPerMillion
}

const PRICING = z
  .record(z.string(), z.unknown())
  .nullable()
  .openapi({
    description: 'As in `GET /v1/models`. null: nobody knows a price, and the model is refused.',
    example: { input: '3', output: '15' },
  })

const MyModelsSchema = z
  .object({
    pricing_unit: z.literal('usd_per_million_tokens'),
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
        pricing: PRICING.openapi({ description: 'The list price.' }),
        own_pricing: z
          .array(z.object({ group: z.string().openapi({ example: 'default' }), pricing: PRICING }))
          .openapi({
            description: 'What is paid by a key of each group that serves it, multipliers and plan included.',
          }),
      }),
    ),
    next_cursor: z.null(),
  })
  .openapi('MyModels')

const listMyModels = createRoute({
  method: 'get',
  path: '/api/me/models',
  operationId: 'listMyModels',
  tags: ['Me'],
  summary: 'List the models that the account may ask, with its own prices',
  description:
    'To a key: what that key may use. To who is signed in: what keys of any of the groups of `GET /api/me/groups` may use.',
  security: KEY_OWNER,
  request: { query: z.strictObject({ key: KEY_IN_QUERY }) },
  responses: { 200: answer(MyModelsSchema, 'The models.'), ...failures(400, 403) },
})

/** `GET /api/me/models`. */
export const registerMyModels = (app: ControlPlaneApp, deps: ControlPlaneDeps, offer: OfferDeps): void => {
  app.openapi(listMyModels, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const principal = c.get('principal')
    const user = await deps.store.users.find(caller.value.userId)
    const groups = principal ? [principal.group] : await groupsOf(deps, caller.value.userId)
    const models = offer.catalogue
      .models()
      .filter(({ id }) => offer.catalogue.resolve(id).ok && (!principal || mayUse(principal, id).ok))
    const data = models.flatMap((model) => {
      const serving = groups.filter((group) => isServed(offer, group, model))
      return serving.length === 0 ? [] : [renderModel(deps, offer, user, model, serving)]
    })
    return c.json({ pricing_unit: 'usd_per_million_tokens' as const, data, next_cursor: null }, 200)
  })
}

const isServed = ({ channels }: OfferDeps, group: string, model: Model): boolean =>
  channels.some((channel) => channel.groups.has(group) && servesModel(channel, model))

const renderModel = (
  { facts, nowMs }: ControlPlaneDeps,
  offer: OfferDeps,
  user: UserRecord | undefined,
  model: Model,
  groups: readonly string[],
) => {
  const prices: PriceVersion | undefined = offer.catalogue.priceAt(model, nowMs())
  const plan = user?.plan ? facts.plans.get(user.plan) : undefined
  const paidIn = (group: string) =>
    prices
      ? renderPaidPrices(prices, {
          user: user?.rateMultiplier ?? partsPerMillion(1_000_000n),
          model: model.multiplier,
          group: offer.multiplierOf(group),
          planDiscount: plan?.discount ?? partsPerMillion(0n),
        })
      : null
  return {
    id: model.id,
    aliases: [...offer.aliases].flatMap(([alias, meant]) => (meant === model.id ? [alias] : [])),
    display_name: model.displayName,
    provider: model.vendor,
    type: model.type,
    context_window: model.contextWindow ?? null,
    max_output_tokens: model.maxOutputTokens ?? null,
    capabilities: [...model.capabilities],
    pricing: shown(prices ? renderListPrices(prices) : null),
    own_pricing: groups.map((group) => ({ group, pricing: shown(paidIn(group)) })),
  }
}

/** Prices are objects of names and texts, however they are typed where they are written. */
const shown = (pricing: unknown): Record<string, unknown> | null => pricing as Record<string, unknown> | null
