import { createRoute, z } from '@hono/zod-openapi'
import { mayDo } from '../../keys/principal.ts'
import { signedReceipt } from '../signed-receipt.ts'
import { BalanceSchema, renderBalance } from './credits.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { KeySchema, renderKey } from './key-schemas.ts'
import { SignedReceiptSchema } from './receipt-schema.ts'
import { refuse } from './refusal.ts'
import { listReceipts, ReceiptListSchema, REQUEST_FILTERS, REQUEST_PARAMS } from './requests.ts'
import { answer, failures, KEY_OWNER, notFound } from './routes.ts'

// Read where credentials are read; named here so that a filter misspelt is still told from it.
const KEY_IN_QUERY = z.string().optional().openapi({ description: 'A Tollgate key, where no header can be sent.' })
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
  request: { query: z.strictObject({ ...REQUEST_FILTERS, key: KEY_IN_QUERY }) },
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
  app.openapi(getMyBalance, async (c) => {
    const principal = c.get('principal')
    const allowed = mayDo(principal, 'receipts')
    if (!allowed.ok) return refuse(c, allowed.error)
    const balance = await deps.ledger.balance(principal.userId)
    return balance.ok ? c.json(renderBalance(balance.value), 200) : refuse(c, balance.error)
  })

  app.openapi(listMyRequests, async (c) => {
    const principal = c.get('principal')
    const allowed = mayDo(principal, 'receipts')
    if (!allowed.ok) return refuse(c, allowed.error)
    return c.json(await listReceipts(deps, c.req.valid('query'), principal.userId), 200)
  })

  app.openapi(getMyRequest, async (c) => {
    const principal = c.get('principal')
    const allowed = mayDo(principal, 'receipts')
    if (!allowed.ok) return refuse(c, allowed.error)
    const { request_id: id } = c.req.valid('param')
    const receipt = await deps.store.receipts.find(id)
    // Somebody else's request is answered as one that does not exist, so that ids cannot be probed.
    if (!receipt || receipt.userId !== principal.userId) return refuse(c, notFound('request', id, 'request_id'))
    return c.json(await signedReceipt({ receiptKeys: deps.receiptKeys, receipts: deps.store.receipts }, receipt), 200)
  })

  app.openapi(getMyKey, async (c) => {
    const { keyId } = c.get('principal')
    const key = await deps.store.keys.find(keyId)
    return key ? c.json(renderKey(key, deps.nowMs()), 200) : refuse(c, notFound('key', keyId, 'key'))
  })
}
