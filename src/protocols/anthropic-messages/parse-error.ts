import { type ErrorKind, fault, type GatewayError } from '../../errors.ts'
import { type JsonObject, isObject, objectOf, textOf } from '../json.ts'
import { saysTooLong } from './context-length.ts'

const MESSAGE_LENGTH_MAX = 512

/** Kinds by Anthropic's own type, which tells more than the status, and is all there is inside a stream. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  invalid_request_error: 'invalid-request',
  authentication_error: 'upstream-refused',
  permission_error: 'upstream-refused',
  billing_error: 'upstream-refused',
  not_found_error: 'model-not-found',
  conflict_error: 'upstream-conflict',
  request_too_large: 'request-too-large',
  rate_limit_error: 'rate-limit-exceeded',
  timeout_error: 'upstream-timeout',
  overloaded_error: 'upstream-overloaded',
  api_error: 'upstream-failed',
}

const KINDS_BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid-request',
  401: 'upstream-refused',
  402: 'upstream-refused',
  403: 'upstream-refused',
  404: 'model-not-found',
  408: 'upstream-timeout',
  409: 'upstream-conflict',
  413: 'request-too-large',
  422: 'invalid-request',
  429: 'rate-limit-exceeded',
  503: 'upstream-overloaded',
  504: 'upstream-timeout',
  529: 'upstream-overloaded',
}

/** What is said instead of the vendor's words where those concern the operator's account, or may name machines. */
const OWN_WORDS: Partial<Record<ErrorKind, string>> = {
  'upstream-refused':
    "The provider refused the gateway's own credentials or account. Your key is fine: tell the operator, or choose another model.",
  'upstream-failed': 'The provider failed. Try again.',
  'upstream-timeout': 'The provider took too long. Try again.',
  'upstream-overloaded': 'The provider is overloaded. Wait and try again.',
  'rate-limit-exceeded': 'The provider is rate limiting. Wait and try again.',
}

/**
 * An error answer of the Messages API, or an `error` event of its stream (status 200). Some servers send a bare
 * `{"message"}`, or the error's text alone.
 */
export const parseError = (status: number, body: unknown): GatewayError => {
  const holder = objectOf(body)
  const error: JsonObject = isObject(holder.error) ? holder.error : holder
  const said = textOf(error.message) || textOf(holder.error) || textOf(holder.message)
  const kind = kindOf(status, textOf(error.type), said)
  const own = OWN_WORDS[kind]
  const internal = said.slice(0, MESSAGE_LENGTH_MAX)
  if (own !== undefined) return fault(kind, own, internal === '' ? {} : { internal })
  return fault(kind, presentable(said) || 'The provider refused the request without saying why.')
}

const kindOf = (status: number, type: string, said: string): ErrorKind => {
  const named = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
  const kind =
    named ?? KINDS_BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'invalid-request' : 'upstream-failed')
  return kind === 'invalid-request' && saysTooLong(said) ? 'context-length-exceeded' : kind
}

/** A vendor's words without addresses, keys and the ids of accounts, and no page of HTML. */
const presentable = (said: string): string =>
  said.includes('<html') || said.includes('<!DOCTYPE')
    ? ''
    : said
        .replace(/https?:\/\/[^\s"'<>)]+/g, '[link]')
        .replace(/\b(?:sk|org|acct|proj|wrkspc|req)[-_][\w-]{6,}/g, '[id]')
        .slice(0, MESSAGE_LENGTH_MAX)
