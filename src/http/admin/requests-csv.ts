import { createRoute, z } from '@hono/zod-openapi'
import type { Receipt } from '../../canon/receipt.ts'
import type { ReceiptFilter } from '../../db/types.ts'
import { dayOf } from '../../counters/daily.ts'
import { formatUsd } from '../../units.ts'
import { audit } from './audit.ts'
import { requirePermission } from './caller.ts'
import { type Cell, csvHeaders, csvStream } from './csv.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { ADMIN_FILTERS, filterOf, REQUEST_FILTERS } from './requests-filter.ts'
import { ADMIN_ONLY, csvAnswer, failures, KEY_OWNER } from './routes.ts'

const DESCRIPTION =
  'The requests that the same filters list, as CSV (RFC 4180), newest first, times in UTC: all of them, written page by page ' +
  'as they are read. Texts that a spreadsheet would take for a formula have an apostrophe before them.'

const exportRequests = createRoute({
  method: 'get',
  path: '/api/admin/requests.csv',
  operationId: 'exportRequests',
  tags: ['Requests'],
  summary: 'Export requests as CSV',
  description: DESCRIPTION,
  security: ADMIN_ONLY,
  request: { query: z.strictObject({ ...REQUEST_FILTERS, ...ADMIN_FILTERS }) },
  responses: { 200: csvAnswer('The file.'), ...failures(400) },
})

const exportMyRequests = createRoute({
  method: 'get',
  path: '/api/me/requests.csv',
  operationId: 'exportMyRequests',
  tags: ['Me'],
  summary: "Export the account's requests as CSV",
  description: DESCRIPTION,
  security: KEY_OWNER,
  request: { query: z.strictObject({ ...REQUEST_FILTERS, key: KEY_IN_QUERY }) },
  responses: { 200: csvAnswer('The file.'), ...failures(400, 403) },
})

/** `GET /api/admin/requests.csv`. */
export const registerRequestsCsv = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(exportRequests, async (c) => {
    const filter = filterOf(c.req.valid('query'))
    // Before it is given away. What was looked for is in no entry: parts of what clients wrote may be.
    await audit(deps, c, { action: 'exportRequests', userId: filter.userId ?? null })
    return c.body(fileOf(deps, filter), 200, csvHeaders(`requests-${dayOf(deps.nowMs())}`))
  })
}

/** `GET /api/me/requests.csv`. */
export const registerMyRequestsCsv = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(exportMyRequests, (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const { key: _, ...query } = c.req.valid('query')
    const filter = { ...filterOf(query), userId: caller.value.userId }
    return c.body(fileOf(deps, filter), 200, csvHeaders(`requests-${dayOf(deps.nowMs())}`))
  })
}

const ROWS_AT_ONCE = 200

const fileOf = ({ store }: Pick<ControlPlaneDeps, 'store'>, filter: ReceiptFilter): ReadableStream<Uint8Array> => {
  let cursor: string | null | undefined
  return csvStream(HEADER, async () => {
    if (cursor === null) return undefined
    const { rows, nextCursor } = await store.receipts.list(filter, { cursor, limit: ROWS_AT_ONCE })
    cursor = nextCursor
    return rows.map((receipt) => COLUMNS.map(([, cellOf]) => cellOf(receipt)))
  })
}

/** What stands in each column, named as in receipts. */
const COLUMNS: readonly (readonly [name: string, cellOf: (receipt: Receipt) => Cell])[] = [
  ['request_id', ({ requestId }) => requestId],
  ['at', ({ atMs }) => new Date(atMs).toISOString()],
  ['user_id', ({ userId }) => userId],
  ['key_id', ({ keyId }) => keyId],
  ['project_id', ({ projectId }) => projectId],
  ['group', ({ group }) => group],
  ['client_format', ({ clientFormat }) => clientFormat],
  ['upstream_format', ({ upstreamFormat }) => upstreamFormat],
  ['action', ({ action }) => action],
  ['model_requested', ({ modelRequested }) => modelRequested],
  ['model_served', ({ modelServed }) => modelServed],
  ['provider', ({ provider }) => provider],
  ['channel', ({ channel }) => channel],
  ['attempts', ({ attempts }) => attempts.length],
  ['status', ({ status }) => status],
  ['ended', ({ ended }) => ended],
  ['stream', ({ stream }) => stream],
  ['usage_source', ({ usageSource }) => usageSource],
  ['service_tier', ({ serviceTier }) => serviceTier ?? 'standard'],
  ['input', ({ usage }) => usage.input],
  ['input_audio', ({ usage }) => usage.inputAudio],
  ['cache_read', ({ usage }) => usage.cacheRead],
  ['cache_write_5m', ({ usage }) => usage.cacheWrite5m],
  ['cache_write_1h', ({ usage }) => usage.cacheWrite1h],
  ['output', ({ usage }) => usage.output],
  ['output_audio', ({ usage }) => usage.outputAudio],
  ['reasoning', ({ usage }) => usage.reasoning],
  ['cost_usd', ({ cost }) => formatUsd(cost)],
  ['uncollected_usd', ({ uncollected }) => formatUsd(uncollected)],
  ['latency_ms', ({ latencyMs }) => latencyMs],
  ['ttft_ms', ({ ttftMs }) => ttftMs],
  ['overhead_ms', ({ overheadMs }) => overheadMs],
  ['warnings', ({ warnings }) => warnings.join(' ')],
]
const HEADER = COLUMNS.map(([name]) => name)
