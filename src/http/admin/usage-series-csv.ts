import { createRoute, z } from '@hono/zod-openapi'
import { requirePermission } from './caller.ts'
import { csvHeaders, csvStream } from './csv.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { csvAnswer, failures, KEY_OWNER } from './routes.ts'
import { findSeries, OWN_BY, SERIES_QUERY } from './usage-series.ts'

/** `GET /api/me/usage/series.csv`. */
export const registerMyUsageSeriesCsv = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const exportMyUsageSeries = createRoute({
    method: 'get',
    path: '/api/me/usage/series.csv',
    operationId: 'exportMyUsageSeries',
    tags: ['Me'],
    summary: "Export the account's usage over time as CSV",
    description:
      'What `GET /api/me/usage/series` answers the same query with, as a file for spreadsheets (RFC 4180); times in UTC.',
    security: KEY_OWNER,
    request: { query: z.strictObject({ ...SERIES_QUERY, by: OWN_BY, key: KEY_IN_QUERY }) },
    responses: { 200: csvAnswer('The file.'), ...failures(400, 403) },
  })

  app.openapi(exportMyUsageSeries, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const query = c.req.valid('query')
    const series = await findSeries(deps, query, { userId: caller.value.userId })
    if (!series.ok) return refuse(c, series.error)
    const { interval, since, until, data } = series.value
    const by = query.by ?? 'none'
    // What points are of stands under its own name; not told apart, there is no such column.
    const pages = [
      data.map((point) => [point.at, ...(by === 'none' ? [] : [point.by]), ...SUMS.map((sum) => point[sum])]),
    ]
    const file = csvStream([interval, ...(by === 'none' ? [] : [by]), ...SUMS], async () => pages.shift())
    return c.body(file, 200, csvHeaders(`usage-${fileTime(since)}-${fileTime(until)}`))
  })
}

/** Without what names of files may not have. */
const fileTime = (at: string): string => at.slice(0, 13)

const SUMS = [
  'requests',
  'errors',
  'input',
  'cache_read',
  'cache_write',
  'output',
  'reasoning',
  'cost_usd',
  'latency_p50_ms',
  'latency_p95_ms',
  'ttft_p50_ms',
  'cache_hit_ratio',
] as const
