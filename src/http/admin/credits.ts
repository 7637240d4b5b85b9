import { createRoute, z } from '@hono/zod-openapi'
import { CREDIT_KINDS } from '../../ledger/types.ts'
import { audit } from './audit.ts'
import { formatUsd } from '../../units.ts'
import { BalanceSchema, renderBalance } from './balance.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line, oneOf, signedAmountField } from './fields.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam } from './routes.ts'
import { findUser } from './users.ts'

const NewCreditSchema = z
  .strictObject({
    amount_usd: signedAmountField('10.00').openapi({
      description: 'In USD, at most nine places. Below zero it takes back, at most what is available.',
    }),
    reason: line(500).openapi({
      description: 'Kept with the posting, for whoever audits it.',
      example: 'Invoice 2026-114',
    }),
    kind: oneOf(CREDIT_KINDS)
      .optional()
      .openapi({
        description:
          '`credit`: paid for; below zero, paid back. `promotional-credit`: given away. `correction`: puts right what ' +
          'went wrong, in either direction.',
        default: 'credit',
      }),
    idempotency_key: line(200).openapi({
      description: 'Of your choosing. Sent again with the same body it posts nothing and gives the same answer.',
      example: 'invoice-2026-114',
    }),
  })
  .openapi('NewCredit')

const PARAMS = z.object({ id: idParam('user_01jd8m3q7x') })
const TAGS = ['Credits']

const addCredit = createRoute({
  method: 'post',
  path: '/api/admin/users/{id}/credits',
  operationId: 'addCredit',
  tags: TAGS,
  summary: 'Add credit to a user',
  description: 'Posts once per `idempotency_key`. The same key with another body is a 409 and posts nothing.',
  security: ADMIN_ONLY,
  request: { params: PARAMS, body: body(NewCreditSchema) },
  responses: {
    201: answer(BalanceSchema, 'The balance after the posting.'),
    ...failures(400, 402, 404, 409, 413, 415),
  },
})

const getBalance = createRoute({
  method: 'get',
  path: '/api/admin/users/{id}/balance',
  operationId: 'getBalance',
  tags: TAGS,
  summary: "Get a user's balance",
  security: ADMIN_ONLY,
  request: { params: PARAMS },
  responses: { 200: answer(BalanceSchema, 'The balance now.'), ...failures(404) },
})

/** `POST /api/admin/users/{id}/credits` and `GET /api/admin/users/{id}/balance`. */
export const registerCredits = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(addCredit, async (c) => {
    const { amount_usd: amount, reason, kind = 'credit', idempotency_key: idempotencyKey } = c.req.valid('json')
    const user = await findUser(deps.store, c.req.valid('param').id, 'id')
    if (!user.ok) return refuse(c, user.error)
    const credited = await deps.ledger.credit({ userId: user.value.id, amount, reason, kind, idempotencyKey })
    if (!credited.ok) return refuse(c, credited.error)
    const { id } = user.value
    const after = {
      amount_usd: formatUsd(amount),
      kind,
      idempotency_key: idempotencyKey,
      ...renderBalance(credited.value),
    }
    await audit(deps, c, { action: 'addCredit', subject: id, userId: id, after, reason })
    return c.json(renderBalance(credited.value), 201)
  })

  app.openapi(getBalance, async (c) => {
    const user = await findUser(deps.store, c.req.valid('param').id, 'id')
    if (!user.ok) return refuse(c, user.error)
    const balance = await deps.ledger.balance(user.value.id)
    return balance.ok ? c.json(renderBalance(balance.value), 200) : refuse(c, balance.error)
  })
}
