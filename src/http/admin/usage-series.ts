import { createRoute, z } from '@hono/zod-openapi'
import { quantileOf } from '../../counters/durations.ts'
import type { SeriesDimension, SeriesFilter, SeriesPoint } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatUsd } from '../../units.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line, momentField, oneOf } from './fields.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures, KEY_OWNER, TIME, USD } from './routes.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** How long an interval is, how far a series reaches at most, and how far back when nobody says. */
const INTERVALS = {
  hour: { lengthMs: HOUR_MS, most: 8 * 24, usual: 24, words: '8 days by the hour' },
  day: { lengthMs: DAY_MS, most: 366, usual: 30, words: '366 days by the day' },
} as const
/** Points of one answer. What is more is refused: cut off, it would look whole. */
const POINTS_MAX = 10_000

const OWN_DIMENSIONS = ['none', 'model', 'key', 'project'] as const
const ALL_DIMENSIONS = [...OWN_DIMENSIONS, 'provider', 'user'] as const
type Named = (typeof ALL_DIMENSIONS)[number]
const DIMENSIONS: Readonly<Record<Named, SeriesDimension | undefined>> = {
  none: undefined,
  model: 'model',
  key: 'keyId',
  project: 'projectId',
  provider: 'provider',
  user: 'userId',
}

const some = (description: string) => line(200).optional().openapi({ description })
export const SERIES_QUERY = {
  interval: oneOf(['hour', 'day']).optional().openapi({ description: 'How long each point is. `day` when left out.' }),
  since: momentField.optional().openapi({
    type: 'string',
    format: 'date-time',
    description: 'The first point is of the interval it lies in. 24 hours or 30 days ago when left out.',
  }),
  until: momentField.optional().openapi({
    type: 'string',
    format: 'date-time',
    description: 'Only before that, to the end of its interval. Now.',
  }),
  model: some('Only this model, as it was served.'),
  key_id: some('Only requests made with this key.'),
  project_id: some('Only requests of this project.'),
}

/** What owners may tell points apart by. */
export const OWN_BY = oneOf(OWN_DIMENSIONS)
  .optional()
  .openapi({ description: 'What points are told apart by. `none` when left out.' })

const COUNT = z.number().int().openapi({ example: 12 })
const MS = z.number().int().nullable().openapi({ description: 'As near as its steps tell; null: none.', example: 840 })

const SeriesSchema = z
  .object({
    interval: z.enum(['hour', 'day']),
    since: TIME,
    until: TIME,
    data: z
      .array(
        z.object({
          at: TIME.openapi({ description: 'When the interval begins.' }),
          by: z.string().nullable().openapi({ description: 'null: not told apart, or of no project.', example: null }),
          requests: COUNT,
          errors: COUNT.openapi({ description: 'Of them, those that delivered nothing.', example: 0 }),
          input: COUNT.openapi({ description: 'Fresh input, audio included.' }),
          cache_read: COUNT,
          cache_write: COUNT.openapi({ description: 'For five minutes and for an hour together.' }),
          output: COUNT.openapi({ description: 'All output, audio and reasoning included.' }),
          reasoning: COUNT.openapi({ description: 'A part of `output`.' }),
          cost_usd: USD,
          latency_p50_ms: MS,
          latency_p95_ms: MS,
          ttft_p50_ms: MS,
          cache_hit_ratio: z
            .number()
            .nullable()
            .openapi({ description: '`cache_read` of all input, from 0 to 1; null: there was none.', example: 0.42 }),
        }),
      )
      .openapi({ description: 'In the order of time. Intervals without requests are not there.' }),
  })
  .openapi('UsageSeries')

const DESCRIPTION =
  'For charts. Counted from settled receipts, about a second after each, by when the request came in, in UTC. Hours reach ' +
  'over 8 days at most, days over 366; what would be more than 10,000 points is a 400.'

const getUsageSeries = createRoute({
  method: 'get',
  path: '/api/admin/usage/series',
  operationId: 'getUsageSeries',
  tags: ['Usage'],
  summary: 'Get usage over time, by model, key, project, provider or user',
  description: DESCRIPTION,
  security: ADMIN_ONLY,
  request: {
    query: z.strictObject({
      ...SERIES_QUERY,
      by: oneOf(ALL_DIMENSIONS)
        .optional()
        .openapi({ description: 'What points are told apart by. `none` when left out.' }),
      user_id: some('Only requests of this user.'),
      provider: some('Only requests that this provider served.'),
    }),
  },
  responses: { 200: answer(SeriesSchema, 'The series.'), ...failures(400) },
})

const getMyUsageSeries = createRoute({
  method: 'get',
  path: '/api/me/usage/series',
  operationId: 'getMyUsageSeries',
  tags: ['Me'],
  summary: "Get the account's usage over time, by model, key or project",
  description: DESCRIPTION,
  security: KEY_OWNER,
  request: {
    query: z.strictObject({
      ...SERIES_QUERY,
      by: OWN_BY,
      key: KEY_IN_QUERY,
    }),
  },
  responses: { 200: answer(SeriesSchema, 'The series.'), ...failures(400, 403) },
})

/** `GET /api/admin/usage/series` and `GET /api/me/usage/series`. */
export const registerUsageSeries = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(getUsageSeries, async (c) => {
    const query = c.req.valid('query')
    const series = await findSeries(deps, query, { userId: query.user_id, provider: query.provider })
    return series.ok ? c.json(series.value, 200) : refuse(c, series.error)
  })

  app.openapi(getMyUsageSeries, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const series = await findSeries(deps, c.req.valid('query'), { userId: caller.value.userId })
    return series.ok ? c.json(series.value, 200) : refuse(c, series.error)
  })
}

interface Query {
  readonly interval?: 'hour' | 'day' | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly by?: Named | undefined
  readonly model?: string | undefined
  readonly key_id?: string | undefined
  readonly project_id?: string | undefined
}

/** The points that are asked for, or why that is too much. */
export const findSeries = async (
  { store, nowMs }: Pick<ControlPlaneDeps, 'store' | 'nowMs'>,
  query: Query,
  whose: Pick<SeriesFilter, 'userId' | 'provider'>,
): Promise<Result<z.infer<typeof SeriesSchema>, GatewayError>> => {
  const interval = query.interval ?? 'day'
  const { lengthMs, most, usual, words } = INTERVALS[interval]
  const untilMs = Math.ceil((query.until ?? nowMs() + 1) / lengthMs) * lengthMs
  const sinceMs = query.since === undefined ? untilMs - usual * lengthMs : Math.floor(query.since / lengthMs) * lengthMs
  if (sinceMs >= untilMs) return err(wrong('since', 'must be before until'))
  if (untilMs - sinceMs > most * lengthMs) return err(wrong('since', `reaches too far: at most ${words}`))
  const filter = {
    ...{ interval, sinceMs, untilMs, by: DIMENSIONS[query.by ?? 'none'], ...whose },
    ...{ model: query.model, keyId: query.key_id, projectId: query.project_id },
  }
  const points = await store.series.points(filter, POINTS_MAX + 1)
  if (points.length > POINTS_MAX) return err(wrong('by', `makes more than ${POINTS_MAX} points`))
  const [since, until] = [sinceMs, untilMs].map((atMs) => new Date(atMs).toISOString())
  return ok({ interval, since: since ?? '', until: until ?? '', data: points.map(renderPoint) })
}

const wrong = (param: string, issue: string): GatewayError =>
  fault('invalid-request', `${param} ${issue}.`, { param, issue })

const renderPoint = (point: SeriesPoint) => {
  const { input, cacheRead, cacheWrite } = point
  const allInput = input + cacheRead + cacheWrite
  return {
    at: new Date(point.atMs).toISOString(),
    by: point.by === '' ? null : point.by,
    requests: point.requests,
    errors: point.failed,
    input,
    cache_read: cacheRead,
    cache_write: cacheWrite,
    output: point.output,
    reasoning: point.reasoning,
    cost_usd: formatUsd(point.cost),
    latency_p50_ms: quantileOf(point.latency, 0.5),
    latency_p95_ms: quantileOf(point.latency, 0.95),
    ttft_p50_ms: quantileOf(point.ttft, 0.5),
    cache_hit_ratio: allInput === 0 ? null : Math.round((cacheRead / allInput) * 10_000) / 10_000,
  }
}
