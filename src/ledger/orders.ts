import { createHash } from 'node:crypto'
import { PLATFORM_FUNDING, PLATFORM_PROMOTIONS, PLATFORM_REVENUE } from '../db/account-ids.ts'
import { fault, type GatewayError } from '../errors.ts'
import { formatUsd, type NanoUsd, nanoUsd } from '../units.ts'
import { balanced, type Postings } from './postings.ts'
import type { CreditKind, CreditRequest, PlanPurchase, RefundRequest } from './types.ts'

/// Postings that somebody asks for by hand, each under an idempotency key.

/** What is to be posted, apart from the account and amount where those are only found out on the way. */
export interface Order {
  readonly kind: CreditKind | 'refund' | 'plan'
  readonly idempotencyKey: string
  /** Hex SHA-256 of what was asked: the same key with another is a conflict. */
  readonly inputHash: string
  /** Why, for whoever audits it; the name of a plan. */
  readonly reason: string
  /** The other side. */
  readonly counterAccountId: string
  readonly refundedRequestId: string | null
  /** The plan that its user gets with it. */
  readonly plan: { readonly userId: string; readonly name: string } | null
}

/** 100 million dollars. Accounts hold more of these than 64 bits do: sums of them are `exactSum`. */
const AMOUNT_NANO_MAX = 100_000_000_000_000_000n
const TEXT_CHARACTERS_MAX = 1_000

const COUNTER_ACCOUNTS: Readonly<Record<CreditKind, string>> = {
  credit: PLATFORM_FUNDING,
  'promotional-credit': PLATFORM_PROMOTIONS,
  correction: PLATFORM_FUNDING,
}

export const creditOrder = ({ userId, amount, reason, idempotencyKey, kind = 'credit' }: CreditRequest): Order => ({
  kind,
  idempotencyKey,
  // A plain credit is hashed without its kind: so were all before there were others.
  inputHash: hashOf([...(kind === 'credit' ? [] : [kind]), userId, amount.toString(), reason]),
  reason,
  counterAccountId: COUNTER_ACCOUNTS[kind],
  refundedRequestId: null,
  plan: null,
})

export const refundOrder = ({ requestId, amount, reason, idempotencyKey }: RefundRequest): Order => ({
  kind: 'refund',
  idempotencyKey,
  inputHash: hashOf(['refund', requestId, amount?.toString() ?? '', reason]),
  reason,
  counterAccountId: PLATFORM_REVENUE,
  refundedRequestId: requestId,
  plan: null,
})

export const planOrder = ({ userId, plan, idempotencyKey }: PlanPurchase): Order => ({
  kind: 'plan',
  idempotencyKey,
  // Without the price: a repeat after the plan became dearer is still the same purchase.
  inputHash: hashOf(['plan', userId, plan]),
  reason: plan,
  counterAccountId: PLATFORM_REVENUE,
  refundedRequestId: null,
  plan: { userId, name: plan },
})

/** The two sides of an order, the paying one first. `amount`: what the account gains; below zero, what it loses. */
export const orderPostings = (accountId: string, counterAccountId: string, amount: bigint): Postings => {
  const account = { accountId, amount: nanoUsd(amount) }
  const counter = { accountId: counterAccountId, amount: nanoUsd(-amount) }
  return balanced(amount < 0n ? [account, counter] : [counter, account])
}

/** What is wrong with the texts of an order, before anything is looked up. */
export const mistakeInOrder = ({ reason, idempotencyKey }: Order): GatewayError | undefined => {
  if (reason.length > TEXT_CHARACTERS_MAX) {
    return invalid('reason', `The reason is longer than ${TEXT_CHARACTERS_MAX} characters. Shorten it.`)
  }
  if (idempotencyKey === '' || idempotencyKey.length > TEXT_CHARACTERS_MAX) {
    return invalid('idempotency_key', `Give an idempotency key of 1 to ${TEXT_CHARACTERS_MAX} characters.`)
  }
  return undefined
}

/** What is wrong with the amount of a credit. */
export const mistakeInCredit = ({ amount, kind }: CreditRequest): GatewayError | undefined => {
  if (amount === 0n) {
    return invalid('amount_usd', 'The amount is zero. Give a positive amount, or a negative one to correct.')
  }
  if (amount > AMOUNT_NANO_MAX || amount < -AMOUNT_NANO_MAX) {
    return invalid('amount_usd', `The amount is above ${formatUsd(AMOUNT_NANO_MAX)} USD. Give a smaller one.`)
  }
  if (kind === 'promotional-credit' && amount < 0n) {
    return invalid('amount_usd', 'A promotional credit cannot be negative. Take it back with a correction.')
  }
  return undefined
}

/** How much of a charge a refund gives back: what is asked for, else all that is left; or why it cannot. */
export const refundAmount = (
  { requestId, amount }: RefundRequest,
  charged: bigint,
  refunded: bigint,
): NanoUsd | GatewayError => {
  const left = charged - refunded
  if (left <= 0n) {
    const why = charged === 0n ? 'was charged nothing' : 'was refunded in full already'
    return fault('state-conflict', `Request ${requestId} ${why}.`)
  }
  if (amount === undefined) return nanoUsd(left)
  if (amount <= 0n) return invalid('amount_usd', 'A refund must be above zero.')
  if (amount <= left) return amount
  return invalid('amount_usd', `${formatUsd(left)} USD is left to refund of request ${requestId}. Give at most that.`)
}

const invalid = (param: string, message: string): GatewayError => fault('invalid-request', message, { param })

const hashOf = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')
