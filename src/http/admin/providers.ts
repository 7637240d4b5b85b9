import { createRoute, z } from '@hono/zod-openapi'
import { shownEntry } from '../../config/administered.ts'
import type { PauseRecord } from '../../db/types.ts'
import { PROVIDER_KINDS } from '../../providers/kinds.ts'
import { err, type Result } from '../../result.ts'
import { audit } from './audit.ts'
import { withoutEmptyBody } from './body.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { readWhole, registerObjects, type Whole } from './object-routes.ts'
import { fieldsOf, identifierField, optionalFieldsOf, PROVENANCE, provenanceOf } from './object-schemas.ts'
import { type Refused, schemaOf, type Shown, shownOf } from './objects.ts'
import {
  checkAddresses,
  newProviderKeysField,
  providerKeySchema,
  registerProviderKeys,
  shownKeysOf,
  writesOfKeys,
} from './provider-keys.ts'
import { mistakesFault, refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'

const PAUSE = {
  paused: z.boolean().openapi({ example: true }),
  since: TIME.nullable(),
  paused_by: z.string().nullable().openapi({
    description: 'With which credential: admin_key or command_line.',
    example: 'admin_key',
  }),
  reason: z.string().nullable().openapi({ description: 'As it was given.', example: 'invoice unpaid' }),
}

const ReasonSchema = z
  .strictObject({ reason: line(500).optional().openapi({ example: 'invoice unpaid' }) })
  .openapi('Reason')

const TestSchema = z
  .strictObject({
    model: line(200)
      .optional()
      .openapi({
        description:
          'A model of the catalogue, to be asked for one token. Left out: the list of models is asked for, which costs ' +
          'nothing, where the vendor has one.',
        example: 'claude-haiku-4-5',
      }),
  })
  .openapi('ProviderTestRequest')

const TestedSchema = z
  .object({
    id: z.string().openapi({ example: 'claude-main' }),
    ok: z.boolean().openapi({ description: 'Whether every key works.', example: true }),
    keys: z.array(
      z.object({
        id: z.string().openapi({ description: 'Empty where no key is needed.', example: 'main' }),
        ok: z.boolean(),
        status: z
          .number()
          .int()
          .nullable()
          .openapi({ description: 'As the vendor answered; null: it did not.', example: 200 }),
        latency_ms: z.number().int().openapi({ example: 230 }),
        error: z.string().nullable().openapi({ description: 'What is wrong, and what to do.', example: null }),
      }),
    ),
  })
  .openapi('ProviderTest')

const SHARED = { tags: ['Providers'], security: ADMIN_ONLY }
const PARAMS = z.object({ id: idParam('claude-main') })
const ON_ONE = {
  ...SHARED,
  method: 'post',
  middleware: withoutEmptyBody,
  request: { params: PARAMS, body: { ...body(ReasonSchema), required: false } },
} as const

const testProvider = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/providers/{id}/test',
  operationId: 'testProvider',
  summary: 'Test the keys of a provider',
  description:
    'Asks the vendor something small with each key, paused or not. A model that is named is charged by the vendor.',
  middleware: withoutEmptyBody,
  request: { params: PARAMS, body: { ...body(TestSchema), required: false } },
  responses: { 200: answer(TestedSchema, 'What the vendor made of each key.'), ...failures(400, 404, 413, 415) },
})

/** Everything under `/api/admin/providers`. */
export const registerProviders = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const base = deps.administration.base()
  const entry = schemaOf(base, 'provider')
  const schema = z
    .object({
      id: z.string().openapi({ example: 'claude-main' }),
      ...fieldsOf(entry, ['keys']),
      keys: z.array(providerKeySchema(base)),
      ...PAUSE,
      ...PROVENANCE,
    })
    .openapi('Provider', { description: 'A vendor account; while it is paused nothing is asked of it.' })

  registerObjects(app, deps, {
    kind: 'provider',
    path: 'providers',
    tag: 'Providers',
    type: 'Provider',
    plural: 'Providers',
    one: 'a provider',
    many: 'providers',
    example: 'claude-main',
    idField: identifierField('claude-main'),
    fields: { ...optionalFieldsOf(entry, FILE_ONLY), kind: fieldsOf(entry)['kind'] ?? z.unknown() },
    newFields: { keys: newProviderKeysField(base) },
    schema,
    render: async (shown, whole) => renderProvider(deps, whole, shown, (await pausesOf(deps, whole)).get(shown.id)),
    check: (fields) => checkProvider(fields),
    writesOf: (id, fields) => writesOfKeys(deps, id, fields['keys']),
    notes: {
      create: 'Without channels in the file, it gets one by itself.',
      remove: 'Its keys go with it.',
    },
  })
  registerPausing(app, deps, schema)
  registerProviderKeys(app, deps)

  app.openapi(testProvider, async (c) => {
    const { id } = c.req.valid('param')
    const tested = await deps.administration.testProvider(id, c.req.valid('json').model)
    if (!tested) return refuse(c, notFound('provider', id, 'id'))
    const keys = tested.map(({ latencyMs, ...key }) => ({ ...key, latency_ms: Math.round(latencyMs) }))
    return c.json({ id, ok: keys.length > 0 && keys.every((key) => key.ok), keys }, 200)
  })
}

/** Keys have calls of their own. What runs a program here is for who has the machine, not for who has the admin key. */
const FILE_ONLY = ['keys', 'claude_cli']

const checkProvider = (fields: Readonly<Record<string, unknown>>): Result<unknown, Refused> => {
  const kind = PROVIDER_KINDS[String(fields['kind'])]
  if (!kind?.runsCommand) return checkAddresses(fields)
  const mistakes = [{ field: 'kind', issue: 'runs a program on this machine: put it into the configuration file' }]
  return err({ error: mistakesFault(mistakes), mistakes })
}

const registerPausing = (app: ControlPlaneApp, deps: ControlPlaneDeps, schema: z.ZodType<Row>): void => {
  const { pauses } = deps.store
  const responses = (description: string) => ({ 200: answer(schema, description), ...failures(400, 404, 413, 415) })
  const pauseProvider = createRoute({
    ...ON_ONE,
    path: '/api/admin/providers/{id}/pause',
    operationId: 'pauseProvider',
    summary: 'Pause a provider',
    description:
      'Its channels are passed over, here at once and by other replicas within two seconds; a request for which no other ' +
      'is left is refused with 429 `provider_paused`. Requests under way are finished. It stays so over restarts until it ' +
      'is resumed. Pausing twice changes nothing, nor the reason.',
    responses: responses('The provider as paused.'),
  })
  const resumeProvider = createRoute({
    ...ON_ONE,
    path: '/api/admin/providers/{id}/resume',
    operationId: 'resumeProvider',
    summary: 'Resume a provider',
    description: 'Whoever paused it. Resuming one that is not paused changes nothing.',
    responses: responses('The provider as resumed.'),
  })
  const find = async (id: string) => {
    const whole = await readWhole(deps)
    const shown = shownOf(whole.base, whole.stored, 'provider').find((provider) => provider.id === id)
    return shown && { whole, shown }
  }

  app.openapi(pauseProvider, async (c) => {
    const { id } = c.req.valid('param')
    const found = await find(id)
    if (!found) return refuse(c, notFound('provider', id, 'id'))
    const { reason = null } = c.req.valid('json')
    const pause = await pauses.pause(id, { by: actorOf(c), reason })
    await deps.readPauses()
    await audit(deps, c, { action: 'pauseProvider', subject: id, after: { paused: true }, reason })
    return c.json(renderProvider(deps, found.whole, found.shown, pause), 200)
  })

  app.openapi(resumeProvider, async (c) => {
    const { id } = c.req.valid('param')
    const found = await find(id)
    if (!found) return refuse(c, notFound('provider', id, 'id'))
    const { reason = null } = c.req.valid('json')
    const wasPaused = await pauses.resume(id, { by: actorOf(c), reason })
    await deps.readPauses()
    const states = { before: { paused: wasPaused }, after: { paused: false } }
    await audit(deps, c, { action: 'resumeProvider', subject: id, ...states, reason })
    return c.json(renderProvider(deps, found.whole, found.shown, undefined), 200)
  })
}

type Row = Record<string, unknown>

/** Pauses are read once for all providers that are shown together. */
const pausesOf = (deps: ControlPlaneDeps, whole: Whole): Promise<ReadonlyMap<string, PauseRecord>> => {
  const known = PAUSES.get(whole) ?? readPauses(deps)
  PAUSES.set(whole, known)
  return known
}

const PAUSES = new WeakMap<Whole, Promise<ReadonlyMap<string, PauseRecord>>>()

const readPauses = async ({ store }: ControlPlaneDeps) =>
  new Map((await store.pauses.open()).map((pause) => [pause.providerId, pause]))

const renderProvider = (
  { providersHealth }: Pick<ControlPlaneDeps, 'providersHealth'>,
  { base, stored }: Whole,
  shown: Shown,
  pause: PauseRecord | undefined,
): Row => {
  const { keys: _, ...fields } = shownEntry(schemaOf(base, 'provider'), shown.body) as Row
  return {
    id: shown.id,
    ...fields,
    keys: shownKeysOf(base, shown, stored, providersHealth),
    paused: pause !== undefined,
    since: pause ? new Date(pause.atMs).toISOString() : null,
    paused_by: pause?.by ?? null,
    reason: pause?.reason ?? null,
    source: shown.source,
    ...provenanceOf(shown.record),
  }
}
