import { createRoute, z } from '@hono/zod-openapi'
import type { PauseRecord } from '../../db/types.ts'
import { withoutEmptyBody } from './body.ts'
import type { ControlPlaneApp, ControlPlaneDeps, ProviderFacts } from './deps.ts'
import { line } from './fields.ts'
import { listingOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'

const ProviderSchema = z
  .object({
    id: z.string().openapi({ description: 'As the configuration names it.', example: 'claude-main' }),
    kind: z.string().openapi({ example: 'anthropic' }),
    paused: z.boolean().openapi({ example: true }),
    since: TIME.nullable(),
    paused_by: z.string().nullable().openapi({
      description: 'With which credential: admin_key or command_line.',
      example: 'admin_key',
    }),
    reason: z.string().nullable().openapi({ description: 'As it was given.', example: 'invoice unpaid' }),
  })
  .openapi('Provider', { description: 'A provider; while it is paused nothing is asked of it.' })

const ReasonSchema = z
  .strictObject({ reason: line(500).optional().openapi({ example: 'invoice unpaid' }) })
  .openapi('Reason')

const SHARED = { tags: ['Providers'], security: ADMIN_ONLY }
const ON_ONE = {
  ...SHARED,
  method: 'post',
  middleware: withoutEmptyBody,
  request: {
    params: z.object({ id: idParam('claude-main') }),
    body: { ...body(ReasonSchema), required: false },
  },
} as const

const listProviders = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/providers',
  operationId: 'listProviders',
  summary: 'List the providers of the configuration',
  responses: { 200: answer(listingOf(ProviderSchema), 'All providers.'), ...failures() },
})

const pauseProvider = createRoute({
  ...ON_ONE,
  path: '/api/admin/providers/{id}/pause',
  operationId: 'pauseProvider',
  summary: 'Pause a provider',
  description:
    'Its channels are passed over, here at once and by other replicas within two seconds; a request for which no other ' +
    'is left is refused with 429 `provider_paused`. Requests under way are finished. It stays so over restarts until it ' +
    'is resumed. Pausing twice changes nothing, nor the reason.',
  responses: { 200: answer(ProviderSchema, 'The provider as paused.'), ...failures(400, 404, 413, 415) },
})

const resumeProvider = createRoute({
  ...ON_ONE,
  path: '/api/admin/providers/{id}/resume',
  operationId: 'resumeProvider',
  summary: 'Resume a provider',
  description: 'Whoever paused it. Resuming one that is not paused changes nothing.',
  responses: { 200: answer(ProviderSchema, 'The provider as resumed.'), ...failures(400, 404, 413, 415) },
})

/** List, pause and resume under `/api/admin/providers`. */
export const registerProviders = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { pauses } = deps.store
  const find = (id: string) => deps.facts.providers.find((provider) => provider.id === id)

  app.openapi(listProviders, async (c) => {
    const open = new Map((await pauses.open()).map((pause) => [pause.providerId, pause]))
    const data = deps.facts.providers.map((provider) => renderProvider(provider, open.get(provider.id)))
    return c.json({ data, next_cursor: null }, 200)
  })

  app.openapi(pauseProvider, async (c) => {
    const { id } = c.req.valid('param')
    const provider = find(id)
    if (!provider) return refuse(c, notFound('provider', id, 'id'))
    const pause = await pauses.pause(id, { by: deps.actor, reason: c.req.valid('json').reason ?? null })
    await deps.readPauses()
    return c.json(renderProvider(provider, pause), 200)
  })

  app.openapi(resumeProvider, async (c) => {
    const { id } = c.req.valid('param')
    const provider = find(id)
    if (!provider) return refuse(c, notFound('provider', id, 'id'))
    await pauses.resume(id, { by: deps.actor, reason: c.req.valid('json').reason ?? null })
    await deps.readPauses()
    return c.json(renderProvider(provider, undefined), 200)
  })
}

const renderProvider = ({ id, kind }: ProviderFacts, pause: PauseRecord | undefined) => ({
  id,
  kind,
  paused: pause !== undefined,
  since: pause ? new Date(pause.atMs).toISOString() : null,
  paused_by: pause?.by ?? null,
  reason: pause?.reason ?? null,
})
