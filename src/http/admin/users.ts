import { createRoute, z } from '@hono/zod-openapi'
import type { Store, UserRecord } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatPartsPerMillion, ONE, ZERO_USD } from '../../units.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import { BalanceSchema, renderBalance } from './balance.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { emailField, line, multiplierField } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'

const UserSchema = z
  .object({
    id: z.string().openapi({ example: 'user_01jd8m3q7x' }),
    email: z.string().openapi({ example: 'ada@example.com' }),
    name: z.string().nullable().openapi({
      description: 'What the organisation calls itself; null: nothing yet.',
      example: 'Analytical Engines',
    }),
    operator: z
      .boolean()
      .openapi({ description: 'The account of whoever runs this server: no person has its address.' }),
    plan: z.string().nullable().openapi({ description: 'A plan of the configuration, or none.', example: 'basic' }),
    rate_multiplier: z.string().openapi({ description: 'Factor on everything this user is charged.', example: '1' }),
    created_at: TIME,
  })
  .openapi('User')

const ListedUserSchema = UserSchema.extend({
  balance: BalanceSchema,
  keys: z.number().int().openapi({ description: 'Those that are not revoked.', example: 2 }),
  last_used_at: TIME.nullable().openapi({ description: 'When its last request came in; null: none has.' }),
}).openapi('ListedUser')

const NewUserSchema = z
  .strictObject({
    email: emailField,
    plan: line(64).nullish().openapi({ description: 'A plan of the configuration.', example: 'basic' }),
    rate_multiplier: multiplierField
      .optional()
      .openapi({ description: 'Factor on everything this user is charged, at most six places; 1 when left out.' }),
  })
  .openapi('NewUser')

const UserChangesSchema = NewUserSchema.partial().openapi('UserChanges')

const TAGS = ['Users']
const PARAMS = z.object({ id: idParam('user_01jd8m3q7x') })

const createUser = createRoute({
  method: 'post',
  path: '/api/admin/users',
  operationId: 'createUser',
  tags: TAGS,
  summary: 'Create a user',
  description: 'Opens an account with a balance of zero. Add credit before its keys can buy anything.',
  security: ADMIN_ONLY,
  request: { body: body(NewUserSchema) },
  responses: { 201: answer(UserSchema, 'The user as created.'), ...failures(400, 409, 413, 415) },
})

const listUsers = createRoute({
  method: 'get',
  path: '/api/admin/users',
  operationId: 'listUsers',
  tags: TAGS,
  summary: 'List users',
  security: ADMIN_ONLY,
  request: {
    query: z.strictObject({
      ...PAGING,
      email: emailField.optional().openapi({ description: 'Only the user with this address.' }),
      q: line(200).optional().openapi({ description: 'A part of the e-mail, the name or the id.' }),
    }),
  },
  responses: { 200: answer(listingOf(ListedUserSchema), 'A page of users.'), ...failures(400) },
})

const getUser = createRoute({
  method: 'get',
  path: '/api/admin/users/{id}',
  operationId: 'getUser',
  tags: TAGS,
  summary: 'Get a user',
  security: ADMIN_ONLY,
  request: { params: PARAMS },
  responses: { 200: answer(UserSchema, 'The user.'), ...failures(404) },
})

const updateUser = createRoute({
  method: 'patch',
  path: '/api/admin/users/{id}',
  operationId: 'updateUser',
  tags: TAGS,
  summary: 'Change a user',
  description:
    'Changes what is named and leaves the rest; `plan` may be null for none. A plan is given without charging its ' +
    'price. Discount and limits count from the next request on.',
  security: ADMIN_ONLY,
  request: { params: PARAMS, body: body(UserChangesSchema) },
  responses: { 200: answer(UserSchema, 'The user as changed.'), ...failures(400, 404, 409, 413, 415) },
})

/** `POST`, `GET /api/admin/users`, and `GET`, `PATCH /api/admin/users/{id}`. */
export const registerUsers = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(createUser, async (c) => {
    const wanted = c.req.valid('json')
    const plan = wanted.plan ?? null
    const { plans } = deps.facts
    if (plan !== null && !plans.has(plan)) return refuse(c, unknownPlan(plan, [...plans.keys()]))
    const rateMultiplier = wanted.rate_multiplier ?? ONE
    const created = await deps.store.users.create({ email: wanted.email, plan, rateMultiplier, overdraft: ZERO_USD })
    if (created.ok) {
      const { id } = created.value
      await audit(deps, c, { action: 'createUser', subject: id, userId: id, after: renderUser(created.value) })
      return c.json({ ...renderUser(created.value), name: null, operator: false }, 201)
    }
    return refuse(c, created.error.kind === 'conflict' ? await emailTaken(deps.store, wanted.email) : created.error)
  })

  app.openapi(listUsers, async (c) => {
    const query = c.req.valid('query')
    if (query.email !== undefined) {
      const user = await deps.store.users.findByEmail(query.email)
      return c.json({ data: await renderListed(deps, user ? [user] : []), next_cursor: null }, 200)
    }
    const { rows, nextCursor } = await deps.store.users.list(pageOf(query), query.q)
    return c.json({ data: await renderListed(deps, rows), next_cursor: nextCursor }, 200)
  })

  app.openapi(getUser, async (c) => {
    const user = await findUser(deps.store, c.req.valid('param').id, 'id')
    return user.ok ? c.json(await showUser(deps, user.value), 200) : refuse(c, user.error)
  })

  app.openapi(updateUser, async (c) => {
    const { id } = c.req.valid('param')
    const { email, plan, rate_multiplier: rateMultiplier } = c.req.valid('json')
    const { plans } = deps.facts
    if (typeof plan === 'string' && !plans.has(plan)) return refuse(c, unknownPlan(plan, [...plans.keys()]))
    const before = await deps.store.users.find(id)
    const changed = await deps.store.users.update(id, {
      ...(email !== undefined && { email }),
      ...(plan !== undefined && { plan }),
      ...(rateMultiplier !== undefined && { rateMultiplier }),
    })
    if (!changed.ok) {
      const isTaken = changed.error.kind === 'conflict' && email !== undefined
      return refuse(c, isTaken ? await emailTaken(deps.store, email) : changed.error)
    }
    if (!changed.value) return refuse(c, notFound('user', id, 'id'))
    await deps.invalidateUser(id)
    const states = changes(before ? renderUser(before) : {}, renderUser(changed.value))
    await audit(deps, c, { action: 'updateUser', subject: id, userId: id, ...states })
    return c.json(await showUser(deps, changed.value), 200)
  })
}

/** Looks a user up; `param` is the field that named it, for the 404. */
export const findUser = async (store: Store, id: string, param: string): Promise<Result<UserRecord, GatewayError>> => {
  const user = await store.users.find(id)
  return user ? ok(user) : err(notFound('user', id, param))
}

const renderUser = (user: UserRecord) => ({
  id: user.id,
  email: user.email,
  plan: user.plan,
  rate_multiplier: formatPartsPerMillion(user.rateMultiplier),
  created_at: new Date(user.createdAtMs).toISOString(),
})

/** With what is known of it elsewhere. */
const showUser = async ({ store, operatorUserId }: ControlPlaneDeps, user: UserRecord) => {
  const [facts] = await store.overview.userFacts([user.id])
  return { ...renderUser(user), name: facts?.name ?? null, operator: user.id === operatorUserId }
}

/** Users with what a page shows of them: one call a page. */
const renderListed = async ({ store, ledger, operatorUserId }: ControlPlaneDeps, users: readonly UserRecord[]) => {
  const facts = new Map((await store.overview.userFacts(users.map(({ id }) => id))).map((each) => [each.id, each]))
  return Promise.all(
    users.map(async (user) => {
      const balance = await ledger.balance(user.id)
      // The ledger says so of a user that there is when its database is gone.
      if (!balance.ok) throw new Error(balance.error.message)
      const { keys = 0, lastUsedAtMs = null, name = null } = facts.get(user.id) ?? {}
      return {
        ...renderUser(user),
        name,
        operator: user.id === operatorUserId,
        balance: renderBalance(balance.value),
        keys,
        last_used_at: lastUsedAtMs === null ? null : new Date(lastUsedAtMs).toISOString(),
      }
    }),
  )
}

export const unknownPlan = (plan: string, known: readonly string[]): GatewayError => {
  const issue = known.length > 0 ? `must be one of ${known.join(', ')}` : 'must be left out: no plans are configured'
  return fault('invalid-request', `There is no plan "${plan}"; plan ${issue}.`, { param: 'plan', issue })
}

const emailTaken = async (store: Store, email: string): Promise<GatewayError> => {
  const holder = await store.users.findByEmail(email)
  const who = holder ? ` It is ${holder.id}.` : ''
  return fault('state-conflict', `A user with this e-mail address exists already.${who}`, {
    param: 'email',
    issue: 'is taken',
  })
}
