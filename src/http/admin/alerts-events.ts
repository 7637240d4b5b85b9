import { createRoute, z } from '@hono/zod-openapi'
import type { AlertEventRecord } from '../../db/types.ts'
import { EventSchema } from './alerts-schemas.ts'
import { audit } from './audit.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line, oneOf } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures, idParam, notFound } from './routes.ts'

const SHARED = { tags: ['Alerts'], security: ADMIN_ONLY }

const listEvents = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/alerts/events',
  operationId: 'listAlertEvents',
  summary: 'List what rules found, newest first',
  request: {
    query: z.strictObject({
      ...PAGING,
      rule_id: line(200).optional().openapi({ description: 'Only what this rule found.' }),
      state: oneOf(['open', 'resolved']).optional().openapi({ description: 'Only what goes on, or what is over.' }),
    }),
  },
  responses: { 200: answer(listingOf(EventSchema), 'A page of events.'), ...failures(400) },
})

const acknowledgeEvent = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/alerts/events/{id}/acknowledge',
  operationId: 'acknowledgeAlertEvent',
  summary: 'Say that somebody looks after an event',
  description: 'By the name of who says it first; a second time changes nothing. It goes on until it is over.',
  request: { params: z.object({ id: idParam('event_01jd8m3q7x') }) },
  responses: { 200: answer(EventSchema, 'The event.'), ...failures(404) },
})

/** `GET /api/admin/alerts/events` and `POST …/{id}/acknowledge`. */
export const registerAlertEvents = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { alerts } = deps.store
  app.openapi(listEvents, async (c) => {
    const query = c.req.valid('query')
    const isOpen = query.state === undefined ? undefined : query.state === 'open'
    const { rows, nextCursor } = await alerts.events({ ruleId: query.rule_id, isOpen }, pageOf(query))
    return c.json({ data: rows.map(renderEvent), next_cursor: nextCursor }, 200)
  })

  app.openapi(acknowledgeEvent, async (c) => {
    const { id } = c.req.valid('param')
    const event = await alerts.acknowledge(id, c.get('actorName') ?? actorOf(c))
    if (!event) return refuse(c, notFound('event', id, 'id'))
    await audit(deps, c, { action: 'acknowledgeAlertEvent', subject: id, after: { summary: event.summary } })
    return c.json(renderEvent(event), 200)
  })
}

const timeOf = (atMs: number): string => new Date(atMs).toISOString()
const timeOrNull = (atMs: number | null): string | null => (atMs === null ? null : timeOf(atMs))

const renderEvent = (event: AlertEventRecord): z.infer<typeof EventSchema> => ({
  id: event.id,
  rule_id: event.ruleId,
  rule_name: event.ruleName,
  kind: event.kind,
  subject: event.subject,
  summary: event.summary,
  value: event.value,
  threshold: event.threshold,
  open: event.resolvedAtMs === null,
  fired_at: timeOf(event.firedAtMs),
  resolved_at: timeOrNull(event.resolvedAtMs),
  acknowledged_at: timeOrNull(event.acknowledgedAtMs),
  acknowledged_by: event.acknowledgedBy,
  told: event.told,
  next_attempt_at: timeOrNull(event.nextAtMs),
  failure: event.failure,
})
