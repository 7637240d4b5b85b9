import { createRoute, z } from '@hono/zod-openapi'
import { withoutEmptyBody } from './body.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { changeKey, issueKey, replaceSecret } from './issue.ts'
import {
  CreatedKeySchema,
  KeyChangesSchema,
  KeySchema,
  NewKeySchema,
  OVERLAP_DEFAULT_MS,
  renderKey,
  RotatedKeySchema,
  RotationSchema,
} from './key-schemas.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound } from './routes.ts'

const PARAMS = z.object({ id: idParam('key_01jd8m5w2c') })
const SHARED = { tags: ['Keys'], security: ADMIN_ONLY }

const createKey = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/keys',
  operationId: 'createKey',
  summary: 'Create a key',
  description: 'The answer holds the secret in `key`. It cannot be shown again.',
  request: { body: body(NewKeySchema) },
  responses: { 201: answer(CreatedKeySchema, 'The key, with its secret.'), ...failures(400, 404, 413, 415) },
})

const listKeys = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/keys',
  operationId: 'listKeys',
  summary: 'List keys',
  request: {
    query: z.strictObject({ user_id: line(200).optional().openapi({ description: "Only this user's." }), ...PAGING }),
  },
  responses: { 200: answer(listingOf(KeySchema), 'A page of keys.'), ...failures(400) },
})

const getKey = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/keys/{id}',
  operationId: 'getKey',
  summary: 'Get a key',
  request: { params: PARAMS },
  responses: { 200: answer(KeySchema, 'The key.'), ...failures(404) },
})

const updateKey = createRoute({
  ...SHARED,
  method: 'patch',
  path: '/api/admin/keys/{id}',
  operationId: 'updateKey',
  summary: 'Change a key',
  description:
    'Changes what is named and leaves the rest. `null` takes a limit away; in `budgets`, that of one window. Counts ' +
    'from the next request on.',
  request: { params: PARAMS, body: body(KeyChangesSchema) },
  responses: { 200: answer(KeySchema, 'The key as changed.'), ...failures(400, 404, 409, 413, 415) },
})

const revokeKey = createRoute({
  ...SHARED,
  method: 'delete',
  path: '/api/admin/keys/{id}',
  operationId: 'revokeKey',
  summary: 'Revoke a key',
  description: 'Refused from now on, and for good. Requests under way are finished. Revoking twice changes nothing.',
  request: { params: PARAMS },
  responses: { 200: answer(KeySchema, 'The key as revoked.'), ...failures(404) },
})

const rotateKey = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/keys/{id}/rotate',
  operationId: 'rotateKey',
  summary: 'Give a key a new secret',
  description: 'Everything else about the key stays, its budget included. The old secret stays valid for `overlap`.',
  middleware: withoutEmptyBody,
  request: { params: PARAMS, body: { ...body(RotationSchema), required: false } },
  responses: { 200: answer(RotatedKeySchema, 'The key, with its new secret.'), ...failures(400, 404, 409, 413, 415) },
})

/** Create, list, show, change, revoke and rotate under `/api/admin/keys`. */
export const registerKeys = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(createKey, async (c) => {
    const created = await issueKey(deps, c.req.valid('json'))
    return created.ok ? c.json(created.value, 201) : refuse(c, created.error)
  })

  app.openapi(listKeys, async (c) => {
    const query = c.req.valid('query')
    const { rows, nextCursor } = await deps.store.keys.list({ userId: query.user_id }, pageOf(query))
    const nowMs = deps.nowMs()
    return c.json({ data: rows.map((key) => renderKey(key, nowMs)), next_cursor: nextCursor }, 200)
  })

  app.openapi(getKey, async (c) => {
    const { id } = c.req.valid('param')
    const key = await deps.store.keys.find(id)
    return key ? c.json(renderKey(key, deps.nowMs()), 200) : refuse(c, notFound('key', id, 'id'))
  })

  app.openapi(updateKey, async (c) => {
    const changed = await changeKey(deps, c.req.valid('param').id, c.req.valid('json'))
    return changed.ok ? c.json(renderKey(changed.value, deps.nowMs()), 200) : refuse(c, changed.error)
  })

  app.openapi(revokeKey, async (c) => {
    const { id } = c.req.valid('param')
    const key = await deps.store.keys.revoke(id)
    if (!key) return refuse(c, notFound('key', id, 'id'))
    await deps.invalidateKey(id)
    return c.json(renderKey(key, deps.nowMs()), 200)
  })

  app.openapi(rotateKey, async (c) => {
    const overlapMs = c.req.valid('json').overlap ?? OVERLAP_DEFAULT_MS
    const rotated = await replaceSecret(deps, c.req.valid('param').id, overlapMs)
    return rotated.ok ? c.json(rotated.value, 200) : refuse(c, rotated.error)
  })
}
