import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import type { Admission, CeilingLimiter } from '../limits/types.ts'
import { refusalSentence } from '../limits/words.ts'
import type { Soon } from '../result.ts'
import type { Call } from './call.ts'
import type { Ceilings } from './ceilings.ts'

export interface Counting {
  readonly limiter: CeilingLimiter
  readonly ceilings: Ceilings
  readonly nowMs: () => number
}

/** Counts a request that uses no tokens and takes no place: one that is refused, or asks for a list. */
export const countRequest = (
  { limiter, ceilings, nowMs }: Counting,
  call: Call,
  principal: Principal,
): Soon<Admission> =>
  limiter.admit(ceilings.ofCounted(call, principal), { id: call.id, inputTokens: 0, outputTokens: 0, nowMs: nowMs() })

/** A refusal for somebody known, counted as a request; where there have been too many, the limit's refusal instead. */
export const createRefuseCounted =
  (counting: Counting, refuse: (call: Call, error: GatewayError, admission?: Admission) => Response) =>
  async (call: Call, principal: Principal, error: GatewayError): Promise<Response> => {
    const admission = await countRequest(counting, call, principal)
    return refuse(call, admission.granted ? error : limitReached(admission), admission)
  }

/** Nobody knows when a place comes free; the time after which none can still be taken is hours. */
const PLACE_RETRY_MS = 2_000

/** The refusal of a limit, naming the limit and the wait: for a window as long as it takes, for a place a moment. */
export const limitReached = ({ refusedBy, ...admission }: Admission): GatewayError => {
  const waitMs = Math.max(admission.windowWaitMs, Math.min(admission.placeWaitMs, PLACE_RETRY_MS))
  const retryAfterMs = typeof refusedBy === 'object' ? waitMs : admission.retryAfterMs
  const again = `Try again in ${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s.`
  return typeof refusedBy === 'object'
    ? fault('rate-limit-exceeded', `${refusalSentence(refusedBy)} ${again}`, { retryAfterMs })
    : fault('overloaded', `Limits cannot be checked at the moment. ${again}`, { retryAfterMs })
}
