import { createRoute, z } from '@hono/zod-openapi'
import { formatUsd } from '../../units.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { ADMIN_ONLY, answer, failures, USD } from './routes.ts'

const LedgerCheckSchema = z
  .object({
    ok: z.boolean().openapi({ description: 'Whether everything adds up.' }),
    accounts: z.number().int().openapi({ example: 14 }),
    postings: z.number().int().openapi({ example: 90210 }),
    open_holds: z.number().int().openapi({ example: 2 }),
    sum_usd: USD.openapi({ description: 'The sum of all postings: always zero.', example: '0.000000000' }),
    faults: z.array(z.string()).openapi({ description: 'What does not add up, in words.', example: [] }),
  })
  .openapi('LedgerCheck')

const checkLedger = createRoute({
  method: 'get',
  path: '/api/admin/ledger/check',
  operationId: 'checkLedger',
  tags: ['Ledger'],
  summary: 'Prove that the books balance',
  description:
    'Postings sum to zero, accounts equal the sum of their postings, and what is held equals the open holds.',
  security: ADMIN_ONLY,
  responses: { 200: answer(LedgerCheckSchema, 'The finding, good or bad.'), ...failures() },
})

/** `GET /api/admin/ledger/check`. */
export const registerLedger = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(checkLedger, async (c) => {
    const check = await deps.ledger.check()
    const { ok, accounts, postings, openHolds, sum, faults } = check
    return c.json({ ok, accounts, postings, open_holds: openHolds, sum_usd: formatUsd(sum), faults: [...faults] }, 200)
  })
}
