import { createRoute, z } from '@hono/zod-openapi'
import type { CodeFault, CodeRecord } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatUsd } from '../../units.ts'
import { audit } from './audit.ts'
import { requirePermission } from './caller.ts'
import { limitedAddress } from '../client-ip.ts'
import { hashOfCode } from './codes-secret.ts'
import { createGuesses } from './codes-guesses.ts'
import { BalanceSchema, renderBalance } from './balance.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { refuse } from './refusal.ts'
import { answer, body, failures, KEY_OWNER, USD } from './routes.ts'

const RedeemSchema = z
  .strictObject({
    code: line(100).openapi({
      description: 'As it was handed out; case and dashes are of no matter.',
      example: 'TG-7K2M-9QXA-0TRD-V4HB',
    }),
  })
  .openapi('Redeem')

const RedeemedSchema = BalanceSchema.extend({
  redeemed_usd: USD.openapi({ description: 'What the code was worth.', example: '5.000000000' }),
}).openapi('Redeemed')

const redeem = createRoute({
  method: 'post',
  path: '/api/me/redeem',
  operationId: 'redeemCode',
  tags: ['Me'],
  summary: 'Redeem a code',
  description:
    'Credits the account with what the code is worth, once for each account and each person. A 404 where there is no such ' +
    'code, a 409 where it is used up, over, or was redeemed by this account, or by the caller or an owner for another. Codes ' +
    'that are tried are counted: too many are a 429.',
  security: KEY_OWNER,
  request: { body: body(RedeemSchema) },
  responses: {
    201: answer(RedeemedSchema, 'What was credited, and the balance after it.'),
    ...failures(400, 403, 404, 409, 413, 415),
  },
})

const TRIES_A_MINUTE = 10
/** Of one address, behind which a whole company may be. */
const TRIES_A_MINUTE_FROM = 100

/** `POST /api/me/redeem`. */
export const registerRedeem = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const guesses = createGuesses(deps.nowMs)
  app.openapi(redeem, async (c) => {
    const caller = requirePermission(c, 'billing')
    if (!caller.ok) return refuse(c, caller.error)
    const { userId, actor } = caller.value
    const waitMs = guesses.waitMs(userId)
    if (waitMs > 0) return refuse(c, tooManyGuesses(waitMs))
    // Of all replicas together, and of whoever makes one account after the other.
    const tries = [
      await deps.admitAttempt(`redeem:${userId}`, TRIES_A_MINUTE),
      await deps.admitAttempt(`redeem-from:${limitedAddress(c.env?.ip?.() ?? '')}`, TRIES_A_MINUTE_FROM),
    ]
    for (const tried of tries) if (!tried.ok) return refuse(c, tried.error)
    const people = await peopleOf(deps, userId, actor)
    const redeemed = await redeemFor(deps, userId, people, hashOfCode(c.req.valid('json').code))
    if (redeemed.ok || redeemed.error.kind !== 'not-found') guesses.takeBack(userId)
    if (redeemed.ok) {
      const { id, ...shown } = redeemed.value
      await audit(deps, c, { action: 'redeemCode', subject: id, userId, after: shown })
      return c.json(shown, 201)
    }
    if (redeemed.error.kind === 'not-found') {
      const admitted = deps.admitUnauthenticated(c.env?.ip?.() ?? '')
      if (!admitted.ok) return refuse(c, admitted.error)
    }
    return refuse(c, redeemed.error)
  })
}

/**
 * A use is taken first, then the ledger credits it under a key that follows from the code and the account: whatever dies in
 * between, and however often it is sent, it is credited once. Whoever is quickest to note it is the one who redeemed it.
 */
const redeemFor = async (
  { store, ledger }: Pick<ControlPlaneDeps, 'store' | 'ledger'>,
  userId: string,
  people: readonly string[],
  hash: string,
): Promise<Result<z.infer<typeof RedeemedSchema> & { readonly id: string }, GatewayError>> => {
  const claimed = await store.codes.claim(hash, userId, people)
  if (!claimed.ok) return err(FAULTS[claimed.error])
  const code = claimed.value
  const credited = await ledger.credit(creditOf(code, userId))
  if (!credited.ok) {
    // What the ledger will not do another time either, it has not done.
    if (credited.error.kind === 'invalid-request') await store.codes.release(code.id, userId)
    return credited
  }
  if (!(await store.codes.credited(code.id, userId))) return err(FAULTS.redeemed)
  return ok({ id: code.id, redeemed_usd: formatUsd(code.amount), ...renderBalance(credited.value) })
}

/**
 * Who redeems: the person who is signed in, or, of a key, the first owner of the account. Before all its other owners, so
 * that nobody redeems one code for each organisation they make.
 */
const peopleOf = async (
  { store }: Pick<ControlPlaneDeps, 'store'>,
  userId: string,
  actor: string,
): Promise<readonly string[]> => {
  const members = await store.members.list(userId)
  const owners = members.filter(({ role }) => role === 'owner').map(({ person }) => person.id)
  const isMember = members.some(({ person }) => person.id === actor)
  return [...new Set([...(isMember ? [actor] : []), ...owners])]
}

const creditOf = (code: CodeRecord, userId: string) => ({
  userId,
  amount: code.amount,
  kind: 'promotional-credit' as const,
  // Nothing that could be another the next time.
  reason: `Redemption code ${code.hint}`,
  idempotencyKey: `redemption/${code.id}/${userId}`,
})

const conflict = (message: string): GatewayError =>
  fault('state-conflict', message, { param: 'code', issue: 'cannot be redeemed' })

const FAULTS: Readonly<Record<CodeFault, GatewayError>> = {
  unknown: fault('not-found', 'There is no such code. Check it letter by letter.', {
    param: 'code',
    issue: 'is unknown',
  }),
  expired: conflict('This code is worth nothing any more: its time is over.'),
  revoked: conflict('This code is worth nothing any more: it was taken back.'),
  'used-up': conflict('This code has been redeemed as often as it may be.'),
  redeemed: conflict('This code was redeemed already, for this account or for another of the same owner.'),
}

const tooManyGuesses = (waitMs: number): GatewayError =>
  fault('rate-limit-exceeded', 'Too many wrong codes. Wait before you try another.', { retryAfterMs: waitMs })
