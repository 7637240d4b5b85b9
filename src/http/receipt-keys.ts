import type { Call } from '../gateway/call.ts'
import type { ReceiptKeys } from '../receipts/keys.ts'
import type { Endpoint } from './endpoint.ts'

export const RECEIPT_KEYS_PATH = '/.well-known/tollgate-receipts.json'

/** `GET /.well-known/tollgate-receipts.json`: the public keys that receipts are signed with, for anybody. */
export const createReceiptKeysEndpoint = ({ receiptKeys }: { readonly receiptKeys: ReceiptKeys }): Endpoint => {
  const answer = async (call: Call): Promise<Response> => {
    const headers = {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=60',
      'x-request-id': call.id,
    }
    return new Response(JSON.stringify({ keys: await receiptKeys.published() }), { headers })
  }
  return (call, path) => (path === RECEIPT_KEYS_PATH && call.request.method === 'GET' ? answer(call) : undefined)
}
