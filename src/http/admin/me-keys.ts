import { createRoute, z } from '@hono/zod-openapi'
import { withoutEmptyBody } from './body.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { keyActs } from './key-acts.ts'
import {
  CreatedKeySchema,
  KeyChangesSchema,
  KeySchema,
  NewKeySchema,
  RotatedKeySchema,
  RotationSchema,
} from './key-schemas.ts'
import { groupsOf, mayChange, mayHave } from './me-key-limits.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { answer, body, failures, idParam, KEY_OWNER } from './routes.ts'

const PARAMS = z.object({ id: idParam('key_01jd8m5w2c') })
const SHARED = { tags: ['Me'], security: KEY_OWNER }

/** What rules of groups can look at is for administrators to say. */
const NewMyKeySchema = NewKeySchema.omit({ user_id: true, labels: true }).strict().openapi('NewMyKey')
const MyKeyChangesSchema = KeyChangesSchema.omit({ labels: true }).strict().openapi('MyKeyChanges')

const createMyKey = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/me/keys',
  operationId: 'createMyKey',
  summary: 'Create a key of the organisation',
  description:
    'The answer holds the secret in `key`. It cannot be shown again. `group` is one of `GET /api/me/groups`, `project_id` one ' +
    'of `GET /api/me/projects`, and no limit is above that of the plan. Needs a role that manages keys.',
  request: { body: body(NewMyKeySchema) },
  responses: { 201: answer(CreatedKeySchema, 'The key, with its secret.'), ...failures(400, 403, 404, 413, 415) },
})

const listMyKeys = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/keys',
  operationId: 'listMyKeys',
  summary: "List the organisation's keys",
  request: { query: z.strictObject({ ...PAGING, key: KEY_IN_QUERY }) },
  responses: { 200: answer(listingOf(KeySchema), 'A page of keys.'), ...failures(400, 403) },
})

const getMyKeyById = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/keys/{id}',
  operationId: 'getMyKeyById',
  summary: "Get one of the organisation's keys",
  request: { params: PARAMS },
  responses: { 200: answer(KeySchema, 'The key.'), ...failures(403, 404) },
})

const updateMyKey = createRoute({
  ...SHARED,
  method: 'patch',
  path: '/api/me/keys/{id}',
  operationId: 'updateMyKey',
  summary: "Change one of the organisation's keys",
  description:
    'Changes what is named and leaves the rest. `null` takes a limit away; in `budgets`, that of one window. ' +
    'Of a key that an operator made (`made_by`) the name alone can be changed; anything else is a 403.',
  request: { params: PARAMS, body: body(MyKeyChangesSchema) },
  responses: { 200: answer(KeySchema, 'The key as changed.'), ...failures(400, 403, 404, 409, 413, 415) },
})

const revokeMyKey = createRoute({
  ...SHARED,
  method: 'delete',
  path: '/api/me/keys/{id}',
  operationId: 'revokeMyKey',
  summary: "Revoke one of the organisation's keys",
  description: 'Refused from now on, and for good. Requests under way are finished. Revoking twice changes nothing.',
  request: { params: PARAMS },
  responses: { 200: answer(KeySchema, 'The key as revoked.'), ...failures(403, 404) },
})

const rotateMyKey = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/me/keys/{id}/rotate',
  operationId: 'rotateMyKey',
  summary: "Give one of the organisation's keys a new secret",
  description: 'Everything else about the key stays, its budget included. The old secret stays valid for `overlap`.',
  middleware: withoutEmptyBody,
  request: { params: PARAMS, body: { ...body(RotationSchema), required: false } },
  responses: {
    200: answer(RotatedKeySchema, 'The key, with its new secret.'),
    ...failures(400, 403, 404, 409, 413, 415),
  },
})

const listMyGroups = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/groups',
  operationId: 'listMyGroups',
  summary: 'List the groups that keys of the organisation may be of',
  description: '`default`, and those that an administrator has given the organisation a key of that is not revoked.',
  responses: {
    200: answer(
      z.object({ data: z.array(z.object({ id: z.string().openapi({ example: 'default' }) })), next_cursor: z.null() }),
      'The groups.',
    ),
    ...failures(403),
  },
})

/** Create, list, show, change, revoke and rotate under `/api/me/keys`: those of the caller's organisation. */
export const registerMyKeys = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const acts = keyActs(deps)

  app.openapi(createMyKey, async (c) => {
    const caller = requirePermission(c, 'keys')
    if (!caller.ok) return refuse(c, caller.error)
    const { userId } = caller.value
    const wanted = c.req.valid('json')
    const allowed = await mayHave(deps, userId, wanted)
    return allowed.ok ? acts.create(c, { ...wanted, user_id: userId }, 'member') : refuse(c, allowed.error)
  })

  app.openapi(listMyKeys, (c) => {
    const caller = requirePermission(c, 'read')
    return caller.ok ? acts.list(c, pageOf(c.req.valid('query')), caller.value.userId) : refuse(c, caller.error)
  })

  app.openapi(getMyKeyById, (c) => {
    const caller = requirePermission(c, 'read')
    return caller.ok ? acts.get(c, c.req.valid('param').id, caller.value.userId) : refuse(c, caller.error)
  })

  app.openapi(updateMyKey, async (c) => {
    const caller = requirePermission(c, 'keys')
    if (!caller.ok) return refuse(c, caller.error)
    const { userId } = caller.value
    const [{ id }, wanted] = [c.req.valid('param'), c.req.valid('json')]
    const known = await acts.owned(id, userId)
    if (!known.ok) return refuse(c, known.error)
    const allowed = mayChange(known.value, wanted) ?? (await mayHave(deps, userId, wanted))
    return allowed.ok ? acts.update(c, id, wanted, userId) : refuse(c, allowed.error)
  })

  app.openapi(revokeMyKey, (c) => {
    const caller = requirePermission(c, 'keys')
    return caller.ok ? acts.revoke(c, c.req.valid('param').id, caller.value.userId) : refuse(c, caller.error)
  })

  app.openapi(rotateMyKey, (c) => {
    const caller = requirePermission(c, 'keys')
    if (!caller.ok) return refuse(c, caller.error)
    return acts.rotate(c, c.req.valid('param').id, c.req.valid('json'), caller.value.userId)
  })

  app.openapi(listMyGroups, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const groups = await groupsOf(deps, caller.value.userId)
    return c.json({ data: groups.map((id) => ({ id })), next_cursor: null }, 200)
  })
}
