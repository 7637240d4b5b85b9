import type { GatewayError } from '../errors.ts'
import type { Call } from '../gateway/call.ts'
import type { Principal } from '../keys/types.ts'
import type { Admission } from '../limits/types.ts'
import type { Result } from '../result.ts'

/** What answers outside the hot path: given the call and its path, it answers, or leaves it to the next. */
export type Endpoint = (call: Call, path: string) => Response | Promise<Response> | undefined

/** What endpoints for key holders need. */
export interface EndpointDeps {
  /** Lets a key holder in, counted as a request; the refusal otherwise. */
  readonly enter: (call: Call, needs: 'models' | 'receipts' | 'generate') => Promise<Result<Entered, Response>>
  readonly refuse: (call: Call, error: GatewayError) => Response
}

/** Who was let in, and the headers that tell them of their limits. */
export interface Entered {
  readonly principal: Principal
  readonly headers: Readonly<Record<string, string>>
  /** The limits as they stand with this request counted. */
  readonly admission?: Admission
}

/** A JSON answer of our own; never cached, for all of them depend on who asks. */
export const json = (
  call: Call,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': call.id },
  })
