import type { GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import type { Principal } from '../keys/types.ts'
import type { Result } from '../result.ts'

/** What answers outside the hot path: given the call and its path, it answers, or leaves it to the next. */
export type Endpoint = (call: Call, path: string) => Response | Promise<Response> | undefined

/** What endpoints for key holders need. */
export interface EndpointDeps {
  readonly authenticate: (call: Call, needs: 'models' | 'receipts') => Promise<Result<Principal, GatewayError>>
  readonly refuse: (call: Call, error: GatewayError) => Response
}

/** A JSON answer of our own; never cached, for all of them depend on who asks. */
export const json = (call: Call, body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': call.id },
  })
