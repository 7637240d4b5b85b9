import { DatabaseError, type DatabaseFailure } from '../db/database.ts'
import { fault, type GatewayError } from '../errors.ts'
import { formatUsd } from '../units.ts'
import { type Budget, type BudgetWindow, windowEndMs } from './budgets.ts'

/// Why the ledger says no, in words for whoever asked.

export const insufficientBalance = (amount: bigint, available: bigint): GatewayError =>
  fault(
    'insufficient-balance',
    `This request can cost up to ${formatUsd(amount)} USD and ${formatUsd(available)} USD is available. ` +
      'Add credit, wait for running requests to end, or ask for fewer output tokens.',
  )

/** `atMs`: the moment whose window is meant. */
export const budgetExceeded = (
  amount: bigint,
  { subject, window, limit }: Budget,
  left: bigint,
  atMs: number,
  nowMs: number,
): GatewayError => {
  const [kind, whose] = subject.startsWith('key:')
    ? (['key-budget-exceeded', "this key's"] as const)
    : (['project-budget-exceeded', "its project's"] as const)
  const what = `${whose} budget of ${formatUsd(limit)} USD ${PERIODS[window]}`
  const message =
    `This request can cost up to ${formatUsd(amount)} USD and ${formatUsd(left > 0n ? left : 0n)} USD is left of ` +
    `${what}. Ask for fewer output tokens, use another key, or ask the operator for a larger budget.`
  const endMs = windowEndMs(window, atMs)
  if (endMs === undefined) return fault(kind, message)
  return fault(kind, `${message} The budget begins anew at ${new Date(endMs).toISOString()}.`, {
    retryAfterMs: Math.max(1_000, endMs - nowMs),
  })
}

const PERIODS: Readonly<Record<BudgetWindow, string>> = {
  total: 'in all',
  '5h': 'for five hours',
  day: 'a day',
  week: 'a week',
  month: 'a month',
}

export const unknownUser = (userId: string): GatewayError =>
  fault('not-found', `There is no user ${userId}. Create the user first, or check the id.`)

export const tooManyWaiting = (internal: string): GatewayError =>
  fault('overloaded', 'The gateway has too many requests to record. Try again in a few seconds.', {
    retryAfterMs: 2_000,
    internal,
  })

/** What the database cannot help for now. Anything else it says is a defect of ours. */
const PASSING: ReadonlySet<DatabaseFailure['kind']> = new Set([
  ...(['full', 'busy', 'overloaded', 'closed', 'unavailable', 'uncertain'] as const),
])

/** The refusal of whatever could not be done because the database is away; `undefined` where that was not the reason. */
export const outageOf = (error: unknown): GatewayError | undefined => {
  if (!(error instanceof DatabaseError) || !PASSING.has(error.failure.kind)) return undefined
  const { kind, message } = error.failure
  return fault('overloaded', 'The gateway cannot use its database. Try again in a few seconds.', {
    retryAfterMs: kind === 'overloaded' || kind === 'busy' ? 2_000 : 5_000,
    internal: `database: ${kind}: ${message}`,
  })
}

/** A hold or credit that could not be written. What the disk said is for the log only. */
export const notRecorded = ({ kind, message }: DatabaseFailure): GatewayError => {
  const internal = `database: ${kind}: ${message}`
  if (kind === 'overloaded' || kind === 'busy') return tooManyWaiting(internal)
  if (kind === 'full') {
    const text = 'The gateway cannot record requests because its disk is full. Try again later; nothing was charged.'
    return fault('overloaded', text, { retryAfterMs: 10_000, internal })
  }
  if (kind === 'unavailable' || kind === 'uncertain') {
    const text = 'The gateway cannot reach its database. Try again in a few seconds; nothing was charged.'
    return fault('overloaded', text, { retryAfterMs: 5_000, internal })
  }
  if (kind === 'unique') {
    return fault('conflict', 'This request id was used before. Send the request under a new id.', { internal })
  }
  return fault('internal', 'The gateway could not record this request. Nothing was charged; try again.', { internal })
}
