import { createRoute, z } from '@hono/zod-openapi'
import { createStatus, STATUS_SECONDS, type StatusDeps } from '../status.ts'
import type { ControlPlaneApp } from './deps.ts'
import { answer, failures, TIME } from './routes.ts'

const SHARE = z.number().nullable().openapi({ example: 0.9998 })
const UPTIME = {
  today: SHARE.openapi({ description: 'Since midnight, UTC. null: nothing was asked.' }),
  last_30_days: SHARE.openapi({ description: 'Today and the 29 days before.' }),
}

const StatusSchema = z
  .object({
    status: z.enum(['operational', 'degraded', 'down']),
    at: TIME,
    models: z.array(
      z.object({
        id: z.string().openapi({ example: 'claude-haiku-4-5' }),
        status: z.enum(['available', 'degraded', 'unavailable']).openapi({
          description: 'degraded: some of the ways to it are out, and requests take the others.',
        }),
        since: TIME.nullable().openapi({ description: 'null while it is available.' }),
        uptime: z.object(UPTIME),
      }),
    ),
    uptime: z.object({
      ...UPTIME,
      days: z.array(z.object({ day: z.string().openapi({ example: '2026-11-21' }), uptime: SHARE })),
    }),
  })
  .openapi('Status', {
    description: 'What the models of group `default` can do; of all groups where there is no such group.',
  })

const showStatus = createRoute({
  method: 'get',
  path: '/api/status',
  operationId: 'getStatus',
  tags: ['Health'],
  summary: 'See what works',
  description:
    'For everybody; it names no provider. Uptime is the share of requests that were answered, or failed for what their ' +
    'client sent. It is worked out anew every five seconds at most, uptime every minute.',
  responses: { 200: answer(StatusSchema, 'The status now.'), ...failures() },
})

/** `GET /api/status`. */
export const registerStatus = (app: ControlPlaneApp, deps: StatusDeps): void => {
  const status = createStatus(deps)
  app.openapi(showStatus, async (c) => {
    c.header('cache-control', `public, max-age=${STATUS_SECONDS}`)
    const { models, uptime, ...rest } = await status()
    return c.json({ ...rest, models: [...models], uptime: { ...uptime, days: [...uptime.days] } }, 200)
  })
}
