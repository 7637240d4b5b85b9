import { createRoute, z } from '@hono/zod-openapi'
import { formatUsd } from '../../units.ts'
import { audit } from './audit.ts'
import { BalanceSchema, renderBalance } from './balance.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { amountField, line } from './fields.ts'
import { refuse } from './refusal.ts'
import { REQUEST_PARAMS } from './requests.ts'
import { ADMIN_ONLY, answer, body, failures, notFound, USD } from './routes.ts'

const NewRefundSchema = z
  .strictObject({
    amount_usd: amountField('0.25')
      .nullish()
      .openapi({ description: 'At most what is left of the charge; all of that when left out.' }),
    reason: line(500).openapi({ description: 'Kept with the posting, for whoever audits it.', example: 'Wrong model' }),
    idempotency_key: line(200).openapi({
      description: 'Of your choosing. Sent again with the same body it posts nothing and gives the same answer.',
      example: 'ticket-4711',
    }),
  })
  .openapi('NewRefund')

const RefundSchema = BalanceSchema.extend({
  request_id: z.string().openapi({ example: 'req_01jd8m9h4t' }),
  refunded_usd: USD.openapi({ description: 'What this refund gave back.', example: '0.250000000' }),
}).openapi('Refund')

const refundRequest = createRoute({
  method: 'post',
  path: '/api/admin/requests/{request_id}/refund',
  operationId: 'refundRequest',
  tags: ['Credits'],
  summary: 'Give back what a request was charged',
  description:
    'Posts the opposite of the charge, or of a part of it, once per `idempotency_key`. All refunds of a request together ' +
    'give back at most what it was charged. The receipt stays as it is, and budgets count what was spent.',
  security: ADMIN_ONLY,
  request: { params: REQUEST_PARAMS, body: body(NewRefundSchema) },
  responses: {
    201: answer(RefundSchema, "What was given back, and the account's balance after it."),
    ...failures(400, 404, 409, 413, 415),
  },
})

/** `POST /api/admin/requests/{request_id}/refund`. */
export const registerRefunds = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(refundRequest, async (c) => {
    const { request_id: requestId } = c.req.valid('param')
    const { amount_usd: amount, reason, idempotency_key: idempotencyKey } = c.req.valid('json')
    const refund = await deps.ledger.refund({ requestId, amount: amount ?? undefined, reason, idempotencyKey })
    if (!refund.ok) {
      return refuse(c, refund.error.kind === 'not-found' ? notFound('request', requestId, 'request_id') : refund.error)
    }
    const { amount: refunded, balance } = refund.value
    const userId = (await deps.store.receipts.find(requestId))?.userId ?? null
    const after = { refunded_usd: formatUsd(refunded), idempotency_key: idempotencyKey, ...renderBalance(balance) }
    await audit(deps, c, { action: 'refundRequest', subject: requestId, userId, after, reason })
    return c.json({ request_id: requestId, refunded_usd: formatUsd(refunded), ...renderBalance(balance) }, 201)
  })
}
