import type { Receipt } from '../canon/receipt.ts'
import { NO_USAGE } from '../canon/usage.ts'
import type { Heading } from '../db/receipt-json.ts'
import { ZERO_USD } from '../units.ts'

/** What of a request is known from its hold alone. `quote`: what it held. */
export type HeldRequest = Pick<Receipt, 'requestId' | 'atMs' | 'userId' | 'keyId' | 'quote'>

/** The receipt of a request that was never seen to be answered: how it was to be served, at no cost. */
export const unspentReceipt = (
  heading: Heading,
  request: HeldRequest,
  { ended, status }: Pick<Receipt, 'ended' | 'status'>,
): Receipt => ({
  ...heading,
  ...request,
  attempts: [],
  status,
  ended,
  usage: NO_USAGE,
  usageSource: 'estimated',
  rawUsage: null,
  cost: ZERO_USD,
  uncollected: ZERO_USD,
  latencyMs: 0,
  ttftMs: null,
  overheadMs: 0,
  warnings: [],
})
