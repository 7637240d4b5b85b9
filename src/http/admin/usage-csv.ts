import { createRoute, z } from '@hono/zod-openapi'
import type { Daily, Dimension } from '../../counters/daily.ts'
import { requirePermission } from './caller.ts'
import { type Cell, csvHeaders, csvStream } from './csv.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { csvAnswer, failures, KEY_OWNER } from './routes.ts'
import { findUsage, groupField, groupsOf, NAMES, OWN_DIMENSIONS, ownSums, USAGE_FILTERS } from './usage.ts'

/** `GET /api/me/usage.csv`. */
export const registerMyUsageCsv = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const exportMyUsage = createRoute({
    method: 'get',
    path: '/api/me/usage.csv',
    operationId: 'exportMyUsage',
    tags: ['Me'],
    summary: "Export the account's usage as CSV",
    description:
      'What `GET /api/me/usage` answers the same query with, as a file for spreadsheets (RFC 4180); days in UTC.',
    security: KEY_OWNER,
    request: {
      query: z.strictObject({ ...USAGE_FILTERS, group_by: groupField(OWN_DIMENSIONS), key: KEY_IN_QUERY }),
    },
    responses: { 200: csvAnswer('The file.'), ...failures(400, 403) },
  })

  app.openapi(exportMyUsage, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const found = await findUsage(deps, c.req.valid('query'), { userId: caller.value.userId })
    if (!found.ok) return refuse(c, found.error)
    const { since, until, groupBy, rows } = found.value
    const pages = [rows.map((row) => cellsOf(row, groupBy))]
    const file = csvStream([...groupBy.map((dimension) => NAMES[dimension]), ...SUMS], async () => pages.shift())
    return c.body(file, 200, csvHeaders(`usage-${since}-${until}`))
  })
}

const TOKENS = [
  'input',
  'input_audio',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'output_audio',
  'reasoning',
] as const
const SUMS = ['requests', 'failed', ...TOKENS, 'cost_usd', 'uncollected_usd']

const cellsOf = (row: Daily, groupBy: readonly Dimension[]): readonly Cell[] => {
  const { requests, failed, tokens, cost_usd: cost, uncollected_usd: uncollected } = ownSums(row)
  return [
    ...Object.values(groupsOf(row, groupBy)),
    requests,
    failed,
    ...TOKENS.map((name) => tokens[name]),
    cost,
    uncollected,
  ]
}
