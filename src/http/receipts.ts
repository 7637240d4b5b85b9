import type { Store } from '../db/types.ts'
import { fault } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import type { ReceiptKeys } from '../receipts/keys.ts'
import { type Endpoint, type EndpointDeps, json } from './endpoint.ts'
import { createReceiptKeysEndpoint } from './receipt-keys.ts'
import { signedReceipt } from './signed-receipt.ts'

const RECEIPT = /^\/v1\/receipts\/([A-Za-z0-9_-]{1,128})$/

export interface ReceiptsDeps extends EndpointDeps {
  readonly receipts: Store['receipts']
  readonly receiptKeys: ReceiptKeys
}

/** `GET /v1/receipts/{request id}`: what a request cost and why, for a key of the user who made it. */
export const createReceiptsEndpoint = (deps: ReceiptsDeps): Endpoint => {
  const answer = async (call: Call, requestId: string): Promise<Response> => {
    const entered = await deps.enter(call, 'receipts')
    if (!entered.ok) return entered.error
    const { principal, headers } = entered.value
    const receipt = await deps.receipts.find(requestId)
    // Somebody else's receipt is as absent as none: the answer must not tell that the request exists.
    if (!receipt || receipt.userId !== principal.userId) return deps.refuse(call, NO_RECEIPT)
    return json(call, await signedReceipt(deps, receipt, {}), { headers })
  }
  return (call, path) => {
    const requestId = call.request.method === 'GET' ? RECEIPT.exec(path)?.[1] : undefined
    return requestId === undefined ? undefined : answer(call, requestId)
  }
}

/** Receipts, and the keys they are signed with. */
export const createReceiptEndpoints = (deps: ReceiptsDeps): readonly Endpoint[] => [
  createReceiptsEndpoint(deps),
  createReceiptKeysEndpoint(deps),
]

const NO_RECEIPT = fault(
  'not-found',
  'There is no receipt of this id for your key. The id is in the x-request-id header of the answer; a request that was refused before it was sent has none.',
)
