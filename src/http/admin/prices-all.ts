import { createRoute, z } from '@hono/zod-openapi'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line, oneOf } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { auditPrice, priceInForce } from './price-audit.ts'
import { changePrice, findPrice, setPrice, withdrawPrice } from './price-changes.ts'
import {
  ModelPriceSchema,
  NewModelPriceSchema,
  PRICE_SOURCES,
  PriceChangesSchema,
  STANDING_STATES,
} from './price-schemas.ts'
import { renderSetPrice, renderStatedPrices } from './price-states.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam } from './routes.ts'

type Shown = z.infer<typeof ModelPriceSchema>

const SHARED = { tags: ['Prices'], security: ADMIN_ONLY }
const ONE = { ...SHARED, path: '/api/admin/prices/{id}' }
const PARAMS = z.object({ id: idParam('price_01jd8m9h4t') })

const listAll = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/prices',
  operationId: 'listPrices',
  summary: 'List the prices of all models, newest first',
  description:
    'Those that stand: of each model the one in force and all to come, set or stated by the catalogue, by the moment they ' +
    'count from. What stood before is under `/api/admin/models/{model}/prices`.',
  request: {
    query: z.strictObject({
      model: line(200).optional().openapi({ description: 'Of this model, by its id.', example: 'claude-sonnet-4-6' }),
      source: oneOf(PRICE_SOURCES).optional().openapi({ description: 'From here.', example: 'administrator' }),
      state: oneOf(STANDING_STATES).optional().openapi({ description: 'In force, or to come.', example: 'to_come' }),
      ...PAGING,
    }),
  },
  responses: { 200: answer(listingOf(ModelPriceSchema), 'A page of prices.'), ...failures(400) },
})

const create = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/prices',
  operationId: 'createPrice',
  summary: 'Set a price of a model that is named in the body',
  description: 'The same as `PUT /api/admin/models/{model}/price`.',
  request: { body: body(NewModelPriceSchema) },
  responses: { 201: answer(ModelPriceSchema, 'The price as set.'), ...failures(400, 404, 409, 413, 415) },
})

const get = createRoute({
  ...ONE,
  method: 'get',
  operationId: 'getPrice',
  summary: 'Get a price that was set',
  request: { params: PARAMS },
  responses: { 200: answer(ModelPriceSchema, 'The price, whatever became of it.'), ...failures(404) },
})

const update = createRoute({
  ...ONE,
  method: 'patch',
  operationId: 'updatePrice',
  summary: 'Change a price that is not in force yet',
  description:
    'What is written stays: this price is withdrawn, and another one with an id of its own takes its place, which is the ' +
    'answer. A 409 where it is in force, or will be within two seconds, or was withdrawn or replaced: then set another.',
  request: { params: PARAMS, body: body(PriceChangesSchema) },
  responses: { 200: answer(ModelPriceSchema, 'The price in its place.'), ...failures(400, 404, 409, 413, 415) },
})

const remove = createRoute({
  ...ONE,
  method: 'delete',
  operationId: 'withdrawPrice',
  summary: 'Withdraw a price that is not in force yet, by its id alone',
  description: 'As `DELETE /api/admin/models/{model}/prices/{id}` does.',
  request: {
    params: PARAMS,
    query: z.strictObject({ reason: line(500).optional().openapi({ description: 'For those who ask later.' }) }),
  },
  responses: { 200: answer(ModelPriceSchema, 'The price as withdrawn.'), ...failures(400, 404, 409) },
})

/** Everything under `/api/admin/prices`. */
export const registerAllPrices = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(listAll, async (c) => {
    const { model, source, state, ...paging } = c.req.valid('query')
    const all = await standingPrices(deps, model)
    const wanted = all.filter(
      (price) => (source === undefined || price.source === source) && (state === undefined || price.state === state),
    )
    const { cursor, limit } = pageOf(paging)
    const rest = cursor === undefined ? wanted : wanted.slice(placeAfter(wanted, cursor))
    const last = rest[limit - 1]
    const next = rest.length > limit && last ? cursorOf(last) : null
    return c.json({ data: rest.slice(0, limit), next_cursor: next }, 200)
  })

  app.openapi(create, async (c) => {
    const { model, ...price } = c.req.valid('json')
    const before = priceInForce(deps, model)
    const set = await setPrice(deps, actorOf(c), model, price)
    const act = { action: 'createPrice', model, reason: set.ok ? set.value.reason : null }
    if (set.ok) await auditPrice(deps, c, act, before, set.value)
    return set.ok ? c.json(set.value, 201) : refuse(c, set.error)
  })

  app.openapi(get, async (c) => {
    const found = await findPrice(deps, c.req.valid('param').id)
    return found.ok ? c.json(found.value.shown, 200) : refuse(c, found.error)
  })

  app.openapi(update, async (c) => {
    const found = await findPrice(deps, c.req.valid('param').id)
    if (!found.ok) return refuse(c, found.error)
    // As it was written: what the description reads amounts as cannot be put beside what is shown.
    const changed = await changePrice(deps, actorOf(c), found.value.price, await c.req.json())
    if (!changed.ok) return refuse(c, changed.error.error, changed.error.mistakes)
    const { model, reason } = changed.value
    await auditPrice(deps, c, { action: 'updatePrice', model, reason }, found.value.shown, changed.value)
    return c.json(changed.value, 200)
  })

  app.openapi(remove, async (c) => {
    const found = await findPrice(deps, c.req.valid('param').id)
    if (!found.ok) return refuse(c, found.error)
    const withdrawn = await withdrawPrice(deps, actorOf(c), found.value.price, c.req.valid('query').reason ?? null)
    const act = { action: 'withdrawPrice', model: found.value.shown.model, reason: c.req.valid('query').reason ?? null }
    if (withdrawn.ok) await auditPrice(deps, c, act, found.value.shown, null)
    return withdrawn.ok ? c.json(withdrawn.value, 200) : refuse(c, withdrawn.error)
  })
}

/** Of each model, or of one: what is in force and what is to come, newest first, then by model. */
const standingPrices = async (
  { store, catalogue, nowMs: now }: Pick<ControlPlaneDeps, 'store' | 'catalogue' | 'nowMs'>,
  model: string | undefined,
): Promise<readonly Shown[]> => {
  const nowMs = now()
  const set = Map.groupBy(await store.prices.from(nowMs, model), (price) => price.model)
  const ids = model === undefined ? catalogue.models().map(({ id }) => id) : [model]
  const all = [...new Set([...ids, ...set.keys()])].flatMap((id): readonly Shown[] => {
    const own = set.get(id) ?? []
    const stated = catalogue.stated(id)
    return [
      ...own.map((price) => renderSetPrice(price, own, nowMs)),
      ...(stated ? renderStatedPrices(stated, own, nowMs) : []),
    ]
  })
  const standing: ReadonlySet<Shown['state']> = new Set(STANDING_STATES)
  return all.filter(({ state }) => standing.has(state)).sort(compare)
}

/** Of one model only one price stands from one moment. */
type Place = readonly [effectiveFromMs: number, model: string]

const placeOf = ({ effective_from, model }: Shown): Place => [
  effective_from === null ? 0 : Date.parse(effective_from),
  model,
]

const comparePlaces = ([oneMs, one]: Place, [otherMs, other]: Place): number =>
  otherMs - oneMs || (one < other ? -1 : one > other ? 1 : 0)

const compare = (one: Shown, other: Shown): number => comparePlaces(placeOf(one), placeOf(other))

const cursorOf = (price: Shown): string => Buffer.from(placeOf(price).join(':')).toString('base64url')

/** Where a page begins; at the end for a cursor that nobody was given. */
const placeAfter = (prices: readonly Shown[], cursor: string): number => {
  const [, ms, model] = /^(\d{1,15}):(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (ms === undefined || model === undefined) return prices.length
  const at = prices.findIndex((price) => comparePlaces(placeOf(price), [Number(ms), model]) > 0)
  return at === -1 ? prices.length : at
}
