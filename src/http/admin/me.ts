import { createRoute, z } from '@hono/zod-openapi'
import { fault } from '../../errors.ts'
import { BalanceSchema, renderBalance } from './balance.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { KeySchema, renderKey } from './key-schemas.ts'
import { registerMyInvoices } from './invoices.ts'
import { registerMyLive } from './live.ts'
import { registerMyKeys } from './me-keys.ts'
import { registerMyLedger } from './me-ledger.ts'
import { registerMyModels } from './me-models.ts'
import { registerMyProjects } from './me-projects.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { PAGING } from './paging.ts'
import { registerMyPayloads } from './payloads.ts'
import { SignedReceiptSchema } from './receipt-schema.ts'
import { refuse } from './refusal.ts'
import { registerMyRequestsCsv } from './requests-csv.ts'
import { filterOf, REQUEST_FILTERS } from './requests-filter.ts'
import { listReceipts, receiptAlone, ReceiptListSchema, REQUEST_PARAMS } from './requests.ts'
import { answer, failures, KEY_OWNER, notFound } from './routes.ts'

const SHARED = { tags: ['Me'], security: KEY_OWNER }

const getMyBalance = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/balance',
  operationId: 'getMyBalance',
  summary: 'Get the balance of the account the key belongs to',
  responses: { 200: answer(BalanceSchema, 'The balance now.'), ...failures(403) },
})

const listMyRequests = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/requests',
  operationId: 'listMyRequests',
  summary: "List the account's requests with their receipts, newest first",
  description: 'Of all keys of the account; `key_id` narrows it to one.',
  request: { query: z.strictObject({ ...REQUEST_FILTERS, ...PAGING, key: KEY_IN_QUERY }) },
  responses: { 200: answer(ReceiptListSchema, 'A page of receipts.'), ...failures(400, 403) },
})

const getMyRequest = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/requests/{request_id}',
  operationId: 'getMyRequest',
  summary: "Get the receipt of one of the account's requests",
  request: { params: REQUEST_PARAMS },
  responses: { 200: answer(SignedReceiptSchema, 'The receipt, signed.'), ...failures(403, 404) },
})

const getMyKey = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/me/key',
  operationId: 'getMyKey',
  summary: 'Describe the key this call is made with',
  responses: { 200: answer(KeySchema, 'The key, without its secret.'), ...failures(404) },
})

/** `/api/me/*`: what the owner of a Tollgate key may see, which is their own and nothing else. */
export const registerMe = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  registerMyKeys(app, deps)
  registerMyProjects(app, deps)
  if (deps.offer) registerMyModels(app, deps, deps.offer)
  // Before what takes any word for an id.
  registerMyLive(app, deps)
  registerMyRequestsCsv(app, deps)
  registerMyPayloads(app, deps)
  registerMyLedger(app, deps)
  registerMyInvoices(app, deps)

  app.openapi(getMyBalance, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const balance = await deps.ledger.balance(caller.value.userId)
    return balance.ok ? c.json(renderBalance(balance.value), 200) : refuse(c, balance.error)
  })

  app.openapi(listMyRequests, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const { key: _, ...query } = c.req.valid('query')
    const filter = { ...filterOf(query), userId: caller.value.userId }
    return c.json(await listReceipts(deps, filter, query), 200)
  })

  app.openapi(getMyRequest, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const { request_id: id } = c.req.valid('param')
    const receipt = await deps.store.receipts.find(id)
    // Somebody else's request is answered as one that does not exist, so that ids cannot be probed.
    if (!receipt || receipt.userId !== caller.value.userId) return refuse(c, notFound('request', id, 'request_id'))
    return c.json(await receiptAlone(deps, receipt), 200)
  })

  app.openapi(getMyKey, async (c) => {
    const keyId = c.get('principal')?.keyId
    if (keyId === undefined) return refuse(c, fault('not-found', 'No key is used here: you are signed in.'))
    const key = await deps.store.keys.find(keyId)
    return key ? c.json(renderKey(key, deps.nowMs()), 200) : refuse(c, notFound('key', keyId, 'key'))
  })
}
