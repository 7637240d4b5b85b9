import { createRoute, z } from '@hono/zod-openapi'
import type { ReceiptFilter } from '../../db/types.ts'
import { renderReceipt } from '../receipt-json.ts'
import { signedReceipt } from '../signed-receipt.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line, momentField, queryCount } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { ReceiptSchema, SignedReceiptSchema } from './receipt-schema.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures, idParam, notFound } from './routes.ts'

/** The filters everyone has; an administrator can also ask by user. */
export const REQUEST_FILTERS = {
  key_id: line(200).optional().openapi({ description: 'Only requests made with this key.' }),
  model: line(200).optional().openapi({ description: 'Only this model.' }),
  status: queryCount(100, 599).optional().openapi({
    type: 'integer',
    minimum: 100,
    maximum: 599,
    description: 'Only requests answered with this HTTP status.',
    example: undefined,
  }),
  since: momentField.optional().openapi({ type: 'string', format: 'date-time', description: 'Only from then on.' }),
  ...PAGING,
}
const FILTERS = z.strictObject(REQUEST_FILTERS)

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
  request: {
    query: FILTERS.extend({ user_id: line(200).optional().openapi({ description: 'Only requests of this user.' }) }),
  },
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

/** `GET /api/admin/requests` and `GET /api/admin/requests/{request_id}`. */
export const registerRequests = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(listRequests, async (c) => {
    const query = c.req.valid('query')
    return c.json(await listReceipts(deps, query, query.user_id), 200)
  })

  app.openapi(getRequest, async (c) => {
    const { request_id: id } = c.req.valid('param')
    const receipt = await deps.store.receipts.find(id)
    if (!receipt) return refuse(c, notFound('request', id, 'request_id'))
    return c.json(await signedReceipt({ receiptKeys: deps.receiptKeys, receipts: deps.store.receipts }, receipt), 200)
  })
}

/** A page of receipts as the API shows it, of one user or of everyone. */
export const listReceipts = async (
  deps: Pick<ControlPlaneDeps, 'store'>,
  query: z.infer<typeof FILTERS>,
  userId: string | undefined,
) => {
  const filter: ReceiptFilter = {
    userId,
    keyId: query.key_id,
    model: query.model,
    status: query.status,
    sinceMs: query.since,
  }
  const { rows, nextCursor } = await deps.store.receipts.list(filter, pageOf(query))
  return { data: rows.map(renderReceipt), next_cursor: nextCursor }
}
