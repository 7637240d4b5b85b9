import { createRoute, z } from '@hono/zod-openapi'
import type { Model } from '../../canon/model.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { versionOf } from '../../providers/catalogue-file.ts'
import { err, ok, type Result } from '../../result.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { ModelPriceSchema, NewPriceSchema, writtenPriceIn } from './price-schemas.ts'
import { renderSetPrice, renderStatedPrices } from './price-states.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound } from './routes.ts'

const MODEL = idParam('claude-sonnet-4-6').openapi({
  description: 'An id of the catalogue, a slash in it written %2F.',
  example: 'claude-sonnet-4-6',
})
const SHARED = { tags: ['Prices'], security: ADMIN_ONLY }

const setPrice = createRoute({
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

const withdrawPrice = createRoute({
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

/** As many changes to come as a catalogue file may have. */
const TO_COME_MAX = 100
/** What was not withdrawn by then may be in force at a replica that has not heard of it. */
const KNOWN_WITHIN_MS = 2_000

/** Set, list and withdraw under `/api/admin/models/{model}`. */
export const registerPrices = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { prices } = deps.store

  app.openapi(setPrice, async (c) => {
    const model = findModel(deps, c.req.valid('param').model)
    if (!model.ok) return refuse(c, model.error)
    const wanted = c.req.valid('json')
    const nowMs = deps.nowMs()
    const { effective_from: effectiveFromMs = nowMs, reason = null } = wanted
    if (effectiveFromMs < nowMs) return refuse(c, IN_THE_PAST)
    const standing = await prices.from(nowMs, model.value.id)
    if (standing.filter(({ version }) => version.effectiveFromMs > nowMs).length >= TO_COME_MAX)
      return refuse(c, TOO_MANY)
    const version = versionOf(writtenPriceIn(wanted), effectiveFromMs)
    const set = await prices.add({ model: model.value.id, version, reason }, deps.actor)
    await deps.readPrices()
    return c.json(renderSetPrice(set, [...standing, set], nowMs), 200)
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

  app.openapi(withdrawPrice, async (c) => {
    const { model, id } = c.req.valid('param')
    const price = await prices.find(id)
    if (!price || price.model !== model) return refuse(c, notFound(`price of ${model}`, id, 'id'))
    const nowMs = deps.nowMs()
    if (price.withdrawn === null && price.version.effectiveFromMs < nowMs + KNOWN_WITHIN_MS)
      return refuse(c, fault('state-conflict', `The price ${id} is in force, or about to be. Set another instead.`))
    const act = { by: deps.actor, reason: c.req.valid('query').reason ?? null }
    const withdrawn = price.withdrawn === null ? await prices.withdraw(price, act) : price
    await deps.readPrices()
    return c.json(renderSetPrice(withdrawn, await prices.from(nowMs, model), nowMs), 200)
  })
}

const IN_THE_PAST = fault(
  'invalid-request',
  'effective_from must not lie in the past: requests have been charged at the price there was. Leave it out for now.',
  { param: 'effective_from', issue: 'must not lie in the past' },
)
const TOO_MANY = fault('state-conflict', `The model has ${TO_COME_MAX} prices to come. Withdraw one first.`)

/** A model by its id alone: what an alias or a dated name means may change, and its prices would not. */
const findModel = ({ catalogue }: ControlPlaneDeps, id: string): Result<Model, GatewayError> => {
  const model = catalogue.stated(id)
  if (model) return ok(model)
  const resolved = catalogue.resolve(id)
  if (!resolved.ok) return err(fault('model-not-found', resolved.error.message, { param: 'model' }))
  const message = `${id} is another name of ${resolved.value.model.id}. Prices are set by the id of the catalogue.`
  return err(fault('model-not-found', message, { param: 'model' }))
}
