import type { Stop } from '../../canon/answer.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import { NO_USAGE, type Usage } from '../../canon/usage.ts'
import type { ErrorKind, GatewayError } from '../../errors.ts'
import { fault } from '../../errors.ts'
import type { Told } from './render-response-object.ts'
import { renderUsage } from './render-usage.ts'

type Status = Pick<Told, 'status' | 'incompleteReason'> & { readonly exact: boolean }

const COMPLETED: Status = { status: 'completed', incompleteReason: undefined, exact: true }
const LIMITED: Status = { status: 'incomplete', incompleteReason: 'max_output_tokens', exact: true }
const FILTERED: Status = { status: 'incomplete', incompleteReason: 'content_filter', exact: true }

const STATUSES: { readonly [Reason in Stop['reason']]: Status } = {
  natural: COMPLETED,
  'stop-sequence': COMPLETED,
  'tool-calls': COMPLETED,
  'output-limit': LIMITED,
  'context-full': LIMITED,
  // A refusal that is a content part of its own is a whole answer; `statusOf` looks for it.
  refusal: FILTERED,
  filter: FILTERED,
  // There is no word for a turn to be gone on with; only that the answer is not whole.
  paused: { ...LIMITED, exact: false },
  compaction: COMPLETED,
  'malformed-call': { status: 'failed', incompleteReason: undefined, exact: true },
  other: { ...COMPLETED, exact: false },
}

export const statusOf = (stop: Stop, hasRefused: boolean): Status =>
  stop.reason === 'refusal' && hasRefused ? COMPLETED : STATUSES[stop.reason]

/** What stands for a call that the upstream itself could not read: there is no success to tell. */
export const MALFORMED = fault('upstream-failed', 'The model made a call that the provider could not read. Try again.')

/** A usage that nobody told is written as zeros: clients read its members without looking. */
export const usageOrZeros = (usage: Usage | undefined, losses: Losses): JsonObject => {
  if (!usage) losses.declare('/response/usage', 'added')
  return renderUsage(usage ?? NO_USAGE)
}

/** OpenAI's own codes for what its clients act upon; everything else is the server's fault. */
const CODES: { readonly [Kind in ErrorKind]?: string } = {
  'rate-limit-exceeded': 'rate_limit_exceeded',
  'context-length-exceeded': 'context_length_exceeded',
  'invalid-request': 'invalid_prompt',
  'insufficient-balance': 'insufficient_quota',
  overloaded: 'server_is_overloaded',
  'upstream-overloaded': 'server_is_overloaded',
}

export const responseError = ({ kind, message }: GatewayError): JsonObject => ({
  code: CODES[kind] ?? 'server_error',
  message,
})

const SERVICE_TIERS: readonly string[] = ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast']

/** The tier that served, in OpenAI's words; `undefined` for what has none. */
export const serviceTierOf = (told: string | undefined): string | undefined => {
  const tier = told?.toLowerCase()
  if (tier === 'standard') return 'default'
  return tier !== undefined && SERVICE_TIERS.includes(tier) ? tier : undefined
}
