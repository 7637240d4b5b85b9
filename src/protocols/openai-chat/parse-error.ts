import type { JsonObject } from '../../canon/codec.ts'
import { type ErrorKind, fault, type GatewayError } from '../../errors.ts'
import { errorText } from '../answer-format.ts'
import { isObject, objectOf, objectsOf } from '../json.ts'

/** An error answer of a server of OpenAI's formats in Tollgate's own kinds. Codes say more than the status, which says more than words. */
export const parseError = (status: number, body: unknown): GatewayError => {
  const said = saidBy(body)
  return build(kindOf(status, said), said)
}

/** A failure reported inside a success: only its words and codes tell of what kind. */
export const failureOf = (body: JsonObject): GatewayError => {
  const said = saidBy(body)
  const kind = said.status === undefined ? kindOf(500, said) : kindOf(said.status, said)
  return build(kind, said)
}

interface Said {
  readonly text: string
  /** `code` and `type`, in lower case. */
  readonly codes: readonly string[]
  /** Some put the HTTP status there. */
  readonly status: number | undefined
}

/** The many shapes: `{error: {message, type, code}}`, `{error: "…"}`, `[{error}]`, `{message}`, `{detail}`, plain text. */
const saidBy = (body: unknown): Said => {
  if (typeof body === 'string') return { text: isMarkup(body) ? '' : body, codes: [], status: undefined }
  const outer = Array.isArray(body) ? objectOf(body[0]) : objectOf(body)
  const inner = isObject(outer.error) ? outer.error : outer
  const words = [inner.code, inner.type, inner.status, outer.code, outer.type]
  const status = words.map(statusIn).find((word) => word !== undefined)
  const [detail] = objectsOf(outer.detail)
  const text = errorText(outer.error) ?? errorText(outer.message) ?? errorText(detail?.msg ?? outer.detail) ?? ''
  return {
    text,
    codes: words.filter((word) => typeof word === 'string').map((word) => word.toLowerCase()),
    status,
  }
}

/** A server may write the status as a text; an object has no number, and may not even be asked for one. */
const statusIn = (word: unknown): number | undefined => {
  const status = typeof word === 'number' || typeof word === 'string' ? Number(word) : undefined
  return status !== undefined && Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined
}

const isMarkup = (text: string): boolean => /^\s*</.test(text)

const BY_CODE: ReadonlyMap<string, ErrorKind> = new Map([
  ['context_length_exceeded', 'context-length-exceeded'],
  ['insufficient_quota', 'upstream-refused'],
  ['billing_hard_limit_reached', 'upstream-refused'],
  ['invalid_api_key', 'upstream-refused'],
  ['authentication_error', 'upstream-refused'],
  ['rate_limit_exceeded', 'rate-limit-exceeded'],
  ['rate_limit_error', 'rate-limit-exceeded'],
  ['resource_exhausted', 'rate-limit-exceeded'],
  ['model_not_found', 'model-not-found'],
  ['server_is_overloaded', 'upstream-overloaded'],
  ['overloaded_error', 'upstream-overloaded'],
  ['slow_down', 'upstream-overloaded'],
  ['unavailable', 'upstream-overloaded'],
  ['unsupported_parameter', 'unsupported-parameter'],
  ['unsupported_value', 'unsupported-parameter'],
  ['string_above_max_length', 'invalid-request'],
  ['content_filter', 'invalid-request'],
  ['content_policy_violation', 'invalid-request'],
  ['invalid_prompt', 'invalid-request'],
])

const BY_STATUS: ReadonlyMap<number, ErrorKind> = new Map([
  [401, 'upstream-refused'],
  [402, 'upstream-refused'],
  [403, 'upstream-refused'],
  [404, 'model-not-found'],
  [407, 'upstream-refused'],
  [408, 'upstream-timeout'],
  [409, 'upstream-conflict'],
  [413, 'request-too-large'],
  [415, 'unsupported-media-type'],
  [429, 'rate-limit-exceeded'],
  [503, 'upstream-overloaded'],
  [504, 'upstream-timeout'],
  [529, 'upstream-overloaded'],
])

/** Servers without codes say it in words only. */
const TOO_LONG =
  /context (?:length|window|size)|maximum context|prompt is too long|too many (?:input )?tokens|exceeds? the (?:maximum|available) (?:number of tokens|context)/i

const kindOf = (status: number, { text, codes }: Said): ErrorKind => {
  for (const code of codes) {
    const kind = BY_CODE.get(code)
    if (kind) return kind
  }
  const isRequests = status === 400 || status === 413 || status === 422 || codes.includes('invalid_request_error')
  if (isRequests && TOO_LONG.test(text)) return 'context-length-exceeded'
  const known = BY_STATUS.get(status)
  if (known) return known
  if (isRequests) return 'invalid-request'
  return status >= 400 && status < 500 ? 'invalid-request' : 'upstream-failed'
}

const LEADS: Partial<Record<ErrorKind, string>> = {
  'upstream-refused':
    "The provider refused the gateway's own credentials or account. Your key is fine: tell the operator, or choose another model.",
  'upstream-failed': 'The provider failed. Try again.',
  'upstream-overloaded': 'The provider is overloaded. Wait and try again.',
  'rate-limit-exceeded': 'The provider is rate limiting. Wait and try again.',
  'upstream-timeout': 'The provider took too long. Try again.',
}

/** Errors of the operator's account say nothing of what the provider said: it may name an organisation or a key. */
const build = (kind: ErrorKind, { text }: Said): GatewayError => {
  const lead = LEADS[kind]
  const shown = kind === 'upstream-refused' ? '' : publicText(text)
  const message =
    [lead, shown].filter((part) => part).join(' The provider says: ') || 'The provider refused the request.'
  return fault(kind, message, text === '' ? {} : { internal: text.slice(0, TEXT_MAX) })
}

const TEXT_MAX = 512

/** A vendor's words without addresses, keys and accounts. */
const publicText = (text: string): string =>
  text
    .replace(/https?:\/\/\S+/gi, '[address]')
    .replace(/\b(?:sk|pk|rk|key|gsk|xai)-[\w*.-]{6,}/gi, '[key]')
    .replace(/\b(?:org|proj|user|acct)[-_][A-Za-z0-9]{6,}/g, '[account]')
    .slice(0, TEXT_MAX)
