import { createRoute, z } from '@hono/zod-openapi'
import { audit, type AuditDeps } from './audit.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp } from './deps.ts'
import { line } from './fields.ts'
import { type HealthDeps, isConfigured, resume, viewOf } from './health-view.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, notFound, TIME, USD } from './routes.ts'

const BlockSchema = z
  .object({
    kind: z.enum(['failing', 'told-to-wait', 'refused', 'spent']).openapi({
      description:
        'It failed too often; its provider said to wait; its provider refused it; its spend stop is reached.',
    }),
    reason: z.string().openapi({ description: 'What happened, in a word.', example: 'server-error' }),
    since: TIME,
    until: TIME.nullable().openapi({ description: 'null: until somebody resumes it.' }),
  })
  .openapi('HealthBlock')

/** How something stands, and why it does. */
export const STANDS = {
  standing: z.enum(['ready', 'probe', 'blocked']).openapi({
    description: 'It is asked; the next request tries whether it is well again; it is left alone.',
  }),
  block: BlockSchema.nullable(),
}

const STANDING = {
  subject: z.string().openapi({ description: 'Its name for `resume`.', example: 'channel:claude-1' }),
  ...STANDS,
  recent: z.object({
    outcomes: z
      .number()
      .int()
      .openapi({ description: 'Remembered since it last failed, at most twenty.', example: 20 }),
    failures: z.number().int().openapi({ description: 'How many of these were failures.', example: 3 }),
  }),
}

const MODELS = z
  .array(z.object({ model: z.string().openapi({ example: 'claude-haiku-4-5' }), ...STANDING }))
  .openapi({ description: 'Those that failed lately, by the names the provider knows them by.' })

const LATENCY = z.number().int().nullable()

const SpendSchema = z
  .object({
    day_usd: USD,
    day_stop_usd: USD.nullable(),
    month_usd: USD,
    month_stop_usd: USD.nullable(),
  })
  .openapi('ProviderSpend', { description: 'What it cost today and this month, in UTC, as far as it is counted.' })

const HealthSchema = z
  .object({
    providers: z.array(
      z.object({
        id: z.string().openapi({ example: 'claude-main' }),
        kind: z.string().openapi({ example: 'anthropic' }),
        paused: z.boolean(),
        paused_since: TIME.nullable(),
        paused_by: z.string().nullable().openapi({ example: 'spend-stop' }),
        pause_reason: z.string().nullable(),
        spend: SpendSchema,
        keys: z.array(
          z.object({
            id: z.string().openapi({ example: 'main' }),
            last4: z
              .string()
              .nullable()
              .openapi({ description: 'The end of the key, to tell it by.', example: '4f2a' }),
            weight: z.number().int(),
            ...STANDING,
            models: MODELS,
            spend: SpendSchema,
          }),
        ),
        channels: z.array(
          z.object({
            id: z.string().openapi({ example: 'claude-1' }),
            groups: z.array(z.string()),
            ...STANDING,
            under_way: z.number().int().openapi({ description: 'Requests that wait for it or are answered by it.' }),
            first_content_ms: LATENCY.openapi({ description: 'What to expect of a stream; null: not known any more.' }),
            whole_answer_ms: LATENCY.openapi({ description: 'The same of an answer in one piece.' }),
            models: MODELS,
          }),
        ),
      }),
    ),
  })
  .openapi('ProvidersHealth')

const SHARED = { tags: ['Providers'], security: ADMIN_ONLY }

const showHealth = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/health',
  operationId: 'getProvidersHealth',
  summary: 'See how providers are doing',
  description:
    'Every provider with its keys and channels, as the replica sees it that answers: blocks are shared by replicas that ' +
    'have a Redis in common, outcomes, requests under way and latencies are its own.',
  responses: { 200: answer(HealthSchema, 'All of them.'), ...failures() },
})

const resumeSubject = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/health/resume',
  operationId: 'resumeSubject',
  summary: 'Have something asked again',
  description:
    'Ends the block of a key, a channel or a model, here and on every replica that shares its health. A key that reached ' +
    'its spend stop may then cost as much again. A provider that is paused is resumed by `/api/admin/providers/{id}/resume`.',
  request: {
    body: body(
      z.strictObject({ subject: line(400).openapi({ example: 'key:claude-main/main' }) }).openapi('ResumeRequest'),
    ),
  },
  responses: {
    200: answer(
      z
        .object({
          subject: z.string().openapi({ example: 'key:claude-main/main' }),
          resumed: z.boolean().openapi({ description: 'Whether it had been blocked here.' }),
        })
        .openapi('Resumed'),
      'It is asked again.',
    ),
    ...failures(400, 404, 413, 415),
  },
})

/** `GET /api/admin/health` and `POST …/resume`. */
export const registerHealth = (app: ControlPlaneApp, deps: HealthDeps, log: AuditDeps): void => {
  app.openapi(showHealth, async (c) => c.json({ providers: await viewOf(deps) }, 200))
  app.openapi(resumeSubject, async (c) => {
    const { subject } = c.req.valid('json')
    if (!isConfigured(deps, subject)) return refuse(c, notFound('subject', subject, 'subject'))
    const resumed = await resume(deps, subject, actorOf(c))
    await audit(log, c, { action: 'resumeSubject', subject, after: { resumed } })
    return c.json({ subject, resumed }, 200)
  })
}
