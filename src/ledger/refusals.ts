import type { DatabaseFailure } from '../db/database.ts'
import { fault, type GatewayError } from '../errors.ts'
import { formatUsd, type NanoUsd } from '../units.ts'

/// Why the ledger says no, in words for whoever asked.

export const insufficientBalance = (amount: bigint, available: bigint): GatewayError =>
  fault(
    'insufficient-balance',
    `This request can cost up to ${formatUsd(amount)} USD and ${formatUsd(available)} USD is available. ` +
      'Add credit, wait for running requests to end, or ask for fewer output tokens.',
  )

export const keyBudgetExceeded = (amount: bigint, budget: NanoUsd, left: bigint): GatewayError =>
  fault(
    'key-budget-exceeded',
    `This request can cost up to ${formatUsd(amount)} USD and ${formatUsd(left)} USD is left of this key's budget of ` +
      `${formatUsd(budget)} USD. Ask for fewer output tokens, use another key, or ask the operator for one with a larger budget.`,
  )

export const unknownUser = (userId: string): GatewayError =>
  fault('not-found', `There is no user ${userId}. Create the user first, or check the id.`)

export const tooManyWaiting = (internal: string): GatewayError =>
  fault('overloaded', 'The gateway has too many requests to record. Try again in a few seconds.', {
    retryAfterMs: 2_000,
    internal,
  })

/** A hold or credit that could not be written. What the disk said is for the log only. */
export const notRecorded = ({ kind, message }: DatabaseFailure): GatewayError => {
  const internal = `database: ${kind}: ${message}`
  if (kind === 'overloaded' || kind === 'busy') return tooManyWaiting(internal)
  if (kind === 'full') {
    const text = 'The gateway cannot record requests because its disk is full. Try again later; nothing was charged.'
    return fault('overloaded', text, { retryAfterMs: 10_000, internal })
  }
  if (kind === 'unique') {
    return fault('conflict', 'This request id was used before. Send the request under a new id.', { internal })
  }
  return fault('internal', 'The gateway could not record this request. Nothing was charged; try again.', { internal })
}
