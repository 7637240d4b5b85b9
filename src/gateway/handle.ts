import type { Envelope } from '../canon/envelope.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import type { Admission } from '../limits/types.ts'
import type { Result, Soon } from '../result.ts'
import type { Candidate } from '../routing/types.ts'
import type { Admitted, Begun, Call } from './call.ts'

type Outcome<T> = Soon<Result<T, GatewayError>>

/** A refusal, with the limits as they stood if the request got as far as being counted. */
export interface Refusal {
  readonly error: GatewayError
  readonly admission: Admission | undefined
}

/** Everything the hot path can do; each is one file beside this one. */
export interface Deps {
  readonly authenticate: (call: Call) => Outcome<Principal>
  /** The body, within its limit, and what routing needs to know of it. */
  readonly read: (call: Call) => Outcome<Envelope>
  /** The body with what it refers to in earlier answers of ours put into it: a conversation is priced whole. */
  readonly recall: (call: Call, principal: Principal, envelope: Envelope) => Outcome<Envelope>
  /** What the rules of the key's group make of it: the envelope as it is where there are none. */
  readonly direct: (call: Call, principal: Principal, envelope: Envelope) => Result<Envelope, GatewayError>
  readonly choose: (call: Call, principal: Principal, envelope: Envelope) => Result<readonly Candidate[], GatewayError>
  /** Limits and hold. From here on a request always ends in exactly one settlement. */
  readonly admit: (
    call: Call,
    principal: Principal,
    envelope: Envelope,
    candidates: readonly Candidate[],
  ) => Promise<Result<Admitted, Refusal>>
  /** Sends it, to one candidate after the other until one answers. */
  readonly attempt: (call: Call, admitted: Admitted) => Outcome<Begun>
  /** Passes the answer on, reads its usage from a copy, and settles however it ends. */
  readonly relay: (call: Call, admitted: Admitted, begun: Begun) => Promise<Response>
  /** Gives the hold back and says why, in the client's wire format. */
  readonly abandon: (call: Call, admitted: Admitted, error: GatewayError) => Response
  readonly refuse: (call: Call, error: GatewayError, admission?: Admission) => Response
  /** Refuses somebody known before admission. It counts as a request, so that refusals cannot be had without end. */
  readonly refuseCounted: (call: Call, principal: Principal, error: GatewayError) => Soon<Response>
}

const DEFECT = fault('internal', 'Something broke on our side.')

/** One request, start to finish. Read this first. */
export const createHandle =
  (deps: Deps) =>
  async (call: Call): Promise<Response> => {
    const principal = await deps.authenticate(call)
    if (!principal.ok) return deps.refuse(call, principal.error)

    const read = await deps.read(call)
    if (!read.ok) return deps.refuseCounted(call, principal.value, read.error)

    const recalled = await deps.recall(call, principal.value, read.value)
    if (!recalled.ok) return deps.refuseCounted(call, principal.value, recalled.error)

    const envelope = deps.direct(call, principal.value, recalled.value)
    if (!envelope.ok) return deps.refuseCounted(call, principal.value, envelope.error)

    const candidates = deps.choose(call, principal.value, envelope.value)
    if (!candidates.ok) return deps.refuseCounted(call, principal.value, candidates.error)

    const admitted = await deps.admit(call, principal.value, envelope.value, candidates.value)
    if (!admitted.ok) return deps.refuse(call, admitted.error.error, admitted.error.admission)

    // A defect of ours must not keep the money held.
    try {
      const begun = await deps.attempt(call, admitted.value)
      if (!begun.ok) return deps.abandon(call, admitted.value, begun.error)

      return await deps.relay(call, admitted.value, begun.value)
    } catch (error) {
      deps.abandon(call, admitted.value, DEFECT)
      throw error
    }
  }
