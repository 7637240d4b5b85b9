import { createRoute, z } from '@hono/zod-openapi'
import {
  DAYS_MAX,
  type Drift,
  type ReconciliationReport,
  reconcile,
  spanOf,
  type Thresholds,
  THRESHOLDS,
} from '../../counters/reconcile.ts'
import { readExport } from '../../counters/read-export.ts'
import type { ReconciliationRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { formatUsd, nanoUsd, parseUsd } from '../../units.ts'
import { audit } from './audit.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { dayField, line } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'

/** A year of days and models; a report above it is refused, as it could not be read either. */
const ROWS_MAX = 20_000

const threshold = (places: number, example: string, description: string) =>
  z
    .string()
    .regex(
      places === 0 ? /^\d{1,15}$/ : new RegExp(`^\\d{1,9}(\\.\\d{1,${places}})?$`),
      `must be a decimal string with at most ${places} places`,
    )
    .optional()
    .openapi({ example, description })

const RequestSchema = z
  .strictObject({
    provider: line(200).openapi({ description: 'The id of the provider in our receipts.', example: 'openai' }),
    content: z
      .string()
      .min(1, 'must not be empty')
      .openapi({ description: 'The export: CSV, a page of JSON, or a JSON list of pages.' }),
    since: dayField.optional().openapi({ format: 'date', description: 'Leave out days before this one.' }),
    until: dayField.optional().openapi({ format: 'date', description: 'Leave out days after this one.' }),
    models: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'What we call a model that they call so.', example: { 'deployment-7': 'model-1' } }),
    threshold_percent: threshold(4, '1', 'A drift is told when it is above so many per cent of theirs …'),
    threshold_usd: threshold(9, '0.01', '… and, of cost, above this …'),
    threshold_tokens: threshold(0, '1000', '… or, of tokens, above this.'),
  })
  .openapi('NewReconciliation')

const amount = (description: string) => z.string().openapi({ description, example: '1200' })
const DriftSchema = z.object({
  measure: z.string().openapi({ description: 'A bucket of tokens, or `cost_usd`.', example: 'output' }),
  theirs: amount('What the export says: tokens, or USD as a decimal string.'),
  ours: amount('What our receipts say.'),
  difference: amount('Ours less theirs.'),
  percent: z.string().nullable().openapi({
    description: 'The difference as a share of theirs; `null` where theirs is nothing.',
    example: '-0.4100',
  }),
  above: z.boolean().openapi({ description: 'Whether it is above the thresholds.' }),
})
const SUMMARY = {
  id: z.string().openapi({ example: 'reconciliation_01jd8m9h4t' }),
  provider: z.string().openapi({ example: 'openai' }),
  created_at: TIME,
  format: z.string().openapi({ example: 'openai-usage' }),
  since: z.string().openapi({ format: 'date', example: '2026-11-01' }),
  until: z.string().openapi({ format: 'date', example: '2026-11-20' }),
  ok: z.boolean().openapi({ description: 'Whether no drift is above the thresholds.' }),
  above: z.number().int().openapi({ description: 'How many are.', example: 0 }),
  unpriced: z.number().int().openapi({ description: 'Requests whose cost at the provider nobody knows.', example: 0 }),
  totals: z.array(DriftSchema),
}
const SummarySchema = z.object(SUMMARY).openapi('ReconciliationSummary')
const ReportSchema = z
  .object({
    ...SUMMARY,
    rows: z.array(
      z.object({
        day: z.string().openapi({ format: 'date', example: '2026-11-20' }),
        model: z.string().nullable().openapi({ description: '`null`: of all models, or of none.' }),
        drifts: z.array(DriftSchema),
      }),
    ),
  })
  .openapi('Reconciliation')

const SHARED = { tags: ['Reconciliation'], security: ADMIN_ONLY }

const createReconciliation = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/reconciliations',
  operationId: 'createReconciliation',
  summary: "Compare a provider's export of usage or costs with our receipts",
  description: 'The body may have up to 16 MiB.',
  request: { body: body(RequestSchema) },
  responses: { 201: answer(ReportSchema, 'The report, which is kept.'), ...failures(400, 413, 415) },
})

const listReconciliations = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/reconciliations',
  operationId: 'listReconciliations',
  summary: 'List comparisons with exports of providers, newest first',
  request: { query: z.strictObject({ provider: line(200).optional(), ...PAGING }) },
  responses: { 200: answer(listingOf(SummarySchema), 'A page of them, without their rows.'), ...failures(400) },
})

const getReconciliation = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/reconciliations/{id}',
  operationId: 'getReconciliation',
  summary: 'Get a comparison with an export of a provider',
  request: { params: z.object({ id: idParam('reconciliation_01jd8m9h4t') }) },
  responses: { 200: answer(ReportSchema, 'The report.'), ...failures(404) },
})

/** `/api/admin/reconciliations`. */
export const registerReconciliations = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(createReconciliation, async (c) => {
    const asked = c.req.valid('json')
    const bill = readExport(asked.content)
    if (!bill.ok) return refuse(c, fault('invalid-request', bill.error, { param: 'content', issue: 'cannot be read' }))
    const options = {
      provider: asked.provider,
      thresholds: thresholdsOf(asked),
      since: asked.since,
      until: asked.until,
      models: new Map(Object.entries(asked.models ?? {})),
    }
    const span = spanOf(bill.value, options)
    if (span === undefined) return refuse(c, NO_DAYS)
    if (span === 'too-long') return refuse(c, TOO_MANY_DAYS)
    const filter = { ...span, provider: asked.provider }
    const ours = await deps.store.counters.usage(filter, ['day', 'model'], ROWS_MAX + 1)
    const report = reconcile(bill.value, ours, span, options)
    if (ours.length > ROWS_MAX || report.rows.length > ROWS_MAX) return refuse(c, TOO_LONG)
    const added = await deps.store.reconciliations.add(report)
    await audit(deps, c, { action: 'createReconciliation', subject: added.id, after: { provider: asked.provider } })
    return c.json(renderReport(added), 201)
  })

  app.openapi(listReconciliations, async (c) => {
    const query = c.req.valid('query')
    const { rows, nextCursor } = await deps.store.reconciliations.list({ provider: query.provider }, pageOf(query))
    return c.json({ data: rows.map(renderSummary), next_cursor: nextCursor }, 200)
  })

  app.openapi(getReconciliation, async (c) => {
    const { id } = c.req.valid('param')
    const found = await deps.store.reconciliations.find(id)
    return found ? c.json(renderReport(found), 200) : refuse(c, notFound('reconciliation', id, 'id'))
  })
}

const NO_DAYS = fault('invalid-request', 'The export says nothing of the days from since to until.', { param: 'since' })
const TOO_MANY_DAYS = fault(
  'invalid-request',
  `The export spans more than ${DAYS_MAX} days. Look for a wrong date in it, or name since and until.`,
  { param: 'content', issue: `spans more than ${DAYS_MAX} days` },
)
const TOO_LONG = fault('invalid-request', `That makes more than ${ROWS_MAX} rows. Compare fewer days at once.`, {
  param: 'content',
})

const thresholdsOf = (asked: z.infer<typeof RequestSchema>): Thresholds => {
  const percent = asked.threshold_percent === undefined ? undefined : parseUsd(asked.threshold_percent)
  const usd = asked.threshold_usd === undefined ? undefined : parseUsd(asked.threshold_usd)
  return {
    // Read as billionths of one per cent, of which a hundred thousand are a millionth.
    partsPerMillion: percent === undefined ? THRESHOLDS.partsPerMillion : percent / 100_000n,
    tokens: asked.threshold_tokens === undefined ? THRESHOLDS.tokens : BigInt(asked.threshold_tokens),
    cost: usd === undefined ? THRESHOLDS.cost : nanoUsd(usd),
  }
}

const renderSummary = ({ id, provider, atMs, report }: ReconciliationRecord) => ({
  id,
  provider,
  created_at: new Date(atMs).toISOString(),
  format: report.format,
  since: report.since,
  until: report.until,
  ok: report.above === 0,
  above: report.above,
  unpriced: report.unpriced,
  totals: report.totals.map(renderDrift),
})

const renderReport = (record: ReconciliationRecord) => ({
  ...renderSummary(record),
  rows: record.report.rows.map(renderRow),
})

const renderRow = ({ day, model, drifts }: ReconciliationReport['rows'][number]) => ({
  day,
  model,
  drifts: drifts.map(renderDrift),
})

const renderDrift = ({ measure, theirs, ours, difference, partsPerMillion, isAbove }: Drift) => {
  const write = (amountOf: bigint): string => (measure === 'cost' ? formatUsd(amountOf) : amountOf.toString())
  return {
    measure: measure === 'cost' ? 'cost_usd' : measure,
    theirs: write(theirs),
    ours: write(ours),
    difference: write(difference),
    percent: partsPerMillion === null ? null : percentOf(partsPerMillion),
    above: isAbove,
  }
}

/** Millionths as per cent, with four places: -4_100n is `-0.4100`. */
const percentOf = (partsPerMillion: bigint): string => {
  const magnitude = partsPerMillion < 0n ? -partsPerMillion : partsPerMillion
  const places = (magnitude % 10_000n).toString().padStart(4, '0')
  return `${partsPerMillion < 0n ? '-' : ''}${magnitude / 10_000n}.${places}`
}
