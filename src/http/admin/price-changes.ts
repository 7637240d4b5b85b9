import type { z } from '@hono/zod-openapi'
import type { Model } from '../../canon/model.ts'
import type { PriceRecord } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { versionOf } from '../../providers/catalogue-file.ts'
import { err, ok, type Result } from '../../result.ts'
import type { ControlPlaneDeps } from './deps.ts'
import { mergePatch, type Refused, refused } from './objects.ts'
import { type ModelPriceSchema, NewPriceSchema, writtenPriceIn } from './price-schemas.ts'
import { renderSetPrice } from './price-states.ts'
import { mistakesFault, mistakesIn } from './refusal.ts'
import { notFound } from './routes.ts'

type Deps = Pick<ControlPlaneDeps, 'store' | 'catalogue' | 'readPrices' | 'nowMs'>
type Shown = z.infer<typeof ModelPriceSchema>

/** As many changes to come as a catalogue file may have. */
const TO_COME_MAX = 100
/** What was not withdrawn by then may be in force at a replica that has not heard of it. */
const KNOWN_WITHIN_MS = 2_000

const IN_THE_PAST = fault(
  'invalid-request',
  'effective_from must not lie in the past: requests have been charged at the price there was. Leave it out for now.',
  { param: 'effective_from', issue: 'must not lie in the past' },
)
const TOO_MANY = fault('state-conflict', `The model has ${TO_COME_MAX} prices to come. Withdraw one first.`)

/** Sets a price of a model, named by its id. */
export const setPrice = async (
  deps: Deps,
  by: string,
  modelId: string,
  wanted: z.infer<typeof NewPriceSchema>,
): Promise<Result<Shown, GatewayError>> => {
  const model = findModel(deps, modelId)
  if (!model.ok) return model
  const { prices } = deps.store
  const nowMs = deps.nowMs()
  const { effective_from: effectiveFromMs = nowMs, reason = null } = wanted
  if (effectiveFromMs < nowMs) return err(IN_THE_PAST)
  const standing = await prices.from(nowMs, model.value.id)
  if (standing.filter(({ version }) => version.effectiveFromMs > nowMs).length >= TO_COME_MAX) return err(TOO_MANY)
  const version = versionOf(writtenPriceIn(wanted), effectiveFromMs)
  const set = await prices.add({ model: model.value.id, version, reason }, by)
  await deps.readPrices()
  return ok(renderSetPrice(set, [...standing, set], nowMs))
}

/** Withdraws a price that is not in force yet, or has been withdrawn. */
export const withdrawPrice = async (
  deps: Deps,
  by: string,
  price: PriceRecord,
  reason: string | null,
): Promise<Result<Shown, GatewayError>> => {
  const { prices } = deps.store
  const nowMs = deps.nowMs()
  if (price.withdrawn === null && isKnown(price, nowMs))
    return err(fault('state-conflict', `The price ${price.id} is in force, or about to be. Set another instead.`))
  const withdrawn = price.withdrawn === null ? await prices.withdraw(price, { by, reason }) : price
  await deps.readPrices()
  return ok(await shownPrice(deps, withdrawn, nowMs))
}

/**
 * Changes a price that is to come. What is written is never changed: it is withdrawn, and another takes its place at the
 * same moment. `changes`: fields as they are written, `null` for none.
 */
export const changePrice = async (
  deps: Deps,
  by: string,
  price: PriceRecord,
  changes: unknown,
): Promise<Result<Shown, Refused>> => {
  const nowMs = deps.nowMs()
  const before = await shownPrice(deps, price, nowMs)
  if (before.state !== 'to_come' || isKnown(price, nowMs))
    return refused(fault('state-conflict', `The price ${price.id} is not to come. Set another instead.`))
  const { price: table, effective_from, reason: said } = before
  const written = { ...table, effective_from, ...(said !== null && { reason: said }) }
  const wanted = NewPriceSchema.safeParse(mergePatch(written, changes))
  if (!wanted.success) {
    const mistakes = mistakesIn(wanted.error.issues)
    return err({ error: mistakesFault(mistakes), mistakes })
  }
  const { effective_from: effectiveFromMs = nowMs, reason = null } = wanted.data
  if (effectiveFromMs < nowMs) return refused(IN_THE_PAST)
  const version = versionOf(writtenPriceIn(wanted.data), effectiveFromMs)
  const next = await deps.store.prices.replace(price, { version, reason }, by)
  if (!next) return refused(fault('state-conflict', `The price ${price.id} has been withdrawn meanwhile.`))
  await deps.readPrices()
  return ok(await shownPrice(deps, next, nowMs))
}

/** Whether a replica may take it for in force before it hears of a change. */
const isKnown = ({ version }: PriceRecord, nowMs: number): boolean => version.effectiveFromMs < nowMs + KNOWN_WITHIN_MS

/** A price that was set, whatever became of it. */
export const findPrice = async (
  { store, nowMs }: Deps,
  id: string,
): Promise<Result<{ readonly price: PriceRecord; readonly shown: Shown }, GatewayError>> => {
  const price = await store.prices.find(id)
  if (!price) return err(notFound('price', id, 'id'))
  return ok({ price, shown: await shownPrice({ store }, price, nowMs()) })
}

const shownPrice = async ({ store }: Pick<Deps, 'store'>, price: PriceRecord, nowMs: number): Promise<Shown> =>
  renderSetPrice(price, await store.prices.from(nowMs, price.model), nowMs)

/** A model by its id alone: what an alias or a dated name means may change, and its prices would not. */
export const findModel = ({ catalogue }: Pick<Deps, 'catalogue'>, id: string): Result<Model, GatewayError> => {
  const model = catalogue.stated(id)
  if (model) return ok(model)
  const resolved = catalogue.resolve(id)
  if (!resolved.ok) return err(fault('model-not-found', resolved.error.message, { param: 'model' }))
  const message = `${id} is another name of ${resolved.value.model.id}. Prices are set by the id of the catalogue.`
  return err(fault('model-not-found', message, { param: 'model' }))
}
