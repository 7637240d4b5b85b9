import { type ErrorKind, type GatewayError, fault } from '../../errors.ts'
import { objectOf, objectsOf, textOf } from '../json.ts'
import { retryDelayMs } from '../shared/retry-delay.ts'

/** google.rpc.Code by the HTTP status it comes with. */
const STATUSES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  UNKNOWN: 500,
  INTERNAL: 500,
  DATA_LOSS: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

const KINDS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid-request',
  401: 'upstream-refused',
  402: 'upstream-refused',
  403: 'upstream-refused',
  404: 'model-not-found',
  409: 'upstream-conflict',
  413: 'request-too-large',
  429: 'rate-limit-exceeded',
  503: 'upstream-overloaded',
  504: 'upstream-timeout',
}

/** What a client is told where the vendor's own words are the operator's business, or say nothing. */
const MESSAGES: Partial<Record<ErrorKind, string>> = {
  'upstream-refused':
    "The provider refused the gateway's own credentials or account. Your key is fine: tell the operator, or choose another model.",
  'upstream-failed': 'The provider failed to answer. Try again.',
  'upstream-timeout': 'The provider took too long to answer. Try again, or ask for less.',
  'upstream-overloaded': 'The provider is overloaded. Wait and try again.',
}

const TOO_LONG = /exceeds the maximum number of tokens|input token count .*exceeds/i
const BAD_KEY = /API[_ ]key (not valid|expired|not found)|API_KEY_INVALID/i
const INTERNAL_MAX = 512

/** Reads an error of Gemini's API: an object, or on some streaming endpoints a list with one in it. */
export const parseError = (status: number, body: unknown): GatewayError => {
  const [first] = objectsOf(Array.isArray(body) ? body : [body])
  const error = objectOf(first?.error)
  const said = textOf(error.message) || textOf(first?.error)
  const code = status >= 400 ? status : codeOf(error.code, textOf(error.status))
  const internal = said.slice(0, INTERNAL_MAX) || undefined
  const kind = kindOf(code, JSON.stringify(error))
  const wait = retryDelayMs(error.details, said)
  return fault(kind, MESSAGES[kind] ?? (redacted(said) || 'The provider refused the request without saying why.'), {
    ...(internal !== undefined && { internal }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  })
}

const codeOf = (code: unknown, status: string): number =>
  typeof code === 'number' && code >= 400 ? code : (STATUSES[status] ?? 500)

const kindOf = (code: number, text: string): ErrorKind => {
  if (code === 400 && TOO_LONG.test(text)) return 'context-length-exceeded'
  if (code === 400 && BAD_KEY.test(text)) return 'upstream-refused'
  return KINDS[code] ?? (code < 500 && code !== 499 ? 'invalid-request' : 'upstream-failed')
}

const MESSAGE_MAX = 2_000

/** A client learns what was wrong with its request, but no address, project or key. */
const redacted = (message: string): string =>
  message
    .replace(/https?:\/\/[^\s"')]+/g, '[address]')
    .replace(/\b(projects?[/ ])[\w-]+/gi, '$1[project]')
    .replace(/\bAIza[\w-]+/g, '[key]')
    .slice(0, MESSAGE_MAX)
