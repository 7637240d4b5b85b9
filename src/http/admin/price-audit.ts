import type { Context } from 'hono'
import type { z } from '@hono/zod-openapi'
import { audit } from './audit.ts'
import type { ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { type ModelPriceSchema, renderPrice } from './price-schemas.ts'

type Shown = z.infer<typeof ModelPriceSchema>
type State = Pick<Shown, 'price'> & Partial<Pick<Shown, 'id' | 'effective_from'>>

/** What a model costs now; `null`: nobody knows. To be asked for before its price is changed. */
export const priceInForce = ({ catalogue, nowMs }: ControlPlaneDeps, id: string): State | null => {
  const found = catalogue.resolve(id)
  const atMs = nowMs()
  const version = found.ok && found.value.model.priceVersions.findLast((each) => each.effectiveFromMs <= atMs)
  return version ? { price: renderPrice(version) } : null
}

/** Writes down that a price was set, changed or withdrawn: what it was, and what it is now, if anything. */
export const auditPrice = (
  deps: ControlPlaneDeps,
  c: Context<ControlPlaneEnv>,
  act: { readonly action: string; readonly model: string; readonly reason: string | null },
  before: State | null,
  after: State | null,
): Promise<void> =>
  audit(deps, c, {
    ...{ action: act.action, subject: act.model, reason: act.reason },
    before: before && stateOf(before),
    after: after && stateOf(after),
  })

const stateOf = ({ id, price, effective_from }: State): State => ({
  ...(id !== undefined && { id }),
  price,
  ...(effective_from !== undefined && { effective_from }),
})
