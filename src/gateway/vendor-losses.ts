import type { Loss } from '../canon/losses.ts'
import type { ProviderKind } from '../providers/types.ts'
import { err, ok, type Result } from '../result.ts'
import type { GatewayError } from '../errors.ts'
import type { Candidate } from '../routing/types.ts'
import { objectOf } from '../protocols/json.ts'
import { warningsOf } from '../translation/request.ts'
import type { Call } from './call.ts'
import type { Prepared } from './lane.ts'

/**
 * Declares what a request loses at a vendor although the format has it, or refuses it for this vendor. Pointers are into
 * the client's body where that is what is sent; of a body that was translated, the whole of it is named instead.
 */
export const withVendorLosses = (
  { operation }: Call,
  { channel, upstreamFormat }: Candidate,
  prepared: Prepared,
): Result<Prepared, GatewayError> => {
  const { lossesOf } = channel.provider.kind
  if (!lossesOf || !prepared.sends || prepared.action !== 'generate') return ok(prepared)
  const losses = judged(lossesOf, upstreamFormat, prepared.body)
  if (!losses.ok) return err(losses.error)
  const isClients = operation.format === upstreamFormat
  const declared = isClients ? losses.value : losses.value.map(({ code }): Loss => ({ pointer: '', code }))
  const warnings = new Set([...prepared.warnings, ...warningsOf(declared)])
  return ok({ ...prepared, warnings: [...warnings] })
}

const judged = (
  lossesOf: NonNullable<ProviderKind['lossesOf']>,
  format: Candidate['upstreamFormat'],
  body: Uint8Array,
): Result<readonly Loss[], GatewayError> => {
  const value: unknown = JSON.parse(new TextDecoder().decode(body))
  return lossesOf(format, value)
}

/**
 * Failures of a program that Tollgate runs are worded here, for the operator who sits before it, and pass in every
 * format. Those of vendors are not: they may name machines.
 */
export const withOwnWords = ({ channel }: Candidate, prepared: Prepared): Prepared => {
  if (!channel.provider.kind.runsCommand) return prepared
  const { readError, translation } = prepared
  return {
    ...prepared,
    readError: (status, body) => worded(readError(status, body), body),
    translation: translation && {
      whole: (body, streams) => translation.whole(body, streams),
      stream: () => translation.stream(),
      error: (status, body) => worded(translation.error(status, body), body),
    },
  }
}

const worded = (error: GatewayError, body: unknown): GatewayError => {
  const { message } = objectOf(objectOf(body).error)
  return typeof message === 'string' ? { ...error, message } : error
}
