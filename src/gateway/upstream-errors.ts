import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { accountFaultIn } from '../routing/retry.ts'
import type { Begun } from './call.ts'
import type { Prepared } from './lane.ts'
import { secretsHiderOf } from './provider-secrets.ts'

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
  { answer, candidate, prepared }: Begun,
  bytesMax: number,
  nowMs: number,
): Promise<Result<PassedRefusal, GatewayError>> => {
  const { id, kind } = candidate.channel.provider
  const { status, headers } = answer
  const body = await answer.whole(bytesMax)
  const text = body.ok ? new TextDecoder().decode(body.value) : ''
  if (OPERATORS_BUSINESS.has(status) || accountFaultIn(text, kind.accountFaults)) {
    const message = `Provider ${id} refused the gateway's own credentials or account (status ${status}). Nothing was charged. Your key is fine: tell the operator, or choose another model.`
    return err(fault('upstream-refused', message))
  }
  const value = body.ok ? objectIn(text) : undefined
  if (status < 400 || !body.ok || value === undefined) return err(unreadable(id, status, headers, nowMs))
  const shown = secretsHiderOf(candidate.channel.provider)(body.value)
  const seconds = waitSeconds(headers, nowMs, prepared.protocol.retryDelayMs?.(value))
  if (isForeignList(value, prepared)) {
    const [first] = JSON.parse(new TextDecoder().decode(shown))
    return err(withWait(prepared.readError(status, first), status, seconds))
  }
  return ok({ status: passedStatus(status), body: shown, retry: retryFor(status, seconds) })
}

/**
 * Google lists its errors, also where it serves a format of OpenAI's, whose clients find no error in a list. Its own
 * format's clients know them, and a translation reads them anyway.
 */
const isForeignList = (value: object, { protocol, translation }: Prepared): boolean =>
  Array.isArray(value) && protocol.format !== 'gemini' && translation === undefined

const withWait = (error: GatewayError, status: number, seconds: number): GatewayError =>
  WAITED_OUT.has(status) ? { ...error, retryAfterMs: seconds * 1_000 } : error

const passedStatus = (status: number): number => {
  if (status < 500 || status === 503 || status === 504 || status === 529) return status
  return 502
}

const WAITED_OUT = new Set([429, 503, 529])
/** Conflicts and time-outs may go better a second time; every other 4xx is the request's own fault. */
const WORTH_RETRYING = new Set([408, 409, 425])

/** 429 and overloads always say when to come back: several clients fail at once, or hammer, without it. */
const retryFor = (status: number, seconds: number): Record<string, string> => {
  if (WAITED_OUT.has(status)) return { 'retry-after': String(seconds) }
  return status < 500 && !WORTH_RETRYING.has(status) ? { 'x-should-retry': 'false' } : {}
}

const RETRY_SECONDS_DEFAULT = 5
const RETRY_SECONDS_MAX = 3_600

/**
 * A vendor's wait in whole seconds, within reason: its `retry-after-ms`, which is the finer, else its `retry-after`
 * (RFC 9110: seconds or a date; some send fractions), else what the body names.
 */
const waitSeconds = (headers: Headers, nowMs: number, bodyMs = Number.NaN): number => {
  const seconds = secondsTold(headers, nowMs, bodyMs)
  if (!Number.isFinite(seconds)) return RETRY_SECONDS_DEFAULT
  return Math.min(RETRY_SECONDS_MAX, Math.max(1, Math.ceil(seconds)))
}

const secondsTold = (headers: Headers, nowMs: number, bodyMs: number): number => {
  const written = headers.get('retry-after') ?? ''
  const told = [numberIn(headers.get('retry-after-ms') ?? '') / 1_000, numberIn(written)]
  return [...told, (Date.parse(written) - nowMs) / 1_000, bodyMs / 1_000].find(Number.isFinite) ?? Number.NaN
}

/** How long an upstream wants to be left alone, in milliseconds; `undefined` where it does not say. */
export const toldWaitMs = (
  headers: Headers,
  nowMs: number,
  text: string,
  protocol: Prepared['protocol'],
): number | undefined => {
  const value = text === '' ? undefined : objectIn(text)
  const bodyMs = value === undefined ? undefined : protocol.retryDelayMs?.(value)
  const seconds = secondsTold(headers, nowMs, bodyMs ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1_000) : undefined
}

const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

/** What stands before a vendor often says that it is overloaded in a page for people: the client waits all the same. */
const unreadable = (id: string, status: number, headers: Headers, nowMs: number): GatewayError => {
  const retryAfterMs = waitSeconds(headers, nowMs) * 1_000
  if (status === 429)
    return fault('rate-limit-exceeded', `Provider ${id} is rate limiting. Wait and try again.`, { retryAfterMs })
  if (status === 503 || status === 529) {
    const message = `Provider ${id} is overloaded. Nothing was charged; wait and try again.`
    return fault('upstream-overloaded', message, { retryAfterMs })
  }
  if (status === 413) return fault('request-too-large', `Provider ${id} takes no request as large as this. Send less.`)
  return fault('upstream-failed', `Provider ${id} failed with status ${status}. Nothing was charged; try again.`)
}

const objectIn = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
