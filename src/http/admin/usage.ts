import { createRoute, z } from '@hono/zod-openapi'
import { type Daily, DIMENSIONS, type Dimension, dayAfter, dayOf, noCounts, COUNTS } from '../../counters/daily.ts'
import type { UsageFilter } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatUsd } from '../../units.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { dayField, line } from './fields.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures, KEY_OWNER, USD } from './routes.ts'
import { registerMyUsageCsv } from './usage-csv.ts'
import { registerUsageSeries } from './usage-series.ts'
import { registerMyUsageSeriesCsv } from './usage-series-csv.ts'

/** Rows of one answer. What is more is refused: cut off, it would look whole. */
const ROWS_MAX = 10_000
const DAYS_DEFAULT = 30

/** What dimensions are called in the API. */
export const NAMES = {
  day: 'day',
  userId: 'user_id',
  keyId: 'key_id',
  projectId: 'project_id',
  model: 'model',
  provider: 'provider',
} as const satisfies Readonly<Record<Dimension, string>>

const dimensionNamed = (name: string): Dimension | undefined =>
  DIMENSIONS.find((dimension) => NAMES[dimension] === name)

export const groupField = (dimensions: readonly Dimension[]) => {
  const names = dimensions.map((dimension) => NAMES[dimension])
  return line(100)
    .transform((text, context): readonly Dimension[] => {
      const found = text.split(',').map((name) => dimensionNamed(name.trim()))
      const known = found.filter(
        (dimension) => dimension !== undefined && dimensions.includes(dimension),
      ) as Dimension[]
      if (known.length === found.length && new Set(known).size === known.length) return known
      context.addIssue({ code: 'custom', message: `must be a list of different ones of ${names.join(', ')}` })
      return z.NEVER
    })
    .optional()
    .openapi({
      type: 'string',
      description: `What usage is told apart by: a list of ${names.join(', ')}. \`day\` when left out.`,
      example: 'day,model',
    })
}

/** What owners may ask by. */
export const OWN_DIMENSIONS = DIMENSIONS.filter((dimension) => dimension !== 'userId')

export const USAGE_FILTERS = {
  since: dayField
    .optional()
    .openapi({ type: 'string', format: 'date', description: 'The first day, in UTC. 30 days ago when left out.' }),
  until: dayField
    .optional()
    .openapi({ type: 'string', format: 'date', description: 'The last day, in UTC. Today when left out.' }),
  key_id: line(200).optional().openapi({ description: 'Only requests made with this key.' }),
  project_id: line(200).optional().openapi({ description: 'Only requests of this project.' }),
  model: line(200).optional().openapi({ description: 'Only this model, as it was served.' }),
}
const ADMIN_FILTERS = {
  user_id: line(200).optional().openapi({ description: 'Only requests of this user.' }),
  provider: line(200).optional().openapi({ description: 'Only requests that this provider served.' }),
}

const count = (description?: string) =>
  z
    .number()
    .int()
    .openapi({ example: 12, ...(description && { description }) })

const SUMS = {
  requests: count('Settled requests.'),
  failed: count('Of them, those that delivered nothing.'),
  tokens: z.object({
    input: count(),
    input_audio: count(),
    cache_read: count(),
    cache_write_5m: count(),
    cache_write_1h: count(),
    output: count(),
    output_audio: count(),
    reasoning: count('A part of `output`.'),
  }),
  cost_usd: USD.openapi({ description: 'What was charged. Refunds are not taken off.' }),
  uncollected_usd: USD.openapi({ description: 'What it cost above what the accounts could pay.' }),
}
const OPERATOR_SUMS = {
  ...SUMS,
  provider_cost_usd: USD.openapi({ description: 'What the provider should bill: list prices, no multipliers.' }),
  unpriced: count('Requests whose cost at the provider nobody knows; it is not in `provider_cost_usd`.'),
}

const text = z.string().optional()
const GROUPS = {
  day: text.openapi({ format: 'date', example: '2026-11-21' }),
  user_id: text,
  key_id: text,
  project_id: z.string().nullable().optional().openapi({ description: '`null`: of none.' }),
  model: text,
  provider: text,
}

const usageSchema = <Sums extends z.ZodRawShape>(sums: Sums, name: string) =>
  z
    .object({
      since: z.string().openapi({ format: 'date', example: '2026-10-23' }),
      until: z.string().openapi({ format: 'date', example: '2026-11-21' }),
      group_by: z.array(z.string()).openapi({ example: ['day'] }),
      data: z.array(z.object({ ...GROUPS, ...sums })).openapi({ description: 'In the order of `group_by`.' }),
      totals: z.object(sums).openapi({ description: 'Over everything in `data`.' }),
    })
    .openapi(name)

const DESCRIPTION =
  'Counted from settled receipts, about a second after each, by the UTC day on which the request came in.'

const getUsage = createRoute({
  method: 'get',
  path: '/api/admin/usage',
  operationId: 'getUsage',
  tags: ['Usage'],
  summary: 'Get requests, tokens and cost by day, user, key, project, model or provider',
  description: DESCRIPTION,
  security: ADMIN_ONLY,
  request: { query: z.strictObject({ ...USAGE_FILTERS, ...ADMIN_FILTERS, group_by: groupField(DIMENSIONS) }) },
  responses: { 200: answer(usageSchema(OPERATOR_SUMS, 'Usage'), 'The usage.'), ...failures(400) },
})

const getMyUsage = createRoute({
  method: 'get',
  path: '/api/me/usage',
  operationId: 'getMyUsage',
  tags: ['Me'],
  summary: "Get the account's requests, tokens and cost by day, key, project, model or provider",
  description: `${DESCRIPTION} Of all keys of the account; \`key_id\` narrows it to one.`,
  security: KEY_OWNER,
  request: {
    query: z.strictObject({
      ...USAGE_FILTERS,
      group_by: groupField(OWN_DIMENSIONS),
      key: KEY_IN_QUERY,
    }),
  },
  responses: { 200: answer(usageSchema(SUMS, 'MyUsage'), 'The usage.'), ...failures(400, 403) },
})

/** Under `/api/admin/usage` and `/api/me/usage`. */
export const registerUsage = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  registerUsageSeries(app, deps)
  registerMyUsageSeriesCsv(app, deps)
  registerMyUsageCsv(app, deps)

  app.openapi(getUsage, async (c) => {
    const { user_id: userId, provider, ...query } = c.req.valid('query')
    const found = await findUsage(deps, query, { userId, provider })
    return found.ok ? c.json(render(found.value, operatorSums), 200) : refuse(c, found.error)
  })

  app.openapi(getMyUsage, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const found = await findUsage(deps, c.req.valid('query'), { userId: caller.value.userId })
    return found.ok ? c.json(render(found.value, ownSums), 200) : refuse(c, found.error)
  })
}

interface Found {
  readonly since: string
  readonly until: string
  readonly groupBy: readonly Dimension[]
  readonly rows: readonly Daily[]
}

interface Query {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly key_id?: string | undefined
  readonly project_id?: string | undefined
  readonly model?: string | undefined
  readonly group_by?: readonly Dimension[] | undefined
}

/** Usage by what is asked for, or why that is too much. */
export const findUsage = async (
  { store, nowMs }: Pick<ControlPlaneDeps, 'store' | 'nowMs'>,
  query: Query,
  whose: Pick<UsageFilter, 'userId' | 'provider'>,
): Promise<Result<Found, GatewayError>> => {
  const until = query.until ?? dayOf(nowMs())
  const since = query.since ?? dayAfter(until, 1 - DAYS_DEFAULT)
  const groupBy = query.group_by ?? ['day']
  const narrowed = { keyId: query.key_id, projectId: query.project_id, model: query.model, ...whose }
  const rows = await store.counters.usage({ since, until, ...narrowed }, groupBy, ROWS_MAX + 1)
  if (rows.length <= ROWS_MAX) return ok({ since, until, groupBy, rows })
  return err(
    fault('invalid-request', `That is more than ${ROWS_MAX} rows. Ask for fewer days, or group by less.`, {
      param: 'group_by',
      issue: `makes more than ${ROWS_MAX} rows`,
    }),
  )
}

const render = <Sums extends object>({ since, until, groupBy, rows }: Found, sumsOf: (row: Daily) => Sums) => {
  const totals: Daily = { day: '', userId: '', keyId: '', projectId: '', model: '', provider: '', ...noCounts() }
  for (const row of rows) for (const name of COUNTS) totals[name] += row[name]
  return {
    since,
    until,
    group_by: groupBy.map((dimension) => NAMES[dimension]),
    data: rows.map((row) => ({ ...groupsOf(row, groupBy), ...sumsOf(row) })),
    totals: sumsOf(totals),
  }
}

export const groupsOf = (row: Daily, groupBy: readonly Dimension[]) =>
  Object.fromEntries(
    groupBy.map((dimension) => [NAMES[dimension], dimension === 'projectId' ? row.projectId || null : row[dimension]]),
  )

export const ownSums = (row: Daily) => ({
  requests: Number(row.requests),
  failed: Number(row.failed),
  tokens: {
    input: Number(row.input),
    input_audio: Number(row.inputAudio),
    cache_read: Number(row.cacheRead),
    cache_write_5m: Number(row.cacheWrite5m),
    cache_write_1h: Number(row.cacheWrite1h),
    output: Number(row.output),
    output_audio: Number(row.outputAudio),
    reasoning: Number(row.reasoning),
  },
  cost_usd: formatUsd(row.costNanoUsd),
  uncollected_usd: formatUsd(row.uncollectedNanoUsd),
})

const operatorSums = (row: Daily) => ({
  ...ownSums(row),
  provider_cost_usd: formatUsd(row.providerCostNanoUsd),
  unpriced: Number(row.unpriced),
})
