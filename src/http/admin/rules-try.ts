import { createRoute, z } from '@hono/zod-openapi'
import { WIRE_FORMATS } from '../../canon/operation.ts'
import type { ObjectWrite } from '../../db/types.ts'
import { ok, type Result } from '../../result.ts'
import { resolveName } from '../../routing/choose.ts'
import { type Asked, compileRules, type Conditions, type RuleSource } from '../../routing/rules.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { isObject } from './object-writes.ts'
import { configAfter, inFile, mergePatch, type Refused, refused, shownOf } from './objects.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'

/** Of a request that is only described. */
const HEADERS_MAX = 50
const LABELS_MAX = 50
const RULES_MAX = 10_000

const RequestSchema = z.strictObject({
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: 'As it is written.', example: 'claude-sonnet-4-6' }),
  format: z.enum(WIRE_FORMATS).optional(),
  bytes: z.number().int().min(0).optional().openapi({ description: 'The size of the body.', example: 2048 }),
  tools: z.boolean().optional(),
  images: z.boolean().optional(),
  stream: z.boolean().optional(),
  headers: z
    .record(z.string().regex(/^[\w-]{1,64}$/, 'must be names of headers'), z.string().regex(/^[\x20-\x7e]{0,1000}$/))
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `must be at most ${HEADERS_MAX}`)
    .default({})
    .openapi({ example: { 'user-agent': 'acme-tests/1.0' } }),
  labels: z.array(z.string().max(4_096)).max(LABELS_MAX).default([]).openapi({ description: 'Of its key.' }),
  at: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-11-21T09:30:00Z' })
    .optional()
    .openapi({ description: 'When it comes in. Now, when left out.' }),
})

const TrySchema = z.strictObject({
  rules: z.array(z.record(z.string(), z.unknown())).max(RULES_MAX).optional().openapi({
    description: 'In place of those that the group has: checked as if they were to be saved, and not saved.',
  }),
  request: RequestSchema.openapi({ description: 'What is left out nobody can tell: a condition on it does not hold.' }),
})

const holds = z.boolean().nullable().openapi({ description: 'null: nobody can tell, and so it does not count.' })

const TriedSchema = z
  .object({
    group: z.string(),
    at: TIME,
    counts: z
      .object({ index: z.number().int().openapi({ example: 0 }), name: z.string() })
      .nullable()
      .openapi({ description: 'The first rule that matches; null: none does, and nothing is done otherwise.' }),
    rules: z.array(
      z.object({
        name: z.string().openapi({ example: 'rule 2' }),
        enabled: z.boolean(),
        holds,
        conditions: z
          .array(z.object({ condition: z.string().openapi({ example: 'models' }), holds }))
          .openapi({ description: 'Those that are named. `hours` stands for `days` and `zone` as well.' }),
      }),
    ),
  })
  .openapi('RulesTried')

const tryRules = createRoute({
  method: 'post',
  path: '/api/admin/groups/{id}/rules/try',
  operationId: 'tryRules',
  tags: ['Groups'],
  summary: 'See which rule of a group counts for a request',
  description:
    'The request is described, not sent; nothing is saved, counted or spent. `POST /v1/explain` says of a whole request ' +
    'what would become of it.',
  security: ADMIN_ONLY,
  request: { params: z.object({ id: idParam('default') }), body: body(TrySchema) },
  responses: { 200: answer(TriedSchema, 'Each rule, and whether it matches.'), ...failures(400, 404, 409, 413, 415) },
})

/** `POST /api/admin/groups/{id}/rules/try`. */
export const registerTryRules = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(tryRules, async (c) => {
    const { id } = c.req.valid('param')
    const { rules, request } = c.req.valid('json')
    const found = await rulesOf(deps, id, rules)
    if (!found.ok) return refuse(c, found.error.error, found.error.mistakes)
    const asked = askedBy(deps, request)
    const tried = found.value.map((rule, index) => tryRule(rule, index, asked))
    const index = tried.findIndex((rule) => rule.enabled && rule.holds === true)
    const first = tried[index]
    const counts = first ? { index, name: first.name } : null
    return c.json({ group: id, at: new Date(asked.atMs).toISOString(), counts, rules: tried }, 200)
  })
}

/** The rules of a group as they are, or as they would be. */
const rulesOf = async (
  deps: ControlPlaneDeps,
  id: string,
  drafted: readonly unknown[] | undefined,
): Promise<Result<readonly RuleSource[], Refused>> => {
  const base = deps.administration.base()
  const now = await deps.store.objects.read()
  if (!shownOf(base, now, 'group').some((group) => group.id === id)) return refused(notFound('group', id, 'id'))
  const taken = drafted && inFile(base, 'group', id)
  if (taken) return refused(taken)
  const before = now.objects.find(isObject('group', id))?.body
  const put: ObjectWrite = { act: 'put', kind: 'group', id, body: mergePatch(before ?? {}, { rules: drafted }) }
  const whole = configAfter(deps, { kind: 'group', id }, now, drafted ? [put] : [])
  return whole.ok ? ok(whole.value.groups.get(id)?.rules ?? []) : whole
}

const askedBy = (deps: ControlPlaneDeps, request: z.infer<typeof RequestSchema>): Asked => {
  const { model, format, bytes, tools, images, stream, headers, labels, at } = request
  return {
    names: () => (model === undefined ? undefined : namesOf(deps, model)),
    ...{ format, bytes, stream, labels },
    tools: () => tools,
    images: () => images,
    headers: new Headers(headers),
    atMs: at === undefined ? deps.nowMs() : Date.parse(at),
  }
}

const namesOf = ({ catalogue, offer }: ControlPlaneDeps, name: string): readonly string[] => {
  const found = resolveName({ channels: offer?.channels ?? [], resolve: catalogue.resolve }, name)
  return found.ok ? [name, found.value.model.id] : [name]
}

/** A rule by itself, and each of its conditions by itself, by the functions that requests go through. */
const tryRule = (rule: RuleSource, index: number, asked: Asked) => ({
  name: rule.name ?? `rule ${index + 1}`,
  enabled: rule.enabled ?? true,
  holds: holdsFor(rule.when, asked),
  conditions: namedIn(rule.when).map(([condition, when]) => ({ condition, holds: holdsFor(when, asked) })),
})

const holdsFor = (when: Conditions, asked: Asked): boolean | null => {
  const [rule] = compileRules([{ name: null, when, do: NO_EFFECTS }])
  return rule?.matches(asked) ?? null
}

const NO_EFFECTS: RuleSource['do'] = { model: null, channels: null, parameters: new Map(), refuse: null }

/** The conditions that are named, each as the only one. */
const namedIn = (when: Conditions): readonly (readonly [string, Conditions])[] => {
  const { hours, days, zone } = when
  const time = { ...NO_CONDITIONS, hours, days, zone }
  return [
    ...alone('models', when.models, (models) => ({ models })),
    ...alone('formats', when.formats, (formats) => ({ formats })),
    ...alone('bytes_min', when.bytesMin, (bytesMin) => ({ bytesMin })),
    ...alone('bytes_max', when.bytesMax, (bytesMax) => ({ bytesMax })),
    ...alone('tools', when.tools, (tools) => ({ tools })),
    ...alone('images', when.images, (images) => ({ images })),
    ...alone('stream', when.stream, (stream) => ({ stream })),
    ...alone('headers', when.headers.size === 0 ? null : when.headers, (headers) => ({ headers })),
    ...alone('labels', when.labels, (labels) => ({ labels })),
    ...(hours !== null ? [['hours', time] as const] : days !== null ? [['days', time] as const] : []),
  ]
}

const alone = <Value>(
  name: string,
  value: Value | null,
  made: (value: Value) => Partial<Conditions>,
): readonly (readonly [string, Conditions])[] =>
  value === null ? [] : [[name, { ...NO_CONDITIONS, ...made(value) }] as const]

const NO_CONDITIONS: Conditions = {
  ...{ models: null, formats: null, bytesMin: null, bytesMax: null, tools: null, images: null, stream: null },
  ...{ headers: new Map<string, string>(), labels: null, hours: null, days: null, zone: 'UTC' },
}
