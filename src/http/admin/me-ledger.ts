import { createRoute, z } from '@hono/zod-openapi'
import type { StatementRow } from '../../db/types.ts'
import { formatUsd } from '../../units.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { momentField, oneOf } from './fields.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { answer, failures, KEY_OWNER, TIME, USD } from './routes.ts'

const PostingSchema = z
  .object({
    at: TIME.openapi({ description: 'Of a charge: when its request came in.' }),
    kind: z.string().openapi({
      description: '`charge`, `credit`, `promotional-credit`, `correction`, `refund` or `plan`.',
      example: 'charge',
    }),
    request_id: z
      .string()
      .nullable()
      .openapi({ description: 'What was charged, or refunded.', example: 'req_01jd8m9h4t' }),
    amount_usd: USD.openapi({
      description: 'What the account gained; below zero: what it lost.',
      example: '-0.001000000',
    }),
    balance_usd: USD.openapi({ description: 'With this posting and all before it; what is held is not taken off.' }),
    reason: z.string().nullable().openapi({ example: null }),
  })
  .openapi('AccountPosting')

const listMyLedger = createRoute({
  method: 'get',
  path: '/api/me/ledger',
  operationId: 'listMyLedger',
  tags: ['Me'],
  summary: "List the account's postings, newest first",
  description:
    'What was charged, credited, refunded. A request that cost nothing has no posting. A charge stands at the moment its ' +
    'request came in, so that one of a long request appears behind newer ones.',
  security: KEY_OWNER,
  request: {
    query: z.strictObject({
      only: oneOf(['charges', 'others'])
        .optional()
        .openapi({ description: 'Only charges, or only what is none. Balances are the same as among all.' }),
      since: momentField.optional().openapi({ type: 'string', format: 'date-time', description: 'Only from then on.' }),
      until: momentField.optional().openapi({ type: 'string', format: 'date-time', description: 'Only before that.' }),
      ...PAGING,
      key: KEY_IN_QUERY,
    }),
  },
  responses: { 200: answer(listingOf(PostingSchema), 'A page of postings.'), ...failures(400, 403) },
})

/** `GET /api/me/ledger`. */
export const registerMyLedger = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(listMyLedger, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const { only, since: sinceMs, until: untilMs, ...paging } = c.req.valid('query')
    const { userId } = caller.value
    // A charge that was just made is on its way to the database.
    await deps.ledger.settled(userId)
    const filter = { userId, only, sinceMs, untilMs }
    const { rows, nextCursor } = await deps.store.statements.list(filter, pageOf(paging))
    return c.json({ data: rows.map(renderPosting), next_cursor: nextCursor }, 200)
  })
}

const renderPosting = ({ atMs, kind, requestId, amount, balance, reason }: StatementRow) => ({
  at: new Date(atMs).toISOString(),
  kind,
  request_id: requestId,
  amount_usd: formatUsd(amount),
  balance_usd: formatUsd(balance),
  reason,
})
