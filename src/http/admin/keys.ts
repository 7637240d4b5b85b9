import { createRoute, z } from '@hono/zod-openapi'
import { withoutEmptyBody } from './body.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { keyActs } from './key-acts.ts'
import {
  CreatedKeySchema,
  KeyChangesSchema,
  KeySchema,
  NewKeySchema,
  RotatedKeySchema,
  RotationSchema,
} from './key-schemas.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { ADMIN_ONLY, answer, body, failures, idParam } from './routes.ts'

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
  const acts = keyActs(deps)
  app.openapi(createKey, (c) => acts.create(c, c.req.valid('json'), 'operator'))
  app.openapi(listKeys, (c) => acts.list(c, pageOf(c.req.valid('query')), c.req.valid('query').user_id))
  app.openapi(getKey, (c) => acts.get(c, c.req.valid('param').id, undefined))
  app.openapi(updateKey, (c) => acts.update(c, c.req.valid('param').id, c.req.valid('json'), undefined))
  app.openapi(revokeKey, (c) => acts.revoke(c, c.req.valid('param').id, undefined))
  app.openapi(rotateKey, (c) => acts.rotate(c, c.req.valid('param').id, c.req.valid('json'), undefined))
}
