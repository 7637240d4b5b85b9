import type { Envelope } from '../canon/envelope.ts'
import type { GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import type { Result } from '../result.ts'
import type { Asking, LeftOut } from '../routing/choose.ts'
import type { Candidate } from '../routing/types.ts'
import { onlyAllowed, onlyNamed } from './allow.ts'
import { onlyHolding } from './held-files.ts'
import type { Call } from './call.ts'
import { scopeOf } from './recall.ts'

type Chosen = Result<readonly Candidate[], GatewayError>

/** Where a request could go, best first: of the ways there are, those that its path names and its key may use. */
export type Choose = (
  call: Call,
  principal: Principal,
  envelope: Envelope,
  leaveOut?: NonNullable<Asking['leaveOut']>,
) => Chosen

export const createChoose =
  (choose: (asking: Asking) => Chosen): Choose =>
  (call, principal, envelope, leaveOut) => {
    const { operation, request } = call
    const asking = {
      group: principal.group,
      operation,
      envelope,
      headers: request.headers,
      scope: scopeOf(principal),
      ...(leaveOut && { leaveOut }),
    }
    const chosen = choose(asking)
    const named = onlyNamed(operation, chosen)
    const allowed = named.ok ? onlyAllowed(principal, named.value) : named
    if (leaveOut) {
      tell(leaveOut, chosen, named, 'other_provider')
      tell(leaveOut, named, allowed, 'not_allowed')
    }
    return onlyHolding(envelope, allowed)
  }

const tell = (leaveOut: NonNullable<Asking['leaveOut']>, before: Chosen, after: Chosen, why: LeftOut): void => {
  const left = after.ok ? after.value : []
  for (const candidate of before.ok ? before.value : [])
    if (!left.includes(candidate)) leaveOut(candidate.channel, candidate.model, why)
}
