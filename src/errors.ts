/**
 * Every way Tollgate refuses or fails a request. Codecs render these in the client's wire format; nobody else turns a
 * failure into a status. `message` is public and says what to do next; `internal` is for the log and never leaves.
 */
export interface GatewayError {
  readonly kind: ErrorKind
  readonly message: string
  /** The field at fault, as the client wrote it: `messages`, `generationConfig.maxOutputTokens`. */
  readonly param?: string
  /** What is wrong with `param`; defaults to the message. */
  readonly issue?: string
  readonly retryAfterMs?: number
  readonly internal?: string
}

interface ErrorRow {
  readonly status: number
  /** OpenAI `error.type` and `error.code`. */
  readonly type: string
  readonly code: string
  readonly anthropicType: string
  /** Gemini `error.status`, from google.rpc.Code. */
  readonly geminiStatus: string
  /** What a Messages client is answered with, where Anthropic's own status is one that no other vendor has. */
  readonly anthropicStatus?: number
  /** `never` sends `x-should-retry: false`, which both official SDKs obey; `later` sends `retry-after`. */
  readonly retry: 'never' | 'later' | 'allowed'
}

const row = (
  status: number,
  type: string,
  code: string,
  anthropicType: string,
  geminiStatus: string,
  retry: ErrorRow['retry'],
): ErrorRow => ({ status, type, code, anthropicType, geminiStatus, retry })

const INVALID = 'invalid_request_error'

/** The one table from kinds to statuses and vendor words. A kind without a row does not compile. */
export const ERRORS = {
  'invalid-json': row(400, INVALID, 'invalid_json', INVALID, 'INVALID_ARGUMENT', 'never'),
  'invalid-request': row(400, INVALID, 'invalid_request', INVALID, 'INVALID_ARGUMENT', 'never'),
  'context-length-exceeded': row(400, INVALID, 'context_length_exceeded', INVALID, 'INVALID_ARGUMENT', 'never'),
  'unsupported-parameter': row(400, INVALID, 'unsupported_parameter', INVALID, 'INVALID_ARGUMENT', 'never'),
  'unsupported-format': row(400, INVALID, 'unsupported_wire_format', INVALID, 'INVALID_ARGUMENT', 'never'),
  'thread-unsupported': row(400, INVALID, 'thread_unsupported_request', INVALID, 'INVALID_ARGUMENT', 'never'),
  'response-not-found': row(400, INVALID, 'previous_response_not_found', INVALID, 'INVALID_ARGUMENT', 'never'),
  'unknown-model-pricing': row(400, INVALID, 'unknown_model_pricing', INVALID, 'INVALID_ARGUMENT', 'never'),
  'invalid-api-key': row(
    401,
    'authentication_error',
    'invalid_api_key',
    'authentication_error',
    'UNAUTHENTICATED',
    'never',
  ),
  'insufficient-balance': row(
    402,
    'insufficient_quota',
    'insufficient_balance',
    'billing_error',
    'FAILED_PRECONDITION',
    'never',
  ),
  'key-budget-exceeded': row(
    402,
    'insufficient_quota',
    'key_budget_exceeded',
    'billing_error',
    'FAILED_PRECONDITION',
    'never',
  ),
  'project-budget-exceeded': row(
    402,
    'insufficient_quota',
    'project_budget_exceeded',
    'billing_error',
    'FAILED_PRECONDITION',
    'never',
  ),
  'model-not-allowed': row(403, 'forbidden', 'model_not_allowed', 'permission_error', 'PERMISSION_DENIED', 'never'),
  'ip-not-allowed': row(403, 'forbidden', 'ip_not_allowed', 'permission_error', 'PERMISSION_DENIED', 'never'),
  'origin-not-allowed': row(403, 'forbidden', 'origin_not_allowed', 'permission_error', 'PERMISSION_DENIED', 'never'),
  'scope-not-allowed': row(403, 'forbidden', 'scope_not_allowed', 'permission_error', 'PERMISSION_DENIED', 'never'),
  'role-not-allowed': row(403, 'forbidden', 'role_not_allowed', 'permission_error', 'PERMISSION_DENIED', 'never'),
  'refused-by-rule': row(403, 'forbidden', 'refused_by_rule', 'permission_error', 'PERMISSION_DENIED', 'never'),
  'model-not-found': row(404, 'not_found', 'model_not_found', 'not_found_error', 'NOT_FOUND', 'never'),
  'not-found': row(404, 'not_found', 'not_found', 'not_found_error', 'NOT_FOUND', 'never'),
  'method-not-allowed': row(405, INVALID, 'method_not_allowed', INVALID, 'UNIMPLEMENTED', 'never'),
  conflict: row(409, INVALID, 'idempotency_conflict', INVALID, 'ABORTED', 'never'),
  'state-conflict': row(409, INVALID, 'conflict', INVALID, 'FAILED_PRECONDITION', 'never'),
  // The vendor's own 409: another request was in the way, and may be gone a moment later.
  'upstream-conflict': row(409, 'upstream_error', 'conflict', 'conflict_error', 'ABORTED', 'allowed'),
  'request-too-large': row(413, INVALID, 'request_too_large', 'request_too_large', 'INVALID_ARGUMENT', 'never'),
  'unsupported-media-type': row(415, INVALID, 'unsupported_media_type', INVALID, 'INVALID_ARGUMENT', 'never'),
  'upgrade-required': row(426, INVALID, 'websocket_not_served', INVALID, 'UNIMPLEMENTED', 'never'),
  'rate-limit-exceeded': row(
    429,
    'rate_limit_error',
    'rate_limit_exceeded',
    'rate_limit_error',
    'RESOURCE_EXHAUSTED',
    'later',
  ),
  'provider-paused': row(429, 'rate_limit_error', 'provider_paused', 'rate_limit_error', 'RESOURCE_EXHAUSTED', 'later'),
  'client-closed': row(499, INVALID, 'client_closed_request', INVALID, 'CANCELLED', 'never'),
  internal: row(500, 'internal_error', 'internal_error', 'api_error', 'INTERNAL', 'allowed'),
  'upstream-failed': row(502, 'upstream_error', 'upstream_error', 'api_error', 'UNAVAILABLE', 'allowed'),
  // The vendor refused our account: trying again changes nothing until the operator acts.
  'upstream-refused': row(502, 'upstream_error', 'upstream_refused', 'api_error', 'UNAVAILABLE', 'never'),
  'upstream-unreadable': row(502, 'upstream_error', 'upstream_unreadable', 'api_error', 'UNAVAILABLE', 'allowed'),
  'stream-broken': row(502, 'upstream_error', 'upstream_stream_broken', 'api_error', 'UNAVAILABLE', 'allowed'),
  'no-channel': row(503, 'upstream_error', 'model_not_found', 'overloaded_error', 'UNAVAILABLE', 'later'),
  'model-retired': row(503, 'upstream_error', 'model_not_found', 'not_found_error', 'NOT_FOUND', 'never'),
  'no-active-keys': row(503, 'upstream_error', 'no_active_keys', 'overloaded_error', 'UNAVAILABLE', 'later'),
  'upstream-overloaded': {
    ...row(503, 'upstream_error', 'overloaded', 'overloaded_error', 'UNAVAILABLE', 'later'),
    anthropicStatus: 529,
  },
  overloaded: row(503, 'internal_error', 'overloaded', 'overloaded_error', 'UNAVAILABLE', 'later'),
  'upstream-timeout': row(504, 'upstream_error', 'upstream_timeout', 'timeout_error', 'DEADLINE_EXCEEDED', 'allowed'),
} as const satisfies Record<string, ErrorRow>

export type ErrorKind = keyof typeof ERRORS

/** Builds an error; `more` names the field at fault, the wait, or what only the log may know. */
export const fault = (
  kind: ErrorKind,
  message: string,
  more: Omit<GatewayError, 'kind' | 'message'> = {},
): GatewayError => ({
  kind,
  message,
  ...more,
})

/** The headers a failure carries in every format: whether and when a client should try again. */
export const retryHeaders = (error: GatewayError): Record<string, string> => {
  const { retry } = ERRORS[error.kind]
  // A budget that begins anew is worth a later try, but not one of the SDKs' own, which give up long before.
  const wait = error.retryAfterMs === undefined ? {} : { 'retry-after': wholeSeconds(error.retryAfterMs) }
  if (retry === 'never') return { 'x-should-retry': 'false', ...wait }
  if (retry === 'allowed' && error.retryAfterMs === undefined) return {}
  return { 'retry-after': wholeSeconds(error.retryAfterMs ?? 1_000) }
}

/** Whole seconds: the SDKs read nothing finer, and a wait rounded down is a second refusal. */
const wholeSeconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)))
