import { fault, type GatewayError } from '../errors.ts'
import type { Admitted } from './call.ts'
import type { PassedOver } from '../routing/walk.ts'

/** Where nobody says when it will be better, or that is too far away: clients come back sooner than they are told to. */
const WAIT_DEFAULT_MS = 30_000
const WAIT_MAX_MS = 3_600_000

/**
 * Why a request can go nowhere now, though channels for it exist: all of them are left alone for a while. `undefined`
 * where nothing was passed over. `busyMs`: until a key may be used again that is at a limit of ours.
 */
export const noRoute = (
  { envelope }: Pick<Admitted, 'envelope'>,
  passedOver: readonly PassedOver[],
  busyMs: number,
  nowMs: number,
): GatewayError | undefined => {
  const isBusy = Number.isFinite(busyMs)
  if (passedOver.length === 0 && !isBusy) return undefined
  const soonestMs = Math.min(busyMs, ...passedOver.map(({ block }) => block.untilMs - nowMs))
  const retryAfterMs = Number.isFinite(soonestMs) ? Math.min(WAIT_MAX_MS, Math.max(1, soonestMs)) : WAIT_DEFAULT_MS
  const requestedAs = envelope.model
  if (isBusy) {
    const message = `Every key for model ${requestedAs} is at the limit that the operator set for it. Wait as long as retry-after says, or use another model.`
    return fault('rate-limit-exceeded', message, { param: 'model', retryAfterMs })
  }
  const kinds = new Set(passedOver.map(({ block }) => block.kind))
  if (kinds.has('told-to-wait')) {
    const message = `Every provider of model ${requestedAs} has asked to be left alone for a while (${reasonsOf(passedOver)}). Wait as long as retry-after says, or use another model.`
    return fault('rate-limit-exceeded', message, { param: 'model', retryAfterMs })
  }
  if (kinds.has('spent')) {
    const message = `Every key for model ${requestedAs} has reached its spend stop. Try again later, use another model, or ask the operator to raise it.`
    return fault('provider-paused', message, { param: 'model', retryAfterMs })
  }
  const message = `No active API keys for ${requestedAs}: its providers refused every one (${reasonsOf(passedOver)}). Ask the operator to look at GET /api/admin/health.`
  return fault('no-active-keys', message, { param: 'model', retryAfterMs })
}

const reasonsOf = (passedOver: readonly PassedOver[]): string =>
  [...new Set(passedOver.map(({ block }) => block.reason))].sort().join(', ')
