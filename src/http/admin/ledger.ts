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

const AccountsSchema = z
  .object({
    accounts: z.array(
      z.object({
        account: z
          .string()
          .openapi({ description: '`customers` are all users together.', example: 'platform:revenue' }),
        balance_usd: USD.openapi({ example: '812.400000000' }),
      }),
    ),
    sum_usd: USD.openapi({ description: 'The sum of all accounts: always zero.', example: '0.000000000' }),
  })
  .openapi('LedgerAccounts')

const listAccounts = createRoute({
  method: 'get',
  path: '/api/admin/ledger/accounts',
  operationId: 'listLedgerAccounts',
  tags: ['Ledger'],
  summary: 'What the books say',
  description:
    'The balances of all users together, of the house (revenue, what was paid in, what was given away, what providers cost) and of each provider: what it should have billed at list price, some seconds behind.',
  security: ADMIN_ONLY,
  responses: { 200: answer(AccountsSchema, 'The balances. They sum to zero.'), ...failures() },
})

/** `GET /api/admin/ledger/check` and `…/accounts`. */
export const registerLedger = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(checkLedger, async (c) => {
    const check = await deps.ledger.check()
    const { ok, accounts, postings, openHolds, sum, faults } = check
    return c.json({ ok, accounts, postings, open_holds: openHolds, sum_usd: formatUsd(sum), faults: [...faults] }, 200)
  })
  app.openapi(listAccounts, async (c) => {
    const balances = await deps.store.balances.house()
    const sum = balances.reduce((total, { balance }) => total + balance, 0n)
    const accounts = balances.map(({ account, balance }) => ({ account, balance_usd: formatUsd(balance) }))
    return c.json({ accounts, sum_usd: formatUsd(sum) }, 200)
  })
}
