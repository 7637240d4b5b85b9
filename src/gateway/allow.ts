import type { GatewayError } from '../errors.ts'
import { mayUse } from '../keys/principal.ts'
import type { Principal } from '../keys/types.ts'
import { ok, type Result } from '../result.ts'
import type { Candidate } from '../routing/types.ts'

/**
 * Drops the candidates a key may not use, each judged by the name it was itself asked for by. Fails as
 * `model-not-allowed` when none is left: a fallback gains nothing from the first model's being allowed.
 */
export const onlyAllowed = (
  principal: Pick<Principal, 'models'>,
  candidates: readonly Candidate[],
): Result<readonly Candidate[], GatewayError> => {
  if (principal.models === null) return ok(candidates)
  const allowed = candidates.filter(({ model, requestedAs }) => mayUse(principal, requestedAs, model.id).ok)
  const [first] = candidates
  if (allowed.length > 0 || !first) return ok(allowed)
  const refusal = mayUse(principal, first.requestedAs, first.model.id)
  return refusal.ok ? ok(allowed) : refusal
}
