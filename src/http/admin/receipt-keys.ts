import { createRoute } from '@hono/zod-openapi'
import { audit } from './audit.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { ReceiptKeysSchema } from './receipt-schema.ts'
import { ADMIN_ONLY, answer, failures } from './routes.ts'

const rotateReceiptKey = createRoute({
  method: 'post',
  path: '/api/admin/receipt-keys',
  operationId: 'rotateReceiptKey',
  tags: ['Requests'],
  summary: 'Make a new key to sign receipts with',
  description: 'Every replica signs with it within two seconds. The old ones stay listed, to prove older copies by.',
  security: ADMIN_ONLY,
  responses: { 201: answer(ReceiptKeysSchema, 'All public keys, the new one first.'), ...failures() },
})

const listReceiptKeys = createRoute({
  method: 'get',
  path: '/api/admin/receipt-keys',
  operationId: 'listReceiptKeys',
  tags: ['Requests'],
  summary: 'List the public keys that receipts are signed with',
  description: 'The same as `/.well-known/tollgate-receipts.json`.',
  security: ADMIN_ONLY,
  responses: { 200: answer(ReceiptKeysSchema, 'All public keys, newest first.'), ...failures() },
})

/** `GET` and `POST /api/admin/receipt-keys`. */
export const registerReceiptKeys = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(listReceiptKeys, async (c) => c.json({ keys: [...(await deps.receiptKeys.published())] }, 200))
  app.openapi(rotateReceiptKey, async (c) => {
    const keys = [...(await deps.receiptKeys.rotate())]
    await audit(deps, c, { action: 'rotateReceiptKey', after: keys[0] })
    return c.json({ keys }, 201)
  })
}
