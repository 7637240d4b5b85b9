import { createRoute, z } from '@hono/zod-openapi'
import { isPrivateWebhook, shownWebhook } from '../../alerts/address.ts'
import { ALERT_KINDS, readCondition, writeCondition } from '../../alerts/conditions.ts'
import { newSigningSecret, testMessage } from '../../alerts/message.ts'
import { tell } from '../../alerts/tell.ts'
import type { AlertRuleRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { registerAlertEvents } from './alerts-events.ts'
import {
  AlertChangesSchema,
  AlertSchema,
  AlertWithSecretSchema,
  conditionFrom,
  NewAlertSchema,
  renderCondition,
} from './alerts-schemas.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { DeletedSchema } from './object-routes.ts'
import { listingOf } from './paging.ts'
import { type Mistake, mistakesFault, refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound } from './routes.ts'

/** Each is looked at in every turn. */
const RULES_MAX = 200
const SHARED = { tags: ['Alerts'], security: ADMIN_ONLY }
const PARAMS = z.object({ id: idParam('alert_01jd8m3q7x') })

const createAlert = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/alerts',
  operationId: 'createAlert',
  summary: 'Make a rule of what to be told of',
  description: 'The answer holds the secret that messages to the webhook are signed with. It is not shown again.',
  request: { body: body(NewAlertSchema) },
  responses: { 201: answer(AlertWithSecretSchema, 'The rule, with its secret.'), ...failures(400, 409, 413, 415) },
})
const listAlerts = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/alerts',
  operationId: 'listAlerts',
  summary: 'List the rules, oldest first',
  description: `There are at most ${RULES_MAX}, and all are listed.`,
  responses: { 200: answer(listingOf(AlertSchema), 'All rules.'), ...failures() },
})
const getAlert = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/alerts/{id}',
  operationId: 'getAlert',
  summary: 'Get a rule',
  request: { params: PARAMS },
  responses: { 200: answer(AlertSchema, 'The rule.'), ...failures(404) },
})
const updateAlert = createRoute({
  ...SHARED,
  method: 'patch',
  path: '/api/admin/alerts/{id}',
  operationId: 'updateAlert',
  summary: 'Change a rule',
  description:
    'Changes what is named and leaves the rest; null takes the webhook or the addresses away. With `rotate_secret` the ' +
    'answer holds another secret. What a rule found that is switched off is over.',
  request: { params: PARAMS, body: body(AlertChangesSchema) },
  responses: { 200: answer(AlertWithSecretSchema, 'The rule as changed.'), ...failures(400, 404, 413, 415) },
})
const deleteAlert = createRoute({
  ...SHARED,
  method: 'delete',
  path: '/api/admin/alerts/{id}',
  operationId: 'deleteAlert',
  summary: 'Delete a rule',
  description: 'What it found stays listed. What went on is over, and nobody is told.',
  request: { params: PARAMS },
  responses: { 200: answer(DeletedSchema, 'It is gone.'), ...failures(404) },
})

const WaySchema = z
  .object({ ok: z.boolean(), error: z.string().nullable().openapi({ example: 'it answered 404' }) })
  .nullable()
  .openapi({ description: 'null: the rule has none of that.' })
const testAlert = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/alerts/{id}/test',
  operationId: 'testAlert',
  summary: 'Send a message as a rule would',
  request: { params: PARAMS },
  responses: {
    200: answer(z.object({ webhook: WaySchema, mail: WaySchema }).openapi('AlertTest'), 'What became of it.'),
    ...failures(404, 409),
  },
})

/** Everything under `/api/admin/alerts`. */
export const registerAlerts = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { alerts } = deps.store
  // `events` is no id of a rule.
  registerAlertEvents(app, deps)

  app.openapi(createAlert, async (c) => {
    const { name, kind, enabled = true, webhook_url: webhookUrl = null, emails, ...wanted } = c.req.valid('json')
    const condition = conditionFrom(kind, wanted.condition)
    if (!condition.ok) return refuse(c, mistakesFault(condition.error), condition.error)
    const misplaced = misplacedIn(deps, webhookUrl)
    if (misplaced) return refuse(c, mistakesFault(misplaced), misplaced)
    if ((await alerts.rules()).length >= RULES_MAX) return refuse(c, TOO_MANY)
    const written = {
      name,
      kind,
      condition: writeCondition(condition.value),
      enabled,
      webhookUrl,
      emails: emails ?? [],
    }
    const rule = await alerts.create({ ...written, secret: newSigningSecret(), createdBy: actorOf(c) })
    await audit(deps, c, { action: 'createAlert', subject: rule.id, after: renderRule(rule) })
    return c.json({ ...renderRule(rule), secret: rule.secret }, 201)
  })

  app.openapi(listAlerts, async (c) => c.json({ data: (await alerts.rules()).map(renderRule), next_cursor: null }, 200))

  app.openapi(getAlert, async (c) => {
    const { id } = c.req.valid('param')
    const rule = await alerts.find(id)
    return rule ? c.json(renderRule(rule), 200) : refuse(c, notFound('rule', id, 'id'))
  })

  registerChanging(app, deps)
  app.openapi(deleteAlert, async (c) => {
    const { id } = c.req.valid('param')
    const before = await alerts.find(id)
    if (!before || !(await alerts.remove(id))) return refuse(c, notFound('rule', id, 'id'))
    await audit(deps, c, { action: 'deleteAlert', subject: id, before: renderRule(before) })
    return c.json({ id, deleted: true as const }, 200)
  })

  app.openapi(testAlert, async (c) => {
    const { id } = c.req.valid('param')
    const rule = await alerts.find(id)
    if (!rule) return refuse(c, notFound('rule', id, 'id'))
    if (!deps.telling)
      return refuse(c, fault('state-conflict', 'Nothing is told from here: ask a gateway that serves.'))
    const { webhook, mail } = await tell(deps.telling, rule, testMessage(rule, deps.nowMs()))
    await audit(deps, c, { action: 'testAlert', subject: id })
    return c.json({ webhook: wayOf(webhook), mail: wayOf(mail) }, 200)
  })
}

const registerChanging = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { alerts } = deps.store
  app.openapi(updateAlert, async (c) => {
    const { id } = c.req.valid('param')
    const before = await alerts.find(id)
    const kind = ALERT_KINDS.find((known) => known === before?.kind)
    if (!before || !kind) return refuse(c, notFound('rule', id, 'id'))
    const { name, enabled, webhook_url: webhookUrl, emails, ...wanted } = c.req.valid('json')
    const condition = wanted.condition && conditionFrom(kind, wanted.condition)
    if (condition && !condition.ok) return refuse(c, mistakesFault(condition.error), condition.error)
    const misplaced = misplacedIn(deps, webhookUrl)
    if (misplaced) return refuse(c, mistakesFault(misplaced), misplaced)
    const rule = await alerts.update(id, {
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled }),
      ...(webhookUrl !== undefined && { webhookUrl }),
      ...(emails !== undefined && { emails: emails ?? [] }),
      ...(condition && { condition: writeCondition(condition.value) }),
      ...(wanted.rotate_secret && { secret: newSigningSecret() }),
    })
    if (!rule) return refuse(c, notFound('rule', id, 'id'))
    const shown = { ...renderRule(rule), ...(wanted.rotate_secret && { secret_rotated: true }) }
    await audit(deps, c, { action: 'updateAlert', subject: id, ...changes(renderRule(before), shown) })
    return c.json({ ...renderRule(rule), ...(wanted.rotate_secret && { secret: rule.secret }) }, 200)
  })
}

/** A name is looked up when something is posted to it. */
const misplacedIn = (deps: ControlPlaneDeps, url: string | null | undefined): readonly Mistake[] | undefined => {
  if (typeof url !== 'string' || !deps.telling || deps.telling.privateAddresses || !isPrivateWebhook(url))
    return undefined
  return [{ field: 'webhook_url', issue: 'is in a private network, and alerts.private_addresses is false' }]
}

const TOO_MANY = fault('state-conflict', `There are ${RULES_MAX} rules already. Delete some first.`)

const wayOf = (told: Result<void, string> | null) => told && { ok: told.ok, error: told.ok ? null : told.error }

const timeOf = (atMs: number): string => new Date(atMs).toISOString()

const renderRule = (rule: AlertRuleRecord): z.infer<typeof AlertSchema> => {
  const condition = readCondition(rule.kind, rule.condition)
  return {
    id: rule.id,
    name: rule.name,
    kind: rule.kind,
    condition: condition ? renderCondition(condition) : {},
    enabled: rule.enabled,
    webhook_url: rule.webhookUrl === null ? null : shownWebhook(rule.webhookUrl),
    emails: [...rule.emails],
    created_at: timeOf(rule.createdAtMs),
    created_by: rule.createdBy,
    updated_at: timeOf(rule.updatedAtMs),
  }
}
