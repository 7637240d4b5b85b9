import type { AnswerEvent, Stop } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { isObject, objectOf, textOf } from '../json.ts'
import { parseError } from './parse-error.ts'
import { readUsage } from './usage.ts'

/** What the blocks of an answer say about its end. */
export interface Seen {
  readonly calls: number
  readonly refusals: number
}

/**
 * How a response ended: its usage, and its stop or its failure. `ended` is the name of the closing event where there was
 * one; of the two, the event and the status inside it, the worse is believed.
 */
export const outcomeOf = (response: JsonObject, seen: Seen, ended = ''): readonly AnswerEvent[] => {
  const usage = readUsage(objectOf(response.usage))
  const told: readonly AnswerEvent[] = usage ? [{ type: 'usage', usage }] : []
  const error = failureOf(response, ended)
  if (error) return [...told, { type: 'error', error }]
  const serviceTier = textOf(response.service_tier)
  const stop = stopOf(response, seen, ended)
  return [...told, { type: 'stop', stop, ...(serviceTier !== '' && { serviceTier }) }, { type: 'end' }]
}

/** Whether a response was broken off by its output limit or a filter, so that what is open in it was cut. */
export const isIncomplete = (response: JsonObject, ended: string): boolean =>
  ended === 'incomplete' || response.status === 'incomplete'

const stopOf = (response: JsonObject, { calls, refusals }: Seen, ended: string): Stop => {
  if (isIncomplete(response, ended)) {
    const reason = textOf(objectOf(response.incomplete_details).reason)
    // A reason nobody knows is taken for the limit: whatever it is, the answer is not whole.
    return { reason: reason === 'content_filter' ? 'filter' : 'output-limit', native: reason || 'incomplete' }
  }
  if (calls > 0) return { reason: 'tool-calls', native: 'completed' }
  return { reason: refusals > 0 ? 'refusal' : 'natural', native: 'completed' }
}

const failureOf = (response: JsonObject, ended: string): GatewayError | undefined => {
  const { status, error } = response
  if (
    status === 'failed' ||
    ended === 'failed' ||
    (isObject(error) && textOf(error.message) + textOf(error.code) !== '')
  )
    return errorOf(error)
  if (status === 'cancelled') return fault('upstream-failed', 'The provider cancelled the response.')
  if (status === 'queued' || status === 'in_progress')
    return fault('upstream-failed', 'The provider put the response off and did not answer. Try again.')
  return undefined
}

/** An error told inside an answer: nested under `error` as OpenAI's servers do, flat as their schema says, or plain text. */
export const errorOf = (told: unknown): GatewayError => {
  if (!isObject(told)) return parseError(SERVER_ERROR, { error: { message: textOf(told) || 'The response failed.' } })
  const inner = isObject(told.error) ? told.error : told
  const { message, code, type, param } = inner
  const word = textOf(code) || textOf(type)
  const error = { message: textOf(message) || textOf(told.error) || 'The response failed.', type, code, param }
  return parseError(statusOf(word), { error })
}

const SERVER_ERROR = 500

/** The status that a code would have come with, had the request failed before it was answered. */
const STATUSES: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  server_is_overloaded: 503,
  slow_down: 503,
  vector_store_timeout: 504,
  data_residency_mismatch: 403,
  bio_policy: 400,
  context_length_exceeded: 400,
  empty_image_file: 400,
  failed_to_download_image: 400,
}

const statusOf = (code: string): number =>
  STATUSES[code] ?? (/^invalid_|^image_|^unsupported_|_not_found$/.test(code) ? 400 : SERVER_ERROR)
