import { createRoute, z } from '@hono/zod-openapi'
import type { UserRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { formatUsd } from '../../units.ts'
import { type Month, monthNamed, monthsBetween } from '../invoice-months.ts'
import { requirePermission } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { KEY_IN_QUERY } from './me-query.ts'
import { refuse } from './refusal.ts'
import { answer, failures, KEY_OWNER, notFound, USD } from './routes.ts'

const MONTHS_MAX = 240
/** A batch takes a day, and is given up after some: then nothing of the month is open any more. */
const FINAL_AFTER_MS = 10 * 86_400_000

const InvoiceSchema = z
  .object({
    month: z.string().openapi({ description: 'In UTC.', example: '2026-11' }),
    state: z.enum(['open', 'preliminary', 'final']).openapi({
      description: '`open`: the month goes on. `preliminary`: what began in it may still be charged, for ten days.',
      example: 'final',
    }),
    opening_usd: USD,
    charges_usd: USD.openapi({ description: 'Below zero, or zero.', example: '-3.250000000' }),
    others_usd: USD.openapi({ description: 'Credits, refunds, corrections and plans together.' }),
    closing_usd: USD,
    pdf: z.string().nullable().openapi({
      description: 'Where the file is; null while the month goes on.',
      example: '/api/me/invoices/2026-11.pdf',
    }),
  })
  .openapi('Invoice', { description: 'Opening, charges and others are closing, to the nano-dollar.' })

const listMyInvoices = createRoute({
  method: 'get',
  path: '/api/me/invoices',
  operationId: 'listMyInvoices',
  tags: ['Me'],
  summary: "List the account's invoices, one a month, newest first",
  security: KEY_OWNER,
  request: { query: z.strictObject({ key: KEY_IN_QUERY }) },
  responses: {
    200: answer(z.object({ data: z.array(InvoiceSchema), next_cursor: z.null() }), 'All months since the first.'),
    ...failures(400, 403),
  },
})

const getMyInvoice = createRoute({
  method: 'get',
  path: '/api/me/invoices/{file}',
  operationId: 'getMyInvoice',
  tags: ['Me'],
  summary: 'Get the invoice of a month as PDF',
  description:
    'Charges by model, credits and other postings, opening and closing balance. The file of a month has the same bytes ' +
    'whenever it is read, once its state is `final`. A 409 while the month goes on.',
  security: KEY_OWNER,
  request: {
    params: z.object({
      file: z
        .string()
        .regex(/^\d{4}-\d{2}\.pdf$/)
        .openapi({ example: '2026-11.pdf' }),
    }),
    query: z.strictObject({ key: KEY_IN_QUERY }),
  },
  responses: {
    200: {
      description: 'The file.',
      content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary', example: '%PDF-1.7' }) } },
    },
    ...failures(400, 403, 404, 409),
  },
})

/** `GET /api/me/invoices` and `GET /api/me/invoices/{month}.pdf`. */
export const registerMyInvoices = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(listMyInvoices, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const { userId } = caller.value
    const user = await deps.store.users.find(userId)
    if (!user) return refuse(c, notFound('account', userId, 'id'))
    await deps.ledger.settled(userId)
    return c.json({ data: await invoicesOf(deps, user), next_cursor: null }, 200)
  })

  app.openapi(getMyInvoice, async (c) => {
    const caller = requirePermission(c, 'read')
    if (!caller.ok) return refuse(c, caller.error)
    const { file } = c.req.valid('param')
    const month = monthNamed(file.slice(0, 7))
    const user = await deps.store.users.find(caller.value.userId)
    const nowMs = deps.nowMs()
    if (!month || !user || month.endMs <= user.createdAtMs || month.startMs > nowMs)
      return refuse(c, notFound('invoice', file.slice(0, 7), 'file'))
    if (stateOf(month, nowMs) === 'open')
      return refuse(c, fault('state-conflict', `The month ${month.name} goes on. Its invoice is made when it is over.`))
    await deps.ledger.settled(user.id)
    const sums = await deps.store.statements.sums(user.id, month.startMs, month.endMs)
    // Loaded when the first is asked for: nothing else needs what makes files.
    const { invoicePdf } = await import('../invoice-pdf.ts')
    const bytes = await invoicePdf({
      month,
      sums,
      organisation: await payerOf(deps, user),
      issuer: deps.facts.publicUrl,
      isFinal: stateOf(month, nowMs) === 'final',
    })
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="invoice-${month.name}.pdf"`,
      'cache-control': 'no-store',
    })
  })
}

/** Organisations that were made without an address have one that nobody has. */
const payerOf = async ({ store }: Pick<ControlPlaneDeps, 'store'>, { id, email }: UserRecord) => {
  const organisation = await store.members.findOrganisation(id)
  const shown = email.endsWith('.invalid') ? '' : email
  return { id, name: organisation?.name ?? shown, email: shown }
}

const stateOf = ({ endMs }: Month, nowMs: number): 'open' | 'preliminary' | 'final' => {
  if (nowMs < endMs) return 'open'
  return nowMs < endMs + FINAL_AFTER_MS ? 'preliminary' : 'final'
}

/** Adds months up from the first, which opens at nothing. */
const invoicesOf = async ({ store, nowMs }: Pick<ControlPlaneDeps, 'store' | 'nowMs'>, user: UserRecord) => {
  const months = monthsBetween(user.createdAtMs, nowMs(), MONTHS_MAX)
  const oldest = months.at(-1)
  if (!oldest) return []
  const { opening } = await store.statements.sums(user.id, oldest.startMs, oldest.startMs)
  const ends = months.toReversed().map(({ endMs }) => endMs)
  const totals = await store.statements.totals(user.id, [oldest.startMs, ...ends])
  let balance: bigint = opening
  const invoices = months.toReversed().map((month, index) => {
    const { charged = 0n, others = 0n } = totals[index] ?? {}
    const before = balance
    balance += others - charged
    const state = stateOf(month, nowMs())
    return {
      month: month.name,
      state,
      opening_usd: formatUsd(before),
      charges_usd: formatUsd(0n - charged),
      others_usd: formatUsd(others),
      closing_usd: formatUsd(balance),
      pdf: state === 'open' ? null : `/api/me/invoices/${month.name}.pdf`,
    }
  })
  return invoices.reverse()
}
