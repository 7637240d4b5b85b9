import type { Receipt } from '../../canon/receipt.ts'
import { userAccountId } from '../../db/account-ids.ts'
import { writeParticulars } from '../../db/receipt-json.ts'
import { ZERO_USD } from '../../units.ts'
import { type SpendId, windowEndMs, windowStartMs } from '../budgets.ts'
import type { StoredHeading } from '../headings.ts'
import type { HoldRequest } from '../types.ts'

/// What the function `tollgate_apply` of migrations 5 and 8 takes, and what it answers. Amounts are decimal strings.

/** Sets money aside. `leaseMs`: how long, from when the database does it. */
export const writeHold = (request: HoldRequest, leaseMs: number, heading: StoredHeading): string => {
  const { budgets, atMs } = request
  const { projectId } = request.heading
  return JSON.stringify({
    kind: 'hold',
    request: request.requestId,
    account: userAccountId(request.userId),
    key: request.keyId,
    heading: heading.id,
    at: Math.round(atMs),
    amount: request.amount.toString(),
    lease: Math.round(leaseMs),
    ...(projectId !== null && { project: projectId }),
    ...(budgets.length > 0 && {
      budgets: spendIdsOf(request).map(({ subject, window, startMs }) => [subject, window, startMs]),
      limits: budgets.map(({ limit }) => limit.toString()),
      until: budgets.map(({ window }) => windowEndMs(window, atMs) ?? null),
    }),
  })
}

/** What `end` does beside ending a hold. */
export interface EndOptions {
  /** Only a hold whose lease ends before so many milliseconds from now: for those who are not its owner. */
  readonly withinMs?: number
  /** Writes the receipt also where nothing was ever held under the request, so that nothing can be any more. */
  readonly anyway?: boolean
}

/**
 * Ends a hold, charging what can be charged of `cost`, with its receipt. The receipt is written here and its outcome
 * decided there, so it goes in two parts with room for the outcome between them. Throws where it cannot be written.
 */
export const writeEnd = (receipt: Receipt, cost: bigint, heading: StoredHeading, options: EndOptions = {}): string => {
  const body = writeParticulars({ ...receipt, uncollected: ZERO_USD })
  // The last one is the receipt's own: what stands behind it are numbers, and texts, where quotes are escaped.
  const cut = body.lastIndexOf(UNCOLLECTED) + UNCOLLECTED.length
  return JSON.stringify({
    kind: 'end',
    request: receipt.requestId,
    account: userAccountId(receipt.userId),
    key: receipt.keyId,
    heading: heading.id,
    at: Math.round(receipt.atMs),
    cost: cost.toString(),
    user: receipt.userId,
    status: receipt.status,
    ended: receipt.ended,
    before: body.slice(0, cut),
    after: body.slice(cut + 1),
    ...(receipt.projectId !== null && { project: receipt.projectId }),
    ...(options.withinMs !== undefined && { within: Math.round(options.withinMs) }),
    ...(options.anyway && { anyway: true }),
  })
}

const UNCOLLECTED = '"uncollected":"'

/** The windows that a hold is counted in. */
export const spendIdsOf = ({ budgets, atMs }: Pick<HoldRequest, 'budgets' | 'atMs'>): readonly SpendId[] =>
  budgets.map(({ subject, window }) => ({ subject, window, startMs: windowStartMs(window, atMs) }))

/**
 * How an operation went. Of a hold: `held`; `open` when one of that id is, `ended` when it has been; `over`: so much is
 * left of the numbered budget. Of an end: `ended`; `gone` when it had ended before, and how; `nothing` is held.
 */
export type Answer =
  | { readonly is: 'held' | 'open' | 'unknown' | 'nothing' }
  | { readonly is: 'insufficient'; readonly available: bigint }
  | { readonly is: 'over'; readonly budget: number; readonly left: bigint }
  /** `charged` is `undefined` where a hold was asked for. */
  | { readonly is: 'ended'; readonly charged: bigint | undefined }
  | { readonly is: 'gone'; readonly charged: bigint; readonly ended: string; readonly uncollected: bigint }

/** Reads the answers to a list of operations, in its order. Throws on anything else. */
export const readAnswers = (text: string): readonly Answer[] =>
  (JSON.parse(text) as readonly (readonly [string, ...(string | number)[]])[]).map(readAnswer)

const readAnswer = ([is, first, second, third]: readonly [string, ...(string | number)[]]): Answer => {
  switch (is) {
    case 'held':
    case 'open':
    case 'unknown':
    case 'nothing':
      return { is }
    case 'insufficient':
      return { is, available: BigInt(first ?? '') }
    case 'over':
      return { is, budget: Number(first), left: BigInt(second ?? '') }
    case 'ended':
      return { is, charged: first === undefined ? undefined : BigInt(first) }
    case 'gone': {
      const { uncollected } = JSON.parse(String(third)) as { readonly uncollected: string }
      return { is, charged: BigInt(first ?? ''), ended: String(second), uncollected: BigInt(uncollected) }
    }
    default:
      throw new Error(`the ledger's function answered ${is}`)
  }
}
