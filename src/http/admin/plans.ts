import { createRoute, z } from '@hono/zod-openapi'
import type { PlanConfig } from '../../config/load.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatPartsPerMillion, formatUsd } from '../../units.ts'
import { requirePermission } from './caller.ts'
import { audit } from './audit.ts'
import { BalanceSchema, renderBalance } from './balance.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { listingOf } from './paging.ts'
import { registerObjects } from './object-routes.ts'
import { identifierField, optionalFieldsOf, PROVENANCE, provenanceOf } from './object-schemas.ts'
import { refused, schemaOf } from './objects.ts'
import { type PlanFacts, planFactsOf } from './plan-facts.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, KEY_OWNER, USD } from './routes.ts'
import { findUser, unknownPlan } from './users.ts'

const CEILING = z.number().int().nullable().openapi({ example: null })
const PlanSchema = z
  .object({
    id: z.string().openapi({ example: 'pro' }),
    discount: z.string().openapi({ description: 'The share taken off every price.', example: '0.8' }),
    price_usd: USD.openapi({ description: 'What it costs, once.', example: '19.000000000' }),
    for_sale: z.boolean().openapi({ description: 'Whether users can buy it.', example: true }),
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
const OfferedPlanSchema = PlanSchema.extend({
  current: z.boolean().openapi({ description: 'The account has it.' }),
}).openapi('OfferedPlan')

const listPlansForMe = createRoute({
  method: 'get',
  path: '/api/me/plans',
  operationId: 'listPlansForMe',
  tags: ['Me'],
  summary: 'List the plans that can be bought, and which of them the account has',
  security: KEY_OWNER,
  responses: {
    200: answer(listingOf(OfferedPlanSchema), 'The plans for sale, and that of the account.'),
    ...failures(),
  },
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
  description: `${WHAT_HAPPENS} Also a plan that is not for sale to users.`,
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
  const plans = [...deps.facts.plans].map(renderPlan)
  registerAdministeredPlans(app, deps)
  app.openapi(listPlansForMe, async (c) => {
    const own = await deps.store.users.find(c.get('caller').userId)
    const shown = plans.filter((plan) => plan.for_sale || plan.id === own?.plan)
    const data = shown.map((plan) => ({ ...plan, current: plan.id === own?.plan }))
    return c.json({ data, next_cursor: null }, 200)
  })

  app.openapi(purchasePlan, async (c) => {
    const user = await findUser(deps.store, c.req.valid('param').id, 'id')
    if (!user.ok) return refuse(c, user.error)
    const wanted = c.req.valid('json')
    const bought = await buy(deps, user.value.id, wanted.plan, wanted.idempotency_key)
    const whose = { subject: user.value.id, userId: user.value.id }
    if (bought.ok) await audit(deps, c, { action: 'purchasePlan', ...whose, after: bought.value })
    return bought.ok ? c.json(bought.value, 201) : refuse(c, bought.error)
  })

  app.openapi(purchaseMyPlan, async (c) => {
    const caller = requirePermission(c, 'billing')
    if (!caller.ok) return refuse(c, caller.error)
    const { userId } = caller.value
    const wanted = c.req.valid('json')
    // Users choose their idempotency keys apart from each other.
    const offered = [...deps.facts.plans].filter(([, { forSale }]) => forSale).map(([id]) => id)
    // Whether there is such a plan all the same is not told.
    if (!offered.includes(wanted.plan)) return refuse(c, unknownPlan(wanted.plan, offered))
    const bought = await buy(deps, userId, wanted.plan, `${userId}/${wanted.idempotency_key}`)
    return bought.ok ? c.json(bought.value, 201) : refuse(c, bought.error)
  })
}

const registerAdministeredPlans = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const entry = schemaOf(deps.administration.base(), 'plan')
  registerObjects(app, deps, {
    kind: 'plan',
    path: 'plans',
    tag: 'Credits',
    type: 'Plan',
    plural: 'Plans',
    one: 'a plan',
    many: 'plans',
    example: 'pro',
    idField: identifierField('pro'),
    fields: optionalFieldsOf(entry),
    schema: PlanSchema.extend(PROVENANCE).openapi('AdministeredPlan'),
    render: ({ id, source, body: written, record }, { base }) => {
      const plan = entry.safeParse(written ?? {})
      // What does not fit was refused, by whoever read the file or took the call.
      if (!plan.success) throw new Error(`the plan ${id} was let through, and cannot be read`)
      const { billing } = base.config
      const [shown] = [...planFactsOf({ plans: new Map([[id, plan.data as PlanConfig]]), billing })].map(renderPlan)
      return { ...shown, source, ...provenanceOf(record) }
    },
    mayRemove: async (id, countUses) => {
      const users = await countUses('plan', id)
      if (users === 0) return ok(undefined)
      return refused(
        fault('state-conflict', `The plan ${id} is used: ${users} users have it. Give them another first.`),
      )
    },
    notes: { remove: 'Users who have it refer to it.' },
  })
}

const renderPlan = ([id, plan]: readonly [string, PlanFacts]): z.infer<typeof PlanSchema> => ({
  id,
  discount: formatPartsPerMillion(plan.discount),
  price_usd: formatUsd(plan.price),
  for_sale: plan.forSale,
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
