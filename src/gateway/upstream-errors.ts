import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { Begun } from './call.ts'

/** An upstream's refusal as the client will see it. */
export interface PassedRefusal {
  readonly status: number
  readonly body: Uint8Array
  readonly retry: Readonly<Record<string, string>>
}

/** Statuses that tell of the operator's account with the vendor. A client would take them for its own key or balance. */
const OPERATORS_BUSINESS = new Set([401, 402, 403, 407])

/**
 * Reads an upstream's error. Its body passes on where it is JSON and concerns the client's request; its status passes
 * on for 4xx and for the overloads (503, 529) that clients know how to wait for; any other failure is a 502.
 */
export const refusalOf = async (
  { answer, candidate }: Begun,
  bytesMax: number,
): Promise<Result<PassedRefusal, GatewayError>> => {
  const { id } = candidate.channel.provider
  const { status } = answer
  const body = await answer.whole(bytesMax)
  if (OPERATORS_BUSINESS.has(status)) {
    const message = `Provider ${id} refused the gateway's own credentials or account (status ${status}). Nothing was charged. Your key is fine: tell the operator, or choose another model.`
    return err(fault('upstream-refused', message))
  }
  if (status < 400 || !body.ok || !isJsonObject(body.value)) return err(unreadable(id, status, answer.headers))
  const retry = retryFor(status, answer.headers)
  return ok({ status: passedStatus(status), body: body.value, retry })
}

const passedStatus = (status: number): number => {
  if (status < 500 || status === 503 || status === 504 || status === 529) return status
  return 502
}

/** 429 and overloads always say when to come back: several clients fail at once, or hammer, without it. */
const retryFor = (status: number, headers: Headers): Record<string, string> => {
  if (status !== 429 && status !== 503 && status !== 529) return {}
  return { 'retry-after': headers.get('retry-after') ?? '5' }
}

const unreadable = (id: string, status: number, headers: Headers): GatewayError => {
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') ?? '5')
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : 5_000
    return fault('rate-limit-exceeded', `Provider ${id} is rate limiting. Wait and try again.`, { retryAfterMs })
  }
  return fault('upstream-failed', `Provider ${id} failed with status ${status}. Nothing was charged; try again.`)
}

const isJsonObject = (bytes: Uint8Array): boolean => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
