import { createRoute, z } from '@hono/zod-openapi'
import type { CodeRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { formatUsd } from '../../units.ts'
import { audit } from './audit.ts'
import { actorOf } from './caller.ts'
import { hashOfCode, hintOfCode, newCode } from './codes-secret.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { amountField, countField, line, momentField } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME, USD } from './routes.ts'

/** Of one call: they are all shown in its answer. */
const CODES_MAX = 500
const STATES = ['open', 'used_up', 'expired', 'revoked'] as const

const CODE = {
  id: z.string().openapi({ example: 'code_01jd8m3q7x' }),
  hint: z.string().openapi({ description: 'How the code begins and ends, to tell it by.', example: 'TG-…-V4HB' }),
  amount_usd: USD.openapi({ description: 'What each who redeems it is given.' }),
  uses: z.number().int().openapi({ description: 'Accounts that have redeemed it.', example: 0 }),
  uses_max: z.number().int().openapi({ description: 'Accounts that may.', example: 1 }),
  state: z.enum(STATES),
  note: z.string().nullable().openapi({ example: 'Spring campaign' }),
  created_at: TIME,
  created_by: z.string().openapi({ example: 'admin_key' }),
  expires_at: TIME.nullable().openapi({ example: null }),
  revoked_at: TIME.nullable().openapi({ example: null }),
  revoked_by: z.string().nullable().openapi({ example: null }),
}
const CodeSchema = z.object(CODE).openapi('RedemptionCode')
const NewCodesSchema = z
  .strictObject({
    amount_usd: amountField('5.00').openapi({ description: 'In USD, at most nine places.' }),
    count: countField
      .max(CODES_MAX, `must be at most ${CODES_MAX}`)
      .optional()
      .openapi({ description: `How many codes: at most ${CODES_MAX}; 1 when left out.`, example: 10 }),
    uses_max: countField.optional().openapi({ description: 'Accounts that may redeem each; 1 when left out.' }),
    expires_at: momentField.nullish().openapi({ description: 'From when it is worth nothing any more.' }),
    note: line(500).nullish().openapi({ description: 'For administrators, and for the posting.' }),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9]{1,16}$/, 'must have 1 to 16 letters and digits')
      .optional()
      .openapi({ description: 'What codes begin with; `TG` when left out.', example: 'SPRING' }),
  })
  .openapi('NewRedemptionCodes')

const MadeSchema = z
  .object({
    data: z.array(z.object({ ...CODE, code: z.string().openapi({ example: 'TG-7K2M-9QXA-0TRD-V4HB' }) })),
  })
  .openapi('MadeRedemptionCodes')

const RedemptionSchema = z.object({
  user_id: z.string(),
  email: z.string().nullable(),
  redeemed_at: TIME,
  credited_at: TIME.nullable().openapi({ description: 'null: the ledger does not have it yet.' }),
})

const SHARED = { tags: ['Credits'], security: ADMIN_ONLY }
const PARAMS = z.object({ id: idParam('code_01jd8m3q7x') })

const createCodes = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/admin/redemption-codes',
  operationId: 'createRedemptionCodes',
  summary: 'Make codes that are worth credit',
  description: 'The answer holds the codes. They cannot be shown again: only their hashes are kept.',
  request: { body: body(NewCodesSchema) },
  responses: { 201: answer(MadeSchema, 'The codes.'), ...failures(400, 409, 413, 415) },
})
const listCodes = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/redemption-codes',
  operationId: 'listRedemptionCodes',
  summary: 'List codes, newest first',
  request: {
    query: z.strictObject({
      ...PAGING,
      q: line(200).optional().openapi({ description: 'A part of the note, of the hint or of the id.' }),
    }),
  },
  responses: { 200: answer(listingOf(CodeSchema), 'A page of codes.'), ...failures(400) },
})
const listRedemptions = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/redemption-codes/{id}/redemptions',
  operationId: 'listRedemptions',
  summary: 'List who has redeemed a code, newest first',
  request: { params: PARAMS, query: z.strictObject(PAGING) },
  responses: { 200: answer(listingOf(RedemptionSchema), 'A page of them.'), ...failures(400, 404) },
})
const revokeCode = createRoute({
  ...SHARED,
  method: 'delete',
  path: '/api/admin/redemption-codes/{id}',
  operationId: 'revokeRedemptionCode',
  summary: 'Revoke a code',
  description: 'Nobody can redeem it from now on. What was credited stays. Revoking twice changes nothing.',
  request: { params: PARAMS },
  responses: { 200: answer(CodeSchema, 'The code as revoked.'), ...failures(404) },
})

/** Make, list and revoke under `/api/admin/redemption-codes`. */
export const registerCodes = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { codes, users } = deps.store

  app.openapi(createCodes, async (c) => {
    const { amount_usd: amount, note = null, expires_at: expiresAtMs = null, ...wanted } = c.req.valid('json')
    const { count = 1, uses_max: usesMax = 1, prefix = 'TG' } = wanted
    if (expiresAtMs !== null && expiresAtMs <= deps.nowMs()) return refuse(c, IN_THE_PAST)
    const secrets = Array.from({ length: count }, () => newCode(prefix.toUpperCase()))
    const rows = secrets.map((code) => ({
      ...{ hash: hashOfCode(code), hint: hintOfCode(code) },
      ...{ amount, usesMax, note, expiresAtMs },
    }))
    const made = await codes.create(rows, actorOf(c))
    if (!made.ok) return refuse(c, made.error)
    const data = made.value.map((code, index) => ({ ...renderCode(code, deps.nowMs()), code: secrets[index] ?? '' }))
    const after = { count, amount_usd: formatUsd(amount), uses_max: usesMax, note, ids: data.map(({ id }) => id) }
    await audit(deps, c, { action: 'createRedemptionCodes', after })
    return c.json({ data }, 201)
  })

  app.openapi(listCodes, async (c) => {
    const query = c.req.valid('query')
    const { rows, nextCursor } = await codes.list({ q: query.q }, pageOf(query))
    return c.json({ data: rows.map((code) => renderCode(code, deps.nowMs())), next_cursor: nextCursor }, 200)
  })

  app.openapi(listRedemptions, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await codes.find(id))) return refuse(c, notFound('code', id, 'id'))
    const { rows, nextCursor } = await codes.redemptions(id, pageOf(c.req.valid('query')))
    const data = await Promise.all(
      rows.map(async ({ userId, atMs, creditedAtMs }) => ({
        user_id: userId,
        email: (await users.find(userId))?.email ?? null,
        redeemed_at: timeOf(atMs),
        credited_at: creditedAtMs === null ? null : timeOf(creditedAtMs),
      })),
    )
    return c.json({ data, next_cursor: nextCursor }, 200)
  })

  app.openapi(revokeCode, async (c) => {
    const { id } = c.req.valid('param')
    const code = await codes.revoke(id, actorOf(c))
    if (!code) return refuse(c, notFound('code', id, 'id'))
    const shown = renderCode(code, deps.nowMs())
    await audit(deps, c, { action: 'revokeRedemptionCode', subject: id, after: shown })
    return c.json(shown, 200)
  })
}

const IN_THE_PAST = fault('invalid-request', 'expires_at must not lie in the past.', {
  param: 'expires_at',
  issue: 'must not lie in the past',
})

const timeOf = (atMs: number): string => new Date(atMs).toISOString()

const renderCode = (code: CodeRecord, nowMs: number): z.infer<typeof CodeSchema> => ({
  id: code.id,
  hint: code.hint,
  amount_usd: formatUsd(code.amount),
  uses: code.uses,
  uses_max: code.usesMax,
  state: stateOf(code, nowMs),
  note: code.note,
  created_at: timeOf(code.createdAtMs),
  created_by: code.createdBy,
  expires_at: code.expiresAtMs === null ? null : timeOf(code.expiresAtMs),
  revoked_at: code.revokedAtMs === null ? null : timeOf(code.revokedAtMs),
  revoked_by: code.revokedBy,
})

const stateOf = ({ revokedAtMs, expiresAtMs, uses, usesMax }: CodeRecord, nowMs: number): (typeof STATES)[number] => {
  if (revokedAtMs !== null) return 'revoked'
  if (uses >= usesMax) return 'used_up'
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'open'
}
