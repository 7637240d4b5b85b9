import { createRoute, z } from '@hono/zod-openapi'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { auditPrice, priceInForce } from './price-audit.ts'
import { findModel, setPrice, withdrawPrice } from './price-changes.ts'
import { ModelPriceSchema, NewPriceSchema } from './price-schemas.ts'
import { renderSetPrice, renderStatedPrices } from './price-states.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound } from './routes.ts'

const MODEL = idParam('claude-sonnet-4-6').openapi({
  description: 'An id of the catalogue, a slash in it written %2F.',
  example: 'claude-sonnet-4-6',
})
const SHARED = { tags: ['Prices'], security: ADMIN_ONLY }

const setModelPrice = createRoute({
  ...SHARED,
  method: 'put',
  path: '/api/admin/models/{model}/price',
  operationId: 'setModelPrice',
  summary: 'Set the price of a model',
  description:
    'A whole price, from now or from a moment to come. From then on only prices that were set count for the model, ' +
    'whatever the catalogue has. Requests that came in before keep theirs, and so do receipts. Other replicas know of it ' +
    'within two seconds: for all to change at the same moment, name one that is further away.',
  request: { params: z.object({ model: MODEL }), body: body(NewPriceSchema) },
  responses: { 200: answer(ModelPriceSchema, 'The price as set.'), ...failures(400, 404, 409, 413, 415) },
})

const listPrices = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/models/{model}/prices',
  operationId: 'listModelPrices',
  summary: 'List all prices of a model, newest first',
  description: 'Those that were set, by the moment they count from; after them those that the catalogue states.',
  request: { params: z.object({ model: MODEL }), query: z.strictObject(PAGING) },
  responses: { 200: answer(listingOf(ModelPriceSchema), 'A page of prices.'), ...failures(400, 404) },
})

const withdrawModelPrice = createRoute({
  ...SHARED,
  method: 'delete',
  path: '/api/admin/models/{model}/prices/{id}',
  operationId: 'withdrawModelPrice',
  summary: 'Withdraw a price that is not in force yet',
  description:
    'A 409 where it is, or will be within two seconds: then set another. Withdrawing one twice changes nothing.',
  request: {
    params: z.object({ model: MODEL, id: idParam('price_01jd8m9h4t') }),
    query: z.strictObject({ reason: line(500).optional().openapi({ description: 'For those who ask later.' }) }),
  },
  responses: { 200: answer(ModelPriceSchema, 'The price as withdrawn.'), ...failures(400, 404, 409) },
})

/** Set, list and withdraw under `/api/admin/models/{model}`. */
export const registerPrices = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { prices } = deps.store

  app.openapi(setModelPrice, async (c) => {
    const { model } = c.req.valid('param')
    const before = priceInForce(deps, model)
    const set = await setPrice(deps, actorOf(c), model, c.req.valid('json'))
    const act = { action: 'setModelPrice', model, reason: set.ok ? set.value.reason : null }
    if (set.ok) await auditPrice(deps, c, act, before, set.value)
    return set.ok ? c.json(set.value, 200) : refuse(c, set.error)
  })

  app.openapi(listPrices, async (c) => {
    const model = findModel(deps, c.req.valid('param').model)
    if (!model.ok) return refuse(c, model.error)
    const { id } = model.value
    const nowMs = deps.nowMs()
    const { rows, nextCursor } = await prices.list(id, pageOf(c.req.valid('query')))
    const standing = await prices.from(nowMs, id)
    const set = rows.map((price) => renderSetPrice(price, standing, nowMs))
    // What the catalogue states comes after all that was set, and is never much.
    const stated = nextCursor === null ? renderStatedPrices(model.value, standing, nowMs) : []
    return c.json({ data: [...set, ...stated], next_cursor: nextCursor }, 200)
  })

  app.openapi(withdrawModelPrice, async (c) => {
    const { model, id } = c.req.valid('param')
    const price = await prices.find(id)
    if (!price || price.model !== model) return refuse(c, notFound(`price of ${model}`, id, 'id'))
    const withdrawn = await withdrawPrice(deps, actorOf(c), price, c.req.valid('query').reason ?? null)
    const act = { action: 'withdrawModelPrice', model, reason: c.req.valid('query').reason ?? null }
    if (withdrawn.ok) await auditPrice(deps, c, act, withdrawn.value, null)
    return withdrawn.ok ? c.json(withdrawn.value, 200) : refuse(c, withdrawn.error)
  })
}
