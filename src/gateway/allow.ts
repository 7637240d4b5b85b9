import type { Operation } from '../canon/operation.ts'
import { fault, type GatewayError } from '../errors.ts'
import { mayUse } from '../keys/principal.ts'
import type { Principal } from '../keys/types.ts'
import { err, ok, type Result } from '../result.ts'
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

/** Drops the candidates of other providers than the one that the path names, if it names one. */
export const onlyNamed = (
  { provider: name }: Pick<Operation, 'provider'>,
  chosen: Result<readonly Candidate[], GatewayError>,
): Result<readonly Candidate[], GatewayError> => {
  if (!chosen.ok || name === undefined) return chosen
  const named = chosen.value.filter(({ channel: { provider } }) => provider.id === name || provider.kind.kind === name)
  if (named.length > 0) return ok(named)
  const model = chosen.value[0]?.requestedAs ?? ''
  const message = `No available channel for model ${model} at provider ${name}. Use another path or model; GET /v1/models lists what this key can use.`
  return err(fault('no-channel', message, { param: 'model' }))
}
