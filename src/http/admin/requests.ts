import { createRoute, z } from '@hono/zod-openapi'
import type { Receipt } from '../../canon/receipt.ts'
import type { ReceiptFilter } from '../../db/types.ts'
import { renderReceipt } from '../receipt-json.ts'
import { signedReceipt } from '../signed-receipt.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { registerLive } from './live.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { registerPayloads } from './payloads.ts'
import { ReceiptSchema, SignedReceiptSchema } from './receipt-schema.ts'
import { refuse } from './refusal.ts'
import { registerRequestsCsv } from './requests-csv.ts'
import { ADMIN_FILTERS, filterOf, REQUEST_FILTERS } from './requests-filter.ts'
import { ADMIN_ONLY, answer, failures, idParam, notFound } from './routes.ts'

export const ReceiptListSchema = listingOf(ReceiptSchema)
export const REQUEST_PARAMS = z.object({ request_id: idParam('req_01jd8m9h4t') })

const TAGS = ['Requests']

const listRequests = createRoute({
  method: 'get',
  path: '/api/admin/requests',
  operationId: 'listRequests',
  tags: TAGS,
  summary: 'List requests with their receipts, newest first',
  security: ADMIN_ONLY,
  request: { query: z.strictObject({ ...REQUEST_FILTERS, ...ADMIN_FILTERS, ...PAGING }) },
  responses: { 200: answer(ReceiptListSchema, 'A page of receipts.'), ...failures(400) },
})

const getRequest = createRoute({
  method: 'get',
  path: '/api/admin/requests/{request_id}',
  operationId: 'getRequest',
  tags: TAGS,
  summary: "Get a request's receipt",
  security: ADMIN_ONLY,
  request: { params: REQUEST_PARAMS },
  responses: { 200: answer(SignedReceiptSchema, 'The receipt, signed.'), ...failures(404) },
})

/** What administrators see of requests, under `/api/admin/requests`. */
export const registerRequests = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  // Before what takes any word for an id.
  registerLive(app, deps)
  registerRequestsCsv(app, deps)
  registerPayloads(app, deps)

  app.openapi(listRequests, async (c) => {
    const query = c.req.valid('query')
    return c.json(await listReceipts(deps, filterOf(query), query), 200)
  })

  app.openapi(getRequest, async (c) => {
    const { request_id: id } = c.req.valid('param')
    const receipt = await deps.store.receipts.find(id)
    if (!receipt) return refuse(c, notFound('request', id, 'request_id'))
    return c.json(await receiptAlone(deps, receipt), 200)
  })
}

/** A receipt as the API shows it by itself: signed, and with whether what the request said can be read. */
export const receiptAlone = async ({ receiptKeys, store }: ControlPlaneDeps, receipt: Receipt) =>
  signedReceipt({ receiptKeys, receipts: store.receipts }, receipt, {
    payload_captured: await store.payloads.has(receipt.requestId),
  })

/** A page of receipts as the API shows it. */
export const listReceipts = async (
  deps: Pick<ControlPlaneDeps, 'store'>,
  filter: ReceiptFilter,
  paging: Parameters<typeof pageOf>[0],
) => {
  const { rows, nextCursor } = await deps.store.receipts.list(filter, pageOf(paging))
  return { data: rows.map(renderReceipt), next_cursor: nextCursor }
}
