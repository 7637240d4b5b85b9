import { createRoute, z } from '@hono/zod-openapi'
import { AUDIT_FILTERS, AuditEntrySchema, renderEntry } from './audit-log.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line, momentField } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { ADMIN_ONLY, answer, failures } from './routes.ts'

const listAuditLog = createRoute({
  method: 'get',
  path: '/api/admin/audit-log',
  operationId: 'listAuditLog',
  tags: ['System'],
  summary: 'List what was done, newest first',
  description:
    'Every call that changed something under `/api/admin`, and those of members on keys, projects and members: who, from ' +
    'where, what it was before and after. Nothing deletes a row.',
  security: ADMIN_ONLY,
  request: {
    query: z.strictObject({
      ...PAGING,
      ...AUDIT_FILTERS,
      user_id: line(200).optional().openapi({ description: 'What concerns this organisation.' }),
      since: momentField.optional().openapi({ format: 'date-time', description: 'From then on.' }),
      until: momentField.optional().openapi({ format: 'date-time', description: 'Before then.' }),
    }),
  },
  responses: { 200: answer(listingOf(AuditEntrySchema), 'A page of the log.'), ...failures(400) },
})

/** `GET /api/admin/audit-log`. */
export const registerWholeAuditLog = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(listAuditLog, async (c) => {
    const { actor, action, subject, user_id: userId, since: sinceMs, until: untilMs, ...page } = c.req.valid('query')
    const filter = { userId, actor, action, subject, sinceMs, untilMs }
    const { rows, nextCursor } = await deps.store.audit.list(filter, pageOf(page))
    return c.json({ data: rows.map(renderEntry), next_cursor: nextCursor }, 200)
  })
}
