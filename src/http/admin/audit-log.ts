import { createRoute, z } from '@hono/zod-openapi'
import type { AuditRecord } from '../../db/types.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { enterOrganisation } from './organisations-access.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { answer, failures, idParam, SIGNED_IN, TIME } from './routes.ts'

const STATE = z
  .unknown()
  .nullable()
  .openapi({ type: ['object', 'null'] as never, description: 'What changed of it.' })

export const AuditEntrySchema = z
  .object({
    id: z.string().openapi({ example: 'audit_42' }),
    at: TIME,
    actor: z.string().openapi({ description: 'A person, a key, or `admin_key`.', example: 'person_01jd8m3q7x' }),
    actor_name: z.string().nullable().openapi({ example: 'ada@example.com' }),
    address: z.string().openapi({ example: '203.0.113.9' }),
    user_id: z.string().nullable().openapi({ description: 'The organisation it concerns.' }),
    action: z.string().openapi({ description: 'As the call is named here.', example: 'createKey' }),
    subject: z.string().nullable().openapi({ example: 'key_01jd8m3q7x' }),
    before: STATE,
    after: STATE,
    reason: z.string().nullable(),
    request_id: z.string(),
  })
  .openapi('AuditEntry')

export const AUDIT_FILTERS = {
  actor: line(200).optional(),
  action: line(100).optional(),
  subject: line(300).optional(),
}

const getAuditLog = createRoute({
  tags: ['Organisations'],
  security: SIGNED_IN,
  method: 'get',
  path: '/api/organisations/{id}/audit-log',
  operationId: 'getAuditLog',
  summary: 'List what was done in an organisation, newest first',
  description: 'By its members and by the operator. For owners and admins.',
  request: {
    params: z.object({ id: idParam('user_01jd8m3q7x') }),
    query: z.strictObject({ ...PAGING, ...AUDIT_FILTERS }),
  },
  responses: { 200: answer(listingOf(AuditEntrySchema), 'A page of the log.'), ...failures(400, 403, 404) },
})

/** `GET /api/organisations/{id}/audit-log`. */
export const registerAuditLog = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(getAuditLog, async (c) => {
    const { id } = c.req.valid('param')
    // Who looks through somebody's eyes sees what they see.
    const access = await enterOrganisation(deps, c, id, c.get('signedIn').view ? 'read' : 'organisation')
    if (!access.ok) return refuse(c, access.error)
    const { actor, action, subject, ...page } = c.req.valid('query')
    const { rows, nextCursor } = await deps.store.audit.list({ userId: id, actor, action, subject }, pageOf(page))
    return c.json({ data: rows.map(renderEntry), next_cursor: nextCursor }, 200)
  })
}

export const renderEntry = (entry: AuditRecord) => ({
  id: entry.id,
  at: new Date(entry.atMs).toISOString(),
  actor: entry.actor,
  actor_name: entry.actorName,
  address: entry.address,
  user_id: entry.userId,
  action: entry.action,
  subject: entry.subject,
  before: entry.before ?? null,
  after: entry.after ?? null,
  reason: entry.reason,
  request_id: entry.requestId,
})
