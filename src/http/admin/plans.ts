import { createRoute, z } from '@hono/zod-openapi'
import { fault, type GatewayError } from '../../errors.ts'
import { mayDo } from '../../keys/principal.ts'
import type { Principal } from '../../keys/types.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatPartsPerMillion, formatUsd } from '../../units.ts'
import { BalanceSchema, renderBalance } from './credits.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { listingOf } from './paging.ts'
import type { PlanFacts } from './plan-facts.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, KEY_OWNER, USD } from './routes.ts'
import { findUser, unknownPlan } from './users.ts'

const CEILING = z.number().int().nullable().openapi({ example: null })
const PlanSchema = z
  .object({
    id: z.string().openapi({ example: 'pro' }),
    discount: z.string().openapi({ description: 'The share taken off every price.', example: '0.8' }),
    price_usd: USD.openapi({ description: 'What it costs, once.', example: '19.000000000' }),
    rpm: CEILING,
    tpm: CEILING,
    itpm: CEILING,
    otpm: CEILING,
    concurrency: CEILING,
    on_disconnect: z.enum(['delivered', 'drain']).openapi({
      description: 'What is charged when the client hangs up: what was delivered, or the whole answer.',
      example: 'delivered',
    }),
  })
  .openapi('Plan', { description: 'A discount and limits. null: as everybody has it.' })
const PlansSchema = listingOf(PlanSchema)

const listPlans = createRoute({
  method: 'get',
  path: '/api/admin/plans',
  operationId: 'listPlans',
  tags: ['Credits'],
  summary: 'List the plans of the configuration',
  security: ADMIN_ONLY,
  responses: { 200: answer(PlansSchema, 'All plans.'), ...failures() },
})

const listPlansForMe = createRoute({
  method: 'get',
  path: '/api/me/plans',
  operationId: 'listPlansForMe',
  tags: ['Me'],
  summary: 'List the plans that can be bought',
  security: KEY_OWNER,
  responses: { 200: answer(PlansSchema, 'All plans.'), ...failures() },
})

const PurchaseSchema = z
  .strictObject({
    plan: line(64).openapi({ description: 'A plan of the configuration.', example: 'pro' }),
    idempotency_key: line(200).openapi({
      description: 'Of your choosing. Sent again with the same plan it charges nothing and gives the same answer.',
      example: 'pro-for-ada',
    }),
  })
  .openapi('PlanPurchase')

const PurchasedSchema = BalanceSchema.extend({ plan: z.string().openapi({ example: 'pro' }) }).openapi('PurchasedPlan')

const WHAT_HAPPENS =
  'Takes the price of the plan from the balance, once, and gives the user the plan, both or neither. Discount and limits ' +
  'count from the next request on. A 402 where the balance does not cover it, a 409 where the user has the plan already.'

const purchasePlan = createRoute({
  method: 'post',
  path: '/api/admin/users/{id}/plan-purchase',
  operationId: 'purchasePlan',
  tags: ['Credits'],
  summary: 'Buy a plan for a user',
  description: WHAT_HAPPENS,
  security: ADMIN_ONLY,
  request: { params: z.object({ id: idParam('user_01jd8m3q7x') }), body: body(PurchaseSchema) },
  responses: {
    201: answer(PurchasedSchema, 'The plan, and the balance after the purchase.'),
    ...failures(400, 402, 404, 409, 413, 415),
  },
})

const purchaseMyPlan = createRoute({
  method: 'post',
  path: '/api/me/plan',
  operationId: 'purchaseMyPlan',
  tags: ['Me'],
  summary: 'Buy a plan for the account the key belongs to',
  description: `${WHAT_HAPPENS} The key needs the scope \`account\` and may have no budget of its own or its project's.`,
  security: KEY_OWNER,
  request: { body: body(PurchaseSchema) },
  responses: {
    201: answer(PurchasedSchema, 'The plan, and the balance after the purchase.'),
    ...failures(400, 402, 403, 409, 413, 415),
  },
})

/** The plans there are, at `/api/admin/plans` and `/api/me/plans`, and how one is bought. */
export const registerPlans = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const plans = { data: [...deps.facts.plans].map(renderPlan), next_cursor: null }
  app.openapi(listPlans, (c) => c.json(plans, 200))
  app.openapi(listPlansForMe, (c) => c.json(plans, 200))

  app.openapi(purchasePlan, async (c) => {
    const user = await findUser(deps.store, c.req.valid('param').id, 'id')
    if (!user.ok) return refuse(c, user.error)
    const wanted = c.req.valid('json')
    const bought = await buy(deps, user.value.id, wanted.plan, wanted.idempotency_key)
    return bought.ok ? c.json(bought.value, 201) : refuse(c, bought.error)
  })

  app.openapi(purchaseMyPlan, async (c) => {
    const principal = c.get('principal')
    const allowed = mayBuy(principal)
    if (!allowed.ok) return refuse(c, allowed.error)
    const wanted = c.req.valid('json')
    // Users choose their idempotency keys apart from each other.
    const bought = await buy(deps, principal.userId, wanted.plan, `${principal.userId}/${wanted.idempotency_key}`)
    return bought.ok ? c.json(bought.value, 201) : refuse(c, bought.error)
  })
}

const renderPlan = ([id, plan]: readonly [string, PlanFacts]): z.infer<typeof PlanSchema> => ({
  id,
  discount: formatPartsPerMillion(plan.discount),
  price_usd: formatUsd(plan.price),
  rpm: plan.rpm,
  tpm: plan.tpm,
  itpm: plan.itpm,
  otpm: plan.otpm,
  concurrency: plan.concurrency,
  on_disconnect: plan.onDisconnect,
})

const buy = async (
  deps: ControlPlaneDeps,
  userId: string,
  plan: string,
  idempotencyKey: string,
): Promise<Result<z.infer<typeof PurchasedSchema>, GatewayError>> => {
  const { plans } = deps.facts
  const known = plans.get(plan)
  if (!known) return err(unknownPlan(plan, [...plans.keys()]))
  const bought = await deps.ledger.buyPlan({ userId, plan, price: known.price, idempotencyKey })
  if (!bought.ok) return bought
  await deps.invalidateUser(userId)
  return ok({ plan, ...renderBalance(bought.value) })
}

/** A key that may spend only so much may not spend the balance by another way. */
const mayBuy = (principal: Principal): Result<undefined, GatewayError> => {
  if (principal.budgets.length === 0) return mayDo(principal, 'account')
  const message =
    'This key has a budget, or its project has, and so may buy no plan. Use a key without, or ask the operator.'
  return err(fault('scope-not-allowed', message))
}
